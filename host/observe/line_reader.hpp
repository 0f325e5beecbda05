// SPDX-License-Identifier: Apache-2.0
#pragma once
// A reader within the process of what is else streamed to a client: a JSON object a line.
#include "http/http_server.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <string_view>

namespace meshhost::observe {

/// Hands every line over as it is written. A line that is no JSON object is passed over.
class line_reader final : public http::exchange {
public:
    using taker = std::function<void(const boost::json::object& line)>;

    /// `on_end`: nothing more comes; the writer finished, or refused.
    line_reader(taker take, std::function<void()> on_end)
        : take_(std::move(take))
        , on_end_(std::move(on_end)) {}

    /// The writer is told at its next write; nothing reaches the takers any more.
    void stop() noexcept { is_stopped_ = true; }

    void reply(http::response) override { finish(); }
    void begin_stream(std::string_view, const http::header_list&) override {}
    bool write(std::string_view data) override;
    void finish() override;
    std::size_t waiting() const override { return 0; }
    void watch(std::function<void()>) override {}

private:
    taker take_;
    std::function<void()> on_end_;
    bool is_stopped_ = false;
};

}  // namespace meshhost::observe
