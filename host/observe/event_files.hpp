// SPDX-License-Identifier: Apache-2.0
#pragma once
// The journal's events in files, for the observer that comes after this one: segments of lines of
// JSON, the oldest of which give way.
#include "base/time.hpp"
#include "telemetry/event.hpp"
#include "telemetry/event_journal.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace meshhost::observe {

struct file_limits {
    std::size_t segment_bytes = 4u << 20;   ///< then the next one is begun
    std::size_t total_bytes = 64u << 20;    ///< of all; then the oldest goes
    std::size_t restored_bytes = 8u << 20;  ///< read at a start: some 38,000 events in 40 ms
    duration retry = 10s;                   ///< after a failure
};

/// Nothing is synced: what the kernel had not written when the machine went down is lost. A file
/// that cannot be written costs the journal nothing: it is tried again, and what the journal still
/// has then is written. One thread; calls block for as long as the file system takes.
class event_files {
public:
    explicit event_files(std::filesystem::path directory, const file_limits& limits = {});

    /// The newest `most` events that are there, the oldest first; lines that are torn or foreign
    /// are left out. Once, before keep().
    std::vector<telemetry::event> read(std::size_t most);

    /// Writes what the journal has and the files have not, a bounded part of it at a time. From
    /// `first` on, at the first call: what is older came from the files.
    void begin(std::uint64_t first) noexcept { next_ = first; }
    void keep(const telemetry::event_source& journal, time_point now);

    std::vector<std::pair<std::string, std::uint64_t>> counters() const;
    /// Empty: it goes well. Else a sentence for an operator.
    std::string trouble() const;

private:
    struct segment {
        std::uint64_t first = 0;  ///< number of its first event
        std::size_t bytes = 0;
    };

    std::filesystem::path path_of(const segment& of) const;
    void find_segments();
    bool append(const std::string& lines, std::uint64_t first);
    bool write(const segment& to, const std::string& lines);
    void make_room(std::size_t bytes);
    std::size_t total() const noexcept;

    std::filesystem::path directory_;
    file_limits limits_;
    std::deque<segment> segments_;  ///< the oldest first
    std::uint64_t next_ = 1;        ///< of the journal, to be written
    time_point not_before_{};       ///< after a failure
    std::string last_error_;        ///< empty since the last success
    std::uint64_t written_ = 0;     ///< events
    std::uint64_t restored_ = 0;
    std::uint64_t torn_ = 0;      ///< lines that could not be read
    std::uint64_t failures_ = 0;  ///< to write
    std::uint64_t lost_ = 0;      ///< events that the journal had let go of by then
};

}  // namespace meshhost::observe
