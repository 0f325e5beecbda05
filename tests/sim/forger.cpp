// SPDX-License-Identifier: Apache-2.0
#include "sim/forger.hpp"

#include "peers/proto/mesh_message.hpp"
#include "wire/postcard.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace {

using peers::proto::make_record_message;
using peers::proto::signature_size;

constexpr std::size_t number_at = 33;  ///< in a record, behind its layout and origin

/// `record` with the number `number`, and with its signature, which is then none.
byte_buffer renumbered(bytes_view record, std::uint64_t incarnation) {
    byte_buffer other(record.begin(), record.begin() + number_at);
    wire::postcard_writer(other).varint(incarnation);
    const auto is_last = [](std::uint8_t byte) { return byte < 0x80; };
    const auto end = std::find_if(record.begin() + number_at, record.end(), is_last);
    other.insert(other.end(), end + 1, record.end());
    return other;
}

}  // namespace

forger::forger(const member& self, const identity_pool& identities)
    : self_(self)
    , identities_(identities) {
    self.machine().registry().for_each([this](const peers::proto::peer_entry& entry) {
        old_.emplace(identities_.index_of(entry.id), entry.record);
    });
}

std::vector<byte_buffer> forger::lies_about(node_index victim, std::uint64_t number) {
    const auto* const entry = self_.machine().registry().find(identities_.id(victim));
    if (entry == nullptr || entry->record.size() <= number_at + signature_size) return {};
    std::vector<byte_buffer> lies;
    const auto say = [&lies](const byte_buffer& record) {
        lies.push_back(make_record_message(record));
    };
    say(renumbered(entry->record, entry->digest->incarnation + 1 + number));
    say(renumbered(entry->record, peers::proto::number_max + 1 + number));
    byte_buffer& old = old_[victim];
    if (!old.empty() && old != entry->record) say(old);
    old = entry->record;
    return lies;
}

}  // namespace meshhost::sim
