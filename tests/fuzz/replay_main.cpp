// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: replay CORPUS [MUTATIONS], where CORPUS is one input or a
// directory of them, and MUTATIONS says how many mutations of each to run as well. The same run
// every time. When the target fails, the input is left in fuzz-failure.bin.
#include "base/bytes.hpp"
#include "base/unique_fd.hpp"
#include "mutator.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// Present when a sanitizer is: it ends the process without a signal.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using namespace meshhost;
namespace fs = std::filesystem;

constexpr std::uint64_t seed = 1;

bytes_view running;  ///< the input that the target has now: what a failure is about

/// Async-signal-safe: it runs in a process that has failed already.
void save_running_input() {
    const unique_fd file(::open("fuzz-failure.bin", O_WRONLY | O_CREAT | O_TRUNC, 0644));
    const bool saved = file && ::write(file.get(), running.data(), running.size()) >= 0;
    const std::string_view note =
        saved ? "the input that failed is in fuzz-failure.bin\n" : "the input could not be saved\n";
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, note.data(), note.size());
}

void on_signal(int signal) {
    save_running_input();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void save_input_on_failure() {
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, on_signal);
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(save_running_input);
}

byte_buffer read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The inputs at `path`, in the order of their names.
std::vector<byte_buffer> read_corpus(const fs::path& path) {
    std::vector<fs::path> files;
    if (fs::is_directory(path)) {
        std::copy(fs::directory_iterator(path), {}, std::back_inserter(files));
        std::sort(files.begin(), files.end());
    } else if (fs::exists(path)) {
        files.push_back(path);
    }
    std::vector<byte_buffer> inputs;
    std::transform(files.begin(), files.end(), std::back_inserter(inputs), read_file);
    return inputs;
}

/// The target gets a copy of exact size, so that a sanitizer sees a read beyond it.
void run(bytes_view input) {
    const byte_buffer copy(input.begin(), input.end());
    running = copy;
    LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void run_corpus(const std::vector<byte_buffer>& inputs, unsigned mutations) {
    for (std::size_t number = 0; number < inputs.size(); ++number) {
        run(inputs[number]);
        fuzz::mutator mutator(seed + number);
        for (unsigned i = 0; i < mutations; ++i)
            run(mutator.mutate(inputs[number], inputs[(number + i) % inputs.size()]));
    }
}

}  // namespace

int main(int argc, char** argv) {
    unsigned mutations = 0;
    if (argc == 3) {
        const std::string_view digits = argv[2];
        std::from_chars(digits.data(), digits.data() + digits.size(), mutations);
    }
    if (argc < 2 || argc > 3) {
        std::fprintf(stderr, "usage: %s CORPUS [MUTATIONS]\n", argv[0]);
        return 2;
    }
    const auto inputs = read_corpus(argv[1]);
    if (inputs.empty()) {
        std::fprintf(stderr, "%s: no inputs at %s\n", argv[0], argv[1]);
        return 1;
    }
    save_input_on_failure();
    run({});
    run_corpus(inputs, mutations);
    std::printf("%zu inputs, %u mutations of each\n", inputs.size(), mutations);
}
