#include "api_gateway.hpp"

int main(int argc, char** argv) {
    sunherd::api::Options options;
    return sunherd::service::run(
        argc, argv,
        {.name = "api-gateway",
         .about = "Page, REST and WebSocket, exports and statements.",
         .clean_session = true,
         .make =
             [&options](sunherd::service::Context& context) {
                 return std::make_unique<sunherd::api::ApiGateway>(context, options);
             },
         .options = {{"--ledger", "The ledger's database (default: ../ledger/ledger.db beside our state)",
                      &options.ledger},
                     {"--page", "Folder of the built page (default: beside the program)", &options.page}}});
}
