// SPDX-License-Identifier: Apache-2.0
#include "config/problem_list.hpp"

#include "base/quote.hpp"
#include "config/config_loader.hpp"

#include <algorithm>

namespace meshhost::config {

void problem_list::add(text_position at, config_problem problem) {
    if (full()) {
        ++left_out_;
        return;
    }
    layer_.push_back({at, std::move(problem)});
}

void problem_list::end_layer() {
    std::stable_sort(layer_.begin(), layer_.end(), [](const placed& left, const placed& right) {
        return left.at < right.at;
    });
    for (placed& next : layer_)
        listed_.push_back(std::move(next.problem));
    layer_.clear();
}

bool problem_list::full() const noexcept {
    return listed_.size() + layer_.size() >= config_problems_max;
}

config_problems problem_list::take() && {
    end_layer();
    if (left_out_ > 0) {
        config_problem rest;
        rest.where = "...";
        rest.message = std::to_string(left_out_) + " more problems";
        listed_.push_back(std::move(rest));
    }
    return std::move(listed_);
}

std::string as_given(std::string_view text) {
    constexpr std::size_t length_max = 200;
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (printable && text.size() <= length_max) return std::string(text);
    return in_quotes(text, length_max);
}

}  // namespace meshhost::config
