// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/message_port.hpp"

namespace meshhost::plugin::proto {

bool message_port::serves(std::string_view port) {
    bool found = false;
    ports_.for_each([&](handle, const served_port& each) { found = found || each.port == port; });
    return found;
}

std::optional<std::uint64_t> message_port::settle(handle request) {
    const std::uint64_t* const tag = asked_.find(request);
    if (tag == nullptr) return std::nullopt;
    const std::uint64_t copy = *tag;
    asked_.erase(request);
    return copy;
}

std::vector<handle> message_port::unsettled() {
    std::vector<handle> all;
    asked_.for_each([&](handle each, std::uint64_t) { all.push_back(each); });
    return all;
}

handle message_port::arrive(std::uint64_t number) {
    if (by_number_.contains(number)) return 0;
    const handle made = questions_.insert(number);
    if (made != 0) by_number_.emplace(number, made);
    return made;
}

std::optional<std::uint64_t> message_port::number_of(handle question) noexcept {
    const std::uint64_t* const number = questions_.find(question);
    if (number == nullptr) return std::nullopt;
    return *number;
}

bool message_port::answer(handle question) noexcept {
    const std::uint64_t* const number = questions_.find(question);
    if (number == nullptr) return false;
    by_number_.erase(*number);
    return questions_.erase(question);
}

void message_port::withdraw(std::uint64_t number) noexcept {
    const auto found = by_number_.find(number);
    if (found != by_number_.end()) answer(found->second);
}

std::vector<held_tag> message_port::held() {
    std::vector<held_tag> all;
    ports_.for_each([&](handle each, const served_port& port) {
        all.push_back({each, handle_kind::message_port, port.tag});
    });
    asked_.for_each([&](handle each, std::uint64_t tag) {
        all.push_back({each, handle_kind::message_request, tag});
    });
    return all;
}

void message_port::set_tag(handle of, std::uint64_t tag) noexcept {
    if (served_port* const port = ports_.find(of)) port->tag = tag;
    if (std::uint64_t* const asked = asked_.find(of)) *asked = tag;
}

void message_port::clear() noexcept {
    ports_.clear();
    asked_.clear();
    questions_.clear();
    by_number_.clear();
}

}  // namespace meshhost::plugin::proto
