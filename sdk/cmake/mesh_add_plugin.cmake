# mesh_add_plugin(<name> <source>...): builds the plugin <name>.so, C or C++, as a target <name>.
#
# One exported symbol, because two plugins that share a header-only library would otherwise share
# its static variables, RTLD_LOCAL notwithstanding; no undefined symbol, so that a missing library
# is found when the plugin is built and not when it is loaded; not writable by group or others,
# because the host refuses such a file whatever the umask of the machine that built it.
#
# MESH_PLUGIN_OUTPUT_DIRECTORY says where the file goes; by default the current binary directory.
function(mesh_add_plugin name)
    set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
    add_library(${name} MODULE ${ARGN})
    target_link_libraries(${name} PRIVATE mesh::sdk)
    target_compile_features(${name} PRIVATE cxx_std_17)
    target_compile_options(${name} PRIVATE
        -fvisibility=hidden
        $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
    target_link_options(${name} PRIVATE -Wl,-z,now -Wl,--version-script=${map})
    if(NOT (MESH_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang"))
        target_link_options(${name} PRIVATE -Wl,-z,defs)  # clang's sanitizers live in the executable
    endif()
    set_target_properties(${name} PROPERTIES
        PREFIX ""
        SUFFIX .so
        LINK_DEPENDS ${map}
        LIBRARY_OUTPUT_DIRECTORY "${MESH_PLUGIN_OUTPUT_DIRECTORY}")
    add_custom_command(TARGET ${name} POST_BUILD COMMAND chmod go-w $<TARGET_FILE:${name}> VERBATIM)
endfunction()
