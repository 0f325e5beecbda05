// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where blocks of bytes are kept that go as they came: the oldest first.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

struct block {
    std::uint64_t place = 0;  ///< as its store counts
    std::size_t size = 0;     ///< bytes
};

/// One thread.
class block_store {
public:
    virtual ~block_store() = default;

    /// nullopt: there is no room, or it cannot be written; what is kept is as it was.
    virtual std::optional<block> put(std::string_view bytes) = 0;
    /// nullopt: it cannot be read. `which` was put, and not dropped.
    virtual std::optional<std::string> get(const block& which) const = 0;
    /// The oldest that is kept.
    virtual void drop(const block& oldest) = 0;

    virtual std::size_t bytes_max() const noexcept = 0;
};

/// Pure.
class memory_blocks final : public block_store {
public:
    explicit memory_blocks(std::size_t bytes_max)
        : bytes_max_(bytes_max) {}

    std::optional<block> put(std::string_view bytes) override;
    std::optional<std::string> get(const block& which) const override;
    void drop(const block& oldest) override;
    std::size_t bytes_max() const noexcept override { return bytes_max_; }

private:
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::uint64_t first_ = 0;  ///< the place of the oldest
    std::deque<std::string> blocks_;
};

}  // namespace meshhost::observe::proto
