// SPDX-License-Identifier: Apache-2.0
#pragma once
// Structured one-line logs: `info("peer up peer={} role={}", id, role)`. spdlog behind it; one
// logger a module, passed in by whoever builds the module.
#include <spdlog/fmt/fmt.h>

#include <memory>
#include <string>
#include <string_view>

namespace meshhost {

enum class log_level : int { trace, debug, info, warn, error, off };

/// A named sink for lines. Copyable and cheap; any thread. A default-made logger drops all.
class logger {
public:
    logger() = default;
    explicit logger(std::string name);

    bool enabled(log_level level) const noexcept;
    void write(log_level level, std::string_view message) const;

    template <class... Args>
    void log(log_level level, fmt::format_string<Args...> format, Args&&... args) const {
        if (enabled(level)) write(level, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) const {
        log(log_level::debug, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) const {
        log(log_level::info, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const {
        log(log_level::warn, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) const {
        log(log_level::error, format, std::forward<Args>(args)...);
    }

private:
    std::string name_;
};

/// Sets the process-wide level and sends lines to stderr. Call once, before the first logger is
/// used from a second thread.
void start_logging(log_level level);

/// Another level from now on. Any thread.
void set_log_level(log_level level);

/// "trace", "debug", "info", "warn", "error", "off"; false when it is none of them.
bool parse_log_level(std::string_view text, log_level& out);

}  // namespace meshhost
