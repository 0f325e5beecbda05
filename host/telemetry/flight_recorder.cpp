// SPDX-License-Identifier: Apache-2.0
#include "telemetry/flight_recorder.hpp"

#include <algorithm>
#include <array>

namespace meshhost::telemetry {

const char* to_string(anomaly what) noexcept {
    constexpr std::array<const char*, anomaly_count> names{
        "error",
        "path.failover",
        "path.flap",
        "late.delivery"};
    return names[static_cast<std::size_t>(what)];
}

const char* to_string(span_fate fate) noexcept {
    constexpr std::array names{"held", "exported", "promoted"};
    return names[static_cast<std::size_t>(fate)];
}

flight_recorder::flight_recorder(std::size_t slots)
    : capacity_(slots)
    , slots_(std::make_unique_for_overwrite<slot[]>(slots)) {}

std::size_t flight_recorder::bytes() const noexcept {
    return size_ * sizeof(slot);
}

void flight_recorder::record(
    std::string_view scope,
    const span& finished,
    time_point now,
    bool is_exported
) noexcept {
    auto& to = slots_[next_];
    to.recorded = now.time_since_epoch().count();
    to.fate = is_exported ? span_fate::exported : span_fate::held;
    to.span.pack(scope, finished);
    next_ = (next_ + 1) % capacity_;
    ++counts_.recorded;
    if (size_ < capacity_)
        ++size_;
    else
        ++counts_.given_way;
}

std::vector<flight_entry> flight_recorder::promote(anomaly why, time_point now) {
    ++counts_.anomalies;
    const auto fresh = static_cast<std::size_t>(counts_.recorded - looked_until_);
    if (fresh == 0) return {};
    if (!allowed_.take(now)) {
        ++counts_.suppressed;
        return {};
    }
    const auto oldest = (now - window).time_since_epoch().count();
    looked_until_ = counts_.recorded;
    std::vector<flight_entry> told;
    for (std::size_t n = 0; n < std::min(size_, fresh) && last(n).recorded >= oldest; ++n) {
        auto& each = last(n);
        if (each.fate != span_fate::held) continue;
        each.fate = span_fate::promoted;
        told.push_back(entry_of(each));
        told.back().span.attributes.push_back({"mesh.flight.anomaly", std::string(to_string(why))});
    }
    std::reverse(told.begin(), told.end());
    if (!told.empty()) ++counts_.promotions;
    counts_.promoted += told.size();
    return told;
}

std::vector<flight_entry> flight_recorder::entries(std::size_t most) const {
    std::vector<flight_entry> all;
    for (std::size_t n = std::min(most, size_); n > 0; --n)
        all.push_back(entry_of(last(n - 1)));
    return all;
}

flight_entry flight_recorder::entry_of(const slot& from) {
    return {from.span.scope(), from.span.unpack(), from.fate};
}

}  // namespace meshhost::telemetry
