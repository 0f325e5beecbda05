// SPDX-License-Identifier: Apache-2.0
// Speaks a protocol of its own, as the configuration says, and shows in its digest what came of it.
//
//   serve = "echo"   sends back what comes            dial = "<id>", bytes = n: sends n bytes over
//   one
//           "sink"   reads, once `gate` exists        stream, reads to the end and compares
//           "mute"   answers nobody                   connections = n: that often, one after the
//           other
#include <mesh/plugin.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>

namespace {

/// FNV-1a, for both ends to compare.
struct checksum {
    std::uint64_t value = 14695981039346656037U;
    void add(std::string_view text) {
        for (const char c : text)
            value = (value ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
};

mesh_node_id parse_id(const std::string& hex) {
    mesh_node_id id{};
    for (std::size_t i = 0; i < sizeof id.b && 2 * i + 1 < hex.size(); ++i)
        id.b[i] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * i, 2), nullptr, 16));
    return id;
}

}  // namespace

struct streams : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_STREAM, MESH_EXT_DIGEST, MESH_EXT_TIMER, nullptr};
    static constexpr const char* permissions[] = {"alpn:test/1", nullptr};
#ifdef STREAMS_BUDGET
    static constexpr mesh_budget budget{
        .struct_size = sizeof(mesh_budget),
        .cpu_millicores = 0,
        .rss_bytes = 0,
        .state_bytes = 0,
        .max_callback_us = 0,
        .threads = 0,
        .digest_bytes = 0,
        .gossip_bytes_per_s = 0,
        .streams = STREAMS_BUDGET,
        .timers = 0};
