// SPDX-License-Identifier: Apache-2.0
#pragma once
// The forms of strings: what each is called, and why a text has not got it.
#include "config/value_rule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::config {

/// A sentence without its subject, "must be an absolute path", and a remedy (may be empty).
struct form_fault {
    std::string complaint;
    std::string hint;
};

/// nullopt when `text` has the form. A choice is checked against `choices` ("debug|info").
std::optional<form_fault> check_form(
    text_form form,
    std::string_view choices,
    std::string_view text
);

/// The form for a person, in the singular: "an absolute path".
std::string form_text(text_form form, std::string_view choices);

/// A regular expression (ECMA-262) that every text of this form matches; empty: no simple one.
std::string_view form_pattern(text_form form);

/// "a|b|c" split at its bars.
std::vector<std::string> choice_list(std::string_view choices);

}  // namespace meshhost::config
