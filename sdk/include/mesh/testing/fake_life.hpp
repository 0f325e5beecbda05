// SPDX-License-Identifier: Apache-2.0
#pragma once
// Time, the queue and the swap: the bodies of fake_host that are no table. Included by
// fake_host.hpp.
#include <mesh/testing/fake_host.hpp>

#include <tuple>

namespace mesh::testing {

/// mesh_host and where the tables come from.
struct host_functions {
    static const void* find_table(std::string_view id) noexcept;

    static const void* get_extension(const mesh_host* h, const char* id) noexcept {
        auto& host = fake_host::of(h);
        const std::lock_guard lock(host.mutex_);
        if (id == nullptr) return nullptr;
        auto& asked = host.extensions_;
        if (std::find(asked.begin(), asked.end(), id) == asked.end()) asked.emplace_back(id);
        const auto& withheld = host.withheld_;
        if (std::find(withheld.begin(), withheld.end(), id) != withheld.end()) return nullptr;
        return find_table(id);
    }
    static mesh_status set_error(const mesh_host* h, mesh_status code, mesh_str text) noexcept {
        auto& host = fake_host::of(h);
        const std::lock_guard lock(host.mutex_);
        host.error_ = view(text);
        return code;
    }
    static mesh_str last_error(const mesh_host* h) noexcept {
        return str(fake_host::of(h).last_error_);
    }
    static mesh_status post(const mesh_host* h, std::uint64_t tag, void* ptr) noexcept {
        return fake_host::call(h, "post", fake_host::caller::any, [&](fake_host& host) {
            host.push(0, [tag, ptr](fake_host& to, mesh_ns queued) {
                auto event = to.event<mesh_ev_posted>(MESH_EV_POSTED, tag, 0, queued);
                event.ptr = ptr;
                to.deliver(event.h);
            });
            return MESH_OK;
        });
    }
    static bool on_strand(const mesh_host* h) noexcept { return fake_host::of(h).on_strand(); }
    static mesh_ns now(const mesh_host* h) noexcept { return fake_host::of(h).mesh_->now; }
    static mesh_ns wall(const mesh_host* h) noexcept {
        return fake_host::of(h).mesh_->now + fake_host::of(h).wall_offset_;
    }
    static void started(const mesh_host* h, mesh_status result) noexcept {
        fake_host::call(h, "started", fake_host::caller::any, [&](fake_host& host) {
            host.is_started_ = result >= 0;
            return result;
        });
    }
    static void drained(const mesh_host* h) noexcept {
        fake_host::call(h, "drained", fake_host::caller::any, [&](fake_host& host) {
            host.is_drained_ = true;
            return MESH_OK;
        });
    }
    static void fatal(const mesh_host* h, mesh_status code, mesh_str text) noexcept {
        fake_host::call(h, "fatal", fake_host::caller::any, [&](fake_host& host) {
            host.fatal_ = reply{code, std::string(view(text))};
            return MESH_OK;
        });
    }
};

inline mesh_host fake_host::entries() noexcept {
    mesh_host host{};
    host.struct_size = sizeof host;
    host.abi_major = MESH_ABI_MAJOR;
    host.abi_minor = MESH_ABI_MINOR;
    host.impl = this;
    host.product = "fakehost";
    host.version = "1.0.0";
    host.instance = instance_name_.c_str();
    host.get_extension = host_functions::get_extension;
    host.set_error = host_functions::set_error;
    host.last_error = host_functions::last_error;
    host.post = host_functions::post;
    host.on_strand = host_functions::on_strand;
    host.now = host_functions::now;
    host.wall = host_functions::wall;
    host.started = host_functions::started;
    host.drained = host_functions::drained;
    host.fatal = host_functions::fatal;
    return host;
}

inline bool fake_host::allows(std::string_view permission) const {
    const auto covers = [&](std::string_view grant) {
        if (grant.empty() || grant.back() != '#') return grant == permission;
        const auto prefix = grant.substr(0, grant.size() - 1);
        return permission.substr(0, prefix.size()) == prefix;
    };
    if (grants_) return std::any_of(grants_->begin(), grants_->end(), covers);
    for (auto declared = role_->permissions; declared != nullptr && *declared != nullptr;
         ++declared)
        if (covers(*declared)) return true;
    return false;
}

/// What reaches the network: not in create, and with a permission of the role's.
inline mesh_status fake_host::admit_network(const char* function, const std::string& permission) {
    if (phase_ == phase::creating) {
        blame(function, "called in create, which also runs in a probe without a network");
        return refuse(MESH_E_STATE, "not in create: wait for start");
    }
    if (allows(permission)) return MESH_OK;
    denied_.push_back(permission);
    return refuse(MESH_E_DENIED, "not granted: " + permission);
}

inline mesh_ns fake_host::next_deadline() const noexcept {
    mesh_ns first = INT64_MAX;
    for (const auto& [handle, each] : held_.timers)
        first = std::min(first, each.due);
    for (const auto& [handle, each] : held_.operations)
        first = std::min(first, each.deadline);
    return first;
}

inline void fake_host::fire_due() {
    std::vector<mesh_handle> due;
    for (const auto& [handle, each] : held_.timers)
        if (each.due <= mesh_->now) due.push_back(handle);
    for (const auto handle : due) {
        auto& each = held_.timers.at(handle);
        std::uint64_t missed = 0;
        if (each.period > 0) {
            missed = static_cast<std::uint64_t>((mesh_->now - each.due) / each.period);
            each.due += (static_cast<mesh_ns>(missed) + 1) * each.period;
        } else {
            held_.timers.erase(handle);  // the handle stays until the event is delivered
        }
        push(handle, [handle, missed](fake_host& to, mesh_ns queued) {
            auto fired = to.event<mesh_ev_timer>(MESH_EV_TIMER, to.tag_of(handle), handle, queued);
            fired.missed = missed;
            if (to.held_.timers.count(handle) == 0) to.held_.close(handle);
            to.deliver(fired.h);
        });
    }
    std::vector<mesh_handle> late;
    for (const auto& [handle, each] : held_.operations)
        if (each.deadline <= mesh_->now) late.push_back(handle);
    for (const auto handle : late)
        complete(handle, MESH_E_TIMEOUT, {});
}

/// One event or one job; false: nothing waits that may be delivered.
inline bool fake_host::run_one() {
    if (phase_ != phase::running && phase_ != phase::draining) return false;
    std::unique_lock lock(mutex_);
    fire_due();
    if (!jobs_.empty()) {
        const job next = jobs_.front();
        jobs_.pop_front();
        lock.unlock();
        const auto* worker = plugin_extension<mesh_plugin_worker_v1>(MESH_PLUGIN_EXT_WORKER);
        const auto before = strand_.exchange(std::thread::id());  // a job is off the strand
        const auto status =
            worker == nullptr ? MESH_E_UNSUPPORTED : worker->run(instance_, next.tag, next.what);
        strand_ = before;
        lock.lock();
        push(0, [next, status](fake_host& to, mesh_ns queued) {
            auto done = to.event<mesh_ev_work>(MESH_EV_WORK_DONE, next.tag, 0, queued);
            done.job = next.what;
            done.status = status;
            to.deliver(done.h);
        });
        return true;
    }
    while (!events_.empty()) {
        waiting_event next = std::move(events_.front());
        events_.pop_front();
        if (next.needs != 0 && held_.all.count(next.needs) == 0) continue;
        lock.unlock();
        next.deliver(*this, next.queued);
        return true;
    }
    return false;
}

inline std::size_t fake_host::run() {
    std::size_t count = 0;
    for (bool any = true; any && count < events_a_run_max;) {
        any = false;
        const auto hosts = mesh_->hosts;
        for (auto* host : hosts) {
            while (count < events_a_run_max && host->run_one()) {
                any = true;
                ++count;
            }
        }
    }
    return count;
}

inline void fake_host::advance(ns span) {
    const mesh_ns end = mesh_->now + span.count();
    run();
    for (std::size_t steps = 0; steps < events_a_run_max; ++steps) {
        mesh_ns next = INT64_MAX;
        for (const auto* host : mesh_->hosts)
            next = std::min(next, host->next_deadline());
        if (next > end) break;
        mesh_->now = std::max(mesh_->now, next);
        run();
    }
    mesh_->now = end;
    run();
}

inline mesh_status fake_host::reload(const std::map<std::string, value>& changes) {
    const auto* reloading = plugin_extension<mesh_plugin_config_v1>(MESH_PLUGIN_EXT_CONFIG);
    if (reloading == nullptr) return MESH_E_UNSUPPORTED;
    candidate_ = config_;
    for (const auto& [path, to] : changes)
        (*candidate_)[path] = to;
    const auto status = in_callback([&] { return reloading->validate(instance_); });
    if (status >= 0) {
        config_ = *candidate_;
        candidate_.reset();
        in_callback([&] { return reloading->apply(instance_), MESH_OK; });
    }
    candidate_.reset();
    return status;
}

inline mesh_status fake_host::save(std::string& into) {
    const auto* handoff = plugin_extension<mesh_plugin_handoff_v1>(MESH_PLUGIN_EXT_HANDOFF);
    if (handoff == nullptr) return MESH_E_UNSUPPORTED;
    into.clear();
    return in_callback([&] {
        return handoff->save(instance_, &into, [](void* sink, mesh_bytes chunk) noexcept {
            static_cast<std::string*>(sink)->append(view(chunk));
            return mesh_status{MESH_OK};
        });
    });
}

inline mesh_status fake_host::swap(const mesh_plugin* plugin, std::string_view wanted) {
    const mesh_role* const old_role = role_;
    mesh_instance* const old = instance_;
    const mesh_role* const next_role = find_role(plugin, wanted.empty() ? old_role->role : wanted);
    if (next_role == nullptr) return MESH_E_NOT_FOUND;

    const auto old_phase = phase_;
    const auto old_keys = std::make_pair(digest_keys_, digest_names_);
    const auto old_holdings = held_;
    std::string blob;
    const auto* from = plugin_extension<mesh_plugin_handoff_v1>(MESH_PLUGIN_EXT_HANDOFF);
    mesh_instance* made = nullptr;
    const auto back_to_old = [&](mesh_status why, bool was_stopped) {
        if (made != nullptr) {
            in_callback([&] { return next_role->destroy(made), MESH_OK; });
        }
        role_ = old_role;
        instance_ = old;
        phase_ = old_phase;
        std::tie(digest_keys_, digest_names_) = old_keys;
        if (was_stopped) {
            held_ = old_holdings;
            in_callback([&] { return role_->start(instance_); });
        }
        push(0, [](fake_host& to, mesh_ns queued) {
            mesh_event aborted{sizeof aborted, MESH_EV_HANDOFF_ABORTED, 0, 0, queued};
            to.deliver(aborted);
        });
        return why;
    };

    phase_ = phase::creating;
    digest_keys_.clear();
    digest_names_.clear();
    const auto created = in_callback([&] { return next_role->create(next_role, &table_, &made); });
    phase_ = old_phase;
    if (created < 0) return made = nullptr, back_to_old(created, false);
    const auto new_keys = std::make_pair(digest_keys_, digest_names_);

    const auto* to = next_role->get_extension == nullptr
                         ? nullptr
                         : static_cast<const mesh_plugin_handoff_v1*>(
                             next_role->get_extension(made, MESH_PLUGIN_EXT_HANDOFF)
                         );
    if (from != nullptr && to != nullptr) {
        if (to->format_min > from->format) return back_to_old(MESH_E_INVALID, false);
        if (const auto saved = save(blob); saved < 0) return back_to_old(saved, false);
    }
    const auto parked = held_;
    in_callback([&] { return role_->stop(instance_); });  // parks: nothing is cancelled
    held_ = parked;
    role_ = next_role;
    instance_ = made;
    std::tie(digest_keys_, digest_names_) = new_keys;
    if (from != nullptr && to != nullptr) {
        const auto restored =
            in_callback([&] { return to->restore(made, from->format, bytes(blob)); });
        if (restored < 0) return back_to_old(restored, true);
    }
    for (const auto& [handle, what] : parked.all) {
        std::uint64_t tag = 0;
        const auto kind = what.ext;
        const auto old_tag = what.tag;
        const auto adopted = to == nullptr ? MESH_E_UNSUPPORTED : in_callback([&, h = handle] {
            return to->adopt(made, h, kind, old_tag, &tag);
        });
        if (adopted < 0)
            held_.close(handle);
        else
            held_.all[handle].tag = tag;
    }
    const auto started = start();
    if (started < 0) return back_to_old(started, true);
    // New code takes over at once, or not at all.
    if (started == MESH_PENDING) return back_to_old(MESH_E_UNSUPPORTED, true);
    in_callback([&] { return old_role->destroy(old), MESH_OK; });
    return MESH_OK;
}

inline void connect(fake_host& a, fake_host& b) {
    if (a.mesh_ != b.mesh_) {
        a.mesh_->now = std::max(a.mesh_->now, b.mesh_->now);
        const auto joining = b.mesh_;
        for (auto* host : joining->hosts) {
            a.mesh_->hosts.push_back(host);
            host->mesh_ = a.mesh_;
        }
    }
    const auto meet = [](fake_host& one, const fake_host& other) {
        peer met{other.self_, other.role_->role, MESH_PEER_UP, one.mesh_->now, {}};
        for (const auto& [key, what] : other.digest_)
            met.digest.push_back({other.role_->role, key, what, 1, one.mesh_->now});
        one.peers_[met.id] = met;
        one.tell_peers(MESH_PEER_UP, met, "connected");
        for (const auto& item : met.digest)
            one.tell_digest(met, item);
    };
    meet(a, b);
    meet(b, a);
}

}  // namespace mesh::testing
