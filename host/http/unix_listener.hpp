// SPDX-License-Identifier: Apache-2.0
#pragma once
// The name of a unix socket, claimed by one process at a time. The socket appears under its name
// whole: bound, listening and with mode 0600.
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "http/listener.hpp"

#include <sys/types.h>

#include <filesystem>

namespace meshhost::http {

/// Owns the listening descriptor and the name. Movable.
class unix_listener final : public listener {
public:
    /// Makes missing parent directories with mode 0700. A socket that nobody answers on is
    /// replaced. Errors: E_INSTANCE_RUNNING when somebody does answer, E_SOCKET_PATH (too long,
    /// or not a socket), E_SOCKET_DIRECTORY (others may write there; not_permitted), E_SOCKET_IO.
    static outcome<unix_listener> claim(const std::filesystem::path& path);

    unix_listener(unix_listener&& other) noexcept;
    unix_listener& operator=(unix_listener&&) = delete;
    ~unix_listener() override;

    int family() const noexcept override;
    int release_descriptor() noexcept override;

    /// Unless another process has taken it since.
    void remove_name() noexcept override;

private:
    unix_listener(std::filesystem::path path, unique_fd descriptor);

    std::filesystem::path path_;
    unique_fd descriptor_;
    dev_t device_ = 0;  ///< which file is ours, so that another's is never removed
    ino_t inode_ = 0;
};

}  // namespace meshhost::http
