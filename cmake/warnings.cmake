# One interface target carries the warning level of everything we compile ourselves.
add_library(mesh_warnings INTERFACE)
target_compile_options(mesh_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wimplicit-fallthrough
    -Wno-missing-field-initializers  # designated initialisers leave the rest at its default
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
    $<$<BOOL:${MESH_WERROR}>:-Werror>)
