// SPDX-License-Identifier: Apache-2.0
#include "relay/relay_client.hpp"

#include "net/deadline_timer.hpp"
#include "net/readable_watch.hpp"
#include "net/shard.hpp"
#include "net/stream_socket.hpp"
#include "net/tls_context.hpp"
#include "relay/proto/relay_client_state.hpp"
#include "relay/relay_dial.hpp"

#include <fmt/format.h>

#include <utility>

namespace meshhost::relay {

namespace {

using net::io_state;

constexpr std::size_t read_size = std::size_t{64} << 10;
/// Reads in one turn, then others have theirs.
constexpr int reads_a_turn = 8;

template <class... Visitors>
struct overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
overloaded(Visitors...) -> overloaded<Visitors...>;  // clang 14 does not infer it

}  // namespace

/// A turn: something happened → the machine is told → what it wants is done, until it wants nothing
/// → what waits is written → the timer is set. Calls of the user's only post one.
struct relay_client::state final : std::enable_shared_from_this<state>,
                                   net::readable_sink,
                                   net::deadline_sink {
    state(
        net::shard& shard_,
        const identity::secret_key& key_,
        relay_sink& sink_,
        relay_client_options options_,
        relay_target target_
    )
        : shard(shard_)
        , key(key_)
        , sink(&sink_)
        , options(std::move(options_))
        , target(std::move(target_))
        , machine(key_, {}, prng(options.seed))
        , timer(shard_, *this) {}

    bool on_readable() override;
    void on_writable() override;
    void on_deadline(time_point now) override;

    void want_turn();
    void turn();
    void obey();
    void obey(proto::client_output& output);
    void dial(std::uint64_t attempt);
    void on_dialled(std::uint64_t attempt, dial_result result);
    void hang_up();
    void write();
    void lose(down_reason reason);
    void let_go();
    bool is_alive() const noexcept { return sink != nullptr; }

    net::shard& shard;
    const identity::secret_key& key;
    relay_sink* sink;  ///< nullptr once the client is destroyed
    relay_client_options options;
    relay_target target;
    std::unique_ptr<net::tls_client_context> own_tls;  ///< when options name none
    proto::relay_client_state machine;
    net::deadline_timer timer;
    std::unique_ptr<relay_dial> dialling;
    std::uint64_t attempt = 0;  ///< of the connection, or of the dial
    net::stream_socket stream;
    std::unique_ptr<net::readable_watch> watch;  ///< of stream: destroyed before it
    byte_buffer room;                            ///< to read into, while connected
    down_reason last_told = down_reason::none;   ///< in the log: once a reason
    bool is_turn_posted = false;
    bool is_in_turn = false;
    bool is_stop_wanted = false;
    bool is_turn_end_due = false;
    bool is_blocked = false;    ///< the socket takes no more
    bool has_leftover = false;  ///< it holds a part of what it took
};

void relay_client::state::want_turn() {
    if (is_in_turn || std::exchange(is_turn_posted, true)) return;
    shard.post([self = shared_from_this()] {
        self->is_turn_posted = false;
        self->turn();
    });
}

void relay_client::state::on_deadline(time_point now) {
    machine.handle_deadline(now);
    turn();
}

bool relay_client::state::on_readable() {
    const auto self = shared_from_this();
    bool is_drained = false;
    for (int i = 0; i < reads_a_turn && watch != nullptr && !is_drained; ++i) {
        room.resize(read_size);
        const auto step = stream.read(room);
        if (step.state == io_state::wants_read) is_drained = true;
        if (step.state == io_state::ended || step.state == io_state::failed) {
            lose(down_reason::closed);
            break;
        }
        if (step.count == 0) continue;
        machine.received(std::span(room).first(step.count), shard.now());
        obey();
        is_drained = is_drained || stream.has_less(step.count, room.size());
    }
    turn();
    return is_drained;
}

void relay_client::state::on_writable() {
    is_blocked = false;
    turn();
}

/// Also what the sink asks for while it is told something.
void relay_client::state::obey() {
    if (std::exchange(is_in_turn, true)) return;
    while (is_alive()) {
        if (std::exchange(is_stop_wanted, false)) machine.stop();
        auto output = machine.poll_output();
        if (!output) break;
        obey(*output);
    }
    is_in_turn = false;
}

void relay_client::state::turn() {
    const auto self = shared_from_this();
    do {
        obey();
        if (is_alive() && std::exchange(is_turn_end_due, false)) {
            is_in_turn = true;  // what it sends is taken up here
            sink->on_turn_end();
            is_in_turn = false;
        }
        if (!is_alive()) return;
        obey();
        if (!is_alive()) return;
        write();
        obey();
    } while (is_alive() && is_turn_end_due);
    if (is_alive()) timer.arm(machine.next_deadline().value_or(no_deadline));
}

void relay_client::state::obey(proto::client_output& output) {
    std::visit(
        overloaded{
            [this](const proto::connect_output& each) { dial(each.attempt); },
            [this](const proto::disconnect_output&) { hang_up(); },
            [](const proto::write_output&) {},  // each turn writes
            [this](const proto::status_output& each) {
                if (each.status == relay_status::up) last_told = down_reason::none;
                sink->on_status(each.status, each.reason);
            },
            [this](const proto::datagrams_output& each) {
                is_turn_end_due = true;
                sink->on_datagrams(each.peer, each.ecn, each.data, each.segment_size);
            },
            [this](const proto::gone_output& each) { sink->on_gone(each.peer); },
            [this](const proto::writable_output&) { sink->on_writable(); },
            [this](const proto::notice_output& each) {
                options.log.warn("relay says url={} text=\"{}\"", options.url, each.text);
            }},
        output
    );
}

void relay_client::state::dial(std::uint64_t number) {
    hang_up();
    attempt = number;
    const auto* const tls = own_tls ? own_tls.get() : options.tls;
    dialling = std::make_unique<relay_dial>(
        shard,
        target,
        options.token,
        key,
        tls,
        [this, number](dial_result result) { on_dialled(number, std::move(result)); }
    );
}

void relay_client::state::on_dialled(std::uint64_t number, dial_result result) {
    const auto self = shared_from_this();
    // It is inside of its own call: its end waits until that is over.
    shard.post([ended = std::shared_ptr<relay_dial>(std::move(dialling))] {});
    if (result.reason != down_reason::none) {
        if (std::exchange(last_told, result.reason) != result.reason)
            options.log.warn(
                "no relay url={} reason={} cause=\"{}\"",
                options.url,
                proto::to_string(result.reason),
                result.cause
            );
        machine.failed(number, result.reason, shard.now());
        return turn();
    }
    stream = std::move(result.stream);
    watch = std::make_unique<net::readable_watch>(shard, stream.descriptor(), *this);
    if (!watch->start()) {
        machine.failed(number, down_reason::closed, shard.now());
        return turn();
    }
    machine.connected(number, result.version, shard.now());
    room = std::move(result.early);
    if (!room.empty()) machine.received(room, shard.now());
    obey();  // before `room` is read into again
    if (is_alive()) turn();
}

void relay_client::state::hang_up() {
    dialling.reset();
    watch.reset();
    if (stream.is_open()) stream.end_writing();
    stream.close();
    is_blocked = has_leftover = false;
}

void relay_client::state::write() {
    while (watch != nullptr && !is_blocked) {
        const auto out = machine.outgoing();
        if (out.empty() && !has_leftover) return;
        const auto step = stream.write(out);
        machine.taken(step.count);
        is_blocked = has_leftover = step.state == io_state::wants_write;
        if (is_blocked) return watch->watch_writable();
        if (step.state != io_state::done) return lose(down_reason::closed);
    }
}

void relay_client::state::lose(down_reason reason) {
    machine.failed(attempt, reason, shard.now());
}

void relay_client::state::let_go() {
    sink = nullptr;
    timer.arm(no_deadline);
    hang_up();
}

relay_client::relay_client(std::shared_ptr<state> made)
    : state_(std::move(made)) {}

outcome<std::unique_ptr<relay_client>> relay_client::make(
    net::shard& shard,
    const identity::secret_key& key,
    relay_sink& sink,
    relay_client_options options
) {
    auto target = parse_relay_target(options.url);
    if (!target)
        return failure{
            exit_code::invalid,
            "E_BAD_RELAY",
            fmt::format("{} is not the URL of a relay", options.url),
            "write it as https://relay.example.org/, or http://... in a lab"};
    std::unique_ptr<net::tls_client_context> own_tls;
    if (target->is_secure && options.tls == nullptr) {
        auto made = net::tls_client_context::make();
        if (!made) return made.error();
        own_tls = std::move(*made);
    }
    auto made = std::make_shared<state>(shard, key, sink, std::move(options), std::move(*target));
    made->own_tls = std::move(own_tls);
    return std::unique_ptr<relay_client>(new relay_client(std::move(made)));
}

relay_client::~relay_client() {
    state_->let_go();
}

void relay_client::start() {
    state_->machine.start(state_->shard.now());
    state_->want_turn();
}

/// Never inside a turn: what the sink was just told may still lie in the machine.
void relay_client::stop() {
    state_->is_stop_wanted = true;
    state_->want_turn();
}

void relay_client::network_changed() {
    state_->machine.network_changed(state_->shard.now());
    state_->want_turn();
}

bool relay_client::send(const relay_datagrams& out) {
    auto& self = *state_;
    const bool has_room =
        self.machine.send(out.peer, out.ecn, out.data, out.segment_size, self.shard.now());
    self.want_turn();
    return has_room;
}

relay_status relay_client::status() const noexcept {
    return state_->machine.status();
}

down_reason relay_client::reason() const noexcept {
    return state_->machine.reason();
}

const std::string& relay_client::url() const noexcept {
    return state_->options.url;
}

std::optional<duration> relay_client::latency() const noexcept {
    return state_->machine.latency();
}

const relay_client_stats& relay_client::stats() const noexcept {
    return state_->machine.stats();
}

bool relay_client::is_superseded() const noexcept {
    return state_->machine.is_superseded();
}

}  // namespace meshhost::relay
