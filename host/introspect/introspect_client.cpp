// SPDX-License-Identifier: Apache-2.0
#include "introspect/introspect_client.hpp"

#include "introspect/close_code.hpp"
#include "introspect/proof.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace meshhost::introspect {

namespace {

failure timed_out(const identity::endpoint_id& whom) {
    return {
        exit_code::timeout,
        "E_TIMEOUT",
        whom.short_text() + " did not answer in time",
        "try again; meshctl ping tells whether it can be reached"};
}

failure too_many(std::string what) {
    return {
        exit_code::degraded,
        "E_API_FULL",
        "too many " + std::move(what),
        "try again when the others are answered"};
}

failure not_sent(const identity::endpoint_id& whom) {
    return {
        exit_code::usage,
        "E_BAD_REQUEST",
        "the question to " + whom.short_text() + " is too long",
        ""};
}

failure why_ended(const transport::close_reason& reason, const identity::endpoint_id& whom) {
    const bool is_theirs = reason.cause == transport::close_cause::closed_by_peer;
    if (is_theirs && reason.code == to_wire(close_code::not_admitted))
        return {
            exit_code::not_permitted,
            "E_NOT_PERMITTED",
            whom.short_text() + " does not count this host as a member of its mesh",
            "compare mesh.name and mesh.secret_file at both ends"};
    if (is_theirs && reason.code == to_wire(close_code::too_many))
        return too_many("connections to " + whom.short_text());
    return transport::explain(reason, whom);
}

}  // namespace

/// One peer's connection, and the questions that it carries or that wait for it.
class introspect_client::peer_line final : public transport::connection_handler {
public:
    peer_line(introspect_client& client, std::size_t streams_max)
        : client_(&client)
        , streams_max_(streams_max) {}

    void attach(std::shared_ptr<transport::connection> connection) {
        connection_ = std::move(connection);
    }
    /// The client goes, or has let go of it.
    void detach() { client_ = nullptr; }
    void close() { connection_->close(to_wire(close_code::done), "done"); }
    const transport::connection* connection() const { return connection_.get(); }

    void add(std::shared_ptr<asked_stream> question) {
        questions_.push_back(std::move(question));
        begin_more();
    }
    void remove(const asked_stream& question, time_point now) {
        std::erase_if(questions_, [&](const auto& each) { return each.get() == &question; });
        idle_since_ = now;
        begin_more();
    }
    std::vector<std::shared_ptr<asked_stream>> take_all() { return std::exchange(questions_, {}); }
    const std::vector<std::shared_ptr<asked_stream>>& questions() const { return questions_; }

    /// When there is something to do about it next.
    time_point deadline(duration linger) const {
        if (questions_.empty()) return idle_since_ + linger;
        time_point next = no_deadline;
        for (const auto& each : questions_)
            next = std::min(next, each->deadline());
        return next;
    }

    void on_connected(transport::connection&) override {
        is_connected_ = true;
        begin_more();
    }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_streams_granted(transport::connection&) override { begin_more(); }
    void on_closed(transport::connection&, const transport::close_reason& reason) override {
        if (client_ != nullptr) client_->on_ended(*this, reason);
    }

private:
    void begin_more() {
        if (!is_connected_) return;
        auto running = static_cast<std::size_t>(std::count_if(
            questions_.begin(),
            questions_.end(),
            [](const auto& each) { return each->is_begun(); }
        ));
        for (const auto& each : questions_) {
            if (running >= streams_max_) return;
            if (each->is_begun()) continue;
            if (!each->begin(*connection_)) return;
            ++running;
        }
    }

    introspect_client* client_;
    std::size_t streams_max_;
    std::shared_ptr<transport::connection> connection_;
    std::vector<std::shared_ptr<asked_stream>> questions_;
    time_point idle_since_{};
    bool is_connected_ = false;
};

introspect_client::introspect_client(
    net::shard& shard,
    transport::endpoint& endpoint,
    address_finder find,
    client_options options
)
    : shard_(shard)
    , endpoint_(endpoint)
    , find_(std::move(find))
    , options_(std::move(options))
    , timer_(shard, *this) {}

introspect_client::~introspect_client() {
    for (const auto& [peer, line] : std::exchange(lines_, {})) {
        line->detach();
        for (const auto& question : line->take_all())
            question->detach();
        line->close();
    }
}

