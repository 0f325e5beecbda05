// SPDX-License-Identifier: Apache-2.0
// Counts posts and ticks, and hands its count over to the next code. COUNTER_VERSION makes another
// generation of it, COUNTER_FAULT one that fails where it says.
#include <mesh/plugin.hpp>

#include <cstdlib>
#include <cstring>
#include <string>

#ifndef COUNTER_VERSION
#    define COUNTER_VERSION "1.0.0"
#endif
#ifndef COUNTER_FAULT
#    define COUNTER_FAULT ""
#endif
#ifndef COUNTER_FORMAT
#    define COUNTER_FORMAT 1
#endif

#ifndef COUNTER_FLAGS
#    define COUNTER_FLAGS 0
#endif

struct counter : mesh::role {
    static constexpr std::uint32_t flags = COUNTER_FLAGS;
    mesh::digest<std::string> code{*this, "code"};
    mesh::digest<std::int64_t> count{*this, "count"};
    mesh::digest<std::int64_t> adopted{*this, "adopted"};
    mesh::digest<bool> aborted{*this, "aborted"};
    std::int64_t counted = 0;
    std::int64_t handles = 0;
    mesh_handle clock = 0;
    bool is_restored = false;
    static constexpr std::uint64_t tick = 7;

    static bool is_to_fail(const char* where) { return std::strcmp(COUNTER_FAULT, where) == 0; }

    counter() {
        if (is_to_fail("create")) throw mesh::error(MESH_E_IO, "no luck in create");
    }

    void start() override {
        if (is_to_fail("start")) throw mesh::error(MESH_E_IO, "no luck in start");
        code = COUNTER_VERSION;
        count = counted;
        adopted = handles;
        if (clock != 0) return;  // it came with the state
        check(
            need<mesh_timer_v1>().start(host(), mesh::str("tick"), 1, 1000000, tick, &clock),
            "timer"
        );
    }

    void on_event(const mesh_event& event) override {
        if (event.kind == MESH_EV_HANDOFF_ABORTED) aborted = true;
        if (event.tag == tick) count = ++counted;
    }

    void stop() override {}

    const void* plugin_extension(std::string_view id) noexcept override {
        static constexpr mesh_plugin_handoff_v1 table{
            sizeof(mesh_plugin_handoff_v1),
            COUNTER_FORMAT,
            COUNTER_FORMAT,
            0,
            save,
            restore,
            adopt};
        return id == MESH_PLUGIN_EXT_HANDOFF ? &table : nullptr;
    }

private:
    static counter& of(mesh_instance* self) { return *reinterpret_cast<counter*>(self); }

    static mesh_status save(
        mesh_instance* self,
        void* sink,
        mesh_status (*put)(void*, mesh_bytes) noexcept
    ) noexcept {
        if (is_to_fail("save")) return MESH_E_IO;
        std::int64_t state[2] = {of(self).counted, static_cast<std::int64_t>(of(self).clock)};
        return put(sink, {reinterpret_cast<const std::uint8_t*>(state), sizeof state});
    }

    static mesh_status restore(mesh_instance* self, std::uint32_t, mesh_bytes blob) noexcept {
        std::int64_t state[2];
        if (is_to_fail("restore") || blob.len != sizeof state) return MESH_E_INVALID;
        std::memcpy(state, blob.ptr, sizeof state);
        of(self).counted = state[0];
        of(self).clock = static_cast<mesh_handle>(state[1]);
        return MESH_OK;
    }

    static mesh_status adopt(
        mesh_instance* self,
        mesh_handle handle,
        std::uint32_t,
        std::uint64_t old_tag,
        std::uint64_t* new_tag
    ) noexcept {
        ++of(self).handles;
        if (handle != of(self).clock) return MESH_E_UNSUPPORTED;
        *new_tag = old_tag;
        return MESH_OK;
    }
};
MESH_PLUGIN(counter, "counter", COUNTER_VERSION, "tests", "counts");
