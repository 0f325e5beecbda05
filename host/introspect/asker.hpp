// SPDX-License-Identifier: Apache-2.0
#pragma once
// Putting a question to another host, as its users see it.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "http/http_message.hpp"
#include "identity/endpoint_id.hpp"

#include <memory>
#include <optional>
#include <string>

namespace meshhost::introspect {

struct answer_head {
    unsigned status = 0;  ///< of HTTP
    std::string content_type;
};

/// Hears one answer. Called on the shard's thread, never from inside asker::ask().
class answer_sink {
public:
    virtual ~answer_sink() = default;

    virtual void on_head(const answer_head& head) = 0;
    /// Some of it, valid during the call only. false: nothing more until call::resume(), which
    /// stops the other host's sending.
    virtual bool on_body(bytes_view piece) = 0;
    /// Exactly once, last. The failure says why there is no answer, or not all of it.
    virtual void on_end(const std::optional<failure>& fault) = 0;
};

/// One question that is under way. Dropping the handle does not end it.
class call {
public:
    virtual ~call() = default;

    /// Nothing more is told to the sink. Idempotent.
    virtual void cancel() = 0;
    /// The sink has room again.
    virtual void resume() = 0;
};

class asker {
public:
    virtual ~asker() = default;

    /// Puts `asked` to `whom`. Every failure reaches the sink.
    virtual std::shared_ptr<call> ask(
        const identity::endpoint_id& whom,
        const http::request& asked,
        std::shared_ptr<answer_sink> sink
    ) = 0;
};

}  // namespace meshhost::introspect
