// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which descriptors a child process gets, and under which numbers.
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <spawn.h>
#include <string>

namespace meshhost::plugin {

/// posix_spawn's list of what to do with descriptors in the child.
class spawn_actions {
public:
    spawn_actions() { ::posix_spawn_file_actions_init(&actions_); }
    spawn_actions(const spawn_actions&) = delete;
    spawn_actions& operator=(const spawn_actions&) = delete;
    ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }

    void give(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
    void close_from(int first) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, first); }
    const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

/// A copy of the descriptor with a number above `last`, so that no dup2 overwrites another's
/// source.
inline unique_fd moved_above(int fd, int last) {
    return unique_fd(::fcntl(fd, F_DUPFD_CLOEXEC, last + 1));
}

/// A text as a file: reading it cannot block, and its end is seen.
inline unique_fd file_of(const std::string& text) {
    unique_fd file(::memfd_create("mesh-request", MFD_CLOEXEC));
    if (!file || ::write(file.get(), text.data(), text.size()) != std::ssize(text)) return {};
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

/// All of what file_of() made.
inline std::string text_in(int fd) {
    std::string text;
    std::array<char, 4096> buffer;
    for (auto size = ::read(fd, buffer.data(), buffer.size()); size > 0;
         size = ::read(fd, buffer.data(), buffer.size())) {
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
}

}  // namespace meshhost::plugin
