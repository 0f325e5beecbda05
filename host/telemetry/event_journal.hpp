// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last events, in order and numbered: what somebody who comes later can still read.
#include "telemetry/event.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace meshhost::telemetry {

struct journal_limits {
    std::size_t events_max = 4096;
    std::size_t bytes_max = 2u << 20;  ///< of them all, texts included
    std::size_t text_max = 512;        ///< of each text; the rest is cut off
};

/// Hears each event right after it was taken. May not append(), nor add or remove listeners.
class event_listener {
public:
    virtual void on_event(const event& happened) = 0;

protected:
    ~event_listener() = default;
};

/// When full, the oldest give way. Pure; one thread.
class event_journal {
public:
    explicit event_journal(const journal_limits& limits = {})
        : limits_(limits) {}

    /// Gives `happened` its number, keeps it and tells the listeners.
    void append(event happened);

    /// Puts events of an earlier run before those to come. The last keeps its number, those before
    /// it are numbered down from it, without gaps. Precondition: nothing was appended yet.
    void restore(std::vector<event> earlier);

    /// Until it is removed, which is before it is destroyed.
    void add_listener(event_listener& hears) { listeners_.push_back(&hears); }
    void remove_listener(event_listener& hears) { std::erase(listeners_, &hears); }

    /// Of what is held; next() when nothing is.
    std::uint64_t oldest() const noexcept { return next_ - events_.size(); }
    /// The number of the event that comes next.
    std::uint64_t next() const noexcept { return next_; }

    /// nullptr: given way, or not come yet.
    const event* find(std::uint64_t sequence) const noexcept;

    std::size_t size() const noexcept { return events_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }

private:
    journal_limits limits_;
    std::deque<event> events_;
    std::size_t bytes_ = 0;
    std::uint64_t next_ = 1;
    std::vector<event_listener*> listeners_;
};

}  // namespace meshhost::telemetry
