// SPDX-License-Identifier: Apache-2.0
#include "plugin/process_instance.hpp"

#include "net/shard.hpp"
#include "plugin/descriptor_passing.hpp"
#include "plugin/generation.hpp"
#include "plugin/settings_json.hpp"
#include "plugin/spawn_actions.hpp"
#include "plugin/strand_clock.hpp"
#include "plugin/worker_groups.hpp"
#include "plugin/worker_request.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/fmt/fmt.h>

#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <poll.h>
#include <system_error>
#include <utility>

namespace meshhost::plugin {

namespace {

/// Told and not taken: more than any credit allows, so that the worker does not read.
constexpr std::size_t told_max = 16u << 20;
/// Peers in one message; a snapshot of many goes in several.
constexpr std::size_t peers_at_once = 64;
/// Read in one turn of the loop, so that a worker that floods does not starve the rest.
constexpr std::size_t read_at_once = 256u << 10;

plugin_fault no_worker(const char* what, int error) {
    return {
        "MP207",
        fmt::format(
            "its process cannot be {} now: {}",
            what,
            std::generic_category().message(error)
        )};
}

plugin_fault no_message() {
    return {"MP314", "its process sent what is no message: killed"};
}

}  // namespace

std::shared_ptr<strand_pulse> make_shared_pulse(unique_fd& file) {
    file = unique_fd(::memfd_create("mesh-pulse", MFD_CLOEXEC));
    if (!file || ::ftruncate(file.get(), sizeof(strand_pulse)) != 0) return nullptr;
    void* const at =
        ::mmap(nullptr, sizeof(strand_pulse), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (at == MAP_FAILED) return nullptr;
    return {new (at) strand_pulse, [](strand_pulse* pulse) { ::munmap(pulse, sizeof *pulse); }};
}

process_instance::process_instance(
    instance_facts facts,
    proto::peer_snapshot_ptr known,
    worker_source source,
    net::shard& shard,
    std::weak_ptr<uplink_sink> sink
)
    : facts_(std::move(facts))
    , told_(std::make_shared<const proto::peer_snapshot>())
    , known_(std::move(known))
    , source_(std::move(source))
    , shard_(shard)
    , sink_(std::move(sink))
    , pulse_(make_shared_pulse(pulse_file_)) {}

process_instance::~process_instance() {
    sink_.reset();
    if (child_ == 0) return;
    shut_down(strand_now());
    join(proto::stop_limit);
    reap();
}

checked<> process_instance::spawn() {
    if (pulse_ == nullptr) return no_worker("watched", errno);
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        return no_worker("spoken to", errno);
    socket_ = unique_fd(ends[0]);
    const unique_fd theirs(ends[1]);
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return no_worker("spoken to", errno);
    files_ = unique_fd(ends[0]);
    const unique_fd their_files(ends[1]);
    const unique_fd asked = file_of(encode(worker_request{
        .instance = facts_.instance,
        .role = facts_.role->name,
        .settings = source_.settings,
        .self = facts_.self,
        .granted = facts_.grants.granted(),
        .state_directory = facts_.state.directory,
        .limits = source_.limits,
        .group = source_.group,
        .seed = facts_.seed,
        .reserved_alpns = facts_.reserved_alpns,
        .level = facts_.log.enabled(log_level::debug) ? log_level::debug : log_level::info,
        .withheld = facts_.withheld}));
    const unique_fd input = moved_above(asked.get(), worker_files_fd);
    const unique_fd socket = moved_above(theirs.get(), worker_files_fd);
    const unique_fd image = moved_above(source_.image, worker_files_fd);
    const unique_fd pulse = moved_above(pulse_file_.get(), worker_files_fd);
    const unique_fd files = moved_above(their_files.get(), worker_files_fd);
    if (!input || !socket || !image || !pulse || !files)
        return no_worker("told what to run", errno);
    spawn_actions actions;
    actions.give(input.get(), worker_request_fd);
    actions.give(socket.get(), worker_socket_fd);
    actions.give(image.get(), worker_image_fd);
    actions.give(pulse.get(), worker_pulse_fd);
    actions.give(files.get(), worker_files_fd);
    actions.close_from(worker_files_fd + 1);
    std::string name = source_.executable;
    std::string option = "--plugin-worker";
    std::string path = facts_.path;
    const std::array<char*, 4> arguments{name.data(), option.data(), path.data(), nullptr};
    const int error =
        ::posix_spawn(&child_, name.c_str(), actions.get(), nullptr, arguments.data(), environ);
    if (error != 0) {
        child_ = 0;
        return no_worker("started", error);
    }
    return {};
}

checked<> process_instance::create(duration limit) {
    if (auto spawned = spawn(); !spawned) return spawned;
    if (auto created = wait_created(strand_now() + limit); !created) {
        reap();
        return created;
    }
    net::readable_sink& sink = *this;
    watch_.emplace(shard_, socket_.get(), sink);
    if (const auto watching = watch_->start(); !watching) {
        reap();
        return no_worker("watched", watching.error().value());
    }
    publish(std::exchange(known_, nullptr));
    // What came behind the first message is there already, and nobody would wake us for it.
    shard_.post([this, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired() && child_ != 0 && !take_frames()) give_up(no_message());
    });
    return {};
}

/// Its first word. Blocks, as creating does.
checked<> process_instance::wait_created(time_point deadline) {
    while (true) {
        if (const auto frame = reader_.next()) {
            const auto message = proto::decode_from_worker(*frame);
            const auto* const created =
                message ? std::get_if<proto::worker::created>(&*message) : nullptr;
            if (created == nullptr) {
                // What create says, such as a log line or a value, comes before it is done.
                if (message) {
                    hear(std::get<proto::up_message>(*message));
                    continue;
                }
                return no_message();
            }
            if (created->fault_code) return plugin_fault{*created->fault_code, created->fault_text};
            return {};
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - strand_now());
        pollfd waited{socket_.get(), POLLIN, 0};
        const int ready =
            left.count() <= 0 ? 0 : ::poll(&waited, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0)
            return plugin_fault{"MP201", "did not finish create in time: its process is killed"};
        std::array<std::uint8_t, 4096> buffer;
        const auto size = ::read(socket_.get(), buffer.data(), buffer.size());
        if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (size <= 0) return how_it_died(reap());
        reader_.feed(bytes_view(buffer).first(static_cast<std::size_t>(size)));
    }
}

// --- what it is told

void process_instance::start() {
    tell(proto::worker::start{});
}

void process_instance::publish(proto::peer_snapshot_ptr snapshot) {
    if (!watch_) {
        known_ = std::move(snapshot);
        return;
    }
    proto::worker::peers batch{{}, false};
    const auto add = [&](proto::worker::peer_change change) {
        batch.changes.push_back(std::move(change));
        if (batch.changes.size() < peers_at_once) return;
        tell(std::exchange(batch, {{}, false}));
    };
    for (const auto& [id, peer] : *snapshot) {
        const auto before = told_->find(id);
        if (before == told_->end() || before->second != peer) add({id, peer});
    }
    for (const auto& [id, peer] : *told_) {
        if (!snapshot->contains(id)) add({id, std::nullopt});
    }
    batch.is_last = true;
    tell(batch);
    told_ = std::move(snapshot);
}

void process_instance::send(proto::down_message message) {
    tell(std::move(message));
}

void process_instance::swap(std::shared_ptr<const next_generation> next) {
    if (!send_descriptor(files_.get(), next->image)) {
        return hear(proto::up::swapped{false, "MP320", "its process takes no new code"});
    }
    tell(proto::worker::swap{next->facts.path, boost::json::serialize(to_json(next->settings))});
}

void process_instance::inject_exception() {
    tell(proto::worker::throw_now{});
}

void process_instance::shut_down(time_point drain_deadline) {
    tell(proto::worker::shut_down{drain_deadline});
}

void process_instance::tell(const proto::to_worker& message) {
    if (child_ == 0) return;
    const bool was_empty = waiting_.empty();
    proto::append_frame(waiting_, [&message](byte_buffer& out) { proto::encode(message, out); });
    if (was_empty) write_some();
    if (waiting_.size() - written_ > told_max)
        give_up({"MP314", "its process does not read what it is told: killed"});
}

void process_instance::write_some() {
    while (written_ < waiting_.size()) {
        const auto sent = ::send(
            socket_.get(),
            waiting_.data() + written_,
            waiting_.size() - written_,
            MSG_NOSIGNAL | MSG_DONTWAIT
        );
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) {
            // Of a worker that is gone, reading tells.
            if (errno == EAGAIN && watch_) watch_->watch_writable();
            return;
        }
        written_ += static_cast<std::size_t>(sent);
    }
    waiting_.clear();
    written_ = 0;
}

