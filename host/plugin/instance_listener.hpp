// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a strand reports, on the shard's thread.
#include "peers/proto/node_digest.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/lifecycle.hpp"

#include <string>

namespace meshhost::plugin {

class instance_listener {
public:
    virtual ~instance_listener() = default;

    virtual void on_state(const std::string& instance, proto::instance_state state) = 0;
    /// Something went wrong; when the instance failed of it, on_state() follows.
    virtual void on_fault(const std::string& instance, const plugin_fault& fault) = 0;
    /// A digest value to publish; one without a value is to be forgotten.
    virtual void on_value(const std::string& instance, const peers::proto::contribution& value) = 0;
    /// Last: no callback is made any more.
    virtual void on_exit(const std::string& instance) = 0;
};

}  // namespace meshhost::plugin
