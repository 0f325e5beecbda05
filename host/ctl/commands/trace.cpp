// SPDX-License-Identifier: Apache-2.0
// `meshctl trace publish`, `list` and `show`: the way of messages through the mesh.
#include "ctl/commands/commands.hpp"
#include "ctl/fields.hpp"
#include "ctl/option_types.hpp"
#include "ctl/trace_model.hpp"
#include "ctl/view_trace.hpp"
#include "http/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <thread>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

constexpr std::size_t trace_digits = 32;

/// `only`: a whole id; empty: the last of every host.
outcome<trace_gatherer> gather(const workplace& here, const std::string& only = {}) {
    trace_gatherer all;
    const auto take = [&](const boost::json::object& line) {
        all.add(line);
        return true;
    };
    const auto done = here.api.lines(
        "/v1/mesh/traces" + (only.empty() ? "" : "?trace=" + only),
        here.options.timeout * 2,
        take
    );
    if (!done) return done.error();
    return all;
}

/// Hosts besides this one that should hear everything.
outcome<std::size_t> count_others(const workplace& here) {
    const auto envelope = here.api.get("/v1/peers");
    if (!envelope) return envelope.error();
    std::size_t count = 0;
    for (const auto& each : array_in(object_in(*envelope, "data"), "peers")) {
        const auto* peer = each.if_object();
        if (peer == nullptr) continue;
        const auto state = text_in(*peer, "state");
        if (state == "alive" || state == "degraded" || state == "draining") ++count;
    }
    return count;
}

void show(const message_trace& found, std::size_t members, console& out) {
    if (out.is_text())
        out.print(trace_text(found, members, out));
    else
        out.print(http::make_envelope("message_trace", trace_json(found)));
}

class trace_publish final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("--size", size_, "bytes of the message")
            ->check(CLI::Range(32U, 4000U))
            ->capture_default_str()
            ->type_name("N");
        add_duration(app, "--within", within_, "how long to wait until all have it");
    }

    outcome<verdict> run(workplace& here) override {
        const auto members = count_others(here);
        if (!members) return members.error();
        const auto sent = here.api.post("/v1/trace", {{"size", size_}});
        if (!sent) return sent.error();
        const auto id = text_in(object_in(*sent, "data"), "trace");
        const auto deadline = std::chrono::steady_clock::now() + within_;
        for (;;) {
            const auto all = gather(here, id);
            if (!all) return all.error();
            const auto traces = all->traces();
            const auto* found = find_trace(traces, id);
            const bool is_whole = found != nullptr && found->delivered() >= *members;
            if (!is_whole && std::chrono::steady_clock::now() < deadline) {
                std::this_thread::sleep_for(look_gap);
                continue;
            }
            if (found == nullptr)
                return failure{
                    exit_code::failure,
                    "E_NO_TRACE",
                    "nobody tells of the message, not even this host",
                    ""};
            show(*found, *members, here.out);
            return verdict{is_whole ? exit_code::ok : exit_code::degraded};
        }
    }

private:
    static constexpr auto look_gap = std::chrono::milliseconds(50);

    unsigned size_ = 256;
    duration within_ = 2s;
};

class trace_list final : public command {
public:
    outcome<verdict> run(workplace& here) override {
        const auto all = gather(here);
        if (!all) return all.error();
        const auto traces = all->traces();
        if (here.out.is_text()) {
            here.out.print(traces_text(traces, here.out));
            for (const auto& [node, why] : all->silent())
                if (!here.out.style().quiet)
                    here.out.print_note(fmt::format("{} was not asked: {}", node, why));
            return verdict{};
        }
        boost::json::array list;
        for (const auto& each : traces)
            list.push_back(trace_json(each));
        here.out.print(http::make_envelope("message_traces", {{"traces", std::move(list)}}));
        return verdict{};
    }
};

class trace_show final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("trace", id_, "its id, or the first digits")->required()->type_name("TRACE");
    }

    outcome<verdict> run(workplace& here) override {
        std::transform(id_.begin(), id_.end(), id_.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        const bool is_whole = id_.size() == trace_digits
                              && id_.find_first_not_of("0123456789abcdef") == std::string::npos;
        const auto all = gather(here, is_whole ? id_ : "");
        if (!all) return all.error();
        const auto traces = all->traces();
        const auto* found = find_trace(traces, id_);
        const auto fitting = std::count_if(traces.begin(), traces.end(), [&](const auto& each) {
            return each.id.starts_with(id_);
        });
        if (fitting > 1)
            return failure{
                exit_code::usage,
                "E_AMBIGUOUS",
                fmt::format("{} traces begin with {}", fitting, id_),
                "name more of its digits; meshctl trace list shows twelve"};
        if (found == nullptr)
            return failure{
                exit_code::unreachable,
                "E_NO_TRACE",
                fmt::format("no host that answers knows a trace {}", id_),
                "meshctl trace list has the latest; a whole id finds older ones"};
        show(*found, 0, here.out);
        return verdict{};
    }

private:
    std::string id_;
};

}  // namespace

std::unique_ptr<command> make_trace_publish() {
    return std::make_unique<trace_publish>();
}

std::unique_ptr<command> make_trace_list() {
    return std::make_unique<trace_list>();
}

std::unique_ptr<command> make_trace_show() {
    return std::make_unique<trace_show>();
}

}  // namespace meshhost::ctl
