// SPDX-License-Identifier: Apache-2.0
#include "lab/model/expectation.hpp"

#include "base/near_miss.hpp"
#include "config/duration_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace meshhost::lab::model {
namespace {

/// What a host can be seen as; these can be expected.
constexpr std::array<std::string_view, 6>
    states{"stale", "dead", "left", "alive", "degraded", "draining"};
/// What nobody else may be taken for.
constexpr std::array<std::string_view, 2> mistakes{"dead", "stale"};

constexpr const char* grammar_hint =
    "write STATE within TIME, known everywhere within TIME, mesh reconverges within TIME, or "
    "nobody else dead [for TIME], with commas between them; TIME is 250ms, 8s or 2m";

struct word {
    std::string text;  ///< "," is a word of its own; empty at the end
    std::size_t column = 1;
};

std::vector<word> words_of(std::string_view text) {
    std::vector<word> words;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == ' ' || text[at] == '\t' || text[at] == '\n') {
            ++at;
            continue;
        }
        const auto end = text[at] == ',' ? at + 1 : text.find_first_of(", \t\n", at);
        words.push_back({std::string(text.substr(at, end - at)), at + 1});
        at = std::min(end, text.size());
    }
    words.push_back({"", text.size() + 1});
    return words;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& all, std::string_view text) {
    return std::find(all.begin(), all.end(), text) != all.end();
}

/// Goes through the words once; the first that does not fit ends it.
class reader {
public:
    explicit reader(std::string_view text)
        : words_(words_of(text)) {}

    outcome<std::vector<expectation>> read();

private:
    const word& here() const { return words_[at_]; }
    bool is_at_end() const { return here().text.empty(); }
    bool take(std::string_view text);
    failure fault(std::string_view wanted) const;
    outcome<expectation> read_one();
    outcome<expectation> read_phrase(expectation_kind kind, std::string_view second);
    outcome<expectation> read_nobody();
    outcome<duration> read_time();
    outcome<expectation> read_limit(expectation what);

    std::vector<word> words_;
    std::size_t at_ = 0;
};

bool reader::take(std::string_view text) {
    if (here().text != text) return false;
    ++at_;
    return true;
}

failure reader::fault(std::string_view wanted) const {
    const auto found = is_at_end() ? std::string("the end") : fmt::format("\"{}\"", here().text);
    return {
        exit_code::usage,
        "E_EXPECT",
        fmt::format("column {}: expected {}, not {}", here().column, wanted, found),
        grammar_hint};
}

outcome<duration> reader::read_time() {
    const auto time = config::parse_duration(here().text);
    if (!time || *time == duration::zero()) return fault("a time such as 8s");
    ++at_;
    return *time;
}

outcome<expectation> reader::read_limit(expectation what) {
    if (!take("within")) return fault("within");
    const auto time = read_time();
    if (!time) return time.error();
    what.limit = *time;
    return what;
}

outcome<expectation> reader::read_phrase(expectation_kind kind, std::string_view second) {
    ++at_;
    if (!take(second)) return fault(second);
    return read_limit({kind, "", {}});
}

outcome<expectation> reader::read_nobody() {
    ++at_;
    if (!take("else")) return fault("else");
    if (!is_one_of(mistakes, here().text)) return fault("dead or stale");
    expectation what{expectation_kind::nobody_else, here().text, {}};
    ++at_;
    if (!take("for")) return what;
    const auto time = read_time();
    if (!time) return time.error();
    what.limit = *time;
    return what;
}

outcome<expectation> reader::read_one() {
    const std::string& first = here().text;
    if (first == "mesh") return read_phrase(expectation_kind::reconverges, "reconverges");
    if (first == "known") return read_phrase(expectation_kind::known_everywhere, "everywhere");
    if (first == "nobody") return read_nobody();
    if (is_one_of(states, first)) {
        ++at_;
        return read_limit({expectation_kind::state_seen, first, {}});
    }
    std::vector<std::string> known(states.begin(), states.end());
    known.insert(known.end(), {"mesh", "known", "nobody"});
    const auto meant = nearest(first, known);
    auto error = fault(fmt::format("{}", fmt::join(known, ", ")));
    if (meant) error.message += fmt::format("; did you mean \"{}\"?", *meant);
    return error;
}

outcome<std::vector<expectation>> reader::read() {
    std::vector<expectation> all;
    do {
        const auto one = read_one();
        if (!one) return one.error();
        all.push_back(*one);
        if (all.size() > expectations_max) return fault("fewer expectations, at most 16");
    } while (take(",") || take("and"));
    if (!is_at_end()) return fault("a comma or the end");
    return all;
}

}  // namespace

outcome<std::vector<expectation>> parse_expectations(std::string_view text) {
    return reader(text).read();
}

std::string to_text(const expectation& what) {
    const auto limit = config::format_duration(what.limit);
    switch (what.kind) {
    case expectation_kind::state_seen:
        return fmt::format("{} within {}", what.state, limit);
    case expectation_kind::known_everywhere:
        return fmt::format("known everywhere within {}", limit);
    case expectation_kind::reconverges:
        return fmt::format("mesh reconverges within {}", limit);
    case expectation_kind::nobody_else:
        if (what.limit == duration::zero()) return fmt::format("nobody else {}", what.state);
        return fmt::format("nobody else {} for {}", what.state, limit);
    }
    return "";
}

}  // namespace meshhost::lab::model
