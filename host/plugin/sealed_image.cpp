// SPDX-License-Identifier: Apache-2.0
#include "plugin/sealed_image.hpp"

#include "plugin/proto/limits.hpp"

#include <spdlog/fmt/fmt.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

namespace meshhost::plugin {

namespace {

constexpr int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

plugin_fault cannot_open(int error) {
    return {"MP001", "cannot open: " + std::generic_category().message(error)};
}

checked<> check_status(const struct stat& status) {
    if (S_ISDIR(status.st_mode)) return cannot_open(EISDIR);
    if (!S_ISREG(status.st_mode)) return plugin_fault{"MP001", "cannot open: Not a regular file"};
    if (static_cast<std::uint64_t>(status.st_size) > proto::file_size_max) {
        return cannot_open(EFBIG);
    }
    if (status.st_mode & (S_IWGRP | S_IWOTH)) {
        return plugin_fault{
            "MP002",
            fmt::format(
                "refused: file mode is {:#o}, writable by group or others; run chmod go-w",
                status.st_mode & 07777
            )};
    }
    return {};
}

/// Copies until the end of the file; the size in its status may be out of date.
bool copy(int from, int to) {
    while (true) {
        const auto copied = ::sendfile(to, from, nullptr, proto::file_size_max);
        if (copied == 0) return true;
        if (copied < 0 && errno != EINTR) return false;
    }
}

}  // namespace

checked<sealed_image> sealed_image::copy_of(const std::string& path) {
    // Not blocking, because the path may be a pipe.
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return cannot_open(errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return cannot_open(errno);
    if (auto fit = check_status(status); !fit) return fit.error();
    unique_fd image(::memfd_create("mesh-plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!image || !copy(file.get(), image.get())) return cannot_open(errno);
    if (::fcntl(image.get(), F_ADD_SEALS, seals) != 0) return cannot_open(errno);
    return adopt(std::move(image));
}

checked<sealed_image> sealed_image::adopt(unique_fd image) {
    struct stat status {};
    if (::fstat(image.get(), &status) != 0) return cannot_open(errno);
    if ((::fcntl(image.get(), F_GET_SEALS) & seals) != seals) return cannot_open(EPERM);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return sealed_image(std::move(image), nullptr, 0);
    void* const data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, image.get(), 0);
    if (data == MAP_FAILED) return cannot_open(errno);
    return sealed_image(std::move(image), static_cast<const std::uint8_t*>(data), size);
}

sealed_image::sealed_image(unique_fd fd, const std::uint8_t* data, std::size_t size) noexcept
    : fd_(std::move(fd))
    , data_(data)
    , size_(size) {}

sealed_image::sealed_image(sealed_image&& other) noexcept
    : fd_(std::move(other.fd_))
    , data_(std::exchange(other.data_, nullptr))
    , size_(std::exchange(other.size_, 0)) {}

sealed_image::~sealed_image() {
    if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

std::string sealed_image::loader_path() const {
    static std::atomic<std::uint64_t> asked = 0;
    std::string path = "/proc/self/fd";
    for (std::uint64_t number = asked++; number != 0; number >>= 1)
        path += (number & 1) != 0 ? "/." : "/";
    return path + "/" + std::to_string(fd_.get());
}

}  // namespace meshhost::plugin
