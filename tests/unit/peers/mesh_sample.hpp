// SPDX-License-Identifier: Apache-2.0
#pragma once
// A node of a mesh without its connections: record, registry, and what it says to others.
#include "digest_samples.hpp"
#include "peers/proto/mesh_talk.hpp"
#include "peers/proto/signed_digest.hpp"

#include <variant>
#include <vector>

namespace meshhost::test {

struct mesh_node {
    explicit mesh_node(std::uint8_t seed, peers::proto::config with = {})
        : key(sample_key(seed))
        , options(with) {
        peers::proto::self_description what;
        what.mesh = "m";
        what.name = "node-" + std::to_string(seed);
        what.version = "1.0";
        self.describe(what);
        self.set_state(peers::proto::node_state::alive);
        talk.join(now);
    }
    mesh_node(const mesh_node&) = delete;
    mesh_node& operator=(const mesh_node&) = delete;

    /// What it broadcasts now.
    std::vector<byte_buffer> say() {
        std::vector<byte_buffer> all;
        while (const auto output = talk.poll(now)) {
            if (const auto* said = std::get_if<peers::proto::broadcast_output>(&*output))
                all.push_back(said->content);
            else if (const auto* check = std::get_if<peers::proto::check_output>(&*output))
                checks.push_back(check->peer);
            else
                syncs.push_back(std::get<peers::proto::sync_output>(*output).peer);
        }
        return all;
    }
    void hear(const std::vector<byte_buffer>& contents) {
        for (const auto& content : contents)
            talk.receive(content, now);
    }
    void advance(duration span) {
        now += span;
        talk.handle_deadline(now);
    }
    std::string sees(const mesh_node& other) const {
        const auto* const entry = registry.find(other.id());
        return entry == nullptr ? "unknown" : to_string(entry->state);
    }
    std::string why(const mesh_node& other) const {
        const auto* const entry = registry.find(other.id());
        return entry == nullptr ? "" : evidence_text(entry->evidence, now);
    }
    const identity::endpoint_id& id() const { return key.id(); }

    identity::secret_key key;
    peers::proto::config options;
    time_point now{1h};
    peers::proto::self_record self{key, 1000, now, options};
    peers::proto::peer_registry registry{options};
    peers::proto::mesh_talk
        talk{key, self, registry, options, prng(1), peers::proto::computed_verdicts()};
    std::vector<identity::endpoint_id> syncs;
    std::vector<identity::endpoint_id> checks;
};

}  // namespace meshhost::test
