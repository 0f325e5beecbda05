// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/fd_watches.hpp"

#include <algorithm>
#include <string>

namespace meshhost::plugin::proto {

namespace {

constexpr std::uint32_t interests = MESH_FD_READ | MESH_FD_WRITE;

call_error no_such_watch() {
    return {MESH_E_HANDLE, "no such watch of a descriptor"};
}

call_error wrong_interest() {
    return {MESH_E_INVALID, "the interest is MESH_FD_READ, MESH_FD_WRITE, both, or 0 to rest"};
}

}  // namespace

call_result<handle> fd_watches::watch(int fd, std::uint32_t interest, std::uint64_t tag) {
    if ((interest & ~interests) != 0) return wrong_interest();
    bool is_watched = false;
    watches_.for_each([&](handle, const entry& each) { is_watched = is_watched || each.fd == fd; });
    if (is_watched) {
        return call_error{
            MESH_E_EXISTS,
            "descriptor " + std::to_string(fd)
                + " is watched already; end a watch before closing its descriptor"};
    }
    const handle made = watches_.insert({fd, interest, tag});
    if (made == 0) return call_error{MESH_E_BUDGET, "too many watches of descriptors"};
    is_stale_ = true;
    return call_result<handle>(boost::system::in_place_value, made);
}

call_result<> fd_watches::modify(handle watch, std::uint32_t interest) {
    entry* const found = watches_.find(watch);
    if (found == nullptr) return no_such_watch();
    if ((interest & ~interests) != 0) return wrong_interest();
    found->interest = interest;
    is_stale_ = true;
    return {};
}

bool fd_watches::unwatch(handle watch) {
    is_stale_ = true;
    return watches_.erase(watch);
}

const std::vector<fd_watches::wanted>& fd_watches::wants() {
    if (!is_stale_) return wants_;
    is_stale_ = false;
    wants_.clear();
    watches_.for_each([&](handle watch, const entry& each) {
        if (each.interest != 0) wants_.push_back({watch, each.fd, each.interest});
    });
    return wants_;
}

void fd_watches::saw(handle watch, std::uint32_t ready) {
    ready_.push_back({watch, ready});
}

std::optional<fd_event> fd_watches::poll() {
    while (!ready_.empty()) {
        const seen next = ready_.front();
        ready_.pop_front();
        entry* const found = watches_.find(next.watch);  // a handler may have ended it meanwhile
        if (found == nullptr) continue;
        const std::uint32_t ready = next.ready & (found->interest | MESH_FD_ERROR);
        if (ready == 0 || found->interest == 0) continue;
        if ((ready & MESH_FD_ERROR) != 0) {
            found->interest = 0;
            is_stale_ = true;
        }
        return fd_event{next.watch, found->tag, found->fd, ready};
    }
    return std::nullopt;
}

void fd_watches::clear() {
    watches_.clear();
    ready_.clear();
    wants_.clear();
}

}  // namespace meshhost::plugin::proto
