// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/node_filter.hpp"

#include "base/ascii.hpp"
#include "observe/proto/alternatives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace meshhost::observe::proto {

namespace {

constexpr const char* field_names =
    "state, tier, role, path, reason, tree, version, name, id, cpu, ram, mem, rtt, over";

/// Another word for one of a vocabulary.
struct alias {
    std::string_view said;
    std::string_view meant;
};
/// The words that a field's value is one of.
struct vocabulary {
    std::vector<std::string_view> words;
    std::vector<alias> aliases = {};
    bool takes_beginnings = false;
};

struct unit {
    std::string_view name;
    double factor;
};
constexpr unit shares[] = {{"%", 0.01}, {"", 0.01}};
constexpr unit times[] = {{"us", 1}, {"ms", 1000}, {"s", 1'000'000}, {"", 1000}};

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hexadecimal(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The next word of `text`, which it is taken off; spaces within double quotes are part of one.
std::string take_word(std::string_view& text) {
    std::string word;
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    bool is_quoted = false;
    for (; !text.empty() && (is_quoted || !is_space(text.front())); text.remove_prefix(1)) {
        if (text.front() == '"')
            is_quoted = !is_quoted;
        else
            word += text.front();
    }
    return word;
}

/// "1.5ms": at most twelve digits, six of them behind the point.
std::optional<double> quantity(std::string_view text, std::span<const unit> units) {
    constexpr std::size_t whole_max = 12;
    constexpr std::size_t fraction_max = 6;
    const auto digits_from = [&](std::size_t at) {
        std::size_t count = 0;
        while (at + count < text.size() && is_digit(text[at + count]))
            ++count;
        return count;
    };
    auto size = digits_from(0);
    if (size == 0 || size > whole_max) return std::nullopt;
    if (size < text.size() && text[size] == '.') {
        const auto fraction = digits_from(size + 1);
        if (fraction == 0 || fraction > fraction_max) return std::nullopt;
        size += 1 + fraction;
    }
    double number = 0;
    std::from_chars(text.data(), text.data() + size, number);
    for (const auto& [name, factor] : units)
        if (name == text.substr(size)) return number * factor;
    return std::nullopt;
}

/// "cpu" of "cpu>80%"; empty: it begins with none.
std::string_view field_in(std::string_view term) {
    if (term.empty() || !is_letter(term.front())) return {};
    const auto* const end = std::find_if_not(term.begin(), term.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '_';
    });
    return term.substr(0, static_cast<std::size_t>(end - term.begin()));
}

/// Empty: nothing is wrong with it.
std::string object_to_word(std::string_view word) {
    if (word.find('*') == std::string_view::npos) return {};
    return "a * stands for anything in the value of a field only: name:web*";
}

/// Makes `value`, alternatives of which each is a word, a pattern of words or a beginning, what is
/// matched. Empty: it went well.
std::string read_words(std::string& value, const std::string& name, const vocabulary& of) {
    std::vector<std::string> meant;
    for (const auto said : split_alternatives(value)) {
        std::string one(said);
        for (const auto& [word, better] : of.aliases)
            if (said == word) one = better;
        if (of.takes_beginnings && !one.empty() && one.find('*') == std::string::npos) one += '*';
        const bool is_known = std::any_of(of.words.begin(), of.words.end(), [&](auto word) {
            return matches_pattern(one, word);
        });
        if (!is_known)
            return fmt::format("{} cannot be \"{}\": {}", name, said, fmt::join(of.words, ", "));
        meant.push_back(std::move(one));
    }
    value = fmt::format("{}", fmt::join(meant, ","));
    return {};
}

}  // namespace

node_filter::node_filter(std::string_view text) {
    if (text.size() > bytes_max) {
        errors_.push_back(fmt::format("a filter has at most {} bytes", bytes_max));
        return;
    }
    std::vector<std::string> words;
    while (!text.empty())
        if (auto word = take_word(text); !word.empty()) words.push_back(std::move(word));
    if (words.size() > terms_max) {
        errors_.push_back(fmt::format("a filter has at most {} terms", terms_max));
        return;
    }
    for (const auto& word : words)
        add(word);
}

/// "-name~web": minus, a field, an operator, a value. Anything else is a word of its own.
void node_filter::add(std::string_view word) {
    const bool is_negative = word.size() > 1 && word.front() == '-';
    const auto rest = is_negative ? word.substr(1) : word;
    const auto name = field_in(rest);
    const auto tail = rest.substr(name.size());
    std::string_view op;
    if (tail.starts_with(">=") || tail.starts_with("<="))
        op = tail.substr(0, 2);
    else if (tail.find_first_of(":~><=") == 0)
        op = tail.substr(0, 1);
    const bool has_field = !name.empty() && !op.empty();
    term asked{field::word, is_negative, in_lower_case(has_field ? tail.substr(op.size()) : rest)};
    const auto fault =
        has_field ? read_asked(asked, in_lower_case(name), op) : object_to_word(asked.value);
    if (fault.empty())
        terms_.push_back(std::move(asked));
    else
        errors_.push_back(fmt::format("\"{}\": {}", word, fault));
}

