// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts that are kept, with ids in three bytes: a picture is mostly ids, which nothing packs. Pure.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

/// Knows the first ids_max ids that it has met; others stay as they are.
class short_ids {
public:
    static constexpr std::size_t ids_max = 16'383;  ///< 14 bits

    /// `json`: text of JSON, which has no control characters.
    std::string shorten(std::string_view json);
    /// The same, but no id is met for the first time.
    std::string shorten_known(std::string_view json) const;
    std::string lengthen(std::string_view shortened) const;
    /// As lengthen(), at the end of `to`.
    void append(std::string& to, std::string_view shortened) const;

    std::size_t size() const noexcept { return ids_.size(); }

private:
    using places = std::map<std::string, std::uint16_t, std::less<>>;

    places::const_iterator place_or_new(std::string_view id);
    template <class Find>
    std::string shorten(std::string_view json, const Find& find) const;

    std::vector<const std::string*> ids_;  ///< in `places_`
    places places_;
};

}  // namespace meshhost::observe::proto
