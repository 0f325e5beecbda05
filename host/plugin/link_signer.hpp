// SPDX-License-Identifier: Apache-2.0
#pragma once
// Signs in a process that does not have the key: asks the host, and waits for its answer.
#include "plugin/node_signer.hpp"
#include "plugin/uplink.hpp"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

namespace meshhost::plugin {

/// The answer comes by another thread than those that wait for one.
class link_signer final : public node_signer {
public:
    explicit link_signer(std::shared_ptr<uplink> to_host)
        : to_host_(std::move(to_host)) {}

    std::optional<identity::signature> sign(std::string_view context, bytes_view message)
        const override;

    void take(const proto::down::signing_done& answer);

private:
    using answer = std::optional<proto::down::signing_done>;  ///< nullopt: not yet

    const std::shared_ptr<uplink> to_host_;
    mutable std::mutex mutex_;
    mutable std::condition_variable answered_;
    mutable std::map<std::uint64_t, answer> waiting_;
    mutable std::uint64_t last_ = 0;
};

}  // namespace meshhost::plugin
