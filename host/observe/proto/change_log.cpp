// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/change_log.hpp"

#include "observe/proto/gzip_text.hpp"
#include "observe/proto/packed_text.hpp"
#include "observe/proto/picture_changes.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

/// From the beginning of `json`, as long as not to tear an id: none has a comma.
std::string_view cut_piece(std::string_view& json) {
    constexpr std::size_t piece = 64u << 10;
    const auto end = std::min(json.find(',', std::min(piece, json.size())), json.size());
    const auto out = json.substr(0, end);
    json.remove_prefix(end);
    return out;
}

}  // namespace

change_log::change_log(const log_limits& limits, std::unique_ptr<block_store> blocks)
    : limits_(limits)
    , blocks_(std::move(blocks))
    , is_in_memory_(!blocks_) {
    if (is_in_memory_) stay_in_memory();
}

void change_log::stay_in_memory() {
    blocks_ = std::make_unique<memory_blocks>(limits_.memory_max);
    is_in_memory_ = true;
}

void change_log::add(
    std::uint64_t sequence,
    std::chrono::milliseconds at,
    std::string_view told,
    const packed_picture& now
) {
    if (!segments_.empty()) add_change(sequence, at, told);
    if (is_base_due(at)) add_base(sequence, at, now);
    while (segments_.size() > 1 && at - segments_[1].at > limits_.age_max)
        drop_oldest();
}

/// Where much changes, more often: what lies between two is read to look back, and the oldest part
/// can go alone.
bool change_log::is_base_due(std::chrono::milliseconds at) const {
    if (segments_.empty()) return at >= no_base_before_;
    const auto& last = segments_.back();
    return at - last.at >= limits_.base_every
           || last.changes_bytes > std::min(limits_.changes_max, blocks_->bytes_max() / 4);
}

void change_log::add_change(
    std::uint64_t sequence,
    std::chrono::milliseconds at,
    std::string_view told
) {
    gzip_text packed(gzip_text::wrapper::zlib);
    std::size_t shortened = 0;
    for (auto rest = told; !rest.empty();) {
        const auto piece = ids_.shorten(cut_piece(rest));
        shortened += piece.size();
        packed.add(piece);
    }
    const auto kept = keep(packed.finish());
    // There is no room behind this picture, not even alone: a new one takes the place of all of it.
    if (!kept) return drop_oldest();
    auto& last = segments_.back();
    last.changes.push_back({sequence, at, told.size(), shortened, *kept});
    last.changes_bytes += kept->size;
}

/// Piece by piece: as one text it would be megabytes of a large mesh.
void change_log::add_base(
    std::uint64_t sequence,
    std::chrono::milliseconds at,
    const packed_picture& now
) {
    gzip_text packed(gzip_text::wrapper::zlib);
    write_lines(now, [&](std::string_view piece) { packed.add(ids_.shorten(piece)); });
    const auto bytes = packed.finish();
    auto kept = keep(bytes);
    if (!kept && !segments_.empty()) {
        drop_oldest();
        kept = keep(bytes);
    }
    if (!kept && !is_in_memory_) {
        stay_in_memory();
        kept = keep(bytes);
    }
    if (kept)
        segments_.push_back({sequence, at, *kept, {}, 0});
    else
        no_base_before_ = at + limits_.base_every;
}

/// Whatever is older than the last picture gives way.
std::optional<block> change_log::keep(std::string_view packed) {
    auto kept = blocks_->put(packed);
    while (!kept && segments_.size() > 1) {
        drop_oldest();
        kept = blocks_->put(packed);
    }
    if (kept) bytes_ += kept->size;
    return kept;
}

void change_log::drop_oldest() {
    const auto drop = [&](const block& each) {
        blocks_->drop(each);
        bytes_ -= each.size;
    };
    drop(segments_.front().base);
    for (const auto& each : segments_.front().changes)
        drop(each.told);
    segments_.pop_front();
}

std::optional<std::string> change_log::told(const change& of) const {
    const auto packed = blocks_->get(of.told);
    if (!packed) return std::nullopt;
    return ids_.lengthen(unpack(*packed, of.kept));
}

std::optional<std::vector<change_log::frame>> change_log::since(std::uint64_t sequence) const {
    if (segments_.empty() || sequence < segments_.front().sequence) return std::nullopt;
    const auto& last = segments_.back();
    if (sequence > (last.changes.empty() ? last.sequence : last.changes.back().sequence))
        return std::nullopt;
    std::vector<const change*> wanted;
    std::size_t size = 0;
    for (const auto& part : segments_)
        for (const auto& each : part.changes) {
            if (each.sequence <= sequence) continue;
            wanted.push_back(&each);
            size += each.size;
        }
    if (size > limits_.told_again_max) return std::nullopt;
    std::vector<frame> all;
    for (const auto* each : wanted) {
        auto text = told(*each);
        if (!text) return std::nullopt;
        all.push_back(std::make_shared<const std::string>(std::move(*text)));
    }
    return all;
}

const change_log::segment* change_log::last_before(std::chrono::milliseconds moment) const {
    const segment* last = nullptr;
    for (const auto& each : segments_)
        if (each.at <= moment) last = &each;
    return last;
}

bool change_log::at(std::chrono::milliseconds moment, const text_taker& take) const {
    const auto* from = last_before(moment);
    if (from == nullptr) return false;
    picture_changes changes;
    for (const auto& each : from->changes) {
        if (each.at > moment) break;
        const auto text = told(each);
        if (!text) return false;
        json::monotonic_resource scratch;
        changes.add(json::parse(*text, &scratch).at("ops").as_array());
    }
    const auto base = blocks_->get(from->base);
    if (!base) return false;
    picture_overlay then(changes, take);
    unpack_lines(*base, [&](std::string_view line) { then.line(ids_.lengthen(line)); });
    then.finish();
    return true;
}

std::optional<std::chrono::milliseconds> change_log::oldest() const {
    if (segments_.empty()) return std::nullopt;
    return segments_.front().at;
}

std::optional<std::chrono::milliseconds> change_log::newest() const {
    if (segments_.empty()) return std::nullopt;
    const auto& last = segments_.back();
    return last.changes.empty() ? last.at : last.changes.back().at;
}

std::size_t change_log::changes() const noexcept {
    std::size_t all = 0;
    for (const auto& each : segments_)
        all += each.changes.size();
    return all;
}

}  // namespace meshhost::observe::proto
