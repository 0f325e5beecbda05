// SPDX-License-Identifier: Apache-2.0
#include "config/text_form.hpp"

#include "base/http_url.hpp"
#include "base/ip_endpoint.hpp"
#include "base/near_miss.hpp"
#include "base/quote.hpp"
#include "config/bind_endpoints.hpp"
#include "config/quantity_text.hpp"
#include "identity/endpoint_addr.hpp"
#include "identity/relay_url.hpp"

#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/split.hpp>

#include <algorithm>

namespace meshhost::config {
namespace {

constexpr std::size_t label_size_max = 64;
constexpr std::size_t name_size_max = 64;
constexpr std::size_t permission_size_max = 255;
constexpr std::size_t path_size_max = 4096;  ///< PATH_MAX

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

bool is_name(std::string_view text) {
    const auto alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= name_size_max && alphanumeric(text.front())
           && std::all_of(text.begin(), text.end(), [&](char c) {
                  return alphanumeric(c) || c == '-' || c == '_';
              });
}

bool is_path(std::string_view text) {
    return text.size() <= path_size_max && !has_control_characters(text);
}

/// A typing error in what is granted would be found when something fails, months later.
bool is_permission(std::string_view text) {
    if (text == "declared") return true;
    if (text.size() > permission_size_max || has_control_characters(text)) return false;
    if (text.starts_with("fs:"))
        return text.starts_with("fs:read:/") || text.starts_with("fs:write:/");
    const auto colon = text.find(':');
    return colon != 0 && colon != std::string_view::npos && colon + 1 < text.size();
}

/// A name has letters, digits, "-" and dots (RFC 1123); whether there is such a host shows later.
bool is_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    if (ip_endpoint::parse(text)) return ip_endpoint::parse(text)->port != 0;
    const auto name = text.substr(0, colon);
    const bool is_name = name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                                    || (c >= '0' && c <= '9') || c == '-' || c == '.';
                         });
    const auto port = ip_endpoint::parse("127.0.0.1:" + std::string(text.substr(colon + 1)));
    return is_name && port && port->port != 0;
}

bool is_web_host(std::string_view text) {
    return is_host_port(text) || is_host_port(std::string(text) + ":1");
}

bool has_form(text_form form, std::string_view choices, std::string_view text) {
    switch (form) {
    case text_form::label:
        return text.size() <= label_size_max && !has_control_characters(text);
    case text_form::name:
        return is_name(text);
    case text_form::choice: {
        const auto known = choice_list(choices);
        return std::find(known.begin(), known.end(), text) != known.end();
    }
    case text_form::absolute_path:
        return text.empty() || (text.front() == '/' && is_path(text));
    case text_form::plugin_path:
        return !text.empty() && is_path(text);
    case text_form::permission:
        return is_permission(text);
    case text_form::ip_address:
        return parse_address(text, 0).has_value();
    case text_form::peer:
        return identity::parse_peer(text).has_value();
    case text_form::relay_url:
        return identity::normalise_relay_url(text).has_value();
    case text_form::host_port:
        return is_host_port(text);
    case text_form::cpu_share:
        return parse_cpu_share(text).has_value();
    case text_form::memory_size:
        return parse_memory_size(text).has_value();
    case text_form::emit_mode:
        return parse_emit_mode(text).has_value();
    case text_form::endpoint:
        return text.empty() || ip_endpoint::parse(text).has_value();
    case text_form::web_host:
        return is_web_host(text);
    case text_form::collector:
        return text.empty() || text == "mesh" || parse_http_url(text).has_value();
    }
    return false;
}

std::string remedy(text_form form, std::string_view choices, std::string_view text) {
    if (form == text_form::choice) {
        const auto near = nearest(text, choice_list(choices));
        return near ? "did you mean " + in_quotes(*near) + "?" : "";
    }
    if (form == text_form::ip_address && ip_endpoint::parse(text)) {
        return "the port is set by net.port";
    }
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    if (form == text_form::memory_size && is_number) {
        return "it has no unit: KiB, MiB, GiB or TiB";
    }
    if (form == text_form::collector && text.starts_with("https:")) {
        return "a collector on this machine can pass on to one that wants TLS";
    }
    return "";
}

}  // namespace

std::optional<form_fault> check_form(
    text_form form,
    std::string_view choices,
    std::string_view text
) {
    if (has_form(form, choices, text)) return std::nullopt;
    if (form == text_form::peer) {
        const failure why = identity::parse_peer(text).error();
        return form_fault{"names no peer: " + why.message, why.hint};
    }
    return form_fault{
        "must be " + form_text(form, choices) + ", not " + in_quotes(text),
        remedy(form, choices, text)};
}

std::string form_text(text_form form, std::string_view choices) {
    switch (form) {
    case text_form::label:
        return "at most 64 bytes without control characters";
    case text_form::name:
        return "1 to 64 of a-z, 0-9, \"-\" and \"_\", the first a letter or digit";
    case text_form::choice:
        return "one of " + boost::join(choice_list(choices), ", ");
    case text_form::absolute_path:
        return "an absolute path";
    case text_form::plugin_path:
        return "a plugin's file name or path";
    case text_form::permission:
        return "\"declared\" or a permission like \"net:out\" or \"fs:read:/srv/data\"";
    case text_form::ip_address:
        return "an IP address without a port";
    case text_form::peer:
        return "a ticket, an id, or ID@IP:PORT";
    case text_form::relay_url:
        return "a relay's URL, like \"https://relay.example\"";
    case text_form::host_port:
        return "a name or an address, with a port, like \"stun.example:3478\"";
    case text_form::cpu_share:
        return "millicores like \"250m\" or cores like \"0.25\"";
    case text_form::memory_size:
        return "a size like \"64MiB\"";
    case text_form::emit_mode:
        return "\"change\" or an interval like \"interval:500ms\", 100ms..1h";
    case text_form::endpoint:
        return "an address with a port, like \"0.0.0.0:9464\"";
    case text_form::web_host:
        return "a name or an address, with or without a port, like \"mesh.example\"";
    case text_form::collector:
        return "an address like \"http://127.0.0.1:4318\", or \"mesh\"";
    }
    return "";
}

std::string_view form_pattern(text_form form) {
    switch (form) {
    case text_form::name:
        return "^[a-z0-9][a-z0-9_-]{0,63}$";
    case text_form::absolute_path:
        return "^(/.*)?$";
    case text_form::plugin_path:
        return "^.+$";
    case text_form::permission:
        return "^(declared|fs:(read|write):/.*|(?!fs:)[^:]+:.+)$";
    case text_form::cpu_share:
        return "^([0-9]+m|[0-9]+(\\.[0-9]{1,3})?)?$";
    case text_form::memory_size:
        return "^([0-9]+[KMGT]iB)?$";
    case text_form::emit_mode:
        return "^(change|interval:[0-9]+(us|ms|s|m|h))$";
    case text_form::endpoint:
        return "^(.+:[0-9]{1,5})?$";
    case text_form::web_host:
        return "^[^/@ ]+$";
    case text_form::collector:
        return "^(mesh|http://[^?#@]+)?$";
    case text_form::relay_url:
        return "^[a-z]+://.+$";
    case text_form::host_port:
        return "^.+:[0-9]{1,5}$";
    case text_form::label:
    case text_form::choice:
    case text_form::ip_address:
    case text_form::peer:
        break;
    }
    return "";
}

std::vector<std::string> choice_list(std::string_view choices) {
    std::vector<std::string> list;
    boost::split(list, choices, [](char c) { return c == '|'; });
    return list;
}

}  // namespace meshhost::config
