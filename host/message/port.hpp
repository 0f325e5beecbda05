// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the exchange has to do with roles: who is behind a port, what arrives there, and who hears
// of an answer.
#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace meshhost::message {

/// A request that waits for its answer. One thread: the shard's.
class asked_request {
public:
    asked_request() = default;
    asked_request(const asked_request&) = delete;
    asked_request& operator=(const asked_request&) = delete;
    virtual ~asked_request() = default;

    /// Once; anything after it is dropped. Precondition: `body` is at most body_max.
    virtual void answer(std::int32_t status, bytes_view body) = 0;

    /// `gone` is called when the asker waits no more before there was an answer, once at most,
    /// never from inside this call.
    void watch(std::function<void()> gone) { gone_ = std::move(gone); }

protected:
    void tell_gone() {
        if (const auto gone = std::exchange(gone_, nullptr)) gone();
    }
    void forget_watcher() { gone_ = nullptr; }

private:
    std::function<void()> gone_;
};

struct arrival {
    identity::endpoint_id from;
    std::string port;
    byte_buffer body;
    std::shared_ptr<asked_request> asked;  ///< null: no answer is wanted
};

/// Somebody behind a port.
class port_sink {
public:
    /// False: it is busy, and took nothing.
    virtual bool on_arrival(arrival& what) = 0;

protected:
    ~port_sink() = default;
};

/// Hears of the answers to its requests, by the numbers that it gave them.
class reply_sink {
public:
    virtual void on_reply(std::uint64_t number, std::int32_t status, bytes_view body) = 0;

protected:
    ~reply_sink() = default;
};

}  // namespace meshhost::message
