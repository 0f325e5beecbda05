// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the node does for a role beside the mesh: metrics, trace, state, worker, fd, health,
// identity.
#include <mesh/testing/fake_host.hpp>
#include <mesh/testing/tables_node.hpp>

namespace mesh::testing {

struct service_tables {
    using caller = fake_host::caller;

    // --- metrics. A handle of an instrument is no resource: it closes with the host.

    static mesh_status metrics_create(
        const mesh_host* h,
        const mesh_instrument* i,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "metrics.create", caller::any, [&](fake_host& host) {
            if (out == nullptr || i == nullptr || i->name == nullptr)
                return host.refuse(MESH_E_INVALID, "an instrument has a name");
            const auto known = host.metrics_.emplace(i->name, metric{i->kind, 0, 0, 0});
            if (!known.second && known.first->second.kind != i->kind)
                return host.refuse(MESH_E_EXISTS, "an instrument of another kind");
            const auto named = host.instruments_.emplace(i->name, host.instruments_.size() + 1);
            *out = (std::uint64_t{9} << 56) | named.first->second;
            return mesh_status{MESH_OK};
        });
    }
    static void metrics_record(
        const mesh_host* h,
        mesh_handle i,
        double v,
        const mesh_attr*,
        std::size_t
    ) noexcept {
        fake_host::call(h, "metrics.record", caller::any, [&](fake_host& host) {
            for (const auto& [name, number] : host.instruments_) {
                if (((std::uint64_t{9} << 56) | number) != i) continue;
                auto& to = host.metrics_[name];
                to.last = v;
                to.sum += v;
                ++to.count;
                return mesh_status{MESH_OK};
            }
            host.blame("metrics.record", "no such instrument");
            return mesh_status{MESH_E_HANDLE};
        });
    }

    // --- trace

