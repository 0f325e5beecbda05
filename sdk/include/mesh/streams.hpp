// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.stream/1 in C++: protocols of the plugin's own, over the host's endpoint. A role has one
// `streams` as a member; connections and streams are handles that may be copied and kept.
//
//   mesh::streams net{*this};
//   keep(net.serve("echo/1", [](mesh::connection c) {
//       c.on_stream([](mesh::stream s) {
//           s.on_data([](mesh::stream& from, std::string_view data, bool is_last) {
//               from.send(data, is_last);
//           });
//       });
//   }));
//
// Everything runs on the strand. A handler is given what it is about; one that captures its own
// stream keeps it for as long as the role lives.
#include <mesh/plugin.h>
#include <mesh/role.hpp>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mesh {

class stream;
class connection;

namespace detail {

struct stream_room {
    const mesh_host* host;
    const mesh_stream_v1* table;
    handler_map* handlers;
};

struct stream_state;

struct connection_state {
    stream_room room{};
    mesh_handle handle = 0;
    mesh_node_id peer{};
    bool is_up = false;
    bool is_down = false;
    std::function<void(connection&)> up;
    std::function<void(stream)> opened;
    std::function<void(connection&, std::uint64_t, std::string_view)> down;
    std::map<std::uint64_t, std::shared_ptr<stream_state>> streams;  ///< by tag
};

struct stream_state {
    stream_room room{};
    std::weak_ptr<connection_state> owner;
    mesh_handle handle = 0;
    std::uint64_t tag = 0;
    std::function<void(stream&)> readable;
    std::function<void(stream&)> writable;
    std::function<void(stream&, std::uint64_t)> broken;
    std::string unsent;
    bool is_end_unsent = false;
    bool is_read = false;
    bool is_written = false;
};

}  // namespace detail

/// One stream of a connection. It is over when both sides are: read to its end or stopped, and
/// finished or reset.
class stream {
public:
    stream() = default;
    explicit stream(std::shared_ptr<detail::stream_state> state) noexcept
        : state_(std::move(state)) {}

    mesh_handle handle() const noexcept { return state_->handle; }
    explicit operator bool() const noexcept { return state_ != nullptr && !is_over(); }
    bool is_over() const noexcept { return state_->is_read && state_->is_written; }

    // --- reading. What is not read stops the sender.

    /// At most `capacity` bytes: how many; `is_last` when nothing follows. 0 and not the last: wait
    /// for on_readable().
    std::size_t read(char* into, std::size_t capacity, bool& is_last) {
        is_last = false;
        std::size_t size = 0;
        std::uint32_t flags = 0;
        const auto& room = state_->room;
        auto* const bytes = reinterpret_cast<std::uint8_t*>(into);
        const auto status = room.table->read(room.host, handle(), bytes, capacity, &size, &flags);
        if (status < 0) return 0;
        is_last = (flags & MESH_STREAM_FIN) != 0;
        if (is_last) set_read();
        return size;
    }
    /// Something can be read that could not be: an edge.
    void on_readable(std::function<void(stream&)> f) { state_->readable = std::move(f); }
    /// All that comes, piece by piece.
    void on_data(std::function<void(stream&, std::string_view, bool)> f) {
        on_readable([f = std::move(f)](stream& from) {
            std::array<char, 16384> piece;
            for (bool is_last = false; !is_last && !from.state_->is_read;) {
                const auto size = from.read(piece.data(), piece.size(), is_last);
                if (size == 0 && !is_last) return;
                f(from, {piece.data(), size}, is_last);
            }
        });
    }
    /// Reads and forgets.
    void discard() {
        on_data([](stream&, std::string_view, bool) {});
    }
    void stop(std::uint64_t code = 0) {
        if (std::exchange(state_->is_read, true)) return;
        state_->room.table->stop(state_->room.host, handle(), code);
        end_if_over();
    }

    // --- writing

