// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/sync_exchange.hpp"

#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"
#include "wire/postcard.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

namespace {

/// Of an entry: id, two varints of ten bytes at most, a flag.
constexpr std::size_t entry_size_max = endpoint_id::size + 21;
constexpr std::size_t entries_per_frame = frame_payload_max / entry_size_max;
constexpr std::size_t ids_per_frame = frame_payload_max / endpoint_id::size;

const sync_entry* find(const std::vector<sync_entry>& entries, const endpoint_id& id) {
    const auto at = std::lower_bound(
        entries.begin(),
        entries.end(),
        id,
        [](const sync_entry& entry, const endpoint_id& wanted) { return entry.id < wanted; }
    );
    return at != entries.end() && at->id == id ? &*at : nullptr;
}

}  // namespace

sync_summary summarize(const std::vector<sync_entry>& entries) {
    std::array<byte_buffer, sync_buckets> contents;
    for (const auto& entry : entries) {
        if (entry.is_gone) continue;
        wire::byte_writer out(contents[bucket_of(entry.id)]);
        out.bytes(entry.id.bytes());
        out.u64be(entry.version.incarnation);
        out.u64be(entry.version.sequence);
    }
    sync_summary summary{};
    for (std::size_t i = 0; i < sync_buckets; ++i)
        summary[i] = wire::byte_reader(identity::hash_content(contents[i]).bytes).u64be();
    return summary;
}

void sync_exchange::open() {
    is_opener_ = true;
    byte_buffer payload;
    wire::byte_writer out(payload);
    for (const std::uint64_t hash : summarize(store_.entries()))
        out.u64be(hash);
    queue(frame_type::summary, payload);
}

void sync_exchange::receive(bytes_view data, time_point now) {
    if (phase_ != phase::waiting) return;
    frames_.feed(data);
    while (phase_ == phase::waiting) {
        const auto next = frames_.poll();
        if (!next) break;
        if (!take(*next, now)) phase_ = phase::failed;
    }
    if (frames_.error()) phase_ = phase::failed;
}

bool sync_exchange::take(const frame& from, time_point now) {
    switch (static_cast<frame_type>(from.type)) {
    case frame_type::summary:
        return take_summary(from.payload);
    case frame_type::differing:
        return take_differing(from.payload);
    case frame_type::entries:
        return take_entries(from.payload, now);
    case frame_type::record:
        if (!count(1)) return false;
        news_ += store_.take_record(from.payload, now) ? 1 : 0;
        return true;
    case frame_type::wanted:
        return take_wanted(from.payload);
    case frame_type::end:
        return take_end();
    }
    return true;  // of a later version
}

/// What the answerer has in the buckets that differ.
bool sync_exchange::take_summary(bytes_view payload) {
    wire::byte_reader in(payload);
    if (is_opener_ || std::exchange(has_summary_, true)) return false;
    const auto ours = store_.entries();
    const sync_summary summary = summarize(ours);
    for (std::size_t i = 0; i < sync_buckets; ++i)
        differing_[i] = in.u64be() != summary[i];
    if (!in.at_end()) return false;
    byte_buffer bits;
    wire::byte_writer(bits).u64be(differing_.to_ullong());
    queue(frame_type::differing, bits);
    std::vector<sync_entry> listed;
    std::copy_if(ours.begin(), ours.end(), std::back_inserter(listed), [this](const auto& entry) {
        return differing_[bucket_of(entry.id)];
    });
    queue_entries(listed);
    queue(frame_type::end, {});
    return true;
}

bool sync_exchange::take_differing(bytes_view payload) {
    wire::byte_reader in(payload);
    differing_ = in.u64be();
    return is_opener_ && in.at_end();
}

bool sync_exchange::take_entries(bytes_view payload, time_point now) {
    wire::postcard_reader in(payload);
    while (in.ok() && !in.at_end()) {
        sync_entry entry;
        const auto id = endpoint_id::from_bytes(in.fixed(endpoint_id::size));
        entry.version.incarnation = in.u64();
        entry.version.sequence = in.u64();
        entry.is_lost = in.boolean();
        if (!in.ok() || !id || !count(1)) return false;
        entry.id = *id;
        if (entry.is_lost) store_.take_hearsay({entry.id, entry.version, peer_}, now);
        if (is_opener_) theirs_.push_back(entry);
    }
    return in.ok();
}

