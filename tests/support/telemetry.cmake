sunherd_library(test_telemetry
    SOURCES bridge_rig.cpp numbered_load.cpp real_influx.cpp
    LINKS sunherd_test_broker sunherd_http)
target_include_directories(sunherd_test_telemetry PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(sunherd_test_telemetry PRIVATE
    SUNHERD_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SUNHERD_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
