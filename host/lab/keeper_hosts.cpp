// SPDX-License-Identifier: Apache-2.0
#include "lab/keeper_hosts.hpp"

#include "base/ip_endpoint.hpp"
#include "lab/lab_dir.hpp"
#include "lab/model/fields.hpp"
#include "lab/model/host_file.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace meshhost::lab {
namespace {

constexpr std::size_t line_bytes_max = 256 << 10;  ///< of an announcement; ours are below 4 KiB

std::string end_text(int status) {
    if (WIFEXITED(status)) return fmt::format("exit {}", WEXITSTATUS(status));
    const int signal = WTERMSIG(status);
    return fmt::format("signal {} ({})", signal, ::strsignal(signal));
}

/// "http://127.0.0.1:41871/#t=..." → "127.0.0.1:41871".
std::string authority_of(std::string_view url) {
    url.remove_prefix(std::min(url.find("//") + 2, url.size()));
    return std::string(url.substr(0, url.find('/')));
}

std::int64_t ns_of(time_point at) {
    return at.time_since_epoch().count();
}

}  // namespace

outcome<void> keeper_hosts::start(const std::string& name) {
    auto* node = lab_.find(name);
    if (node == nullptr)
        return failure{exit_code::unreachable, "E_NO_SUCH_NODE", "the lab has no " + name, ""};
    reap();  // one that has just ended may not have been looked at
    if (node->process.pid != 0)
        return failure{
            exit_code::failure,
            "E_LAB_RUNNING",
            name + " runs already",
            "stop it first: meshctl lab chaos stop " + name};
    const auto how = plan_spawn(*node);
    if (!how) return how.error();
    const auto at = monotonic_now();
    auto child = spawn(*how);
    if (!child)
        return failure{
            exit_code::failure,
            "E_LAB_START",
            fmt::format("cannot start {}: {}", name, child.error().message()),
            ""};
    node->process = child->process;
    node->started_at = at;
    node->address.clear();
    node->ended.clear();
    ++node->starts;
    outputs_[name] = {std::move(child->output), {}};
    is_changed_ = true;
    news_.push_back(
        {{"news", "started"}, {"node", name}, {"pid", node->process.pid}, {"at_ns", ns_of(at)}}
    );
    return {};
}

outcome<spawn_request> keeper_hosts::plan_spawn(const model::lab_node& node) const {
    spawn_request how{lab_.program, {}, lab_.log_of(node), lab_.dir_of(node)};
    if (node.name == model::relay_name) {
        how.program.replace_filename("meshrelay");
        how.arguments = model::relay_arguments(lab_);
        return how;
    }
    const auto written = write_file(lab_.config_of(node), model::host_file(lab_, node));
    if (!written) return written.error();
    how.arguments = model::host_arguments(lab_, node);
    return how;
}

void keeper_hosts::reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        const auto all = lab_.processes();
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto* one) {
            return one->process.pid == pid;
        });
        if (found == all.end()) continue;
        auto* const node = *found;
        read_output(node->name);  // it may have said why
        outputs_.erase(node->name);
        node->process = {};
        node->ended = end_text(status);
        is_changed_ = true;
        news_.push_back({{"news", "ended"}, {"node", node->name}, {"how", node->ended}});
    }
}

void keeper_hosts::read_output(const std::string& name) {
    const auto found = outputs_.find(name);
    auto* node = lab_.find(name);
    if (found == outputs_.end() || node == nullptr) return;
    auto& [file, line] = found->second;
    std::array<char, 4096> piece{};
    ssize_t size = 0;
    while (file && (size = ::read(file.get(), piece.data(), piece.size())) > 0) {
        line.append(piece.data(), static_cast<std::size_t>(size));
        for (auto end = line.find('\n'); end != std::string::npos; end = line.find('\n')) {
            take_line(*node, std::string_view(line).substr(0, end));
            line.erase(0, end + 1);
        }
        if (line.size() > line_bytes_max) line.clear();
    }
    const bool is_over = size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
    if (is_over) file = unique_fd();
}

void keeper_hosts::take_line(model::lab_node& node, std::string_view line) {
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(line, ec);
    if (ec || !parsed.is_object()) return;
    const auto& envelope = parsed.get_object();
    const auto& data = model::object_at(envelope, "data");
    const auto& error = model::object_at(envelope, "error");
    if (!error.empty())
        news_.push_back({{"news", "refused"}, {"node", node.name}, {"error", error}});
    const bool is_relay = node.name == model::relay_name;
    const auto& said = is_relay ? model::array_at(data, "urls")
                                : model::array_at(model::object_at(data, "self"), "bound");
    if (said.empty() || !said.front().is_string()) return;
    node.address = std::string(said.front().get_string());
    if (is_relay) lab_.relay_at = node.address = authority_of(node.address);
    // Open pages find it there again.
    if (const auto link = model::text_at(data, "dashboard"); !link.empty()) {
        lab_.dashboard_url = link.substr(0, link.find('#'));
        if (const auto at = authority_of(link); ip_endpoint::parse(at)) lab_.dashboard = at;
    }
    is_changed_ = true;
    news_.push_back(
        {{"news", "ready"},
         {"node", node.name},
         {"address", node.address},
         {"at_ns", ns_of(monotonic_now())}}
    );
}

void keeper_hosts::signal_all(int signal) {
    for (const auto* node : lab_.processes())
        if (node->process.pid != 0) ::kill(static_cast<pid_t>(node->process.pid), signal);
}

bool keeper_hosts::all_gone() const {
    const auto all = lab_.processes();
    return std::all_of(all.begin(), all.end(), [](const auto* node) {
        return node->process.pid == 0;
    });
}

std::map<std::string, int> keeper_hosts::outputs() const {
    std::map<std::string, int> all;
    for (const auto& [name, from] : outputs_)
        if (from.file) all[name] = from.file.get();
    return all;
}

std::vector<boost::json::object> keeper_hosts::take_news() {
    return std::exchange(news_, {});
}

void keeper_hosts::save_if_changed() {
    if (!is_changed_) return;
    is_changed_ = false;
    const auto ignored = save_lab(lab_);  // a full disk shows in what meshctl does next
    static_cast<void>(ignored);
}

}  // namespace meshhost::lab
