// SPDX-License-Identifier: Apache-2.0
#include "message/message_exchange.hpp"

#include "base/assert.hpp"
#include "message/proof.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::message {

namespace {

/// Idle connections and late streams are looked for this often, while there are any.
constexpr duration look_interval = 1s;
/// The asker's own clock ends a request; who asks and goes on waiting is not served for ever.
constexpr duration answer_grace = 2s;

std::string_view words_of(status why) noexcept {
    switch (why) {
    case status::not_found:
        return "no role serves that port";
    case status::again:
        return "too many requests are under way";
    case status::timeout:
        return "there was no answer in time";
    case status::denied:
        return "the other host does not count this one as a member of its mesh";
    case status::closed:
        return "nobody waits for it any more";
    default:
        return "the other host cannot be reached";
    }
}

status why_ended(const transport::close_reason& reason) noexcept {
    if (reason.cause != transport::close_cause::closed_by_peer) return status::io;
    if (reason.code == to_wire(close_code::not_admitted)) return status::denied;
    if (reason.code == to_wire(close_code::too_many)) return status::again;
    return status::io;
}

}  // namespace

/// A request of this host's to itself. The role that is asked holds it.
class message_exchange::local_request final : public asked_request {
public:
    explicit local_request(std::weak_ptr<outgoing> from)
        : from_(std::move(from)) {}

    void answer(std::int32_t code, bytes_view body) override {
        forget_watcher();
        if (const auto from = from_.lock()) from->finish(code, body);
    }
    void end() { tell_gone(); }

private:
    std::weak_ptr<outgoing> from_;
};

message_exchange::message_exchange(
    net::shard& shard,
    transport::endpoint& endpoint,
    member_check is_member,
    address_finder find,
    exchange_options options
)
    : shard_(shard)
    , endpoint_(endpoint)
    , is_member_(std::move(is_member))
    , find_(std::move(find))
    , options_(std::move(options))
    , timer_(shard, *this)
    , route_(
          endpoint.router(),
          std::string(message_alpn),
          [this](std::shared_ptr<transport::connection> incoming) { accept(std::move(incoming)); }
      ) {}

message_exchange::~message_exchange() {
    for (const auto& [key, sent] : std::exchange(sent_, {})) {
        sent->detach();
        sent->abandon();
    }
    for (const auto& [peer, line] : std::exchange(lines_, {})) {
        line->detach();
        line->close();
    }
    for (const auto& [key, session] : std::exchange(sessions_, {})) {
        session->detach();
        session->connection().close(to_wire(close_code::done), "stopping");
    }
}

// --- ports ---

void message_exchange::open(const std::string& port, port_sink& sink) {
    ports_[port].sinks.push_back(&sink);
}

void message_exchange::close(const std::string& port, port_sink& sink) {
    const auto at = ports_.find(port);
    if (at == ports_.end()) return;
    const auto gone = std::find(at->second.sinks.begin(), at->second.sinks.end(), &sink);
    if (gone != at->second.sinks.end()) at->second.sinks.erase(gone);
    if (at->second.sinks.empty()) ports_.erase(at);
}

status message_exchange::deliver(arrival& what) {
    ++counters_.arrivals;
    const auto at = ports_.find(what.port);
    if (at == ports_.end()) return status::not_found;
    served_port& port = at->second;
    for (std::size_t tried = 0; tried < port.sinks.size(); ++tried) {
        port.next = (port.next + 1) % port.sinks.size();
        if (port.sinks[port.next]->on_arrival(what)) return status::ok;
    }
    return status::again;
}

// --- what this host sends ---

std::shared_ptr<outgoing> message_exchange::make_outgoing(
    const identity::endpoint_id& to,
    byte_buffer frame,
    duration timeout,
    reply_sink* sink,
    std::uint64_t number
) {
    outgoing_owner& self = *this;
    const auto made = std::make_shared<
        outgoing>(self, to, std::move(frame), shard_.now() + timeout, sink, number, ++last_key_);
    sent_.emplace(std::pair(made->deadline(), made->key()), made);
    return made;
}

