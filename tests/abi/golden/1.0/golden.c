/* SPDX-License-Identifier: Apache-2.0 */
/* A role built with ABI 1.0, for ever: the header of 1.0 lies beside it, and golden_x86_64.so is
 * what gcc made of both. Every later host of major 1 must load and run it as it is. It takes every
 * table that there was in 1.0, uses what its host has, and says in the digest what came of it. */
#include <mesh/plugin.h>

#include <stdlib.h>
#include <string.h>

enum { TAG_POST = 1, TAG_TICK = 2, TAG_PEERS = 3, TAG_WATCH = 4 };
enum { KEY_TABLES, KEY_TICKS, KEY_POSTS, KEY_LIMIT, KEY_PEER_EVENTS, KEY_STARTS, KEYS };

struct mesh_instance {
    const mesh_host* host;
    const mesh_log_v1* log;
    const mesh_config_v1* config;
    const mesh_timer_v1* timer;
    const mesh_peers_v1* peers;
    const mesh_digest_v1* digest;
    mesh_handle tick, peer_watch, digest_watch;
    uint64_t ticks, posts, peer_events, starts;
};

static const char* const tables[] = {
    MESH_EXT_LOG,
    MESH_EXT_CONFIG,
    MESH_EXT_TIMER,
    MESH_EXT_PEERS,
    MESH_EXT_DIGEST,
    MESH_EXT_GOSSIP,
    MESH_EXT_STREAM,
    MESH_EXT_MESSAGE,
    MESH_EXT_METRICS,
    MESH_EXT_TRACE,
    MESH_EXT_STATE,
    MESH_EXT_WORKER,
    MESH_EXT_FD,
    MESH_EXT_HEALTH,
    MESH_EXT_IDENTITY};

static mesh_str text(const char* from) {
    const mesh_str out = {from, strlen(from)};
    return out;
}

static void say(mesh_instance* self, uint32_t key, uint64_t what) {
    mesh_value value = {MESH_T_U64, 0, {0}};
    value.as.u64 = what;
    self->digest->set(self->host, key, &value);
}

static mesh_status create(const mesh_role* role, const mesh_host* host, mesh_instance** out) {
    static const mesh_digest_key keys[KEYS] = {
        {"tables", NULL, MESH_T_U64, MESH_DIGEST_GAUGE, 0, 0, 0, 0},
        {"ticks", "1", MESH_T_U64, MESH_DIGEST_COUNTER, 0, MESH_DIGEST_STICKY, 0, 0},
        {"posts", "1", MESH_T_U64, MESH_DIGEST_COUNTER, 0, 0, 0, 0},
        {"limit", NULL, MESH_T_U64, MESH_DIGEST_GAUGE, 0, 0, 0, 0},
        {"peer_events", "1", MESH_T_U64, MESH_DIGEST_COUNTER, 0, MESH_DIGEST_LOCAL_ONLY, 0, 0},
        {"starts", "1", MESH_T_U64, MESH_DIGEST_COUNTER, 0, 0, 0, 0}};
    (void)role;
    if (!MESH_HAS(host, mesh_host, fatal)) return MESH_E_UNSUPPORTED;
    mesh_instance* self = calloc(1, sizeof *self);
    if (self == NULL) return host->set_error(host, MESH_E_NOMEM, text("golden: no memory"));
    self->host = host;
    self->log = host->get_extension(host, MESH_EXT_LOG);
    self->config = host->get_extension(host, MESH_EXT_CONFIG);
    self->timer = host->get_extension(host, MESH_EXT_TIMER);
    self->peers = host->get_extension(host, MESH_EXT_PEERS);
    self->digest = host->get_extension(host, MESH_EXT_DIGEST);
    if (!MESH_HAS(self->digest, mesh_digest_v1, unwatch)
        || !MESH_HAS(self->timer, mesh_timer_v1, cancel)
        || self->digest->declare(host, keys, KEYS) < 0) {
        free(self);
        return MESH_E_UNSUPPORTED;
    }
    *out = self;
    return MESH_OK;
}

static mesh_status start(mesh_instance* self) {
    const mesh_host* host = self->host;
    uint64_t offered = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; ++i)
        offered += host->get_extension(host, tables[i]) != NULL;
    say(self, KEY_TABLES, offered);
    say(self, KEY_STARTS, ++self->starts);
    mesh_value limit = {0};
    if (MESH_HAS(self->config, mesh_config_v1, get)
        && self->config->get(host, MESH_CFG_CURRENT, text("limit"), &limit) == MESH_OK
        && limit.type == MESH_T_I64)
        say(self, KEY_LIMIT, (uint64_t)limit.as.i64);
    if (MESH_HAS(self->log, mesh_log_v1, write)) {
        mesh_attr attr = {text("tables"), {MESH_T_U64, 0, {0}}};
        attr.value.as.u64 = offered;
        self->log->write(host, MESH_LOG_INFO, text("golden 1.0 runs"), &attr, 1, "golden.c", 1);
    }
    if (MESH_HAS(self->peers, mesh_peers_v1, unwatch))
        self->peers->watch(host, text(""), TAG_PEERS, &self->peer_watch);
    self->digest->watch(host, text(""), text("*"), TAG_WATCH, &self->digest_watch);
    const mesh_status status =
        self->timer->start(host, text("tick"), 1000000, 20000000, TAG_TICK, &self->tick);
    return status < 0 ? status : host->post(host, TAG_POST, self);
}

