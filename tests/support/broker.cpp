#include "support/broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace sunherd::testing {
namespace {

std::string read_source(const std::string& name) {
    std::ifstream file(std::filesystem::path(SUNHERD_SOURCE_DIR) / name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
    auto name = (std::filesystem::temp_directory_path() / "sunherd-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary directory " + name);
    }
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string first_line(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

void write_file(const std::filesystem::path& file, const std::string& content) {
    std::ofstream(file) << content;
}

std::uint16_t free_port() {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the socket interface wants this cast
    const bool found = bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0;
    close(descriptor);
    if (!found) {
        throw std::runtime_error("no free port on loopback");
    }
    return ntohs(address.sin_port);
}

TestBroker::TestBroker(Options options) : options_(std::move(options)), port_(free_port()) {
    configure();
    start();
}

std::map<std::string, std::string> TestBroker::environment() const {
    return {{"MQTT_HOST", "127.0.0.1"}, {"MQTT_PORT", std::to_string(port_)}};
}

std::string TestBroker::product_acl() {
    return read_source("mosquitto/acl");
}

TestBroker::Options TestBroker::product_accounts() {
    Options options;
    options.acl = product_acl() + "\nuser recorder\ntopic readwrite #\n";
    std::istringstream lines(*options.acl);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("user ")) {
            options.accounts.emplace(line.substr(5), password_of(line.substr(5)));
        }
    }
    return options;
}

std::map<std::string, std::string> TestBroker::environment(const std::string& account) const {
    auto all = environment();
    all["MQTT_USER"] = account;
    all["MQTT_PASSWORD"] = password_of(account);
    return all;
}

void TestBroker::configure() {
    std::istringstream product(read_source("mosquitto/mosquitto.conf"));
    std::ostringstream config;
    // Before everything else: `max_connections` and its like without a listener open a second one, on port
    // 1883.
    config << "listener " << port_ << " 127.0.0.1\n";
    for (std::string line; std::getline(product, line);) {
        if (!line.starts_with("allow_anonymous")) {
            config << line << '\n';
        }
    }
    const auto path = directory_.path().string();
    config << "log_type information\n"
           << "persistence_location " << path << "/\n"
           << "allow_anonymous " << (options_.accounts.empty() ? "true" : "false") << '\n'
           << options_.more << '\n';
    if (getuid() == 0) {
        config << "user root\n";  // else it becomes a user who may not read the directory
    }
    if (!options_.accounts.empty()) {
        std::string accounts;
        for (const auto& [user, password] : options_.accounts) {
            accounts.append(user).append(":").append(password).append("\n");
        }
        write_file(path + "/passwords", accounts);
        if (Process({"mosquitto_passwd", "-U", path + "/passwords"}).wait_exit() != 0) {
            throw std::runtime_error("mosquitto_passwd failed");
        }
        config << "password_file " << path << "/passwords\n";
    }
    if (options_.acl) {
        write_file(path + "/acl", *options_.acl);
        config << "acl_file " << path << "/acl\n";
    }
    write_file(path + "/mosquitto.conf", config.str());
}

void TestBroker::kill() {
    process_->signal(SIGKILL);
    process_->wait_exit();
}

void TestBroker::stop() {
    process_->signal(SIGTERM);
    process_->wait_exit();
}

void TestBroker::start(Store store) {
    if (store == Store::lost) {
        std::filesystem::remove(directory_.path() / "mosquitto.db");
    }
    process_ = std::make_unique<Process>(
        std::vector<std::string>{"mosquitto", "-c", (directory_.path() / "mosquitto.conf").string()},
        std::map<std::string, std::string>{
            {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}});
    if (!process_->await_output(" running")) {
        throw std::runtime_error("mosquitto did not start: " + process_->output());
    }
}

void TestBroker::pause() {
    process_->signal(SIGSTOP);
}

void TestBroker::resume() {
    process_->signal(SIGCONT);
}

}  // namespace sunherd::testing
