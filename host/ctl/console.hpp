// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a command's answer goes, in the form that was asked for.
#include "base/error.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace meshhost::ctl {

enum class output_format : std::uint8_t {
    text,    ///< for people; may change
    json,    ///< one envelope; a contract
    ndjson,  ///< a line an item, as it comes; a contract
    csv,     ///< of tables: a line a row, RFC 4180
    dot,     ///< of the topology: for graphviz
};

enum class tone : std::uint8_t { plain, good, warning, bad, faint };

struct console_style {
    output_format format = output_format::text;
    bool colour = false;
    bool unicode = false;
    bool header = true;        ///< column titles over tables
    bool quiet = false;        ///< answers only: no hints, no totals
    bool is_terminal = false;  ///< standard output
};

/// What the terminal and the environment allow: colour on a terminal without NO_COLOR, Unicode in
/// a UTF-8 locale.
struct terminal_facts {
    bool is_terminal = false;
    bool no_colour = false;
    std::string locale;  ///< of LC_ALL, LC_CTYPE, LANG the first that is set
};

bool allows_colour(const terminal_facts& terminal, std::string_view wish);
bool allows_unicode(const terminal_facts& terminal);

class console {
public:
    console(std::ostream& out, std::ostream& err, console_style style);

    const console_style& style() const noexcept { return style_; }
    bool is_text() const noexcept { return style_.format == output_format::text; }
    bool is_json() const noexcept {
        return style_.format == output_format::json || style_.format == output_format::ndjson;
    }

    /// To standard output as it is.
    void print(std::string_view text);
    /// One line of JSON, harmless on a terminal.
    void print(const boost::json::object& value);
    /// What went wrong: two lines on standard error, or an error envelope on standard output.
    void print_failure(const failure& error);
    /// A line for people on standard error, whatever the format of the answer.
    void print_note(std::string_view text);

    std::string tinted(std::string_view text, tone kind) const;
    /// A separator of facts on a line: " · ", or " - " without Unicode.
    const char* dot() const noexcept { return style_.unicode ? " · " : " - "; }
    const char* arrow() const noexcept { return style_.unicode ? "→" : "->"; }

    /// Whether standard output took everything that was printed, down to its descriptor.
    bool wrote_all() const;

private:
    std::ostream& out_;
    std::ostream& err_;
    console_style style_;
};

}  // namespace meshhost::ctl
