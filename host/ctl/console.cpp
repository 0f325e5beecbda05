// SPDX-License-Identifier: Apache-2.0
#include "ctl/console.hpp"

#include "ctl/terminal_text.hpp"
#include "http/envelope.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <ostream>

namespace meshhost::ctl {

namespace {

/// SGR parameters (ECMA-48).
const char* escape_of(tone kind) {
    switch (kind) {
    case tone::plain:
        return "0";
    case tone::good:
        return "32";
    case tone::warning:
        return "33";
    case tone::bad:
        return "31";
    case tone::faint:
        return "2";
    }
    return "0";
}

}  // namespace

bool allows_colour(const terminal_facts& terminal, std::string_view wish) {
    if (wish == "always") return true;
    if (wish == "never") return false;
    return terminal.is_terminal && !terminal.no_colour;
}

bool allows_unicode(const terminal_facts& terminal) {
    return boost::algorithm::icontains(terminal.locale, "utf-8")
           || boost::algorithm::icontains(terminal.locale, "utf8");
}

console::console(std::ostream& out, std::ostream& err, console_style style)
    : out_(out)
    , err_(err)
    , style_(style) {}

void console::print(std::string_view text) {
    out_ << text << std::flush;
}

void console::print(const boost::json::object& value) {
    out_ << printable_json(boost::json::serialize(value)) << '\n' << std::flush;
}

void console::print_failure(const failure& error) {
    if (is_json()) return print(http::make_error_envelope(error));
    err_ << fmt::format(
        "{} {} [{}]\n",
        tinted("error:", tone::bad),
        printable(error.message),
        printable(error.code)
    );
    if (!error.hint.empty() && !style_.quiet)
        err_ << fmt::format("{}  {}\n", tinted("hint:", tone::faint), printable(error.hint));
    err_ << std::flush;
}

void console::print_note(std::string_view text) {
    err_ << printable(text) << '\n' << std::flush;
}

bool console::wrote_all() const {
    return out_.good();
}

std::string console::tinted(std::string_view text, tone kind) const {
    if (!style_.colour || kind == tone::plain) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", escape_of(kind), text);
}

}  // namespace meshhost::ctl
