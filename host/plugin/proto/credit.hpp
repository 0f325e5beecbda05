// SPDX-License-Identifier: Apache-2.0
#pragma once
// Flow control from the host to an instance: the host sends so much and then waits until the
// instance has taken some of it. Each end has its half.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace meshhost::plugin::proto {

/// The host's half.
class send_window {
public:
    send_window(std::uint64_t messages_max, std::uint64_t bytes_max) noexcept
        : messages_max_(messages_max)
        , bytes_max_(bytes_max) {}

    /// One more may go, whatever its size is.
    bool has_room() const noexcept { return messages_ < messages_max_ && bytes_ < bytes_max_; }
    void sent(std::size_t size) noexcept {
        ++messages_;
        bytes_ += size;
    }
    /// The other end is not believed when it says that it took more than it was given.
    void taken(std::uint64_t messages, std::uint64_t bytes) noexcept {
        messages_ -= std::min(messages, messages_);
        bytes_ -= std::min(bytes, bytes_);
    }
    bool empty() const noexcept { return messages_ == 0; }

private:
    std::uint64_t messages_max_;
    std::uint64_t bytes_max_;
    std::uint64_t messages_ = 0;
    std::uint64_t bytes_ = 0;
};

/// The instance's half: says it at every quarter of the window, or when nothing is left of it.
class taken_meter {
public:
    struct report {
        std::uint64_t messages = 0;
        std::uint64_t bytes = 0;
    };

    taken_meter(std::uint64_t messages_max, std::uint64_t bytes_max) noexcept
        : messages_max_(messages_max)
        , bytes_max_(bytes_max) {}

    /// What to say, if it is time to.
    std::optional<report> took(std::size_t size) noexcept {
        ++unsaid_.messages;
        unsaid_.bytes += size;
        const bool is_time =
            unsaid_.messages >= messages_max_ / 4 || unsaid_.bytes >= bytes_max_ / 4;
        if (!is_time) return std::nullopt;
        return std::exchange(unsaid_, {});
    }

private:
    std::uint64_t messages_max_;
    std::uint64_t bytes_max_;
    report unsaid_;
};

}  // namespace meshhost::plugin::proto
