// SPDX-License-Identifier: Apache-2.0
#include "lab/keeper_client.hpp"

#include "http/envelope.hpp"
#include "lab/interrupt.hpp"
#include "lab/keeper_socket.hpp"
#include "lab/model/fields.hpp"
#include "lab/process.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

#include <sys/socket.h>

#include <array>
#include <map>
#include <poll.h>
#include <set>

namespace meshhost::lab {
namespace {

failure keeper_gone() {
    return {
        exit_code::failure,
        "E_LAB_DOWN",
        "the lab's keeper ended, and its hosts with it",
        "clear it away with meshctl lab down, and make another"};
}

failure too_late(duration patience, std::size_t missing) {
    return {
        exit_code::timeout,
        "E_TIMEOUT",
        fmt::format(
            "{} hosts were not ready within {} s",
            missing,
            std::chrono::duration_cast<std::chrono::seconds>(patience).count()
        ),
        "the machine may be busy; wait longer with --within"};
}

}  // namespace

outcome<keeper_client> keeper_client::connect(const std::filesystem::path& lab_dir) {
    auto socket = connect_to_keeper(lab_dir);
    if (!socket) return socket.error();
    return keeper_client(std::move(*socket));
}

outcome<void> keeper_client::send(const boost::json::object& command) {
    const std::string text = boost::json::serialize(command) + "\n";
    const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(text.size())) return keeper_gone();
    return {};
}

outcome<boost::json::object> keeper_client::next(time_point deadline) {
    for (;;) {
        if (const auto end = text_.find('\n'); end != std::string::npos) {
            boost::json::error_code ec;
            const auto parsed = boost::json::parse(std::string_view(text_).substr(0, end), ec);
            text_.erase(0, end + 1);
            if (!ec && parsed.is_object()) return parsed.get_object();
            continue;
        }
        if (was_interrupted()) return interrupted();
        const auto left = deadline - monotonic_now();
        if (left <= duration::zero()) return failure{exit_code::timeout, "E_TIMEOUT", "", ""};
        pollfd wait{socket_.get(), POLLIN, 0};
        const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
        if (::poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(ms, 1000))) <= 0) continue;
        std::array<char, 16384> piece{};
        const auto size = ::recv(socket_.get(), piece.data(), piece.size(), 0);
        if (size <= 0) return keeper_gone();
        text_.append(piece.data(), static_cast<std::size_t>(size));
    }
}

outcome<void> keeper_client::start(
    const std::vector<std::string>& nodes,
    duration patience,
    const news_taker& take
) {
    const auto sent = send({{"do", "start"}, {"nodes", boost::json::value_from(nodes)}});
    if (!sent) return sent.error();
    std::set<std::string> missing(nodes.begin(), nodes.end());
    const auto deadline = monotonic_now() + patience;
    std::map<std::string, failure> refusals;
    std::set<std::string> begun;
    while (!missing.empty()) {
        const auto line = next(deadline);
        if (!line && line.error().code == "E_TIMEOUT") return too_late(patience, missing.size());
        if (!line) return line.error();
        if (line->contains("error") && line->contains("done")) return http::read_error(*line);
        const auto news = model::text_at(*line, "news");
        const auto node = model::text_at(*line, "node");
        if (news.empty()) continue;
        take(*line);
        if (news == "started") begun.insert(node);
        if (news == "ready") missing.erase(node);
        if (news == "refused") refusals[node] = http::read_error(*line);
        // Until it has begun anew, the end is that of the one before.
        if (news != "ended" || !missing.contains(node) || !begun.contains(node)) continue;
        failure why{exit_code::failure, "E_LAB_START", model::text_at(*line, "how"), ""};
        if (refusals.contains(node)) why = refusals[node];
        why.message = fmt::format("{} ended before it was ready: {}", node, why.message);
        return why;
    }
    return {};
}

outcome<void> keeper_client::release() {
    const auto sent = send({{"do", "release"}});
    if (!sent) return sent.error();
    const auto deadline = monotonic_now() + 10s;
    for (;;) {
        const auto line = next(deadline);
        if (!line) return line.error();
        if (model::text_at(*line, "done") == "release") return {};
    }
}

}  // namespace meshhost::lab
