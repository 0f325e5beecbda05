// SPDX-License-Identifier: Apache-2.0
#pragma once
// An uplink that keeps what an instance says, for tests that look at it.
#include "plugin/uplink.hpp"

#include <utility>
#include <vector>

namespace meshhost::test {

/// For calls on the test's own thread.
class recording_uplink final : public plugin::uplink {
public:
    bool offer(plugin::proto::up_message message) override {
        if (is_full) return false;
        said.push_back(std::move(message));
        return true;
    }
    void send(plugin::proto::up_message message) override { said.push_back(std::move(message)); }

    std::vector<plugin::proto::up_message> said;
    bool is_full = false;
};

}  // namespace meshhost::test
