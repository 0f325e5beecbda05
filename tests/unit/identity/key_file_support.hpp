// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the key file tests share: files with a mode, and a spell without root's privileges.
#include "identity/key_file.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace meshhost::test {

inline const std::string seed_hex =
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
inline const std::string seed_id =
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

constexpr uid_t nobody = 65'534;

inline std::filesystem::path write_file(
    const std::filesystem::path& path,
    std::string_view content,
    mode_t mode = 0600
) {
    std::ofstream(path, std::ios::binary) << content;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
}

inline std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

inline std::size_t entries_in(const std::filesystem::path& dir) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(dir), {}));
}

/// The process umask, for as long as this lives.
class umask_scope {
public:
    explicit umask_scope(mode_t mask)
        : before_(::umask(mask)) {}
    umask_scope(const umask_scope&) = delete;
    umask_scope& operator=(const umask_scope&) = delete;
    ~umask_scope() { ::umask(before_); }

private:
    mode_t before_;
};

/// Acts as user "nobody" for as long as this lives, when the tests run as root; permissions would
/// not bind them otherwise.
class without_privileges {
public:
    without_privileges()
        : user_(::geteuid()) {
        if (user_ == 0) REQUIRE(::seteuid(nobody) == 0);
    }
    without_privileges(const without_privileges&) = delete;
    without_privileges& operator=(const without_privileges&) = delete;
    ~without_privileges() {
        if (user_ == 0 && ::seteuid(0) != 0) std::abort();
    }

private:
    uid_t user_;
};

}  // namespace meshhost::test
