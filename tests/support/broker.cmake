add_library(sunherd_test_broker STATIC asking.cpp broker.cpp process.cpp recorder.cpp)
target_include_directories(sunherd_test_broker PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(sunherd_test_broker PRIVATE SUNHERD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(sunherd_test_broker PUBLIC sunherd_build sunherd_bus Threads::Threads)
