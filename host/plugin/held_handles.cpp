// SPDX-License-Identifier: Apache-2.0
#include "plugin/held_handles.hpp"

#include <utility>

namespace meshhost::plugin {

namespace {

/// What new code may have registered in create stays; what the old one held comes to it whole.
template <class Table>
void move_table(Table& from, Table& to) {
    to = std::exchange(from, Table());
}

}  // namespace

void for_each_handle(instance_context& of, const handle_visitor& f) {
    const auto of_kind = [&f](proto::handle_kind kind) {
        return [&f, kind](proto::handle h, std::uint64_t& tag) {
            f(h, static_cast<std::uint32_t>(kind), tag);
        };
    };
    of.timers.for_each(of_kind(proto::handle_kind::timer));
    of.peers.for_each(of_kind(proto::handle_kind::peer_watch));
    of.digests.for_each(of_kind(proto::handle_kind::digest_watch));
}

bool close_handle(instance_context& of, proto::handle handle) {
    return of.timers.cancel(handle) || of.peers.unwatch(handle) || of.digests.unwatch(handle);
}

void move_handles(instance_context& from, instance_context& to) {
    move_table(from.timers, to.timers);
    move_table(from.peers, to.peers);
    move_table(from.digests, to.digests);
}

}  // namespace meshhost::plugin
