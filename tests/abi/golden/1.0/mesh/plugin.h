/* SPDX-License-Identifier: Apache-2.0 */
/* The columns are part of the documentation. */
/* clang-format off */
/* mesh/plugin.h - the meshhost plugin ABI, version 1.0.                               C11 / C++17 / bindgen
 *
 * THE CONTRACT IN TWELVE LINES
 *  1. A plugin is an ELF shared object that exports ONE function: mesh_plugin_entry().
 *  2. It also carries an ELF note (MESH_PLUGIN_NOTE), so the host can refuse it without running its code.
 *  3. abi_major must match exactly. A plugin loads when its abi_minor_min <= the host's minor.
 *  4. Everything beyond create/start/stop/destroy/on_event is an extension: get_extension("mesh.<name>/<rev>").
 *  5. Every growable struct starts with struct_size; fields are only ever appended; readers use MESH_HAS().
 *     Structs marked FROZEN never change in this major (they are array elements or passed by value).
 *  6. One strand per instance: the host never runs two callbacks of an instance at once. The OS thread may
 *     differ from call to call, so thread_local state is not instance state. Do not block; use mesh.worker/1
 *     or a thread.
 *  7. Host functions are tagged [strand] (call only from inside a callback) or [any] (thread-safe).
 *  8. The host keeps NO plugin function pointer except those in the mesh_role table and plugin extensions.
 *     Asynchronous results arrive as events through on_event(), carrying the tag you chose.
 *  9. No memory changes owner. Views (mesh_str, mesh_bytes) are borrowed until the callee returns - in both
 *     directions - unless a comment says otherwise. A view that a host call fills in lives until the current
 *     callback returns. Nobody frees what somebody else allocated.
 * 10. Long-lived things are 64-bit handles, never pointers; a stale handle is MESH_E_HANDLE, not a crash.
 * 11. Errors are mesh_status codes plus a message: set_error() towards the host, last_error() towards the
 *     plugin.
 * 12. Nothing may unwind across a call: no C++ exception, no Rust panic, no longjmp. Not exit(), abort(),
 *     fork(), signal(), setlocale(), chdir(), umask(), setenv() either - the process belongs to the host.
 */
#ifndef MESH_PLUGIN_H
#define MESH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESH_ABI_MAJOR 1
#define MESH_ABI_MINOR 0
#define MESH_ABI_VERSION ((uint32_t)MESH_ABI_MAJOR << 16 | MESH_ABI_MINOR)

/* The oldest host minor this plugin agrees to run on. Lower it (before including this header) when you test
 * every newer table entry with MESH_HAS(); by default a plugin asks for the minor it was compiled with. */
#ifndef MESH_ABI_MINOR_MIN
#define MESH_ABI_MINOR_MIN MESH_ABI_MINOR
#endif

#define MESH_PLUGIN_MAGIC UINT32_C(0x3148534D) /* "MSH1" in memory, little endian */

/* In C++17 noexcept is part of a function's type: a callback not declared noexcept does not compile. */
#ifdef __cplusplus
#define MESH_BEGIN extern "C" {
#define MESH_END }
#define MESH_NOEXCEPT noexcept
#else
#define MESH_BEGIN
#define MESH_END
#define MESH_NOEXCEPT
#endif
#define MESH_EXPORT __attribute__((visibility("default")))

/* Is `field` present in the table/struct `p` points to?  if (MESH_HAS(g, mesh_gossip_v1, publish)) ... */
#define MESH_HAS(p, type, field) \
  ((p) != NULL && (p)->struct_size >= offsetof(type, field) + sizeof(((type *)0)->field))

MESH_BEGIN

/* ============================================================================================= BASE TYPES */

typedef int32_t  mesh_status; /* >= 0 success, < 0 failure */
typedef uint64_t mesh_handle; /* 0 = none; host-issued; valid in the issuing instance only */
typedef int64_t  mesh_ns;     /* nanoseconds; monotonic unless a name says wall */

enum {
  MESH_OK            = 0,
  MESH_PENDING       = 1,   /* accepted; completion arrives as an event */
  MESH_E_INVALID     = -1,  /* bad argument */
  MESH_E_STATE       = -2,  /* not allowed in this lifecycle state */
  MESH_E_THREAD      = -3,  /* called off the strand */
  MESH_E_HANDLE      = -4,  /* stale, closed or foreign handle */
  MESH_E_UNSUPPORTED = -5,  /* table entry or option not offered by this host */
  MESH_E_DENIED      = -6,  /* permission not granted by the operator */
  MESH_E_BUDGET      = -7,  /* granted budget exhausted */
  MESH_E_AGAIN       = -8,  /* queue full: wait for the matching *_WRITABLE event, or for the next callback */
  MESH_E_NOT_FOUND   = -9,
  MESH_E_EXISTS      = -10,
  MESH_E_TIMEOUT     = -11,
  MESH_E_CLOSED      = -12,
  MESH_E_TOO_LARGE   = -13,
  MESH_E_CONFIG      = -14, /* operator configuration is wrong: do not retry */
  MESH_E_IO          = -15,
  MESH_E_NOMEM       = -16,
  MESH_E_INTERNAL    = -17,
  MESH_E_PANIC       = -18, /* a language wrapper stopped an exception/panic at the boundary */
  MESH_E_PLUGIN_BASE = -10000 /* codes at or below this one belong to the plugin */
};