bool sync_exchange::take_wanted(bytes_view payload) {
    wire::postcard_reader in(payload);
    if (is_opener_) return false;
    while (in.ok() && !in.at_end()) {
        const auto id = endpoint_id::from_bytes(in.fixed(endpoint_id::size));
        if (!in.ok() || !id || !count(1)) return false;
        queue_.push_back({{}, *id});
    }
    return in.ok();
}

bool sync_exchange::take_end() {
    if (!is_opener_) {
        queue_end();
        phase_ = phase::finished;
    } else if (!is_end_queued_) {
        compare();
        queue_end();
    } else {
        phase_ = phase::finished;
    }
    return true;
}

/// What the opener has that is newer goes to the answerer; what it lacks it wants.
void sync_exchange::compare() {
    std::sort(theirs_.begin(), theirs_.end(), [](const auto& a, const auto& b) {
        return a.id < b.id;
    });
    const auto ours = store_.entries();
    std::vector<sync_entry> lost;
    std::vector<endpoint_id> wanted;
    for (const auto& mine : ours) {
        if (!differing_[bucket_of(mine.id)]) continue;
        const sync_entry* const known = find(theirs_, mine.id);
        if (mine.is_lost)
            lost.push_back(mine);
        else if (known == nullptr ? !mine.is_gone : known->version < mine.version)
            queue_.push_back({{}, mine.id});
    }
    for (const auto& other : theirs_) {
        const sync_entry* const mine = find(ours, other.id);
        const bool is_newer = mine == nullptr || mine->version < other.version;
        if (is_newer && !other.is_lost) wanted.push_back(other.id);
    }
    queue_entries(lost);
    queue_wanted(wanted);
    theirs_.clear();
}

bool sync_exchange::count(std::size_t things) {
    taken_ += things;
    return taken_ <= 3 * peers_max_;  // of each kind, peers_max
}

// --- out ---

std::optional<byte_buffer> sync_exchange::poll_frame() {
    if (queue_.empty() || phase_ == phase::failed) return std::nullopt;
    item next = std::move(queue_.front());
    queue_.pop_front();
    if (!next.frame.empty()) return std::move(next.frame);
    byte_buffer out;
    append_frame(
        out,
        static_cast<std::uint8_t>(frame_type::record),
        store_.record_of(next.record_of)
    );
    return out;
}

void sync_exchange::queue(frame_type type, bytes_view payload) {
    byte_buffer out;
    append_frame(out, static_cast<std::uint8_t>(type), payload);
    queue_.push_back({std::move(out), {}});
}

void sync_exchange::queue_entries(const std::vector<sync_entry>& entries) {
    for (std::size_t first = 0; first < entries.size(); first += entries_per_frame) {
        byte_buffer payload;
        wire::postcard_writer out(payload);
        const std::size_t end = std::min(entries.size(), first + entries_per_frame);
        for (std::size_t i = first; i < end; ++i) {
            out.fixed(entries[i].id.bytes());
            out.varint(entries[i].version.incarnation);
            out.varint(entries[i].version.sequence);
            out.boolean(entries[i].is_lost);
        }
        queue(frame_type::entries, payload);
    }
}

void sync_exchange::queue_wanted(const std::vector<endpoint_id>& ids) {
    for (std::size_t first = 0; first < ids.size(); first += ids_per_frame) {
        byte_buffer payload;
        wire::byte_writer out(payload);
        const std::size_t end = std::min(ids.size(), first + ids_per_frame);
        for (std::size_t i = first; i < end; ++i)
            out.bytes(ids[i].bytes());
        queue(frame_type::wanted, payload);
    }
}

void sync_exchange::queue_end() {
    queue(frame_type::end, {});
    is_end_queued_ = true;
}

}  // namespace meshhost::peers::proto
