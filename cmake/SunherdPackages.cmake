# Everything we build on comes from Debian packages (see deploy/packages-*.txt); nothing is fetched or vendored.

find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(tl-expected REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PahoMqttCpp REQUIRED)
find_package(date REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libmodbus REQUIRED IMPORTED_TARGET libmodbus)
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)

if(SUNHERD_TESTS)
    find_package(Catch2 2 REQUIRED)
    add_library(sunherd_catch_main STATIC ${CMAKE_SOURCE_DIR}/tests/catch_main.cpp)
    # With the sanitizers, too: its copies of inline functions (shared_ptr) are linked into every test.
    target_link_libraries(sunherd_catch_main PUBLIC Catch2::Catch2 PRIVATE sunherd_build)
endif()
