// SPDX-License-Identifier: Apache-2.0
// Holds one of everything under load, and hands all of it over to its next code: a port whose
// requests are answered now or later, a topic, streams of a protocol of its own, watches, a timer
// and what it commits. What is lost, doubled or damaged on the way is counted or named in its
// digest. EXCHANGE_VERSION makes another build, EXCHANGE_FAULT "refuse" one that takes no state.
#include <mesh/plugin.hpp>

#include "exchange_state.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

#ifndef EXCHANGE_VERSION
#    define EXCHANGE_VERSION "1.0.0"
#endif
#ifndef EXCHANGE_FAULT
#    define EXCHANGE_FAULT ""
#endif

namespace {

constexpr std::uint64_t tick_tag = 2;
constexpr std::uint64_t port_tag = 3;
constexpr std::uint64_t topic_tag = 4;
constexpr std::uint64_t listener_tag = 5;
constexpr std::uint64_t connection_tag = 6;
constexpr std::uint64_t stream_tag = 7;
constexpr std::uint64_t peers_tag = 8;
constexpr std::uint64_t commit_tag = 9;

constexpr std::uint64_t held_every = 8;        ///< of so many requests one is answered at a tick
constexpr std::uint64_t committed_every = 40;  ///< ticks
constexpr std::size_t piece_bytes = 4096;
constexpr std::uint32_t queue_msgs = 1024;  ///< five seconds of news, on a machine that is busy

using kept::echoed_stream;
using kept::reader;
using kept::series;
using kept::writer;

}  // namespace

struct exchange : mesh::role {
    static constexpr const char* permissions[] =
        {"gossip:sub:swap/news", "message:serve:swap.echo", "alpn:swap/1", nullptr};

    static constexpr mesh::digest_options calm{nullptr, 0, mesh::ns(50'000'000), 60, 0};
    mesh::digest<std::string> code{*this, "code"};
    mesh::digest<std::string> fault{*this, "fault", calm};
    mesh::digest<std::uint64_t> asked{*this, "asked", calm};
    mesh::digest<std::uint64_t> heard{*this, "heard", calm};
    mesh::digest<std::uint64_t> missing{*this, "missing", calm};
    mesh::digest<std::uint64_t> received{*this, "received", calm};
    mesh::digest<std::uint64_t> ticks{*this, "ticks", calm};
    mesh::digest<std::uint64_t> commits{*this, "commits", calm};
    mesh::digest<std::uint64_t> jobs{*this, "jobs", calm};
    mesh::digest<std::uint64_t> aborts{*this, "aborts", calm};
    mesh::workers pool{*this};

    static bool is_to_refuse() { return std::strcmp(EXCHANGE_FAULT, "refuse") == 0; }

    /// Again after a swap that was given up, with all that is held.
    void start() override {
        code = EXCHANGE_VERSION;
        if (held_.empty()) hold_everything();
        for (auto& [handle, each] : streams_)
            pump(handle, each);
        show();
    }

    void on_event(const mesh_event& event) override {
        switch (event.kind) {
        case MESH_EV_TIMER:
            return tick();
        case MESH_EV_MESSAGE:
            return answer(reinterpret_cast<const mesh_ev_message&>(event));
        case MESH_EV_GOSSIP:
            return hear(reinterpret_cast<const mesh_ev_gossip&>(event));
        case MESH_EV_GOSSIP_LAGGED:
            return blame("gossip lagged");
        case MESH_EV_CONN_IN:
            return check(
                need<mesh_stream_v1>().accept(host(), event.handle, connection_tag),
                "accept"
            );
        case MESH_EV_CONN_UP:
            held_.insert(event.handle);
            return;
        case MESH_EV_CONN_DOWN:
            return blame("a connection went down");
        case MESH_EV_STREAM_IN:
            held_.insert(event.handle);
            check(need<mesh_stream_v1>().set_tag(host(), event.handle, stream_tag), "set_tag");
            return pump(event.handle, streams_[event.handle]);
        case MESH_EV_STREAM_READABLE:
        case MESH_EV_STREAM_WRITABLE:
            return pump(event.handle, streams_[event.handle]);
        case MESH_EV_STREAM_RESET:
            return blame("a stream was reset");
        case MESH_EV_STATE_COMMITTED:
            return committed(reinterpret_cast<const mesh_ev_done&>(event).status);
        case MESH_EV_HANDOFF_ABORTED:
            aborts = ++aborted_;
            return;
        default:
            return;
        }
    }

