// SPDX-License-Identifier: Apache-2.0
#pragma once
// The fake host itself: the life of one instance, its clock, its queue of events, what it holds,
// and what a test may look at. The tables are in the files beside this one.
#include <mesh/testing/holdings.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace mesh::testing {

/// One instance of one role, and everything it can ask its host for.
class fake_host {
public:
    /// `role` by its name, when the plugin has several.
    explicit fake_host(const mesh_plugin* plugin, std::string_view role = {})
        : role_(find_role(plugin, role))
        , instance_name_(role_ == nullptr ? "none-0" : std::string(role_->role) + "-0")
        , mesh_(std::make_shared<group>())
        , self_(node_named(instance_name_)) {
        table_ = entries();
        mesh_->hosts.push_back(this);
    }
    fake_host(const fake_host&) = delete;
    fake_host& operator=(const fake_host&) = delete;
    /// Ends the life in order, however far it came.
    ~fake_host() {
        if (phase_ == phase::running || phase_ == phase::draining) stop();
        destroy();
        auto& hosts = mesh_->hosts;
        hosts.erase(std::remove(hosts.begin(), hosts.end(), this), hosts.end());
        std::error_code ignored;
        if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
    }

    // --- before create

    /// The node's name, and with it its id, among connected hosts. Before anything else.
    void set_name(std::string_view name) { self_ = node_named(name); }
    /// Replaces what the schema's default is; any path that mesh.config/1 knows: "a.b[2].c".
    void set_config(const std::string& path, value to) { config_[path] = std::move(to); }
    /// The host has no such extension.
    void withhold(const std::string& id) { withheld_.push_back(id); }
    /// Without a call the role has the permissions that it declares. With one, what the grants
    /// name: "gossip:pub:jobs/#".
    void grant(std::vector<std::string> grants) { grants_ = std::move(grants); }
    void grant_digest_bytes(std::uint32_t bytes) { digest_bytes_ = bytes; }

    // --- the life. Each returns what the plugin's callback returned.

    mesh_status create() {
        if (role_ == nullptr) return MESH_E_INVALID;
        fill_defaults();
        phase_ = phase::creating;
        const auto status = in_callback([&] { return role_->create(role_, &table_, &instance_); });
        phase_ = status == MESH_OK ? phase::created : phase::none;
        return status;
    }
    /// After MESH_PENDING, is_started() says when the plugin has called started().
    mesh_status start() {
        phase_ = phase::running;
        const auto status = in_callback([&] { return role_->start(instance_); });
        if (status == MESH_OK) is_started_ = true;
        return status;
    }
    mesh_status drain(ns for_at_most = std::chrono::seconds(3)) {
        phase_ = phase::draining;
        const mesh_ns deadline = mesh_->now + for_at_most.count();
        const auto status = role_->drain == nullptr
                                ? MESH_OK
                                : in_callback([&] { return role_->drain(instance_, deadline); });
        if (role_->drain == nullptr) is_drained_ = true;
        return status;
    }
    /// What is still open is closed, and remembered as leaks(): but not connections and requests
    /// that are under way, which a host ends without a complaint.
    mesh_status stop() {
        const auto status = in_callback([&] { return role_->stop(instance_); });
        const std::lock_guard lock(mutex_);
        for (const auto& [handle, what] : held_.all)
            if (!is_under_way(what)) leaks_.push_back({what.kind, what.name});
        held_ = {};
        events_.clear();
        jobs_.clear();
        phase_ = phase::stopped;
        return status;
    }
    void destroy() {
        if (instance_ == nullptr) return;
        in_callback([&] { return role_->destroy(instance_), MESH_OK; });
        instance_ = nullptr;
        phase_ = phase::none;
    }
    /// Hot swap: `next` takes over state, handles and waiting events. On a failure the old code
    /// goes on and hears MESH_EV_HANDOFF_ABORTED; returned is what failed.
    mesh_status swap(const mesh_plugin* next, std::string_view role = {});
    /// Live reload, in two steps as a host does it: the plugin looks at the candidate, and takes it
    /// over unless it refuses. Returned is what validate() did; MESH_E_UNSUPPORTED without one.
    mesh_status reload(const std::map<std::string, value>& changes);
    /// What the plugin's handoff extension saves, or MESH_E_UNSUPPORTED without one.
    mesh_status save(std::string& into);

    bool is_started() const noexcept { return is_started_; }
    bool is_drained() const noexcept { return is_drained_; }
    const std::optional<reply>& fatal_error() const noexcept { return fatal_; }
    /// What the plugin said last with set_error().
    const std::string& error() const noexcept { return error_; }

    // --- time and events

