# MESH_SANITIZE=address,undefined | thread, for the whole build.
if(MESH_SANITIZE)
    add_compile_options(-fsanitize=${MESH_SANITIZE} -fno-omit-frame-pointer -Og)
    add_link_options(-fsanitize=${MESH_SANITIZE})
    if(MESH_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-tsan)  # Asio uses atomic_thread_fence; g++ warns on every such file
    endif()
    if(MESH_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        # clang 14: "Cannot represent a difference across sections" with coroutines
        add_compile_options(-fno-sanitize=function)
        add_link_options(-fno-sanitize=function)
    endif()
endif()

# MESH_FUZZ: libFuzzer is told which code an input reached, in the libraries, too.
if(MESH_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR NOT MESH_SANITIZE)
        message(FATAL_ERROR "MESH_FUZZ needs clang and MESH_SANITIZE: use the preset fuzz")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
endif()
