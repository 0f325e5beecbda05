// SPDX-License-Identifier: Apache-2.0
#pragma once
// How new what the hosts of a mesh know of each other is.
#include "lab/model/lab_record.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace meshhost::lab {

struct freshness {
    /// How many records each is behind the newest that anybody has of the same host, on average
    /// and at worst.
    double lag_mean = 0;
    double lag_max = 0;
    /// From when a host was told to drain until the last other saw it so; the median of a few.
    /// nullopt: the host cannot be told, or somebody never saw it.
    std::optional<double> news_ms;
};

freshness measure_freshness(const model::lab_record& lab);

boost::json::object to_json(const freshness& fresh);

}  // namespace meshhost::lab
