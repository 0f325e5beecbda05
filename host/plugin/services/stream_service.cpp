// SPDX-License-Identifier: Apache-2.0
#include "plugin/services/stream_service.hpp"

#include "gossip/gossip_service.hpp"
#include "net/shard.hpp"
#include "plugin/proto/reserved_alpn.hpp"
#include "plugin/proto/stream_codes.hpp"
#include "transport/endpoint.hpp"

#include <algorithm>

namespace meshhost::plugin {

using namespace proto;

namespace {

/// An instance numbers what it makes itself; one in a process of its own may try to take a number
/// that the host gives out.
bool is_of_host(link_number number) noexcept {
    return (number & host_number) != 0;
}

/// What the plugin is told of an end.
std::pair<std::uint64_t, std::string> explain_end(
    const transport::close_reason& reason,
    const identity::endpoint_id& peer
) {
    using transport::close_cause;
    if (reason.cause == close_cause::closed_by_peer || reason.cause == close_cause::closed_locally)
        return {reason.code, reason.reason};
    return {
        stream_code::lost + static_cast<std::uint64_t>(reason.cause),
        transport::explain(reason, peer).message};
}

}  // namespace

stream_service::stream_service(
    net::shard& shard,
    const mesh_services& mesh,
    downlink& to,
    const grants& granted
)
    : shard_(shard)
    , mesh_(mesh)
    , to_(to)
    , granted_(granted)
    , answer_timer_(shard, *this)
    , self_(std::make_shared<stream_service*>(this)) {}

stream_service::~stream_service() {
    *self_ = nullptr;
    close_all(stream_code::stopped, "the role has stopped");
}

/// Nothing is said of it: the instance is not there to hear it.
void stream_service::close_all(std::uint64_t code, std::string_view reason) {
    listeners_.clear();
    unanswered_.clear();
    answer_timer_.arm(no_deadline);
    while (!connections_.empty()) {
        const connection_ptr last = connections_.begin()->second;
        last->detach();
        last->connection->close(code, reason);
        drop(last->number);
    }
}

/// The instance has asked itself the same; one in a process of its own may not have.
bool stream_service::may_use(const std::string& alpn) const {
    const bool is_one = !alpn.empty() && alpn.size() <= alpn_max;
    return is_one && !is_reserved_alpn(alpn, mesh_.reserved_alpns)
           && granted_.allows("alpn:" + alpn);
}

// --- listeners

void stream_service::take(up::listen_wanted&& said) {
    const auto fail = [&](std::uint64_t code, const char* why) {
        to_.send(down::listen_failed{said.listener, code, why});
    };
    if (!may_use(said.alpn)) return fail(stream_code::misused, "the ALPN is not granted");
    if (mesh_.endpoint->router().find(said.alpn) != nullptr) {
        return fail(stream_code::taken, "another role of this host listens on that ALPN");
    }
    if (is_of_host(said.listener) || listeners_.contains(said.listener))
        return fail(stream_code::misused, "its number is taken");
    if (listeners_.size() >= listeners_max) {
        return fail(stream_code::too_many, "too many listeners");
    }
    const link_number number = said.listener;
    listener& made = listeners_[number];
    made.terms = std::move(said);
    made.route = std::make_unique<transport::accept_route>(
        mesh_.endpoint->router(),
        made.terms.alpn,
        [this, &made](std::shared_ptr<transport::connection> incoming) {
            accept(made, std::move(incoming));
        }
    );
}

void stream_service::take(up::listen_over&& said) {
    listeners_.erase(said.listener);
}

/// One that is not taken over here is refused by the transport.
void stream_service::accept(listener& at, std::shared_ptr<transport::connection> incoming) {
    const bool is_full =
        connections_.size() >= connections_max || at.connections >= at.terms.connections_max;
    if (is_full || is_draining_) return;
    const auto made = std::make_shared<held_connection>(
        static_cast<held_connection_owner&>(*this),
        ++last_number_,
        at.terms.listener,
        std::min(at.terms.streams_max, connection_streams_max),
        at.terms.window
    );
    made->connection = incoming;
    incoming->set_handler(made);
    ++at.connections;
    connections_.emplace(made->number, made);
    if (unanswered_.empty()) answer_timer_.arm(shard_.now() + connection_answer_limit);
    unanswered_.emplace_back(shard_.now() + connection_answer_limit, made->number);
    to_.send(down::connection_offered{made->number, at.terms.listener, incoming->remote_id()});
}

void stream_service::on_deadline(time_point now) {
    while (!unanswered_.empty()) {
        const auto [due, number] = unanswered_.front();
        held_connection* const found = find_connection(number);
        const bool is_waiting = found != nullptr && !found->is_answered && !found->is_closing;
        if (is_waiting && due > now) return answer_timer_.arm(due);
        unanswered_.pop_front();
        if (!is_waiting) continue;
        found->is_closing = true;
        found->connection->close(stream_code::unanswered, "the role did not answer in time");
    }
}

// --- connections

void stream_service::take(up::dial_wanted&& said) {
    const auto fail = [&](std::uint64_t code, const char* why) {
        to_.send(down::connection_lost{said.connection, code, why});
    };
    if (is_of_host(said.connection) || connections_.contains(said.connection)) return;
    if (!may_use(said.alpn)) return fail(stream_code::misused, "the ALPN is not granted");
    if (connections_.size() >= connections_max) {
        return fail(stream_code::too_many, "too many connections");
    }
    identity::endpoint_addr to{said.to, {}, {}};
    if (mesh_.address_of)
        to = mesh_.address_of(said.to);
    else if (mesh_.gossip != nullptr)
        to = mesh_.gossip->address_of(said.to);
    const auto made = std::make_shared<held_connection>(
        static_cast<held_connection_owner&>(*this),
        said.connection,
        0,
        connection_streams_default,
        stream_window_default
    );
    connections_.emplace(made->number, made);
    made->connection = mesh_.endpoint->connect(to, said.alpn, made);
}

void stream_service::on_connection_up(held_connection& connection) {
    connection.is_answered = true;
    if (!connection.is_closing) to_.send(down::connection_made{connection.number});
}

void stream_service::take(up::connection_accepted&& said) {
    held_connection* const found = find_connection(said.connection);
    if (found == nullptr || found->is_answered || found->is_closing) return;
    found->is_answered = true;
    for (const stream_ptr& each : streams_of(said.connection)) {
        if (each->is_done()) continue;
        announce(*each);
        on_stream_dirty(*each);
    }
}

void stream_service::take(up::connection_closed&& said) {
    held_connection* const found = find_connection(said.connection);
    if (found == nullptr || found->is_closing) return;
    found->is_closing = true;
    said.reason.resize(std::min(said.reason.size(), close_words_max));
    found->connection->close(std::min(said.code, stream_code::max), said.reason);
}

void stream_service::on_connection_closed(
    held_connection& connection,
    const transport::close_reason& reason
) {
    // What came before the end is the plugin's, as far as there is room for it.
    for (const stream_ptr& each : streams_of(connection.number)) {
        if (connection.is_answered && !connection.is_closing) each->push();
    }
    auto [code, words] = explain_end(reason, connection.connection->remote_id());
    const link_number number = connection.number;
    drop(number);  // and with it `connection`, unless the transport has it still
    to_.send(down::connection_lost{number, code, std::move(words)});
}

void stream_service::drop(link_number number) {
    const auto found = connections_.find(number);
    if (found == connections_.end()) return;
    for (auto each = streams_.begin(); each != streams_.end();) {
        const auto next = std::next(each);
        if (each->second->connection() == number) drop_stream(each);
        each = next;
    }
    if (const auto at = listeners_.find(found->second->listener); at != listeners_.end())
        --at->second.connections;
    found->second->detach();
    connections_.erase(found);
}

// --- streams

void stream_service::take(up::stream_wanted&& said) {
    held_connection* const over = find_connection(said.connection);
    const bool is_free = !is_of_host(said.stream) && !streams_.contains(said.stream);
    if (over == nullptr || over->is_closing || !is_free) return;
    if (streams_.size() >= streams_max || over->streams >= connection_streams_max) {
        return to_.send(down::stream_ended{said.stream, true, stream_code::too_many});
    }
    held_stream_owner& self = *this;
    streams_[said.stream] = std::make_shared<held_stream>(
        self,
        said.stream,
        said.connection,
        said.is_bidi,
        over->window
    );
    ++over->streams;
    over->unopened.push_back(said.stream);
    open_waiting(*over);
}

/// In order; bidirectional ones do not wait for the others.
void stream_service::open_waiting(held_connection& connection) {
    bool has_room[2] = {true, true};
    std::erase_if(connection.unopened, [&](link_number number) {
        const auto found = streams_.find(number);
        if (found == streams_.end() || found->second->is_done()) return true;
        const stream_ptr& waiting = found->second;
        bool& room = has_room[waiting->is_bidi() ? 1 : 0];
        if (!room) return false;
        auto opened = waiting->is_bidi() ? connection.connection->open_bidi(waiting)
                                         : connection.connection->open_uni(waiting);
        room = opened != nullptr;
        if (room) waiting->open(std::move(opened), true);
        return room;
    });
}

/// Without a handler the transport resets it.
void stream_service::on_connection_stream(
    held_connection& connection,
    std::shared_ptr<transport::stream> opened
) {
    if (connection.is_closing) return;
    if (streams_.size() >= streams_max || connection.streams >= connection.streams_max) {
        opened->reset(stream_code::too_many);
        opened->stop(stream_code::too_many);
        return;
    }
    const auto made = std::make_shared<held_stream>(
        static_cast<held_stream_owner&>(*this),
        ++last_number_,
        connection.number,
        opened->is_bidi(),
        connection.window
    );
    streams_.emplace(made->number(), made);
    ++connection.streams;
    opened->set_handler(made);
    made->open(std::move(opened), false);
    if (connection.is_answered) announce(*made);
}

void stream_service::announce(const held_stream& stream) {
    to_.send(down::stream_offered{stream.number(), stream.connection(), stream.is_bidi()});
}

void stream_service::on_connection_room(held_connection& connection) {
    open_waiting(connection);
    for (const stream_ptr& each : streams_of(connection.number))
        each->pump();
}

void stream_service::take(up::stream_written&& said) {
    if (held_stream* const to = find_stream(said.stream))
        to->write(std::move(said.data), said.is_last);
}

void stream_service::take(up::stream_taken&& said) {
    if (held_stream* const from = find_stream(said.stream)) from->take(said.bytes);
}

void stream_service::take(up::stream_given_up&& said) {
    if (held_stream* const of = find_stream(said.stream)) of->give_up(said.side, said.code);
}

void stream_service::take(up::streams_over&&) {
    close_all(stream_code::stopped, "the role has stopped");
}

/// What is too much is taken from the peer that sent most of it, not from who sends next.
bool stream_service::on_stream_received(held_stream& stream, std::size_t bytes) {
    unread_ += bytes;
    while (unread_ > instance_unread_max) {
        held_stream& most = most_unread();
        if (&most == &stream) return false;
        most.break_off(stream_code::unread);
    }
    return true;
}

/// Precondition: something is unread.
held_stream& stream_service::most_unread() {
    std::map<identity::endpoint_id, std::pair<std::size_t, held_stream*>> by_peer;
    for (const auto& [number, stream] : streams_) {
        const held_connection* const on = find_connection(stream->connection());
        if (stream->unread() == 0) continue;
        const bool is_known = on != nullptr && on->connection;
        auto& [sum, largest] =
            by_peer[is_known ? on->connection->remote_id() : identity::endpoint_id()];
        sum += stream->unread();
        if (largest == nullptr || stream->unread() > largest->unread()) largest = stream.get();
    }
    const auto most =
        std::max_element(by_peer.begin(), by_peer.end(), [](const auto& a, const auto& b) {
            return a.second.first < b.second.first;
        });
    return *most->second.second;
}

bool stream_service::on_stream_written(std::size_t bytes) {
    unsent_ += bytes;
    return unsent_ <= instance_unsent_max;
}

/// Once a turn of the loop, so that a stream's packets go down as one piece.
void stream_service::on_stream_dirty(held_stream& stream) {
    dirty_.insert(stream.number());
    if (std::exchange(is_flush_due_, true)) return;
    shard_.post([self = self_] {
        if (*self != nullptr) (*self)->flush();
    });
}

void stream_service::flush() {
    is_flush_due_ = false;
    for (const link_number number : std::exchange(dirty_, {})) {
        const auto found = streams_.find(number);
        if (found == streams_.end()) continue;
        const held_connection* const over = find_connection(found->second->connection());
        const stream_ptr stream = found->second;
        if (over != nullptr && over->is_answered) stream->push();
        if (stream->is_done()) drop_stream(streams_.find(number));
    }
}

void stream_service::drop_stream(std::map<link_number, stream_ptr>::iterator stream) {
    stream->second->detach();
    if (held_connection* const over = find_connection(stream->second->connection()))
        --over->streams;
    streams_.erase(stream);
}

held_connection* stream_service::find_connection(link_number number) {
    const auto found = connections_.find(number);
    return found == connections_.end() ? nullptr : found->second.get();
}

held_stream* stream_service::find_stream(link_number number) {
    const auto found = streams_.find(number);
    return found == streams_.end() ? nullptr : found->second.get();
}

std::vector<stream_service::stream_ptr> stream_service::streams_of(link_number connection) const {
    std::vector<stream_ptr> all;
    for (const auto& [number, stream] : streams_)
        if (stream->connection() == connection) all.push_back(stream);
    return all;
}

std::vector<const transport::connection*> stream_service::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& [number, held] : connections_)
        all.push_back(held->connection.get());
    return all;
}

std::vector<std::string> stream_service::alpns() const {
    std::vector<std::string> all;
    for (const auto& [number, held] : connections_)
        all.push_back(held->connection->alpn());
    return all;
}

}  // namespace meshhost::plugin
