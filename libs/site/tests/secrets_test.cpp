#include "site_files.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace sunherd::site;
using namespace sunherd::site::testing;

namespace {

/// A folder with a site file in it, gone at the end.
class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "site-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }
    std::string path(const std::string& name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

const std::string kSite = with_master("", "broker: { password: !secret mqtt_password }\n");

std::string all_problems(const std::string& file) {
    std::string text;
    const auto site = load(file);
    for (const auto& problem : site ? std::vector<Problem>{} : site.error()) {
        text += to_string(problem) + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("a secret comes from secrets.yaml beside the site file, or from the environment") {
    const CleanEnvironment clean;
    const Folder folder;
    const auto file = folder.write("site.yaml", kSite);
    CHECK(all_problems(file) == file +
                                    ":5: broker.password: the secret mqtt_password is not known; add a line "
                                    "`mqtt_password: …` to " +
                                    folder.path("secrets.yaml") +
                                    ", or set the environment variable SUNHERD_SECRET_MQTT_PASSWORD\n");

    const Environment variable("SUNHERD_SECRET_MQTT_PASSWORD", "from environment");
    CHECK(load(file)->broker.password == "from environment");
    folder.write("secrets.yaml", "mqtt_password: 0012\n");
    CHECK(load(file)->broker.password == "0012");
    const Environment other("SUNHERD_SECRETS", folder.write("other.yaml", "mqtt_password: other\n"));
    CHECK(load(file)->broker.password == "other");
}

TEST_CASE("a named file of secrets that is missing or broken is a problem that shows no secret") {
    const CleanEnvironment clean;
    const Folder folder;
    const auto file = folder.write("site.yaml", kSite);
    {
        const Environment variable("SUNHERD_SECRETS", folder.path("gone.yaml"));
        CHECK(all_problems(file) == folder.path("gone.yaml") + ": there is no such file\n");
    }
    const auto secrets = folder.write("secrets.yaml", "mqtt_password: hunter2\n  other: *hunter2\n");
    CHECK(all_problems(file) == secrets + ":2: can't be understood; it must hold lines of `name: value`\n");
}

TEST_CASE("no message shows a secret's value") {
    const CleanEnvironment clean;
    const Environment long_one("SUNHERD_SECRET_LONG", std::string(2000, 'q'));
    const Environment variable("SUNHERD_SECRET_HIDDEN", "hunter2 \x01");
    const auto yaml = GENERATE(as<std::string>(), "broker: { password: !secret LONG, user: !secret LONG }",
                               "broker: { host: !secret HIDDEN }", "broker: { prefix: !secret HIDDEN }",
                               "broker: { port: !secret HIDDEN }", "influx: !secret HIDDEN",
                               "broker: { hunter: !secret HIDDEN }",
                               "influx: { url: !secret HIDDEN, org: o, bucket: b, token: t }",
                               "broker: { password: [hunter2] }", "broker: { password: 777777 }");
    const auto site = parse(with_master("", yaml + "\n"), "site.yaml");
    REQUIRE_FALSE(site);
    for (const auto& problem : site.error()) {
        const auto text = to_string(problem);
        CHECK(text.find("hunter2") == std::string::npos);
        CHECK(text.find("qqq") == std::string::npos);
        CHECK(text.find("777777") == std::string::npos);
    }
}

TEST_CASE("a secret may stand only where nothing is shown") {
    const CleanEnvironment clean;
    const Environment variable("SUNHERD_SECRET_X", "y");
    const auto site = parse(with_master("", "broker: { host: !secret x }\n"), "site.yaml");
    REQUIRE_FALSE(site);
    CHECK(to_string(site.error().front()) ==
          "site.yaml:5: broker.host: no secret may stand here, as this value is shown to people");
    CHECK(problems_of(with_master("", "broker: { password: !secret 'a b' }\n")) ==
          std::vector<std::string>{
              "site.yaml:5: broker.password: !secret wants a name of letters, digits, - and _, e.g. "
              "!secret mqtt_password"});
    CHECK(problems_of(with_master("", "broker: { password: !env x }\n")) ==
          std::vector<std::string>{
              "site.yaml:5: broker.password: unknown tag \"!env\"; only !secret is known"});
}

TEST_CASE("the environment wins over the file for the broker") {
    const CleanEnvironment clean;
    const Environment host("MQTT_HOST", "mosquitto"), port("MQTT_PORT", "18830"),
        user("MQTT_USER", "operator"), password("MQTT_PASSWORD", "1234");
    const auto site = parse(
        with_master("", "broker: { host: other, prefix: house, password: !secret nowhere }\n"), "site.yaml");
    REQUIRE(site);
    CHECK(site->broker.host == "mosquitto");
    CHECK(site->broker.port == 18830);
    CHECK(site->broker.user == "operator");
    CHECK(site->broker.password == "1234");
    CHECK(site->broker.prefix == "house");
    CHECK(parse(with_master(""), "site.yaml")->broker.host == "mosquitto");
}

TEST_CASE("a file that says who may is not opened by the environment") {
    const CleanEnvironment clean;
    const Environment anonymous("HTTP_ANONYMOUS", "control"), bind("HTTP_BIND", "0.0.0.0");
    CHECK(parse(with_master(""), "site.yaml")->http.anonymous == Access::control);
    CHECK(parse(with_master("", "http: { anonymous: none }\n"), "site.yaml")->http.anonymous == Access::none);
    const auto users = parse(
        with_master("", "http: { users: [{ name: ann, password_hash: \"$y$j9T$x\" }] }\n"), "site.yaml");
    REQUIRE(users);
    CHECK_FALSE(users->http.anonymous);
    CHECK(users->http.bind == "0.0.0.0");
}

TEST_CASE("the environment names a database as a whole, its token in a file") {
    const CleanEnvironment clean;
    const auto token_file =
        std::filesystem::temp_directory_path() / ("sunherd-token-" + std::to_string(getpid()));
    std::ofstream(token_file) << "s3cret\n";
    const Environment org("INFLUX_ORG", "home"), bucket("INFLUX_BUCKET", "b"),
        token("INFLUX_TOKEN_FILE", token_file.string());
    CHECK_FALSE(parse(with_master(""), "site.yaml")->influx);  // no INFLUX_URL
    {
        const Environment url("INFLUX_URL", "http://influxdb:8086");
        const auto site = parse(with_master(""), "site.yaml");
        REQUIRE(site);
        REQUIRE(site->influx);
        CHECK(site->influx->url == "http://influxdb:8086");
        CHECK(site->influx->org == "home");
        CHECK(site->influx->bucket == "b");
        CHECK(site->influx->token == "s3cret");
        const Environment nowhere("INFLUX_TOKEN_FILE", "/nowhere");
        const auto wrong = parse(with_master(""), "site.yaml");
        REQUIRE_FALSE(wrong);
        CHECK_THAT(to_string(wrong.error().front()), Catch::Contains("INFLUX_TOKEN_FILE must name a file"));
    }
    std::filesystem::remove(token_file);
}

TEST_CASE("a wrong variable of the environment is named") {
    const CleanEnvironment clean;
    const Environment port("MQTT_PORT", "99999");
    const auto site = parse(with_master(""), "site.yaml");
    REQUIRE_FALSE(site);
    CHECK(to_string(site.error().front()) ==
          "environment variable MQTT_PORT: broker.port: must be at most 65535, not 99999");
}

TEST_CASE("a certificate authority turns encryption on") {
    CHECK_FALSE(site_of(with_master("")).broker.tls);
    CHECK(site_of(with_master("", "broker: { ca_file: /etc/ca.pem }\n")).broker.tls);
}
