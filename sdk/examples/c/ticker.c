/* SPDX-License-Identifier: Apache-2.0 */
/* The role "ticker" in C: counts seconds in the digest, and answers at a message port. */
#include <mesh/plugin.h>

#include <stdlib.h>
#include <string.h>

enum { TAG_TICK = 1, TAG_ECHO = 2 };
enum { KEY_TICKS, KEY_LANGUAGE, KEY_COUNT };

struct mesh_instance {
    const mesh_host* host;
    const mesh_timer_v1* timer;
    const mesh_digest_v1* digest;
    const mesh_config_v1* config;   /* may be NULL */
    const mesh_message_v1* message; /* may be NULL */
    mesh_handle tick, echo;
    uint64_t ticks;
};

static mesh_str text(const char* from) {
    const mesh_str out = {from, strlen(from)};
    return out;
}

static mesh_status create(const mesh_role* role, const mesh_host* host, mesh_instance** out) {
    static const mesh_digest_key keys[KEY_COUNT] = {
        {"ticks", "1", MESH_T_U64, MESH_DIGEST_COUNTER, 0, 0, 0, 0},
        {"language", NULL, MESH_T_STR, MESH_DIGEST_LABEL, 8, 0, 0, 0}};
    (void)role;
    mesh_instance* self = calloc(1, sizeof *self);
    if (self == NULL) return MESH_E_NOMEM;
    self->host = host;
    self->timer = host->get_extension(host, MESH_EXT_TIMER);
    self->digest = host->get_extension(host, MESH_EXT_DIGEST);
    self->config = host->get_extension(host, MESH_EXT_CONFIG);
    self->message = host->get_extension(host, MESH_EXT_MESSAGE);
    /* `needs` says that the first two are there; their last function that is used here is asked for
     * because a host may be older than this header. */
    mesh_status status = MESH_E_UNSUPPORTED;
    if (MESH_HAS(self->timer, mesh_timer_v1, cancel) && MESH_HAS(self->digest, mesh_digest_v1, set))
        status = self->digest->declare(host, keys, KEY_COUNT);
    if (status < 0) {
        free(self);
        return status;
    }
    *out = self;
    return MESH_OK;
}

static mesh_ns period_of(const mesh_instance* self) {
    mesh_value period = {0};
    if (MESH_HAS(self->config, mesh_config_v1, get)
        && self->config->get(self->host, MESH_CFG_CURRENT, text("period_ms"), &period) == MESH_OK)
        return period.as.i64 * 1000000;
    return 1000000000;
}

static mesh_status start(mesh_instance* self) {
    const mesh_ns period = period_of(self);
    mesh_value language = {MESH_T_STR, 0, {0}};
    language.as.str = text("c");
    mesh_status status = self->digest->set(self->host, KEY_LANGUAGE, &language);
    if (status >= 0)
        status =
            self->timer->start(self->host, text("tick"), period, period, TAG_TICK, &self->tick);
    if (status >= 0 && MESH_HAS(self->message, mesh_message_v1, reply))
        status = self->message->serve(self->host, text("ticker.echo"), TAG_ECHO, &self->echo);
    return status < 0 ? status : MESH_OK;
}

static mesh_status on_event(mesh_instance* self, const mesh_event* event) {
    if (event->kind == MESH_EV_TIMER && event->tag == TAG_TICK) {
        mesh_value value = {MESH_T_U64, 0, {0}};
        value.as.u64 = ++self->ticks;
        return self->digest->set(self->host, KEY_TICKS, &value);
    }
    if (event->kind == MESH_EV_MESSAGE && event->tag == TAG_ECHO) {
        const mesh_ev_message* asked = (const mesh_ev_message*)event;
        if (asked->request != 0)
            return self->message->reply(self->host, asked->request, MESH_OK, asked->body);
    }
    return MESH_OK;
}

static mesh_status stop(mesh_instance* self) {
    if (self->tick != 0) self->timer->cancel(self->host, self->tick);
    if (self->echo != 0) self->message->unserve(self->host, self->echo);
    self->tick = self->echo = 0;
    return MESH_OK;
}

static void destroy(mesh_instance* self) {
    free(self);
}

MESH_PLUGIN_NOTE("role=ticker\nversion=1.0.0\nvendor=meshhost\nsdk=c 1.0.0\n");

MESH_EXPORT const mesh_plugin* mesh_plugin_entry(uint32_t host_abi) {
    static const char* const needs[] = {MESH_EXT_DIGEST, MESH_EXT_TIMER, NULL};
    static const char* const wants[] = {MESH_EXT_CONFIG, MESH_EXT_MESSAGE, NULL};
    static const char* const permissions[] = {"message:serve:ticker.echo", NULL};
    static const mesh_config_key period =
        {sizeof period, MESH_T_I64, 0, 0, "period_ms", "1000", "1..60000", "between two ticks"};
    static const mesh_config_key* const config[] = {&period, NULL};
    static const mesh_role role = {
        .struct_size = sizeof role,
        .role = "ticker",
        .version = "1.0.0",
        .vendor = "meshhost",
        .summary = "counts seconds and echoes messages",
        .needs = needs,
        .wants = wants,
        .permissions = permissions,
        .config = config,
        .create = create,
        .start = start,
        .stop = stop,
        .destroy = destroy,
        .on_event = on_event};
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