    ns now() const noexcept { return ns(mesh_->now); }
    void set_wall(ns since_epoch) noexcept { wall_offset_ = since_epoch.count() - mesh_->now; }
    /// Delivers until nothing waits, here and in connected hosts. Returns the number of events.
    std::size_t run();
    /// Lets time pass, for connected hosts too; each timer fires when it is due.
    void advance(ns span);
    /// Time passes and the strand is late: timers fire after it, with the periods they missed.
    void stall(ns span) {
        mesh_->now += span.count();
        run();
    }
    /// Any event, as it is; for kinds that the plugin does not know. Returns what on_event did.
    mesh_status deliver(const mesh_event& event) {
        ++delivered_;
        const auto status = in_callback([&] { return role_->on_event(instance_, &event); });
        if (status < 0) failures_.push_back(status);
        return status;
    }

    // --- faults

    /// Makes the next `times` calls of "timer.start" fail; the names are those of the tables.
    void fail(const std::string& function, mesh_status code, unsigned times = 1) {
        faults_[function] = {code, times};
    }
    /// How often each host function was called.
    const std::map<std::string, std::uint64_t>& calls() const noexcept { return calls_; }

    // --- what the plugin did

    const std::vector<violation>& violations() const noexcept { return violations_; }
    const std::vector<leak>& leaks() const noexcept { return leaks_; }
    /// What on_event returned when it failed.
    const std::vector<mesh_status>& event_failures() const noexcept { return failures_; }
    std::uint64_t delivered() const noexcept { return delivered_; }
    const std::vector<log_line>& log() const noexcept { return log_; }
    bool logged(std::string_view part) const {
        return std::any_of(log_.begin(), log_.end(), [&](const log_line& line) {
            return line.text.find(part) != std::string::npos;
        });
    }
    /// What the plugin put into the digest; nothing: not set, or cleared.
    value digest(const std::string& key) const {
        const auto found = digest_.find(key);
        return found == digest_.end() ? value{} : found->second;
    }
    const std::vector<mesh_digest_key>& digest_keys() const noexcept { return digest_keys_; }
    std::uint32_t health() const noexcept { return health_; }
    const std::string& health_reason() const noexcept { return health_reason_; }
    const std::map<std::string, metric>& metrics() const noexcept { return metrics_; }
    const std::map<mesh_handle, span>& spans() const noexcept { return spans_; }
    /// Committed state; a test may put what an earlier run left.
    std::map<std::string, std::string>& state() noexcept { return state_; }
    /// The paths of the configuration that were asked for.
    const std::vector<std::string>& config_reads() const noexcept { return config_reads_; }
    /// The extension ids that the plugin asked for.
    const std::vector<std::string>& extensions() const noexcept { return extensions_; }
    /// Permissions that the plugin lacked: "gossip:pub:news".
    const std::vector<std::string>& denied() const noexcept { return denied_; }
    /// Of real time, not of the fake host's.
    ns longest_callback() const noexcept { return longest_callback_; }
    /// Everything the plugin holds, by handle: topics, ports, protocols, connections ...
    const holdings& held() const noexcept { return held_; }
    /// How many handles are open.
    std::size_t open_handles() const noexcept { return held_.all.size(); }
    std::size_t open_handles(std::string_view kind) const {
        return static_cast<std::size_t>(std::count_if(
            held_.all.begin(),
            held_.all.end(),
            [&](const auto& each) { return each.second.kind == kind; }
        ));
    }

    // --- scripted peers (mesh_events.hpp)

    mesh_node_id add_peer(std::string_view name, std::string_view roles = {});
    /// MESH_PEER_DRAINING, MESH_PEER_SUSPECT, MESH_PEER_UP; DOWN removes it.
    void set_peer_state(mesh_node_id peer, std::uint32_t state, std::string_view reason = {});
    /// A key of the peer's digest; value{} clears it.
    void peer_says(mesh_node_id peer, std::string_view role, std::string_view key, value what);
    void gossip_from(mesh_node_id peer, std::string_view topic, std::string_view body);
    void message_from(mesh_node_id peer, std::string_view port, std::string_view body);
    /// A request of the peer; its answer is replies()[the number returned], once there is one.
    std::size_t ask_from(mesh_node_id peer, std::string_view port, std::string_view body);
    const std::vector<std::optional<reply>>& replies() const noexcept { return replies_; }
    /// Answers a request of the plugin, found in sent().
    void answer(mesh_handle op, mesh_status status, std::string_view body = {});
    /// Room again after publish() said MESH_E_AGAIN: MESH_EV_GOSSIP_WRITABLE.
    void gossip_writable();
    const std::vector<published_message>& published() const noexcept { return published_; }
    const std::vector<sent_message>& sent() const noexcept { return sent_; }

