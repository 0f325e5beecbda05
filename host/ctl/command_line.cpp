// SPDX-License-Identifier: Apache-2.0
#include "ctl/command_line.hpp"

#include "base/near_miss.hpp"
#include "base/version.hpp"
#include "config/text_form.hpp"
#include "ctl/option_types.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace meshhost::ctl {

namespace {

constexpr const char* exit_codes_footer =
    "Exit codes: 0 ok, 1 failure, 2 usage, 3 degraded, 4 unreachable or not found, 5 timeout,\n"
    "6 not permitted, 7 invalid, 8 version mismatch, 9 a check failed, 10 no meshhost runs,\n"
    "130 interrupted.";

constexpr const char* command_footer =
    "Options of every command, such as --json, --instance and --timeout: meshctl --help";

/// As node.instance has it: the name becomes part of paths. Empty when it is fine.
std::string complaint_about_instance(const std::string& name) {
    using config::text_form;
    if (!config::check_form(text_form::name, {}, name)) return "";
    return "an instance is " + config::form_text(text_form::name, {});
}

const std::map<std::string, output_format> format_names{
    {"text", output_format::text},
    {"json", output_format::json},
    {"ndjson", output_format::ndjson},
    {"csv", output_format::csv},
    {"dot", output_format::dot}};

output_format read_format(const std::string& name) {
    const auto named = format_names.find(name);
    if (named == format_names.end())
        throw CLI::ValidationError(
            "\"" + name + "\" is no format; write text, json, ndjson or csv"
        );
    return named->second;
}

failure usage_failure(std::string message, const CLI::App& at) {
    std::string name = at.get_name();
    for (const auto* parent = at.get_parent(); parent != nullptr; parent = parent->get_parent())
        name = parent->get_name() + " " + name;
    return {exit_code::usage, "E_USAGE", std::move(message), fmt::format("see {} --help", name)};
}

/// The innermost command that was named.
const CLI::App& innermost(const CLI::App& app) {
    const CLI::App* found = &app;
    while (!found->get_subcommands().empty())
        found = found->get_subcommands().front();
    return *found;
}

std::vector<std::string> known_words(const CLI::App& at, bool options) {
    std::vector<std::string> words;
    if (!options) {
        for (const auto* sub : at.get_subcommands({}))
            words.push_back(sub->get_name());
        return words;
    }
    for (const auto* app = &at; app != nullptr; app = app->get_parent())
        for (const auto* option : app->get_options())
            for (const auto& name : option->get_lnames())
                words.push_back("--" + name);
    return words;
}

failure unknown_word(const std::string& word, const CLI::App& at) {
    const bool is_option = word.starts_with('-');
    const bool is_command = !is_option && !at.get_subcommands({}).empty();
    const char* what = is_option ? "option" : is_command ? "command" : "argument";
    std::string message = fmt::format("unknown {} \"{}\"", what, word);
    const auto candidates = known_words(at, is_option);
    if (const auto meant = nearest(word, candidates))
        message += fmt::format("; did you mean \"{}\"?", *meant);
    return usage_failure(std::move(message), at);
}

}  // namespace

command_line::command_line()
    : app_(std::make_unique<CLI::App>("Ask a running meshhost, and prepare one.", "meshctl")) {
    app_->footer(exit_codes_footer);
    app_->set_version_flag("--version", fmt::format("meshctl {}", version()));
    app_->allow_extras();
    app_->require_subcommand(
        0,
        1
    );  // at most: what follows a command is its own, whatever its name
    add_global_options();
    add_commands();
}

command_line::~command_line() = default;

void command_line::add_global_options() {
    auto& style = options_.style;
    app_->add_option_function<std::string>(
            "-o,--output",
            [&style](const std::string& name) { style.format = read_format(name); },
            "text, json, ndjson; csv of tables; dot of the topology"
    )
        ->type_name("FORMAT");
    app_->add_flag_callback(
        "--json",
        [&style] { style.format = output_format::json; },
        "the same as -o json"
    );
    auto* instance = app_->add_option("--instance", options_.instance, "which host of this machine")
                         ->type_name("NAME")
                         ->check(CLI::Validator(complaint_about_instance, ""));
    auto* socket = app_->add_option("--socket", options_.socket, "its socket, wherever it is")
                       ->type_name("PATH");
    app_->add_option("--lab", options_.lab, "the observer of this lab of this machine")
        ->type_name("NAME")
        ->excludes(instance)
        ->excludes(socket);
    app_->add_option("--via", options_.via, "ask this node, through the local host")
        ->type_name("NODE");
    add_duration(*app_, "--timeout", options_.timeout, "how long to wait for an answer");
    app_->add_flag_callback(
        "--no-header",
        [&style] { style.header = false; },
        "no column titles over tables"
    );
    app_->add_option("--color", options_.colour, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
        ->type_name("WHEN");
    app_->add_flag("-q,--quiet", style.quiet, "no hints and no totals");
}

void command_line::add_commands() {
    for (const auto& row : command_table()) {
        CLI::App* parent = app_.get();
        std::string name(row.path);
        if (const auto space = name.find(' '); space != std::string::npos) {
            parent = app_->get_subcommand(name.substr(0, space));
            name.erase(0, space + 1);
        }
        auto* sub = parent->add_subcommand(name, row.summary);
        sub->fallthrough();
        sub->allow_extras();
        sub->require_subcommand(0, 1);
        sub->footer(command_footer);
        if (row.make == nullptr) continue;
        auto& made = commands_[sub] = row.make();
        made->declare(*sub);
    }
}

outcome<command*> command_line::parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // what CLI11 asks for
    try {
        app_->parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        text_ = app_->help();
        return nullptr;
    } catch (const CLI::CallForVersion& asked) {
        text_ = std::string(asked.what()) + "\n";
        return nullptr;
    } catch (const CLI::ParseError& error) {
        return usage_failure(error.what(), innermost(*app_));
    }
    return chosen();
}

outcome<command*> command_line::chosen() {
    const auto& at = innermost(*app_);
    if (const auto extras = app_->remaining(true); !extras.empty())
        return unknown_word(extras.front(), at);
    const auto found = commands_.find(&at);
    if (found == commands_.end()) return usage_failure("which command?", at);
    if (!found->second->can_write(options_.style.format))
        return usage_failure("its answer does not come in that format", at);
    return found->second.get();
}

output_format format_asked_for(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (word == "--json" || word == "-ojson" || word == "--output=json")
            return output_format::json;
        if (word == "-ondjson" || word == "--output=ndjson") return output_format::ndjson;
        if ((word != "-o" && word != "--output") || i + 1 == words.size()) continue;
        const auto named = format_names.find(words[i + 1]);
        if (named != format_names.end()) return named->second;
    }
    return output_format::text;
}

}  // namespace meshhost::ctl
