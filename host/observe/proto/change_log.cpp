// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/change_log.hpp"

#include "observe/proto/gzip_text.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

objects by_id(json::value& list) {
    objects all;
    for (auto& each : list.as_array())
        all.emplace(std::string(each.at("id").as_string()), std::move(each.as_object()));
    return all;
}

void append_all(std::string& to, const objects& of) {
    bool is_first = true;
    for (const auto& [id, each] : of) {
        if (!std::exchange(is_first, false)) to += ',';
        to += json::serialize(each);
    }
}

std::string members_of(const picture& whole) {
    std::string out = R"("mesh":)" + json::serialize(whole.mesh) + R"(,"nodes":[)";
    append_all(out, whole.nodes);
    out += R"(],"edges":[)";
    append_all(out, whole.edges);
    return out + ']';
}

}  // namespace

void change_log::add(
    std::uint64_t sequence,
    std::chrono::milliseconds at,
    std::string_view told,
    const packed_picture& now
) {
    changes_.push_back({sequence, at, told.size(), pack(told)});
    bytes_ += changes_.back().told.size();
    since_base_ += changes_.back().told.size();
    // Where much changes, one base more often: the oldest part can go alone then.
    const bool is_due = !last_base_ || at - *last_base_ >= limits_.base_every
                        || since_base_ > limits_.bytes_max / 4;
    if (is_due) {
        since_base_ = 0;
        last_base_ = at;
        bases_.push_back({sequence, at, pack_whole(now)});
        bytes_ += bases_.back().whole.size();
    }
    drop_old(at);
}

/// Piece by piece: as one text it would be megabytes of a large mesh.
packed_text change_log::pack_whole(const packed_picture& now) {
    gzip_text packed(gzip_text::wrapper::zlib);
    std::size_t size = 0;
    const auto add = [&](std::string_view piece) {
        const auto shortened = ids_.shorten(piece);
        size += shortened.size();
        packed.add(shortened);
    };
    add("{");
    now.write_members(add);
    add("}");
    return {packed.finish(), size};
}

std::optional<std::vector<change_log::frame>> change_log::since(std::uint64_t sequence) const {
    if (changes_.empty()) return std::nullopt;
    const bool is_held =
        sequence + 1 >= changes_.front().sequence && sequence <= changes_.back().sequence;
    if (!is_held) return std::nullopt;
    std::size_t size = 0;
    for (const auto& each : changes_)
        if (each.sequence > sequence) size += each.size;
    if (size > limits_.told_again_max) return std::nullopt;
    std::vector<frame> told;
    for (const auto& each : changes_)
        if (each.sequence > sequence)
            told.push_back(std::make_shared<const std::string>(unpack(each.told)));
    return told;
}

std::optional<std::string> change_log::at(std::chrono::milliseconds moment) const {
    const base* from = nullptr;
    for (const auto& each : bases_)
        if (each.at <= moment) from = &each;
    if (from == nullptr) return std::nullopt;
    try {
        json::monotonic_resource room;  // the objects go as one, when the text is made
        auto whole = json::parse(unpack(from->whole), &room);
        picture then{
            std::move(whole.at("mesh").as_object()),
            by_id(whole.at("nodes")),
            by_id(whole.at("edges"))};
        for (const auto& each : changes_) {
            if (each.sequence <= from->sequence || each.at > moment) continue;
            json::monotonic_resource scratch;
            const auto told = json::parse(unpack(each.told), &scratch);
            apply(then, told.at("ops").as_array());
        }
        return members_of(then);
    } catch (const boost::system::system_error&) {
        return std::nullopt;  // it wrote them itself: whoever asks need not pay for its fault
    }
}

void change_log::search(std::span<const std::string> beginnings, const place_taker& take) const {
    constexpr std::size_t told_around = 2048;  ///< shortened: an edge takes a third of it
    if (bases_.empty()) return;
    std::vector<std::string> wanted;
    for (const auto& each : beginnings)
        wanted.push_back(ids_.shorten_known(each));
    const auto look_in = [&](std::chrono::milliseconds at, const packed_text& held) {
        const auto text = held.unpack();
        for (const auto& each : wanted)
            if (const auto place = text.find(each); place != std::string::npos)
                take(at, ids_.lengthen(std::string_view(text).substr(place, told_around)));
    };
    look_in(bases_.front().at, bases_.front().whole);
    for (const auto& each : changes_)
        if (each.sequence > bases_.front().sequence) look_in(each.at, each.told);
}

std::optional<std::chrono::milliseconds> change_log::oldest() const {
    if (bases_.empty()) return std::nullopt;
    return bases_.front().at;
}

std::optional<std::chrono::milliseconds> change_log::newest() const {
    if (changes_.empty()) return std::nullopt;
    return changes_.back().at;
}

/// The last base stays while it is the only one: the present is always known.
void change_log::drop_old(std::chrono::milliseconds now) {
    while (bases_.size() > 1 && (bytes_ > limits_.bytes_max || now - bases_[1].at > limits_.age_max)
    ) {
        bytes_ -= bases_.front().whole.size();
        bases_.pop_front();
        while (!changes_.empty() && changes_.front().sequence <= bases_.front().sequence)
            forget_change();
    }
    if (bytes_ <= limits_.bytes_max) return;
    while (!changes_.empty() && bytes_ > limits_.bytes_max)
        forget_change();
    if (bases_.empty()) return;
    // One base with more changes than there is room for: a new one takes the place of all of it;
    // at once, unless it would leave no room either.
    const auto size = bases_.front().whole.size();
    if (size <= limits_.bytes_max / 2) last_base_.reset();
    bytes_ -= size;
    bases_.clear();
}

void change_log::forget_change() {
    bytes_ -= changes_.front().told.size();
    changes_.pop_front();
}

}  // namespace meshhost::observe::proto
