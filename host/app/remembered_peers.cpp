// SPDX-License-Identifier: Apache-2.0
#include "app/remembered_peers.hpp"

#include "process/whole_file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace meshhost::app {

namespace json = boost::json;

namespace {

using table = remembered_peers::table;

/// Empty where it is another mesh's; nullopt: it is not what we write.
std::optional<table> parse(std::string_view text, const std::string& mesh) {
    json::error_code unreadable;
    const json::value whole = json::parse(text, unreadable);
    const auto* const object = unreadable ? nullptr : whole.if_object();
    if (object == nullptr) return std::nullopt;
    const auto* const of = object->if_contains("mesh");
    const auto* const tickets = object->if_contains("peers");
    if (of == nullptr || !of->is_string() || tickets == nullptr || !tickets->is_array())
        return std::nullopt;
    table peers;
    if (of->get_string() != mesh) return peers;
    for (const auto& each : tickets->get_array()) {
        if (!each.is_string() || peers.size() == remembered_peers::peers_max) continue;
        if (const auto addr = identity::parse_ticket(each.get_string())) peers[addr->id] = *addr;
    }
    return peers;
}

}  // namespace

remembered_peers::remembered_peers(std::filesystem::path file, const identity::topic_id& mesh)
    : file_(std::move(file))
    , mesh_(mesh.to_hex()) {
    std::error_code unknown;
    if (!std::filesystem::exists(file_, unknown)) return;
    const auto text = process::read_whole(file_, file_size_max);
    auto known = text ? parse(*text, mesh_) : std::nullopt;
    is_unreadable_ = !known;
    if (known) known_ = std::move(*known);
}

bool remembered_peers::keep(std::span<const identity::endpoint_addr> alive, time_point now) {
    if (alive.empty()) return true;
    table next;
    const auto add = [&](const identity::endpoint_addr& peer) {
        const bool is_somewhere = !peer.direct.empty() || !peer.relays.empty();
        if (is_somewhere && next.size() < peers_max) next.emplace(peer.id, peer);
    };
    for (const auto& peer : alive)
        if (known_.contains(peer.id)) add(peer);
    for (const auto& peer : alive)
        add(peer);
    for (const auto& [id, peer] : known_)
        add(peer);
    due_ = now + (next.size() < peers_max ? gap_while_few : gap);
    if (next == known_) return true;
    json::array tickets;
    for (const auto& [id, peer] : next)
        tickets.emplace_back(identity::format_ticket(peer));
    const json::object whole{{"mesh", mesh_}, {"peers", std::move(tickets)}};
    if (!process::replace_whole(file_, json::serialize(whole) + "\n")) return false;
    known_ = std::move(next);
    return true;
}

}  // namespace meshhost::app
