# find_package(mesh-sdk): the target mesh::sdk and the function mesh_add_plugin().
include(${CMAKE_CURRENT_LIST_DIR}/mesh-sdk-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/mesh_add_plugin.cmake)
