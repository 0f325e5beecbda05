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

/// Hears each event right after it was taken. May read the journal, but neither append() to it nor
/// add or remove listeners: that aborts. What is to come of an event happens in a turn of its own.
class event_listener {
public:
    virtual void on_event(const event& happened) = 0;

protected:
    ~event_listener() = default;
};

/// A journal for those who read it, and hear of what is added.
class event_source {
public:
    event_source(const event_source&) = delete;
    event_source& operator=(const event_source&) = delete;

    /// Until it is removed, which is before it is destroyed.
    void add_listener(event_listener& hears);
    void remove_listener(event_listener& hears);

    /// Of what is held; next() when nothing is.
    std::uint64_t oldest() const noexcept { return next_ - events_.size(); }
    /// The number of the event that comes next.
    std::uint64_t next() const noexcept { return next_; }

    /// nullptr: given way, or not come yet.
    const event* find(std::uint64_t sequence) const noexcept;

    std::size_t size() const noexcept { return events_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }

protected:
    event_source() = default;
    ~event_source() = default;

    void tell(const event& happened);

    std::deque<event> events_;
    std::size_t bytes_ = 0;
    std::uint64_t next_ = 1;
    bool is_telling_ = false;

private:
    std::vector<event_listener*> listeners_;
};

/// When full, the oldest give way. Pure; one thread.
class event_journal final : public event_source {
public:
    explicit event_journal(const journal_limits& limits = {})
        : limits_(limits) {}

    /// Gives `happened` its number, keeps it and tells the listeners.
    void append(event happened);

    /// Puts events of an earlier run before those to come. The last keeps its number, those before
    /// it are numbered down from it, without gaps. Precondition: nothing was appended yet.
    void restore(std::vector<event> earlier);

private:
    journal_limits limits_;
};

}  // namespace meshhost::telemetry
