// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_worker.hpp"

#include "base/error.hpp"
#include "plugin/crash_reporter.hpp"
#include "plugin/descriptor_passing.hpp"
#include "plugin/event_queue.hpp"
#include "plugin/generation.hpp"
#include "plugin/instance_plan.hpp"
#include "plugin/link_signer.hpp"
#include "plugin/plugin_library.hpp"
#include "plugin/proto/frame_stream.hpp"
#include "plugin/settings_json.hpp"
#include "plugin/socket_uplink.hpp"
#include "plugin/spawn_actions.hpp"
#include "plugin/strand_clock.hpp"
#include "plugin/thread_instance.hpp"
#include "plugin/worker_groups.hpp"
#include "plugin/worker_limits.hpp"
#include "plugin/worker_request.hpp"

#include <boost/json/parse.hpp>
#include <spdlog/fmt/fmt.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <poll.h>
#include <string>
#include <system_error>
#include <utility>

namespace meshhost::plugin {

namespace {

/// The host's commands to the one instance of this process.
class worker {
public:
    worker(std::shared_ptr<event_queue> events, std::shared_ptr<socket_uplink> to_host)
        : events_(std::move(events))
        , to_host_(std::move(to_host))
        , signer_(std::make_shared<link_signer>(to_host_)) {}

    checked<> create(const char* path, const worker_request& request);
    /// Until the instance has ended, or the host has.
    void run();

private:
    bool read();
    checked<instance_facts> load(
        const std::string& path,
        unique_fd image,
        const instance_settings& settings
    );
    void obey(proto::worker::swap& how);
    void obey(proto::worker::start&) { instance_->start(); }
    void obey(proto::worker::shut_down& how) { instance_->shut_down(how.deadline); }
    void obey(proto::worker::throw_now&) { instance_->inject_exception(); }
    void obey(proto::worker::peers& news);
    void obey(proto::down_message& message);

