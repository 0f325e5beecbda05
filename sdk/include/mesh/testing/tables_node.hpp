// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables that every role uses: log, config, timer, and this role's digest.
#include <mesh/testing/config_text.hpp>
#include <mesh/testing/fake_host.hpp>

#include <cmath>

namespace mesh::testing {

struct node_tables {
    using caller = fake_host::caller;

    // --- log

    static std::int32_t log_level(const mesh_host*) noexcept { return MESH_LOG_TRACE; }
    static void log_write(
        const mesh_host* h,
        std::int32_t level,
        mesh_str text,
        const mesh_attr* attrs,
        std::size_t n,
        const char*,
        std::uint32_t
    ) noexcept {
        fake_host::call(h, "log.write", caller::any, [&](fake_host& host) {
            log_line line{level, std::string(view(text)), {}};
            for (std::size_t i = 0; attrs != nullptr && i < n; ++i)
                line.attrs.emplace_back(std::string(view(attrs[i].key)), own(attrs[i].value));
            host.log_.push_back(std::move(line));
            return MESH_OK;
        });
    }

    // --- config: a flat map from paths to values; arrays and tables are what paths begin with

    static mesh_status config_which(
        fake_host& host,
        std::uint32_t which,
        const std::map<std::string, value>*& out
    ) {
        out = &host.config_;
        if (which == MESH_CFG_CURRENT) return MESH_OK;
        if (which != MESH_CFG_CANDIDATE)
            return host.refuse(MESH_E_UNSUPPORTED, "no such configuration");
        if (!host.candidate_) return host.refuse(MESH_E_STATE, "no reload is under way");
        out = &*host.candidate_;
        return MESH_OK;
    }
    static mesh_status config_get(
        const mesh_host* h,
        std::uint32_t which,
        mesh_str path,
        mesh_value* out
    ) noexcept {
        return fake_host::call(h, "config.get", caller::strand, [&](fake_host& host) {
            const std::string at(view(path));
            host.config_reads_.push_back(at);
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            const std::map<std::string, value>* config = nullptr;
            if (const auto known = config_which(host, which, config); known < 0) return known;
            const auto found = config->find(at);
            if (found == config->end()) {
                if (!config_children(*config, at).empty())
                    return host.refuse(MESH_E_INVALID, "an array or a table");
                return host.refuse(MESH_E_NOT_FOUND, "no value at " + at);
            }
            *out = lend(found->second);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status config_count(
        const mesh_host* h,
        std::uint32_t which,
        mesh_str path,
        std::size_t* out
    ) noexcept {
        return fake_host::call(h, "config.count", caller::strand, [&](fake_host& host) {
            const std::string at(view(path));
            host.config_reads_.push_back(at);
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            const std::map<std::string, value>* config = nullptr;
            if (const auto known = config_which(host, which, config); known < 0) return known;
            const auto children = config_children(*config, at);
            if (children.empty()) {
                if (config->count(at) != 0)
                    return host.refuse(MESH_E_INVALID, "neither an array nor a table");
                return host.refuse(MESH_E_NOT_FOUND, "no value at " + at);
            }
            *out = children.size();
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status config_key_at(
        const mesh_host* h,
        std::uint32_t which,
        mesh_str path,
        std::size_t i,
        mesh_str* out
    ) noexcept {
        return fake_host::call(h, "config.key_at", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            const std::map<std::string, value>* config = nullptr;
            if (const auto known = config_which(host, which, config); known < 0) return known;
            const auto children = config_children(*config, std::string(view(path)));
            if (i >= children.size()) return host.refuse(MESH_E_NOT_FOUND, "no more keys");
            // The views of an answer live until the callback returns: keep the text.
            host.state_keys_.push_back(children[i]);
            *out = str(host.state_keys_.back());
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status config_as_text(
        const mesh_host* h,
        std::uint32_t which,
        std::uint32_t format,
        mesh_str* out
    ) noexcept {
        return fake_host::call(h, "config.text", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            const std::map<std::string, value>* config = nullptr;
            if (const auto known = config_which(host, which, config); known < 0) return known;
            if (format != MESH_CFG_JSON) return host.refuse(MESH_E_UNSUPPORTED, "JSON only");
            host.config_text_ = config_json(*config, "");
            *out = str(host.config_text_);
            return mesh_status{MESH_OK};
        });
    }

    // --- timer

    static mesh_status timer_start(
        const mesh_host* h,
        mesh_str name,
        mesh_ns first,
        mesh_ns period,
        std::uint64_t tag,
        mesh_handle* out
    ) noexcept {
        return fake_host::call(h, "timer.start", caller::strand, [&](fake_host& host) {
            if (out == nullptr) return host.refuse(MESH_E_INVALID, "out is null");
            if (first < 0 || period < 0) return host.refuse(MESH_E_INVALID, "a span below zero");
            const auto* budget = host.role()->budget;
            const bool is_declared = MESH_HAS(budget, mesh_budget, timers) && budget->timers != 0;
            const std::size_t most = is_declared ? std::min(budget->timers, 64u) : 64u;
            if (host.held_.timers.size() >= most)
                return host.refuse(MESH_E_BUDGET, std::to_string(most) + " timers");
            *out = host.held_.add(3, tag, "timer", std::string(view(name)));
            host.held_.timers[*out] = {host.mesh_->now + first, period};
            return mesh_status{MESH_OK};
        });
    }
    /// Any handle of one kind: timer.cancel, peers.unwatch, gossip.unsubscribe ...
    static mesh_status close(
        const mesh_host* h,
        const char* function,
        const char* kind,
        mesh_handle handle
    ) noexcept {
        return fake_host::call(h, function, caller::strand, [&](fake_host& host) {
            const auto found = host.held_.all.find(handle);
            if (found == host.held_.all.end() || found->second.kind != kind)
                return host.no_handle(function, handle);
            host.held_.close(handle);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status timer_cancel(const mesh_host* h, mesh_handle t) noexcept {
        return close(h, "timer.cancel", "timer", t);
    }

    // --- digest, this role's; get and watch are in tables_mesh.hpp

    static std::size_t digest_cost(const std::string& role, const mesh_digest_key& key) {
        const std::size_t unit = key.unit == nullptr ? 0 : std::strlen(key.unit);
        std::size_t size = 10;
        if (key.type == MESH_T_BOOL) size = 1;
        if (key.type == MESH_T_F64) size = 8;
        if (key.type == MESH_T_STR || key.type == MESH_T_BYTES) size = 2 + key.max_len;
        return 4 + role.size() + std::strlen(key.name) + unit + size;
    }
    static mesh_status digest_declare(
        const mesh_host* h,
        const mesh_digest_key* keys,
        std::size_t n
    ) noexcept {
        return fake_host::call(h, "digest.declare", caller::strand, [&](fake_host& host) {
            if (host.phase_ != fake_host::phase::creating)
                return host.refuse(MESH_E_STATE, "declare in create only");
            if (!host.digest_keys_.empty()) return host.refuse(MESH_E_STATE, "declared once");
            std::size_t cost = 0;
            for (std::size_t i = 0; i < n; ++i) {
                const std::string_view name = keys[i].name == nullptr ? "" : keys[i].name;
                const bool is_name =
                    !name.empty() && name.size() <= 32
                    && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.")
                           == std::string_view::npos;
                if (!is_name) return host.refuse(MESH_E_INVALID, "digest key: [a-z0-9_.]{1,32}");
                if (keys[i].type < MESH_T_BOOL || keys[i].type > MESH_T_BYTES)
                    return host.refuse(MESH_E_INVALID, "digest key: no such type");
                cost += digest_cost(host.role_->role, keys[i]);
            }
            if (cost > host.digest_bytes_) {
                return host.refuse(
                    MESH_E_BUDGET,
                    "digest can encode to " + std::to_string(cost) + " bytes, granted "
                        + std::to_string(host.digest_bytes_)
                );
            }
            host.digest_keys_.assign(keys, keys + n);
            host.digest_names_.clear();
            for (std::size_t i = 0; i < n; ++i)
                host.digest_names_.emplace_back(keys[i].name);
            return mesh_status{MESH_OK};
        });
    }
    static mesh_status digest_put(fake_host& host, std::uint32_t key, value what) {
        if (key >= host.digest_keys_.size())
            return host.refuse(MESH_E_INVALID, "no such digest key is declared");
        const auto& to = host.digest_keys_[key];
        const auto type = static_cast<std::uint32_t>(what.index());
        if (type != MESH_T_NONE && type != to.type)
            return host.refuse(MESH_E_INVALID, "digest: another type was declared");
        const auto* text = std::get_if<std::string>(&what);
        const auto* data = std::get_if<std::vector<std::uint8_t>>(&what);
        const auto* number = std::get_if<double>(&what);
        if (number != nullptr && !std::isfinite(*number))
            return host.refuse(MESH_E_INVALID, "digest: not a finite number");
        if ((text != nullptr && text->size() > to.max_len)
            || (data != nullptr && data->size() > to.max_len))
            return host.refuse(MESH_E_TOO_LARGE, "digest: longer than max_len");
        const auto& name = host.digest_names_[key];
        host.digest_[name] = what;
        if ((to.flags & MESH_DIGEST_LOCAL_ONLY) != 0) return MESH_OK;
        for (auto* other : host.mesh_->hosts)
            if (other != &host) other->peer_says(host.self_, host.role_->role, name, what);
        return MESH_OK;
    }
    static mesh_status digest_set(
        const mesh_host* h,
        std::uint32_t key,
        const mesh_value* v
    ) noexcept {
        return fake_host::call(h, "digest.set", caller::any, [&](fake_host& host) {
            if (v == nullptr || v->type > MESH_T_BYTES) {
                host.blame("digest.set", "not a value");
                return host.refuse(MESH_E_INVALID, "not a value");
            }
            return digest_put(host, key, own(*v));
        });
    }
    static mesh_status digest_clear(const mesh_host* h, std::uint32_t key) noexcept {
        return fake_host::call(h, "digest.clear", caller::any, [&](fake_host& host) {
            return digest_put(host, key, value{});
        });
    }
};

/// The schema's defaults, where the test has set nothing.
inline void fake_host::fill_defaults() {
    for (auto key = role_->config; key != nullptr && *key != nullptr; ++key) {
        if ((*key)->fallback == nullptr || config_.count((*key)->path) != 0) continue;
        if (auto read = read_literal((*key)->fallback, (*key)->type)) config_[(*key)->path] = *read;
    }
}

}  // namespace mesh::testing
