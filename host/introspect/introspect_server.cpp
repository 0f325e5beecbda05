// SPDX-License-Identifier: Apache-2.0
#include "introspect/introspect_server.hpp"

#include "http/envelope.hpp"
#include "introspect/close_code.hpp"
#include "introspect/proof.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace meshhost::introspect {

namespace {

/// Timeouts are checked this often, while there is a connection.
constexpr duration sweep_interval = 1s;

failure not_permitted(std::string message, std::string hint) {
    return {exit_code::not_permitted, "E_NOT_PERMITTED", std::move(message), std::move(hint)};
}

http::response refusal(const failure& error) {
    return {
        403,
        http::content_type_json,
        boost::json::serialize(http::make_error_envelope(error)) + "\n"};
}

}  // namespace

/// One connection of an asker, with the streams that are open on it.
class introspect_server::asker_session final : public transport::connection_handler {
public:
    asker_session(
        introspect_server& server,
        std::shared_ptr<transport::connection> connection,
        time_point now
    )
        : server_(&server)
        , connection_(std::move(connection))
        , idle_since_(now) {}

    void detach() {
        server_ = nullptr;
        for (const auto& [key, stream] : streams_)
            stream->detach();
        streams_.clear();
    }

    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        if (server_ != nullptr) server_->on_stream(*this, std::move(opened));
    }
    void on_send_low(transport::connection&) override {
        const auto all = streams_;
        for (const auto& [key, stream] : all)
            stream->on_room();
    }
    void on_closed(transport::connection&, const transport::close_reason&) override {
        if (server_ != nullptr) server_->on_ended(*this);
    }

    void add(std::shared_ptr<served_stream> stream) {
        streams_.emplace(stream.get(), std::move(stream));
    }
    bool remove(const served_stream& stream, time_point now) {
        if (streams_.erase(&stream) == 0) return false;
        idle_since_ = now;
        return true;
    }
    void check(time_point now, duration idle_timeout) {
        const auto all = streams_;
        for (const auto& [key, stream] : all)
            stream->check(now);
        if (streams_.empty() && now - idle_since_ >= idle_timeout)
            connection_->close(to_wire(close_code::done), "idle");
    }

    transport::connection& connection() const noexcept { return *connection_; }
    const identity::endpoint_id& peer() const noexcept { return connection_->remote_id(); }
    std::size_t streams() const noexcept { return streams_.size(); }
    bool has(const served_stream& stream) const { return streams_.contains(&stream); }

private:
    introspect_server* server_;
    std::shared_ptr<transport::connection> connection_;
    std::map<const served_stream*, std::shared_ptr<served_stream>> streams_;
    time_point idle_since_;
};

introspect_server::introspect_server(
    net::shard& shard,
    transport::endpoint& endpoint,
    http::request_handler& handler,
    member_check is_member,
    server_options options
)
    : shard_(shard)
    , endpoint_(endpoint)
    , handler_(handler)
    , is_member_(std::move(is_member))
    , options_(std::move(options))
    , sweeper_(shard, *this)
    , route_(
          endpoint.router(),
          std::string(introspect_alpn),
          [this](std::shared_ptr<transport::connection> incoming) { accept(std::move(incoming)); }
      ) {}

introspect_server::~introspect_server() {
    for (const auto& [key, session] : std::exchange(sessions_, {})) {
        session->detach();
        session->connection().close(to_wire(close_code::done), "stopping");
    }
}

std::vector<const transport::connection*> introspect_server::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& [connection, session] : sessions_)
        all.push_back(connection);
    return all;
}

server_probe introspect_server::measure() const {
    return {sessions_.size(), streams(), questions_, refused_};
}

