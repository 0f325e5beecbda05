// SPDX-License-Identifier: Apache-2.0
#include "plugin/descriptor_wait.hpp"

#include <mesh/plugin.h>

#include "plugin/strand_clock.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <poll.h>

namespace meshhost::plugin {

namespace {

short events_of(std::uint32_t interest) noexcept {
    short events = 0;
    if ((interest & MESH_FD_READ) != 0) events |= POLLIN;
    if ((interest & MESH_FD_WRITE) != 0) events |= POLLOUT;
    return events;
}

/// A hang-up is read as the end of what comes in, where somebody reads; else it is an error.
std::uint32_t ready_of(short seen, std::uint32_t interest) noexcept {
    std::uint32_t ready = 0;
    if ((seen & POLLIN) != 0) ready |= MESH_FD_READ;
    if ((seen & POLLOUT) != 0) ready |= MESH_FD_WRITE;
    if ((seen & POLLHUP) != 0) {
        ready |= (interest & MESH_FD_READ) != 0 ? MESH_FD_READ : MESH_FD_ERROR;
    }
    if ((seen & (POLLERR | POLLNVAL)) != 0) ready |= MESH_FD_ERROR;
    return ready;
}

timespec until(time_point deadline) noexcept {
    const auto left = std::max(duration::zero(), deadline - strand_now());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {seconds.count(), (left - seconds).count()};
}

void silence(int bell) noexcept {
    std::uint64_t rung = 0;
    [[maybe_unused]] const auto size = ::read(bell, &rung, sizeof rung);
}

}  // namespace

bool wait_for_descriptors(int bell, proto::fd_watches* watches, time_point deadline) {
    std::array<pollfd, proto::fd_watches_max + 1> all;
    std::size_t count = 0;
    all[count++] = {bell, POLLIN, 0};
    if (watches != nullptr) {
        for (const auto& wanted : watches->wants())
            all[count++] = {wanted.fd, events_of(wanted.interest), 0};
    }
    timespec left{};
    if (deadline == no_deadline) {
        if (::ppoll(all.data(), count, nullptr, nullptr) < 0) return true;  // a signal: look again
    } else {
        if (deadline > time_point{}) left = until(deadline);
        const int found = ::ppoll(all.data(), count, &left, nullptr);
        if (found == 0) return false;
        if (found < 0) return true;
    }
    if (all[0].revents != 0) silence(bell);
    if (watches == nullptr) return true;
    const auto& wanted = watches->wants();
    for (std::size_t i = 1; i < count; ++i) {
        if (all[i].revents == 0) continue;
        watches->saw(wanted[i - 1].watch, ready_of(all[i].revents, wanted[i - 1].interest));
    }
    return true;
}

}  // namespace meshhost::plugin
