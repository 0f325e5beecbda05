// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_fault.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <stdexcept>

namespace meshhost::plugin {

void throw_exception_from_error(const plugin_fault& fault, const boost::source_location&) {
    throw std::runtime_error(fault.code + " " + fault.text);
}

failure explain(std::string_view path, const plugin_fault& fault) {
    return {
        .exit = exit_code::invalid,
        .code = fault.code,
        .message = fmt::format("plugin {}: {} {}", path, fault.code, fault.text),
    };
}

std::string one_line(std::string_view text, std::size_t size_max) {
    std::string line(text.substr(0, size_max));
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    std::replace_if(line.begin(), line.end(), is_control, ' ');
    return line;
}

}  // namespace meshhost::plugin
