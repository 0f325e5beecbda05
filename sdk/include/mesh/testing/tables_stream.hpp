// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.stream/1 in memory.
#include <mesh/testing/fake_host.hpp>
#include <mesh/testing/tables_mesh.hpp>
#include <mesh/testing/tables_node.hpp>

namespace mesh::testing {

struct stream_tables {
    using caller = fake_host::caller;

    static mesh_status listen(
        const mesh_host* h,
        mesh_bytes alpn,
        const mesh_listen_opts*,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "stream.listen", caller::strand, [&](fake_host& host) {
            const std::string name(view(alpn));
            if (out == nullptr || name.empty() || name.size() > 255)
                return host.refuse(MESH_E_INVALID, "no such ALPN");
            const auto allowed = host.admit_network("stream.listen", "alpn:" + name);
            if (allowed < 0) return allowed;
            for (const auto& [handle, other] : host.held_.listeners)
                if (other == name) return host.refuse(MESH_E_EXISTS, "the ALPN is listened on");
            *out = host.held_.add(8, tag, "listener", name);
            host.held_.listeners[*out] = name;
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status unlisten(const mesh_host* h, mesh_handle l) noexcept {
        return node_tables::close(h, "stream.unlisten", "listener", l);
    }
    static mesh_status accept(const mesh_host* h, mesh_handle at, std::uint64_t tag) noexcept {
        return fake_host::call(h, "stream.accept", caller::strand, [&](fake_host& host) {
            const auto found = host.held_.conns.find(at);
            if (found == host.held_.conns.end()) return host.no_handle("stream.accept", at);
            if (found->second.is_up || found->second.is_ours)
                return host.refuse(MESH_E_STATE, "not an incoming connection that waits");
            host.held_.all[at].tag = tag;
            host.peer_accepts(at);
            if (auto* other = found->second.other) other->peer_accepts(found->second.other_conn);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status end(
        const mesh_host* h,
        const char* function,
        mesh_handle at,
        std::uint64_t code,
        mesh_str reason,
        bool is_told
    ) noexcept {
        return fake_host::call(h, function, caller::strand, [&](fake_host& host) {
            const auto found = host.held_.conns.find(at);
            if (found == host.held_.conns.end()) return host.no_handle(function, at);
            const conn gone = found->second;
            if (is_told)
                host.peer_closes(at, code, view(reason));
            else
                host.drop_conn(at);
            if (gone.other != nullptr) gone.other->peer_closes(gone.other_conn, code, view(reason));
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status reject(
        const mesh_host* h,
        mesh_handle at,
        std::uint64_t code,
        mesh_str reason
    ) noexcept {
        return end(h, "stream.reject", at, code, reason, false);
    }
    static mesh_status close(
        const mesh_host* h,
        mesh_handle at,
        std::uint64_t code,
        mesh_str reason
    ) noexcept {
        return end(h, "stream.close", at, code, reason, true);  // CONN_DOWN, too
    }
    static mesh_status connect(
        const mesh_host* h,
        mesh_node_id to,
        mesh_bytes alpn,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "stream.connect", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            const std::string name(view(alpn));
            const auto allowed = host.admit_network("stream.connect", "alpn:" + name);
            if (allowed < 0) return allowed;
            *out = host.held_.add(8, tag, "conn", name);
            host.held_.conns[*out] = {to, name, false, true, nullptr, 0};
            auto* other = host.host_of(to);
            if (other == nullptr && host.peers_.count(to) != 0) return mesh_status{MESH_OK};
            const auto theirs = other == nullptr ? 0 : other->conn_from(host.self_, name);
            if (theirs == 0) {
                host.peer_closes(*out, 0, other == nullptr ? "no such node" : "no such protocol");
                return mesh_status{MESH_OK};
            }
            host.held_.conns[*out].other = other;
            host.held_.conns[*out].other_conn = theirs;
            other->held_.conns[theirs].other = &host;
            other->held_.conns[theirs].other_conn = *out;
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status open(
        const mesh_host* h,
        mesh_handle at,
        std::uint32_t kind,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "stream.open", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            const auto found = host.held_.conns.find(at);
            if (found == host.held_.conns.end()) return host.no_handle("stream.open", at);
            if (!found->second.is_up) return host.refuse(MESH_E_STATE, "not connected yet");
            if (kind > MESH_STREAM_UNI) return host.refuse(MESH_E_INVALID, "no such kind");
            const auto* budget = host.role()->budget;
            if (MESH_HAS(budget, mesh_budget, streams) && budget->streams != 0
                && host.held_.streams.size() >= budget->streams)
                return host.refuse(MESH_E_BUDGET, std::to_string(budget->streams) + " streams");
            const auto out_pipe = std::make_shared<pipe>();
            const auto in_pipe = kind == MESH_STREAM_BIDI ? std::make_shared<pipe>() : nullptr;
            *out = host.add_stream(at, kind, {at, kind, in_pipe, out_pipe});
            host.held_.all[*out].tag = tag;
            if (auto* other = found->second.other) {
                const auto theirs = found->second.other_conn;
                other->add_stream(theirs, kind, {theirs, kind, out_pipe, in_pipe});
            }
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status read(
        const mesh_host* h,
        mesh_handle s,
        std::uint8_t* buf,
        std::size_t cap,
        std::size_t* n,
        std::uint32_t* flags
    ) noexcept {
        return fake_host::call(h, "stream.read", caller::strand, [&](fake_host& host) {
            const auto found = host.held_.streams.find(s);
            if (found == host.held_.streams.end()) return host.no_handle("stream.read", s);
            if (n == nullptr || (buf == nullptr && cap > 0))
                return host.refuse(MESH_E_INVALID, "no buffer");
            *n = 0;
            if (flags != nullptr) *flags = 0;
            if (found->second.in == nullptr) return host.refuse(MESH_E_STATE, "write only");
            auto& from = *found->second.in;
            if (from.reset_code || from.is_stopped) return host.refuse(MESH_E_CLOSED, "reset");
            if (from.is_read) {
                if (flags != nullptr) *flags = MESH_STREAM_FIN;
                return mesh_status{MESH_OK};
            }
            *n = std::min(cap, from.data.size());
            if (*n > 0) std::memcpy(buf, from.data.data(), *n);
            from.data.erase(0, *n);
            if (from.wants_room && from.data.size() < pipe::window) fake_host::wake_writer(from);
            if (from.data.empty() && from.is_finished) {
                if (flags != nullptr) *flags = MESH_STREAM_FIN;
                from.is_read = true;
                host.settle(s);
                return mesh_status{MESH_OK};
            }
            if (*n > 0) return mesh_status{MESH_OK};
            from.is_announced = false;
            return host.refuse(MESH_E_AGAIN, "nothing to read now");
        });
    }
    static mesh_status write(
        const mesh_host* h,
        mesh_handle s,
        mesh_bytes data,
        std::uint32_t flags,
        std::size_t* taken
    ) noexcept {
        return fake_host::call(h, "stream.write", caller::strand, [&](fake_host& host) {
            const auto found = host.held_.streams.find(s);
            if (found == host.held_.streams.end()) return host.no_handle("stream.write", s);
            if (taken == nullptr) return host.refuse(MESH_E_INVALID, "taken is null");
            *taken = 0;
            if (found->second.out == nullptr) return host.refuse(MESH_E_STATE, "read only");
            auto& to = *found->second.out;
            if (to.reset_code || to.is_stopped || to.is_finished)
                return host.refuse(MESH_E_CLOSED, "nothing more is taken");
            *taken = std::min(data.len, pipe::window - std::min(pipe::window, to.data.size()));
            to.data.append(view(data).substr(0, *taken));
            to.wants_room = *taken < data.len;
            if (data.len > 0 && *taken == 0)
                return host.refuse(MESH_E_AGAIN, "no room: wait for MESH_EV_STREAM_WRITABLE");
            if ((flags & MESH_STREAM_FIN) != 0 && !to.wants_room) to.is_finished = true;
            if (*taken > 0 || to.is_finished) fake_host::wake_reader(to);
            host.settle(s);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status reset(const mesh_host* h, mesh_handle s, std::uint64_t code) noexcept {
        return fake_host::call(h, "stream.reset", caller::strand, [&](fake_host& host) {
            const auto found = host.held_.streams.find(s);
            if (found == host.held_.streams.end()) return host.no_handle("stream.reset", s);
            if (found->second.out == nullptr) return host.refuse(MESH_E_STATE, "read only");
            auto& to = *found->second.out;
            to.reset_code = code;
            to.data.clear();
            if (to.reader.host != nullptr) to.reader.host->peer_resets(to.reader.stream, code);
            host.settle(s);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status stop(const mesh_host* h, mesh_handle s, std::uint64_t) noexcept {
        return fake_host::call(h, "stream.stop", caller::strand, [&](fake_host& host) {
            const auto found = host.held_.streams.find(s);
            if (found == host.held_.streams.end()) return host.no_handle("stream.stop", s);
            if (found->second.in == nullptr) return host.refuse(MESH_E_STATE, "write only");
            found->second.in->is_stopped = true;
            host.settle(s);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status set_tag(const mesh_host* h, mesh_handle any, std::uint64_t tag) noexcept {
        return fake_host::call(h, "stream.set_tag", caller::strand, [&](fake_host& host) {
            const auto found = host.held_.all.find(any);
            if (found == host.held_.all.end()) return host.no_handle("stream.set_tag", any);
            found->second.tag = tag;
            return mesh_status{MESH_OK};
        });
    }
};

inline mesh_handle fake_host::add_conn(
    mesh_node_id from,
    const std::string& alpn,
    mesh_handle listener
) {
    const auto handle = held_.add(8, tag_of(listener), "conn", alpn);
    held_.conns[handle] = {from, alpn, false, false, nullptr, 0};
    push(handle, [handle, from, alpn](fake_host& to, mesh_ns queued) {
        auto event = to.event<mesh_ev_conn>(MESH_EV_CONN_IN, to.tag_of(handle), handle, queued);
        event.peer = from;
        event.alpn = bytes(alpn);
        to.deliver(event.h);
    });
    return handle;
}

inline mesh_handle fake_host::conn_from(mesh_node_id from, std::string_view alpn) {
    for (const auto& [listener, name] : held_.listeners)
        if (name == alpn) return add_conn(from, name, listener);
    return 0;
}

inline mesh_handle fake_host::latest(std::string_view kind) const {
    mesh_handle found = 0;
    for (const auto& [handle, what] : held_.all)
        if (what.kind == kind) found = handle;
    return found;
}

inline void fake_host::peer_accepts(mesh_handle at) {
    const auto found = held_.conns.find(at);
    if (found == held_.conns.end()) return;
    found->second.is_up = true;
    push(at, [at, about = found->second](fake_host& to, mesh_ns queued) {
        auto event = to.event<mesh_ev_conn>(MESH_EV_CONN_UP, to.tag_of(at), at, queued);
        event.peer = about.peer;
        event.alpn = bytes(about.alpn);
        to.deliver(event.h);
    });
}

inline void fake_host::peer_closes(mesh_handle at, std::uint64_t code, std::string_view reason) {
    const auto found = held_.conns.find(at);
    if (found == held_.conns.end()) return;
    const auto about = found->second;
    const auto tag = tag_of(at);
    drop_conn(at);
    push(0, [at, tag, about, code, why = std::string(reason)](fake_host& to, mesh_ns queued) {
        auto event = to.event<mesh_ev_conn>(MESH_EV_CONN_DOWN, tag, at, queued);
        event.peer = about.peer;
        event.alpn = bytes(about.alpn);
        event.code = code;
        event.reason = str(why);
        to.deliver(event.h);
    });
}

inline void fake_host::drop_conn(mesh_handle at) {
    std::vector<mesh_handle> gone;
    for (const auto& [handle, each] : held_.streams)
        if (each.conn == at) gone.push_back(handle);
    for (const auto handle : gone)
        held_.close(handle);
    held_.close(at);
}

/// READABLE, WRITABLE, RESET or STREAM_IN, now.
inline void deliver_stream(
    fake_host& to,
    mesh_ns queued,
    std::uint32_t kind,
    std::uint64_t tag,
    mesh_handle handle,
    const stream& about,
    std::uint64_t code
) {
    mesh_ev_stream event{};
    event.h = {sizeof event, kind, tag, handle, queued};
    event.conn = about.conn;
    event.kind = about.kind;
    event.code = code;
    to.deliver(event.h);
}

inline mesh_handle fake_host::add_stream(mesh_handle at, std::uint32_t kind, stream ends) {
    const auto handle = held_.add(8, tag_of(at), "stream", held_.all[at].name);
    if (ends.in != nullptr) ends.in->reader = {this, handle};
    if (ends.out != nullptr) ends.out->writer = {this, handle};
    held_.streams[handle] = ends;
    (void)kind;
    const bool is_incoming =
        ends.in != nullptr && ends.in->writer.host != nullptr && ends.in->writer.host != this;
    if (is_incoming) {
        push(handle, [handle, ends](fake_host& to, mesh_ns queued) {
            deliver_stream(to, queued, MESH_EV_STREAM_IN, to.tag_of(handle), handle, ends, 0);
        });
    }
    return handle;
}

inline mesh_handle fake_host::peer_opens(mesh_handle at, std::uint32_t kind) {
    const auto in = std::make_shared<pipe>();
    const auto out = kind == MESH_STREAM_BIDI ? std::make_shared<pipe>() : nullptr;
    const stream ends{at, kind, in, out};
    const auto handle = add_stream(at, kind, ends);
    push(handle, [handle, ends](fake_host& to, mesh_ns queued) {
        deliver_stream(to, queued, MESH_EV_STREAM_IN, to.tag_of(handle), handle, ends, 0);
    });
    return handle;
}

inline void fake_host::peer_writes(mesh_handle at, std::string_view data, bool is_last) {
    const auto found = held_.streams.find(at);
    if (found == held_.streams.end() || found->second.in == nullptr) return;
    auto& to = *found->second.in;
    to.data.append(data);
    to.is_finished = to.is_finished || is_last;
    wake_reader(to);
}

inline std::string fake_host::peer_reads(mesh_handle at) {
    const auto found = held_.streams.find(at);
    if (found == held_.streams.end() || found->second.out == nullptr) return {};
    const auto from = found->second.out;
    auto all = std::exchange(from->data, std::string());
    from->is_read = from->is_finished;
    if (from->wants_room) wake_writer(*from);
    return all;
}

inline bool fake_host::has_fin(mesh_handle at) const {
    const auto found = held_.streams.find(at);
    return found != held_.streams.end() && found->second.out != nullptr
           && found->second.out->is_finished;
}

inline void fake_host::peer_resets(mesh_handle at, std::uint64_t code) {
    const auto found = held_.streams.find(at);
    if (found == held_.streams.end() || found->second.in == nullptr) return;
    found->second.in->reset_code = code;
    push(at, [at, about = found->second, code](fake_host& to, mesh_ns queued) {
        deliver_stream(to, queued, MESH_EV_STREAM_RESET, to.tag_of(at), at, about, code);
        to.settle(at);
    });
}

inline void fake_host::wake_reader(pipe& from) {
    auto* host = from.reader.host;
    if (host == nullptr || from.is_announced) return;
    const auto at = from.reader.stream;
    const auto found = host->held_.streams.find(at);
    if (found == host->held_.streams.end()) return;
    from.is_announced = true;
    host->push(at, [at, about = found->second](fake_host& to, mesh_ns queued) {
        deliver_stream(to, queued, MESH_EV_STREAM_READABLE, to.tag_of(at), at, about, 0);
    });
}

inline void fake_host::wake_writer(pipe& to) {
    to.wants_room = false;
    auto* host = to.writer.host;
    if (host == nullptr) return;
    const auto at = to.writer.stream;
    const auto found = host->held_.streams.find(at);
    if (found == host->held_.streams.end()) return;
    host->push(at, [at, about = found->second](fake_host& writer, mesh_ns queued) {
        deliver_stream(writer, queued, MESH_EV_STREAM_WRITABLE, writer.tag_of(at), at, about, 0);
    });
}

/// Both directions of a stream over: its handle goes, unless the test still has to read.
inline void fake_host::settle(mesh_handle at) {
    const auto found = held_.streams.find(at);
    if (found == held_.streams.end()) return;
    const auto& [conn, kind, in, out] = found->second;
    const bool is_read = in == nullptr || in->is_read || in->is_stopped || in->reset_code;
    const bool is_for_test = out != nullptr && out->reader.host == nullptr;
    const bool is_written =
        out == nullptr || out->reset_code || (out->is_finished && (!is_for_test || out->is_read));
    if (is_read && is_written) held_.close(at);
}

}  // namespace mesh::testing
