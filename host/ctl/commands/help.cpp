// SPDX-License-Identifier: Apache-2.0
#include <mesh/plugin.h>

#include "base/near_miss.hpp"
#include "base/version.hpp"
#include "ctl/commands/commands.hpp"
#include "ctl/completion.hpp"
#include "ctl/explanations.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/text_table.hpp"
#include "http/envelope.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>

#include <set>

#include <CLI/App.hpp>

namespace meshhost::ctl {

namespace {

class version_command final : public command {
public:
    outcome<verdict> run(workplace& here) override {
        const auto abi = fmt::format("{}.{}", MESH_ABI_MAJOR, MESH_ABI_MINOR);
        if (here.out.is_text())
            here.out.print(fmt::format("meshctl {} (abi {})\n", version(), abi));
        else
            here.out.print(http::make_envelope("version", {{"version", version()}, {"abi", abi}}));
        return verdict{};
    }
};

class explain_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("code", code_, "as printed in brackets; without it: all codes")
            ->type_name("CODE");
    }

    outcome<verdict> run(workplace& here) override {
        if (code_.empty()) return list(here.out);
        const auto code = boost::algorithm::to_upper_copy(code_);
        const auto* found = find_explanation(code);
        if (found == nullptr) return unknown(code);
        if (here.out.is_text())
            here.out.print(fmt::format("{}\n\n{}\n", found->code, found->text));
        else
            here.out.print(
                http::make_envelope("explanation", {{"code", found->code}, {"text", found->text}})
            );
        return verdict{};
    }

private:
    /// Its first sentence, as far as one line has it.
    static std::string first_words(std::string_view text) {
        const auto sentence = text.substr(0, text.find(". "));
        std::string words(sentence.substr(0, sentence.find('\n')));
        if (words.size() == sentence.size()) return words;
        return words + " ...";
    }

    static verdict list(console& out) {
        boost::json::array codes;
        std::string lines;
        for (const auto& known : explanations()) {
            codes.emplace_back(known.code);
            lines += fmt::format("{:<24}{}\n", known.code, first_words(known.text));
        }
        if (out.is_text())
            out.print(lines);
        else
            out.print(http::make_envelope("explanations", {{"codes", std::move(codes)}}));
        return verdict{};
    }

    static failure unknown(const std::string& code) {
        std::vector<std::string> codes;
        for (const auto& known : explanations())
            codes.emplace_back(known.code);
        auto message = fmt::format("no error has the code \"{}\"", printable(code));
        if (const auto meant = nearest(code, codes))
            message += fmt::format("; did you mean {}?", *meant);
        return {
            exit_code::unreachable,
            "E_NO_SUCH_CODE",
            std::move(message),
            "meshctl explain lists them all"};
    }

    std::string code_;
};

class examples_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("command", command_, "only those of this command")->type_name("COMMAND");
    }

    outcome<verdict> run(workplace& here) override {
        boost::json::array list;
        text_table table({{"LINE"}, {"WHAT IT DOES"}});
        std::set<std::string_view> shown;
        for (const auto& row : command_table()) {
            if (!command_.empty() && row.path != command_) continue;
            for (const auto& item : row.examples) {
                if (!shown.insert(item.line).second) continue;  // a group has those of its own
                list.push_back({{"line", item.line}, {"meaning", item.meaning}});
                table.add({item.line, item.meaning});
            }
        }
        if (list.empty())
            return failure{
                exit_code::unreachable,
                "E_NO_EXAMPLES",
                fmt::format("there are no examples of \"{}\"", printable(command_)),
                "meshctl examples shows them all"};
        if (here.out.is_text())
            here.out.print(table.to_string(false));
        else
            here.out.print(http::make_envelope("examples", {{"examples", std::move(list)}}));
        return verdict{};
    }

private:
    std::string command_;
};

class completion_command final : public command {
public:
    void declare(CLI::App& app) override {
        app.add_option("shell", shell_, "bash, zsh or fish")->required()->type_name("SHELL");
    }

    outcome<verdict> run(workplace& here) override {
        const auto script = completion_script(here.command_tree, shell_);
        if (!script)
            return failure{
                exit_code::usage,
                "E_USAGE",
                fmt::format("there is no completion for \"{}\"", printable(shell_)),
                "write bash, zsh or fish"};
        here.out.print(*script);
        return verdict{};
    }

private:
    std::string shell_;
};

}  // namespace

std::unique_ptr<command> make_version() {
    return std::make_unique<version_command>();
}

std::unique_ptr<command> make_explain() {
    return std::make_unique<explain_command>();
}

std::unique_ptr<command> make_examples() {
    return std::make_unique<examples_command>();
}

std::unique_ptr<command> make_completion() {
    return std::make_unique<completion_command>();
}

}  // namespace meshhost::ctl
