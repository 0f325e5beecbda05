// SPDX-License-Identifier: Apache-2.0
// Does with topics, ports and signatures what the lines of one file say, and writes what comes of
// it into another: "command status words", and a line for each event.
#include <mesh/plugin.hpp>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

std::string short_id(const mesh_node_id& id) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (int i = 0; i < 4; ++i)
        text += {digits[id.b[i] >> 4], digits[id.b[i] & 15]};
    return text;
}

std::string rest_of(std::istream& line) {
    std::string rest;
    std::getline(line >> std::ws, rest);
    return rest;
}

}  // namespace

struct talker : mesh::role {
    static constexpr const char* permissions[] = {
        "gossip:pub:talk/#",
        "gossip:sub:talk/#",
        "message:serve:talk.#",
        "message:send:#",
        "identity:sign",
        nullptr};
    static constexpr auto commands =
        mesh::option<std::string_view>("commands", "\"\"", "len:0..512", "a file to read");
    static constexpr auto results =
        mesh::option<std::string_view>("results", "\"\"", "len:0..512", "a file to write");
    static constexpr const mesh_config_key* config[] = {&commands, &results, nullptr};

    void start() override {
        out.open(conf<std::string>("results"), std::ios::app);
        keep(every(
            mesh::ns(10'000'000),
            [this] { read_more(); },
            "commands"
        ));
        say("started");
    }
    void stop() override {
        held.clear();
        ports.clear();
        topics.clear();
        say("stopped");
    }
    void on_event(const mesh_event& event) override {
        if (event.kind == MESH_EV_GOSSIP_WRITABLE) say("writable");
    }

    void read_more() {
        std::ifstream file(conf<std::string>("commands"));
        file.seekg(read);
        for (std::string line; std::getline(file, line) && !file.eof();) {
            read = file.tellg();
            obey(line);
        }
    }

    void obey(const std::string& line) {
        std::istringstream words(line);
        std::string command;
        words >> command;
        try {
            say(command + " 0 " + perform(command, words));
        } catch (const mesh::error& thrown) {
            say(command + " " + std::to_string(thrown.code()) + " " + thrown.what());
        }
    }

    std::string perform(const std::string& command, std::istream& words) {
        std::string first, second;
        words >> first;
        if (command == "subscribe") {
            mesh::topic_options options;
            words >> options.policy >> options.messages;
            options.lagged = [this, first](auto& e) {
                say("lagged " + first + " " + std::to_string(e.dropped_msgs));
            };
            topics[first] = subscribe(
                first,
                [this](auto& e) { hear(e); },
                options
            );
        } else if (command == "unsubscribe") {
            topics.erase(first);
        } else if (command == "publish") {
            std::uint32_t flags = 0;
            words >> flags;
            return publish(first, rest_of(words), flags) ? "" : "again";
        } else if (command == "flood") {
            std::size_t count = 0, size = 0;
            words >> count >> size;
            std::size_t said = 0;
            for (std::size_t i = 0; i < count; ++i)
                said += publish(first, std::string(size, 'f'), MESH_PUB_LOOPBACK) ? 1 : 0;
            return std::to_string(said);
        } else if (command == "block") {  // the strand, until there is such a file
            while (!std::ifstream(first))
                std::this_thread::sleep_for(mesh::ns(1'000'000));
        } else if (command == "serve") {
            words >> second;
            ports[first] =
                second == "hold"
                    ? serve_later(
                        first,
                        [this](mesh::question asked) {
                            say("held " + asked.body());
                            held.push_back(std::move(asked));
                        }
                    )
                    : serve(first, [this, second](auto& asked) { return answer(asked, second); });
        } else if (command == "unserve") {
            ports.erase(first);
        } else if (command == "answer") {
            for (auto& each : held)
                say(each.reply(first) ? "answered" : "nobody waits");
            held.clear();
        } else if (command == "answer_from_thread") {
            std::thread([this, first] {
                for (auto& each : held)
                    each.reply(first);
            }).join();
            held.clear();
        } else if (command == "drop") {
            held.clear();
        } else if (command == "request") {
            std::int64_t timeout_ms = 0;
            words >> second >> timeout_ms;
            last = request(
                node(first),
                second,
                rest_of(words),
                mesh::ns(timeout_ms * 1'000'000),
                [this](mesh_status status, std::string_view body) {
                    say("reply " + std::to_string(status) + " " + std::string(body));
                }
            );
        } else if (command == "large") {  // a request with a body of so many bytes
            std::size_t size = 0;
            words >> second >> size;
            request(
                node(first),
                second,
                std::string(size, 'l'),
                mesh::ns(0),
                [this](mesh_status status, std::string_view body) {
                    say("reply " + std::to_string(status) + " " + std::to_string(body.size()));
                }
            );
        } else if (command == "cancel") {
            cancel(last);
        } else if (command == "send") {
            words >> second;
            return send(node(first), second, rest_of(words)) ? "" : "again";
        } else if (command == "sign") {
            const auto message = rest_of(words);
            const auto made = sign(first, message);
            std::string said = verify(self(), first, message, made) ? "good" : "bad";
            said += verify(self(), first + "x", message, made) ? " bad" : " good";
            return said;
        } else {
            throw mesh::error(MESH_E_INVALID, "no such command");
        }
        return {};
    }

    void hear(const mesh_ev_gossip& e) {
        say("heard " + std::string(mesh::view(e.topic)) + " " + short_id(e.author) + " "
            + std::to_string(e.flags) + " "
            + (e.body.len > 64 ? std::to_string(e.body.len) : std::string(mesh::view(e.body))));
        if (e.seq <= sequences[short_id(e.author)]) say("out of order");
        sequences[short_id(e.author)] = e.seq;
    }

    std::string answer(const mesh_ev_message& asked, const std::string& how) {
        say((asked.request != 0 ? "asked " : "told ") + short_id(asked.from) + " "
            + (asked.body.len > 64 ? std::to_string(asked.body.len)
                                   : std::string(mesh::view(asked.body))));
        if (how == "fail") throw mesh::error(MESH_E_PLUGIN_BASE - 7, "as told");
        return std::string(mesh::view(asked.body));
    }

    mesh_node_id self() const {
        mesh_peer me{};
        me.struct_size = sizeof me;
        check(need<mesh_peers_v1>().self(host(), &me), "self");
        return me.id;
    }
    mesh_node_id node(const std::string& hex) const {
        if (hex == "self") return self();
        mesh_node_id id{};
        for (std::size_t i = 0; i < sizeof id.b && 2 * i + 1 < hex.size(); ++i)
            id.b[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
        return id;
    }
    void say(const std::string& line) { out << line << '\n' << std::flush; }

    std::ofstream out;
    std::streamoff read = 0;
    std::map<std::string, mesh::scoped> topics;
    std::map<std::string, mesh::scoped> ports;
    std::map<std::string, std::uint64_t> sequences;
    std::vector<mesh::question> held;
    mesh_handle last = 0;
};
MESH_PLUGIN(talker, "talker", "1.0.0", "tests", "does what a file says");
