// SPDX-License-Identifier: Apache-2.0
#pragma once
// The starts of this host that its state directory remembers, so that one can be compared with
// those before it.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>

namespace meshhost::app {

/// Of boot_json() objects, as `meshctl boot` reads them. One thread.
class boot_history {
public:
    static constexpr std::size_t boots_max = 4;  ///< kept, the last one included
    static constexpr std::size_t file_size_max = 1u << 20;

    /// Reads `file`; what is not there, or no history, is none.
    explicit boot_history(std::filesystem::path file);

    /// The newest first.
    const boost::json::array& boots() const noexcept { return boots_; }
    /// Of the start under way, from 1.
    std::uint64_t next_number() const noexcept { return last_number_ + 1; }

    /// Puts it before the others, or in the place of the newest where that has its number, and
    /// writes them down, all at once. False: the file cannot be
    /// written; errno says why, and what was there is unchanged.
    bool keep(boost::json::object boot);

private:
    std::filesystem::path file_;
    boost::json::array boots_;
    std::uint64_t last_number_ = 0;
};

}  // namespace meshhost::app
