// SPDX-License-Identifier: Apache-2.0
#pragma once
// Blocks in a file that has no name: it goes with the process, however that ends.
#include "base/unique_fd.hpp"
#include "observe/proto/block_store.hpp"

#include <filesystem>
#include <memory>

namespace meshhost::observe {

/// A ring of `bytes_max` bytes. Nothing is synced. Calls block for as long as the file system
/// takes, which keeps what is young in memory that it can have back.
class block_file final : public proto::block_store {
public:
    /// nullptr: errno says why.
    static std::unique_ptr<block_file> open(
        const std::filesystem::path& directory,
        std::size_t bytes_max
    );

    std::optional<proto::block> put(std::string_view bytes) override;
    std::optional<std::string> get(const proto::block& which) const override;
    void drop(const proto::block& oldest) override;
    std::size_t bytes_max() const noexcept override { return bytes_max_; }

private:
    block_file(unique_fd file, std::size_t bytes_max)
        : file_(std::move(file))
        , bytes_max_(bytes_max) {}

    unique_fd file_;
    std::size_t bytes_max_;
    // Both only grow; their rest by bytes_max_ is the place in the file.
    std::uint64_t begin_ = 0;
    std::uint64_t end_ = 0;
};

}  // namespace meshhost::observe
