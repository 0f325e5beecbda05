// SPDX-License-Identifier: Apache-2.0
#pragma once
// A private copy of a shared object that nobody can change any more: what was checked is what is
// loaded, and overwriting the file afterwards cannot crash the host.
#include "base/bytes.hpp"
#include "base/unique_fd.hpp"
#include "plugin/plugin_fault.hpp"

#include <string>

namespace meshhost::plugin {

/// A sealed memfd and its read-only mapping.
class sealed_image {
public:
    /// Refuses what is no regular file, is too large, or can be written by group or others.
    /// Errors: MP001, MP002.
    static checked<sealed_image> copy_of(const std::string& path);

    /// Takes over an image that another process sealed. Errors: MP001.
    static checked<sealed_image> adopt(unique_fd image);

    sealed_image(sealed_image&& other) noexcept;
    sealed_image& operator=(sealed_image&&) = delete;
    ~sealed_image();

    int fd() const noexcept { return fd_.get(); }
    bytes_view bytes() const noexcept { return {data_, size_}; }

    /// What the dynamic loader opens; the image may go once it has. Another spelling each time:
    /// the loader takes two objects of the same path for one, and numbers of descriptors come
    /// again.
    std::string loader_path() const;

private:
    sealed_image(unique_fd fd, const std::uint8_t* data, std::size_t size) noexcept;

    unique_fd fd_;
    const std::uint8_t* data_;
    std::size_t size_;
};

}  // namespace meshhost::plugin
