// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.message/1 in C++.
#include <mesh/role.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace mesh {

/// A request that waits for its answer; moved to whoever gives it, on any thread. One that is
/// dropped answers MESH_E_CLOSED.
class question {
public:
    question(const mesh_host* host, const mesh_message_v1& table, const mesh_ev_message& asked)
        : host_(host)
        , table_(&table)
        , request_(asked.request)
        , from_(asked.from)
        , body_(view(asked.body)) {}
    question(question&& other) noexcept
        : host_(other.host_)
        , table_(other.table_)
        , request_(std::exchange(other.request_, 0))
        , from_(other.from_)
        , body_(std::move(other.body_)) {}
    question& operator=(question&&) = delete;
    ~question() { fail(MESH_E_CLOSED, "dropped"); }

    const mesh_node_id& from() const noexcept { return from_; }
    const std::string& body() const noexcept { return body_; }
    /// Otherwise it is a message that wants no answer.
    bool is_open() const noexcept { return request_ != 0; }

    /// false: nobody waits any more, or MESH_E_AGAIN; then it is still open.
    bool reply(std::string_view body) noexcept { return answer(MESH_OK, body); }
    bool fail(mesh_status status, std::string_view words) noexcept { return answer(status, words); }

private:
    bool answer(mesh_status status, std::string_view body) noexcept {
        if (request_ == 0) return false;
        const auto said = table_->reply(host_, request_, status, bytes(body));
        if (said != MESH_E_AGAIN) request_ = 0;
        return said == MESH_OK;
    }

    const mesh_host* host_;
    const mesh_message_v1* table_;
    mesh_handle request_;
    mesh_node_id from_;
    std::string body_;
};

inline scoped role::serve(
    std::string_view port,
    std::function<std::string(const mesh_ev_message&)> f
) {
    const auto* message = &need<mesh_message_v1>();
    return add<mesh_message_v1>(
        [this, message, f = std::move(f)](const mesh_event& e) {
            const auto& asked = reinterpret_cast<const mesh_ev_message&>(e);
            const auto reply = [&](mesh_status status, std::string_view body) {
                if (asked.request != 0) message->reply(host_, asked.request, status, bytes(body));
            };
            try {
                reply(MESH_OK, f(asked));
            } catch (const error& thrown) {
                reply(thrown.code(), thrown.what());
            } catch (const std::exception& thrown) {
                reply(MESH_E_INTERNAL, thrown.what());
                throw;  // the host counts it against the role
            }
        },
        &mesh_message_v1::unserve,
        "serve",
        [&](const auto& table, auto tag, auto* out) {
            return table.serve(host_, str(port), tag, out);
        }
    );
}

inline scoped role::serve_later(std::string_view port, std::function<void(question)> f) {
    const auto* message = &need<mesh_message_v1>();
    return add<mesh_message_v1>(
        [this, message, f = std::move(f)](const mesh_event& e) {
            f(question(host_, *message, reinterpret_cast<const mesh_ev_message&>(e)));
        },
        &mesh_message_v1::unserve,
        "serve",
        [&](const auto& table, auto tag, auto* out) {
            return table.serve(host_, str(port), tag, out);
        }
    );
}

inline bool role::send(mesh_node_id to, std::string_view port, std::string_view body) {
    const auto status = need<mesh_message_v1>().send(host_, to, str(port), bytes(body));
    if (status == MESH_E_AGAIN) return false;
    check(status, "send");
    return true;
}

inline mesh_handle role::request(
    mesh_node_id to,
    std::string_view port,
    std::string_view body,
    ns timeout,
    std::function<void(mesh_status, std::string_view)> f
) {
    const auto& table = need<mesh_message_v1>();
    const auto tag = handlers_.add(
        [f = std::move(f)](const mesh_event& e) {
            const auto& answer = reinterpret_cast<const mesh_ev_reply&>(e);
            f(answer.status, view(answer.body));
        },
        true
    );
    mesh_handle operation = 0;
    const auto status =
        table.request(host_, to, str(port), bytes(body), timeout.count(), tag, &operation);
    if (status < 0) handlers_.remove(tag);
    check(status, "request");
    return operation;
}

inline void role::cancel(mesh_handle request) {
    check(need<mesh_message_v1>().cancel(host_, request), "cancel");
}

}  // namespace mesh