    std::shared_ptr<event_queue> events_;
    std::shared_ptr<socket_uplink> to_host_;
    std::shared_ptr<link_signer> signer_;
    worker_request request_;
    std::optional<thread_instance> instance_;
    proto::frame_reader reader_;
    proto::peer_snapshot peers_;
};

std::shared_ptr<strand_pulse> mapped_pulse() {
    void* const at = ::mmap(
        nullptr,
        sizeof(strand_pulse),
        PROT_READ | PROT_WRITE,
        MAP_SHARED,
        worker_pulse_fd,
        0
    );
    ::close(worker_pulse_fd);
    if (at == MAP_FAILED) return nullptr;
    return {static_cast<strand_pulse*>(at), [](strand_pulse*) {}};  // until the process ends
}

checked<instance_facts> worker::load(
    const std::string& path,
    unique_fd fd,
    const instance_settings& settings
) {
    // The loader finds the image through /proc, which is root's while a process is not dumpable.
    ::prctl(PR_SET_DUMPABLE, 1);
    auto image = sealed_image::adopt(std::move(fd));
    if (!image) return image.error();
    auto plugin = inspect(path, std::move(*image));
    if (!plugin) return plugin.error();
    const auto library = plugin_library::load(std::move(*plugin));
    ::prctl(PR_SET_DUMPABLE, 0);  // other roles' processes are nobody's, too
    if (!library) return library.error();
    plugin_settings known;
    known.instances.emplace(request_.instance, settings);
    known.withheld = request_.withheld;
    auto plan =
        plan_instance((*library)->roles(), {"", request_.instance, request_.role}, known, {});
    if (!plan) return plan.error();
    return instance_facts{
        .instance = request_.instance,
        .path = path,
        .role = plan->role,
        .self = request_.self,
        .config = std::move(plan->config),
        .grants = std::move(plan->grants),
        .digest_bytes = plan->digest_bytes,
        .state = {request_.state_directory, plan->state.bytes_max},
        .seed = request_.seed,
        .trace_every = plan->settings.trace_every,
        .log = logger(request_.instance),
        .reserved_alpns = request_.reserved_alpns,
        .withheld = request_.withheld,
        .signer = signer_,
        .start_limit = settings.start_limit,
    };
}

checked<> worker::create(const char* path, const worker_request& request) {
    request_ = request;
    if (!request.group.empty() && !enter_group(request.group)) {
        return plugin_fault{
            "MP207",
            fmt::format(
                "its process cannot enter {}: {}",
                request.group,
                std::generic_category().message(errno)
            )};
    }
    const auto reach = proto::reach_of(request.granted, request.state_directory);
    if (auto confined = confine(reach); !confined) return confined;
    auto facts = load(path, unique_fd(worker_image_fd), request.settings);
    if (!facts) return facts.error();
    limit_memory(request.limits.memory_bytes);
    const auto pulse = mapped_pulse();
    if (pulse == nullptr) return plugin_fault{"MP207", "its process cannot be watched"};
    instance_.emplace(
        std::move(*facts),
        std::make_shared<const proto::peer_snapshot>(),
        events_,
        to_host_,
        pulse
    );
    // The host has the clock, and kills.
    return instance_->create(duration::max() / 2, [this] { to_host_->say_created({}); });
}

void worker::obey(proto::worker::swap& how) {
    const auto refuse = [this](const plugin_fault& fault) {
        to_host_->send(proto::up::swapped{false, fault.code, fault.text});
    };
    instance_settings settings;
    try {
        settings = settings_from_json(boost::json::parse(how.settings));
    } catch (const std::exception& thrown) {  // how Boost.JSON reports what is no settings
        return refuse({"MP320", thrown.what()});
    }
    unique_fd image = receive_descriptor(worker_files_fd);
    if (!image) return refuse({"MP320", "no new code came"});
    auto facts = load(how.path, std::move(image), settings);
    if (!facts) return refuse(facts.error());
    instance_->swap(
        std::make_shared<const next_generation>(next_generation{std::move(*facts), -1, settings})
    );
}

void worker::run() {
    while (!instance_->join(duration::zero())) {
        const short events = to_host_->has_backlog() ? POLLIN | POLLOUT : POLLIN;
        std::array<pollfd, 2> waited{
            {{worker_socket_fd, events, 0}, {to_host_->wake(), POLLIN, 0}}};
        const int ready = ::poll(waited.data(), waited.size(), -1);
        if (ready < 0 && errno != EINTR) return;
        const bool is_to_flush =
            ready > 0 && ((waited[0].revents & POLLOUT) | waited[1].revents) != 0;
        if (is_to_flush && !to_host_->flush()) return;
        if (ready > 0 && (waited[0].revents & (POLLIN | POLLHUP)) != 0 && !read()) return;
        // Its last word said, the strand is on its last lines.
        if (to_host_->has_ended() && instance_->join(proto::stop_limit)) return;
    }
}

/// False: the host is gone, or says what nobody understands.
bool worker::read() {
    std::array<std::uint8_t, 16384> buffer;
    const auto size = ::read(worker_socket_fd, buffer.data(), buffer.size());
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    reader_.feed(bytes_view(buffer).first(static_cast<std::size_t>(size)));
    while (const auto frame = reader_.next()) {
        auto message = proto::decode_to_worker(*frame);
        if (!message) return false;
        std::visit([this](auto& said) { obey(said); }, *message);
    }
    return !reader_.is_broken();
}

/// The strand may be waiting for a signature, and takes nothing meanwhile.
void worker::obey(proto::down_message& message) {
    if (const auto* const done = std::get_if<proto::down::signing_done>(&message))
        signer_->take(*done);
    else
        instance_->send(std::move(message));
}

void worker::obey(proto::worker::peers& news) {
    for (auto& [id, now] : news.changes) {
        if (now)
            peers_.insert_or_assign(id, std::move(*now));
        else
            peers_.erase(id);
    }
    if (news.is_last) instance_->publish(std::make_shared<const proto::peer_snapshot>(peers_));
}

}  // namespace

int plugin_worker_main(const char* path) {
    const auto request = decode_worker_request(text_in(worker_request_fd));
    if (!request) return static_cast<int>(exit_code::usage);
    ::close(worker_request_fd);
    ::open("/dev/null", O_RDONLY);  // as standard input
    ::fcntl(worker_socket_fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(worker_files_fd, F_SETFD, FD_CLOEXEC);
    start_logging(request->level);
    leave_crash_places(-1);
    const auto events = std::make_shared<event_queue>();
    const auto to_host = std::make_shared<socket_uplink>(worker_socket_fd, events);
    worker process(events, to_host);
    const checked<> created = process.create(path, *request);
    if (created)
        process.run();
    else
        to_host->say_created({created.error().code, created.error().text});
    to_host->drain();
    ::_exit(0);  // no exit handlers: the plugin's may do anything
}

}  // namespace meshhost::plugin
