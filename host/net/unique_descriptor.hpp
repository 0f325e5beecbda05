// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file descriptor that closes with its owner.
#include <unistd.h>

#include <utility>

namespace meshhost::net {

class unique_descriptor {
public:
    unique_descriptor() noexcept = default;
    /// A negative value is none: what open(2) and its like return when they fail.
    explicit unique_descriptor(int owned) noexcept
        : value_(owned) {}
    unique_descriptor(unique_descriptor&& other) noexcept
        : value_(std::exchange(other.value_, -1)) {}
    unique_descriptor& operator=(unique_descriptor&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~unique_descriptor() {
        if (value_ >= 0) ::close(value_);
    }

    int get() const noexcept { return value_; }
    bool is_open() const noexcept { return value_ >= 0; }

private:
    int value_ = -1;
};

}  // namespace meshhost::net
