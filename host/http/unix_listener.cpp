// SPDX-License-Identifier: Apache-2.0
#include "http/unix_listener.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace meshhost::http {

namespace {

constexpr int backlog = 64;
constexpr const char* unfinished_suffix = ".new";

failure io_failure(const std::filesystem::path& path, const char* what, int error) {
    return {
        error == EACCES || error == EPERM || error == EROFS ? exit_code::not_permitted
                                                            : exit_code::failure,
        "E_SOCKET_IO",
        fmt::format(
            "cannot {} {}: {}",
            what,
            path.string(),
            std::generic_category().message(error)
        ),
        "choose another place with [admin] socket, or make this one writable"};
}

bool fill_address(sockaddr_un& address, const std::string& path) {
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return true;
}

enum class occupant { none, stale_socket, live_socket, another_file };

occupant look(const std::filesystem::path& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return occupant::none;
    if (!S_ISSOCK(found.st_mode)) return occupant::another_file;
    sockaddr_un address{};
    unique_fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe || !fill_address(address, path.string())) return occupant::live_socket;
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return occupant::live_socket;
    return errno == ECONNREFUSED ? occupant::stale_socket : occupant::live_socket;
}

/// Opens the directory, made with mode 0700 where it is missing, and holds its lock: of several
/// processes that start at once, one at a time looks and claims.
outcome<unique_fd> lock_directory(const std::filesystem::path& directory) {
    const mode_t old_mask = ::umask(077);
    std::error_code ec;
    std::filesystem::create_directories(directory, ec);
    ::umask(old_mask);
    if (ec) return io_failure(directory, "make the directory", ec.value());

    unique_fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return io_failure(directory, "open the directory", errno);
    struct stat found {};
    if (::fstat(opened.get(), &found) != 0) return io_failure(directory, "examine", errno);
    if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (found.st_mode & S_ISVTX) == 0)
        return failure{
            exit_code::not_permitted,
            "E_SOCKET_DIRECTORY",
            fmt::format(
                "others may replace files in {} (mode {:04o})",
                directory.string(),
                found.st_mode & 07777
            ),
            fmt::format("chmod go-w {}", directory.string())};
    if (::flock(opened.get(), LOCK_EX) != 0) return io_failure(directory, "lock", errno);
    return opened;
}

failure running_failure(const std::filesystem::path& path) {
    return {
        exit_code::failure,
        "E_INSTANCE_RUNNING",
        fmt::format(
            "another meshhost runs as instance {} ({})",
            path.stem().string(),
            path.string()
        ),
        "give this one a name of its own: --instance NAME"};
}

/// Binds under a name of its own first; the rename is what the world sees.
outcome<unique_fd> bind_and_publish(const std::filesystem::path& path) {
    std::filesystem::path unfinished = path;
    unfinished += unfinished_suffix;
    sockaddr_un address{};
    if (!fill_address(address, unfinished.string()))
        return failure{
            exit_code::failure,
            "E_SOCKET_PATH",
            fmt::format("the path {} is too long for a unix socket", path.string()),
            "choose a shorter one with [admin] socket or --instance"};
    unique_fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made) return io_failure(path, "make a socket for", errno);
    ::unlink(unfinished.c_str());  // left by a process that died between bind and rename
    ::fchmod(made.get(), 0600);    // so that it is never wider, not even before the chmod below
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return io_failure(path, "make the socket", errno);
    if (::chmod(unfinished.c_str(), 0600) != 0 || ::listen(made.get(), backlog) != 0
        || ::rename(unfinished.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(unfinished.c_str());
        return io_failure(path, "publish the socket", error);
    }
    return made;
}

}  // namespace

outcome<unix_listener> unix_listener::claim(const std::filesystem::path& path) {
    const auto lock = lock_directory(path.parent_path());  // until the end of this function
    if (!lock) return lock.error();

    switch (look(path)) {
    case occupant::live_socket:
        return running_failure(path);
    case occupant::another_file:
        return failure{
            exit_code::failure,
            "E_SOCKET_PATH",
            fmt::format("{} exists and is not a socket", path.string()),
            "move it away, or choose another --instance"};
    case occupant::none:
    case occupant::stale_socket:
        break;
    }
    auto bound = bind_and_publish(path);
    if (!bound) return bound.error();
    return unix_listener(path, std::move(*bound));
}

unix_listener::unix_listener(std::filesystem::path path, unique_fd descriptor)
    : path_(std::move(path))
    , descriptor_(std::move(descriptor)) {
    struct stat found {};
    if (::lstat(path_.c_str(), &found) == 0) {
        device_ = found.st_dev;
        inode_ = found.st_ino;
    }
}

unix_listener::unix_listener(unix_listener&& other) noexcept
    : path_(std::exchange(other.path_, {}))
    , descriptor_(std::move(other.descriptor_))
    , device_(other.device_)
    , inode_(other.inode_) {}

unix_listener::~unix_listener() {
    remove_name();
}

int unix_listener::family() const noexcept {
    return AF_UNIX;
}

int unix_listener::release_descriptor() noexcept {
    return descriptor_.release();
}

void unix_listener::remove_name() noexcept {
    if (path_.empty()) return;
    struct stat found {};
    const bool ours =
        ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_;
    if (ours) ::unlink(path_.c_str());
    path_.clear();
}

}  // namespace meshhost::http
