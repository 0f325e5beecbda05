// SPDX-License-Identifier: Apache-2.0
#include "usage/proto/budget.hpp"

#include <algorithm>

namespace meshhost::usage::proto {

namespace {

template <class T>
T tighter_of(T a, T b) {
    if (a == 0 || b == 0) return std::max(a, b);
    return std::min(a, b);
}

}  // namespace

const char* to_string(budget_source source) {
    switch (source) {
    case budget_source::none:
        return "none";
    case budget_source::config:
        return "config";
    case budget_source::cgroup:
        return "cgroup";
    }
    return "none";
}

limits tighter(const limits& a, const limits& b) {
    return {
        tighter_of(a.cpu_millicores, b.cpu_millicores),
        tighter_of(a.memory_bytes, b.memory_bytes)};
}

budget effective_budget(const limits& configured, const limits& cgroup) {
    budget out{configured, budget_source::none};
    if (out.most.cpu_millicores == 0) out.most.cpu_millicores = cgroup.cpu_millicores;
    if (out.most.memory_bytes == 0) out.most.memory_bytes = cgroup.memory_bytes;
    if (configured != limits{})
        out.source = budget_source::config;
    else if (cgroup != limits{})
        out.source = budget_source::cgroup;
    return out;
}

}  // namespace meshhost::usage::proto