    // --- scripted connections and streams (tables_stream.hpp). Handles are the plugin's.

    /// 0 when the plugin listens on no such ALPN.
    mesh_handle conn_from(mesh_node_id peer, std::string_view alpn);
    /// The latest connection of a kind: "conn", "stream", "listener"; 0 for none.
    mesh_handle latest(std::string_view kind) const;
    void peer_accepts(mesh_handle conn);
    void peer_closes(mesh_handle conn, std::uint64_t code = 0, std::string_view reason = {});
    mesh_handle peer_opens(mesh_handle conn, std::uint32_t kind = MESH_STREAM_BIDI);
    void peer_writes(mesh_handle stream, std::string_view data, bool is_last = false);
    /// All that the plugin has written and nobody has read.
    std::string peer_reads(mesh_handle stream);
    bool has_fin(mesh_handle stream) const;
    void peer_resets(mesh_handle stream, std::uint64_t code);

    // --- the rest of the node (tables_service.hpp)

    /// MESH_EV_FD for a watched descriptor, when the watch has interest in it.
    void fd_ready(std::int32_t fd, std::uint32_t ready);

    mesh_node_id id() const noexcept { return self_; }
    const mesh_role* role() const noexcept { return role_; }
    const mesh_host* abi() const noexcept { return &table_; }
    mesh_instance* instance() const noexcept { return instance_; }

    /// They see each other as peers; gossip, messages, digests and streams reach the other.
    friend void connect(fake_host& a, fake_host& b);

private:
    friend struct host_functions;
    friend struct node_tables;
    friend struct service_tables;
    friend struct mesh_tables;
    friend struct stream_tables;

    enum class phase { none, creating, created, running, draining, stopped };
    enum class caller { any, strand };
    static constexpr std::size_t events_a_run_max = 100000;  // a plugin may post to itself for ever

    /// Hosts that are connected, directly or not, and their one clock.
    struct group {
        std::vector<fake_host*> hosts;
        mesh_ns now = 1000000000;
    };
    struct waiting_event {
        mesh_handle needs = 0;  ///< dropped when this handle is closed before
        std::function<void(fake_host&, mesh_ns queued)> deliver;
        mesh_ns queued = 0;
    };
    struct fault {
        mesh_status code;
        unsigned times;
    };
    struct job {
        std::uint64_t tag;
        void* what;
    };

    static fake_host& of(const mesh_host* host) noexcept {
        return *static_cast<fake_host*>(host->impl);
    }
    static const mesh_role* find_role(const mesh_plugin* plugin, std::string_view name) {
        for (std::uint32_t i = 0; plugin != nullptr && i < plugin->role_count; ++i) {
            if (name.empty() || name == plugin->roles[i]->role) return plugin->roles[i];
        }
        return nullptr;
    }

    mesh_host entries() noexcept;
    void fill_defaults();
    bool run_one();
    void fire_due();
    mesh_ns next_deadline() const noexcept;
    fake_host* host_of(const mesh_node_id& node) const noexcept {
        for (auto* host : mesh_->hosts)
            if (host != this && same(host->self_, node)) return host;
        return nullptr;
    }

    bool on_strand() const noexcept { return strand_.load() == std::this_thread::get_id(); }
    template <class F>
    mesh_status in_callback(F&& f) {
        const auto before = strand_.exchange(std::this_thread::get_id());
        const auto began = std::chrono::steady_clock::now();
        const mesh_status status = f();
        longest_callback_ =
            std::max<ns>(longest_callback_, std::chrono::steady_clock::now() - began);
        strand_ = before;
        return status;
    }

    mesh_status refuse(mesh_status code, std::string words) {
        last_error_ = std::move(words);
        return code;
    }
    void blame(const char* function, std::string what) {
        violations_.push_back({function, std::move(what)});
    }
    /// First thing in every host function: is it allowed now, and is it to fail?
    mesh_status admit(const char* function, caller allowed) {
        ++calls_[function];
        if (phase_ == phase::none || phase_ == phase::stopped) {
            blame(function, "called after stop has returned");
            return refuse(MESH_E_STATE, "called after stop has returned");
        }
        if (allowed == caller::strand && !on_strand()) {
            blame(function, "called off the strand");
            return refuse(MESH_E_THREAD, "called off the strand; use mesh_host.post");
        }
        const auto planned = faults_.find(function);
        if (planned == faults_.end() || planned->second.times == 0) return MESH_OK;
        --planned->second.times;
        return refuse(planned->second.code, "made to fail by the test");
    }
    template <class F>
    static mesh_status call(const mesh_host* h, const char* function, caller allowed, F&& f) {
        auto& host = of(h);
        const std::lock_guard lock(host.mutex_);
        const mesh_status admitted = host.admit(function, allowed);
        return admitted < 0 ? admitted : f(host);
    }
    bool allows(std::string_view permission) const;
    mesh_status admit_network(const char* function, const std::string& permission);
    /// One that was never issued is a mistake; one that has gone meanwhile is none.
    mesh_status no_handle(const char* function, mesh_handle handle) {
        if (!held_.was_issued(handle)) blame(function, "a handle that the host never gave");
        return refuse(MESH_E_HANDLE, "no such handle");
    }

