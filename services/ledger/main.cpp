#include "ledger.hpp"

int main(int argc, char** argv) {
    return sunherd::service::run(argc, argv,
                                 {.name = "ledger",
                                  .about = "Knows each charging session, its cost, and the past.",
                                  .make = [](sunherd::service::Context& context) {
                                      return std::make_unique<sunherd::ledger::Ledger>(context);
                                  }});
}
