sunherd_library(test_home_assistant
    SOURCES real_home_assistant.cpp
    LINKS sunherd_test_broker sunherd_http nlohmann_json::nlohmann_json)
target_include_directories(sunherd_test_home_assistant PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(sunherd_test_home_assistant PRIVATE SUNHERD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
