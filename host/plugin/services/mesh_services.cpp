// SPDX-License-Identifier: Apache-2.0
#include "plugin/services/mesh_services.hpp"

#include <mesh/plugin.h>

#include "identity/secret_key.hpp"
#include "plugin/proto/signed_words.hpp"

namespace meshhost::plugin {

std::vector<std::string> missing_tables(const mesh_services& mesh) {
    std::vector<std::string> missing;
    const auto need = [&](const void* what, const char* table) {
        if (what == nullptr) missing.emplace_back(table);
    };
    need(mesh.topics, MESH_EXT_GOSSIP);
    need(mesh.messages, MESH_EXT_MESSAGE);
    need(mesh.key, MESH_EXT_IDENTITY);
    return missing;
}

proto::down::signing_done sign_for(
    const mesh_services& mesh,
    const permission_check& allows,
    const proto::up::signing_asked& asked
) {
    const bool is_sound = mesh.key != nullptr && !asked.context.empty()
                          && asked.context.size() <= proto::sign_context_max
                          && asked.message.size() <= proto::sign_message_max;
    if (!is_sound || !allows("identity:sign")) return {asked.number, std::nullopt};
    return {asked.number, mesh.key->sign(proto::signed_words(asked.context, asked.message))};
}

}  // namespace meshhost::plugin
