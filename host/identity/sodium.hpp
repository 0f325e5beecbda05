// SPDX-License-Identifier: Apache-2.0
#pragma once
// Secrets that do not stay behind in memory, and what else this room needs of libsodium beyond its
// functions.
#include <utility>

#include <sodium/utils.h>

namespace meshhost::identity {

/// Initialises libsodium once for the process; any thread. Aborts when the system has no
/// randomness to offer, since no key made then would be secret.
void require_sodium();

/// A value of plain bytes that is wiped from memory when it goes, and where it was moved from.
template <class T>
struct wiped {
    T value{};

    wiped() = default;
    wiped(wiped&& other) noexcept
        : value(other.value) {
        wipe(other);
    }
    wiped& operator=(wiped&& other) noexcept {
        if (this == &other) return *this;
        value = other.value;
        wipe(other);
        return *this;
    }
    ~wiped() { wipe(*this); }

private:
    static void wipe(wiped& one) noexcept { sodium_memzero(&one.value, sizeof one.value); }
};

/// What a string or a vector holds, when this goes. It outlives this, and does not grow until then.
template <class Text>
class wiped_at_end {
public:
    explicit wiped_at_end(Text& text) noexcept
        : text_(text) {}
    wiped_at_end(const wiped_at_end&) = delete;
    wiped_at_end& operator=(const wiped_at_end&) = delete;
    ~wiped_at_end() { sodium_memzero(text_.data(), text_.size()); }

private:
    Text& text_;
};

}  // namespace meshhost::identity
