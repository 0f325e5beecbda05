// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a question carries so that the asked host knows: the asker has the mesh's secret. Of one
// asker and one asked, whose keys the connection proves: nobody else can use it.
#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"

#include <string>
#include <string_view>

namespace meshhost::introspect {

/// In hexadecimal; empty for an empty secret.
std::string make_proof(
    bytes_view secret,
    const identity::endpoint_id& asker,
    const identity::endpoint_id& asked
);

/// Always for an empty secret.
bool is_proof(
    std::string_view proof,
    bytes_view secret,
    const identity::endpoint_id& asker,
    const identity::endpoint_id& asked
);

}  // namespace meshhost::introspect
