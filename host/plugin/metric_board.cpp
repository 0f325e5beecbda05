// SPDX-License-Identifier: Apache-2.0
#include "plugin/metric_board.hpp"

#include "plugin/attributes.hpp"
#include "plugin/proto/plain_text.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace meshhost::plugin {

using proto::call_error;
using proto::call_result;
using telemetry::metric_kind;

/// One set of attributes. Made once, then only its numbers change.
struct metric_board::cell {
    cell(std::uint64_t of, std::vector<telemetry::attribute> with, std::size_t bucket_count)
        : hash(of)
        , attributes(std::move(with))
        , buckets(bucket_count) {}

    const std::uint64_t hash;
    const std::vector<telemetry::attribute> attributes;
    std::atomic<double> value = 0;
    std::atomic<std::uint64_t> count = 0;
    std::vector<std::atomic<std::uint64_t>> buckets;
};

struct metric_board::instrument {
    static constexpr std::size_t slots = 4 * proto::attribute_sets_max;  // never a quarter full

    std::string name;
    std::string unit;
    std::string description;
    metric_kind kind = metric_kind::counter;
    std::vector<double> bounds;
    std::size_t bucket_count = 0;
    std::array<std::atomic<cell*>, slots> table{};
    std::vector<std::unique_ptr<cell>> cells;  ///< in the order of making
    std::unique_ptr<cell> overflow;
};

namespace {

/// OpenTelemetry's own, for a histogram that names none.
constexpr std::array<double, 15>
    usual_bounds{0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000};

std::string text_of(const char* text, std::size_t size_max) {
    if (text == nullptr) return {};
    return proto::plain_text({text, ::strnlen(text, proto::text_max)}, size_max);
}

bool is_name(const std::string& name) noexcept {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_other = [](char c) {
        return (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == '/';
    };
    return !name.empty() && name.size() <= proto::metric_name_max && is_letter(name.front())
           && std::all_of(name.begin(), name.end(), [&](char c) {
                  return is_letter(c) || is_other(c);
              });
}

call_result<std::vector<double>> bounds_of(const mesh_instrument& wanted) {
    if (wanted.kind != MESH_METRIC_HISTOGRAM) return std::vector<double>();
    if (wanted.bounds == nullptr || wanted.bound_count == 0)
        return std::vector<double>(usual_bounds.begin(), usual_bounds.end());
    if (wanted.bound_count > proto::metric_bounds_max) {
        return call_error{
            MESH_E_INVALID,
            fmt::format("a histogram has at most {} bounds", proto::metric_bounds_max)};
    }
    std::vector<double> bounds(wanted.bounds, wanted.bounds + wanted.bound_count);
    const bool is_finite =
        std::all_of(bounds.begin(), bounds.end(), [](double each) { return std::isfinite(each); });
    if (!is_finite
        || std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>())
               != bounds.end()) {
        return call_error{MESH_E_INVALID, "the bounds of a histogram rise"};
    }
    return bounds;
}

constexpr proto::handle handle_of(std::size_t index) noexcept {
    return static_cast<proto::handle>(proto::handle_kind::metric) << 56 | (index + 1);
}

}  // namespace

metric_board::metric_board()
    : started_(wall_now()) {}

metric_board::~metric_board() = default;

call_result<proto::handle> metric_board::create(const mesh_instrument& wanted) {
    constexpr std::size_t size_min =
        offsetof(mesh_instrument, bound_count) + sizeof(mesh_instrument::bound_count);
    if (wanted.struct_size < size_min) {
        return call_error{MESH_E_INVALID, "struct_size is not set"};
    }
    if (wanted.kind < MESH_METRIC_COUNTER || wanted.kind > MESH_METRIC_HISTOGRAM) {
        return call_error{MESH_E_UNSUPPORTED, "no such kind of instrument"};
    }
    std::string name = text_of(wanted.name, proto::metric_name_max + 1);
    if (!is_name(name)) {
        return call_error{MESH_E_INVALID, "an instrument's name is [A-Za-z][A-Za-z0-9_.-/]{0,62}"};
    }
    auto bounds = bounds_of(wanted);
    if (!bounds) return bounds.error();
    const auto kind = static_cast<metric_kind>(wanted.kind);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < size_; ++i) {
        if (instruments_[i]->name != name) continue;
        if (instruments_[i]->kind == kind) return proto::succeed(handle_of(i));
        return call_error{
            MESH_E_EXISTS,
            fmt::format("{} is a {}", name, telemetry::to_string(instruments_[i]->kind))};
    }
    if (size_ == instruments_.size()) {
        return call_error{
            MESH_E_BUDGET,
            fmt::format("an instance has at most {} instruments", instruments_.size())};
    }
    auto made = std::make_unique<instrument>();
    made->name = std::move(name);
    made->unit = text_of(wanted.unit, proto::metric_unit_max);
    made->description = text_of(wanted.doc, proto::metric_text_max);
    made->kind = kind;
    made->bounds = std::move(*bounds);
    made->bucket_count = kind == metric_kind::histogram ? made->bounds.size() + 1 : 0;
    made->overflow =
        std::make_unique<cell>(0, std::vector<telemetry::attribute>(), made->bucket_count);
    instruments_[size_] = std::move(made);
    return proto::succeed(handle_of(size_++));
}

