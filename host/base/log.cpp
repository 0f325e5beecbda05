// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>

namespace meshhost {

namespace {

constexpr std::array<std::string_view, 6>
    level_names{"trace", "debug", "info", "warn", "error", "off"};

spdlog::level::level_enum to_spdlog(log_level level) {
    switch (level) {
    case log_level::trace:
        return spdlog::level::trace;
    case log_level::debug:
        return spdlog::level::debug;
    case log_level::info:
        return spdlog::level::info;
    case log_level::warn:
        return spdlog::level::warn;
    case log_level::error:
        return spdlog::level::err;
    case log_level::off:
        return spdlog::level::off;
    }
    return spdlog::level::off;
}

/// Made on first use and never destroyed: threads that end late may still log.
spdlog::logger& sink() {
    static auto* const instance = [] {
        auto* made =
            new spdlog::logger("meshhost", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%-5l%$ %v");
        made->set_level(spdlog::level::info);
        made->flush_on(spdlog::level::info);
        return made;
    }();
    return *instance;
}

}  // namespace

logger::logger(std::string name)
    : name_(std::move(name)) {}

bool logger::enabled(log_level level) const noexcept {
    return !name_.empty() && sink().should_log(to_spdlog(level));
}

void logger::write(log_level level, std::string_view message) const {
    sink().log(to_spdlog(level), "{}: {}", name_, message);
}

void start_logging(log_level level) {
    sink().set_level(to_spdlog(level));
}

void set_log_level(log_level level) {
    sink().set_level(to_spdlog(level));
}

bool parse_log_level(std::string_view text, log_level& out) {
    for (std::size_t i = 0; i < level_names.size(); ++i) {
        if (level_names[i] == text) {
            out = static_cast<log_level>(i);
            return true;
        }
    }
    return false;
}

}  // namespace meshhost