typedef struct mesh_str     { const char *ptr; size_t len; } mesh_str;      /* FROZEN; UTF-8; not NUL-terminated */
typedef struct mesh_bytes   { const uint8_t *ptr; size_t len; } mesh_bytes; /* FROZEN */
typedef struct mesh_node_id { uint8_t b[32]; } mesh_node_id;                /* FROZEN; the node's public key */

enum {
  MESH_T_NONE = 0, MESH_T_BOOL = 1, MESH_T_I64 = 2, MESH_T_U64 = 3, MESH_T_F64 = 4, MESH_T_STR = 5, MESH_T_BYTES = 6
};
typedef struct mesh_value { /* FROZEN, 24 bytes */
  uint32_t type;            /* MESH_T_* */
  uint32_t reserved;        /* 0 */
  union { uint64_t b; int64_t i64; uint64_t u64; double f64; mesh_str str; mesh_bytes bytes; } as;
} mesh_value;
typedef struct mesh_attr { mesh_str key; mesh_value value; } mesh_attr;     /* FROZEN, 40 bytes */

typedef struct mesh_instance mesh_instance; /* opaque, plugin-owned: one running role */
typedef struct mesh_host     mesh_host;
typedef struct mesh_role     mesh_role;

/* ================================================================================================= EVENTS
 * Every event starts with this header. `kind` is (extension number << 16 | event number). A host sends a kind
 * only to an instance that fetched the extension which defines it; an instance ignores kinds it does not know. */
typedef struct mesh_event {
  uint32_t    struct_size; /* of the whole derived event */
  uint32_t    kind;
  uint64_t    tag;         /* the tag given when the thing was created */
  mesh_handle handle;      /* the thing itself: timer, subscription, stream, operation ... */
  mesh_ns     queued_ns;   /* when the host queued it: now - queued_ns is the strand's lag */
} mesh_event;

#define MESH_EV(ext, n) ((uint32_t)(ext) << 16 | (uint32_t)(n))
enum { MESH_EV_POSTED = MESH_EV(0, 1), MESH_EV_HANDOFF_ABORTED = MESH_EV(0, 2) };
typedef struct mesh_ev_posted { mesh_event h; void *ptr; } mesh_ev_posted;

/* ==================================================================================== WHAT A PLUGIN GIVES
 *
 *   create --> CREATED --start--> RUNNING --drain--> DRAINING --stop--> STOPPED --destroy--> (gone)
 *                 |                  |                   |                 |
 *                 |                  +------stop---------+------>          +--start--> RUNNING  (handoff rollback)
 *                 +--destroy               any --(error, panic, watchdog)--> FAILED --stop?--destroy
 *
 * create   May read config, fetch extensions, declare the digest, log. No network, no threads, no blocking, no
 *          outside effect: it also runs in the probe process before every load, with a scratch state directory.
 * start    Listen, subscribe, arm timers. MESH_OK, or MESH_PENDING followed by host->started(). Default limit
 *          10 s.
 * drain    Take no new work, finish what is in flight, then call host->drained(). The host has already stopped
 *          routing new connections to the instance and marked it draining in the digest. At the deadline stop
 *          follows anyway.
 * stop     Join your threads, drop everything. When it returns, the host cancels every handle the instance
 *          still holds (a handoff parks them for the new code instead) and makes no call into it except start
 *          or destroy. Also called after a start that failed.
 * destroy  Free memory. Only called in CREATED, STOPPED or FAILED. */
struct mesh_role {
  uint32_t    struct_size;
  uint32_t    flags;    /* MESH_ROLE_* */
  const char *role;     /* [a-z][a-z0-9_-]{0,31}; just a string to the substrate */
  const char *version;  /* semver of the role */
  const char *vendor;
  const char *summary;  /* one line */
  const char *license;  /* SPDX */
  const char *homepage;
  /* The next four are NULL-terminated lists, or NULL. (`requires` is a C++20 keyword, hence `needs`.) */
  const char *const *needs;        /* host extension ids; the role is refused when one is missing */
  const char *const *wants;        /* host extension ids; used when present */
  const char *const *permissions;  /* "alpn:mesh-compute/1", "gossip:pub:jobs/#", "net:out" ... */
  const char *const *capabilities; /* advertised to peers in the digest: "job.v1", "gpu" ... */
  const struct mesh_config_key *const *config; /* NULL-terminated schema, for --check, --describe and defaults */
  const struct mesh_budget *budget; /* what the role expects to use; the operator's TOML has the last word */

  mesh_status (*create)(const mesh_role *role, const mesh_host *host, mesh_instance **out) MESH_NOEXCEPT;
  mesh_status (*start)(mesh_instance *self) MESH_NOEXCEPT;
  mesh_status (*drain)(mesh_instance *self, mesh_ns deadline) MESH_NOEXCEPT; /* may be NULL: drained at once */
  mesh_status (*stop)(mesh_instance *self) MESH_NOEXCEPT;
  void        (*destroy)(mesh_instance *self) MESH_NOEXCEPT;
  mesh_status (*on_event)(mesh_instance *self, const mesh_event *ev) MESH_NOEXCEPT;
  const void *(*get_extension)(mesh_instance *self, const char *id) MESH_NOEXCEPT; /* [any]; may be NULL */
};
enum {
  MESH_ROLE_SINGLETON  = 1u << 0, /* at most one instance per host */
  MESH_ROLE_NO_INPROC  = 1u << 1, /* author asks for a process of its own */
  MESH_ROLE_NO_SANDBOX = 1u << 2  /* author states it cannot run out of process */
};

