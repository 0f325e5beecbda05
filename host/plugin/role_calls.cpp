// SPDX-License-Identifier: Apache-2.0
#include "plugin/role_calls.hpp"

#include "plugin/thread_errors.hpp"

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

template <class Call>
call_report guarded(Call&& call) {
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

}  // namespace

call_report role_calls::create(const mesh_host* host) {
    return guarded([&] { return may_throw(role_.create)(&role_, host, &self_); });
}

call_report role_calls::start() {
    return guarded([&] { return may_throw(role_.start)(self_); });
}

call_report role_calls::drain(mesh_ns deadline) {
    return guarded([&] { return may_throw(role_.drain)(self_, deadline); });
}

call_report role_calls::stop() {
    return guarded([&] { return may_throw(role_.stop)(self_); });
}

call_report role_calls::destroy() {
    return guarded([&] {
        may_throw(role_.destroy)(std::exchange(self_, nullptr));
        return MESH_OK;
    });
}

call_report role_calls::on_event(const mesh_event& event) {
    return guarded([&] { return may_throw(role_.on_event)(self_, &event); });
}

call_report role_calls::throw_now() {
    return guarded([]() -> mesh_status { throw std::runtime_error("injected for an experiment"); });
}

}  // namespace meshhost::plugin
