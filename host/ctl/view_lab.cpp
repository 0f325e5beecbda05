// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/text_table.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

constexpr std::size_t sights_shown_max = 12;  ///< of a deed

std::string seconds_text(duration value) {
    value = std::max(value, duration::zero());  // the hosts tell milliseconds
    return fmt::format("{:.2f} s", std::chrono::duration<double>(value).count());
}

std::string ms_text(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (value == nullptr || !value->is_number()) return "not measured";
    return fmt::format("{:.0f} ms", value->to_number<double>());
}

/// "127.0.0.1:41000" → "41000".
std::string port_of(const std::string& address) {
    return address.substr(address.rfind(':') + 1);
}

std::string pid_text(const boost::json::object& host, const boost::json::object& process) {
    const auto pid = number_in(process, "pid").value_or(number_in(host, "pid").value_or(0));
    return pid > 0 ? std::to_string(pid) : "";
}

/// "12 m of 250 m", "9.1 of 64 MiB"; "not told" when the host does not say.
std::string share_text(std::optional<std::int64_t> used, std::int64_t of, const char* unit) {
    if (!used) return "not told";
    if (of <= 0) return fmt::format("{} {}", *used, unit);
    return fmt::format("{} of {} {}", *used, of, unit);
}

std::vector<std::string> status_cells(const boost::json::object& host) {
    const auto& usage = object_in(host, "usage");
    const auto& budget = object_in(host, "budget");
    constexpr std::int64_t mebibyte = 1 << 20;
    auto resident = number_in(usage, "rss_bytes");
    if (resident) resident = *resident / mebibyte;
    const auto hears = number_in(host, "hears");
    const auto ended = text_in(host, "ended");
    const auto process = text_in(host, "process");
    return {
        text_in(host, "name"),
        text_in(host, "role"),
        process == "gone" && !ended.empty() ? "ended: " + ended : process,
        pid_text(host, {}),
        counts_text(object_in(host, "seen_as")),
        hears ? std::to_string(*hears) : "",
        hears ? share_text(
            number_in(usage, "cpu_millicores"),
            number_in(budget, "cpu_millicores").value_or(0),
            "m"
        )
              : "",
        hears
            ? share_text(resident, number_in(budget, "memory_bytes").value_or(0) / mebibyte, "MiB")
            : ""};
}

}  // namespace

std::string lab_up_text(
    const boost::json::object& data,
    std::string_view which,
    const console& out
) {
    const auto& nodes = array_in(data, "nodes");
    const auto& boot = object_in(data, "boot");
    std::string text = fmt::format(
        "lab    {} in {}{}{} processes, one group {}\n",
        text_in(data, "name"),
        text_in(data, "dir"),
        out.dot(),
        nodes.size(),
        number_in(object_in(data, "keeper"), "pid").value_or(0)
    );
    boost::json::array roles;
    for (const auto& node : nodes)
        if (node.is_object()) roles.push_back(node);
    text += fmt::format("roles  {}\n", counts_text(count_by(roles, "role")));
    text += fmt::format(
        "boot   first ready after {}, all after {}; every host hears every other after {}\n\n",
        ms_text(boot, "first_ready_ms"),
        ms_text(boot, "all_ready_ms"),
        ms_text(boot, "all_heard_ms")
    );
    text_table table(
        {{"NODE"}, {"ROLE"}, {"PID", align::right}, {"PORT", align::right}, {"ID"}, {"SOCKET"}}
    );
    for (const auto& item : nodes) {
        if (!item.is_object()) continue;
        const auto& node = item.get_object();
        table.add(
            {text_in(node, "name"),
             text_in(node, "role"),
             pid_text(node, object_in(node, "process")),
             port_of(text_in(node, "address")),
             short_id(text_in(node, "id")),
             text_in(node, "socket")}
        );
    }
    text += table.to_string(out.style().header);
    if (out.style().quiet) return text;
    const auto last = nodes.empty() || !nodes.back().is_object()
                          ? std::string()
                          : text_in(nodes.back().get_object(), "socket");
    text += "\n";
    if (const auto& relay = object_in(data, "relay"); !relay.empty())
        text += fmt::format("relay   {}\n", text_in(data, "relay_address"));
    if (const auto link = text_in(data, "dashboard"); !link.empty())
        text += fmt::format("open    {}\n", link);
    return text
           + fmt::format(
               "\nlook    meshctl lab status{0}{1}meshctl --socket {2} peers\n"
               "break   meshctl lab chaos kill any{0} --expect \"dead within 8s, mesh reconverges "
               "within 3s\"\n"
               "end     meshctl lab down{0}\n",
               which,
               out.dot(),
               last
           );
}

