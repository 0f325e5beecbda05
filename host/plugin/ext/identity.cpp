// SPDX-License-Identifier: Apache-2.0
// mesh.identity/1: signatures by the node's key, which is never handed out.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/permission.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/signed_words.hpp"

#include <algorithm>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

call_result<> check(mesh_str context, mesh_bytes message, const std::uint8_t* sig) {
    if (sig == nullptr) return call_error{MESH_E_INVALID, "sig is null"};
    if (view(context).empty() || view(context).size() > proto::sign_context_max)
        return call_error{
            MESH_E_INVALID,
            fmt::format("a context is 1 to {} bytes", proto::sign_context_max)};
    if (view(message).size() > proto::sign_message_max)
        return call_error{
            MESH_E_TOO_LARGE,
            fmt::format("{} bytes, at most {}", message.len, proto::sign_message_max)};
    return {};
}

mesh_status sign(
    const mesh_host* host,
    mesh_str about,
    mesh_bytes message,
    std::uint8_t sig[64]
) noexcept {
    return host_call(host, caller::any, [&](const instance_context& context) -> call_result<> {
        if (auto fit = check(about, message, sig); !fit) return fit;
        if (auto fit = require_grant(context, "identity:sign"); !fit) return fit;
        if (auto fit = require_created(context); !fit) return fit;
        if (context.facts.signer == nullptr)
            return call_error{MESH_E_UNSUPPORTED, "this host signs nothing"};
        const auto made = context.facts.signer->sign(view(about), view(message));
        if (!made) return call_error{MESH_E_IO, "the host did not answer"};
        std::copy(made->begin(), made->end(), sig);
        return {};
    });
}

mesh_status verify(
    const mesh_host* host,
    mesh_node_id by,
    mesh_str about,
    mesh_bytes message,
    const std::uint8_t sig[64]
) noexcept {
    return host_call(host, caller::any, [&](const instance_context&) -> call_result<> {
        if (auto fit = check(about, message, sig); !fit) return fit;
        const auto signer = identity::endpoint_id::from_bytes(by.b);
        identity::signature given;
        std::copy_n(sig, given.size(), given.begin());
        const bool is_theirs =
            signer
            && identity::verify(*signer, proto::signed_words(view(about), view(message)), given);
        if (is_theirs) return {};
        return call_error{MESH_E_INVALID, "that node did not sign this"};
    });
}

constexpr mesh_identity_v1 entries() noexcept {
    mesh_identity_v1 table{};
    table.sign = sign;
    table.verify = verify;
    return table;
}

constexpr guarded_table<mesh_identity_v1> guarded{entries()};

}  // namespace

const void* identity_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
