// SPDX-License-Identifier: Apache-2.0
#include "identity/new_file.hpp"

#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include <sodium/randombytes.h>

namespace meshhost::identity {

namespace {

error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

/// A name next to `name` that nobody else uses.
std::string temporary_name(const std::string& name) {
    std::array<std::uint8_t, 8> random{};
    randombytes_buf(random.data(), random.size());
    return "." + name + "." + to_hex(random) + ".tmp";
}

/// A name in a directory, removed when this goes.
class temporary_entry {
public:
    temporary_entry(int dir, std::string name)
        : dir_(dir)
        , name_(std::move(name)) {}
    temporary_entry(const temporary_entry&) = delete;
    temporary_entry& operator=(const temporary_entry&) = delete;
    ~temporary_entry() { ::unlinkat(dir_, name_.c_str(), 0); }

private:
    int dir_;
    std::string name_;
};

error_code fill(int file, bytes_view content) {
    if (::fchmod(file, S_IRUSR | S_IWUSR) != 0) return last_error();
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return last_error();
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return ::fsync(file) == 0 ? error_code{} : last_error();
}

/// Some file systems cannot sync a directory, and say EINVAL; they have no other way either.
error_code sync_directory(int dir) {
    return ::fsync(dir) == 0 || errno == EINVAL ? error_code{} : last_error();
}

}  // namespace

error_code write_new_file(int dir, const std::string& name, bytes_view content) {
    const std::string temporary = temporary_name(name);
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const unique_fd file(::openat(dir, temporary.c_str(), flags, S_IRUSR | S_IWUSR));
    if (!file) return last_error();
    {
        const temporary_entry remover(dir, temporary);
        if (const error_code error = fill(file.get(), content)) return error;
        // Unlike rename, link refuses to replace what is there.
        if (::linkat(dir, temporary.c_str(), dir, name.c_str(), 0) != 0) return last_error();
    }
    return sync_directory(dir);
}

error_code make_private_directories(const std::filesystem::path& dir) {
    std::filesystem::path made;
    for (const auto& part : dir) {
        made /= part;
        if (::mkdir(made.c_str(), S_IRWXU) == 0) {
            if (::chmod(made.c_str(), S_IRWXU) != 0) return last_error();
            continue;
        }
        const error_code error = last_error();
        std::error_code ignored;
        if (!std::filesystem::is_directory(made, ignored)) return error;
    }
    return {};
}

}  // namespace meshhost::identity