std::string lab_status_text(const boost::json::object& data, const console& out) {
    const auto& hosts = array_in(data, "hosts");
    text_table table(
        {{"NODE"},
         {"ROLE"},
         {"PROCESS"},
         {"PID", align::right},
         {"SEEN AS"},
         {"HEARS", align::right},
         {"CPU", align::right},
         {"RAM", align::right}}
    );
    for (const auto& host : hosts)
        if (host.is_object()) table.add(status_cells(host.get_object()));
    std::string text = table.to_string(out.style().header);
    if (out.style().quiet) return text;
    const auto why = text_in(data, "why");
    const bool is_down = text_in(data, "keeper") == "gone";
    if (const auto& observer = object_in(data, "observer"); !observer.empty())
        text += fmt::format(
            "observer {}: {} (a link: meshctl ui --lab {})\n",
            text_in(observer, "process"),
            text_in(observer, "url"),
            text_in(data, "name")
        );
    if (const auto& relay = object_in(data, "relay"); !relay.empty())
        text += fmt::format("relay {}: {}\n", text_in(relay, "process"), text_in(relay, "url"));
    return text
           + fmt::format(
               "{} of {} hosts run; {}\n",
               number_in(data, "running").value_or(0),
               hosts.size(),
               is_down       ? "the lab is down: clear it away with meshctl lab down"
               : why.empty() ? "one mesh, every host hears every other"
                             : "no whole mesh: " + why
           );
}

std::string lab_verdict_text(const lab::model::verdict& decided, const console& out) {
    const auto word =
        decided.passed ? out.tinted("PASS", tone::good) : out.tinted("FAIL", tone::bad);
    const auto measured = decided.measured ? seconds_text(*decided.measured) : "did not happen";
    return fmt::format(
        "{}  {}: {}{}",
        word,
        lab::model::to_text(decided.what),
        decided.passed || decided.measured ? measured : "no",
        decided.detail.empty() ? "" : ", " + printable(decided.detail)
    );
}

std::string lab_run_text(const lab::run_result& result, const console& out) {
    std::string text = fmt::format(
        "{}: {} hosts, every one heard every other after {:.0f} ms\n",
        printable(result.title),
        result.lab.nodes.size(),
        std::chrono::duration<double, std::milli>(result.boot.all_heard).count()
    );
    for (const auto& deed : result.deeds)
        text += "\n" + lab_chaos_text(deed, out);
    for (const auto& window : result.windows)
        text += fmt::format(
            "\n{}: CPU {:.3f} % of a core, {} datagrams/s, PSS {:.2f} MiB a host, for {:.0f} s; "
            "other "
            "load {:.0f} %\n",
            printable(window.label),
            window.figures.cpu_percent,
            window.figures.datagrams_per_s ? fmt::format("{:.1f}", *window.figures.datagrams_per_s)
                                           : "not counted",
            window.figures.pss_mib,
            window.figures.seconds,
            window.figures.other_percent
        );
    return text;
}

std::string lab_chaos_text(const lab::chaos_result& result, const console& out) {
    std::string text = fmt::format("{}  {}\n", result.at, result.deed);
    std::size_t shown = 0;
    const auto all = lab::model::summarize(result.changes, result.done_at);
    for (const auto& seen : all) {
        if (++shown > sights_shown_max) {
            text += fmt::format("  and {} more: --json has them all\n", all.size() - shown + 1);
            break;
        }
        const auto evidence = printable(seen.evidence);
        text += fmt::format(
            "  {:>8}  {} seen {} by {} host{}, first by {}{}{}\n",
            seconds_text(seen.first),
            seen.peer,
            seen.state,
            seen.observers,
            seen.observers == 1 ? "" : "s",
            seen.first_by,
            seen.observers > 1 ? ", by all of them after " + seconds_text(seen.last) : "",
            evidence.empty() ? "" : ": " + evidence
        );
    }
    for (const auto& one : result.verdicts)
        text += lab_verdict_text(one, out) + "\n";
    return text;
}

}  // namespace meshhost::ctl