std::vector<const transport::connection*> introspect_client::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& [peer, line] : lines_)
        all.push_back(line->connection());
    return all;
}

client_probe introspect_client::measure() const {
    client_probe out{lines_.size(), 0, asked_};
    for (const auto& [peer, line] : lines_)
        out.questions += line->questions().size();
    return out;
}

std::shared_ptr<call> introspect_client::ask(
    const identity::endpoint_id& whom,
    const http::request& asked,
    std::shared_ptr<answer_sink> sink
) {
    ++asked_;
    auto message = encode(question{asked, make_proof(options_.mesh_secret, endpoint_.id(), whom)});
    std::optional<failure> fault;
    if (!message) fault = not_sent(whom);
    const auto line = fault ? nullptr : line_to(whom);
    if (!fault && line == nullptr) fault = too_many("hosts are asked at one time");
    if (!fault && line->questions().size() >= options_.questions_max)
        fault = too_many("questions to " + whom.short_text());
    asked_stream_sink& self = *this;
    const auto made = std::make_shared<asked_stream>(
        self,
        whom,
        message ? std::move(*message) : byte_buffer(),
        std::move(sink),
        shard_.now() + options_.timeout
    );
    if (fault) {
        // Never from inside this call; by then the client may be gone, which the call survives.
        made->leave_owner();
        shard_.post([made, why = *fault] { made->fail(why); });
        return made;
    }
    line->add(made);
    arm();
    return made;
}

/// Null: there are too many.
introspect_client::line_ptr introspect_client::line_to(const identity::endpoint_id& whom) {
    const auto known = lines_.find(whom);
    if (known != lines_.end()) return known->second;
    if (lines_.size() >= options_.connections_max) return nullptr;
    const auto made = std::make_shared<peer_line>(*this, options_.streams_max);
    made->attach(endpoint_.connect(find_(whom), introspect_alpn, made));
    lines_.emplace(whom, made);
    return made;
}

void introspect_client::on_ended(peer_line& ended, const transport::close_reason& reason) {
    const auto at = std::find_if(lines_.begin(), lines_.end(), [&](const auto& each) {
        return each.second.get() == &ended;
    });
    if (at == lines_.end()) return;
    const auto whom = at->first;
    const auto keep = at->second;
    lines_.erase(at);  // a sink may ask again: over a new connection
    keep->detach();
    for (const auto& question : keep->take_all()) {
        question->leave_owner();
        question->fail(why_ended(reason, whom));
    }
    arm();
}

void introspect_client::forget(const identity::endpoint_id& whom) {
    const auto known = lines_.find(whom);
    if (known == lines_.end()) return;
    const auto line = known->second;
    const auto waiting = line->questions();
    drop(*line);
    for (const auto& question : waiting)
        shard_.post([question, whom] {
            question->fail(
                {exit_code::unreachable, "E_UNREACHABLE", whom.short_text() + " is gone", ""}
            );
        });
    arm();
}

void introspect_client::on_done(asked_stream& done) {
    const auto at = lines_.find(done.whom());
    if (at != lines_.end()) at->second->remove(done, shard_.now());
    arm();
}

/// A host that does not answer may have started anew, which its old connection does not know yet:
/// the next question goes over a new one.
void introspect_client::on_deadline(time_point now) {
    std::vector<std::shared_ptr<asked_stream>> late;
    std::vector<line_ptr> over;
    for (const auto& [peer, line] : lines_) {
        if (line->deadline(options_.linger) > now) continue;
        const auto& all = line->questions();
        const auto count = late.size();
        std::copy_if(all.begin(), all.end(), std::back_inserter(late), [&](const auto& each) {
            return each->deadline() <= now;
        });
        const bool nobody_else_waits = late.size() - count == all.size();
        if (nobody_else_waits) over.push_back(line);
    }
    for (const auto& line : over)
        drop(*line);
    for (const auto& each : late)
        each->fail(timed_out(each->whom()));
    arm();
}

void introspect_client::drop(peer_line& ended) {
    std::erase_if(lines_, [&](const auto& each) { return each.second.get() == &ended; });
    ended.detach();
    for (const auto& question : ended.take_all())
        question->leave_owner();
    ended.close();
}

void introspect_client::arm() {
    time_point next = no_deadline;
    for (const auto& [peer, line] : lines_)
        next = std::min(next, line->deadline(options_.linger));
    timer_.arm(next);
}

}  // namespace meshhost::introspect
