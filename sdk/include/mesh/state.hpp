// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a role keeps over a restart:
//   mesh::state kept{*this};
//   ...  kept.put("jobs", "7");  kept.commit();  ...  kept.get("jobs")
#include <mesh/role.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mesh {

/// A member of its role. Strand only. What is put is seen at once, and survives once a commit has
/// ended well.
class state {
public:
    explicit state(role& owner)
        : owner_(owner) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;

    std::optional<std::string> get(std::string_view key) const {
        std::string value(64, '\0');
        while (true) {
            std::size_t size = 0;
            auto* const into = reinterpret_cast<std::uint8_t*>(value.data());
            const auto status = table().get(owner_.host_, str(key), into, value.size(), &size);
            if (status == MESH_E_NOT_FOUND) return std::nullopt;
            if (status != MESH_E_TOO_LARGE) owner_.check(status, "state");
            value.resize(size);
            if (status == MESH_OK) return value;
        }
    }

    void put(std::string_view key, std::string_view value) {
        owner_.check(table().put(owner_.host_, str(key), bytes(value)), "state");
    }
    void erase(std::string_view key) { owner_.check(table().del(owner_.host_, str(key)), "state"); }

    /// f(std::string_view key), in the order of keys; it may put and erase.
    template <class F>
    void for_each_key(std::string_view prefix, F&& f) const {
        std::uint64_t cursor = 0;
        mesh_str key{};
        while (true) {
            const auto status = table().next(owner_.host_, str(prefix), &cursor, &key);
            if (status == MESH_E_NOT_FOUND) return;
            owner_.check(status, "state");
            f(view(key));
        }
    }

    /// All that was put since the last commit, or none of it. `done` hears how it went.
    void commit(std::function<void(mesh_status)> done = {}) {
        const auto tag = owner_.handlers_.add(
            [done = std::move(done)](const mesh_event& e) {
                if (done) done(reinterpret_cast<const mesh_ev_done&>(e).status);
            },
            true
        );
        mesh_handle operation = 0;
        const auto status = table().commit(owner_.host_, tag, &operation);
        if (status < 0) owner_.handlers_.remove(tag);
        owner_.check(status, "state");
    }

    /// A directory of the instance's own, for files.
    std::string directory() const {
        mesh_str path{};
        owner_.check(table().dir(owner_.host_, &path), "state");
        return std::string(view(path));
    }

private:
    const mesh_state_v1& table() const { return owner_.need<mesh_state_v1>(); }

    role& owner_;
};

}  // namespace mesh