metric_board::instrument* metric_board::find(proto::handle handle) const noexcept {
    const std::size_t index = handle - handle_of(0);  // a foreign one is far out of range
    return index < size_ ? instruments_[index].get() : nullptr;
}

void metric_board::record(
    proto::handle handle,
    double value,
    std::span<const mesh_attr> attributes
) {
    instrument* const in = find(handle);
    const bool is_less = value < 0 && in != nullptr && in->kind == metric_kind::counter;
    if (in == nullptr || !std::isfinite(value) || is_less) {
        rejected_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    cell& to = cell_of(*in, attributes);
    if (in->kind == metric_kind::gauge) {
        to.value.store(value, std::memory_order_relaxed);
    } else {
        to.value.fetch_add(value, std::memory_order_relaxed);
    }
    if (in->kind == metric_kind::histogram) {
        const auto found = std::lower_bound(in->bounds.begin(), in->bounds.end(), value);
        const auto bucket = static_cast<std::size_t>(found - in->bounds.begin());
        to.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
    }
    to.count.fetch_add(1, std::memory_order_relaxed);
}

metric_board::cell& metric_board::cell_of(instrument& in, std::span<const mesh_attr> attributes) {
    const std::uint64_t hash = hash_of(attributes);
    for (std::size_t i = 0; i < instrument::slots; ++i) {
        cell* const held = in.table[(hash + i) % instrument::slots].load(std::memory_order_acquire);
        if (held == nullptr) return add_cell(in, hash, attributes);
        if (held->hash == hash) return *held;
    }
    return *in.overflow;
}

/// The first time that this set is used, or would be.
metric_board::cell& metric_board::add_cell(
    instrument& in,
    std::uint64_t hash,
    std::span<const mesh_attr> attributes
) {
    const std::lock_guard lock(mutex_);
    std::size_t slot = hash % instrument::slots;
    for (; cell* const held = in.table[slot].load(); slot = (slot + 1) % instrument::slots) {
        if (held->hash == hash) return *held;  // another thread was faster
    }
    if (in.cells.size() == proto::attribute_sets_max || cells_ == proto::attribute_sets_all_max) {
        return *in.overflow;
    }
    auto read = read_attributes(attributes, proto::metric_attributes_max);
    in.cells.push_back(std::make_unique<cell>(hash, std::move(read), in.bucket_count));
    ++cells_;
    in.table[slot].store(in.cells.back().get(), std::memory_order_release);
    return *in.cells.back();
}

telemetry::metrics_snapshot metric_board::snapshot(duration now) const {
    telemetry::metrics_snapshot all;
    all.started = started_;
    all.taken = now;
    all.rejected = rejected_;
    const std::size_t count = size_;
    const auto add = [](telemetry::metric& to, const cell& from) {
        telemetry::metric_point point;
        point.attributes = from.attributes;
        point.value = from.value.load(std::memory_order_relaxed);
        point.count = from.count.load(std::memory_order_relaxed);
        for (const auto& each : from.buckets)
            point.buckets.push_back(each.load(std::memory_order_relaxed));
        to.points.push_back(std::move(point));
    };
    for (std::size_t i = 0; i < count; ++i) {
        const instrument& in = *instruments_[i];
        telemetry::metric shown{in.name, in.unit, in.description, in.kind, in.bounds, {}};
        for (const auto& slot : in.table) {
            if (const cell* const held = slot.load(std::memory_order_acquire)) add(shown, *held);
        }
        if (in.overflow->count.load(std::memory_order_relaxed) > 0) {
            add(shown, *in.overflow);
            shown.points.back().is_overflow = true;
        }
        all.metrics.push_back(std::move(shown));
    }
    return all;
}

}  // namespace meshhost::plugin
