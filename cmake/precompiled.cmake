# What nearly every file of ours includes, parsed once (MESH_PCH=OFF proves that each file still
# includes what it uses). Standard headers and the two of our base that drag Boost and fmt in.
# g++ 12 forgets in a precompiled header which headers are the system's, and then warns of them when
# it optimises: debug builds only.
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(pch_default ON)
else()
    set(pch_default OFF)
endif()
option(MESH_PCH "precompile common headers" ${pch_default})

# ccache takes a precompiled header only when told that its macros and times may be trusted.
if(MESH_PCH AND CCACHE)
    set(trusting_ccache ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${trusting_ccache})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${trusting_ccache})
endif()

set(precompiled_for_all
    <algorithm> <array> <chrono> <cstdint> <deque> <filesystem> <functional> <map> <memory> <optional>
    <span> <string> <string_view> <utility> <variant> <vector>
    <boost/json/object.hpp> <boost/system/result.hpp> <spdlog/fmt/fmt.h>)
set(precompiled_for_tests ${precompiled_for_all} <support/catch.hpp>)

# mesh_precompile_here(<target> <header>...): the target whose precompiled header others share.
function(mesh_precompile_here target)
    if(MESH_PCH)
        target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
        target_precompile_headers(${target} PRIVATE ${ARGN})
    endif()
endfunction()

# mesh_precompile_as(<target> <other>): what <other> precompiled.
function(mesh_precompile_as target other)
    if(MESH_PCH)
        # A program would be compiled with -fPIE, which the header was not.
        set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
        target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> -fPIC)
        target_precompile_headers(${target} REUSE_FROM ${other})
    endif()
endfunction()
