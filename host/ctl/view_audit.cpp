// SPDX-License-Identifier: Apache-2.0
#include "ctl/fact_lines.hpp"
#include "ctl/fields.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/text_table.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

constexpr const char* how_to_read =
    "how to read it: \"expected\" is what the owner keeps, \"found\" what was counted anew where\n"
    "the things are. The first discrepancy is the one to look at: later ones often follow from "
    "it.\n";

enum class finding : std::uint8_t { holds, broken, not_checked };

finding finding_in(const boost::json::object& rule) {
    const auto* ok = rule.if_contains("ok");
    if (ok == nullptr || !ok->is_bool()) return finding::not_checked;
    return ok->get_bool() ? finding::holds : finding::broken;
}

std::string mark_of(finding found, const console& out) {
    const bool unicode = out.style().unicode;
    switch (found) {
    case finding::holds:
        return out.tinted(unicode ? "✓" : "ok  ", tone::good);
    case finding::broken:
        return out.tinted(unicode ? "✗" : "FAIL", tone::bad);
    case finding::not_checked:
        break;
    }
    return out.tinted(unicode ? "?" : "?   ", tone::warning);
}

std::string rules_text(const boost::json::array& rules, const console& out) {
    std::size_t width = 0;
    for (const auto& item : rules)
        if (item.is_object())
            width = std::max(width, display_width(text_in(item.get_object(), "rule")));
    std::string text;
    for (const auto& item : rules) {
        if (!item.is_object()) continue;
        const auto& rule = item.get_object();
        const auto name = text_in(rule, "rule");
        text += fmt::format(
            "{} {}{}  {}\n",
            mark_of(finding_in(rule), out),
            name,
            std::string(width - display_width(name), ' '),
            text_in(rule, "words")
        );
    }
    return text;
}

std::string value_in(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    return value != nullptr ? printable(value_text(*value, "")) : "not said";
}

std::string first_text(const boost::json::object& first) {
    return "the first discrepancy\n" + one_fact("rule", text_in(first, "rule"))
           + one_fact("owner", text_in(first, "owner"))
           + one_fact("expected", value_in(first, "expected"))
           + one_fact("found", value_in(first, "found")) + one_fact("so", text_in(first, "words"));
}

std::string others_text(const boost::json::array& discrepancies) {
    if (discrepancies.size() < 2) return "";
    auto text = fmt::format("and {} more\n", discrepancies.size() - 1);
    for (std::size_t i = 1; i < discrepancies.size(); ++i) {
        if (!discrepancies[i].is_object()) continue;
        const auto& each = discrepancies[i].get_object();
        text += fmt::format("  {}: {}\n", text_in(each, "rule"), text_in(each, "words"));
    }
    return text;
}

std::string total_text(const boost::json::array& rules) {
    std::size_t counts[3] = {};
    for (const auto& item : rules)
        if (item.is_object()) ++counts[static_cast<std::size_t>(finding_in(item.get_object()))];
    const auto [holds, broken, not_checked] = counts;
    auto text = fmt::format(
        "{} of {} hold, {} broken",
        holds,
        count_text(holds + broken + not_checked, "rule"),
        broken
    );
    if (not_checked > 0) text += fmt::format(", {} could not be checked", not_checked);
    return text + "\n";
}

}  // namespace

std::string audit_text(const boost::json::object& data, const console& out) {
    const auto& rules = array_in(data, "rules");
    const auto& discrepancies = array_in(data, "discrepancies");
    if (rules.empty()) return "no rules: this host audits nothing\n";
    std::string text;
    if (!discrepancies.empty() && discrepancies.front().is_object()) {
        text += first_text(discrepancies.front().get_object()) + others_text(discrepancies);
        if (!out.style().quiet) text += how_to_read;
        text += "\n";
    }
    text += rules_text(rules, out);
    for (const auto& words : texts_in(data, "unwell"))
        text += fmt::format("{} {}\n", mark_of(finding::not_checked, out), words);
    return out.style().quiet ? text : text + total_text(rules);
}

}  // namespace meshhost::ctl
