// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/series_window.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::observe::proto {

namespace {

struct mean {
    void add(const std::optional<double>& value) {
        if (!value) return;
        sum += *value;
        ++count;
    }
    std::optional<double> get() const {
        if (count == 0) return std::nullopt;
        return sum / count;
    }

    double sum = 0;
    int count = 0;
};

}  // namespace

series_part part_of(
    std::span<const std::optional<double>> values,
    const series_axis& axis,
    const series_window& wanted
) {
    series_part out{{axis.end, wanted.step}, {}};
    const bool is_longer = wanted.step > axis.step;
    std::optional<std::chrono::milliseconds> present;  // end of the step that is being gathered
    mean gathered;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto ago = static_cast<std::int64_t>(values.size() - 1 - i) * axis.step;
        const auto at = axis.end - ago;
        if (at < wanted.from || at > wanted.to) continue;
        const auto steps = (at + wanted.step - std::chrono::milliseconds(1)) / wanted.step;
        const auto its_end = is_longer ? steps * wanted.step : at;
        if (present && *present != its_end) {
            out.values.push_back(gathered.get());
            gathered = {};
        }
        present = its_end;
        gathered.add(values[i]);
    }
    if (!present) return out;
    out.values.push_back(gathered.get());
    out.axis.end = *present;
    return out;
}

}  // namespace meshhost::observe::proto
