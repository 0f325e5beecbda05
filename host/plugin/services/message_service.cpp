// SPDX-License-Identifier: Apache-2.0
#include "plugin/services/message_service.hpp"

#include <mesh/plugin.h>

#include "message/message_exchange.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::plugin {

using message::status;

static_assert(message::to_wire(status::ok) == MESH_OK);
static_assert(message::to_wire(status::denied) == MESH_E_DENIED);
static_assert(message::to_wire(status::again) == MESH_E_AGAIN);
static_assert(message::to_wire(status::not_found) == MESH_E_NOT_FOUND);
static_assert(message::to_wire(status::timeout) == MESH_E_TIMEOUT);
static_assert(message::to_wire(status::closed) == MESH_E_CLOSED);
static_assert(message::to_wire(status::io) == MESH_E_IO);

/// One port that the instance serves.
class message_service::port final : public message::port_sink {
public:
    port(message_service& owner, std::uint64_t number, std::string name)
        : owner_(owner)
        , number_(number)
        , name_(std::move(name)) {}

    bool on_arrival(message::arrival& what) override { return owner_.arrive(*this, what); }

    std::uint64_t number() const noexcept { return number_; }
    const std::string& name() const noexcept { return name_; }

    std::size_t questions = 0;  ///< without an answer

private:
    message_service& owner_;
    std::uint64_t number_;
    std::string name_;
};

message_service::message_service(
    message::message_exchange* exchange,
    const permission_check& allows,
    downlink& to
)
    : exchange_(exchange)
    , allows_(allows)
    , to_(to) {}

message_service::~message_service() {
    if (exchange_ == nullptr) return;
    for (const auto& [number, each] : ports_)
        exchange_->close(each->name(), *each);
    for (const auto& [number, each] : std::exchange(asked_, {}))
        each->abandon();
    for (const auto& [number, each] : std::exchange(questions_, {}))
        each.asked->answer(message::to_wire(status::closed), as_bytes("the role has stopped"));
}

// --- ports ---

void message_service::take(proto::up::port_opened&& opened) {
    const bool is_sound = exchange_ != nullptr && message::is_port_name(opened.port)
                          && ports_.size() < proto::message_ports_max
                          && !ports_.contains(opened.number)
                          && allows_("message:serve:" + opened.port);
    if (!is_sound) return;
    auto made = std::make_unique<port>(*this, opened.number, std::move(opened.port));
    exchange_->open(made->name(), *made);
    ports_.emplace(opened.number, std::move(made));
}

/// What arrived before may still be answered.
void message_service::take(proto::up::port_closed&& closed) {
    const auto at = ports_.find(closed.number);
    if (at == ports_.end()) return;
    exchange_->close(at->second->name(), *at->second);
    ports_.erase(at);
}

void message_service::take(proto::up::port_taken&& taken) {
    window_.taken(taken.messages, taken.bytes);
}

bool message_service::arrive(port& at, message::arrival& what) {
    if (!window_.has_room()) return false;
    std::uint64_t number = 0;
    if (what.asked != nullptr) {
        const bool is_busy = at.questions >= proto::requests_of_port_max
                             || questions_.size() >= proto::requests_heard_max;
        if (is_busy) return false;
        number = ++last_question_;
        what.asked->watch([this, number] { withdraw(number); });
        questions_.emplace(number, question{what.asked, at.number()});
        ++at.questions;
    }
    window_.sent(what.body.size());
    to_.send(proto::down::message_heard{at.number(), number, what.from, std::move(what.body)});
    return true;
}

void message_service::withdraw(std::uint64_t number) {
    end_question(number);
    to_.send(proto::down::request_withdrawn{number});
}

void message_service::end_question(std::uint64_t number) {
    const auto at = questions_.find(number);
    if (at == questions_.end()) return;
    const auto behind = ports_.find(at->second.port);
    if (behind != ports_.end()) --behind->second->questions;
    questions_.erase(at);
}

void message_service::take(proto::up::request_answered&& answered) {
    const auto at = questions_.find(answered.number);
    if (at == questions_.end()) return;
    const auto asked = at->second.asked;
    end_question(answered.number);
    if (answered.body.size() > message::body_max)  // an instance's process gone mad
        return asked->answer(message::to_wire(status::io), {});
    asked->answer(answered.status, answered.body);
}

// --- what the instance sends ---

void message_service::take(proto::up::message_said&& said) {
    const bool is_sound = exchange_ != nullptr && message::is_port_name(said.port)
                          && said.body.size() <= message::body_max
                          && allows_("message:send:" + said.port);
    if (is_sound) exchange_->notify(said.to, said.port, std::move(said.body));
}

void message_service::take(proto::up::request_made&& made) {
    const bool is_sound = exchange_ != nullptr && message::is_port_name(made.port)
                          && made.body.size() <= message::body_max
                          && made.timeout > duration::zero() && made.timeout <= message::timeout_max
                          && asked_.size() < proto::requests_made_max
                          && !asked_.contains(made.number) && allows_("message:send:" + made.port);
    if (!is_sound) {
        to_.send(proto::down::reply_heard{made.number, MESH_E_INVALID, {}});
        return;
    }
    message::reply_sink& self = *this;
    auto asked =
        exchange_
            ->request(made.to, made.port, std::move(made.body), made.timeout, self, made.number);
    asked_.emplace(made.number, std::move(asked));
}

/// Its answer says so; if another one is on its way, that one counts.
void message_service::take(proto::up::request_given_up&& given_up) {
    const auto at = asked_.find(given_up.number);
    if (at == asked_.end()) return;
    const auto asked = at->second;
    asked->fail(status::closed, "cancelled");
}

void message_service::on_reply(std::uint64_t number, std::int32_t code, bytes_view body) {
    asked_.erase(number);
    to_.send(proto::down::reply_heard{number, code, byte_buffer(body.begin(), body.end())});
}

}  // namespace meshhost::plugin
