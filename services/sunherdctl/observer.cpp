#include "observer.hpp"

#include <unistd.h>

namespace sunherd::ctl {

bus::Options observer_options(const site::Site& site, const std::string& purpose) {
    bus::Options options;
    options.host = site.broker.host;
    options.port = site.broker.port;
    options.client_id = "sunherd-" + site.id + "-" + purpose + "-" + std::to_string(getpid());
    options.user = site.broker.user;
    options.password = site.broker.password;
    options.tls = site.broker.tls;
    options.ca_file = site.broker.ca_file;
    options.clean_session = true;
    return options;
}

}  // namespace sunherd::ctl