    static mesh_status trace_begin(
        const mesh_host* h,
        mesh_str name,
        std::uint32_t,
        mesh_handle parent,
        const mesh_span_context*,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "trace.begin", caller::any, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            *out = host.held_.add(10, 0, "span", std::string(view(name)));
            span made;
            made.name = view(name);
            made.parent = parent;
            host.spans_[*out] = std::move(made);
            return mesh_status{MESH_OK};
        });
    }
    template <class F>
    static void on_span(const mesh_host* h, const char* function, mesh_handle at, F&& f) {
        fake_host::call(h, function, caller::any, [&](fake_host& host) {
            const auto found = host.spans_.find(at);
            if (found == host.spans_.end()) return host.no_handle(function, at);
            f(host, found->second);
            return mesh_status{MESH_OK};
        });
    }
    static void trace_attrs(
        const mesh_host* h,
        mesh_handle at,
        const mesh_attr* attrs,
        std::size_t n
    ) noexcept {
        on_span(h, "trace.attrs", at, [&](fake_host&, span& to) {
            for (std::size_t i = 0; attrs != nullptr && i < n; ++i)
                to.attrs[std::string(view(attrs[i].key))] = own(attrs[i].value);
        });
    }
    static void trace_event(
        const mesh_host* h,
        mesh_handle at,
        mesh_str name,
        const mesh_attr*,
        std::size_t
    ) noexcept {
        on_span(h, "trace.event", at, [&](fake_host&, span& to) {
            to.events.emplace_back(view(name));
        });
    }
    static void trace_end(
        const mesh_host* h,
        mesh_handle at,
        mesh_status status,
        mesh_str
    ) noexcept {
        on_span(h, "trace.end", at, [&](fake_host& host, span& to) {
            to.is_ended = true;
            to.status = status;
            host.held_.close(at);
        });
    }
    static mesh_status trace_context(
        const mesh_host* h,
        mesh_handle at,
        mesh_span_context* out
    ) noexcept {
        return fake_host::call(h, "trace.context", caller::any, [&](fake_host& host) {
            if (host.spans_.count(at) == 0) return host.no_handle("trace.context", at);
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            *out = {};
            std::memcpy(out->trace_id, host.self_.b, sizeof out->trace_id);
            std::memcpy(out->span_id, &at, sizeof out->span_id);
            out->flags = 1;
            return mesh_status{MESH_OK};
        });
    }
    static mesh_handle trace_current(const mesh_host*) noexcept { return 0; }

    // --- state: reads see what is staged

    static mesh_status state_dir(const mesh_host* h, mesh_str* path) noexcept {
        return fake_host::call(h, "state.dir", caller::any, [&](fake_host& host) {
            if (path == nullptr) return host.refuse(MESH_E_INVALID, "path is null");
            if (host.directory_.empty()) {
                std::error_code failed;
                const auto unique =
                    std::to_string(reinterpret_cast<std::uintptr_t>(&host)) + "-"
                    + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
                host.directory_ = std::filesystem::temp_directory_path(failed) / ("mesh-" + unique);
                if (!std::filesystem::create_directories(host.directory_, failed))
                    return host.refuse(MESH_E_IO, failed.message());
                std::filesystem::permissions(
                    host.directory_,
                    std::filesystem::perms::owner_all,
                    failed
                );
                host.directory_text_ = host.directory_.string();
            }
            *path = str(host.directory_text_);
            return mesh_status{MESH_OK};
        });
    }
    static std::optional<std::string> state_at(const fake_host& host, const std::string& key) {
        if (const auto found = host.staged_.find(key); found != host.staged_.end())
            return found->second;
        const auto found = host.state_.find(key);
        if (found == host.state_.end()) return std::nullopt;
        return found->second;
    }
    static mesh_status state_get(
        const mesh_host* h,
        mesh_str key,
        std::uint8_t* buf,
        std::size_t cap,
        std::size_t* len
    ) noexcept {
        return fake_host::call(h, "state.get", caller::strand, [&](fake_host& host) {
            if (len == nullptr) return host.refuse(MESH_E_INVALID, "len is null");
            const auto found = state_at(host, std::string(view(key)));
            if (!found) return host.refuse(MESH_E_NOT_FOUND, "no such key");
            *len = found->size();
            if (found->size() > cap) return host.refuse(MESH_E_TOO_LARGE, "a larger value");
            if (!found->empty()) std::memcpy(buf, found->data(), found->size());
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status state_put(const mesh_host* h, mesh_str key, mesh_bytes what) noexcept {
        return fake_host::call(h, "state.put", caller::strand, [&](fake_host& host) {
            if (key.len == 0) return host.refuse(MESH_E_INVALID, "an empty key");
            host.staged_[std::string(view(key))] = std::string(view(what));
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status state_del(const mesh_host* h, mesh_str key) noexcept {
        return fake_host::call(h, "state.del", caller::strand, [&](fake_host& host) {
            host.staged_[std::string(view(key))] = std::nullopt;
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status state_next(
        const mesh_host* h,
        mesh_str prefix,
        std::uint64_t* cursor,
        mesh_str* key
    ) noexcept {
        return fake_host::call(h, "state.next", caller::strand, [&](fake_host& host) {
            if (cursor == nullptr || key == nullptr) return host.refuse(MESH_E_INVALID, "null");
            auto merged = host.state_;
            for (const auto& [name, what] : host.staged_) {
                if (what)
                    merged[name] = *what;
                else
                    merged.erase(name);
            }
            std::uint64_t at = 0;
            for (const auto& [name, what] : merged) {
                if (name.compare(0, prefix.len, view(prefix)) != 0 || at++ != *cursor) continue;
                ++*cursor;
                host.state_keys_.push_back(name);
                *key = str(host.state_keys_.back());
                return mesh_status{MESH_OK};
            }
            return host.refuse(MESH_E_NOT_FOUND, "no more keys");
        });
    }
    static mesh_status state_commit(
        const mesh_host* h,
        std::uint64_t tag,
        mesh_handle* op
    ) noexcept {
        return fake_host::call(h, "state.commit", caller::strand, [&](fake_host& host) {
            for (auto& [name, what] : host.staged_) {
                if (what)
                    host.state_[name] = std::move(*what);
                else
                    host.state_.erase(name);
            }
            host.staged_.clear();
            const auto handle = (std::uint64_t{11} << 56) | ++host.held_.last;
            if (op != nullptr) *op = handle;
            host.push(0, [tag, handle](fake_host& to, mesh_ns queued) {
                auto done = to.event<mesh_ev_done>(MESH_EV_STATE_COMMITTED, tag, handle, queued);
                to.deliver(done.h);
            });
            return mesh_status{MESH_OK};
        });
    }

    // --- worker: jobs run in run(), one after the other, off the strand

    static mesh_status worker_submit(const mesh_host* h, std::uint64_t tag, void* job) noexcept {
        return fake_host::call(h, "worker.submit", caller::any, [&](fake_host& host) {
            if (host.phase_ == fake_host::phase::creating)
                return host.refuse(MESH_E_STATE, "no work before create has returned");
            host.jobs_.push_back({tag, job});
            return mesh_status{MESH_OK};
        });
    }

    // --- fd: readiness comes from the test

    static mesh_status fd_watch(
        const mesh_host* h,
        std::int32_t fd,
        std::uint32_t interest,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "fd.watch", caller::strand, [&](fake_host& host) {
            if (out == nullptr || fd < 0) return host.refuse(MESH_E_INVALID, "no descriptor");
            *out = host.held_.add(13, tag, "fd watch", std::to_string(fd));
            host.held_.fds[*out] = {fd, interest};
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status fd_modify(
        const mesh_host* h,
        mesh_handle w,
        std::uint32_t interest
    ) noexcept {
        return fake_host::call(h, "fd.modify", caller::strand, [&](fake_host& host) {
            const auto found = host.held_.fds.find(w);
            if (found == host.held_.fds.end()) return host.no_handle("fd.modify", w);
            found->second.second = interest;
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status fd_unwatch(const mesh_host* h, mesh_handle w) noexcept {
        return node_tables::close(h, "fd.unwatch", "fd watch", w);
    }

    // --- health

    static void health_set(const mesh_host* h, std::uint32_t health, mesh_str reason) noexcept {
        fake_host::call(h, "health.set", caller::any, [&](fake_host& host) {
            host.health_ = health;
            host.health_reason_ = view(reason);
            return mesh_status{MESH_OK};
        });
    }

    // --- identity: a signature that only says who signed what; no cryptography

    static void make_signature(
        const mesh_node_id& by,
        mesh_str context,
        mesh_bytes text,
        std::uint8_t out[64]
    ) {
        const std::string all = std::string(view(context)) + '\0' + std::string(view(text))
                                + std::string(reinterpret_cast<const char*>(by.b), sizeof by.b);
        const auto first = node_named(all);
        const auto second = node_named(all + "2");
        std::memcpy(out, first.b, 32);
        std::memcpy(out + 32, second.b, 32);
    }
    static mesh_status identity_sign(
        const mesh_host* h,
        mesh_str context,
        mesh_bytes text,
        std::uint8_t out[64]
    ) noexcept {
        return fake_host::call(h, "identity.sign", caller::any, [&](fake_host& host) {
            const auto allowed = host.admit_network("identity.sign", "identity:sign");
            if (allowed < 0) return allowed;
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "sig is null");
            make_signature(host.self_, context, text, out);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status identity_verify(
        const mesh_host* h,
        mesh_node_id by,
        mesh_str context,
        mesh_bytes text,
        const std::uint8_t sig[64]
    ) noexcept {
        return fake_host::call(h, "identity.verify", caller::any, [&](fake_host& host) {
            std::uint8_t expected[64];
            make_signature(by, context, text, expected);
            if (sig != nullptr && std::memcmp(sig, expected, sizeof expected) == 0)
                return mesh_status{MESH_OK};
            return host.refuse(MESH_E_INVALID, "the signature is not of this node and text");
        });
    }
};

inline void fake_host::fd_ready(std::int32_t fd, std::uint32_t ready) {
    for (const auto& [handle, what] : held_.fds) {
        if (what.first != fd || (what.second & ready) == 0) continue;
        const auto seen = what.second & ready;
        push(handle, [handle = handle, fd, seen](fake_host& to, mesh_ns queued) {
            auto event = to.event<mesh_ev_fd>(MESH_EV_FD, to.tag_of(handle), handle, queued);
            event.fd = fd;
            event.ready = seen;
            to.deliver(event.h);
        });
    }
}

}  // namespace mesh::testing