std::shared_ptr<outgoing> message_exchange::request(
    const identity::endpoint_id& to,
    const std::string& port,
    byte_buffer body,
    duration timeout,
    reply_sink& sink,
    std::uint64_t number
) {
    MH_ASSERT(timeout > duration::zero() && timeout <= timeout_max, "checked where it was said");
    ++counters_.requests;
    const bool is_here = to == endpoint_.id();
    const auto secret = make_proof(options_.mesh_secret, endpoint_.id(), to);
    auto frame = is_here ? byte_buffer() : encode(port, timeout, secret, body);
    const auto made = make_outgoing(to, std::move(frame), timeout, &sink, number);
    if (is_here) {
        ask_here(made, port, std::move(body));
    } else if (const status why = dispatch(made); why != status::ok) {
        fail_later(made, why, std::string(words_of(why)));
    }
    arm();
    return made;
}

void message_exchange::notify(
    const identity::endpoint_id& to,
    const std::string& port,
    byte_buffer body
) {
    ++counters_.notices;
    if (to == endpoint_.id()) {
        arrival what{to, port, std::move(body), nullptr};
        deliver(what);
        return;
    }
    const auto secret = make_proof(options_.mesh_secret, endpoint_.id(), to);
    const auto made = make_outgoing(
        to,
        encode(port, duration::zero(), secret, body),
        options_.limits.notice_timeout,
        nullptr,
        0
    );
    if (dispatch(made) != status::ok) made->abandon();
    arm();
}

status message_exchange::dispatch(const std::shared_ptr<outgoing>& sent) {
    auto at = lines_.find(sent->to());
    if (at == lines_.end()) {
        if (lines_.size() >= options_.limits.lines_max) return status::again;
        peer_line_owner& self = *this;
        const auto made =
            std::make_shared<peer_line>(self, options_.limits.line_streams_max, shard_.now());
        made->attach(endpoint_.connect(find_(sent->to()), message_alpn, made));
        at = lines_.emplace(sent->to(), made).first;
    }
    if (at->second->size() >= options_.limits.line_sent_max) return status::again;
    const auto line = at->second;
    line->add(sent);
    return status::ok;
}

void message_exchange::ask_here(
    const std::shared_ptr<outgoing>& sent,
    const std::string& port,
    byte_buffer body
) {
    if (local_ >= options_.limits.local_max)
        return fail_later(sent, status::again, std::string(words_of(status::again)));
    ++local_;
    const auto asked = std::make_shared<local_request>(sent);
    sent->make_local([asked] { asked->end(); });
    arrival what{endpoint_.id(), port, std::move(body), asked};
    if (const status why = deliver(what); why != status::ok)
        fail_later(sent, why, std::string(words_of(why)));
}

/// By then the exchange may be gone, which the request survives.
void message_exchange::fail_later(
    const std::shared_ptr<outgoing>& sent,
    status why,
    std::string words
) {
    shard_.post([sent, why, words = std::move(words)] { sent->fail(why, words); });
}

void message_exchange::on_done(outgoing& done) {
    const auto at = sent_.find(std::pair(done.deadline(), done.key()));
    if (at != sent_.end()) {
        const auto keep = at->second;
        sent_.erase(at);
        if (done.is_local()) --local_;
    }
    const auto line = lines_.find(done.to());
    if (line != lines_.end()) {
        const auto keep = line->second;
        keep->remove(done, shard_.now());
    }
    arm();
}

void message_exchange::on_line_ended(peer_line& ended, const transport::close_reason& why) {
    const auto at = std::find_if(lines_.begin(), lines_.end(), [&](const auto& each) {
        return each.second.get() == &ended;
    });
    if (at == lines_.end()) return;
    const auto keep = at->second;
    lines_.erase(at);  // a sink may ask again: over a new connection
    keep->detach();
    const status code = why_ended(why);
    for (const auto& sent : keep->take_all())
        sent->fail(code, words_of(code));
    arm();
}

// --- what others send ---

void message_exchange::accept(std::shared_ptr<transport::connection> incoming) {
    const auto peer = incoming->remote_id();
    if (!is_member_(peer)) {
        log_refusal(peer, "not a member");
        return incoming->close(to_wire(close_code::not_admitted), "not a member of this mesh");
    }
    const auto of_peer = std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& each) {
        return each.second->peer() == peer;
    });
    const auto& limits = options_.limits;
    if (sessions_.size() >= limits.sessions_max
        || static_cast<std::size_t>(of_peer) >= limits.sessions_per_peer_max) {
        log_refusal(peer, "too many connections");
        return incoming->close(to_wire(close_code::too_many), "too many connections");
    }
    peer_session_owner& self = *this;
    const auto made = std::make_shared<peer_session>(self, incoming, shard_.now());
    sessions_.emplace(incoming.get(), made);
    incoming->set_handler(made);
    arm();
}

