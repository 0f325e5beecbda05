// SPDX-License-Identifier: Apache-2.0
// Every check is made on the opened descriptor, not on the path, so that nothing can be swapped
// between the check and the use.
#include "identity/key_file.hpp"

#include "identity/key_text.hpp"
#include "identity/new_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace meshhost::identity {

namespace {

using std::filesystem::path;

failure key_failure(exit_code exit, std::string code, std::string message, std::string hint) {
    return {
        .exit = exit,
        .code = std::move(code),
        .message = std::move(message),
        .hint = std::move(hint),
    };
}

failure missing(const path& file) {
    return key_failure(
        exit_code::unreachable,
        "E_KEY_MISSING",
        "no key file at " + file.string(),
        "check the path, or start the host once: it makes a key where there is none"
    );
}

failure exposed(std::string message, std::string hint) {
    return key_failure(
        exit_code::not_permitted,
        "E_KEY_PERMISSIONS",
        std::move(message),
        std::move(hint)
    );
}

failure not_a_file(const path& file, std::string_view what) {
    return key_failure(
        exit_code::invalid,
        "E_KEY_DAMAGED",
        "key file " + file.string() + " is " + std::string(what) + ", not a regular file",
        "name the key file itself, or a path where there is nothing yet"
    );
}

failure io_failure(const std::string& message, const error_code& error) {
    namespace errc = boost::system::errc;
    const bool is_forbidden = error == errc::permission_denied
                              || error == errc::operation_not_permitted
                              || error == errc::read_only_file_system;
    return key_failure(
        is_forbidden ? exit_code::not_permitted : exit_code::failure,
        "E_KEY_IO",
        message + ": " + error.message(),
        "check the path, and the disk it is on: its permissions and its free space"
    );
}

error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

/// The directory that `file` is in.
path directory_of(const path& file) {
    return file.has_parent_path() ? file.parent_path() : path(".");
}

/// In a directory that everybody may write to, everybody may replace the key; a sticky one, such
/// as /tmp, keeps them from it.
std::optional<failure> refuse_directory(int dir, const path& name) {
    struct stat status {};
    if (::fstat(dir, &status) != 0)
        return io_failure("cannot look at " + name.string(), last_error());
    const bool everybody_writes = (status.st_mode & S_IWOTH) != 0;
    const bool sticky = (status.st_mode & S_ISVTX) != 0;
    if (!everybody_writes || sticky) return std::nullopt;
    return exposed(
        "directory " + name.string() + " is writable by everybody: no place for a key",
        "chmod o-w " + name.string()
    );
}

std::string_view kind_of(const struct stat& status) {
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR:
        return "a directory";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    default:
        return "a device";
    }
}

std::string octal_mode(const struct stat& status) {
    std::string digits = "0000";
    for (std::size_t i = 0; i < digits.size(); ++i)
        digits[i] = static_cast<char>('0' + (status.st_mode >> (3 * (3 - i)) & 7));
    return digits;
}

std::optional<failure> refuse_file(const struct stat& status, const path& file) {
    if (!S_ISREG(status.st_mode)) return not_a_file(file, kind_of(status));
    if (status.st_uid != ::geteuid() && status.st_uid != 0) {
        return exposed(
            "key file " + file.string() + " belongs to user " + std::to_string(status.st_uid)
                + ", not to user " + std::to_string(::geteuid()) + ", who runs this",
            "chown it, or run as its owner"
        );
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return exposed(
            "key file " + file.string() + " is open to other users (mode " + octal_mode(status)
                + ")",
            "chmod 600 " + file.string() + "; if others may have read it, make a new key"
        );
    }
    return std::nullopt;
}

failure open_failure(const path& file) {
    switch (errno) {
    case ENOENT:
        return missing(file);
    case ELOOP:
        return exposed(
            "key file " + file.string() + " is a symbolic link",
            "name the file that it points to"
        );
    case EACCES:
        return exposed(
            "key file " + file.string() + " may not be read by user " + std::to_string(::geteuid()),
            "chown it, or run as its owner"
        );
    case ENXIO:
        return not_a_file(file, "a socket or a device");
    default:
        return io_failure("cannot open key file " + file.string(), last_error());
    }
}

/// Opens the directory of `file` with `flags`, and makes sure that a key may be in it.
outcome<unique_fd> open_directory(const path& file, int flags) {
    if (!file.has_filename()) return not_a_file(file, "a directory");
    const path dir = directory_of(file);
    unique_fd fd(::open(dir.c_str(), flags | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return open_failure(file);
    if (auto refusal = refuse_directory(fd.get(), dir)) return *std::move(refusal);
    return fd;
}

/// One byte more than a key takes, to notice what is too long.
using read_buffer = wiped<std::array<char, key_text_size + 1>>;

outcome<std::string_view> read_all(int fd, const path& file, read_buffer& buffer) {
    std::size_t size = 0;
    while (size < buffer.value.size()) {
        const ssize_t got = ::read(fd, buffer.value.data() + size, buffer.value.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_failure("cannot read key file " + file.string(), last_error());
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    return std::string_view(buffer.value.data(), size);
}

}  // namespace

outcome<secret_key> load_key_file(const path& file) {
    const auto dir = open_directory(file, O_PATH);
    if (!dir) return dir.error();
    // O_NONBLOCK: opening a FIFO must not wait for its writer.
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    const unique_fd fd(::openat(dir->get(), file.filename().c_str(), flags));
    if (!fd) return open_failure(file);

    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) {
        return io_failure("cannot look at key file " + file.string(), last_error());
    }
    if (auto refusal = refuse_file(status, file)) return *std::move(refusal);

    read_buffer buffer;
    const auto text = read_all(fd.get(), file, buffer);
    if (!text) return text.error();
    auto key = parse_key_text(*text);
    if (key) return key;
    failure damage = key.error();
    damage.message = "key file " + file.string() + " " + damage.message;
    return damage;
}

outcome<secret_key> create_key_file(const path& file, const secret_key& key) {
    const std::string cannot = "cannot create key file " + file.string();
    if (const error_code error = make_private_directories(directory_of(file))) {
        return io_failure(cannot, error);
    }
    const auto dir = open_directory(file, O_RDONLY);
    if (!dir) return dir.error();

    key_text text;
    format_key_text(key, text);
    const error_code error = write_new_file(
        dir->get(),
        file.filename().string(),
        as_bytes({text.value.data(), text.value.size()})
    );
    if (!error) return key;
    if (error != boost::system::errc::file_exists) return io_failure(cannot, error);
    return key_failure(
        exit_code::failure,
        "E_KEY_EXISTS",
        "key file " + file.string() + " is there already",
        "a key is never overwritten: move the old one away first"
    );
}

outcome<key_source> load_or_create_key_file(const path& file) {
    auto loaded = load_key_file(file);
    if (loaded) return key_source{.key = *loaded, .created = false};
    if (loaded.error().code != "E_KEY_MISSING") return loaded.error();

    auto created = create_key_file(file, secret_key::generate());
    if (created) return key_source{.key = *created, .created = true};
    if (created.error().code != "E_KEY_EXISTS") return created.error();

    auto winner = load_key_file(file);  // another process was faster
    if (!winner) return winner.error();
    return key_source{.key = *winner, .created = false};
}

outcome<unique_fd> claim_key_file(const path& file) {
    unique_fd fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return open_failure(file);
    // A file system without locks is no reason not to run.
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return fd;
    return key_failure(
        exit_code::failure,
        "E_KEY_IN_USE",
        "another meshhost runs with the key file " + file.string(),
        "stop that one, or give this one a key of its own with --data-dir"
    );
}

}  // namespace meshhost::identity
