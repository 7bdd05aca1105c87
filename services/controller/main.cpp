#include "controller.hpp"

int main(int argc, char** argv) {
    return sunherd::service::run(argc, argv,
                                 {.name = "controller",
                                  .about = "Turns readings and settings into setpoints, and explains each.",
                                  .make = [](sunherd::service::Context& context) {
                                      return std::make_unique<sunherd::controller::Controller>(context);
                                  }});
}
