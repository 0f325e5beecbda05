// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/stun_client.hpp"

#include "base/assert.hpp"
#include "identity/keyed_hash.hpp"
#include "wire/byte_writer.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

bool is_same_host(const ip_endpoint& one, const ip_endpoint& other) noexcept {
    return one.family == other.family && one.address == other.address;
}

enum class origin : std::uint8_t { right, unchanged, foreign };

origin where_from(const stun_question& asked, const ip_endpoint& from) noexcept {
    const bool is_change = asked.change_ip || asked.change_port;
    if (from == asked.server) return is_change ? origin::unchanged : origin::right;
    if (!is_change || from.family != asked.server.family) return origin::foreign;
    const bool is_other_host = !is_same_host(from, asked.server);
    const bool is_other_port = from.port != asked.server.port;
    const bool is_right = is_other_host == asked.change_ip && is_other_port == asked.change_port;
    return is_right ? origin::right : origin::foreign;
}

}  // namespace

const char* to_string(stun_failure why) noexcept {
    switch (why) {
    case stun_failure::silent:
        return "silent";
    case stun_failure::refused:
        return "refused";
    case stun_failure::error:
        return "error";
    case stun_failure::not_changed:
        return "not_changed";
    }
    return "unknown";
}

stun_client::stun_client(bytes_view secret, const stun_pace& pace)
    : secret_(secret.begin(), secret.end())
    , pace_(pace) {
    MH_ASSERT(secret.size() >= 16, "ids cannot be guessed");
    MH_ASSERT(pace.sends > 0 && pace.last_waits > 0, "something is sent and waited for");
}

stun_transaction_id stun_client::new_id() {
    byte_buffer number;
    wire::byte_writer(number).u64be(++drawn_);
    const auto drawn = identity::hash_with_secret(secret_, number);
    stun_transaction_id id;
    std::copy_n(drawn.begin(), id.size(), id.begin());
    return id;
}

std::optional<stun_ticket> stun_client::ask(const stun_question& question, time_point now) {
    if (pending_.size() >= questions_max || outputs_.size() >= outputs_max / 2) return std::nullopt;
    if (++last_ticket_ == 0) ++last_ticket_;
    ++counts_.asked;
    const auto [at, is_new] = pending_.try_emplace(new_id());
    MH_ASSERT(is_new, "96 bits do not come twice");
    at->second.ticket = last_ticket_;
    at->second.question = question;
    at->second.wait = pace_.wait;
    send(at->first, at->second, now);
    return last_ticket_;
}

void stun_client::send(const stun_transaction_id& id, pending& what, time_point now) {
    ++what.sends;
    what.sent_at = now;
    const bool is_last = what.sends >= pace_.sends;
    what.due = now + (is_last ? pace_.wait * pace_.last_waits : what.wait);
    what.wait *= 2;
    // Half of the room is for results, which nobody may lose.
    if (outputs_.size() >= outputs_max / 2) {
        ++counts_.dropped;
        return;
    }
    ++counts_.sent;
    stun_output out;
    out.ticket = what.ticket;
    out.server = what.question.server;
    out.message = encode_stun_request({id, what.question.change_ip, what.question.change_port});
    outputs_.push_back(std::move(out));
}

void stun_client::end(table::iterator at, stun_output how) {
    how.ticket = at->second.ticket;
    how.server = at->second.question.server;
    pending_.erase(at);
    outputs_.push_back(std::move(how));
}

void stun_client::cancel(stun_ticket ticket) {
    const auto at = std::find_if(pending_.begin(), pending_.end(), [&](const auto& one) {
        return one.second.ticket == ticket;
    });
    if (at != pending_.end()) pending_.erase(at);
    const auto is_its = [&](const stun_output& one) { return one.ticket == ticket; };
    outputs_.erase(std::remove_if(outputs_.begin(), outputs_.end(), is_its), outputs_.end());
}

bool stun_client::handle(bytes_view datagram, const ip_endpoint& from, time_point now) {
    const auto answer = read_stun_answer(datagram);
    const auto at = answer ? pending_.find(answer->id) : pending_.end();
    const auto where =
        at == pending_.end() ? origin::foreign : where_from(at->second.question, from);
    if (where == origin::foreign) {
        ++counts_.ignored;
        return false;
    }
    stun_output out;
    out.answer = *answer;
    if (answer->error != 0) {
        out.kind = stun_output::what::failed;
        out.why = stun_failure::error;
    } else if (where == origin::unchanged) {
        out.kind = stun_output::what::failed;
        out.why = stun_failure::not_changed;
    } else {
        out.kind = stun_output::what::answered;
        // Which of two requests was answered nobody knows (Karn's algorithm).
        if (at->second.sends == 1) out.round_trip = now - at->second.sent_at;
        ++counts_.answered;
    }
    end(at, std::move(out));
    return true;
}

void stun_client::handle_refused(const ip_endpoint& server) {
    for (auto at = pending_.begin(); at != pending_.end();) {
        const auto next = std::next(at);
        if (at->second.question.server == server) {
            stun_output out;
            out.kind = stun_output::what::failed;
            out.why = stun_failure::refused;
            end(at, std::move(out));
        }
        at = next;
    }
}

void stun_client::handle_deadline(time_point now) {
    for (auto at = pending_.begin(); at != pending_.end();) {
        const auto next = std::next(at);
        if (at->second.due <= now) {
            if (at->second.sends < pace_.sends) {
                send(at->first, at->second, now);
            } else {
                stun_output out;
                out.kind = stun_output::what::failed;
                end(at, std::move(out));
            }
        }
        at = next;
    }
}

std::optional<stun_output> stun_client::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    stun_output next = std::move(outputs_.front());
    outputs_.pop_front();
    return next;
}

time_point stun_client::next_deadline() const noexcept {
    time_point next = no_deadline;
    for (const auto& [id, what] : pending_)
        next = std::min(next, what.due);
    return next;
}

void stun_client::check_invariants() const {
    MH_ASSERT(pending_.size() <= questions_max, "the table is bounded");
    MH_ASSERT(outputs_.size() <= outputs_max, "what waits to be taken is bounded");
    for (const auto& [id, what] : pending_) {
        MH_ASSERT(what.sends >= 1 && what.sends <= pace_.sends, "as often as the pace says");
        MH_ASSERT(what.due != time_point{}, "everything ends");
    }
}

}  // namespace meshhost::nat::proto