void introspect_server::accept(std::shared_ptr<transport::connection> incoming) {
    const auto peer = incoming->remote_id();
    const auto of_peer = std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& each) {
        return each.second->peer() == peer;
    });
    if (!is_member_(peer)) {
        log_refusal(peer, "not a member");
        return incoming->close(to_wire(close_code::not_admitted), "not a member of this mesh");
    }
    const auto& limits = options_.limits;
    if (sessions_.size() >= limits.connections_max
        || static_cast<std::size_t>(of_peer) >= limits.connections_per_peer_max) {
        log_refusal(peer, "too many connections");
        return incoming->close(to_wire(close_code::too_many), "too many connections");
    }
    const auto added = std::make_shared<asker_session>(*this, incoming, shard_.now());
    sessions_.emplace(incoming.get(), added);
    incoming->set_handler(added);
    sweep_later();
}

/// One that gets no handler is reset by the transport.
void introspect_server::on_stream(asker_session& from, std::shared_ptr<transport::stream> opened) {
    const auto& limits = options_.limits;
    const bool is_full =
        streams() >= limits.streams_max || streams_of(from.peer()) >= limits.streams_per_peer_max;
    if (!opened->is_bidi() || is_full) {
        log_refusal(from.peer(), is_full ? "too many streams" : "a unidirectional stream");
        if (opened->is_bidi()) opened->reset(to_wire(close_code::too_many));
        return opened->stop(to_wire(close_code::too_many));
    }
    served_stream_sink& self = *this;
    const auto served = std::make_shared<served_stream>(self, opened, limits, shard_.now());
    from.add(served);
    opened->set_handler(served);
}

void introspect_server::on_ended(asker_session& ended) {
    const auto keep = sessions_.extract(&ended.connection());
    ended.detach();
}

void introspect_server::on_question(const std::shared_ptr<served_stream>& from, question asked) {
    const auto session = std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& each) {
        return each.second->has(*from);
    });
    if (session == sessions_.end()) return;
    ++questions_;
    if (const auto error = refuse(*session->second, asked)) {
        log_refusal(session->second->peer(), error->message);
        return from->reply(refusal(*error));
    }
    handler_.on_request(asked.asked, from);
}

/// Membership may have ended since the connection began.
std::optional<failure> introspect_server::refuse(const asker_session& from, const question& asked)
    const {
    const auto name = endpoint_.id().short_text();
    if (options_.allow == permission::none)
        return not_permitted(
            name + " answers no other host",
            "set introspect.allow there to read or all"
        );
    if (!is_member_(from.peer()))
        return not_permitted(name + " does not count this host as a member", "");
    if (!is_proof(asked.proof, options_.mesh_secret, from.peer(), endpoint_.id()))
        return not_permitted(
            "the question does not prove that this host has the secret of " + name,
            "compare mesh.secret_file at both ends"
        );
    const auto& open = options_.open_posts;
    const bool is_open = asked.asked.method == "POST"
                         && std::find(open.begin(), open.end(), asked.asked.path) != open.end();
    if (options_.allow == permission::read && asked.asked.method != "GET" && !is_open)
        return not_permitted(
            name + " lets other hosts only read",
            "set introspect.allow there to all, or ask that host itself"
        );
    return std::nullopt;
}

void introspect_server::on_served(served_stream& ended) {
    for (const auto& [key, session] : sessions_)
        if (session->remove(ended, shard_.now())) return;
}

void introspect_server::on_deadline(time_point now) {
    const auto all = sessions_;
    for (const auto& [key, session] : all)
        session->check(now, options_.limits.idle_timeout);
    sweep_later();
}

void introspect_server::sweep_later() {
    sweeper_.arm(sessions_.empty() ? no_deadline : shard_.now() + sweep_interval);
}

std::size_t introspect_server::streams() const {
    std::size_t count = 0;
    for (const auto& [key, session] : sessions_)
        count += session->streams();
    return count;
}

std::size_t introspect_server::streams_of(const identity::endpoint_id& peer) const {
    std::size_t count = 0;
    for (const auto& [key, session] : sessions_)
        if (session->peer() == peer) count += session->streams();
    return count;
}

void introspect_server::log_refusal(const identity::endpoint_id& peer, std::string_view why) {
    ++refused_;
    options_.log.log(
        log_budget_.spend(log_level::info, shard_.now()),
        "refused peer={} reason=\"{}\"",
        peer.short_text(),
        why
    );
}

}  // namespace meshhost::introspect
