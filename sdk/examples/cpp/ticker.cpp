// SPDX-License-Identifier: Apache-2.0
// The role "ticker" in C++: counts seconds in the digest, and answers at a message port.
#include <mesh/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace {

class ticker : public mesh::role {
public:
    static constexpr const char* needs[] = {MESH_EXT_DIGEST, MESH_EXT_TIMER, nullptr};
    static constexpr const char* wants[] = {MESH_EXT_CONFIG, MESH_EXT_MESSAGE, nullptr};
    static constexpr const char* permissions[] = {"message:serve:ticker.echo", nullptr};
    static constexpr auto period_ms =
        mesh::option<std::int64_t>("period_ms", "1000", "1..60000", "between two ticks");
    static constexpr const mesh_config_key* config[] = {&period_ms, nullptr};

    void start() override {
        language_ = "c++";
        const std::chrono::milliseconds period(conf<std::int64_t>("period_ms", 1000));
        keep(every(
            period,
            [this] { ticks_ = ++count_; },
            "tick"
        ));
        if (have<mesh_message_v1>() == nullptr) return;
        keep(serve("ticker.echo", [](const mesh_ev_message& asked) {
            return std::string(mesh::view(asked.body));
        }));
    }

private:
    std::uint64_t count_ = 0;
    mesh::digest<std::uint64_t> ticks_{*this, "ticks"};
    mesh::digest<std::string> language_{*this, "language"};
};

}  // namespace

MESH_PLUGIN(ticker, "ticker", "1.0.0", "meshhost", "counts seconds and echoes messages");
