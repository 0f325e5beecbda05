// SPDX-License-Identifier: Apache-2.0
#include "ctl/budget_use.hpp"
#include "ctl/fact_lines.hpp"
#include "ctl/fields.hpp"
#include "ctl/text_table.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

std::string head_text(const boost::json::object& data, const console& out) {
    const auto& self = object_in(data, "self");
    std::vector<std::string> node{name_of(self), short_id(text_in(self, "id"))};
    for (const auto& word : {text_in(self, "tier"), joined(texts_in(self, "roles"), ", ")})
        if (!word.empty()) node.push_back(word);
    const auto version =
        fmt::format("meshhost {} (abi {})", text_in(self, "version"), text_in(self, "abi"));
    const auto ready = us_in(self, "ready_us");
    const auto up = fmt::format(
        "{}, {}",
        age_text(ms_in(self, "uptime_ms").value_or(0s)),
        ready ? "ready in " + rtt_text(*ready) : "not ready yet"
    );
    return two_facts(
               "mesh",
               text_in(object_in(data, "mesh"), "name"),
               "node",
               joined(node, out.dot())
           )
           + two_facts("version", version, "up", up);
}

std::string paths_text(const boost::json::object& paths, const console& out) {
    const auto direct = number_in(paths, "direct").value_or(0);
    const auto relayed = number_in(paths, "relayed").value_or(0);
    const auto unknown = number_in(paths, "unknown").value_or(0);
    if (direct + relayed + unknown == 0) return one_fact("paths", "to nobody yet");
    auto text = fmt::format(
        "from here to {}: {} direct{}{} relayed",
        direct + relayed + unknown,
        direct,
        out.dot(),
        relayed
    );
    if (unknown > 0) text += fmt::format("{}{} not known yet", out.dot(), unknown);
    const auto& worst = object_in(paths, "worst");
    const auto rtt = us_in(worst, "rtt_us");
    if (!rtt) return one_fact("paths", text);
    return two_facts(
        "paths",
        text,
        "worst",
        fmt::format("RTT {} ({})", rtt_text(*rtt), name_of(worst))
    );
}

std::string gossip_text(const boost::json::object& gossip, const console& out) {
    if (gossip.empty()) return one_fact("gossip", "switched off");
    return one_fact(
        "gossip",
        fmt::format(
            "{}: {} eager, {} lazy{}{} in reserve",
            count_text(
                static_cast<std::size_t>(number_in(gossip, "degree").value_or(0)),
                "neighbor"
            ),
            number_in(gossip, "eager").value_or(0),
            number_in(gossip, "lazy").value_or(0),
            out.dot(),
            number_in(gossip, "reserve").value_or(0)
        )
    );
}

std::vector<std::string> peer_rows(const boost::json::array& peers) {
    text_table table(std::vector<text_table::column>(7));
    for (const auto& item : peers) {
        if (!item.is_object()) continue;
        const auto& peer = item.get_object();
        const auto uptime = ms_in(peer, "uptime_ms");
        table.add(
            {name_of(peer),
             joined(texts_in(peer, "roles"), ","),
             text_in(peer, "version"),
             text_in(peer, "state"),
             uptime ? "up " + age_text(*uptime) : "",
             path_text(peer),
             contributions_text(array_in(peer, "contributions"))}
        );
    }
    std::vector<std::string> rows;
    const auto text = table.to_string(false);
    for (std::size_t start = 0; start < text.size();) {
        const auto end = text.find('\n', start);
        rows.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return rows;
}

}  // namespace

std::string status_text(const boost::json::object& data, const console& out) {
    const auto& self = object_in(data, "self");
    const auto& members = object_in(data, "members");
    const auto& plugins = array_in(data, "plugins");

    std::string text = head_text(data, out);
    text += one_fact(
        "members",
        fmt::format("{}: {}", number_in(members, "total").value_or(0), counts_text(members))
    );
    text += paths_text(object_in(data, "paths"), out);
    if (data.contains("gossip")) text += gossip_text(object_in(data, "gossip"), out);
    if (self.contains("usage")) text += one_fact("budget", budget_use_text(self, out));
    text += one_fact(
        "plugins",
        plugins.empty()
            ? "none; start meshhost with --plugin"
            : fmt::format("{}: {}", plugins.size(), counts_text(count_by(plugins, "state")))
    );
    if (const auto values = contributions_text(array_in(self, "contributions")); !values.empty())
        text += one_fact("values", values);
    text += many_facts("peers", peer_rows(array_in(data, "peers")));
    std::vector<std::string> warnings;
    for (const auto& warning : texts_in(data, "warnings"))
        warnings.push_back(out.tinted("! " + warning, tone::warning));
    text += many_facts("warnings", warnings);
    return text;
}

}  // namespace meshhost::ctl
