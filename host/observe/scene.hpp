// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this host knows of the mesh, as the picture that a dashboard shows: its table of peers, and
// what each host said of itself when it was asked.
#include "admin/host_view.hpp"
#include "base/time.hpp"
#include "observe/proto/edges.hpp"
#include "observe/proto/picture.hpp"
#include "observe/proto/series.hpp"
#include "observe/proto/told_meters.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meshhost::observe {

/// What a node is told to have used, per second of its own time, between its last two answers.
struct node_rates {
    std::optional<std::uint64_t> sent;      ///< bytes
    std::optional<std::uint64_t> received;  ///< bytes
    std::optional<std::uint64_t> messages;
};

/// One moment, on both clocks.
struct moment {
    time_point now;
    std::chrono::system_clock::time_point wall;
};

/// One thread: the shard's. `view` outlives it.
class scene {
public:
    scene(const admin::host_view& view, boost::json::object mesh)
        : view_(view)
        , mesh_(std::move(mesh)) {}

    /// A line of all hosts' meters: meshhost.meters/1, or {"id", "error": {"message"}}.
    void on_meters(const boost::json::object& line, time_point now);

    /// Nobody is asked any more: what was heard is no longer how it is.
    void forget_meters();

    /// Tells everything as of now. Nodes that the host has forgotten are forgotten.
    void compose(const moment& at, proto::picture_taker& to);

    /// What `node` itself says of its link with `peer`. nullptr: nothing. Good until the next call.
    const proto::told_edge* told(const std::string& node, const std::string& peer) const;

    /// What nodes used lately, into the present step.
    void record(proto::series& to) const;

private:
    /// What stays as it was told until there is news: ages alone are none.
    struct memory {
        std::string state;
        std::string since;
        std::string evidence;
        time_point evidence_at{};
        std::uint64_t incarnation = 0;
        std::uint64_t sequence = 0;
        std::string seen;
        std::string started;
        std::optional<proto::told_meters> meters;
        std::vector<proto::told_edge> edges;
        node_rates rates;
        std::string unasked;
        std::optional<time_point> over_cpu;  ///< since when
        std::optional<time_point> over_memory;
    };

    void note_isolation(const admin::node_snapshot& self, time_point now);
    bool is_unknown(const admin::peer_snapshot& peer, time_point now) const;
    boost::json::object self_json(const moment& at);
    boost::json::object peer_json(const admin::peer_snapshot& peer, const moment& at);
    void add_meters(boost::json::object& node, const memory& of, const moment& at) const;
    void add_edges(
        proto::edge_table& to,
        const admin::node_snapshot& self,
        std::span<const admin::peer_snapshot> peers
    ) const;
    void note_over(memory& of, const proto::told_meters& meters, time_point now) const;

    const admin::host_view& view_;
    boost::json::object mesh_;
    std::map<std::string, memory> memories_;  ///< by id; of the host's own peers only
    bool had_neighbors_ = false;
    /// This host has had no neighbours any more since then, and hears of nobody.
    std::optional<time_point> isolated_since_;
};

}  // namespace meshhost::observe