typedef struct mesh_budget { /* 0 = undeclared, in every field */
  uint32_t struct_size;
  uint32_t cpu_millicores;
  uint64_t rss_bytes;
  uint64_t state_bytes;
  uint32_t max_callback_us; /* the longest a callback expects to hold the strand */
  uint32_t threads;         /* threads the plugin creates itself */
  uint32_t digest_bytes;    /* encoded, all keys */
  uint32_t gossip_bytes_per_s;
  uint32_t streams;
  uint32_t timers;
} mesh_budget;

typedef struct mesh_config_key {
  uint32_t    struct_size;
  uint32_t    type;     /* MESH_T_*, MESH_CFG_ARRAY or MESH_CFG_TABLE */
  uint32_t    flags;    /* MESH_CFG_REQUIRED ... */
  uint32_t    reserved; /* 0 */
  const char *path;     /* dotted, below [plugin.<instance>.config] */
  const char *fallback; /* a TOML literal, or NULL */
  const char *rule;     /* "1..65535", "oneof:a|b|c", "len:1..64", or NULL */
  const char *doc;
} mesh_config_key;
enum { MESH_CFG_ARRAY = 16, MESH_CFG_TABLE = 17 };
enum {
  MESH_CFG_REQUIRED   = 1u << 0,
  MESH_CFG_SECRET     = 1u << 1, /* its value appears in no message */
  MESH_CFG_RELOAD     = 1u << 2, /* may change while the role runs */
  MESH_CFG_DEPRECATED = 1u << 3
};

typedef struct mesh_plugin {
  /* The first 16 bytes are the same in every major, for ever. */
  uint32_t magic;      /* MESH_PLUGIN_MAGIC */
  uint32_t struct_size;
  uint16_t abi_major, abi_minor_built, abi_minor_min, reserved;
  uint32_t role_count;
  uint32_t flags;
  const mesh_role *const *roles;
  const char *sdk;     /* "c 1.0.0", "cpp 1.0.0", "rust 0.3.1": for diagnostics only */
} mesh_plugin;

/* The one exported symbol. host_abi is the host's MESH_ABI_VERSION: one binary may serve several majors by
 * returning a different table for each. Return NULL to decline. Must not allocate, log, spawn or touch the file
 * system. [any] */
#ifndef MESH_NO_ENTRY_PROTOTYPE /* cgo cannot spell const and declares its own */
MESH_EXPORT const mesh_plugin *mesh_plugin_entry(uint32_t host_abi) MESH_NOEXCEPT;
#endif

/* The ELF note "MESH", type 1: read by the host, by `meshhost --check` and by packagers without dlopen. The text
 * is lines of key=value: role, version, vendor, sdk. */
#define MESH_NOTE_TYPE 1u
#define MESH_PLUGIN_NOTE(text_)                                                                             \
  __attribute__((section(".note.mesh.plugin"), used, aligned(4))) static const struct {                     \
    uint32_t namesz, descsz, type;                                                                          \
    char     name[8];                                                                                       \
    uint32_t magic;                                                                                         \
    uint16_t major, built, min, reserved;                                                                   \
    char     text[(sizeof(text_) + 3) & ~3u];                                                               \
  } mesh_plugin_note_ = {5, 12 + ((sizeof(text_) + 3) & ~3u), MESH_NOTE_TYPE, "MESH",                       \
                         MESH_PLUGIN_MAGIC, MESH_ABI_MAJOR, MESH_ABI_MINOR, MESH_ABI_MINOR_MIN, 0, text_}

/* ====================================================================================== WHAT A HOST GIVES
 * One mesh_host per instance, valid from create until destroy returns. */
struct mesh_host {
  uint32_t    struct_size;
  uint16_t    abi_major, abi_minor;
  void       *impl;     /* the host's; do not look inside */
  const char *product;  /* "meshhost" */
  const char *version;  /* "1.4.2": for logs. Never branch on it; use MESH_HAS and get_extension. */
  const char *instance; /* "compute-0" */

  /* [any] NULL if absent */
  const void *(*get_extension)(const mesh_host *h, const char *id) MESH_NOEXCEPT;
  /* [any] returns code */
  mesh_status (*set_error)(const mesh_host *h, mesh_status code, mesh_str msg) MESH_NOEXCEPT;
  /* [any] why this thread's latest host call failed; until its next host call */
  mesh_str    (*last_error)(const mesh_host *h) MESH_NOEXCEPT;
  /* [any] -> MESH_EV_POSTED on the strand, unless stop comes first: then the event is dropped */
  mesh_status (*post)(const mesh_host *h, uint64_t tag, void *ptr) MESH_NOEXCEPT;
  /* [any] */
  bool        (*on_strand)(const mesh_host *h) MESH_NOEXCEPT;
  /* [any] monotonic; virtual in the test host */
  mesh_ns     (*now)(const mesh_host *h) MESH_NOEXCEPT;
  /* [any] Unix epoch; virtual in the test host */
  mesh_ns     (*wall)(const mesh_host *h) MESH_NOEXCEPT;
  /* [any] ends a PENDING start */
  void        (*started)(const mesh_host *h, mesh_status result) MESH_NOEXCEPT;
  /* [any] */
  void        (*drained)(const mesh_host *h) MESH_NOEXCEPT;
  /* [any] "stop and restart me" */
  void        (*fatal)(const mesh_host *h, mesh_status code, mesh_str msg) MESH_NOEXCEPT;
};

