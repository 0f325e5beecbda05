// SPDX-License-Identifier: Apache-2.0
#include "observe/block_file.hpp"

#include "base/assert.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace meshhost::observe {

std::unique_ptr<block_file> block_file::open(
    const std::filesystem::path& directory,
    std::size_t bytes_max
) {
    auto name = (directory / "history-XXXXXX").string();
    unique_fd file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file) return nullptr;
    if (::unlink(name.c_str()) != 0) return nullptr;
    return std::unique_ptr<block_file>(new block_file(std::move(file), bytes_max));
}

std::optional<proto::block> block_file::put(std::string_view bytes) {
    if (bytes.size() > bytes_max_) return std::nullopt;
    auto place = end_;
    const auto left = bytes_max_ - place % bytes_max_;
    if (bytes.size() > left) place += left;  // a block is in one piece
    const auto begin = begin_ == end_ ? place : begin_;
    if (place + bytes.size() - begin > bytes_max_) return std::nullopt;
    for (std::size_t done = 0; done < bytes.size();) {
        const auto wrote = ::pwrite(
            file_.get(),
            bytes.data() + done,
            bytes.size() - done,
            static_cast<::off_t>(place % bytes_max_ + done)
        );
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return std::nullopt;
        done += static_cast<std::size_t>(wrote);
    }
    begin_ = begin;
    end_ = place + bytes.size();
    return proto::block{place, bytes.size()};
}

std::optional<std::string> block_file::get(const proto::block& which) const {
    std::string bytes(which.size, '\0');
    for (std::size_t done = 0; done < bytes.size();) {
        const auto read = ::pread(
            file_.get(),
            bytes.data() + done,
            bytes.size() - done,
            static_cast<::off_t>(which.place % bytes_max_ + done)
        );
        if (read < 0 && errno == EINTR) continue;
        if (read <= 0) return std::nullopt;
        done += static_cast<std::size_t>(read);
    }
    return bytes;
}

void block_file::drop(const proto::block& oldest) {
    MH_ASSERT(oldest.place >= begin_ && oldest.place < end_, "they go in order");
    begin_ = oldest.place + oldest.size;
}

}  // namespace meshhost::observe
