// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text that is packed while it is made: it is never there as a whole. Pure.
#include <memory>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// Takes 256 KiB while it is being made.
class gzip_text {
public:
    enum class wrapper {
        gzip,  ///< RFC 1952
        zlib   ///< RFC 1950
    };

    explicit gzip_text(wrapper in = wrapper::gzip);
    gzip_text(gzip_text&&) noexcept;
    gzip_text& operator=(gzip_text&&) noexcept;
    ~gzip_text();

    void add(std::string_view piece);
    /// All of it. Nothing is added afterwards.
    std::string finish();

private:
    struct machine;

    void run(std::string_view piece, int flush);

    std::unique_ptr<machine> machine_;
    std::string packed_;
};

}  // namespace meshhost::observe::proto
