find_package(valijson REQUIRED)

add_library(sunherd_contract_check STATIC contract_check.cpp)
target_include_directories(sunherd_contract_check PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(sunherd_contract_check PRIVATE SUNHERD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(sunherd_contract_check
    PUBLIC sunherd_build sunherd_topics PRIVATE nlohmann_json::nlohmann_json valijson)
