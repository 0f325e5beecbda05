# One interface target carries the warning level of everything we compile ourselves.
add_library(mesh_warnings INTERFACE)
target_compile_options(mesh_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wimplicit-fallthrough
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
    $<$<BOOL:${MESH_WERROR}>:-Werror>)
