// SPDX-License-Identifier: Apache-2.0
#pragma once
// The base class of a role written in C++. Override start(), and drain() or stop() when there is
// something to finish. Everything here runs on the instance's strand, except post().
#include <mesh/plugin.h>
#include <mesh/registration.hpp>
#include <mesh/tables.hpp>
#include <mesh/values.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mesh {

struct topic_options;  // gossip.hpp
class question;        // messages.hpp

/// The host that a role under construction is for: with it, members and constructors may look at
/// the configuration and write to the log.
class construction {
public:
    explicit construction(const mesh_host* host) noexcept { current() = host; }
    construction(const construction&) = delete;
    construction& operator=(const construction&) = delete;
    ~construction() { current() = nullptr; }

    /// nullptr: none is made on this thread.
    static const mesh_host*& current() noexcept {
        static thread_local const mesh_host* host = nullptr;
        return host;
    }
};

class role {
public:
    role() = default;
    role(const role&) = delete;
    role& operator=(const role&) = delete;
    virtual ~role() = default;

    virtual void start() {}
    virtual void drain(ns /*deadline*/) { drained(); }
    virtual void stop() {}
    /// Live reload: override the second for keys that have MESH_CFG_RELOAD. The first looks at
    /// candidate<T>() and throws an error() to refuse; nothing may change before the second.
    virtual void check_config() {}
    virtual void config_changed() {}
    virtual void on_event(const mesh_event&) {}  ///< whatever no registered handler took
    virtual const void* plugin_extension(std::string_view) noexcept { return nullptr; }

protected:
    const mesh_host* host() const noexcept { return host_; }
    std::string_view instance() const noexcept { return host_->instance; }
    void drained() noexcept { host_->drained(host_); }
    void fail(mesh_status code, std::string_view why) noexcept {
        host_->fatal(host_, code, str(why));
    }

    // --- extensions: have<T>() asks, need<T>() insists

    template <class Table>
    const Table* have() const noexcept {
        return static_cast<const Table*>(host_->get_extension(host_, table_id<Table>::value));
    }
    template <class Table>
    const Table& need() const {
        if (const auto* table = have<Table>()) return *table;
        throw error(MESH_E_UNSUPPORTED, std::string("host has no ") + table_id<Table>::value);
    }
    /// Throws when `status` is a failure, with the host's words for it.
    void check(mesh_status status, const char* what) const {
        if (status >= 0) return;
        throw error(status, std::string(what) + ": " + std::string(view(host_->last_error(host_))));
    }

    // --- logging

    void log(int level, std::string_view message, attrs more = {}) const noexcept {
        const auto* table = have<mesh_log_v1>();
        if (table == nullptr || level < table->level(host_)) return;
        table->write(host_, level, str(message), more.begin(), more.size(), "", 0);
    }
    void info(std::string_view message, attrs more = {}) const noexcept {
        log(MESH_LOG_INFO, message, more);
    }
    void warn(std::string_view message, attrs more = {}) const noexcept {
        log(MESH_LOG_WARN, message, more);
    }

    // --- configuration: conf<std::int64_t>("max_jobs"). The schema's default is filled in.

    template <class T>
    T conf(std::string_view path, T fallback = T{}) const {
        return configured(MESH_CFG_CURRENT, path, std::move(fallback));
    }
    /// The same of the configuration that is on offer; in check_config().
    template <class T>
    T candidate(std::string_view path, T fallback = T{}) const {
        return configured(MESH_CFG_CANDIDATE, path, std::move(fallback));
    }

    // --- time, peers, streams. Each returns a `scoped`; keep() stores it for the life of the role.

    [[nodiscard]] scoped every(ns period, std::function<void()> f, std::string_view name = "every");
    [[nodiscard]] scoped peers(
        std::function<void(const mesh_ev_peer&)> f,
        std::string_view role_filter = ""
    );
    [[nodiscard]] scoped listen(std::string_view alpn, handler f);
    void keep(scoped registration) { kept_.push_back(std::move(registration)); }

    // --- gossip: all roles of the mesh that subscribe to a topic hear what is published there.
    //     Permissions: "gossip:sub:<topic>", "gossip:pub:<topic>". Bodies in gossip.hpp.

    [[nodiscard]] scoped subscribe(
        std::string_view topic,
        std::function<void(const mesh_ev_gossip&)> f
    );
    [[nodiscard]] scoped subscribe(
        std::string_view topic,
        std::function<void(const mesh_ev_gossip&)> f,
        topic_options options
    );
    /// Any thread. false: back-pressure, try again after MESH_EV_GOSSIP_WRITABLE. This role hears
    /// it, too, with MESH_PUB_LOOPBACK.
    bool publish(std::string_view topic, std::string_view body, std::uint32_t flags = 0);

    // --- messages to a port of one node. Permissions: "message:serve:<port>" and
    //     "message:send:<port>". Bodies in messages.hpp.

    /// What `f` returns is the reply.
    [[nodiscard]] scoped serve(
        std::string_view port,
        std::function<std::string(const mesh_ev_message&)> f
    );
    /// The reply may come later, from any thread.
    [[nodiscard]] scoped serve_later(std::string_view port, std::function<void(question)> f);
    /// Any thread. Best effort. false: back-pressure, it was not sent.
    bool send(mesh_node_id to, std::string_view port, std::string_view body);
    /// `f` is called exactly once. What is returned is for cancel().
    mesh_handle request(
        mesh_node_id to,
        std::string_view port,
        std::string_view body,
        ns timeout,
        std::function<void(mesh_status, std::string_view)> f
    );
    /// The request's `f` is called with MESH_E_CLOSED, unless an answer is on its way already.
    void cancel(mesh_handle request);

    // --- the node's key. Permission: "identity:sign". Any thread. Bodies in identity.hpp.

    using signature = std::array<std::uint8_t, 64>;
    signature sign(std::string_view context, std::string_view message) const;
    bool verify(
        mesh_node_id by,
        std::string_view context,
        std::string_view message,
        const signature& given
    ) const;

    // --- peers, and this role's own threads

    template <class F>
    void for_each_peer(F&& f) const;  ///< f(const mesh_peer&), for every peer that is present
    std::size_t peer_count(std::string_view role_filter = "") const;

    /// Any thread: runs `f` on the strand, unless the role stops first.
    void post(std::function<void()> f);

private:
    template <class T>
    friend class digest;
    friend class state;
    friend class workers;
    friend class health;
    friend class instrument;
    friend class tracer;
    template <class R>
    friend struct glue;
    friend class streams;
    friend class descriptors;
    static constexpr std::uint64_t posted_tag = 1;

    template <class T>
    T configured(std::uint32_t which, std::string_view path, T fallback) const;
    template <class Table, class Start>
    scoped add(
        handler f,
        mesh_status (*Table::*end)(const mesh_host*, mesh_handle) noexcept,
        const char* what,
        Start&& start
    );
    void dispatch(const mesh_event& event);
    void run_posted();

    const mesh_host* host_ = construction::current();
    handler_map handlers_;
    std::vector<scoped> kept_;
    std::vector<mesh_digest_key> digest_keys_;
    std::mutex posted_mutex_;
    std::deque<std::function<void()>> posted_;
};

}  // namespace mesh

#include <mesh/role_verbs.hpp>