    /// How much was taken now; on_writable() when that was less. With `is_last`, the end behind all
    /// of it.
    std::size_t write(std::string_view data, bool is_last = false) {
        std::size_t taken = 0;
        const auto& room = state_->room;
        const std::uint32_t flags = is_last ? std::uint32_t{MESH_STREAM_FIN} : 0;
        const auto status = room.table->write(room.host, handle(), bytes(data), flags, &taken);
        if (status >= 0 && is_last && taken == data.size()) set_written();
        return status < 0 ? 0 : taken;
    }
    void on_writable(std::function<void(stream&)> f) { state_->writable = std::move(f); }
    /// All of it, now or later: the rest is kept here. Look at unsent() before sending without end.
    void send(std::string_view data, bool is_last = false) {
        auto& kept = state_->unsent;
        kept += data;
        state_->is_end_unsent = state_->is_end_unsent || is_last;
        flush();
    }
    std::size_t unsent() const noexcept { return state_->unsent.size(); }
    void finish() { send({}, true); }
    void reset(std::uint64_t code = 0) {
        if (std::exchange(state_->is_written, true)) return;
        state_->unsent.clear();
        state_->room.table->reset(state_->room.host, handle(), code);
        end_if_over();
    }

    /// The peer reset it, or its connection went down: it is over.
    void on_broken(std::function<void(stream&, std::uint64_t code)> f) {
        state_->broken = std::move(f);
    }

private:
    friend class connection;

    void flush() {
        auto& kept = state_->unsent;
        while (!state_->is_written && (!kept.empty() || state_->is_end_unsent)) {
            const auto taken = write(kept, state_->is_end_unsent);
            kept.erase(0, taken);
            if (taken == 0) return;
        }
    }
    void take(const mesh_event& event) {
        // A copy: a handler may put another in its place.
        if (event.kind == MESH_EV_STREAM_READABLE) {
            if (const auto f = state_->readable) f(*this);
        } else if (event.kind == MESH_EV_STREAM_WRITABLE) {
            flush();
            if (!state_->unsent.empty() || state_->is_written) return;
            if (const auto f = state_->writable) f(*this);
        } else if (event.kind == MESH_EV_STREAM_RESET) {
            fail(reinterpret_cast<const mesh_ev_stream&>(event).code);
        }
    }
    void fail(std::uint64_t code) {
        state_->is_read = state_->is_written = true;
        const auto f = std::exchange(state_->broken, nullptr);
        end_if_over();
        if (f) f(*this, code);
    }
    void set_read() {
        state_->is_read = true;
        end_if_over();
    }
    void set_written() {
        state_->is_written = true;
        end_if_over();
    }
    void end_if_over() {
        if (!is_over()) return;
        state_->room.handlers->remove(state_->tag);
        if (const auto owner = state_->owner.lock()) owner->streams.erase(state_->tag);
    }

    std::shared_ptr<detail::stream_state> state_;
};

/// One connection to a node, on one ALPN.
class connection {
public:
    connection() = default;
    explicit connection(std::shared_ptr<detail::connection_state> state) noexcept
        : state_(std::move(state)) {}

    mesh_handle handle() const noexcept { return state_->handle; }
    const mesh_node_id& peer() const noexcept { return state_->peer; }
    bool is_up() const noexcept { return state_ != nullptr && state_->is_up; }
    explicit operator bool() const noexcept { return state_ != nullptr && !state_->is_down; }

    /// The peer opened a stream. Without it, each is reset.
    void on_stream(std::function<void(stream)> f) { state_->opened = std::move(f); }
    /// Once, however it ends; its streams are over by then.
    void on_down(std::function<void(connection&, std::uint64_t, std::string_view)> f) {
        state_->down = std::move(f);
    }

    /// So many at least may be open at a time; the peer may allow fewer, then they wait.
    static constexpr std::size_t streams_at_once = 100;
    bool can_open() const noexcept { return is_up() && state_->streams.size() < streams_at_once; }
    /// Once it is up. Throws when there are too many.
    stream open(std::uint32_t kind = MESH_STREAM_BIDI) {
        const auto made = make_stream(kind, true);
        const auto& room = state_->room;
        const auto status = room.table->open(room.host, handle(), kind, made->tag, &made->handle);
        if (status < 0) {
            room.handlers->remove(made->tag);
            state_->streams.erase(made->tag);
            throw error(status, "open: " + std::string(view(room.host->last_error(room.host))));
        }
        return stream(made);
    }
    void close(std::uint64_t code = 0, std::string_view reason = {}) {
        state_->room.table->close(state_->room.host, handle(), code, str(reason));
    }

private:
    friend class streams;

