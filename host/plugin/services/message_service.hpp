// SPDX-License-Identifier: Apache-2.0
#pragma once
// The host's end of mesh.message/1 for one instance: its ports, what arrives there, and what it has
// asked others.
#include "message/port.hpp"
#include "plugin/proto/credit.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/services/mesh_services.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace meshhost::message {
class outgoing;
}  // namespace meshhost::message

namespace meshhost::plugin {

/// One thread: the shard's. `exchange` (null: nothing is sent or heard) and the others outlive it.
class message_service final : private message::reply_sink {
public:
    message_service(
        message::message_exchange* exchange,
        const permission_check& allows,
        downlink& to
    );
    message_service(const message_service&) = delete;
    message_service& operator=(const message_service&) = delete;
    /// Closes its ports; who waits for an answer is told that there is none.
    ~message_service();

    void take(proto::up::port_opened&& opened);
    void take(proto::up::port_closed&& closed);
    void take(proto::up::port_taken&& taken);
    void take(proto::up::message_said&& said);
    void take(proto::up::request_made&& made);
    void take(proto::up::request_given_up&& given_up);
    void take(proto::up::request_answered&& answered);

private:
    class port;
    struct question {
        std::shared_ptr<message::asked_request> asked;
        std::uint64_t port = 0;
    };

    bool arrive(port& at, message::arrival& what);
    void withdraw(std::uint64_t number);
    void end_question(std::uint64_t number);
    void on_reply(std::uint64_t number, std::int32_t status, bytes_view body) override;

    message::message_exchange* exchange_;
    const permission_check& allows_;
    downlink& to_;
    std::map<std::uint64_t, std::unique_ptr<port>> ports_;
    std::map<std::uint64_t, question> questions_;  ///< that the instance has to answer
    std::map<std::uint64_t, std::shared_ptr<message::outgoing>> asked_;
    proto::send_window window_{proto::message_window_messages, proto::message_window_bytes};
    std::uint64_t last_question_ = proto::host_number;
};

}  // namespace meshhost::plugin