/* =============================================================================== HOST EXTENSIONS (tables)
 * Rules for every table: immutable while the instance lives; starts with struct_size; entries are appended,
 * never changed; another meaning or signature means a new id ("/2") served beside the old one. The first
 * argument is always the mesh_host that returned the table. */

/* --- mesh.log/1 (ext 1) ------------------------------------------------------------------------------- */
#define MESH_EXT_LOG "mesh.log/1"
enum { MESH_LOG_TRACE = 1, MESH_LOG_DEBUG = 5, MESH_LOG_INFO = 9, MESH_LOG_WARN = 13, MESH_LOG_ERROR = 17 }; /* OTel */
typedef struct mesh_log_v1 {
  uint32_t struct_size;
  /* [any] lowest level that is recorded */
  int32_t (*level)(const mesh_host *h) MESH_NOEXCEPT;
  /* [any] role, instance and span are added */
  void (*write)(const mesh_host *h, int32_t level, mesh_str msg, const mesh_attr *attrs, size_t n,
                const char *file, uint32_t line) MESH_NOEXCEPT;
} mesh_log_v1;

/* --- mesh.config/1 (ext 2): [plugin.<instance>.config], checked against the role's schema, defaults filled in
 * Views live until the next accepted reload or destroy. All [strand]. */
#define MESH_EXT_CONFIG "mesh.config/1"
enum { MESH_CFG_CURRENT = 0, MESH_CFG_CANDIDATE = 1 /* inside mesh.plugin.config/1 only */ };
enum { MESH_CFG_JSON = 1, MESH_CFG_TOML = 2 };
typedef struct mesh_config_v1 {
  uint32_t struct_size;
  mesh_status (*get)(const mesh_host *h, uint32_t which, mesh_str path, mesh_value *out) MESH_NOEXCEPT; /* "a.b[2].c" */
  mesh_status (*count)(const mesh_host *h, uint32_t which, mesh_str path, size_t *out) MESH_NOEXCEPT; /* array, table */
  mesh_status (*key_at)(const mesh_host *h, uint32_t which, mesh_str table, size_t i, mesh_str *out) MESH_NOEXCEPT;
  mesh_status (*text)(const mesh_host *h, uint32_t which, uint32_t format, mesh_str *out) MESH_NOEXCEPT;
} mesh_config_v1;

/* --- mesh.timer/1 (ext 3). All [strand]. ---------------------------------------------------------------- */
#define MESH_EXT_TIMER "mesh.timer/1"
typedef struct mesh_timer_v1 {
  uint32_t struct_size;
  /* period 0 = one shot. name shows up in leak reports and metrics. */
  mesh_status (*start)(const mesh_host *h, mesh_str name, mesh_ns first, mesh_ns period, uint64_t tag,
                       mesh_handle *out) MESH_NOEXCEPT;
  /* No event arrives after it returns. */
  mesh_status (*cancel)(const mesh_host *h, mesh_handle t) MESH_NOEXCEPT;
} mesh_timer_v1;
enum { MESH_EV_TIMER = MESH_EV(3, 1) };
typedef struct mesh_ev_timer { mesh_event h; uint64_t missed; /* periods coalesced: the strand was late */ } mesh_ev_timer;

