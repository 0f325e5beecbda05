# gold links a debug build of ours in a third of the time. Plugins are linked as others link theirs.
include(CheckLinkerFlag)
if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    check_linker_flag(CXX -fuse-ld=gold has_gold)
    if(has_gold)
        add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-fuse-ld=gold>)
    endif()
endif()