    const void* plugin_extension(std::string_view id) noexcept override {
        static constexpr mesh_plugin_handoff_v1
            table{sizeof(mesh_plugin_handoff_v1), 1, 1, 0, save, restore, adopt};
        return id == MESH_PLUGIN_EXT_HANDOFF ? &table : nullptr;
    }

private:
    void hold_everything() {
        const auto hold = [this](mesh_status status, const char* what, mesh_handle handle) {
            check(status, what);
            held_.insert(handle);
        };
        mesh_handle made = 0;
        auto status =
            need<mesh_timer_v1>().start(host(), mesh::str("tick"), 1, 2'000'000, tick_tag, &made);
        hold(status, "timer", made);
        status = need<mesh_message_v1>().serve(host(), mesh::str("swap.echo"), port_tag, &made);
        hold(status, "serve", made);
        mesh_gossip_opts plain{};
        plain.struct_size = sizeof plain;
        plain.queue_msgs = queue_msgs;
        status = need<mesh_gossip_v1>()
                     .subscribe(host(), mesh::str("swap/news"), &plain, topic_tag, &made);
        hold(status, "subscribe", made);
        status = need<mesh_stream_v1>()
                     .listen(host(), mesh::bytes("swap/1"), nullptr, listener_tag, &made);
        hold(status, "listen", made);
        status = need<mesh_peers_v1>().watch(host(), mesh::str(""), peers_tag, &made);
        hold(status, "watch", made);
    }

    /// The first fault stays: what follows may come of it.
    void blame(const std::string& what) {
        if (blamed_.empty()) blamed_ = what.substr(0, 60);
        fault = blamed_;
    }

    // --- a timer, commits and jobs

    void tick() {
        ++ticked_;
        reply_to_all();
        if (ticked_ % committed_every == 0 && !is_committing_) {
            const auto text = std::to_string(ticked_);
            const auto& state = need<mesh_state_v1>();
            check(state.put(host(), mesh::str("ticks"), mesh::bytes(text)), "put");
            mesh_handle operation = 0;
            check(state.commit(host(), commit_tag, &operation), "commit");
            is_committing_ = true;
        }
        if (!is_working_) {
            is_working_ = pool.run(
                [] { return 1; },
                [this](int) {
                    is_working_ = false;
                    ++worked_;
                },
                [this](mesh_status status, const std::string& why) {
                    is_working_ = false;
                    if (status != MESH_E_CLOSED) blame("a job: " + why);  // it had not begun
                }
            );
        }
        show();
    }
    void committed(mesh_status status) {
        if (status != MESH_OK) blame("a commit failed");
        is_committing_ = false;
        commits = ++committed_;
    }
    void show() {
        std::uint64_t early = 0;
        for (const auto& [author, each] : news_)
            early += each.early.size();
        asked = asked_;
        heard = heard_;
        missing = early;
        received = received_;
        ticks = ticked_;
        commits = committed_;
        jobs = worked_;
        aborts = aborted_;
        if (!blamed_.empty()) fault = blamed_;
    }

    // --- requests

    void answer(const mesh_ev_message& request) {
        ++asked_;
        const std::string body(mesh::view(request.body));
        if (asked_ % held_every == 0 || !reply(request.request, body))
            waiting_.emplace_back(request.request, body);
    }
    void reply_to_all() {
        std::vector<std::pair<mesh_handle, std::string>> left;
        for (auto& [request, body] : waiting_) {
            if (!reply(request, body)) left.emplace_back(request, body);
        }
        waiting_ = std::move(left);
    }
    /// false: later.
    bool reply(mesh_handle request, const std::string& body) {
        const auto status =
            need<mesh_message_v1>().reply(host(), request, MESH_OK, mesh::bytes(body));
        if (status == MESH_E_AGAIN) return false;
        if (status < 0) blame("reply: " + std::to_string(status));
        return true;
    }

    // --- gossip

    void hear(const mesh_ev_gossip& event) {
        const std::string author(
            reinterpret_cast<const char*>(event.author.b),
            sizeof event.author.b
        );
        const std::string body(mesh::view(event.body));
        ++heard_;
        if (!news_[author].hear(std::stoull(body))) blame("heard twice: " + body);
    }

    // --- streams: what comes is checked, byte by byte, and goes back

