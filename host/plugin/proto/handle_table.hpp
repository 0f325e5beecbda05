// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names for things that a plugin holds: 64-bit handles that go stale instead of dangling.
//
//   63      56 55             32 31                 0
//  +----------+-----------------+--------------------+
//  |   kind   |   generation    |     slot + 1       |
//  +----------+-----------------+--------------------+
//
// The generation of a slot rises each time it is freed, so that a handle kept too long misses; the
// kind tells a timer from a watch that happens to have the same slot.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace meshhost::plugin::proto {

using handle = std::uint64_t;  ///< 0 names nothing

/// Extension numbers of mesh/plugin.h, and what of them has handles; where it is several things, a
/// multiple of 16 tells them apart. The topmost bit is host_number's, of what the host names first.
enum class handle_kind : std::uint8_t {
    timer = 3,
    peer_watch = 4,
    digest_watch = 5,
    gossip_topic = 6,
    message_port = 7,
    message_request = 7 + 64,
    message_question = 7 + 128,
    listener = 8,
    connection = 8 + 16,
    stream = 8 + 32,
    metric = 9,
    span = 10,
    state_commit = 11,
    fd_watch = 13,
};

/// At most `limit` things of one kind. One thread: the strand.
template <class T>
class handle_table {
public:
    handle_table(handle_kind kind, std::size_t limit)
        : kind_(kind)
        , limit_(limit) {}

    /// 0 when the table is full.
    handle insert(T value) {
        if (size_ == limit_) return 0;
        if (free_.empty()) {
            slots_.emplace_back();
            free_.reserve(slots_.size());  // so that erase() never allocates
            free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
        }
        const std::uint32_t index = free_.back();
        free_.pop_back();
        slots_[index].value = std::move(value);
        ++size_;
        return name(index);
    }

    /// nullptr for a stale, closed or foreign handle. Valid until the table changes.
    T* find(handle h) noexcept {
        const std::optional<std::uint32_t> index = index_of(h);
        return index ? &*slots_[*index].value : nullptr;
    }

    const T* find(handle h) const noexcept {
        const std::optional<std::uint32_t> index = index_of(h);
        return index ? &*slots_[*index].value : nullptr;
    }

    bool erase(handle h) noexcept {
        const std::optional<std::uint32_t> index = index_of(h);
        if (!index) return false;
        slots_[*index].value.reset();
        slots_[*index].generation = (slots_[*index].generation + 1) & generation_mask;
        free_.push_back(*index);
        --size_;
        return true;
    }

    /// f(handle, T&) for each thing, in the order of slots. `f` does not change the table.
    template <class F>
    void for_each(F&& f) {
        for (std::uint32_t index = 0; index < slots_.size(); ++index) {
            if (slots_[index].value) f(name(index), *slots_[index].value);
        }
    }

    /// Every handle goes stale.
    void clear() noexcept {
        for (std::uint32_t index = 0; index < slots_.size(); ++index) {
            if (slots_[index].value) erase(name(index));
        }
    }

    std::size_t size() const noexcept { return size_; }

private:
    static constexpr std::uint32_t generation_mask = 0xff'ffff;

    struct slot {
        std::uint32_t generation = 0;
        std::optional<T> value;
    };

    handle name(std::uint32_t index) const noexcept {
        return static_cast<handle>(kind_) << 56
               | static_cast<handle>(slots_[index].generation) << 32 | (index + 1);
    }

    std::optional<std::uint32_t> index_of(handle h) const noexcept {
        const auto index = static_cast<std::uint32_t>(h) - 1;  // 0 becomes out of range
        if (index >= slots_.size() || !slots_[index].value || name(index) != h) return std::nullopt;
        return index;
    }

    handle_kind kind_;
    std::size_t limit_;
    std::size_t size_ = 0;
    std::vector<slot> slots_;
    std::vector<std::uint32_t> free_;
};

}  // namespace meshhost::plugin::proto
