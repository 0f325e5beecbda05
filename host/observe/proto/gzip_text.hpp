// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text that is packed while it is made: it is never there as a whole. Pure.
#include <memory>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// As gzip has it (RFC 1952). Takes 256 KiB while it is being made.
class gzip_text {
public:
    gzip_text();
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
