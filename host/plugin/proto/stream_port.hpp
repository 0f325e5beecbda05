// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.stream/1 on the instance's side: its listeners, connections and streams, what was received
// and not read, how much may be written, and which events are owed. A machine: calls return the
// message for the host, take() hears the host, poll() has the next event.
//
// A thing keeps its place in the tables until the host has said that it is over, so that both ends
// count alike; the plugin's handle may be stale long before.
#include "identity/endpoint_id.hpp"
#include "plugin/proto/call_error.hpp"
#include "plugin/proto/chunk_queue.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/link_number.hpp"
#include "plugin/proto/stream_link.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace meshhost::plugin::proto {

/// What mesh_listen_opts says; 0 stands for the default.
struct listen_terms {
    std::uint32_t connections_max = 0;
    std::uint32_t streams_max = 0;
    std::uint64_t window = 0;
};

struct stream_event {
    enum class kind : std::uint8_t {
        conn_in = 1,
        conn_up,
        conn_down,
        in,
        readable,
        writable,
        reset
    };

    kind what = kind::conn_in;
    std::uint64_t tag = 0;
    handle subject = 0;
    handle connection = 0;  ///< of a stream
    bool is_bidi = true;
    std::uint64_t code = 0;
    std::string reason;
    identity::endpoint_id peer;
    std::string alpn;
};

struct stream_bytes {
    std::size_t size = 0;
    bool is_last = false;
    std::optional<up::stream_taken> credit;  ///< to be sent
};

/// One thread: the strand.
class stream_port {
public:
    // --- calls. Errors: HANDLE for what is stale, and those of mesh/plugin.h.

    call_result<up::listen_wanted> listen(
        std::string alpn,
        const listen_terms& terms,
        std::uint64_t tag
    );
    call_result<up::listen_over> unlisten(handle listener);

    call_result<up::connection_accepted> accept(handle connection, std::uint64_t tag);
    call_result<up::connection_closed> reject(
        handle connection,
        std::uint64_t code,
        std::string reason
    );
    call_result<up::dial_wanted> connect(
        const identity::endpoint_id& to,
        std::string alpn,
        std::uint64_t tag
    );
    call_result<up::connection_closed> close(
        handle connection,
        std::uint64_t code,
        std::string reason
    );

    call_result<up::stream_wanted> open(handle connection, bool is_bidi, std::uint64_t tag);
    call_result<stream_bytes> read(handle stream, std::span<std::uint8_t> into);
    /// As much as there is room for; with `is_last` the end, when that is all of it.
    call_result<up::stream_written> write(handle stream, bytes_view data, bool is_last);
    /// The link did not take the bytes that write() gave.
    void take_back(link_number stream, std::size_t bytes);
    call_result<up::stream_given_up> give_up(handle stream, stream_side side, std::uint64_t code);

    bool set_tag(handle any, std::uint64_t tag);

    // --- the host

    void take(down::listen_failed&& said);
    /// The answer, where the plugin is not to be asked.
    std::optional<up::connection_closed> take(down::connection_offered&& said);
    void take(down::connection_made&& said);
    void take(down::connection_lost&& said);
    /// False: there is no place for it, both of its sides are to be given up.
    bool take(down::stream_offered&& said);
    void take(down::stream_arrived&& said);
    void take(down::stream_room&& said);
    void take(down::stream_ended&& said);
    /// The link takes messages again.
    void take_ready();

    // --- events

    bool has_events() const noexcept { return !events_.empty(); }
    std::optional<stream_event> poll();

    // --- the end, or another generation of the code

    /// f(handle, kind, tag&) for all that the plugin holds; `f` calls nothing here.
    template <class F>
    void for_each(F&& f) {
        listeners_.for_each([&](handle h, listener& each) { f(h, handle_kind::listener, each.tag); }
        );
        connections_.for_each([&](handle h, connection& each) {
            if (find_connection(h) != nullptr) f(h, handle_kind::connection, each.tag);
        });
        streams_.for_each([&](handle h, stream& each) {
            if (find_stream(h) != nullptr) f(h, handle_kind::stream, each.tag);
        });
    }

    /// Every handle goes stale. True: the host holds something that is to end.
    bool clear();
    /// What the plugin still holds: listeners, connections, streams.
    struct count {
        std::size_t listeners = 0;
        std::size_t connections = 0;
        std::size_t streams = 0;
    };
    count held();
    /// Those that the host has not let go of, too.
    std::size_t streams() const noexcept { return streams_.size(); }
    std::size_t size() const noexcept {
        return listeners_.size() + connections_.size() + streams_.size();
    }

private:
    struct listener {
        std::string alpn;
        std::uint64_t tag = 0;
        bool has_failed = false;
        std::uint64_t code = 0;
        std::string reason;
    };
    enum class stage : std::uint8_t { offered, dialling, up, closing, rejected, down };
    struct connection {
        link_number number = 0;
        identity::endpoint_id peer;
        std::string alpn;
        std::uint64_t tag = 0;
        stage now = stage::offered;
        std::uint64_t code = 0;
        std::string reason;
        std::size_t streams = 0;
        std::size_t unsent = 0;
    };
    struct stream {
        link_number number = 0;
        handle owner = 0;
        std::uint64_t tag = 0;
        bool is_bidi = true;
        chunk_queue received;
        bool has_last = false;    ///< of what is received
        bool is_read = false;     ///< nothing more is to be read
        bool is_written = false;  ///< nothing more is to be written
        bool is_broken = false;   ///< and the plugin does not know it yet
        bool is_over = false;     ///< the host has let go of it
        bool is_mute = false;     ///< reset: what the host says of room is not for it
        std::uint64_t code = 0;
        std::uint64_t read_bytes = 0;  ///< credit not given back yet
        std::size_t unsent = 0;
        bool is_starved = false;  ///< a write took less than it was given
        bool is_readable_due = false;
        bool is_writable_due = false;
    };
    struct due {
        stream_event::kind what;
        handle subject;
    };

    connection* find_connection(handle h);  ///< that the plugin may use
    stream* find_stream(handle h);          ///< as above
    handle handle_of(link_number number) const;
    handle insert(stream made);
    std::size_t room_of(const stream& of) const;
    void owe(stream_event::kind what, handle subject) { events_.push_back({what, subject}); }
    void owe_readable(handle h, stream& to);
    void unsend(stream& of, std::size_t bytes);
    void feed_starved();
    void erase_connection(handle h);
    void erase_stream(handle h);
    void erase_if_done(handle h, const stream& of);
    std::optional<stream_event> make(const due& next);
    std::optional<stream_event> make_of_connection(const due& next);
    std::optional<stream_event> make_of_stream(const due& next);

    handle_table<listener> listeners_{handle_kind::listener, listeners_max};
    handle_table<connection> connections_{handle_kind::connection, connections_max};
    handle_table<stream> streams_{handle_kind::stream, streams_max};
    std::map<link_number, handle> named_by_host_;
    std::set<handle> starved_;
    std::size_t unsent_ = 0;
    std::deque<due> events_;  ///< one of each kind a thing, at most
};

}  // namespace meshhost::plugin::proto
