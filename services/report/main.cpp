#include "run.hpp"

int main(int argc, char** argv) {
    return sunherd::report::run(argc, argv);
}
