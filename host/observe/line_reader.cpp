// SPDX-License-Identifier: Apache-2.0
#include "observe/line_reader.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace meshhost::observe {

bool line_reader::write(std::string_view data) {
    while (!data.empty() && !is_stopped_) {
        const auto end = std::min(data.find('\n'), data.size());
        boost::json::error_code fault;
        const auto line = boost::json::parse(data.substr(0, end), fault);
        if (!fault && line.is_object()) take_(line.get_object());
        data.remove_prefix(std::min(end + 1, data.size()));
    }
    return !is_stopped_;
}

void line_reader::finish() {
    if (is_stopped_) return;
    is_stopped_ = true;
    on_end_();
}

}  // namespace meshhost::observe
