// SPDX-License-Identifier: Apache-2.0
#pragma once
// One of a role's values in the node digest:
//   mesh::digest<std::int64_t> queued{*this, "queued"};   ...   queued = 7;
#include <mesh/role.hpp>

#include <cstdint>

namespace mesh {

/// What else the digest is told of a key. `epsilon`: a double that moves less stays where it is.
struct digest_options {
    const char* unit = nullptr;  ///< UCUM
    double epsilon = 0;
    ns min_interval{0};          ///< between two values that peers see
    std::uint32_t max_len = 32;  ///< of a text
    std::uint32_t flags = 0;
};

/// Declared where it is constructed, as a member of its role. Strand only.
template <class T>
class digest {
public:
    digest(role& owner, const char* name, const digest_options& options = {})
        : owner_(owner)
        , key_(static_cast<std::uint32_t>(owner.digest_keys_.size())) {
        mesh_digest_key key{};
        key.name = name;
        key.unit = options.unit;
        key.type = type_of<T>();
        key.kind = type_of<T>() == MESH_T_STR ? MESH_DIGEST_LABEL : MESH_DIGEST_GAUGE;
        key.max_len = options.max_len;
        key.flags = options.flags;
        key.min_interval = options.min_interval.count();
        key.epsilon = options.epsilon;
        owner.digest_keys_.push_back(key);
    }
    digest(const digest&) = delete;
    digest& operator=(const digest&) = delete;

    /// Nothing happens on a host without a digest. Throws error() when the host refuses the value.
    digest& operator=(const T& from) {
        const value converted(from);
        if (const auto* table = owner_.template have<mesh_digest_v1>()) {
            owner_.check(table->set(owner_.host_, key_, &converted), "digest");
        }
        return *this;
    }

    void clear() {
        if (const auto* table = owner_.template have<mesh_digest_v1>()) {
            owner_.check(table->clear(owner_.host_, key_), "digest");
        }
    }

private:
    role& owner_;
    std::uint32_t key_;
};

}  // namespace mesh
