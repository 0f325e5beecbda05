// SPDX-License-Identifier: Apache-2.0
#pragma once
// One gossip_state among peers that the test plays itself: it hears frames and says frames.
#include "gossip/proto/gossip_state.hpp"
#include "gossip/proto/message.hpp"
#include "gossip_samples.hpp"

#include <map>
#include <string>
#include <vector>

namespace meshhost::test {

/// A frame that the node said, as its receiver reads it.
struct said_frame {
    gossip::proto::send_output output;
    gossip::proto::message what;  ///< borrows from the output's frame
    gossip::proto::extension after;
};

class lone_node {
public:
    static constexpr std::size_t self = 0;

    explicit lone_node(const gossip::proto::config& options = {}, bool joins = true);

    void join(const std::vector<std::size_t>& contacts);
    /// The link to a peer is up, in a new life.
    void link(std::size_t peer);
    void lose(std::size_t peer);
    void close(std::size_t peer);
    void fail_dial(std::size_t peer);
    void hear(
        std::size_t peer,
        const gossip::proto::message& what,
        const gossip::proto::extension& after = {}
    );
    void hear_bytes(std::size_t peer, bytes_view frame_body);
    /// Links, and lets in, peers `first` to `last`; what the node said to them is forgotten.
    void befriend(std::size_t first, std::size_t last);
    error_code broadcast(
        std::string_view content,
        const gossip::proto::broadcast_options& how = {}
    );
    void advance(duration span);
    /// Until it wants a link to the peer. False: it does not within `span`.
    bool advance_until_wanted(std::size_t peer, duration span);

    /// What was said to a peer since it was last asked.
    std::vector<said_frame> said_to(std::size_t peer);
    /// Of one kind only; the others are forgotten as well.
    template <class Message>
    std::vector<Message> said(std::size_t peer) {
        taken_ = said_to(peer);
        std::vector<Message> out;
        for (const said_frame& frame : taken_)
            if (const auto* what = std::get_if<Message>(&frame.what)) out.push_back(*what);
        return out;
    }
    void forget_said() { said_.clear(); }
    /// Whom something of this kind was said to, in order, since the last time.
    template <class Message>
    std::vector<std::size_t> hearers() const {
        std::vector<std::size_t> out;
        for (const auto& [to, frames] : said_)
            for (const said_frame& frame : frames)
                if (std::holds_alternative<Message>(frame.what)) out.push_back(to);
        return out;
    }

    /// Numbers of the peers in one of the node's sets, sorted.
    std::vector<std::size_t> active() const;
    std::vector<std::size_t> passive() const;
    std::vector<std::size_t> eager() const;
    std::vector<std::size_t> lazy() const;
    gossip::proto::topic_probe probe() const { return *state.probe(topic); }

    gossip::proto::id_cache ids;
    time_point now{1h};
    identity::topic_id topic = sample_topic();
    gossip::proto::gossip_state state;
    bool checks_always = true;         ///< the invariants, after every input
    std::vector<std::size_t> wanted;   ///< links
    std::vector<std::size_t> urgent;   ///< those of them that came as urgent
    std::vector<std::size_t> dropped;  ///< links
    std::vector<std::size_t> ups;
    std::vector<std::pair<std::size_t, gossip::proto::down_reason>> downs;
    std::vector<gossip::proto::message_output> messages;
    std::vector<gossip::proto::peer_addr_output> addresses;
    std::vector<error_code> violations;

    void drain();

private:
    std::map<std::size_t, std::vector<said_frame>> said_;
    std::vector<said_frame> taken_;  ///< keeps alive what said() gave last
    std::map<std::size_t, gossip::proto::link_instance> links_;
    std::uint64_t instances_ = 0;
};

}  // namespace meshhost::test
