// SPDX-License-Identifier: Apache-2.0
#include "plugin/role_calls.hpp"

#include "plugin/proto/limits.hpp"
#include "plugin/thread_errors.hpp"

#include <cstddef>
#include <exception>
#include <stdexcept>
#include <utility>

namespace meshhost::plugin {

namespace {

/// The table's functions are noexcept by type, which nothing can hold a stranger's binary to.
/// Called through this type, an exception reaches our handler instead of std::terminate.
template <class Result, class... Args>
using throwing = Result (*)(Args...);

template <class Result, class... Args>
throwing<Result, Args...> may_throw(Result (*function)(Args...) noexcept) noexcept {
    return function;
}

class call_scope {
public:
    call_scope(call_watch& watch, activity doing, std::uint32_t event_kind)
        : watch_(watch) {
        watch_.enter(doing, event_kind);
    }
    call_scope(const call_scope&) = delete;
    call_scope& operator=(const call_scope&) = delete;
    ~call_scope() { watch_.leave(); }

private:
    call_watch& watch_;
};

/// On any thread: nobody looks whether it comes back.
template <class Call>
call_report caught(Call&& call) {
    call_report report;
    take_said_error();  // of an earlier call
    try {
        report.status = call();
        report.words = take_said_error();
    } catch (const std::exception& thrown) {
        report = {MESH_E_PANIC, true, thrown.what()};
    } catch (...) {
        report = {MESH_E_PANIC, true, "not a std::exception"};
    }
    return report;
}

template <class Call>
call_report guarded(call_watch& watch, activity doing, Call&& call, std::uint32_t event_kind = 0) {
    const call_scope scope(watch, doing, event_kind);
    return caught(std::forward<Call>(call));
}

}  // namespace

call_report role_calls::create(const mesh_host* host) {
    return guarded(watch_, activity::create, [&] {
        return may_throw(role_.create)(&role_, host, &self_);
    });
}

call_report role_calls::start() {
    return guarded(watch_, activity::start, [&] { return may_throw(role_.start)(self_); });
}

call_report role_calls::drain(mesh_ns deadline) {
    return guarded(watch_, activity::drain, [&] {
        return may_throw(role_.drain)(self_, deadline);
    });
}

call_report role_calls::stop() {
    return guarded(watch_, activity::stop, [&] { return may_throw(role_.stop)(self_); });
}

call_report role_calls::destroy() {
    return guarded(watch_, activity::destroy, [&] {
        may_throw(role_.destroy)(std::exchange(self_, nullptr));
        return MESH_OK;
    });
}

call_report role_calls::on_event(const mesh_event& event) {
    return guarded(
        watch_,
        activity::on_event,
        [&] { return may_throw(role_.on_event)(self_, &event); },
        event.kind
    );
}

const mesh_plugin_handoff_v1* role_calls::handoff() {
    const mesh_plugin_handoff_v1* found = nullptr;
    guarded(watch_, activity::save, [&] {
        const bool asks = MESH_HAS(&role_, mesh_role, get_extension) && role_.get_extension;
        if (asks)
            found = static_cast<const mesh_plugin_handoff_v1*>(may_throw(role_.get_extension
            )(self_, MESH_PLUGIN_EXT_HANDOFF));
        return MESH_OK;
    });
    const bool is_whole = MESH_HAS(found, mesh_plugin_handoff_v1, adopt) && found->save
                          && found->restore && found->adopt;
    return is_whole ? found : nullptr;
}

call_report role_calls::save(byte_buffer& blob) {
    const auto put = [](void* sink, mesh_bytes chunk) noexcept -> mesh_status {
        byte_buffer& into = *static_cast<byte_buffer*>(sink);
        if (into.size() + chunk.len > proto::handoff_bytes_max) return MESH_E_TOO_LARGE;
        try {
            into.insert(into.end(), chunk.ptr, chunk.ptr + chunk.len);
        } catch (...) {
            return MESH_E_NOMEM;
        }
        return MESH_OK;
    };
    const mesh_plugin_handoff_v1* const table = handoff();
    return guarded(watch_, activity::save, [&] {
        return may_throw(table->save)(self_, &blob, put);
    });
}

call_report role_calls::restore(std::uint32_t format, bytes_view blob) {
    const mesh_plugin_handoff_v1* const table = handoff();
    return guarded(watch_, activity::restore, [&] {
        return may_throw(table->restore)(self_, format, mesh_bytes{blob.data(), blob.size()});
    });
}

call_report role_calls::adopt(proto::handle handle, std::uint32_t kind, std::uint64_t& tag) {
    const mesh_plugin_handoff_v1* const table = handoff();
    const std::uint64_t old_tag = tag;
    return guarded(watch_, activity::adopt, [&] {
        return may_throw(table->adopt)(self_, handle, kind, old_tag, &tag);
    });
}

/// What the plugin offers as `id`, when it is as long as 1.0 has it.
template <class Table>
const Table* role_calls::extension(const char* id, std::size_t size_min) const noexcept {
    if (role_.get_extension == nullptr || self_ == nullptr) return nullptr;
    try {
        const auto* const found = may_throw(role_.get_extension)(self_, id);
        const auto* const table = static_cast<const Table*>(found);
        return table != nullptr && table->struct_size >= size_min ? table : nullptr;
    } catch (...) {  // one that throws when it is asked has nothing to offer
        return nullptr;
    }
}

namespace {

constexpr std::size_t worker_size =
    offsetof(mesh_plugin_worker_v1, run) + sizeof(mesh_plugin_worker_v1::run);

constexpr std::size_t config_size =
    offsetof(mesh_plugin_config_v1, apply) + sizeof(mesh_plugin_config_v1::apply);

}  // namespace

bool role_calls::takes_config() const noexcept {
    const auto* const config =
        extension<mesh_plugin_config_v1>(MESH_PLUGIN_EXT_CONFIG, config_size);
    return config != nullptr && config->validate != nullptr && config->apply != nullptr;
}

call_report role_calls::validate() const {
    const auto* const config =
        extension<mesh_plugin_config_v1>(MESH_PLUGIN_EXT_CONFIG, config_size);
    return guarded(watch_, activity::on_event, [&] { return may_throw(config->validate)(self_); });
}

call_report role_calls::apply() const {
    const auto* const config =
        extension<mesh_plugin_config_v1>(MESH_PLUGIN_EXT_CONFIG, config_size);
    return guarded(watch_, activity::on_event, [&] {
        may_throw(config->apply)(self_);
        return MESH_OK;
    });
}

bool role_calls::can_run() const noexcept {
    const auto* const worker =
        extension<mesh_plugin_worker_v1>(MESH_PLUGIN_EXT_WORKER, worker_size);
    return worker != nullptr && worker->run != nullptr;
}

call_report role_calls::run(std::uint64_t tag, void* job) const {
    const auto* const worker =
        extension<mesh_plugin_worker_v1>(MESH_PLUGIN_EXT_WORKER, worker_size);
    return caught([&]() -> mesh_status {
        if (worker == nullptr || worker->run == nullptr) return MESH_E_UNSUPPORTED;
        return may_throw(worker->run)(self_, tag, job);
    });
}

call_report role_calls::throw_now() {
    return guarded(watch_, activity::on_event, []() -> mesh_status {
        throw std::runtime_error("injected for an experiment");
    });
}

}  // namespace meshhost::plugin
