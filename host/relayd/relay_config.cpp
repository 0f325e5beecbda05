// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_config.hpp"

#include "base/near_miss.hpp"
#include "base/quote.hpp"
#include "config/config_loader.hpp"
#include "config/key_lookup.hpp"
#include "config/problem_list.hpp"
#include "config/toml_reader.hpp"
#include "config/value_check.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace meshhost::relayd {

namespace {

using config::toml_item;

void report(
    config::problem_list& into,
    std::string_view name,
    config::text_position at,
    std::string message,
    std::string hint
) {
    config::config_problem problem;
    problem.where = std::string(name);
    if (at.line > 0)
        problem.where += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    problem.message = std::move(message);
    problem.hint = std::move(hint);
    into.add(at, std::move(problem));
}

const relay_key* find_key(std::string_view path) {
    const auto keys = relay_keys();
    const auto at = std::ranges::find(keys, path, &relay_key::path);
    return at == keys.end() ? nullptr : &*at;
}

bool is_section(std::string_view path) {
    const std::string prefix = std::string(path) + ".";
    return std::ranges::any_of(relay_keys(), [&](const relay_key& key) {
        return key.path.starts_with(prefix);
    });
}

void refuse_unknown(
    config::problem_list& into,
    std::string_view name,
    const toml_item& item,
    const std::string& path
) {
    std::vector<std::string> known;
    for (const auto& key : relay_keys())
        known.emplace_back(key.path);
    const auto meant = nearest(path, known);
    report(
        into,
        name,
        item.key_at,
        "there is no key " + in_quotes(path),
        meant ? "did you mean `" + *meant + "`?" : "docs/relay.md lists them all"
    );
}

void take(
    config::problem_list& into,
    std::string_view name,
    const toml_item& item,
    relay_config& out
) {
    const std::string path = config::path_text(item.path);
    const relay_key* const key = find_key(path);
    if (key == nullptr) {
        const bool is_table = item.type == config::toml_type::table && is_section(path);
        if (!is_table) refuse_unknown(into, name, item, path);
        return;
    }
    const config::config_key as_checked{
        .path = key->path,
        .rule = key->rule,
        .fallback = key->fallback,
        .doc = {},
        .store = nullptr};
    const auto faults = config::check_value(as_checked, path, item);
    for (const auto& fault : faults)
        report(into, name, fault.at, fault.message, fault.hint);
    if (!faults.empty() || key->store(out, item.value)) return;
    report(into, name, item.value_at, "`" + path + "` " + std::string(key->complaint), "");
}

/// Whether the values fit together.
void check(config::problem_list& into, std::string_view name, const relay_config& read) {
    using relay::proto::access_mode;
    const auto wrong = [&](std::string message, std::string hint) {
        report(into, name, {}, std::move(message), std::move(hint));
    };
    if (read.listen.empty() && read.tls_listen.empty())
        wrong("it listens nowhere", "set `listen`, or `tls.listen`");
    if (!read.tls_listen.empty() && (read.tls_cert.empty() || read.tls_key.empty()))
        wrong("`tls.listen` needs a certificate", "set `tls.cert` and `tls.key`");
    const bool is_list =
        read.mode == access_mode::allow_list || read.mode == access_mode::deny_list;
    if (is_list && read.ids.empty()) wrong("`access.ids` is empty", "name whom it is about");
    if (!is_list && !read.ids.empty())
        wrong("`access.ids` has no meaning in this mode", "set `access.mode` to allow or deny");
    if ((read.mode == access_mode::token) == read.tokens.empty())
        wrong("`access.tokens` and `access.mode = \"token\"` belong together", "set both, or none");
}

}  // namespace

relay_config_result parse_relay_config(std::string_view name, std::string_view text) {
    config::problem_list problems;
    relay_config out;
    out.stun_listen = usual_stun;
    const auto items = config::read_toml(text);
    if (!items) {
        report(problems, name, items.error().at, items.error().message, "");
        return config::config_failure{std::move(problems).take()};
    }
    for (const auto& item : *items)
        take(problems, name, item, out);
    if (problems.empty()) check(problems, name, out);
    problems.end_layer();
    if (!problems.empty()) return config::config_failure{std::move(problems).take()};
    return out;
}

relay_config_result read_relay_config(const std::filesystem::path& file) {
    const bool is_usual = file.empty();
    const std::filesystem::path path = is_usual ? usual_relay_config : file;
    std::error_code ignored;
    if (is_usual && !std::filesystem::exists(path, ignored)) return relay_config{};
    const auto refuse = [&](std::string message, exit_code exit) {
        config::config_problem problem;
        problem.where = path.string();
        problem.message = std::move(message);
        problem.exit = exit;
        return config::config_failure{{std::move(problem)}};
    };
    if (std::filesystem::is_directory(path, ignored))
        return refuse("is a directory, not a file", exit_code::invalid);
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    std::string text(config::config_file_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.is_open() || in.bad())
        return refuse(
            std::string("cannot be read: ") + std::strerror(errno),
            errno == EACCES ? exit_code::not_permitted : exit_code::invalid
        );
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > config::config_file_bytes_max)
        return refuse("is larger than 1 MiB", exit_code::invalid);
    return parse_relay_config(path.string(), text);
}

}  // namespace meshhost::relayd
