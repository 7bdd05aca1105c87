#include "product_broker.hpp"

#include "support/asking.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace sunherd::testing {
namespace {

namespace fs = std::filesystem;

}  // namespace

ProductBroker::ProductBroker(const std::string& security, std::map<std::string, std::string> environment)
    : port_(free_port()), tls_port_(free_port()), environment_(std::move(environment)) {
    const auto folder = directory_.path() / "mosquitto";
    fs::copy(SUNHERD_SOURCE_DIR "/mosquitto", folder);
    std::ofstream(folder / "acl", std::ios::app) << "\nuser probe\ntopic readwrite #\n";
    if (getuid() == 0) {
        std::ofstream(folder / "mosquitto.conf", std::ios::app)
            << "\nuser root\n";  // who may read our folder
    }
    environment_["RUN_BROKER_DATA"] = data().string();
    environment_["RUN_BROKER_ACCOUNTS"] = (directory_.path() / "accounts").string();
    environment_["RUN_BROKER_LISTEN"] = std::to_string(port_) + " 127.0.0.1";
    environment_["RUN_BROKER_TLS_LISTEN"] = std::to_string(tls_port_) + " 127.0.0.1";
    environment_["RUN_BROKER_TLS_NAMES"] = "localhost,127.0.0.1";
    environment_["RUN_BROKER_SECURITY"] = security;
    environment_["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    start();
}

ProductBroker::~ProductBroker() {
    stop();
}

void ProductBroker::start() {
    process_ = std::make_unique<Process>(
        std::vector<std::string>{(directory_.path() / "mosquitto" / "run-broker").string()}, environment_);
    const bool by_plugin = environment_.at("RUN_BROKER_SECURITY") == "dynsec";
    const auto is_up = [&] {
        if (!process_->running()) {
            throw std::runtime_error("run-broker ended: " + process_->output());
        }
        if (by_plugin && !fs::exists(data() / "dynsec-done")) {
            return false;
        }
        try {
            const Account probe(login("probe"));
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    };
    if (!ask_until(is_up, std::chrono::seconds(60))) {
        const auto said = process_->output();
        stop();  // killed it would leave Mosquitto behind
        throw std::runtime_error("the broker does not come up: " + said);
    }
}

void ProductBroker::stop() {
    process_->signal(15);
    process_->wait_exit();
}

std::string ProductBroker::password(const std::string& account) const {
    return first_line(directory_.path() / "accounts" / account);
}

Account::Options ProductBroker::login(const std::string& account) const {
    return {.port = port_, .user = account, .password = password(account)};
}

std::string ProductBroker::run(const std::string& script, const std::vector<std::string>& arguments) {
    std::vector<std::string> command{(directory_.path() / "mosquitto" / script).string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Process process(command, environment_);
    const auto exit = process.wait_exit(std::chrono::seconds(60));
    return process.output() + "exit " + std::to_string(exit.value_or(-1));
}

}  // namespace sunherd::testing
