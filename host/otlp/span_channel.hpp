// SPDX-License-Identifier: Apache-2.0
#pragma once
// The way of encoded spans to whoever takes them.
#include "http/http_poster.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace meshhost::otlp {

class span_channel {
public:
    /// As the answer to an HTTP post: what its status means, judge() knows.
    using teller = std::function<void(const outcome<http::post_answer>&)>;

    virtual ~span_channel() = default;

    /// `request` is an ExportTraceServiceRequest. One at a time; `tell` is called once, never from
    /// inside, and not after the channel is gone.
    virtual void send(std::string request, teller tell) = 0;

    virtual std::string destination() const = 0;

    /// What it holds of the process, for the audit.
    virtual std::size_t descriptors() const noexcept { return 0; }
    virtual std::size_t threads() const noexcept { return 0; }
};

/// A collector that takes OTLP over HTTP.
class http_channel final : public span_channel {
public:
    using header_list = std::vector<std::pair<std::string, std::string>>;

    /// `traces` with the whole path: ".../v1/traces". `timeout` is for all of a request.
    http_channel(net::shard& shard, http_url traces, header_list headers, duration timeout);

    void send(std::string request, teller tell) override;
    std::string destination() const override;
    std::size_t descriptors() const noexcept override { return poster_.has_socket() ? 1 : 0; }
    std::size_t threads() const noexcept override { return poster_.has_thread() ? 1 : 0; }

private:
    http_url traces_;
    header_list headers_;
    http::http_poster poster_;
};

}  // namespace meshhost::otlp