    static char expected_at(std::uint64_t position) {
        return static_cast<char>(position * 31 + position / 251);
    }
    void pump(mesh_handle handle, echoed_stream& each) {
        const auto& table = need<mesh_stream_v1>();
        while (true) {
            while (!each.unsent.empty()) {
                std::size_t taken = 0;
                const auto status =
                    table.write(host(), handle, mesh::bytes(each.unsent), 0, &taken);
                if (status < 0 && status != MESH_E_AGAIN)
                    return blame("write: " + std::to_string(status));
                if (taken == 0) return;
                each.unsent.erase(0, taken);
            }
            std::string piece(piece_bytes, '\0');
            std::size_t size = 0;
            std::uint32_t flags = 0;
            auto* const into = reinterpret_cast<std::uint8_t*>(piece.data());
            const auto status = table.read(host(), handle, into, piece.size(), &size, &flags);
            if (status == MESH_E_AGAIN) return;
            if (status < 0) return blame("read: " + std::to_string(status));
            if (size == 0) return;
            piece.resize(size);
            for (const char c : piece) {
                if (c != expected_at(each.position++)) blame("the stream is damaged");
            }
            received_ += size;
            each.unsent = std::move(piece);
        }
    }

    // --- handing over

    static exchange& of(mesh_instance* self) { return *reinterpret_cast<exchange*>(self); }

    std::string written() const {
        writer to;
        for (const auto number :
             {asked_, heard_, received_, ticked_, committed_, worked_, aborted_})
            to.put(number);
        to.put(is_committing_ ? 1 : 0);
        to.put(is_working_ ? 1 : 0);
        to.put(blamed_);
        to.put(held_.size());
        for (const mesh_handle handle : held_)
            to.put(handle);
        to.put(waiting_.size());
        for (const auto& [request, body] : waiting_) {
            to.put(request);
            to.put(body);
        }
        to.put(news_.size());
        for (const auto& [author, each] : news_) {
            to.put(author);
            to.put(each.next);
            to.put(each.early.size());
            for (const auto number : each.early)
                to.put(number);
        }
        to.put(streams_.size());
        for (const auto& [handle, each] : streams_) {
            to.put(handle);
            to.put(each.position);
            to.put(each.unsent);
        }
        return to.text();
    }
    void read(reader from) {
        for (auto* const number :
             {&asked_, &heard_, &received_, &ticked_, &committed_, &worked_, &aborted_})
            *number = from.number();
        is_committing_ = from.number() != 0;
        is_working_ = from.number() != 0;
        blamed_ = from.text();
        for (auto left = from.number(); left > 0; --left)
            held_.insert(from.number());
        for (auto left = from.number(); left > 0; --left) {
            const auto request = from.number();
            waiting_.emplace_back(request, from.text());
        }
        for (auto left = from.number(); left > 0; --left) {
            series& each = news_[from.text()];
            each.next = from.number();
            for (auto early = from.number(); early > 0; --early)
                each.early.insert(from.number());
        }
        for (auto left = from.number(); left > 0; --left) {
            echoed_stream& each = streams_[from.number()];
            each.position = from.number();
            each.unsent = from.text();
        }
    }

    static mesh_status save(
        mesh_instance* self,
        void* sink,
        mesh_status (*put)(void*, mesh_bytes) noexcept
    ) noexcept {
        try {
            return put(sink, mesh::bytes(of(self).written()));
        } catch (...) {
            return MESH_E_NOMEM;
        }
    }
    static mesh_status restore(mesh_instance* self, std::uint32_t, mesh_bytes blob) noexcept {
        if (is_to_refuse()) return MESH_E_INVALID;
        try {
            of(self).read(reader(blob));
            return MESH_OK;
        } catch (...) {
            return MESH_E_INVALID;
        }
    }
    /// Everything that it knows of.
    static mesh_status adopt(
        mesh_instance* self,
        mesh_handle handle,
        std::uint32_t,
        std::uint64_t old_tag,
        std::uint64_t* new_tag
    ) noexcept {
        const auto& waiting = of(self).waiting_;
        const bool is_asked = std::any_of(waiting.begin(), waiting.end(), [&](const auto& each) {
            return each.first == handle;
        });
        if (of(self).held_.count(handle) == 0 && !is_asked) return MESH_E_UNSUPPORTED;
        *new_tag = old_tag;
        return MESH_OK;
    }

    std::uint64_t asked_ = 0;
    std::uint64_t heard_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t ticked_ = 0;
    std::uint64_t committed_ = 0;
    std::uint64_t worked_ = 0;
    std::uint64_t aborted_ = 0;
    bool is_committing_ = false;
    bool is_working_ = false;
    std::string blamed_;
    std::set<mesh_handle> held_;
    std::vector<std::pair<mesh_handle, std::string>> waiting_;  ///< requests to answer
    std::map<std::string, series> news_;                        ///< by author
    std::map<mesh_handle, echoed_stream> streams_;
};
MESH_PLUGIN(exchange, "exchange", EXCHANGE_VERSION, "tests", "is swapped under load");
