/* SPDX-License-Identifier: Apache-2.0 */
/* Go cannot call through a pointer to a C function: each host function that is used has a line
 * here. */
#pragma once
#define MESH_NO_ENTRY_PROTOTYPE
#include <mesh/plugin.h>

static inline const void* get_extension(const mesh_host* h, const char* id) {
    return h->get_extension(h, id);
}
static inline mesh_status declare_keys(const mesh_host* h, const mesh_digest_v1* t) {
    static const mesh_digest_key keys[] = {
        {"ticks", "1", MESH_T_U64, MESH_DIGEST_COUNTER, 0, 0, 0, 0},
        {"language", NULL, MESH_T_STR, MESH_DIGEST_LABEL, 8, 0, 0, 0}};
    return MESH_HAS(t, mesh_digest_v1, set) ? t->declare(h, keys, 2) : MESH_E_UNSUPPORTED;
}
static inline mesh_status set_ticks(const mesh_host* h, const mesh_digest_v1* t, uint64_t ticks) {
    mesh_value value = {MESH_T_U64, 0, {0}};
    value.as.u64 = ticks;
    return t->set(h, 0, &value);
}
static inline mesh_status set_language(const mesh_host* h, const mesh_digest_v1* t) {
    mesh_value value = {MESH_T_STR, 0, {0}};
    value.as.str.ptr = "go";
    value.as.str.len = 2;
    return t->set(h, 1, &value);
}
static inline int64_t get_period_ms(const mesh_host* h, const mesh_config_v1* t) {
    const mesh_str path = {"period_ms", 9};
    mesh_value value = {0};
    if (MESH_HAS(t, mesh_config_v1, get) && t->get(h, MESH_CFG_CURRENT, path, &value) == MESH_OK)
        return value.as.i64;
    return 1000;
}
static inline mesh_status start_timer(
    const mesh_host* h,
    const mesh_timer_v1* t,
    mesh_ns period,
    uint64_t tag,
    mesh_handle* out
) {
    const mesh_str name = {"tick", 4};
    if (!MESH_HAS(t, mesh_timer_v1, cancel)) return MESH_E_UNSUPPORTED;
    return t->start(h, name, period, period, tag, out);
}
static inline void cancel_timer(const mesh_host* h, const mesh_timer_v1* t, mesh_handle timer) {
    t->cancel(h, timer);
}
static inline mesh_status serve_echo(
    const mesh_host* h,
    const mesh_message_v1* t,
    uint64_t tag,
    mesh_handle* out
) {
    const mesh_str port = {"ticker.echo", 11};
    return MESH_HAS(t, mesh_message_v1, reply) ? t->serve(h, port, tag, out) : MESH_OK;
}
static inline void unserve_echo(const mesh_host* h, const mesh_message_v1* t, mesh_handle port) {
    t->unserve(h, port);
}
static inline mesh_status answer(
    const mesh_host* h,
    const mesh_message_v1* t,
    const mesh_ev_message* asked
) {
    if (asked->request == 0) return MESH_OK;
    return t->reply(h, asked->request, MESH_OK, asked->body);
}
