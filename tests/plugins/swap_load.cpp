// SPDX-License-Identifier: Apache-2.0
// Asks, publishes and writes to the role `exchange` of another host, all of it numbered, until
// there is the file `stop`; then `settled` says that everything has come back. What is lost,
// doubled or damaged is named in its digest.
#include <mesh/plugin.hpp>

#include <unistd.h>

#include <string>

struct swap_load : mesh::role {
    static constexpr const char* permissions[] =
        {"gossip:pub:swap/news", "message:send:swap.echo", "alpn:swap/1", nullptr};
    static constexpr auto server_key =
        mesh::option<std::string_view>("server", "\"\"", "len:0..64", "");
    static constexpr auto stop_key =
        mesh::option<std::string_view>("stop", "\"\"", "len:0..200", "");
    static constexpr const mesh_config_key* config[] = {&server_key, &stop_key, nullptr};

    static constexpr mesh::digest_options calm{nullptr, 0, mesh::ns(50'000'000), 60, 0};
    mesh::digest<std::string> fault{*this, "fault", calm};
    mesh::digest<std::uint64_t> asked{*this, "asked", calm};
    mesh::digest<std::uint64_t> answered{*this, "answered", calm};
    mesh::digest<std::uint64_t> published{*this, "published", calm};
    mesh::digest<std::uint64_t> sent{*this, "sent", calm};
    mesh::digest<std::uint64_t> echoed{*this, "echoed", calm};
    mesh::digest<bool> settled{*this, "settled", calm};

    mesh::streams net{*this};

    void start() override {
        const auto hex = conf<std::string>("server");
        for (std::size_t i = 0; i < sizeof server_.b; ++i)
            server_.b[i] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * i, 2), nullptr, 16));
        auto connection = net.dial(server_, "swap/1", [this](mesh::connection up) { open(up); });
        connection.on_down([this](mesh::connection&, std::uint64_t, std::string_view why) {
            blame("the connection: " + std::string(why));
        });
        keep(every(mesh::ns(2'000'000), [this] { work(); }));
    }

private:
    static constexpr std::uint64_t open_max =
        24;  ///< requests; two of these make fewer than a port takes
    static constexpr std::uint64_t published_every = 5;  ///< ticks; a topic takes 500 a second
    static constexpr std::size_t piece_bytes = 700;
    static constexpr std::size_t under_way_max = 64'000;

    void blame(const std::string& what) {
        if (blamed_.empty()) blamed_ = what.substr(0, 60);
        fault = blamed_;
    }

    void work() {
        const bool is_over = ::access(conf<std::string>("stop").c_str(), F_OK) == 0;
        if (!is_over) {
            ask();
            if (++ticked_ % published_every == 0) say();
            write();
        }
        asked = asked_;
        answered = answered_;
        published = published_;
        sent = sent_;
        echoed = echoed_;
        settled = is_over && asked_ == answered_ && sent_ == echoed_;
    }

    void ask() {
        if (asked_ - answered_ >= open_max) return;
        const auto number = std::to_string(++asked_);
        const auto heard = [this, number](mesh_status status, std::string_view body) {
            ++answered_;
            if (status != MESH_OK)
                return blame("request " + number + ": " + std::to_string(status));
            if (body != number) blame("request " + number + ": " + std::string(body));
        };
        request(server_, "swap.echo", number, std::chrono::seconds(30), heard);
    }

    void say() {
        if (publish("swap/news", std::to_string(published_ + 1))) ++published_;
    }

    // --- one stream

    static char byte_at(std::uint64_t position) {
        return static_cast<char>(position * 31 + position / 251);
    }
    void open(mesh::connection up) {
        stream_ = up.open();
        stream_.on_data([this](mesh::stream&, std::string_view piece, bool is_last) {
            for (const char c : piece) {
                if (c != byte_at(echoed_++)) blame("the echo is damaged");
            }
            if (is_last) blame("the echo has ended");
        });
        stream_.on_broken([this](mesh::stream&, std::uint64_t code) {
            blame("the stream broke: " + std::to_string(code));
        });
        is_open_ = true;
    }
    void write() {
        if (!is_open_ || sent_ - echoed_ >= under_way_max) return;
        std::string piece(piece_bytes, '\0');
        for (char& c : piece)
            c = byte_at(sent_++);
        stream_.send(piece);
    }

    mesh_node_id server_{};
    mesh::stream stream_;
    bool is_open_ = false;
    std::uint64_t ticked_ = 0;
    std::uint64_t asked_ = 0;
    std::uint64_t answered_ = 0;
    std::uint64_t published_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t echoed_ = 0;
    std::string blamed_;
};
MESH_PLUGIN(swap_load, "swap_load", "1.0.0", "tests", "asks, publishes and writes");