void message_exchange::on_session_stream(
    peer_session& from,
    std::shared_ptr<transport::stream> opened
) {
    const auto& limits = options_.limits;
    if (streams() < limits.streams_max && streams_of(from.peer()) < limits.streams_per_peer_max)
        return from.add(std::move(opened), limits.frame_timeout, shard_.now());
    log_refusal(from.peer(), "too many streams");
    if (opened->is_bidi()) opened->reset(to_wire(close_code::too_many));
    opened->stop(to_wire(close_code::too_many));
}

/// Membership may have ended since the connection began.
void message_exchange::on_session_asked(
    peer_session& from,
    const std::shared_ptr<incoming>& asked,
    asked_frame frame
) {
    const auto refuse = [&](status why) { asked->answer(to_wire(why), as_bytes(words_of(why))); };
    const auto& peer = from.peer();
    if (!is_member_(peer) || !is_proof(frame.secret, options_.mesh_secret, peer, endpoint_.id())) {
        log_refusal(peer, "no member, or without the mesh's secret");
        return refuse(status::denied);
    }
    const bool is_notice = asked->is_notice();
    if (!is_notice) asked->await_answer_until(shard_.now() + frame.timeout + answer_grace);
    arrival what{peer, std::move(frame.port), std::move(frame.body), nullptr};
    if (!is_notice) what.asked = asked;
    if (const status why = deliver(what); why != status::ok) refuse(why);
}

void message_exchange::on_session_ended(peer_session& ended) {
    const auto keep = sessions_.extract(&ended.connection());
    ended.detach();
    arm();
}

std::size_t message_exchange::streams() const {
    std::size_t count = 0;
    for (const auto& [key, session] : sessions_)
        count += session->streams();
    return count;
}

std::size_t message_exchange::streams_of(const identity::endpoint_id& peer) const {
    std::size_t count = 0;
    for (const auto& [key, session] : sessions_)
        if (session->peer() == peer) count += session->streams();
    return count;
}

void message_exchange::log_refusal(const identity::endpoint_id& peer, std::string_view why) {
    ++counters_.refused;
    options_.log.log(
        log_budget_.spend(log_level::info, shard_.now()),
        "refused peer={} reason=\"{}\"",
        peer.short_text(),
        why
    );
}

// --- time ---

void message_exchange::on_deadline(time_point now) {
    std::vector<std::shared_ptr<outgoing>> late;
    for (auto at = sent_.begin(); at != sent_.end() && at->first.first <= now; ++at)
        late.push_back(at->second);
    for (const auto& each : late)
        each->fail(status::timeout, words_of(status::timeout));
    if (now >= next_look_) {
        next_look_ = no_deadline;
        end_idle_lines(now);
        const auto all = sessions_;
        for (const auto& [key, session] : all)
            session->check(now, options_.limits.session_idle_timeout);
    }
    arm();
}

void message_exchange::end_idle_lines(time_point now) {
    std::vector<line_ptr> idle;
    for (const auto& [peer, line] : lines_)
        if (line->is_idle_since(now - options_.limits.line_linger)) idle.push_back(line);
    for (const auto& line : idle) {
        std::erase_if(lines_, [&](const auto& each) { return each.second == line; });
        line->detach();
        line->close();
    }
}

void message_exchange::arm() {
    if (lines_.empty() && sessions_.empty())
        next_look_ = no_deadline;
    else if (next_look_ == no_deadline)
        next_look_ = shard_.now() + look_interval;
    timer_.arm(sent_.empty() ? next_look_ : std::min(next_look_, sent_.begin()->first.first));
}

exchange_probe message_exchange::measure() const {
    exchange_probe figures = counters_;
    figures.lines = lines_.size();
    figures.sent = sent_.size();
    figures.sessions = sessions_.size();
    figures.streams = streams();
    figures.ports = ports_.size();
    return figures;
}

std::vector<const transport::connection*> message_exchange::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& [peer, line] : lines_)
        all.push_back(line->connection());
    for (const auto& [connection, session] : sessions_)
        all.push_back(connection);
    return all;
}

}  // namespace meshhost::message
