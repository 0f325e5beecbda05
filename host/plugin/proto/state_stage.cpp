// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/state_stage.hpp"

#include <utility>

namespace meshhost::plugin::proto {

namespace {

std::size_t size_of(std::string_view key, const state_write& write) noexcept {
    return key.size() + (write ? write->size() : 0);
}

std::optional<std::string> first_in(const state_batch& batch, std::string_view from, bool after) {
    const auto found = after ? batch.upper_bound(from) : batch.lower_bound(from);
    if (found == batch.end()) return std::nullopt;
    return found->first;
}

}  // namespace

void state_stage::write(std::string_view key, state_write value) {
    const auto found = staged_.find(key);
    staged_bytes_ += size_of(key, value);
    if (found == staged_.end()) {
        staged_.emplace(std::string(key), std::move(value));
        return;
    }
    staged_bytes_ -= size_of(key, found->second);
    found->second = std::move(value);
}

const state_write* state_stage::find(std::string_view key) const {
    if (const auto found = staged_.find(key); found != staged_.end()) return &found->second;
    for (auto batch = sealed_.rbegin(); batch != sealed_.rend(); ++batch) {
        if (const auto found = (*batch)->find(key); found != (*batch)->end()) return &found->second;
    }
    return nullptr;
}

std::optional<std::string> state_stage::next_key(std::string_view from, bool after) const {
    auto least = first_in(staged_, from, after);
    for (const auto& batch : sealed_) {
        auto other = first_in(*batch, from, after);
        if (other && (!least || *other < *least)) least = std::move(other);
    }
    return least;
}

state_batch_ptr state_stage::seal() {
    sealed_.push_back(std::make_shared<const state_batch>(std::exchange(staged_, {})));
    staged_bytes_ = 0;
    return sealed_.back();
}

void state_stage::settle() {
    if (!sealed_.empty()) sealed_.pop_front();
}

}  // namespace meshhost::plugin::proto
