// SPDX-License-Identifier: Apache-2.0
// Workers, reload and hot swap, with a role over the bare C ABI whose extensions a test can bend.
#include <mesh/testing.hpp>

#include "support/catch.hpp"

using mesh::testing::fake_host;

namespace {

struct counter {
    const mesh_host* host;
    mesh_handle timer = 0;
    std::uint64_t count = 0;
    std::uint64_t adopted_tag = 0;
    std::uint64_t work = 0;
    bool job_was_on_strand = true;
    bool was_aborted = false;
};

counter* newest = nullptr;
mesh_status restore_result = MESH_OK;

counter& self(mesh_instance* i) {
    return *reinterpret_cast<counter*>(i);
}

mesh_status create(const mesh_role*, const mesh_host* host, mesh_instance** out) noexcept {
    newest = new counter{host};
    *out = reinterpret_cast<mesh_instance*>(newest);
    return MESH_OK;
}
const mesh_timer_v1& timers(const counter& c) {
    return *static_cast<const mesh_timer_v1*>(c.host->get_extension(c.host, MESH_EXT_TIMER));
}
mesh_status start(mesh_instance* i) noexcept {
    auto& c = self(i);
    if (c.timer != 0) return MESH_OK;  // adopted
    return timers(c).start(c.host, mesh::str("beat"), 1000, 1000, 10, &c.timer);
}
mesh_status stop(mesh_instance*) noexcept {
    return MESH_OK;
}
void destroy(mesh_instance* i) noexcept {
    if (newest == &self(i)) newest = nullptr;
    delete &self(i);
}
mesh_status on_event(mesh_instance* i, const mesh_event* event) noexcept {
    auto& c = self(i);
    if (event->kind == MESH_EV_TIMER) ++c.count;
    if (event->kind == MESH_EV_HANDOFF_ABORTED) c.was_aborted = true;
    if (event->kind == MESH_EV_WORK_DONE) c.work = event->tag;
    return MESH_OK;
}
mesh_status save(
    mesh_instance* i,
    void* sink,
    mesh_status (*put)(void*, mesh_bytes) noexcept
) noexcept {
    const auto text = std::to_string(self(i).count);
    return put(sink, mesh::bytes(text));
}
mesh_status restore(mesh_instance* i, std::uint32_t, mesh_bytes blob) noexcept {
    self(i).count = std::stoull(std::string(mesh::view(blob)));
    return restore_result;
}
mesh_status adopt(
    mesh_instance* i,
    mesh_handle handle,
    std::uint32_t kind,
    std::uint64_t old_tag,
    std::uint64_t* tag
) noexcept {
    if (kind != 3) return MESH_E_UNSUPPORTED;
    self(i).timer = handle;
    self(i).adopted_tag = old_tag;
    *tag = old_tag + 1;
    return MESH_OK;
}
mesh_status run_job(mesh_instance* i, std::uint64_t, void*) noexcept {
    self(i).job_was_on_strand = self(i).host->on_strand(self(i).host);
    return MESH_OK;
}
std::int64_t limit_of(mesh_instance* i, std::uint32_t which) {
    const auto* host = self(i).host;
    const auto* config =
        static_cast<const mesh_config_v1*>(host->get_extension(host, MESH_EXT_CONFIG));
    mesh_value found{};
    return config->get(host, which, mesh::str("limit"), &found) == MESH_OK ? found.as.i64 : -1;
}
mesh_status validate(mesh_instance* i) noexcept {
    return limit_of(i, MESH_CFG_CANDIDATE) < 10 ? MESH_OK : MESH_E_CONFIG;
}
void apply(mesh_instance* i) noexcept {
    self(i).count = static_cast<std::uint64_t>(limit_of(i, MESH_CFG_CURRENT));
}
const void* extension(mesh_instance*, const char* id) noexcept {
    static constexpr mesh_plugin_config_v1 config{sizeof config, validate, apply};
    if (std::string_view(id) == MESH_PLUGIN_EXT_CONFIG) return &config;
    static constexpr mesh_plugin_handoff_v1 handoff{sizeof handoff, 1, 1, 0, save, restore, adopt};
    static constexpr mesh_plugin_worker_v1 worker{sizeof worker, run_job};
    if (std::string_view(id) == MESH_PLUGIN_EXT_HANDOFF) return &handoff;
    return std::string_view(id) == MESH_PLUGIN_EXT_WORKER ? &worker : nullptr;
}

const mesh_plugin* plugin() {
    static const mesh_role role = [] {
        mesh_role r{};
        r.struct_size = sizeof r;
        r.role = "counter";
        r.create = create;
        r.start = start;
        r.stop = stop;
        r.destroy = destroy;
        r.on_event = on_event;
        r.get_extension = extension;
        return r;
    }();
    static const mesh_role* const roles[] = {&role};
    static const mesh_plugin made = [] {
        mesh_plugin p{};
        p.struct_size = sizeof p;
        p.role_count = 1;
        p.roles = roles;
        return p;
    }();
    return &made;
}

struct running : fake_host {
    running()
        : fake_host(plugin()) {
        restore_result = MESH_OK;
        REQUIRE(create() == MESH_OK);
        REQUIRE(start() == MESH_OK);
        advance(std::chrono::microseconds(3));
        REQUIRE(newest->count == 3);
    }
};

}  // namespace

TEST_CASE("a swap hands over the state and the handles") {
    running host;
    const auto* before = newest;
    REQUIRE(host.swap(plugin()) == MESH_OK);
    REQUIRE(newest != before);
    REQUIRE(newest->count == 3);
    REQUIRE(newest->adopted_tag == 10);
    REQUIRE(host.open_handles() == 1);
    host.advance(std::chrono::microseconds(2));
    REQUIRE(newest->count == 5);  // the same timer, in the new code's hands
    REQUIRE(host.leaks().empty());
}

TEST_CASE("a swap that fails leaves the old code running") {
    running host;
    auto* before = newest;
    restore_result = MESH_E_INVALID;
    REQUIRE(host.swap(plugin()) == MESH_E_INVALID);
    host.run();
    REQUIRE(host.instance() == reinterpret_cast<mesh_instance*>(before));
    REQUIRE(before->was_aborted);
    host.advance(std::chrono::microseconds(1));
    REQUIRE(before->count == 4);
    newest = before;
}

TEST_CASE("a job runs off the strand, and its end is an event") {
    running host;
    const auto* worker =
        static_cast<const mesh_worker_v1*>(host.abi()->get_extension(host.abi(), MESH_EXT_WORKER));
    REQUIRE(worker->submit(host.abi(), 42, nullptr) == MESH_OK);
    REQUIRE(newest->work == 0);
    host.run();
    REQUIRE(newest->work == 42);
    REQUIRE_FALSE(newest->job_was_on_strand);
}

TEST_CASE("a reload is looked at, and taken or refused as a whole") {
    running host;
    REQUIRE(host.reload({{"limit", 10}}) == MESH_E_CONFIG);
    REQUIRE(newest->count == 3);
    REQUIRE(host.reload({{"limit", 9}}) == MESH_OK);
    REQUIRE(newest->count == 9);
}
