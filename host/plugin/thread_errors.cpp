// SPDX-License-Identifier: Apache-2.0
#include "plugin/thread_errors.hpp"

#include "plugin/plugin_fault.hpp"
#include "plugin/proto/limits.hpp"

#include <utility>

namespace meshhost::plugin {

namespace {

thread_local std::string last;
thread_local std::string said;

void put(std::string& where, std::string_view text) noexcept {
    try {
        where = one_line(text, proto::message_max);
    } catch (...) {
        where.clear();  // out of memory: the code has to do
    }
}

}  // namespace

void set_last_error(std::string_view text) noexcept {
    put(last, text);
}

std::string_view last_error() noexcept {
    return last;
}

void say_error(std::string_view text) noexcept {
    put(said, text);
}

std::string take_said_error() {
    return std::exchange(said, {});
}

}  // namespace meshhost::plugin
