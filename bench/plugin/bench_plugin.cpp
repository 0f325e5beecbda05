// SPDX-License-Identifier: Apache-2.0
// An event to a plugin and a call back, on a thread and in a process of its own, beside the two
// things that no implementation can be faster than: a post to another thread and back, and a
// message to another process and back.
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

/// Round trips that are not measured, before those that are.
constexpr int warm_up = 500;
constexpr int count_max = 1'000'000;
/// As much as a small event and its answer, encoded.
constexpr std::size_t message_bytes = 64;

using clock_type = std::chrono::steady_clock;

/// Microseconds of single round trips.
class samples {
public:
    template <class Once>
    samples(int count, Once once) {
        for (int i = 0; i < warm_up + count; ++i) {
            const auto began = clock_type::now();
            once();
            const std::chrono::duration<double, std::micro> took = clock_type::now() - began;
            if (i >= warm_up) micros_.push_back(took.count());
        }
        std::sort(micros_.begin(), micros_.end());
    }
    std::size_t count() const { return micros_.size(); }
    double at(double share) const {
        return micros_.at(static_cast<std::size_t>(share * static_cast<double>(count() - 1)));
    }

private:
    std::vector<double> micros_;
};

void report(const char* what, const samples& taken) {
    fmt::print(
        R"({{"what":"{}","count":{},"p50_us":{:.2f},"p99_us":{:.2f}}})"
        "\n",
        what,
        taken.count(),
        taken.at(0.5),
        taken.at(0.99)
    );
    std::fflush(stdout);
}

[[noreturn]] void give_up(const char* why) {
    fmt::print(stderr, "bench_plugin: {}\n", why);
    std::exit(1);
}

/// A thread that does what comes, one after the other.
class function_thread {
public:
    ~function_thread() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        arrived_.notify_one();
        thread_.join();
    }
    void post(std::function<void()> work) {
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(std::move(work));
        }
        arrived_.notify_one();
    }

private:
    void run() {
        std::unique_lock lock(mutex_);
        while (true) {
            arrived_.wait(lock, [this] { return is_over_ || !queue_.empty(); });
            if (is_over_) return;
            const auto work = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            work();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> queue_;
    bool is_over_ = false;
    std::thread thread_{[this] { run(); }};
};

/// std::function to another thread, and another one back to the loop of this one.
samples bare_post(int count) {
    net::shard shard;
    const auto guard = boost::asio::make_work_guard(shard.context());
    function_thread other;
    return samples(count, [&] {
        bool is_back = false;
        other.post([&] { shard.post([&] { is_back = true; }); });
        while (!is_back)
            shard.context().run_one();
    });
}

/// A message to another process and its echo.
samples bare_socketpair(int count) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends.data()) != 0) give_up("no socketpair");
    std::array<char, message_bytes> message{};
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        while (::recv(ends[1], message.data(), message.size(), 0) > 0)
            (void)::send(ends[1], message.data(), message.size(), 0);
        ::_exit(0);
    }
    ::close(ends[1]);
    samples taken(count, [&] {
        (void)::send(ends[0], message.data(), message.size(), 0);
        if (::recv(ends[0], message.data(), message.size(), 0) <= 0) give_up("no echo");
    });
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return taken;
}

/// The whole way: a snapshot in which a peer changed, the role's on_event, its digest value.
class role_bench final : plugin::contribution_sink, plugin::plugin_observer {
public:
    explicit role_bench(bool is_isolated) {
        plugin::plugin_settings settings;
        settings.defaults.is_isolated = is_isolated;
        contribution_sink& sink = *this;
        plugin_observer& observer = *this;
        manager_.emplace(shard_, settings, plugin::mesh_services{}, sink, observer);
        const std::array specs{plugin::plugin_spec{BENCH_ECHO_PLUGIN, "echo-0", ""}};
        for (const auto& refused : manager_->load(specs))
            give_up(refused.message.c_str());
        manager_->start();
    }

    samples run(int count) {
        const auto peer = identity::endpoint_id::parse(
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        );
        bool is_odd = false;
        samples taken(count, [&] {
            auto peers = std::make_shared<plugin::peer_snapshot>();
            (*peers)[*peer].roles = (is_odd = !is_odd) ? "compute" : "broker";
            answers_ = 0;
            manager_->publish(std::move(peers));
            while (answers_ == 0)
                shard_.context().run_one();
        });
        manager_->stop();
        while (!is_stopped_)
            shard_.context().run_one();
        return taken;
    }

private:
    void on_contribution(std::string_view, std::string_view, const peers::proto::contribution&)
        override {
        ++answers_;
    }
    void on_cleared(std::string_view, std::string_view, std::string_view) override {}
    void on_instance_changed(const plugin::instance_status& now) override {
        if (now.state == plugin::proto::instance_state::failed) give_up(now.last_error.c_str());
    }
    void on_plugins_stopped(std::size_t) override { is_stopped_ = true; }

    net::shard shard_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        shard_.context().get_executor()};  // between two round trips there is nothing to do
    std::optional<plugin::plugin_manager> manager_;
    int answers_ = 0;
    bool is_stopped_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    // What the host starts is this program again.
    const std::string_view task = argc > 2 ? argv[1] : "";
    if (task == "--probe-plugin") return plugin::plugin_probe_main(argv[2]);
    if (task == "--plugin-worker") return plugin::plugin_worker_main(argv[2]);
    int count = 20'000;
    CLI::App app("An event to a role and a call back, in microseconds");
    app.add_option("--count", count, "round trips of each kind")->check(CLI::Range(1, count_max));
    CLI11_PARSE(app, argc, argv);
    start_logging(log_level::error);
    report("std::function to a thread and back", bare_post(count));
    report("64 bytes to a process and back", bare_socketpair(count));
    report("event to a role and a call back, on a thread", role_bench(false).run(count));
    report("event to a role and a call back, in a process", role_bench(true).run(count));
}