void process_instance::on_writable() {
    write_some();
}

// --- what it says

bool process_instance::on_readable() {
    std::size_t taken = 0;
    std::array<std::uint8_t, 16384> buffer;
    while (taken < read_at_once) {
        const auto size = ::read(socket_.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return true;
        if (size <= 0) {
            lose();
            return true;
        }
        taken += static_cast<std::size_t>(size);
        reader_.feed(bytes_view(buffer).first(static_cast<std::size_t>(size)));
        const std::weak_ptr<bool> alive = alive_;
        const bool is_sound = take_frames();
        if (alive.expired()) return true;  // what it said was the end of this
        if (!is_sound) {
            give_up(no_message());
            return true;
        }
        // That was all of it; were it not, waiting again would say so at once.
        if (static_cast<std::size_t>(size) < buffer.size()) return true;
    }
    return false;
}

/// False: what came is no message. May destroy this.
bool process_instance::take_frames() {
    const std::weak_ptr<bool> alive = alive_;
    while (const auto frame = reader_.next()) {
        auto message = proto::decode_from_worker(*frame);
        auto* const said = message ? std::get_if<proto::up_message>(&*message) : nullptr;
        if (said == nullptr) return false;
        hear(std::move(*said));
        if (alive.expired()) return true;
    }
    return !reader_.is_broken();
}

void process_instance::hear(proto::up_message message) {
    if (std::holds_alternative<proto::up::exited>(message)) has_exited_ = true;
    if (const auto sink = sink_.lock()) sink->on_message(facts_.instance, std::move(message));
}

/// Its end of the socket is closed: it is dead, or about to be. May destroy this.
void process_instance::lose() {
    const int status = reap();
    if (has_exited_) return;
    const std::weak_ptr<bool> alive = alive_;
    const plugin_fault fault = cause_ ? *cause_ : how_it_died(status);
    has_exited_ = true;
    hear(proto::up::faulted{fault.code, fault.text});
    if (!alive.expired()) hear(proto::up::state_changed{proto::instance_state::failed});
    if (!alive.expired()) hear(proto::up::exited{true});
}

void process_instance::give_up(plugin_fault fault) {
    if (!cause_) cause_ = std::move(fault);
    if (child_ != 0) ::kill(child_, SIGKILL);  // its end of the socket tells us
}

bool process_instance::kill(const std::string& why) {
    give_up({"MP308", "stalled: " + why + ": killed"});
    return true;
}

plugin_fault process_instance::how_it_died(int status) const {
    const activity doing = pulse_->since != 0 ? pulse_->doing.load() : activity::none;
    const std::string where = doing == activity::none ? "outside of any callback"
                                                      : "in " + text_of(doing, pulse_->event_kind);
    if (WIFSIGNALED(status))
        return {
            "MP310",
            fmt::format("died with SIG{} {}", ::sigabbrev_np(WTERMSIG(status)), where)};
    return {
        "MP310",
        fmt::format("its process ended with exit status {} {}", WEXITSTATUS(status), where)};
}

int process_instance::reap() {
    watch_.reset();
    if (child_ == 0) return 0;
    ::kill(child_, SIGKILL);  // changes nothing for one that is dead already
    int status = 0;
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = 0;
    if (!source_.group.empty()) remove_group(source_.group);
    return status;
}

bool process_instance::join(duration limit) {
    const time_point deadline = strand_now() + limit;
    std::array<std::uint8_t, 4096> rest;
    while (child_ != 0) {
        write_some();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - strand_now());
        if (left.count() <= 0) return false;
        const bool has_backlog = written_ < waiting_.size();
        pollfd waited{
            socket_.get(),
            static_cast<short>(has_backlog ? POLLIN | POLLOUT : POLLIN),
            0};
        const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        const auto size = ready <= 0 ? 0 : ::read(socket_.get(), rest.data(), rest.size());
        if (ready > 0 && size < 0 && errno == EAGAIN) continue;
        if (ready > 0 && size <= 0) break;
    }
    reap();
    return true;
}

void process_instance::abandon() {
    reap();
}

std::size_t process_instance::queued() const {
    return pulse_ == nullptr ? 0 : pulse_->queued.load();
}

std::size_t process_instance::handles() const noexcept {
    return pulse_ == nullptr ? 0 : pulse_->handles.load();
}

}  // namespace meshhost::plugin
