// SPDX-License-Identifier: Apache-2.0
#include "observe/lab_actions.hpp"

#include "base/unique_fd.hpp"
#include "http/envelope.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <vector>

namespace meshhost::observe {

namespace json = boost::json;

namespace {

constexpr std::size_t text_max = 64;
constexpr std::size_t said_max = 64u << 10;
constexpr auto time_limit = std::chrono::seconds(30);
constexpr std::array<std::string_view, 5>
    kinds{"kill", "pause", "resume", "restart", "plugin-crash"};

/// A process of its own with nothing but its output connected to us.
outcome<std::pair<pid_t, unique_fd>> spawn(const std::vector<std::string>& words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failure{exit_code::failure, "E_SPAWN", std::strerror(errno), ""};
    unique_fd reading(ends[0]);
    const unique_fd writing(ends[1]);
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, writing.get(), 1);
    ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_t how;
    ::posix_spawnattr_init(&how);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&how, &none);
    ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
    pid_t child = -1;
    const int fault =
        ::posix_spawn(&child, words.front().c_str(), &files, &how, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&how);
    if (fault != 0)
        return failure{
            exit_code::failure,
            "E_SPAWN",
            fmt::format("cannot run {}: {}", words.front(), std::strerror(fault)),
            ""};
    return std::pair(child, std::move(reading));
}

/// meshctl's envelope → one line for a person.
json::object read_outcome(const lab_action& wanted, const std::string& said) {
    json::object out{{"kind", wanted.kind}, {"node", wanted.node}, {"ok", false}};
    json::error_code fault;
    const auto parsed = json::parse(said, fault);
    const auto* envelope = fault ? nullptr : parsed.if_object();
    if (envelope == nullptr) {
        out["said"] = "meshctl said nothing that could be read";
        return out;
    }
    const auto* ok = envelope->if_contains("ok");
    const bool is_done = ok != nullptr && ok->is_bool() && ok->get_bool();
    out["ok"] = is_done;
    if (!is_done) {
        out["said"] = http::read_error(*envelope).message;
        return out;
    }
    out["said"] = fmt::format("{} {}: done", wanted.kind, wanted.node);
    return out;
}

}  // namespace

outcome<lab_action> parse_lab_action(const json::object& body) {
    const auto text = [&](const char* key) -> std::string {
        const auto* found = body.if_contains(key);
        return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
    };
    lab_action wanted{text("key"), text("kind"), text("node")};
    const auto bad = [](std::string words) {
        return failure{exit_code::usage, "E_BAD_REQUEST", std::move(words), ""};
    };
    if (wanted.key.empty() || wanted.key.size() > text_max)
        return bad("key: 1 to 64 characters of the client's choice");
    if (std::find(kinds.begin(), kinds.end(), wanted.kind) == kinds.end())
        return bad(fmt::format("kind: one of {}", fmt::join(kinds, ", ")));
    const bool is_name =
        !wanted.node.empty() && wanted.node.size() <= text_max && wanted.node.front() != '-'
        && std::all_of(wanted.node.begin(), wanted.node.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
           });
    if (!is_name) return bad("node: a name of the lab");
    if (wanted.node == "observer")
        return bad("node: the observer itself cannot be broken from here");
    return wanted;
}

struct lab_actions::run : std::enable_shared_from_this<lab_actions::run> {
    run(net::shard& shard, lab_action what)
        : wanted(std::move(what))
        , output(shard.context())
        , limit(shard.context()) {}

    void kill() const {
        if (child > 0) ::kill(child, SIGKILL);
    }
    void reap() {
        // Its output has ended, or it was killed: it is as good as gone.
        if (child > 0) ::waitpid(std::exchange(child, -1), nullptr, 0);
    }

    lab_action wanted;
    boost::asio::posix::stream_descriptor output;
    boost::asio::steady_timer limit;
    pid_t child = -1;
    std::string said;
    std::vector<taker> takers;
};

lab_actions::lab_actions(
    net::shard& shard,
    std::filesystem::path lab,
    std::filesystem::path meshctl
)
    : shard_(shard)
    , lab_(std::move(lab))
    , meshctl_(std::move(meshctl)) {}

lab_actions::~lab_actions() {
    for (const auto& [key, each] : running_) {
        each->takers.clear();
        each->kill();
        each->reap();
        boost::system::error_code ignored;
        each->output.close(ignored);
        each->limit.cancel();
    }
}

void lab_actions::carry_out(const lab_action& wanted, taker take) {
    const auto reused = failure{
        exit_code::usage,
        "E_BAD_REQUEST",
        "key: it was another action's",
        "choose a fresh one for each action"};
    if (const auto known = outcomes_.find(wanted.key); known != outcomes_.end()) {
        const bool is_same = known->second.at("kind") == json::value(wanted.kind)
                             && known->second.at("node") == json::value(wanted.node);
        return is_same ? take(known->second) : take(reused);
    }
    if (const auto under_way = running_.find(wanted.key); under_way != running_.end()) {
        const auto& other = under_way->second->wanted;
        if (other.kind != wanted.kind || other.node != wanted.node) return take(reused);
        under_way->second->takers.push_back(std::move(take));
        return;
    }
    if (running_.size() >= running_max)
        return take(failure{
            exit_code::degraded,
            "E_API_FULL",
            "other actions are under way",
            "wait for their outcome"});
    auto spawned = spawn(
        {meshctl_.string(),
         "lab",
         "chaos",
         wanted.kind,
         wanted.node,
         "--dir",
         lab_.string(),
         "--json"}
    );
    if (!spawned) return take(spawned.error());
    const auto started = std::make_shared<run>(shard_, wanted);
    started->child = spawned->first;
    started->output.assign(spawned->second.release());
    started->takers.push_back(std::move(take));
    started->limit.expires_after(time_limit);
    started->limit.async_wait([started](const boost::system::error_code& ec) {
        if (!ec) started->kill();
    });
    running_[wanted.key] = started;
    boost::asio::async_read(
        started->output,
        boost::asio::dynamic_buffer(started->said, said_max),
        [this, weak = std::weak_ptr(started)](const boost::system::error_code& ec, std::size_t) {
            if (ec == boost::asio::error::operation_aborted) return;
            if (const auto done = weak.lock()) on_done(done);
        }
    );
}

void lab_actions::on_done(const std::shared_ptr<run>& done) {
    done->limit.cancel();
    done->kill();
    done->reap();
    auto said = read_outcome(done->wanted, done->said);
    const auto key = done->wanted.key;
    running_.erase(key);
    if (remembered_.size() >= remembered_max) {
        outcomes_.erase(remembered_.front());
        remembered_.pop_front();
    }
    remembered_.push_back(key);
    outcomes_[key] = said;
    for (const auto& take : done->takers)
        take(said);
}

}  // namespace meshhost::observe
