// SPDX-License-Identifier: Apache-2.0
#pragma once
// Signs with the node's key, wherever that is: the one thing that an instance waits for.
#include "base/bytes.hpp"
#include "identity/secret_key.hpp"
#include "plugin/proto/signed_words.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace meshhost::plugin {

/// Any thread.
class node_signer {
public:
    virtual ~node_signer() = default;

    /// Of signed_words(). nullopt: whoever has the key did not answer, or refused.
    virtual std::optional<identity::signature> sign(std::string_view context, bytes_view message)
        const = 0;
};

/// The key is in this process. A copy: a plugin's thread may be signing when the host goes.
class key_signer final : public node_signer {
public:
    explicit key_signer(identity::secret_key key)
        : key_(std::move(key)) {}

    std::optional<identity::signature> sign(std::string_view context, bytes_view message)
        const override {
        return key_.sign(proto::signed_words(context, message));
    }

private:
    identity::secret_key key_;
};

}  // namespace meshhost::plugin