/// Empty: it went well.
std::string node_filter::read_asked(
    term& asked,
    const std::string& field_name,
    std::string_view op
) {
    constexpr std::array<std::pair<std::string_view, field>, 14> fields{
        {{"state", field::state},
         {"tier", field::tier},
         {"role", field::role},
         {"over", field::over},
         {"version", field::version},
         {"id", field::id},
         {"name", field::name},
         {"cpu", field::cpu},
         {"ram", field::memory},
         {"mem", field::memory},
         {"path", field::path},
         {"reason", field::reason},
         {"tree", field::tree},
         {"rtt", field::rtt}}};
    const auto* const known = std::find_if(fields.begin(), fields.end(), [&](const auto& each) {
        return each.first == field_name;
    });
    if (known == fields.end())
        return fmt::format("there is no field \"{}\": {}", field_name, field_names);
    asked.of = known->second;
    const bool is_number =
        asked.of == field::rtt || asked.of == field::cpu || asked.of == field::memory;
    return is_number ? read_number(asked, field_name, op) : read_text(asked, field_name, op);
}

/// Likewise.
std::string node_filter::read_number(term& asked, const std::string& name, std::string_view op) {
    const bool is_time = asked.of == field::rtt;
    const auto number = is_time ? quantity(asked.value, times) : quantity(asked.value, shares);
    if (!number || op == "~")
        return is_time ? "rtt wants a time: rtt>50ms"
                       : fmt::format("{0} wants a number: {0}>80%", name);
    asked.limit = *number;
    asked.how = op == ">"    ? comparison::above
                : op == "<"  ? comparison::below
                : op == ">=" ? comparison::at_least
                : op == "<=" ? comparison::at_most
                             : comparison::equal;
    return {};
}

/// Likewise.
std::string node_filter::read_text(term& asked, const std::string& name, std::string_view op) {
    auto& value = asked.value;
    const bool is_part = asked.of == field::name && op == "~";
    if (op != ":" && op != "=" && !is_part)
        return fmt::format("{0} cannot be asked with \"{1}\": {0}:VALUE", name, op);
    switch (asked.of) {
    case field::state:
        return read_words(value, name, {{node_states.begin(), node_states.end()}, {}, true});
    case field::tier:
        return read_words(value, name, {{"hub", "edge", "leaf", "observer", "unknown"}, {}, true});
    case field::over:
        return read_words(value, name, {{"cpu", "memory"}, {{"ram", "memory"}}});
    case field::path:
        return read_words(value, name, {{"direct", "relayed", "unknown"}, {{"relay", "relayed"}}});
    case field::tree:
        return read_words(value, name, {{"eager", "lazy", "unknown"}});
    case field::id:
        if (value.empty() || !is_hexadecimal(value))
            return "id wants the start of one, 0-9 and a-f: id:3f9a";
        break;
    default:
        if (value.empty()) return fmt::format("{0} wants a value: {0}:VALUE", name);
        if (is_part && value.find('*') == std::string::npos) value = "*" + value + "*";
    }
    return {};
}

bool node_filter::is_about_edges(const term& asked) noexcept {
    return asked.of >= field::path;
}

bool node_filter::asks_edges() const noexcept {
    return std::any_of(terms_.begin(), terms_.end(), is_about_edges);
}

bool node_filter::matches(const node_facts& node, std::span<const edge_facts> its_edges) const {
    return std::all_of(terms_.begin(), terms_.end(), [&](const term& asked) {
        const auto of_edge = [&](const edge_facts& edge) { return holds(asked, edge); };
        const bool is_so = is_about_edges(asked)
                               ? std::any_of(its_edges.begin(), its_edges.end(), of_edge)
                               : holds(asked, node);
        return is_so != asked.is_negative;
    });
}

bool node_filter::matches(const edge_facts& edge, const node_facts& a, const node_facts& b) const {
    return std::all_of(terms_.begin(), terms_.end(), [&](const term& asked) {
        const bool is_so =
            is_about_edges(asked) ? holds(asked, edge) : holds(asked, a) || holds(asked, b);
        return is_so != asked.is_negative;
    });
}

bool node_filter::holds(const term& asked, const node_facts& node) {
    const auto any_of = [&](const std::vector<std::string>& texts) {
        return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
            return matches_any(asked.value, in_lower_case(text));
        });
    };
    switch (asked.of) {
    case field::state:
        return matches_any(asked.value, node.state);
    case field::tier:
        return matches_any(asked.value, node.tier);
    case field::role:
        return any_of(node.roles);
    case field::over:
        return any_of(node.over);
    case field::version:
        return matches_any(asked.value, in_lower_case(node.version));
    case field::id:
        return node.id.starts_with(asked.value);
    case field::name:
        return matches_any(asked.value, in_lower_case(node.name));
    case field::cpu:
        return node.cpu && holds(asked, *node.cpu);
    case field::memory:
        return node.memory && holds(asked, *node.memory);
    default:
        return node.id.starts_with(asked.value)
               || in_lower_case(node.name).find(asked.value) != std::string::npos;
    }
}

bool node_filter::holds(const term& asked, const edge_facts& edge) {
    switch (asked.of) {
    case field::path:
        return matches_any(asked.value, edge.kind);
    case field::reason:
        return matches_any(asked.value, in_lower_case(edge.reason));
    case field::tree:
        return matches_any(asked.value, edge.tree);
    default:
        return edge.rtt_us && holds(asked, *edge.rtt_us);
    }
}

bool node_filter::holds(const term& asked, double value) {
    switch (asked.how) {
    case comparison::above:
        return value > asked.limit;
    case comparison::below:
        return value < asked.limit;
    case comparison::at_least:
        return value >= asked.limit;
    case comparison::at_most:
        return value <= asked.limit;
    case comparison::equal:
        break;
    }
    return value == asked.limit;  // NOLINT(clang-diagnostic-float-equal): as it was asked for
}

}  // namespace meshhost::observe::proto
