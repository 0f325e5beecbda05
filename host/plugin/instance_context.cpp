// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance_context.hpp"

#include <utility>

namespace meshhost::plugin {

instance_context::instance_context(instance_facts known)
    : facts(std::move(known))
    , host(*this)
    , role(*facts.role->table)
    , digest(facts.role->name, facts.digest_bytes) {}

}  // namespace meshhost::plugin
