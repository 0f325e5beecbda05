// SPDX-License-Identifier: Apache-2.0
#include "config/value_rule.hpp"

#include "config/duration_text.hpp"
#include "config/text_form.hpp"

namespace meshhost::config {
namespace {

std::string list_text(const value_rule& rule) {
    return "up to " + std::to_string(rule.most) + ", each " + form_text(rule.form, rule.choices);
}

}  // namespace

std::string type_text(const value_rule& rule) {
    switch (rule.kind) {
    case value_kind::boolean:
        return "true or false";
    case value_kind::integer:
        return "an integer";
    case value_kind::duration:
        return "a duration like \"30s\" or \"250ms\"";
    case value_kind::text:
        return "a string";
    case value_kind::text_list:
        return "an array of strings";
    case value_kind::free_table:
        return "a table";
    }
    return "";
}

std::string rule_text(const value_rule& rule) {
    switch (rule.kind) {
    case value_kind::boolean:
        return "true or false";
    case value_kind::integer:
        return std::to_string(rule.least) + ".." + std::to_string(rule.most);
    case value_kind::duration:
        return format_duration(duration(rule.least)) + ".." + format_duration(duration(rule.most));
    case value_kind::text:
        return form_text(rule.form, rule.choices);
    case value_kind::text_list:
        return list_text(rule);
    case value_kind::free_table:
        return "the keys of the plugin's role";
    }
    return "";
}

}  // namespace meshhost::config
