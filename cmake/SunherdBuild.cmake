# How everything here is compiled, and the three functions that make a library, a service and a test one line each.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(SUNHERD_CCACHE ccache)
if(SUNHERD_CCACHE)  # what one checkout compiled serves the next one in another folder
    set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${SUNHERD_CCACHE})
endif()

add_library(sunherd_build INTERFACE)
target_include_directories(sunherd_build INTERFACE ${CMAKE_SOURCE_DIR}/libs)
target_compile_definitions(sunherd_build INTERFACE SUNHERD_VERSION="${PROJECT_VERSION}")
# -Wno-restrict: GCC 12 sees overlapping copies in std::string's operator+ that aren't there (its bug 105651).
target_compile_options(sunherd_build INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wdouble-promotion -Wformat=2
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wno-restrict>)
# -O0 -g1: instrumented code takes three times as long to compile when it is optimised, and most tests hardly longer to run
# when not. Folders whose tests compute for minutes say `set(SUNHERD_HOT ON)`.
# -Wno-maybe-uninitialized: a false alarm of GCC 12 in std::regex that only sanitizers bring about.
if(SUNHERD_SANITIZE)
    target_compile_options(sunherd_build INTERFACE -fsanitize=${SUNHERD_SANITIZE} -fno-omit-frame-pointer
        $<IF:$<BOOL:$<TARGET_PROPERTY:SUNHERD_HOT>>,-O1,-O0> -g1
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(sunherd_build INTERFACE -fsanitize=${SUNHERD_SANITIZE})
endif()

# sunherd_library(NAME SOURCES … [LINKS …]): links only what it names; others get that too.
function(sunherd_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
    add_library(sunherd_${name} STATIC ${ARG_SOURCES})
    set_target_properties(sunherd_${name} PROPERTIES SUNHERD_HOT "${SUNHERD_HOT}")
    target_link_libraries(sunherd_${name} PUBLIC sunherd_build ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

# What `./start` and the image build: `services`; what `./test unit` and the sanitizer runs build: the other two.
add_custom_target(services)
add_custom_target(unit_tests)
add_custom_target(threaded_tests)

# sunherd_service(NAME SOURCES … [LINKS …]): an executable; main.cpp beside the sources, the rest also as a library
# `NAME_parts`, so that unit tests can link it.
function(sunherd_service name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
    string(REPLACE "-" "_" parts ${name}_parts)
    add_library(${parts} STATIC ${ARG_SOURCES})
    set_target_properties(${parts} PROPERTIES SUNHERD_HOT "${SUNHERD_HOT}")
    target_include_directories(${parts} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${parts} PUBLIC sunherd_build ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
    add_executable(${name} main.cpp)
    target_link_libraries(${name} PRIVATE ${parts})
    set_property(GLOBAL APPEND PROPERTY SUNHERD_SERVICES ${name})
    add_dependencies(services ${name})
endfunction()

# sunherd_test(NAME SOURCES … [LINKS …] [LABELS …]): a Catch2 program; label `unit` unless told otherwise, and
# `threaded` beside it for what ThreadSanitizer should see.
function(sunherd_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;LABELS" ${ARGN})
    if(NOT SUNHERD_TESTS)
        return()
    endif()
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES SUNHERD_HOT "${SUNHERD_HOT}")
    target_link_libraries(${name} PRIVATE sunherd_build sunherd_catch_main ${ARG_LINKS})
    target_compile_definitions(${name} PRIVATE
        SUNHERD_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SUNHERD_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name})
    foreach(label unit threaded)
        if(label IN_LIST ARG_LABELS)
            add_dependencies(${label}_tests ${name})
        endif()
    endforeach()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600 SKIP_RETURN_CODE 77)
endfunction()

function(_sunherd_links target out)
    set(seen ${target})
    set(queue ${target})
    while(queue)
        list(POP_FRONT queue next)
        get_target_property(links ${next} LINK_LIBRARIES)
        if(NOT links)
            continue()
        endif()
        foreach(link IN LISTS links)
            if(TARGET ${link} AND NOT link IN_LIST seen)
                list(APPEND seen ${link})
                get_target_property(imported ${link} IMPORTED)
                if(NOT imported)
                    list(APPEND queue ${link})
                endif()
            endif()
        endforeach()
    endwhile()
    set(${out} ${seen} PARENT_SCOPE)
endfunction()

# Only the actuator may write to devices; pure libraries see nothing that does I/O. A breach ends the configuration.
function(sunherd_check_links)
    get_property(services GLOBAL PROPERTY SUNHERD_SERVICES)
    foreach(service IN LISTS services)
        _sunherd_links(${service} links)
        if(sunherd_modbus_write IN_LIST links AND NOT service STREQUAL actuator)
            message(FATAL_ERROR "${service} links sunherd_modbus_write: only the actuator may write to devices")
        endif()
    endforeach()
    foreach(pure engine)
        if(NOT TARGET sunherd_${pure})
            continue()
        endif()
        _sunherd_links(sunherd_${pure} links)
        foreach(io sunherd_bus sunherd_modbus_read sunherd_modbus_write sunherd_service sunherd_site spdlog::spdlog)
            if(${io} IN_LIST links)
                message(FATAL_ERROR "libs/${pure} links ${io}: it must stay pure (no I/O, clock or logging)")
            endif()
        endforeach()
    endforeach()
endfunction()