static mesh_status on_event(mesh_instance* self, const mesh_event* event) {
    if (event->kind == MESH_EV_POSTED && ((const mesh_ev_posted*)event)->ptr == self)
        say(self, KEY_POSTS, ++self->posts);
    else if (event->kind == MESH_EV_TIMER && event->tag == TAG_TICK && event->handle == self->tick)
        say(self, KEY_TICKS, ++self->ticks);
    else if (event->kind == MESH_EV_PEER)
        say(self, KEY_PEER_EVENTS, ++self->peer_events);
    return MESH_OK;
}

static mesh_status drain(mesh_instance* self, mesh_ns deadline) {
    (void)deadline;
    self->host->drained(self->host);
    return MESH_OK;
}

static mesh_status stop(mesh_instance* self) {
    if (self->tick != 0) self->timer->cancel(self->host, self->tick);
    if (self->peer_watch != 0) self->peers->unwatch(self->host, self->peer_watch);
    if (self->digest_watch != 0) self->digest->unwatch(self->host, self->digest_watch);
    self->tick = self->peer_watch = self->digest_watch = 0;
    return MESH_OK;
}

static void destroy(mesh_instance* self) {
    free(self);
}

static mesh_status save(
    mesh_instance* self,
    void* sink,
    mesh_status (*put)(void* sink, mesh_bytes chunk)
) {
    const mesh_bytes chunk = {(const uint8_t*)&self->ticks, sizeof self->ticks};
    return put(sink, chunk);
}

static mesh_status restore(mesh_instance* self, uint32_t format, mesh_bytes blob) {
    if (format != 1 || blob.len != sizeof self->ticks) return MESH_E_INVALID;
    memcpy(&self->ticks, blob.ptr, blob.len);
    return MESH_OK;
}

static mesh_status adopt(
    mesh_instance* self,
    mesh_handle handle,
    uint32_t kind,
    uint64_t old_tag,
    uint64_t* new_tag
) {
    (void)self, (void)handle, (void)kind, (void)old_tag, (void)new_tag;
    return MESH_E_UNSUPPORTED; /* start makes its own */
}

static const void* get_extension(mesh_instance* self, const char* id) {
    static const mesh_plugin_handoff_v1 handoff = {sizeof handoff, 1, 1, 0, save, restore, adopt};
    (void)self;
    return strcmp(id, MESH_PLUGIN_EXT_HANDOFF) == 0 ? &handoff : NULL;
}

MESH_PLUGIN_NOTE("role=golden\nversion=1.0.0\nvendor=meshhost\nsdk=c 1.0.0\n");

MESH_EXPORT const mesh_plugin* mesh_plugin_entry(uint32_t host_abi) {
    static const char* const needs[] = {MESH_EXT_TIMER, MESH_EXT_DIGEST, NULL};
    static const char* const wants[] = {MESH_EXT_LOG, MESH_EXT_CONFIG, MESH_EXT_PEERS, NULL};
    static const mesh_config_key limit =
        {sizeof limit, MESH_T_I64, 0, 0, "limit", "7", "1..100", "shown in the digest"};
    static const mesh_config_key* const config[] = {&limit, NULL};
    static const mesh_role role = {
        .struct_size = sizeof role,
        .role = "golden",
        .version = "1.0.0",
        .vendor = "meshhost",
        .summary = "was built with ABI 1.0",
        .license = "Apache-2.0",
        .needs = needs,
        .wants = wants,
        .config = config,
        .create = create,
        .start = start,
        .drain = drain,
        .stop = stop,
        .destroy = destroy,
        .on_event = on_event,
        .get_extension = get_extension};
    static const mesh_role* const roles[] = {&role};
    static const mesh_plugin plugin = {
        .magic = MESH_PLUGIN_MAGIC,
        .struct_size = sizeof plugin,
        .abi_major = MESH_ABI_MAJOR,
        .abi_minor_built = MESH_ABI_MINOR,
        .abi_minor_min = MESH_ABI_MINOR_MIN,
        .role_count = 1,
        .roles = roles,
        .sdk = "c 1.0.0"};
    return host_abi >> 16 == MESH_ABI_MAJOR ? &plugin : NULL;
}
