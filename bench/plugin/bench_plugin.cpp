// SPDX-License-Identifier: Apache-2.0
// An event to a plugin and a call back, on a thread and in a process of its own, beside the two
// things that no implementation can be faster than: a function to another thread and one back, and
// a message to another process and back. How to run and what came out: ../README.md.
#include "net/shard.hpp"
#include "plugin/plugin_manager.hpp"
#include "plugin/plugin_probe.hpp"
#include "plugin/plugin_worker.hpp"

#include <spdlog/fmt/fmt.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

using namespace meshhost;

namespace {

/// Round trips of each kind that are not measured, before those that are.
constexpr int warm_up = 500;
constexpr int count_max = 1'000'000;
constexpr int rounds_max = 100;
/// As much as a small event and its answer, encoded.
constexpr std::size_t message_bytes = 64;

using clock_type = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "bench_plugin: {}\n", why);
    std::exit(1);
}

/// One way there and back.
class round_trip {
public:
    virtual ~round_trip() = default;
    virtual void once() = 0;
    /// How many the other end has seen. Called once, at the end.
    virtual std::uint64_t heard() = 0;
};

// --- a function to another thread and one back

class function_queue {
public:
    void post(std::function<void()> work) {
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(std::move(work));
        }
        arrived_.notify_one();
    }
    void run_one() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return !waiting_.empty(); });
        const auto work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        work();
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> waiting_;
};

class bare_post final : public round_trip {
public:
    ~bare_post() override { end(); }
    void once() override {
        bool is_back = false;
        there_.post([&] {
            ++heard_;
            here_.post([&] { is_back = true; });
        });
        while (!is_back)
            here_.run_one();
    }
    std::uint64_t heard() override {
        end();
        return heard_;
    }

private:
    void end() {
        if (!thread_.joinable()) return;
        there_.post([this] { is_over_ = true; });
        thread_.join();
    }

    function_queue here_;
    function_queue there_;
    std::uint64_t heard_ = 0;  ///< of the other thread, until it has ended
    bool is_over_ = false;
    std::thread thread_{[this] {
        while (!is_over_)
            there_.run_one();
    }};
};

// --- a message to another process and back

/// Its echo has the count of messages in front.
class bare_message final : public round_trip {
public:
    bare_message() {
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends_.data()) != 0)
            give_up("no socketpair");
        child_ = ::fork();
        if (child_ == 0) echo();
        ::close(ends_[1]);
    }
    ~bare_message() override {
        ::close(ends_[0]);
        ::waitpid(child_, nullptr, 0);
    }
    void once() override {
        (void)::send(ends_[0], message_.data(), sizeof message_, 0);
        if (::recv(ends_[0], message_.data(), sizeof message_, 0) <= 0) give_up("no echo");
    }
    std::uint64_t heard() override { return message_.front(); }

private:
    [[noreturn]] void echo() {
        ::close(ends_[0]);
        std::uint64_t seen = 0;
        while (::recv(ends_[1], message_.data(), sizeof message_, 0) > 0) {
            message_.front() = ++seen;
            (void)::send(ends_[1], message_.data(), sizeof message_, 0);
        }
        ::_exit(0);
    }

    std::array<int, 2> ends_{};
    std::array<std::uint64_t, message_bytes / sizeof(std::uint64_t)> message_{};
    pid_t child_ = 0;
};

// --- an event to a role and a call back

/// The whole way: a snapshot in which a peer changed, the role's on_event, its digest value.
class role_trip final : public round_trip, plugin::contribution_sink, plugin::plugin_observer {
public:
    explicit role_trip(bool is_isolated) {
        plugin::plugin_settings settings;
        settings.defaults.is_isolated = is_isolated;
        contribution_sink& sink = *this;
        plugin_observer& observer = *this;
        manager_.emplace(shard_, settings, plugin::mesh_services{}, sink, observer);
        const std::array specs{plugin::plugin_spec{BENCH_ECHO_PLUGIN, "echo-0", ""}};
        for (const auto& refused : manager_->load(specs))
            give_up(refused.message);
        manager_->start();
    }
    void once() override {
        auto peers = std::make_shared<plugin::peer_snapshot>();
        (*peers)[peer_].roles = (is_odd_ = !is_odd_) ? "compute" : "broker";
        has_answered_ = false;
        manager_->publish(std::move(peers));
        while (!has_answered_)
            shard_.context().run_one();
    }
    std::uint64_t heard() override {
        manager_->stop();
        while (!is_stopped_)
            shard_.context().run_one();
        return heard_;
    }

private:
    /// The echo says how many events it has seen.
    void on_contribution(std::string_view, std::string_view, const peers::proto::contribution& said)
        override {
        heard_ = std::get<std::uint64_t>(said.value);
        has_answered_ = true;
    }
    void on_cleared(std::string_view, std::string_view, std::string_view) override {}
    void on_instance_changed(const plugin::instance_status& now) override {
        if (now.state == plugin::proto::instance_state::failed) give_up(now.last_error);
    }
    void on_plugins_stopped(std::size_t) override { is_stopped_ = true; }

