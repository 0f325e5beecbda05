# mesh_fuzz_target(<parser> DEPENDS ...): tests/fuzz/fuzz_<parser>.cpp, which defines
# LLVMFuzzerTestOneInput, and its corpus tests/fuzz/corpus/<parser>/, become
#   fuzz_<parser>_replay  built by any compiler: every corpus file and seeded mutations of each;
#                         the test fuzz_corpus_<parser>, label fuzz-corpus, runs it
#   fuzz_<parser>         with MESH_FUZZ=ON only: the libFuzzer binary (see tests/fuzz/README.md)
function(mesh_fuzz_target parser)
    cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
    set(room ${PROJECT_SOURCE_DIR}/tests/fuzz)
    set(mutations_per_file 2000)

    set(replay fuzz_${parser}_replay)
    add_executable(${replay} ${room}/fuzz_${parser}.cpp)
    target_link_libraries(${replay} PRIVATE ${arg_DEPENDS} mesh_fuzz_replay mesh_warnings)
    add_test(NAME fuzz_corpus_${parser}
        COMMAND ${replay} ${room}/corpus/${parser} ${mutations_per_file})
    set_tests_properties(fuzz_corpus_${parser} PROPERTIES LABELS fuzz-corpus TIMEOUT 120)

    if(MESH_FUZZ)
        add_executable(fuzz_${parser} ${room}/fuzz_${parser}.cpp)
        target_link_libraries(fuzz_${parser} PRIVATE ${arg_DEPENDS} mesh_warnings)
        target_link_options(fuzz_${parser} PRIVATE -fsanitize=fuzzer)
    endif()
endfunction()
