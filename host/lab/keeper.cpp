// SPDX-License-Identifier: Apache-2.0
#include "lab/keeper.hpp"

#include "lab/keeper_hosts.hpp"
#include "lab/keeper_socket.hpp"
#include "lab/lab_dir.hpp"
#include "lab/model/fields.hpp"
#include "lab/process.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <list>
#include <optional>
#include <poll.h>

namespace meshhost::lab {
namespace {

constexpr std::size_t clients_max = 8;
constexpr std::size_t command_bytes_max = 64 << 10;

struct client {
    unique_fd socket;
    std::string text;      ///< of a command that is still coming
    bool is_lost = false;  ///< let go of at the next turn: somebody may be reading it now
};

class keeper {
public:
    keeper(model::lab_record lab, unique_fd listener)
        : dir_(lab.dir)
        , hosts_(std::move(lab))
        , listener_(std::move(listener)) {}

    void run(int signals);

private:
    void take_signals(int signals);
    void accept_client();
    bool read_client(client& from);
    boost::json::object obey(std::string_view command);
    void tell(const boost::json::object& line);
    void tell_news();
    void stop();
    void kill_if_late();
    int wait_ms() const;

    std::filesystem::path dir_;
    keeper_hosts hosts_;
    unique_fd listener_;
    std::list<client> clients_;
    bool is_released_ = false;
    std::optional<time_point> killing_at_;  ///< set while stopping
};

void keeper::run(int signals) {
    while (!(killing_at_ && hosts_.all_gone())) {
        clients_.remove_if([](const client& one) { return one.is_lost; });
        std::vector<pollfd> waits{{signals, POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        for (const client& one : clients_)
            waits.push_back({one.socket.get(), POLLIN, 0});
        const auto outputs = hosts_.outputs();
        for (const auto& [name, file] : outputs)
            waits.push_back({file, POLLIN, 0});
        if (::poll(waits.data(), waits.size(), wait_ms()) < 0 && errno != EINTR) break;

        auto wait = waits.begin();
        if ((wait++)->revents != 0) take_signals(signals);
        const bool is_called = (wait++)->revents != 0;
        for (auto one = clients_.begin(); one != clients_.end(); ++wait)
            one = wait->revents != 0 && !read_client(*one) ? clients_.erase(one) : std::next(one);
        for (const auto& [name, file] : outputs)
            if ((wait++)->revents != 0) hosts_.read_output(name);
        if (is_called) accept_client();
        tell_news();
        kill_if_late();
    }
    if (!is_released_) static_cast<void>(remove_lab_dir(dir_));
}

int keeper::wait_ms() const {
    if (!killing_at_) return -1;
    const auto left = *killing_at_ - monotonic_now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::max<std::int64_t>(ms, 0));
}

void keeper::take_signals(int signals) {
    signalfd_siginfo one{};
    while (::read(signals, &one, sizeof one) == sizeof one) {
        if (one.ssi_signo == SIGTERM) stop();
    }
    hosts_.reap();
}

void keeper::stop() {
    if (killing_at_) return;
    killing_at_ = monotonic_now() + stop_wait;
    hosts_.signal_all(SIGTERM);
    hosts_.signal_all(SIGCONT);  // a paused one hears the other when it goes on
}

void keeper::kill_if_late() {
    if (!killing_at_ || monotonic_now() < *killing_at_) return;
    hosts_.signal_all(SIGKILL);
    killing_at_ = monotonic_now() + stop_wait;
}

void keeper::accept_client() {
    unique_fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket && clients_.size() < clients_max) clients_.push_back({std::move(socket), {}, false});
}

bool keeper::read_client(client& from) {
    std::array<char, 4096> piece{};
    const auto size = ::recv(from.socket.get(), piece.data(), piece.size(), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    from.text.append(piece.data(), static_cast<std::size_t>(size));
    for (auto end = from.text.find('\n'); end != std::string::npos; end = from.text.find('\n')) {
        const auto done = obey(std::string_view(from.text).substr(0, end));
        from.text.erase(0, end + 1);
        tell_news();
        tell(done);
    }
    return from.text.size() <= command_bytes_max;
}

boost::json::object keeper::obey(std::string_view command) {
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(command, ec);
    const auto asked = parsed.is_object() ? parsed.get_object() : boost::json::object();
    const auto what = model::text_at(asked, "do");
    boost::json::object done{{"done", what}};
    if (what == "release") {
        is_released_ = true;
        ::prctl(PR_SET_PDEATHSIG, 0);
        return done;
    }
    if (what != "start" || killing_at_) {
        done["error"] = {{"code", "E_LAB_START"}, {"message", "the lab is being stopped"}};
        return done;
    }
    for (const auto& name : model::array_at(asked, "nodes")) {
        if (!name.is_string()) continue;
        const auto started = hosts_.start(std::string(name.get_string()));
        if (started) continue;
        done["error"] = {
            {"code", started.error().code},
            {"message", started.error().message},
            {"hint", started.error().hint},
            {"exit", static_cast<int>(started.error().exit)}};
        break;
    }
    return done;
}

void keeper::tell(const boost::json::object& line) {
    const std::string text = boost::json::serialize(line) + "\n";
    // Who does not read loses the connection; the keeper waits for nobody.
    for (client& to : clients_) {
        const auto sent = ::send(to.socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(text.size())) to.is_lost = true;
    }
}

void keeper::tell_news() {
    hosts_.save_if_changed();  // who hears the news may look there
    for (const auto& line : hosts_.take_news())
        tell(line);
}

/// Away from the terminal and from what this process had open.
void detach(const unique_fd& listener) {
    ::setsid();
    ::prctl(PR_SET_NAME, "meshlab-keeper");
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int standard : {0, 1, 2})
        ::dup2(nothing, standard);
    const auto kept = static_cast<unsigned>(listener.get());
    if (kept > 3) ::close_range(3, kept - 1, 0);
    ::close_range(kept + 1, ~0U, 0);
}

[[noreturn]] void keep(const model::lab_record& lab, unique_fd listener, pid_t parent) {
    sigset_t watched;
    ::sigfillset(&watched);
    ::sigprocmask(SIG_SETMASK, &watched, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    detach(listener);
    ::sigemptyset(&watched);
    ::sigaddset(&watched, SIGCHLD);
    ::sigaddset(&watched, SIGTERM);
    const int signals = ::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (::getppid() != parent) ::kill(::getpid(), SIGTERM);  // it ended before that was said
    model::lab_record own = lab;
    own.keeper = name_process(::getpid()).value_or(model::process_name{});
    keeper(std::move(own), std::move(listener)).run(signals);
    ::_exit(0);
}

}  // namespace

outcome<model::process_name> start_keeper(const model::lab_record& lab) {
    auto listener = listen_for_commands(lab.dir);
    if (!listener) return listener.error();
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        return failure{
            exit_code::failure,
            "E_LAB_START",
            fmt::format("cannot start the lab's keeper: {}", std::strerror(errno)),
            ""};
    if (pid == 0) keep(lab, std::move(*listener), parent);
    return name_process(pid).value_or(model::process_name{pid, 0});
}

}  // namespace meshhost::lab
