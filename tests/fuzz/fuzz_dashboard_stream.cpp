// SPDX-License-Identifier: Apache-2.0
// What a browser may say on a dashboard's WebSocket: texts, one a line.
#include "base/assert.hpp"
#include "observe/stream_hub.hpp"
#include "unit/admin/fake_host.hpp"

using namespace meshhost;

namespace {

class browser final : public http::websocket {
public:
    void send(std::shared_ptr<const std::string> text) override {
        MH_ASSERT(!is_closed, "nothing after the end");
        const auto frame = boost::json::parse(*text);
        kinds.emplace_back(frame.at("t").as_string());
    }
    std::size_t waiting() const override { return 0; }
    void close(unsigned, std::string_view) override { is_closed = true; }
    void cut_off() override { is_closed = true; }

    std::vector<std::string> kinds;
    bool is_closed = false;
};

struct stage {
    stage() {
        hub.set_source(&source);
        shard.context().run_for(std::chrono::milliseconds(20));
    }

    net::shard shard;
    test::fake_host host;
    test::fake_asker others;
    telemetry::event_journal journal;
    observe::stream_hub hub{shard};
    observe::observatory source{{shard, host, journal, others}, {{"name", "lab"}}, hub};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static stage the;
    auto said = as_text(bytes_view(data, size));
    const auto handler = the.hub.new_client();
    MH_ASSERT(handler != nullptr, "those before are gone");
    const auto one = std::make_shared<browser>();
    handler->on_open(one);
    while (!one->is_closed) {
        const auto end = std::min(said.find('\n'), said.size());
        handler->on_text(said.substr(0, std::min(end, http::websocket_text_max)));
        if (end == said.size()) break;
        said.remove_prefix(end + 1);
    }
    MH_ASSERT(!one->kinds.empty(), "every first word has an answer");
    const auto& first = one->kinds.front();
    const bool is_let_in = first == "snapshot" || first == "resumed" || first == "gap";
    MH_ASSERT(is_let_in || (first == "error" && one->is_closed), "let in or sent away");
    MH_ASSERT(one->is_closed == (one->kinds.back() == "error"), "whoever errs is told why");
    handler->on_closed();
    MH_ASSERT(the.hub.clients() == 0, "it is forgotten");
    return 0;
}
