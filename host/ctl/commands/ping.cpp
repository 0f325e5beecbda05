// SPDX-License-Identifier: Apache-2.0
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/known_nodes.hpp"
#include "ctl/option_types.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "http/envelope.hpp"

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

boost::json::object peer_with_id(const boost::json::array& peers, std::string_view id) {
    for (const auto& item : peers)
        if (item.is_object() && text_in(item.get_object(), "id") == id) return item.get_object();
    return {};
}

/// 0 direct, 3 relayed, 5 when nothing came back in time.
verdict judge(const boost::json::object& summary) {
    if (number_in(summary, "received").value_or(0) == 0) return {exit_code::timeout};
    const auto kind = text_in(object_in(summary, "path"), "kind");
    return {kind == "relayed" ? exit_code::degraded : exit_code::ok};
}

class ping_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("peer", peer_, "a name, the start of an id, ROLE/N, or a ticket")
            ->required()
            ->type_name("PEER");
        app.add_option("-c,--count", count_, "how many")
            ->check(CLI::Range(1, 10'000).description(""))
            ->type_name("N")
            ->capture_default_str();
        app.add_option("-s,--size", size_, "bytes in each")
            ->check(CLI::Range(8, 1'024).description(""))
            ->type_name("BYTES")
            ->capture_default_str();
        add_duration(app, "-i,--interval", interval_, "time from one to the next", true);
    }

    outcome<verdict> run(workplace& here) override;

private:
    outcome<std::string> resolve(workplace& here);
    void take(const boost::json::object& line, workplace& here);
    boost::json::object request(const std::string& peer, duration timeout) const;

    std::string peer_;
    int count_ = 4;
    int size_ = 32;
    duration interval_ = 1s;

    boost::json::object known_;  ///< the peer as the host knows it; empty when it does not
    boost::json::array replies_;
    boost::json::object summary_;
};

/// What the host calls the peer; a ticket or an address stays what it is.
outcome<std::string> ping_command::resolve(workplace& here) {
    const auto envelope = here.api.get("/v1/peers");
    if (!envelope) return envelope.error();
    const auto& peers = array_in(object_in(*envelope, "data"), "peers");
    const auto nodes = nodes_in(peers);
    const auto found = find_node(peer_, nodes);
    if (!found) return found.error();
    if (*found == nullptr) return peer_;
    known_ = peer_with_id(peers, (*found)->id);
    return (*found)->id;
}

boost::json::object ping_command::request(const std::string& peer, duration timeout) const {
    return {
        {"peer", peer},
        {"count", count_},
        {"size", size_},
        {"interval_ms", interval_ / 1ms},
        {"timeout_ms", timeout / 1ms}};
}

void ping_command::take(const boost::json::object& line, workplace& here) {
    const bool is_reply = text_in(line, "schema") == "meshhost.ping.reply/1";
    if (!is_reply) {
        summary_ = object_in(line, "data");
        summary_["node"] = known_.empty() ? boost::json::value(nullptr) : known_;
    }
    switch (here.out.style().format) {
    case output_format::text:
        here.out.print(
            is_reply ? ping_reply_text(line, here.out) : ping_summary_text(summary_, here.out)
        );
        break;
    case output_format::json:
        if (is_reply) replies_.push_back(line);
        break;
    default:
        here.out.print(is_reply ? line : http::make_envelope("ping", summary_));
        break;
    }
}

outcome<verdict> ping_command::run(workplace& here) {
    const auto peer = resolve(here);
    if (!peer) return peer.error();
    if (here.out.is_text() && !known_.empty()) here.out.print(peer_line(known_, here.out));

    const auto timeout = here.options.timeout;
    const auto patience = interval_ + timeout * 2;  // the host gives up first, and says why
    const auto done = here.api.stream(
        "/v1/ping",
        request(*peer, timeout),
        patience,
        [&](const boost::json::object& line) { take(line, here); }
    );
    if (!done) return done.error();
    if (here.out.style().format == output_format::json) {
        summary_["replies"] = std::move(replies_);
        here.out.print(http::make_envelope("ping", summary_));
    }
    return judge(summary_);
}

class rebind_command final : public command {
public:
    outcome<verdict> run(workplace& here) override {
        const auto show = [&](const boost::json::object& envelope) {
            if (!here.out.is_text()) return here.out.print(envelope);
            const auto bound = texts_in(object_in(envelope, "data"), "bound");
            here.out.print("now bound to " + joined(bound, ", ") + "\n");
        };
        const auto done = here.api.stream("/v1/rebind", {}, here.options.timeout, show);
        if (!done) return done.error();
        return verdict{};
    }
};

}  // namespace

std::unique_ptr<command> make_ping() {
    return std::make_unique<ping_command>();
}

std::unique_ptr<command> make_rebind() {
    return std::make_unique<rebind_command>();
}

}  // namespace meshhost::ctl