/* --- mesh.peers/1 (ext 4) ------------------------------------------------------------------------------- */
#define MESH_EXT_PEERS "mesh.peers/1"
enum { MESH_PEER_UP = 1, MESH_PEER_DOWN = 2, MESH_PEER_CHANGED = 3, MESH_PEER_DRAINING = 4, MESH_PEER_SUSPECT = 5 };
typedef struct mesh_peer {  /* the caller sets struct_size, the host fills no more than that */
  uint32_t     struct_size;
  uint32_t     state;       /* MESH_PEER_*: in an event what happened; else UP, DRAINING or SUSPECT */
  mesh_node_id id;
  mesh_str     roles;       /* "broker,gateway" */
  mesh_ns      rtt;         /* -1 unknown */
  mesh_ns      since;       /* in this state since */
  uint32_t     path;        /* 0 unknown, 1 direct, 2 relayed */
  uint32_t     reserved;
} mesh_peer;
typedef struct mesh_peers_v1 {
  uint32_t struct_size;
  /* [any] */
  mesh_status (*self)(const mesh_host *h, mesh_peer *out) MESH_NOEXCEPT;
  /* [strand] cursor 0 = first; NOT_FOUND at the end */
  mesh_status (*next)(const mesh_host *h, uint64_t *cursor, mesh_peer *out) MESH_NOEXCEPT;
  /* [strand] */
  mesh_status (*find)(const mesh_host *h, mesh_node_id id, mesh_peer *out) MESH_NOEXCEPT;
  /* [strand] replays UP for known peers; an empty filter watches every peer */
  mesh_status (*watch)(const mesh_host *h, mesh_str role_filter, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT;
  /* [strand] */
  mesh_status (*unwatch)(const mesh_host *h, mesh_handle w) MESH_NOEXCEPT;
} mesh_peers_v1;
enum { MESH_EV_PEER = MESH_EV(4, 1) };
typedef struct mesh_ev_peer { mesh_event h; const mesh_peer *peer; mesh_str reason; } mesh_ev_peer;

/* --- mesh.digest/1 (ext 5): the role's line in the node digest --------------------------------------------
 * Keys are declared once, in create; the schema id is a hash over (role, key, type, unit) and travels with the
 * digest, so a reader knows what it is looking at and fetches an unknown schema once, over a stream. set() writes
 * to a local copy; the host gossips only the keys whose value changed since the last round, with a per-key version,
 * last writer wins. The encoded size of all keys is limited: declare() fails when the worst case exceeds the
 * granted digest_bytes; a string longer than its max_len is MESH_E_TOO_LARGE. min_interval caps how often one key
 * may be re-gossiped. */
#define MESH_EXT_DIGEST "mesh.digest/1"
enum { MESH_DIGEST_GAUGE = 0, MESH_DIGEST_COUNTER = 1, MESH_DIGEST_LABEL = 2 };
enum {
  MESH_DIGEST_LOCAL_ONLY = 1u << 0, /* telemetry yes, gossip no */
  MESH_DIGEST_STICKY     = 1u << 1  /* survives a handoff */
};
typedef struct mesh_digest_key { /* FROZEN, 48 bytes */
  const char *name;         /* [a-z0-9_.]{1,32}; shown as "<role>.<name>" */
  const char *unit;         /* UCUM or NULL */
  uint32_t    type;         /* MESH_T_* */
  uint32_t    kind;         /* MESH_DIGEST_GAUGE ... */
  uint32_t    max_len;      /* STR/BYTES */
  uint32_t    flags;        /* MESH_DIGEST_LOCAL_ONLY ... */
  mesh_ns     min_interval; /* 0 = every round */
  double      epsilon;      /* F64: smaller changes are not gossiped */
} mesh_digest_key;
typedef struct mesh_digest_v1 {
  uint32_t struct_size;
  /* [strand] create only */
  mesh_status (*declare)(const mesh_host *h, const mesh_digest_key *keys, size_t n) MESH_NOEXCEPT;
  /* [any] index into keys */
  mesh_status (*set)(const mesh_host *h, uint32_t key, const mesh_value *v) MESH_NOEXCEPT;
  /* [any] gossips a tombstone */
  mesh_status (*clear)(const mesh_host *h, uint32_t key) MESH_NOEXCEPT;
  /* [strand] */
  mesh_status (*get)(const mesh_host *h, mesh_node_id node, mesh_str role, mesh_str key, mesh_value *out,
                     mesh_ns *age) MESH_NOEXCEPT;
  /* [strand] an empty role watches every role; in the glob * stands for any text and ? for one character;
   * replays the known values */
  mesh_status (*watch)(const mesh_host *h, mesh_str role, mesh_str key_glob, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT;
  /* [strand] */
  mesh_status (*unwatch)(const mesh_host *h, mesh_handle w) MESH_NOEXCEPT;
} mesh_digest_v1;
enum { MESH_EV_DIGEST = MESH_EV(5, 1) };
typedef struct mesh_ev_digest {
  mesh_event   h;
  mesh_node_id node;
  mesh_str     role, key;
  mesh_value   value; /* NONE = cleared */
  uint64_t     version;
} mesh_ev_digest;

/* --- mesh.gossip/1 (ext 6) ------------------------------------------------------------------------------ */
#define MESH_EXT_GOSSIP "mesh.gossip/1"
enum { MESH_LAG_DROP_OLDEST = 0, MESH_LAG_DROP_NEWEST = 1, MESH_LAG_CLOSE = 2 };
enum { MESH_PUB_NEIGHBORS = 1u << 0, MESH_PUB_LOOPBACK = 1u << 1 };
typedef struct mesh_gossip_opts {
  uint32_t struct_size;
  uint32_t queue_msgs;
  uint64_t queue_bytes;
  uint32_t lag_policy, reserved;
} mesh_gossip_opts;
typedef struct mesh_gossip_v1 {
  uint32_t struct_size;
  /* [any] */
  mesh_status (*limits)(const mesh_host *h, uint32_t *max_msg, uint32_t *max_topic) MESH_NOEXCEPT;
  /* [strand] o may be NULL */
  mesh_status (*subscribe)(const mesh_host *h, mesh_str topic, const mesh_gossip_opts *o, uint64_t tag,
                           mesh_handle *out) MESH_NOEXCEPT;
  /* [strand] */
  mesh_status (*unsubscribe)(const mesh_host *h, mesh_handle sub) MESH_NOEXCEPT;
  /* [any] Copies. MESH_E_AGAIN when the send queue is full; MESH_EV_GOSSIP_WRITABLE follows when there is room. */
  mesh_status (*publish)(const mesh_host *h, mesh_str topic, mesh_bytes body, uint32_t flags) MESH_NOEXCEPT;
} mesh_gossip_v1;
enum { MESH_EV_GOSSIP = MESH_EV(6, 1), MESH_EV_GOSSIP_LAGGED = MESH_EV(6, 2), MESH_EV_GOSSIP_WRITABLE = MESH_EV(6, 3) };
typedef struct mesh_ev_gossip {
  mesh_event   h;
  mesh_str     topic;
  mesh_bytes   body;
  mesh_node_id author, via;
  uint64_t     seq;
  uint32_t     hops, flags;
} mesh_ev_gossip;
typedef struct mesh_ev_gossip_lagged { mesh_event h; uint64_t dropped_msgs, dropped_bytes; } mesh_ev_gossip_lagged;

/* --- mesh.message/1 (ext 7): small datagram-like messages and request/reply to one node, by port name --- */
#define MESH_EXT_MESSAGE "mesh.message/1"
typedef struct mesh_message_v1 {
  uint32_t struct_size;
  /* [strand] */
  mesh_status (*serve)(const mesh_host *h, mesh_str port, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT;
  /* [strand] */
  mesh_status (*unserve)(const mesh_host *h, mesh_handle s) MESH_NOEXCEPT;
  /* [any] best effort */
  mesh_status (*send)(const mesh_host *h, mesh_node_id to, mesh_str port, mesh_bytes body) MESH_NOEXCEPT;
  /* [any] -> MESH_EV_REPLY, always exactly one */
  mesh_status (*request)(const mesh_host *h, mesh_node_id to, mesh_str port, mesh_bytes body, mesh_ns timeout,
                         uint64_t tag, mesh_handle *op) MESH_NOEXCEPT;
  /* [any] once */
  mesh_status (*reply)(const mesh_host *h, mesh_handle request, mesh_status code, mesh_bytes body) MESH_NOEXCEPT;
  /* [any] */
  mesh_status (*cancel)(const mesh_host *h, mesh_handle op) MESH_NOEXCEPT;
} mesh_message_v1;
enum { MESH_EV_MESSAGE = MESH_EV(7, 1), MESH_EV_REPLY = MESH_EV(7, 2) };
typedef struct mesh_ev_message {
  mesh_event   h;
  mesh_node_id from;
  mesh_str     port;
  mesh_bytes   body;
  mesh_handle  request; /* 0 = no reply expected */
} mesh_ev_message;
typedef struct mesh_ev_reply { mesh_event h; mesh_status status; uint32_t reserved; mesh_bytes body; } mesh_ev_reply;

/* --- mesh.stream/1 (ext 8): plugin-declared ALPN protocols over the node's one QUIC endpoint. All [strand].
 * Reading is pull: READABLE is an edge, read() copies into the plugin's buffer until AGAIN - a plugin that stops
 * reading stops the sender. Writing is credit: write() takes what fits, WRITABLE follows when it took less. */
#define MESH_EXT_STREAM "mesh.stream/1"
enum { MESH_STREAM_BIDI = 0, MESH_STREAM_UNI = 1 };
enum { MESH_STREAM_FIN = 1u << 0 };
typedef struct mesh_listen_opts {
  uint32_t struct_size;
  uint32_t max_conns, max_streams_per_conn, flags;
  uint64_t recv_window;
} mesh_listen_opts;
typedef struct mesh_stream_v1 {
  uint32_t struct_size;
  /* needs "alpn:<name>" */
  mesh_status (*listen)(const mesh_host *h, mesh_bytes alpn, const mesh_listen_opts *o, uint64_t tag,
                        mesh_handle *out) MESH_NOEXCEPT;
  mesh_status (*unlisten)(const mesh_host *h, mesh_handle l) MESH_NOEXCEPT;
  /* answer MESH_EV_CONN_IN */
  mesh_status (*accept)(const mesh_host *h, mesh_handle conn, uint64_t tag) MESH_NOEXCEPT;
  mesh_status (*reject)(const mesh_host *h, mesh_handle conn, uint64_t code, mesh_str reason) MESH_NOEXCEPT;
  /* -> CONN_UP | CONN_DOWN */
  mesh_status (*connect)(const mesh_host *h, mesh_node_id to, mesh_bytes alpn, uint64_t tag,
                         mesh_handle *conn) MESH_NOEXCEPT;
  mesh_status (*close)(const mesh_host *h, mesh_handle conn, uint64_t code, mesh_str reason) MESH_NOEXCEPT;
  mesh_status (*open)(const mesh_host *h, mesh_handle conn, uint32_t kind, uint64_t tag, mesh_handle *stream) MESH_NOEXCEPT;
  /* AGAIN | OK (+FIN) */
  mesh_status (*read)(const mesh_host *h, mesh_handle s, uint8_t *buf, size_t cap, size_t *n, uint32_t *flags) MESH_NOEXCEPT;
  mesh_status (*write)(const mesh_host *h, mesh_handle s, mesh_bytes data, uint32_t flags, size_t *taken) MESH_NOEXCEPT;
  mesh_status (*reset)(const mesh_host *h, mesh_handle s, uint64_t code) MESH_NOEXCEPT; /* stop sending */
  mesh_status (*stop)(const mesh_host *h, mesh_handle s, uint64_t code) MESH_NOEXCEPT;  /* stop receiving */
  mesh_status (*set_tag)(const mesh_host *h, mesh_handle any, uint64_t tag) MESH_NOEXCEPT;
} mesh_stream_v1;
enum {
  MESH_EV_CONN_IN = MESH_EV(8, 1), MESH_EV_CONN_UP = MESH_EV(8, 2), MESH_EV_CONN_DOWN = MESH_EV(8, 3),
  MESH_EV_STREAM_IN = MESH_EV(8, 4), MESH_EV_STREAM_READABLE = MESH_EV(8, 5), MESH_EV_STREAM_WRITABLE = MESH_EV(8, 6),
  MESH_EV_STREAM_RESET = MESH_EV(8, 7)
};
typedef struct mesh_ev_conn { mesh_event h; mesh_node_id peer; mesh_bytes alpn; uint64_t code; mesh_str reason; } mesh_ev_conn;
typedef struct mesh_ev_stream { mesh_event h; mesh_handle conn; uint32_t kind, reserved; uint64_t code; } mesh_ev_stream;

/* --- mesh.metrics/1 (ext 9): instruments in the host's OTLP pipeline ------------------------------------ */
#define MESH_EXT_METRICS "mesh.metrics/1"
enum { MESH_METRIC_COUNTER = 1, MESH_METRIC_UPDOWN = 2, MESH_METRIC_GAUGE = 3, MESH_METRIC_HISTOGRAM = 4 };
typedef struct mesh_instrument {
  uint32_t      struct_size, kind;
  const char   *name, *unit, *doc;
  const double *bounds;
  size_t        bound_count;
} mesh_instrument;
typedef struct mesh_metrics_v1 {
  uint32_t struct_size;
  /* [any] same name = same handle */
  mesh_status (*create)(const mesh_host *h, const mesh_instrument *i, mesh_handle *out) MESH_NOEXCEPT;
  /* [any] wait-free; attribute sets are capped */
  void (*record)(const mesh_host *h, mesh_handle i, double v, const mesh_attr *attrs, size_t n) MESH_NOEXCEPT;
} mesh_metrics_v1;

/* --- mesh.trace/1 (ext 10) ------------------------------------------------------------------------------ */
#define MESH_EXT_TRACE "mesh.trace/1"
typedef struct mesh_span_context { /* FROZEN, 32 bytes; W3C */
  uint8_t trace_id[16], span_id[8];
  uint8_t flags, reserved[7];
} mesh_span_context;
typedef struct mesh_trace_v1 {
  uint32_t struct_size;
  /* [any] */
  mesh_status (*begin)(const mesh_host *h, mesh_str name, uint32_t kind, mesh_handle parent,
                       const mesh_span_context *remote, mesh_handle *span) MESH_NOEXCEPT;
  void        (*attrs)(const mesh_host *h, mesh_handle span, const mesh_attr *attrs, size_t n) MESH_NOEXCEPT;
  void        (*event)(const mesh_host *h, mesh_handle span, mesh_str name, const mesh_attr *attrs, size_t n) MESH_NOEXCEPT;
  void        (*end)(const mesh_host *h, mesh_handle span, mesh_status status, mesh_str msg) MESH_NOEXCEPT;
  mesh_status (*context)(const mesh_host *h, mesh_handle span, mesh_span_context *out) MESH_NOEXCEPT;
  /* [strand] the span of the event being delivered, or 0 */
  mesh_handle (*current)(const mesh_host *h) MESH_NOEXCEPT;
} mesh_trace_v1;

/* --- mesh.state/1 (ext 11): what survives a restart, a swap and an upgrade ------------------------------ */
#define MESH_EXT_STATE "mesh.state/1"
typedef struct mesh_state_v1 {
  uint32_t struct_size;
  /* [any] 0700, this instance's alone */
  mesh_status (*dir)(const mesh_host *h, mesh_str *path) MESH_NOEXCEPT;
  /* [strand] TOO_LARGE sets *len */
  mesh_status (*get)(const mesh_host *h, mesh_str key, uint8_t *buf, size_t cap, size_t *len) MESH_NOEXCEPT;
  /* [strand] staged */
  mesh_status (*put)(const mesh_host *h, mesh_str key, mesh_bytes value) MESH_NOEXCEPT;
  /* [strand] staged */
  mesh_status (*del)(const mesh_host *h, mesh_str key) MESH_NOEXCEPT;
  /* [strand] cursor 0 = first; NOT_FOUND at the end */
  mesh_status (*next)(const mesh_host *h, mesh_str prefix, uint64_t *cursor, mesh_str *key) MESH_NOEXCEPT;
  /* [strand] all staged writes or none, fsynced -> MESH_EV_STATE_COMMITTED */
  mesh_status (*commit)(const mesh_host *h, uint64_t tag, mesh_handle *op) MESH_NOEXCEPT;
} mesh_state_v1;
enum { MESH_EV_STATE_COMMITTED = MESH_EV(11, 1) };
typedef struct mesh_ev_done { mesh_event h; mesh_status status; uint32_t reserved; } mesh_ev_done;

/* --- mesh.worker/1 (ext 12): blocking or heavy work, off the strand. Runs mesh.plugin.worker/1.run() ----- */
#define MESH_EXT_WORKER "mesh.worker/1"
typedef struct mesh_worker_v1 {
  uint32_t struct_size;
  /* [any] AGAIN when the pool is full */
  mesh_status (*submit)(const mesh_host *h, uint64_t tag, void *job) MESH_NOEXCEPT;
} mesh_worker_v1;
enum { MESH_EV_WORK_DONE = MESH_EV(12, 1) };
typedef struct mesh_ev_work { mesh_event h; void *job; mesh_status status; uint32_t reserved; } mesh_ev_work;

/* --- mesh.fd/1 (ext 13): a bridge's own sockets in the host's reactor. All [strand]. ---------------------- */
#define MESH_EXT_FD "mesh.fd/1"
enum { MESH_FD_READ = 1u << 0, MESH_FD_WRITE = 1u << 1, MESH_FD_ERROR = 1u << 2 };
typedef struct mesh_fd_v1 {
  uint32_t struct_size;
  /* fd stays the plugin's */
  mesh_status (*watch)(const mesh_host *h, int32_t fd, uint32_t interest, uint64_t tag, mesh_handle *out) MESH_NOEXCEPT;
  mesh_status (*modify)(const mesh_host *h, mesh_handle w, uint32_t interest) MESH_NOEXCEPT;
  /* before close(fd) */
  mesh_status (*unwatch)(const mesh_host *h, mesh_handle w) MESH_NOEXCEPT;
} mesh_fd_v1;
enum { MESH_EV_FD = MESH_EV(13, 1) };
typedef struct mesh_ev_fd { mesh_event h; int32_t fd; uint32_t ready; } mesh_ev_fd;

/* --- mesh.health/1 (ext 14) ----------------------------------------------------------------------------- */
#define MESH_EXT_HEALTH "mesh.health/1"
enum { MESH_HEALTH_OK = 0, MESH_HEALTH_DEGRADED = 1, MESH_HEALTH_UNHEALTHY = 2 };
typedef struct mesh_health_v1 {
  uint32_t struct_size;
  /* [any] shown in digest, /healthz, meshctl */
  void (*set)(const mesh_host *h, uint32_t health, mesh_str reason) MESH_NOEXCEPT;
} mesh_health_v1;

/* --- mesh.identity/1 (ext 15): the node key signs, it is never handed out. All [any]. --------------------- */
#define MESH_EXT_IDENTITY "mesh.identity/1"
typedef struct mesh_identity_v1 {
  uint32_t struct_size;
  /* needs "identity:sign"; context is domain separation */
  mesh_status (*sign)(const mesh_host *h, mesh_str context, mesh_bytes msg, uint8_t sig[64]) MESH_NOEXCEPT;
  mesh_status (*verify)(const mesh_host *h, mesh_node_id by, mesh_str context, mesh_bytes msg,
                        const uint8_t sig[64]) MESH_NOEXCEPT;
} mesh_identity_v1;

/* =========================================================================== PLUGIN EXTENSIONS (optional) */

/* Live reload, in two steps over all plugins: all validate, then all apply. */
#define MESH_PLUGIN_EXT_CONFIG "mesh.plugin.config/1"
typedef struct mesh_plugin_config_v1 {
  uint32_t struct_size;
  /* [strand] look at MESH_CFG_CANDIDATE; change nothing */
  mesh_status (*validate)(mesh_instance *self) MESH_NOEXCEPT;
  /* [strand] the candidate has become current */
  void (*apply)(mesh_instance *self) MESH_NOEXCEPT;
} mesh_plugin_config_v1;

/* Hot swap: old.save -> new.restore; connections stay in the host. All [strand]. */
#define MESH_PLUGIN_EXT_HANDOFF "mesh.plugin.handoff/1"
typedef struct mesh_plugin_handoff_v1 {
  uint32_t struct_size;
  uint32_t format;     /* state format written by save() */
  uint32_t format_min; /* oldest format restore() understands */
  uint32_t reserved;
  mesh_status (*save)(mesh_instance *self, void *sink,
                      mesh_status (*put)(void *sink, mesh_bytes chunk) MESH_NOEXCEPT) MESH_NOEXCEPT;
  /* after create, before start */
  mesh_status (*restore)(mesh_instance *self, uint32_t format, mesh_bytes blob) MESH_NOEXCEPT;
  /* per live handle; error = close it */
  mesh_status (*adopt)(mesh_instance *self, mesh_handle handle, uint32_t kind, uint64_t old_tag,
                       uint64_t *new_tag) MESH_NOEXCEPT;
} mesh_plugin_handoff_v1;

#define MESH_PLUGIN_EXT_WORKER "mesh.plugin.worker/1"
typedef struct mesh_plugin_worker_v1 {
  uint32_t struct_size;
  /* [worker] concurrent with the strand */
  mesh_status (*run)(mesh_instance *self, uint64_t tag, void *job) MESH_NOEXCEPT;
} mesh_plugin_worker_v1;

/* meshctl plugin compute-0 <name> <json>. All [strand]. */
#define MESH_PLUGIN_EXT_COMMAND "mesh.plugin.command/1"
typedef struct mesh_plugin_command_v1 {
  uint32_t struct_size;
  /* [{name,doc,args}] */
  mesh_status (*list)(mesh_instance *self, mesh_str *json) MESH_NOEXCEPT;
  /* answer with mesh.message reply() */
  mesh_status (*run)(mesh_instance *self, mesh_str name, mesh_str json, mesh_handle reply) MESH_NOEXCEPT;
} mesh_plugin_command_v1;

MESH_END

/* ========================================================================================== LAYOUT GUARDS
 * Part of the ABI, not of the tests: the same file is compiled by the host, by every plugin, and by the golden
 * build. LP64, little endian. */
#ifdef __cplusplus
#define MESH_ASSERT(c, m) static_assert(c, m)
#else
#define MESH_ASSERT(c, m) _Static_assert(c, m)
#endif
MESH_ASSERT(sizeof(void *) == 8 && sizeof(size_t) == 8, "meshhost ABI 1 is LP64");
MESH_ASSERT(sizeof(mesh_str) == 16 && sizeof(mesh_value) == 24 && sizeof(mesh_attr) == 40, "frozen");
MESH_ASSERT(sizeof(mesh_event) == 32 && offsetof(mesh_event, tag) == 8, "frozen prefix");
MESH_ASSERT(sizeof(mesh_digest_key) == 48 && sizeof(mesh_span_context) == 32 && sizeof(mesh_node_id) == 32, "frozen");
MESH_ASSERT(offsetof(mesh_plugin, abi_major) == 8 && offsetof(mesh_plugin, role_count) == 16, "first 16 bytes are for ever");
MESH_ASSERT(offsetof(mesh_role, create) == 104 && offsetof(mesh_role, get_extension) == 152, "1.0 layout");
MESH_ASSERT(offsetof(mesh_host, get_extension) == 40 && offsetof(mesh_host, fatal) == 112, "1.0 layout");

/* clang-format on */

#endif /* MESH_PLUGIN_H */
