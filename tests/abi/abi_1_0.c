/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Made by tests/abi/freeze.py from mesh/plugin.h 1.0, and never edited: what stops compiling here breaks
 * plugins that were built with 1.0. docs/abi.md says what may change, and as what. C11 and C++17. */
#include <mesh/plugin.h>

#ifdef __cplusplus
#include <string_view>
#include <type_traits>
#define IS(object, ...)     std::is_same<std::decay<decltype(object)>::type, __VA_ARGS__>::value
#define IS_TYPE(type, ...)  std::is_same<type, __VA_ARGS__>::value
#define IS_TEXT(id, text)   (std::string_view(id) == text)
#else
#define IS(object, ...)     _Generic((object), __VA_ARGS__: 1, default: 0)
#define IS_TYPE(type, ...)  _Generic((type)0, __VA_ARGS__: 1, default: 0)
#define IS_TEXT(id, text)   (sizeof(id) == sizeof(text)) /* C++ compares the letters */
#endif
#define IN(s, f)            (((s *)0)->f)
#define FIELD(s, f, at, size, ...)                                                                  \
  MESH_ASSERT(offsetof(s, f) == (at) && sizeof(IN(s, f)) == (size), #s "." #f " moved or changed size"); \
  MESH_ASSERT(IS(IN(s, f), __VA_ARGS__), #s "." #f " changed its type or signature")
#define FROZEN(s, size)     MESH_ASSERT(sizeof(s) == (size), #s " is frozen and changed size")
#define GROWS(s, size)      MESH_ASSERT(sizeof(s) >= (size), #s " shrank")
#define CONSTANT(c, value)  MESH_ASSERT((c) == (value), #c " changed value")
#define ID(id, text)        MESH_ASSERT(IS_TEXT(id, text), #id " changed id")
#define TYPE(t, ...)        MESH_ASSERT(IS_TYPE(t, __VA_ARGS__), #t " became another type")

TYPE(mesh_status, int32_t);
TYPE(mesh_handle, uint64_t);
TYPE(mesh_ns, int64_t);

FROZEN(mesh_str, 16);
FIELD(mesh_str, ptr, 0, 8, const char *);
FIELD(mesh_str, len, 8, 8, size_t);

FROZEN(mesh_bytes, 16);
FIELD(mesh_bytes, ptr, 0, 8, const uint8_t *);
FIELD(mesh_bytes, len, 8, 8, size_t);

FROZEN(mesh_node_id, 32);
FIELD(mesh_node_id, b, 0, 32, uint8_t *);

FROZEN(mesh_value, 24);
FIELD(mesh_value, type, 0, 4, uint32_t);
FIELD(mesh_value, reserved, 4, 4, uint32_t);
FIELD(mesh_value, as.b, 8, 8, uint64_t);
FIELD(mesh_value, as.i64, 8, 8, int64_t);
FIELD(mesh_value, as.u64, 8, 8, uint64_t);
FIELD(mesh_value, as.f64, 8, 8, double);
FIELD(mesh_value, as.str, 8, 16, mesh_str);
FIELD(mesh_value, as.bytes, 8, 16, mesh_bytes);

FROZEN(mesh_attr, 40);
FIELD(mesh_attr, key, 0, 16, mesh_str);
FIELD(mesh_attr, value, 16, 24, mesh_value);

FROZEN(mesh_event, 32);
FIELD(mesh_event, struct_size, 0, 4, uint32_t);
FIELD(mesh_event, kind, 4, 4, uint32_t);
FIELD(mesh_event, tag, 8, 8, uint64_t);
FIELD(mesh_event, handle, 16, 8, mesh_handle);
FIELD(mesh_event, queued_ns, 24, 8, mesh_ns);

GROWS(mesh_ev_posted, 40);
FIELD(mesh_ev_posted, h, 0, 32, mesh_event);
FIELD(mesh_ev_posted, ptr, 32, 8, void *);

GROWS(mesh_role, 160);
FIELD(mesh_role, struct_size, 0, 4, uint32_t);
FIELD(mesh_role, flags, 4, 4, uint32_t);
FIELD(mesh_role, role, 8, 8, const char *);
FIELD(mesh_role, version, 16, 8, const char *);
FIELD(mesh_role, vendor, 24, 8, const char *);
FIELD(mesh_role, summary, 32, 8, const char *);
FIELD(mesh_role, license, 40, 8, const char *);
FIELD(mesh_role, homepage, 48, 8, const char *);
FIELD(mesh_role, needs, 56, 8, const char *const *);
FIELD(mesh_role, wants, 64, 8, const char *const *);
FIELD(mesh_role, permissions, 72, 8, const char *const *);
FIELD(mesh_role, capabilities, 80, 8, const char *const *);
FIELD(mesh_role, config, 88, 8, const struct mesh_config_key *const *);
FIELD(mesh_role, budget, 96, 8, const struct mesh_budget *);
FIELD(mesh_role, create, 104, 8, mesh_status (*)(const mesh_role *role, const mesh_host *host, mesh_instance **out) MESH_NOEXCEPT);
FIELD(mesh_role, start, 112, 8, mesh_status (*)(mesh_instance *self) MESH_NOEXCEPT);
FIELD(mesh_role, drain, 120, 8, mesh_status (*)(mesh_instance *self, mesh_ns deadline) MESH_NOEXCEPT);
FIELD(mesh_role, stop, 128, 8, mesh_status (*)(mesh_instance *self) MESH_NOEXCEPT);
FIELD(mesh_role, destroy, 136, 8, void (*)(mesh_instance *self) MESH_NOEXCEPT);
FIELD(mesh_role, on_event, 144, 8, mesh_status (*)(mesh_instance *self, const mesh_event *ev) MESH_NOEXCEPT);
FIELD(mesh_role, get_extension, 152, 8, const void * (*)(mesh_instance *self, const char *id) MESH_NOEXCEPT);

GROWS(mesh_budget, 48);
FIELD(mesh_budget, struct_size, 0, 4, uint32_t);
FIELD(mesh_budget, cpu_millicores, 4, 4, uint32_t);
FIELD(mesh_budget, rss_bytes, 8, 8, uint64_t);
FIELD(mesh_budget, state_bytes, 16, 8, uint64_t);
FIELD(mesh_budget, max_callback_us, 24, 4, uint32_t);
FIELD(mesh_budget, threads, 28, 4, uint32_t);
FIELD(mesh_budget, digest_bytes, 32, 4, uint32_t);
FIELD(mesh_budget, gossip_bytes_per_s, 36, 4, uint32_t);
FIELD(mesh_budget, streams, 40, 4, uint32_t);
FIELD(mesh_budget, timers, 44, 4, uint32_t);

GROWS(mesh_config_key, 48);
FIELD(mesh_config_key, struct_size, 0, 4, uint32_t);
FIELD(mesh_config_key, type, 4, 4, uint32_t);
FIELD(mesh_config_key, flags, 8, 4, uint32_t);
FIELD(mesh_config_key, reserved, 12, 4, uint32_t);
FIELD(mesh_config_key, path, 16, 8, const char *);
FIELD(mesh_config_key, fallback, 24, 8, const char *);
FIELD(mesh_config_key, rule, 32, 8, const char *);
FIELD(mesh_config_key, doc, 40, 8, const char *);

GROWS(mesh_plugin, 40);
FIELD(mesh_plugin, magic, 0, 4, uint32_t);
FIELD(mesh_plugin, struct_size, 4, 4, uint32_t);
FIELD(mesh_plugin, abi_major, 8, 2, uint16_t);
FIELD(mesh_plugin, abi_minor_built, 10, 2, uint16_t);
FIELD(mesh_plugin, abi_minor_min, 12, 2, uint16_t);
FIELD(mesh_plugin, reserved, 14, 2, uint16_t);
FIELD(mesh_plugin, role_count, 16, 4, uint32_t);
FIELD(mesh_plugin, flags, 20, 4, uint32_t);
FIELD(mesh_plugin, roles, 24, 8, const mesh_role *const *);
FIELD(mesh_plugin, sdk, 32, 8, const char *);

GROWS(mesh_host, 120);
FIELD(mesh_host, struct_size, 0, 4, uint32_t);
FIELD(mesh_host, abi_major, 4, 2, uint16_t);
FIELD(mesh_host, abi_minor, 6, 2, uint16_t);
FIELD(mesh_host, impl, 8, 8, void *);
FIELD(mesh_host, product, 16, 8, const char *);
FIELD(mesh_host, version, 24, 8, const char *);
FIELD(mesh_host, instance, 32, 8, const char *);
FIELD(mesh_host, get_extension, 40, 8, const void * (*)(const mesh_host *h, const char *id) MESH_NOEXCEPT);
FIELD(mesh_host, set_error, 48, 8, mesh_status (*)(const mesh_host *h, mesh_status code, mesh_str msg) MESH_NOEXCEPT);
FIELD(mesh_host, last_error, 56, 8, mesh_str (*)(const mesh_host *h) MESH_NOEXCEPT);
FIELD(mesh_host, post, 64, 8, mesh_status (*)(const mesh_host *h, uint64_t tag, void *ptr) MESH_NOEXCEPT);
FIELD(mesh_host, on_strand, 72, 8, bool (*)(const mesh_host *h) MESH_NOEXCEPT);
FIELD(mesh_host, now, 80, 8, mesh_ns (*)(const mesh_host *h) MESH_NOEXCEPT);
FIELD(mesh_host, wall, 88, 8, mesh_ns (*)(const mesh_host *h) MESH_NOEXCEPT);
FIELD(mesh_host, started, 96, 8, void (*)(const mesh_host *h, mesh_status result) MESH_NOEXCEPT);
FIELD(mesh_host, drained, 104, 8, void (*)(const mesh_host *h) MESH_NOEXCEPT);
FIELD(mesh_host, fatal, 112, 8, void (*)(const mesh_host *h, mesh_status code, mesh_str msg) MESH_NOEXCEPT);

GROWS(mesh_log_v1, 24);
FIELD(mesh_log_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_log_v1, level, 8, 8, int32_t (*)(const mesh_host *h) MESH_NOEXCEPT);
FIELD(mesh_log_v1, write, 16, 8, void (*)(const mesh_host *h, int32_t level, mesh_str msg, const mesh_attr *attrs, size_t n, const char *file, uint32_t line) MESH_NOEXCEPT);

GROWS(mesh_config_v1, 40);
FIELD(mesh_config_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_config_v1, get, 8, 8, mesh_status (*)(const mesh_host *h, uint32_t which, mesh_str path, mesh_value *out) MESH_NOEXCEPT);
FIELD(mesh_config_v1, count, 16, 8, mesh_status (*)(const mesh_host *h, uint32_t which, mesh_str path, size_t *out) MESH_NOEXCEPT);
FIELD(mesh_config_v1, key_at, 24, 8, mesh_status (*)(const mesh_host *h, uint32_t which, mesh_str table, size_t i, mesh_str *out) MESH_NOEXCEPT);
FIELD(mesh_config_v1, text, 32, 8, mesh_status (*)(const mesh_host *h, uint32_t which, uint32_t format, mesh_str *out) MESH_NOEXCEPT);

GROWS(mesh_timer_v1, 24);
FIELD(mesh_timer_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_timer_v1, start, 8, 8, mesh_status (*)(const mesh_host *h, mesh_str name, mesh_ns first, mesh_ns period, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_timer_v1, cancel, 16, 8, mesh_status (*)(const mesh_host *h, mesh_handle t) MESH_NOEXCEPT);

GROWS(mesh_ev_timer, 40);
FIELD(mesh_ev_timer, h, 0, 32, mesh_event);
FIELD(mesh_ev_timer, missed, 32, 8, uint64_t);

GROWS(mesh_peer, 80);
FIELD(mesh_peer, struct_size, 0, 4, uint32_t);
FIELD(mesh_peer, state, 4, 4, uint32_t);
FIELD(mesh_peer, id, 8, 32, mesh_node_id);
FIELD(mesh_peer, roles, 40, 16, mesh_str);
FIELD(mesh_peer, rtt, 56, 8, mesh_ns);
FIELD(mesh_peer, since, 64, 8, mesh_ns);
FIELD(mesh_peer, path, 72, 4, uint32_t);
FIELD(mesh_peer, reserved, 76, 4, uint32_t);

GROWS(mesh_peers_v1, 48);
FIELD(mesh_peers_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_peers_v1, self, 8, 8, mesh_status (*)(const mesh_host *h, mesh_peer *out) MESH_NOEXCEPT);
FIELD(mesh_peers_v1, next, 16, 8, mesh_status (*)(const mesh_host *h, uint64_t *cursor, mesh_peer *out) MESH_NOEXCEPT);
FIELD(mesh_peers_v1, find, 24, 8, mesh_status (*)(const mesh_host *h, mesh_node_id id, mesh_peer *out) MESH_NOEXCEPT);
FIELD(mesh_peers_v1, watch, 32, 8, mesh_status (*)(const mesh_host *h, mesh_str role_filter, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_peers_v1, unwatch, 40, 8, mesh_status (*)(const mesh_host *h, mesh_handle w) MESH_NOEXCEPT);

GROWS(mesh_ev_peer, 56);
FIELD(mesh_ev_peer, h, 0, 32, mesh_event);
FIELD(mesh_ev_peer, peer, 32, 8, const mesh_peer *);
FIELD(mesh_ev_peer, reason, 40, 16, mesh_str);

FROZEN(mesh_digest_key, 48);
FIELD(mesh_digest_key, name, 0, 8, const char *);
FIELD(mesh_digest_key, unit, 8, 8, const char *);
FIELD(mesh_digest_key, type, 16, 4, uint32_t);
FIELD(mesh_digest_key, kind, 20, 4, uint32_t);
FIELD(mesh_digest_key, max_len, 24, 4, uint32_t);
FIELD(mesh_digest_key, flags, 28, 4, uint32_t);
FIELD(mesh_digest_key, min_interval, 32, 8, mesh_ns);
FIELD(mesh_digest_key, epsilon, 40, 8, double);

GROWS(mesh_digest_v1, 56);
FIELD(mesh_digest_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_digest_v1, declare, 8, 8, mesh_status (*)(const mesh_host *h, const mesh_digest_key *keys, size_t n) MESH_NOEXCEPT);
FIELD(mesh_digest_v1, set, 16, 8, mesh_status (*)(const mesh_host *h, uint32_t key, const mesh_value *v) MESH_NOEXCEPT);
FIELD(mesh_digest_v1, clear, 24, 8, mesh_status (*)(const mesh_host *h, uint32_t key) MESH_NOEXCEPT);
FIELD(mesh_digest_v1, get, 32, 8, mesh_status (*)(const mesh_host *h, mesh_node_id node, mesh_str role, mesh_str key, mesh_value *out, mesh_ns *age) MESH_NOEXCEPT);
FIELD(mesh_digest_v1, watch, 40, 8, mesh_status (*)(const mesh_host *h, mesh_str role, mesh_str key_glob, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_digest_v1, unwatch, 48, 8, mesh_status (*)(const mesh_host *h, mesh_handle w) MESH_NOEXCEPT);

GROWS(mesh_ev_digest, 128);
FIELD(mesh_ev_digest, h, 0, 32, mesh_event);
FIELD(mesh_ev_digest, node, 32, 32, mesh_node_id);
FIELD(mesh_ev_digest, role, 64, 16, mesh_str);
FIELD(mesh_ev_digest, key, 80, 16, mesh_str);
FIELD(mesh_ev_digest, value, 96, 24, mesh_value);
FIELD(mesh_ev_digest, version, 120, 8, uint64_t);

GROWS(mesh_gossip_opts, 24);
FIELD(mesh_gossip_opts, struct_size, 0, 4, uint32_t);
FIELD(mesh_gossip_opts, queue_msgs, 4, 4, uint32_t);
FIELD(mesh_gossip_opts, queue_bytes, 8, 8, uint64_t);
FIELD(mesh_gossip_opts, lag_policy, 16, 4, uint32_t);
FIELD(mesh_gossip_opts, reserved, 20, 4, uint32_t);

GROWS(mesh_gossip_v1, 40);
FIELD(mesh_gossip_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_gossip_v1, limits, 8, 8, mesh_status (*)(const mesh_host *h, uint32_t *max_msg, uint32_t *max_topic) MESH_NOEXCEPT);
FIELD(mesh_gossip_v1, subscribe, 16, 8, mesh_status (*)(const mesh_host *h, mesh_str topic, const mesh_gossip_opts *o, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_gossip_v1, unsubscribe, 24, 8, mesh_status (*)(const mesh_host *h, mesh_handle sub) MESH_NOEXCEPT);
FIELD(mesh_gossip_v1, publish, 32, 8, mesh_status (*)(const mesh_host *h, mesh_str topic, mesh_bytes body, uint32_t flags) MESH_NOEXCEPT);

GROWS(mesh_ev_gossip, 144);
FIELD(mesh_ev_gossip, h, 0, 32, mesh_event);
FIELD(mesh_ev_gossip, topic, 32, 16, mesh_str);
FIELD(mesh_ev_gossip, body, 48, 16, mesh_bytes);
FIELD(mesh_ev_gossip, author, 64, 32, mesh_node_id);
FIELD(mesh_ev_gossip, via, 96, 32, mesh_node_id);
FIELD(mesh_ev_gossip, seq, 128, 8, uint64_t);
FIELD(mesh_ev_gossip, hops, 136, 4, uint32_t);
FIELD(mesh_ev_gossip, flags, 140, 4, uint32_t);

GROWS(mesh_ev_gossip_lagged, 48);
FIELD(mesh_ev_gossip_lagged, h, 0, 32, mesh_event);
FIELD(mesh_ev_gossip_lagged, dropped_msgs, 32, 8, uint64_t);
FIELD(mesh_ev_gossip_lagged, dropped_bytes, 40, 8, uint64_t);

GROWS(mesh_message_v1, 56);
FIELD(mesh_message_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_message_v1, serve, 8, 8, mesh_status (*)(const mesh_host *h, mesh_str port, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_message_v1, unserve, 16, 8, mesh_status (*)(const mesh_host *h, mesh_handle s) MESH_NOEXCEPT);
FIELD(mesh_message_v1, send, 24, 8, mesh_status (*)(const mesh_host *h, mesh_node_id to, mesh_str port, mesh_bytes body) MESH_NOEXCEPT);
FIELD(mesh_message_v1, request, 32, 8, mesh_status (*)(const mesh_host *h, mesh_node_id to, mesh_str port, mesh_bytes body, mesh_ns timeout, uint64_t tag, mesh_handle *op) MESH_NOEXCEPT);
FIELD(mesh_message_v1, reply, 40, 8, mesh_status (*)(const mesh_host *h, mesh_handle request, mesh_status code, mesh_bytes body) MESH_NOEXCEPT);
FIELD(mesh_message_v1, cancel, 48, 8, mesh_status (*)(const mesh_host *h, mesh_handle op) MESH_NOEXCEPT);

GROWS(mesh_ev_message, 104);
FIELD(mesh_ev_message, h, 0, 32, mesh_event);
FIELD(mesh_ev_message, from, 32, 32, mesh_node_id);
FIELD(mesh_ev_message, port, 64, 16, mesh_str);
FIELD(mesh_ev_message, body, 80, 16, mesh_bytes);
FIELD(mesh_ev_message, request, 96, 8, mesh_handle);

GROWS(mesh_ev_reply, 56);
FIELD(mesh_ev_reply, h, 0, 32, mesh_event);
FIELD(mesh_ev_reply, status, 32, 4, mesh_status);
FIELD(mesh_ev_reply, reserved, 36, 4, uint32_t);
FIELD(mesh_ev_reply, body, 40, 16, mesh_bytes);

GROWS(mesh_listen_opts, 24);
FIELD(mesh_listen_opts, struct_size, 0, 4, uint32_t);
FIELD(mesh_listen_opts, max_conns, 4, 4, uint32_t);
FIELD(mesh_listen_opts, max_streams_per_conn, 8, 4, uint32_t);
FIELD(mesh_listen_opts, flags, 12, 4, uint32_t);
FIELD(mesh_listen_opts, recv_window, 16, 8, uint64_t);

GROWS(mesh_stream_v1, 104);
FIELD(mesh_stream_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_stream_v1, listen, 8, 8, mesh_status (*)(const mesh_host *h, mesh_bytes alpn, const mesh_listen_opts *o, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, unlisten, 16, 8, mesh_status (*)(const mesh_host *h, mesh_handle l) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, accept, 24, 8, mesh_status (*)(const mesh_host *h, mesh_handle conn, uint64_t tag) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, reject, 32, 8, mesh_status (*)(const mesh_host *h, mesh_handle conn, uint64_t code, mesh_str reason) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, connect, 40, 8, mesh_status (*)(const mesh_host *h, mesh_node_id to, mesh_bytes alpn, uint64_t tag, mesh_handle *conn) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, close, 48, 8, mesh_status (*)(const mesh_host *h, mesh_handle conn, uint64_t code, mesh_str reason) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, open, 56, 8, mesh_status (*)(const mesh_host *h, mesh_handle conn, uint32_t kind, uint64_t tag, mesh_handle *stream) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, read, 64, 8, mesh_status (*)(const mesh_host *h, mesh_handle s, uint8_t *buf, size_t cap, size_t *n, uint32_t *flags) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, write, 72, 8, mesh_status (*)(const mesh_host *h, mesh_handle s, mesh_bytes data, uint32_t flags, size_t *taken) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, reset, 80, 8, mesh_status (*)(const mesh_host *h, mesh_handle s, uint64_t code) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, stop, 88, 8, mesh_status (*)(const mesh_host *h, mesh_handle s, uint64_t code) MESH_NOEXCEPT);
FIELD(mesh_stream_v1, set_tag, 96, 8, mesh_status (*)(const mesh_host *h, mesh_handle any, uint64_t tag) MESH_NOEXCEPT);

GROWS(mesh_ev_conn, 104);
FIELD(mesh_ev_conn, h, 0, 32, mesh_event);
FIELD(mesh_ev_conn, peer, 32, 32, mesh_node_id);
FIELD(mesh_ev_conn, alpn, 64, 16, mesh_bytes);
FIELD(mesh_ev_conn, code, 80, 8, uint64_t);
FIELD(mesh_ev_conn, reason, 88, 16, mesh_str);

GROWS(mesh_ev_stream, 56);
FIELD(mesh_ev_stream, h, 0, 32, mesh_event);
FIELD(mesh_ev_stream, conn, 32, 8, mesh_handle);
FIELD(mesh_ev_stream, kind, 40, 4, uint32_t);
FIELD(mesh_ev_stream, reserved, 44, 4, uint32_t);
FIELD(mesh_ev_stream, code, 48, 8, uint64_t);

GROWS(mesh_instrument, 48);
FIELD(mesh_instrument, struct_size, 0, 4, uint32_t);
FIELD(mesh_instrument, kind, 4, 4, uint32_t);
FIELD(mesh_instrument, name, 8, 8, const char *);
FIELD(mesh_instrument, unit, 16, 8, const char *);
FIELD(mesh_instrument, doc, 24, 8, const char *);
FIELD(mesh_instrument, bounds, 32, 8, const double *);
FIELD(mesh_instrument, bound_count, 40, 8, size_t);

GROWS(mesh_metrics_v1, 24);
FIELD(mesh_metrics_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_metrics_v1, create, 8, 8, mesh_status (*)(const mesh_host *h, const mesh_instrument *i, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_metrics_v1, record, 16, 8, void (*)(const mesh_host *h, mesh_handle i, double v, const mesh_attr *attrs, size_t n) MESH_NOEXCEPT);

FROZEN(mesh_span_context, 32);
FIELD(mesh_span_context, trace_id, 0, 16, uint8_t *);
FIELD(mesh_span_context, span_id, 16, 8, uint8_t *);
FIELD(mesh_span_context, flags, 24, 1, uint8_t);
FIELD(mesh_span_context, reserved, 25, 7, uint8_t *);

GROWS(mesh_trace_v1, 56);
FIELD(mesh_trace_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_trace_v1, begin, 8, 8, mesh_status (*)(const mesh_host *h, mesh_str name, uint32_t kind, mesh_handle parent, const mesh_span_context *remote, mesh_handle *span) MESH_NOEXCEPT);
FIELD(mesh_trace_v1, attrs, 16, 8, void (*)(const mesh_host *h, mesh_handle span, const mesh_attr *attrs, size_t n) MESH_NOEXCEPT);
FIELD(mesh_trace_v1, event, 24, 8, void (*)(const mesh_host *h, mesh_handle span, mesh_str name, const mesh_attr *attrs, size_t n) MESH_NOEXCEPT);
FIELD(mesh_trace_v1, end, 32, 8, void (*)(const mesh_host *h, mesh_handle span, mesh_status status, mesh_str msg) MESH_NOEXCEPT);
FIELD(mesh_trace_v1, context, 40, 8, mesh_status (*)(const mesh_host *h, mesh_handle span, mesh_span_context *out) MESH_NOEXCEPT);
FIELD(mesh_trace_v1, current, 48, 8, mesh_handle (*)(const mesh_host *h) MESH_NOEXCEPT);

GROWS(mesh_state_v1, 56);
FIELD(mesh_state_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_state_v1, dir, 8, 8, mesh_status (*)(const mesh_host *h, mesh_str *path) MESH_NOEXCEPT);
FIELD(mesh_state_v1, get, 16, 8, mesh_status (*)(const mesh_host *h, mesh_str key, uint8_t *buf, size_t cap, size_t *len) MESH_NOEXCEPT);
FIELD(mesh_state_v1, put, 24, 8, mesh_status (*)(const mesh_host *h, mesh_str key, mesh_bytes value) MESH_NOEXCEPT);
FIELD(mesh_state_v1, del, 32, 8, mesh_status (*)(const mesh_host *h, mesh_str key) MESH_NOEXCEPT);
FIELD(mesh_state_v1, next, 40, 8, mesh_status (*)(const mesh_host *h, mesh_str prefix, uint64_t *cursor, mesh_str *key) MESH_NOEXCEPT);
FIELD(mesh_state_v1, commit, 48, 8, mesh_status (*)(const mesh_host *h, uint64_t tag, mesh_handle *op) MESH_NOEXCEPT);

GROWS(mesh_ev_done, 40);
FIELD(mesh_ev_done, h, 0, 32, mesh_event);
FIELD(mesh_ev_done, status, 32, 4, mesh_status);
FIELD(mesh_ev_done, reserved, 36, 4, uint32_t);

GROWS(mesh_worker_v1, 16);
FIELD(mesh_worker_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_worker_v1, submit, 8, 8, mesh_status (*)(const mesh_host *h, uint64_t tag, void *job) MESH_NOEXCEPT);

GROWS(mesh_ev_work, 48);
FIELD(mesh_ev_work, h, 0, 32, mesh_event);
FIELD(mesh_ev_work, job, 32, 8, void *);
FIELD(mesh_ev_work, status, 40, 4, mesh_status);
FIELD(mesh_ev_work, reserved, 44, 4, uint32_t);

GROWS(mesh_fd_v1, 32);
FIELD(mesh_fd_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_fd_v1, watch, 8, 8, mesh_status (*)(const mesh_host *h, int32_t fd, uint32_t interest, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT);
FIELD(mesh_fd_v1, modify, 16, 8, mesh_status (*)(const mesh_host *h, mesh_handle w, uint32_t interest) MESH_NOEXCEPT);
FIELD(mesh_fd_v1, unwatch, 24, 8, mesh_status (*)(const mesh_host *h, mesh_handle w) MESH_NOEXCEPT);

GROWS(mesh_ev_fd, 40);
FIELD(mesh_ev_fd, h, 0, 32, mesh_event);
FIELD(mesh_ev_fd, fd, 32, 4, int32_t);
FIELD(mesh_ev_fd, ready, 36, 4, uint32_t);

GROWS(mesh_health_v1, 16);
FIELD(mesh_health_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_health_v1, set, 8, 8, void (*)(const mesh_host *h, uint32_t health, mesh_str reason) MESH_NOEXCEPT);

GROWS(mesh_identity_v1, 24);
FIELD(mesh_identity_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_identity_v1, sign, 8, 8, mesh_status (*)(const mesh_host *h, mesh_str context, mesh_bytes msg, uint8_t sig[64]) MESH_NOEXCEPT);
FIELD(mesh_identity_v1, verify, 16, 8, mesh_status (*)(const mesh_host *h, mesh_node_id by, mesh_str context, mesh_bytes msg, const uint8_t sig[64]) MESH_NOEXCEPT);

GROWS(mesh_plugin_config_v1, 24);
FIELD(mesh_plugin_config_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_plugin_config_v1, validate, 8, 8, mesh_status (*)(mesh_instance *self) MESH_NOEXCEPT);
FIELD(mesh_plugin_config_v1, apply, 16, 8, void (*)(mesh_instance *self) MESH_NOEXCEPT);

GROWS(mesh_plugin_handoff_v1, 40);
FIELD(mesh_plugin_handoff_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_plugin_handoff_v1, format, 4, 4, uint32_t);
FIELD(mesh_plugin_handoff_v1, format_min, 8, 4, uint32_t);
FIELD(mesh_plugin_handoff_v1, reserved, 12, 4, uint32_t);
FIELD(mesh_plugin_handoff_v1, save, 16, 8, mesh_status (*)(mesh_instance *self, void *sink, mesh_status (*put)(void *sink, mesh_bytes chunk) MESH_NOEXCEPT) MESH_NOEXCEPT);
FIELD(mesh_plugin_handoff_v1, restore, 24, 8, mesh_status (*)(mesh_instance *self, uint32_t format, mesh_bytes blob) MESH_NOEXCEPT);
FIELD(mesh_plugin_handoff_v1, adopt, 32, 8, mesh_status (*)(mesh_instance *self, mesh_handle handle, uint32_t kind, uint64_t old_tag, uint64_t *new_tag) MESH_NOEXCEPT);

GROWS(mesh_plugin_worker_v1, 16);
FIELD(mesh_plugin_worker_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_plugin_worker_v1, run, 8, 8, mesh_status (*)(mesh_instance *self, uint64_t tag, void *job) MESH_NOEXCEPT);

GROWS(mesh_plugin_command_v1, 24);
FIELD(mesh_plugin_command_v1, struct_size, 0, 4, uint32_t);
FIELD(mesh_plugin_command_v1, list, 8, 8, mesh_status (*)(mesh_instance *self, mesh_str *json) MESH_NOEXCEPT);
FIELD(mesh_plugin_command_v1, run, 16, 8, mesh_status (*)(mesh_instance *self, mesh_str name, mesh_str json, mesh_handle reply) MESH_NOEXCEPT);

CONSTANT(MESH_OK, 0);
CONSTANT(MESH_PENDING, 1);
CONSTANT(MESH_E_INVALID, -1);
CONSTANT(MESH_E_STATE, -2);
CONSTANT(MESH_E_THREAD, -3);
CONSTANT(MESH_E_HANDLE, -4);
CONSTANT(MESH_E_UNSUPPORTED, -5);
CONSTANT(MESH_E_DENIED, -6);
CONSTANT(MESH_E_BUDGET, -7);
CONSTANT(MESH_E_AGAIN, -8);
CONSTANT(MESH_E_NOT_FOUND, -9);
CONSTANT(MESH_E_EXISTS, -10);
CONSTANT(MESH_E_TIMEOUT, -11);
CONSTANT(MESH_E_CLOSED, -12);
CONSTANT(MESH_E_TOO_LARGE, -13);
CONSTANT(MESH_E_CONFIG, -14);
CONSTANT(MESH_E_IO, -15);
CONSTANT(MESH_E_NOMEM, -16);
CONSTANT(MESH_E_INTERNAL, -17);
CONSTANT(MESH_E_PANIC, -18);
CONSTANT(MESH_E_PLUGIN_BASE, -10000);
CONSTANT(MESH_T_NONE, 0);
CONSTANT(MESH_T_BOOL, 1);
CONSTANT(MESH_T_I64, 2);
CONSTANT(MESH_T_U64, 3);
CONSTANT(MESH_T_F64, 4);
CONSTANT(MESH_T_STR, 5);
CONSTANT(MESH_T_BYTES, 6);
CONSTANT(MESH_EV_POSTED, 1);
CONSTANT(MESH_EV_HANDOFF_ABORTED, 2);
CONSTANT(MESH_ROLE_SINGLETON, 1);
CONSTANT(MESH_ROLE_NO_INPROC, 2);
CONSTANT(MESH_ROLE_NO_SANDBOX, 4);
CONSTANT(MESH_CFG_ARRAY, 16);
CONSTANT(MESH_CFG_TABLE, 17);
CONSTANT(MESH_CFG_REQUIRED, 1);
CONSTANT(MESH_CFG_SECRET, 2);
CONSTANT(MESH_CFG_RELOAD, 4);
CONSTANT(MESH_CFG_DEPRECATED, 8);
CONSTANT(MESH_LOG_TRACE, 1);
CONSTANT(MESH_LOG_DEBUG, 5);
CONSTANT(MESH_LOG_INFO, 9);
CONSTANT(MESH_LOG_WARN, 13);
CONSTANT(MESH_LOG_ERROR, 17);
CONSTANT(MESH_CFG_CURRENT, 0);
CONSTANT(MESH_CFG_CANDIDATE, 1);
CONSTANT(MESH_CFG_JSON, 1);
CONSTANT(MESH_CFG_TOML, 2);
CONSTANT(MESH_EV_TIMER, 196609);
CONSTANT(MESH_PEER_UP, 1);
CONSTANT(MESH_PEER_DOWN, 2);
CONSTANT(MESH_PEER_CHANGED, 3);
CONSTANT(MESH_PEER_DRAINING, 4);
CONSTANT(MESH_PEER_SUSPECT, 5);
CONSTANT(MESH_EV_PEER, 262145);
CONSTANT(MESH_DIGEST_GAUGE, 0);
CONSTANT(MESH_DIGEST_COUNTER, 1);
CONSTANT(MESH_DIGEST_LABEL, 2);
CONSTANT(MESH_DIGEST_LOCAL_ONLY, 1);
CONSTANT(MESH_DIGEST_STICKY, 2);
CONSTANT(MESH_EV_DIGEST, 327681);
CONSTANT(MESH_LAG_DROP_OLDEST, 0);
CONSTANT(MESH_LAG_DROP_NEWEST, 1);
CONSTANT(MESH_LAG_CLOSE, 2);
CONSTANT(MESH_PUB_NEIGHBORS, 1);
CONSTANT(MESH_PUB_LOOPBACK, 2);
CONSTANT(MESH_EV_GOSSIP, 393217);
CONSTANT(MESH_EV_GOSSIP_LAGGED, 393218);
CONSTANT(MESH_EV_GOSSIP_WRITABLE, 393219);
CONSTANT(MESH_EV_MESSAGE, 458753);
CONSTANT(MESH_EV_REPLY, 458754);
CONSTANT(MESH_STREAM_BIDI, 0);
CONSTANT(MESH_STREAM_UNI, 1);
CONSTANT(MESH_STREAM_FIN, 1);
CONSTANT(MESH_EV_CONN_IN, 524289);
CONSTANT(MESH_EV_CONN_UP, 524290);
CONSTANT(MESH_EV_CONN_DOWN, 524291);
CONSTANT(MESH_EV_STREAM_IN, 524292);
CONSTANT(MESH_EV_STREAM_READABLE, 524293);
CONSTANT(MESH_EV_STREAM_WRITABLE, 524294);
CONSTANT(MESH_EV_STREAM_RESET, 524295);
CONSTANT(MESH_METRIC_COUNTER, 1);
CONSTANT(MESH_METRIC_UPDOWN, 2);
CONSTANT(MESH_METRIC_GAUGE, 3);
CONSTANT(MESH_METRIC_HISTOGRAM, 4);
CONSTANT(MESH_EV_STATE_COMMITTED, 720897);
CONSTANT(MESH_EV_WORK_DONE, 786433);
CONSTANT(MESH_FD_READ, 1);
CONSTANT(MESH_FD_WRITE, 2);
CONSTANT(MESH_FD_ERROR, 4);
CONSTANT(MESH_EV_FD, 851969);
CONSTANT(MESH_HEALTH_OK, 0);
CONSTANT(MESH_HEALTH_DEGRADED, 1);
CONSTANT(MESH_HEALTH_UNHEALTHY, 2);
CONSTANT(MESH_ABI_MAJOR, 1);
CONSTANT(MESH_PLUGIN_MAGIC, 826823501);
CONSTANT(MESH_NOTE_TYPE, 1);

ID(MESH_EXT_LOG, "mesh.log/1");
ID(MESH_EXT_CONFIG, "mesh.config/1");
ID(MESH_EXT_TIMER, "mesh.timer/1");
ID(MESH_EXT_PEERS, "mesh.peers/1");
ID(MESH_EXT_DIGEST, "mesh.digest/1");
ID(MESH_EXT_GOSSIP, "mesh.gossip/1");
ID(MESH_EXT_MESSAGE, "mesh.message/1");
ID(MESH_EXT_STREAM, "mesh.stream/1");
ID(MESH_EXT_METRICS, "mesh.metrics/1");
ID(MESH_EXT_TRACE, "mesh.trace/1");
ID(MESH_EXT_STATE, "mesh.state/1");
ID(MESH_EXT_WORKER, "mesh.worker/1");
ID(MESH_EXT_FD, "mesh.fd/1");
ID(MESH_EXT_HEALTH, "mesh.health/1");
ID(MESH_EXT_IDENTITY, "mesh.identity/1");
ID(MESH_PLUGIN_EXT_CONFIG, "mesh.plugin.config/1");
ID(MESH_PLUGIN_EXT_HANDOFF, "mesh.plugin.handoff/1");
ID(MESH_PLUGIN_EXT_WORKER, "mesh.plugin.worker/1");
ID(MESH_PLUGIN_EXT_COMMAND, "mesh.plugin.command/1");
/* The entry function and the ELF note: the same in every major. */
MESH_ASSERT(IS(&mesh_plugin_entry, const mesh_plugin *(*)(uint32_t) MESH_NOEXCEPT), "mesh_plugin_entry changed");
MESH_PLUGIN_NOTE("role=frozen\n");
#define NOTE_AT(f)          offsetof(__typeof__(mesh_plugin_note_), f)
MESH_ASSERT(NOTE_AT(namesz) == 0 && NOTE_AT(descsz) == 4 && NOTE_AT(type) == 8, "the note's header changed");
MESH_ASSERT(NOTE_AT(name) == 12 && NOTE_AT(magic) == 20 && NOTE_AT(major) == 24, "the note changed");
MESH_ASSERT(NOTE_AT(built) == 26 && NOTE_AT(min) == 28 && NOTE_AT(text) == 32, "the note changed");