    const identity::endpoint_id peer_ = *identity::endpoint_id::parse(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    );
    net::shard shard_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        shard_.context().get_executor()};  // between two round trips there is nothing to do
    std::optional<plugin::plugin_manager> manager_;
    bool is_odd_ = false;
    bool has_answered_ = false;
    bool is_stopped_ = false;
    std::uint64_t heard_ = 0;
};

// --- what is measured and said

struct measure {
    const char* name;
    const char* text;
    std::size_t beside;  ///< the measure that it is compared with
    double goal_us;      ///< of the median; 0: none
    std::unique_ptr<round_trip> trip;
    std::vector<double> micros = {};

    void run(int count) {
        for (int i = 0; i < count; ++i) {
            const auto began = clock_type::now();
            trip->once();
            const std::chrono::duration<double, std::micro> took = clock_type::now() - began;
            micros.push_back(took.count());
        }
    }
    /// Of sorted values.
    double at(double share) const {
        return micros.at(static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1)));
    }
};

void say_json(const measure& each, const measure& beside, std::uint64_t heard) {
    fmt::print(
        R"({{"name":"{}","count":{},"heard":{},"min_us":{:.2f},"p50_us":{:.2f},"p99_us":{:.2f},)"
        R"("beside":"{}","ratio":{:.2f},"goal_us":{}}})"
        "\n",
        each.name,
        each.micros.size(),
        heard,
        each.at(0),
        each.at(0.5),
        each.at(0.99),
        beside.name,
        each.at(0.5) / beside.at(0.5),
        each.goal_us
    );
}

void say_text(const measure& each, const measure& beside) {
    const double median = each.at(0.5);
    const std::string ratio =
        &each == &beside ? "" : fmt::format("{:.2f} x the bare one", median / beside.at(0.5));
    const std::string goal = each.goal_us == 0 ? ""
                                               : fmt::format(
                                                   ", goal {} us {}",
                                                   each.goal_us,
                                                   median <= each.goal_us ? "met" : "MISSED"
                                               );
    fmt::print(
        "{:<46} {:>8.2f} {:>8.2f} {:>8.2f}  {}{}\n",
        each.text,
        each.at(0),
        median,
        each.at(0.99),
        ratio,
        goal
    );
}

}  // namespace

int main(int argc, char** argv) {
    // What the host starts is this program again.
    const std::string_view task = argc > 2 ? argv[1] : "";
    if (task == "--probe-plugin") return plugin::plugin_probe_main(argv[2]);
    if (task == "--plugin-worker") return plugin::plugin_worker_main(argv[2]);
    int count = 4'000;
    int rounds = 5;
    bool is_json = false;
    CLI::App app("An event to a role and a call back, in microseconds");
    app.add_option("--count", count, "round trips of each kind in a round")
        ->check(CLI::Range(1, count_max));
    app.add_option("--rounds", rounds, "in each, all kinds by turns")
        ->check(CLI::Range(1, rounds_max));
    app.add_flag("--json", is_json, "a line for each kind");
    CLI11_PARSE(app, argc, argv);
    start_logging(log_level::error);

    // The one that forks comes before there are threads.
    auto message = std::make_unique<bare_message>();
    std::array measures{
        measure{"post", "std::function to a thread and back", 0, 0, std::make_unique<bare_post>()},
        measure{
            "thread",
            "event to a role and a call back",
            0,
            10,
            std::make_unique<role_trip>(false)},
        measure{"message", "64 bytes to a process and back", 2, 0, std::move(message)},
        measure{
            "process",
            "the same, in a process of its own",
            2,
            20,
            std::make_unique<role_trip>(true)}};
    for (measure& each : measures) {
        each.run(warm_up);
        each.micros.clear();
    }
    for (int round = 0; round < rounds; ++round) {
        for (measure& each : measures)
            each.run(count);
    }
    if (!is_json) fmt::print("{:<46} {:>8} {:>8} {:>8}  us\n", "", "least", "median", "99 %");
    for (measure& each : measures)
        std::sort(each.micros.begin(), each.micros.end());
    for (measure& each : measures) {
        const auto heard = each.trip->heard();
        const auto asked = static_cast<std::uint64_t>(warm_up) + each.micros.size();
        if (heard != asked)
            give_up(fmt::format("{}: {} of {} were heard", each.name, heard, asked));
        const measure& beside = measures.at(each.beside);
        is_json ? say_json(each, beside, heard) : say_text(each, beside);
    }
}
