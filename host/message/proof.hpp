// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a frame carries so that its receiver knows: the sender has the mesh's secret. Of one pair of
// hosts in one direction, whose keys the connection proves: nobody else can use it.
#include "identity/endpoint_id.hpp"
#include "message/frame.hpp"

namespace meshhost::message {

/// nullopt for an empty secret.
std::optional<proof> make_proof(
    bytes_view secret,
    const identity::endpoint_id& sender,
    const identity::endpoint_id& receiver
);

/// Always for an empty secret.
bool is_proof(
    const std::optional<proof>& shown,
    bytes_view secret,
    const identity::endpoint_id& sender,
    const identity::endpoint_id& receiver
);

}  // namespace meshhost::message
