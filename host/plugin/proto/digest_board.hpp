// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one role says of itself: its declared keys, their values, and which of them are due to be
// published. Silence is the steady state: a value that did not change, or changed by less than its
// epsilon, or sooner than its min_interval, is not sent. A machine: the caller has the clock.
#include "base/time.hpp"
#include "peers/proto/node_digest.hpp"
#include "plugin/proto/call_error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::plugin::proto {

/// mesh_digest_key, read.
struct digest_key {
    std::string name;
    std::string unit;
    std::uint32_t type = 0;     ///< MESH_T_*
    std::uint32_t kind = 0;     ///< MESH_DIGEST_*
    std::uint32_t max_len = 0;  ///< bytes, of a text
    bool local_only = false;
    duration min_interval{};
    double epsilon = 0;
};

/// Owned by the strand; check() alone is for any thread, once declare() has returned.
class digest_board {
public:
    using value = peers::proto::digest_value;

    digest_board(std::string role, std::uint32_t bytes_granted);

    /// Once. Errors: STATE when done before; INVALID for a malformed key; BUDGET when the largest
    /// values together would not fit, with the arithmetic.
    call_result<> declare(std::vector<digest_key> keys);

    /// Whether `key` may become `v`; no value at all clears it. Errors: INVALID, TOO_LARGE.
    call_result<> check(std::uint32_t key, const value& v) const;

    /// Precondition: check() passed.
    void set(std::uint32_t key, value v);

    /// The next value that peers should see, or that they should forget: then it has no value.
    /// Drain until nullopt.
    std::optional<peers::proto::contribution> poll(time_point now);

    /// When poll() has something that is held back now; no_deadline when there is nothing.
    time_point next_deadline() const noexcept;

    /// What the code before this one said under the same names stays said; the rest is forgotten.
    void take_over(const digest_board& before);

    /// Everything published is to be forgotten, at once.
    void withdraw();

private:
    struct entry {
        digest_key key;
        value current;
        value published;
        time_point not_before = time_point::min();  ///< of the next publication
        bool is_retired = false;                    ///< an earlier generation's, to be forgotten

        bool is_due() const noexcept;
    };

    std::string role_;
    std::uint32_t bytes_granted_;
    bool declared_ = false;
    std::vector<entry> entries_;
};

/// The most bytes `key` of `role` takes in a node digest (docs/wire/digest.md).
std::size_t encoded_size_max(const std::string& role, const digest_key& key) noexcept;

}  // namespace meshhost::plugin::proto