    std::shared_ptr<detail::stream_state> make_stream(std::uint32_t kind, bool is_ours) {
        auto made = std::make_shared<detail::stream_state>();
        made->room = state_->room;
        made->owner = state_;
        if (kind == MESH_STREAM_UNI) (is_ours ? made->is_read : made->is_written) = true;
        made->tag = state_->room.handlers->add([made](const mesh_event& event) {
            stream(made).take(event);
        });
        state_->streams.emplace(made->tag, made);
        return made;
    }
    void take(std::uint64_t tag, const mesh_event& event) {
        if (event.kind == MESH_EV_CONN_UP) {
            state_->is_up = true;
            if (const auto f = std::exchange(state_->up, nullptr)) f(*this);
        } else if (event.kind == MESH_EV_CONN_DOWN) {
            const auto& gone = reinterpret_cast<const mesh_ev_conn&>(event);
            state_->is_up = false;
            state_->is_down = true;
            state_->room.handlers->remove(tag);
            for (const auto& [each, open] : std::exchange(state_->streams, {})) {
                state_->room.handlers->remove(each);
                stream(open).fail(gone.code);
            }
            if (const auto f = std::exchange(state_->down, nullptr))
                f(*this, gone.code, view(gone.reason));
        } else if (event.kind == MESH_EV_STREAM_IN) {
            const auto& offered = reinterpret_cast<const mesh_ev_stream&>(event);
            const auto made = make_stream(offered.kind, false);
            made->handle = event.handle;
            state_->room.table->set_tag(state_->room.host, event.handle, made->tag);
            if (const auto f = state_->opened) return f(stream(made));
            stream(made).reset();
            stream(made).stop();
        }
    }

    std::shared_ptr<detail::connection_state> state_;
};

/// The way of one role to its connections. A member of the role.
class streams {
public:
    explicit streams(role& owner) noexcept
        : owner_(owner) {}

    /// Accepts everybody who dials the ALPN, for as long as the result is kept. `f` gets each
    /// connection when it is up; `refused` why nobody can be served (another role has the ALPN).
    [[nodiscard]] scoped serve(
        std::string_view alpn,
        std::function<void(connection)> f,
        std::function<void(std::string_view)> refused = nullptr
    ) {
        const auto own = std::make_shared<mesh_handle>(0);
        auto made = owner_.listen(
            alpn,
            [this, own, f = std::move(f), refused = std::move(refused)](const mesh_event& event) {
                const auto& came = reinterpret_cast<const mesh_ev_conn&>(event);
                if (event.kind == MESH_EV_CONN_IN) return accept(came, f);
                if (event.handle == *own && refused) refused(view(came.reason));
            }
        );
        *own = made.handle();
        return made;
    }

    /// `up` hears when it is there; on_down() when that comes to nothing, too.
    connection dial(
        const mesh_node_id& to,
        std::string_view alpn,
        std::function<void(connection)> up
    ) {
        const auto [state, tag] = make(to, std::move(up));
        const auto status =
            room().table->connect(owner_.host(), to, bytes(alpn), tag, &state->handle);
        if (status < 0) owner_.handlers_.remove(tag);
        owner_.check(status, "connect");
        return connection(state);
    }

private:
    void accept(const mesh_ev_conn& came, const std::function<void(connection)>& f) {
        const auto [state, tag] = make(came.peer, f);
        state->handle = came.h.handle;
        const auto status = room().table->accept(owner_.host(), came.h.handle, tag);
        if (status < 0) owner_.handlers_.remove(tag);  // it has gone again
    }
    detail::stream_room room() const {
        return {owner_.host(), &owner_.need<mesh_stream_v1>(), &owner_.handlers_};
    }
    std::pair<std::shared_ptr<detail::connection_state>, std::uint64_t> make(
        const mesh_node_id& peer,
        std::function<void(connection)> up
    ) {
        auto made = std::make_shared<detail::connection_state>();
        made->room = room();
        made->peer = peer;
        made->up = [up = std::move(up)](connection& c) { up(c); };
        const auto tag = std::make_shared<std::uint64_t>(0);
        *tag = owner_.handlers_.add([made, tag](const mesh_event& event) {
            connection(made).take(*tag, event);
        });
        return {made, *tag};
    }

    role& owner_;
};

}  // namespace mesh