    /// Queues an event; `make` fills and delivers it when its turn comes.
    void push(mesh_handle needs, std::function<void(fake_host&, mesh_ns)> make) {
        events_.push_back({needs, std::move(make), mesh_->now});
    }
    template <class Event>
    Event event(std::uint32_t kind, std::uint64_t tag, mesh_handle handle, mesh_ns queued) const {
        Event out{};
        out.h = {sizeof(Event), kind, tag, handle, queued};
        return out;
    }
    std::uint64_t tag_of(mesh_handle handle) const {
        const auto found = held_.all.find(handle);
        return found == held_.all.end() ? 0 : found->second.tag;
    }
    template <class Table>
    const Table* plugin_extension(const char* id) const {
        if (instance_ == nullptr || role_->get_extension == nullptr) return nullptr;
        return static_cast<const Table*>(role_->get_extension(instance_, id));
    }
    void replay_peers(mesh_handle watch);
    void tell_peers(std::uint32_t what, const peer& about, const std::string& reason);
    void tell_digest(const peer& about, const digest_item& item, mesh_handle only = 0);
    void hear_gossip(const published_message& said, mesh_node_id author);
    void hear_message(const sent_message& said, mesh_node_id from, mesh_handle request);
    void complete(mesh_handle op, mesh_status status, std::string body);
    mesh_handle add_conn(mesh_node_id peer, const std::string& alpn, mesh_handle listener);
    mesh_handle add_stream(mesh_handle conn, std::uint32_t kind, stream ends);
    void drop_conn(mesh_handle conn);
    void settle(mesh_handle stream);
    static void wake_reader(pipe& from);
    static void wake_writer(pipe& to);

    const mesh_role* role_;
    mesh_instance* instance_ = nullptr;
    std::string instance_name_;
    std::shared_ptr<group> mesh_;
    mesh_node_id self_;
    mesh_host table_{};
    phase phase_ = phase::none;
    std::atomic<std::thread::id> strand_{};
    mutable std::recursive_mutex mutex_;

    holdings held_;
    std::deque<waiting_event> events_;
    std::deque<job> jobs_;

    std::map<std::string, value> config_;
    std::optional<std::map<std::string, value>> candidate_;
    std::vector<std::string> config_reads_;
    std::string config_text_;
    std::vector<std::string> withheld_;
    std::optional<std::vector<std::string>> grants_;
    std::uint32_t digest_bytes_ = 256;
    std::map<std::string, fault> faults_;

    bool is_started_ = false;
    bool is_drained_ = false;
    std::optional<reply> fatal_;
    std::string error_;
    std::string last_error_;
    std::map<std::string, std::uint64_t> calls_;
    std::vector<violation> violations_;
    std::vector<leak> leaks_;
    std::vector<mesh_status> failures_;
    std::uint64_t delivered_ = 0;
    std::vector<std::string> extensions_;
    std::vector<std::string> denied_;
    ns longest_callback_{0};
    mesh_ns wall_offset_ = 1700000000000000000;

    std::vector<log_line> log_;
    std::vector<mesh_digest_key> digest_keys_;
    std::vector<std::string> digest_names_;
    std::map<std::string, value> digest_;
    std::uint32_t health_ = MESH_HEALTH_OK;
    std::string health_reason_;
    std::map<std::string, metric> metrics_;
    std::map<std::string, std::uint64_t> instruments_;
    std::map<mesh_handle, span> spans_;
    std::map<std::string, std::string> state_;
    std::map<std::string, std::optional<std::string>> staged_;
    std::deque<std::string> state_keys_;  ///< views of next() live until the callback returns
    std::filesystem::path directory_;
    std::string directory_text_;
    std::map<mesh_node_id, peer, node_less> peers_;
    std::vector<published_message> published_;
    std::vector<sent_message> sent_;
    std::vector<std::optional<reply>> replies_;
    std::uint64_t gossip_seq_ = 0;
};

}  // namespace mesh::testing

#include <mesh/testing/fake_life.hpp>
