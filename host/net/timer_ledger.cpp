// SPDX-License-Identifier: Apache-2.0
#include "net/timer_ledger.hpp"

#include <map>

namespace meshhost::net {

std::string_view room_of(std::string_view source_file) noexcept {
    constexpr std::string_view rooms = "host/";
    const auto at = source_file.rfind(rooms);
    const bool is_room = at != std::string_view::npos && (at == 0 || source_file[at - 1] == '/');
    if (!is_room) return source_file.substr(source_file.rfind('/') + 1);
    const auto path = source_file.substr(at + rooms.size());
    return path.substr(0, path.find('/'));
}

std::vector<timer_count> timer_ledger::count(time_point due) const {
    std::map<std::string_view, timer_count> by_owner;
    for (const entry& each : entries_) {
        timer_count& owner = by_owner[room_of(each.made_in)];
        ++owner.timers;
        owner.armed += each.wanted != no_deadline ? 1 : 0;
        owner.overdue += each.wanted < due ? 1 : 0;
    }
    std::vector<timer_count> all;
    for (auto& [name, figures] : by_owner) {
        figures.owner = name;
        all.push_back(std::move(figures));
    }
    return all;
}

}  // namespace meshhost::net
