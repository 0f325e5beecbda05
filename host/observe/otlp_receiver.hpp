// SPDX-License-Identifier: Apache-2.0
#pragma once
// POST /v1/traces: spans of whoever exports them over OTLP/HTTP
// (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP"), for starts and messages that no host was asked
// for.
#include "admin/replies.hpp"
#include "base/token_bucket.hpp"
#include "http/http_server.hpp"
#include "net/shard.hpp"
#include "observe/door.hpp"
#include "observe/proto/told_boots.hpp"
#include "otlp/trace_answer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::observe {

/// Takes them of programs alone, no page of a browser: with the operator's token where there is
/// one. One thread: the shard's. `shard` and `by` outlive it.
class otlp_receiver {
public:
    static constexpr std::string_view path = "/v1/traces";
    static constexpr std::size_t body_bytes_max = 1u << 20;     ///< as sent
    static constexpr std::size_t request_bytes_max = 1u << 20;  ///< unpacked
    static constexpr long large_max = 4;                        ///< bodies over 64 KiB at one time
    static constexpr double kib_per_second = 1024;              ///< unpacked, of all who send
    static constexpr double kib_burst = 8192;

    otlp_receiver(net::shard& shard, door& by);

    /// As request_handler has it, of a request at `path`.
    http::body_terms on_large_body(const http::request& asked);
    void take(const http::request& asked, const admin::answer_ptr& answer);

    proto::told_boots& told() noexcept { return told_; }
    std::vector<std::pair<std::string, std::uint64_t>> counters() const;

private:
    /// Of a request that is not answered with spans taken.
    struct refusal {
        unsigned status;
        int code;  ///< google.rpc.Code
        std::string words;
        http::header_list headers = {};
    };

    std::optional<refusal> object_to_sender(const http::request& asked);
    std::optional<refusal> object(const http::request& asked);
    /// The request's bytes, unpacked.
    std::optional<refusal> unpack(const http::request& asked, std::string& into) const;
    http::response say(const http::request& asked, const refusal& what);
    http::response answer_to(otlp::encoding in, otlp::told_request told);
    std::uint64_t keep(otlp::told_spans group, std::string& why);

    net::shard& shard_;
    door& door_;
    proto::told_boots told_;
    token_bucket allowance_{kib_per_second, kib_burst};
    std::shared_ptr<int> large_ = std::make_shared<int>();  ///< held by each of them
    std::uint64_t requests_ = 0;
    std::uint64_t refused_ = 0;   ///< of them
    std::uint64_t rejected_ = 0;  ///< spans
};

}  // namespace meshhost::observe