#endif
    static constexpr auto serve_key =
        mesh::option<std::string_view>("serve", "\"\"", "oneof:|echo|sink|mute", "");
    static constexpr auto alpn_key =
        mesh::option<std::string_view>("alpn", "\"test/1\"", "len:1..99", "");
    static constexpr auto dial_key =
        mesh::option<std::string_view>("dial", "\"\"", "len:0..64", "");
    static constexpr auto bytes_key = mesh::option<std::int64_t>("bytes", "0", "0..1000000000", "");
    static constexpr auto count_key =
        mesh::option<std::int64_t>("connections", "1", "0..100000", "");
    static constexpr auto gate_key =
        mesh::option<std::string_view>("gate", "\"\"", "len:0..200", "");
    static constexpr const mesh_config_key* config[] =
        {&serve_key, &alpn_key, &dial_key, &bytes_key, &count_key, &gate_key, nullptr};

    mesh::digest<std::uint64_t> ups{*this, "ups"};
    mesh::digest<std::uint64_t> downs{*this, "downs"};
    mesh::digest<std::uint64_t> sent{*this, "sent"};
    mesh::digest<std::uint64_t> received{*this, "received"};
    mesh::digest<std::string> sum{*this, "sum", {nullptr, 0, mesh::ns(0), 20}};
    mesh::digest<std::string> sent_sum{*this, "sent_sum", {nullptr, 0, mesh::ns(0), 20}};
    mesh::digest<std::string> last{*this, "last", {nullptr, 0, mesh::ns(0), 60}};
    mesh::digest<std::uint64_t> code{*this, "code"};
    mesh::digest<std::int64_t> one_more{*this, "one_more"};  ///< what opening it gave

    mesh::streams net{*this};
    std::string alpn;
    std::string mode;
    std::string gate;
    std::uint64_t up_count = 0;
    std::uint64_t down_count = 0;
    std::int64_t to_dial = 0;
    std::int64_t to_send = 0;
    std::uint64_t sent_count = 0;
    std::uint64_t received_count = 0;
    checksum received_sum;
    checksum sent_checksum;
    mesh::stream held;  ///< of the sink, until its gate opens
    mesh::scoped look;

    void start() override {
        alpn = conf<std::string>("alpn");
        mode = conf<std::string>("serve");
        gate = conf<std::string>("gate");
        if (mode == "mute") {
            keep(listen(alpn, [this](auto& event) {
                last = event.kind == MESH_EV_CONN_IN ? "asked" : "gave up waiting";
            }));
        } else if (!mode.empty()) {
            keep(net.serve(
                alpn,
                [this](mesh::connection c) { serve(c); },
                [this](std::string_view why) { last = "refused: " + std::string(why); }
            ));
        }
        to_dial = conf<std::string>("dial").empty() ? 0 : conf<std::int64_t>("connections");
        dial();
    }

    void stop() override {
        look.reset();
    }  // the gate may never have opened

    void note(mesh::connection& c) {
        ups = ++up_count;
        c.on_down([this](mesh::connection&, std::uint64_t why, std::string_view words) {
            downs = ++down_count;
            code = why;
            last = std::string(words.substr(0, 60));
            dial();
        });
    }

    void show_received(std::string_view piece, bool is_last) {
        received_count += piece.size();
        received_sum.add(piece);
        if (is_last || received_count % 64 == 0) received = received_count;
        if (is_last) sum = std::to_string(received_sum.value);
    }

    void serve(mesh::connection c) {
        note(c);
        c.on_stream([this](mesh::stream s) {
            s.on_broken([this](auto&, std::uint64_t why) { last = "reset " + std::to_string(why); }
            );
            if (mode == "echo") return echo(s);
            read_when_open(s, [this](mesh::stream& from, std::string_view piece, bool is_last) {
                show_received(piece, is_last);
                if (is_last) from.finish();
            });
        });
    }

    using reader = std::function<void(mesh::stream&, std::string_view, bool)>;

    void read_when_open(mesh::stream s, reader f) {
        if (gate.empty()) return read(s, f);
        held = s;
        look = every(std::chrono::milliseconds(10), [this, f] {
            if (::access(gate.c_str(), F_OK) != 0) return;
            look.reset();
            read(held, f);
        });
    }

    /// What is there already, and what comes.
    static void read(mesh::stream s, const reader& f) {
        s.on_data(f);
        std::array<char, 16384> piece;
        for (bool is_last = false; !is_last;) {
            const auto size = s.read(piece.data(), piece.size(), is_last);
            if (size == 0 && !is_last) return;
            f(s, {piece.data(), size}, is_last);
        }
    }

    /// Takes no more than it can send back.
    void echo(mesh::stream s) {
        const auto pump = [this](mesh::stream& both) {
            std::array<char, 16384> piece;
            for (bool is_last = false; !is_last && both.unsent() == 0;) {
                const auto size = both.read(piece.data(), piece.size(), is_last);
                if (size == 0 && !is_last) return;
                show_received({piece.data(), size}, is_last);
                both.send({piece.data(), size}, is_last);
            }
        };
        s.on_readable(pump);
        s.on_writable(pump);
    }

    void dial() {
        if (to_dial <= 0) return;
        --to_dial;
        auto c = net.dial(parse_id(conf<std::string>("dial")), alpn, [this](mesh::connection up) {
            ups = ++up_count;
            ask(up);
        });
        c.on_down([this](mesh::connection&, std::uint64_t why, std::string_view words) {
            downs = ++down_count;
            code = why;
            last = std::string(words.substr(0, 60));
            dial();
        });
    }

    void ask(mesh::connection over) {
        auto s = over.open();
#ifdef STREAMS_BUDGET
        try {
            over.open();
        } catch (const mesh::error& refused) {
            one_more = refused.code();
        }
#endif
        to_send = conf<std::int64_t>("bytes");
        read_when_open(s, [this, over](mesh::stream&, std::string_view piece, bool is_last) {
            show_received(piece, is_last);
            if (is_last) mesh::connection(over).close(77, "done");
        });
        s.on_broken([this](auto&, std::uint64_t why) { last = "reset " + std::to_string(why); });
        s.on_writable([this](mesh::stream& to) { fill(to); });
        fill(s);
    }

    /// Bytes that show where they belong.
    void fill(mesh::stream& to) {
        std::array<char, 32768> piece;
        for (;;) {
            const auto size =
                static_cast<std::size_t>(std::min<std::int64_t>(to_send, piece.size()));
            for (std::size_t i = 0; i < size; ++i)
                piece[i] = static_cast<char>((sent_count + i) * 31 + (sent_count + i) / 251);
            const auto taken =
                to.write({piece.data(), size}, to_send <= std::int64_t(piece.size()));
            sent_checksum.add({piece.data(), taken});
            sent_count += taken;
            to_send -= static_cast<std::int64_t>(taken);
            sent = sent_count;
            if (to_send == 0) {
                sent_sum = std::to_string(sent_checksum.value);
                return;
            }
            if (taken < size) return;
        }
    }
};
MESH_PLUGIN(streams, "streams", "1.0.0", "tests", "speaks a protocol of its own");
