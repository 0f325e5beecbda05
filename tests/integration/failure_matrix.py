# SPDX-License-Identifier: Apache-2.0
"""The rows of docs/failures.md: a bad plugin each, what is said of it, word for word, how the host ends if it
does, and what becomes of the role. failure_matrix_test.py runs them.

In the words, {n} stands for a number and {at} for an offset in the plugin's file: what differs from run to run.
"""
import dataclasses
import re
import resource
import signal
import typing

from mesh_lab import BIN, wait_until

BAD = BIN.parent / "tests" / "plugins"
THREAD, PROCESS = "inprocess", "process"
BOTH = (THREAD, PROCESS)


@dataclasses.dataclass
class Row:
    code: str
    plugin: str  # in tests/plugins, without .so; or what `made` makes
    words: typing.Sequence[str]  # behind "plugin <path>: <code> "; one line each, in this order
    name: str = ""  # tells rows of one code and plugin apart
    modes: typing.Sequence[str] = BOTH
    keys: dict = dataclasses.field(default_factory=dict)  # of [plugin.bad-0]
    config: dict = dataclasses.field(default_factory=dict)  # of [plugin.bad-0.config]
    made: typing.Optional[typing.Callable] = None  # the plugin's file, from the test
    prepare: typing.Optional[typing.Callable] = None  # (test, host), before it starts
    provoke: typing.Optional[typing.Callable] = None  # (test, host), once it runs
    after: typing.Optional[typing.Callable] = None  # (test, host), once the words are there
    options: typing.Sequence[str] = ()  # of the host

    def of(self, test):
        """The plugin's file."""
        return self.made(test) if self.made else BAD / f"{self.plugin}.so"


@dataclasses.dataclass
class Refused(Row):
    """At the start: exit code 7 where the role is required, and a host without it where it is not."""
    is_left_out: bool = False  # also where it is required
    twice: bool = False  # the second of two instances


@dataclasses.dataclass
class Lives(Row):
    """The host and the good role live on; the bad one ends up in `state`."""
    state: typing.Optional[str] = "running"  # None: it goes to and fro
    restarts: typing.Optional[int] = 0
    level: str = "warning"
    speaker: str = "plugin"  # "bad-0": said where the role runs
    named: str = ""  # another plugin's file than its own
    about: str = ""  # with this behind the code; others are of a busy machine
    is_error: bool = True  # the last of the words is what `plugin list` shows
    is_endless: bool = False  # the same again and again, until something changes


@dataclasses.dataclass
class Down(Row):
    """The host goes down with it: its last line, and its end."""
    modes: typing.Sequence[str] = (THREAD,)
    end: int = 0


# --- files that no compiler makes

def copy_of(test, change=lambda image: image, mode=0o755):
    file = test.directory / "bad.so"
    file.write_bytes(change((BAD / "plain_c.so").read_bytes()))
    file.chmod(mode)
    return file


def for_arm(image):
    return image[:18] + b"\xb7\0" + image[20:]


# --- what happens to a role that runs

def restart(_, host):
    assert host.ctl("plugin", "restart", "bad-0")[0] == 0


def swap_in(plugin):
    def swap(test, host):
        code, answer = host.ctl("plugin", "reload", "bad-0", str(BAD / f"{plugin}.so"))
        test.assertEqual((code, answer["error"]["code"]), (7, "MP320"))
    return swap


def damage_state(test, host):
    test.directory.chmod(0o711)  # where the host is root, a role in a process of its own is nobody
    file = host.directory / "data" / "plugins" / "bad-0" / "state.db"
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_bytes(b"not a database at all" * 400)


def take_descriptors(_, host):
    """The role gives up after a moment; the host finds nothing to start it again with."""
    before = resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE, (0, before[1]))
    wait_until("no descriptor to be left", lambda: ": MP207 " in host.log_text())
    resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE, before)
    seen = host.log_text().count("MP306")
    wait_until("it to be started again", lambda: host.log_text().count("MP306") > seen)


def shows(of_role, **values):
    def check(_, host):
        said = lambda: {item["key"]: item["value"] for item in host.data("status")["self"]["contributions"]
                        if item["role"] == of_role}
        wait_until(f"{values}", lambda: values.items() <= said().items())
    return check


def is_stalled_for_now(test, host):
    test.assertTrue(test.roles(host)["bad-0"]["stalled"])
    wait_until("it to come back", lambda: not test.roles(host)["bad-0"]["stalled"])


def says_each_place_once(test, host):
    shows("test", on_strand=True, refused=-3, words="called off the strand; use mesh_host.post")(test, host)
    lines = re.findall(r"called off the strand at (\S+):", host.log_text())
    test.assertEqual(len(lines), len(set(lines)), "a hundred and one calls, from two places")
    test.assertEqual(len(lines), 2)


def counts_refusals(test, host):
    test.assertEqual(test.roles(host)["bad-0"]["refused_calls"], 5)
    metrics = {each["name"]: each["points"] for each in host.data("plugin", "metrics", "bad-0")["metrics"]}
    test.assertEqual({point["attributes"]["budget"]: point["value"] for point in metrics["mesh.budget.refused"]},
                     {"gossip": 3, "timer": 2})
    shows("test", gossip=-7, timer=-7)(test, host)


MATRIX = [
    # --- before any code of it runs
    Refused("MP001", "none", ["cannot open: No such file or directory"], made=lambda test: test.directory / "none.so"),
    Refused("MP002", "writable", ["refused: file mode is 0666, writable by group or others; run chmod go-w"],
            made=lambda test: copy_of(test, mode=0o666)),
    Refused("MP003", "text", ["not an ELF file: a plugin is a shared object built with the mesh SDK"],
            made=lambda test: copy_of(test, lambda image: b"no plugin\n")),
    Refused("MP003", "arm", ["built for machine 183, this host is x86-64 (62)"],
            made=lambda test: copy_of(test, for_arm)),
    Refused("MP005", "plain_c", ["sha256 is {sha}, pinned 9f2c: the file is another one; if that is what you want, "
                                 "set plugin.bad-0.sha256"], keys={"sha256": '"9f2c"'}),
    Refused("MP010", "no_symbol", ["no symbol mesh_plugin_entry among {n} exported symbols: not a meshhost plugin, or "
                                   "built with hidden visibility and without MESH_EXPORT"]),
    Refused("MP011", "bad_magic", ["wrong magic 0x4b4e554a in the MESH note, expected 0x3148534d: not a meshhost "
                                   "plugin, or a damaged file"]),
    Refused("MP011", "bad_table_magic", ["wrong magic 0x4b4e554a in its table, expected 0x3148534d: not a meshhost "
                                         "plugin, or a damaged file"]),
    Refused("MP012", "newer_major", ["ABI 2.0, this host speaks ABI 1 (1.0 to 1.0): upgrade meshhost, or install the "
                                     "plugin's build for ABI 1"]),
    Refused("MP013", "older_major", ["ABI 0.9, this host speaks ABI 1 (1.0 to 1.0): rebuild the plugin with the ABI 1 "
                                     "SDK"]),
    Refused("MP014", "newer_minor", ["needs ABI 1.7 or later, this host offers 1.0: upgrade meshhost, or ask the "
                                     "author to lower MESH_ABI_MINOR_MIN"]),
    Lives("MP015", "newer_minor_allowed", ["built for ABI 1.7, running on 1.0 as it allows (minimum 1.0)"],
          is_error=False),
    Lives("MP016", "no_note", ["has no MESH note: its code runs before it can be checked (add MESH_PLUGIN_NOTE)"],
          is_error=False),
    Refused("MP024", "plain_c", ["left out: in safe mode only plugins of the host's own directory are loaded"],
            options=["--safe-mode", "--set", f"plugins.dir={BAD}"], is_left_out=True, made=copy_of),

    # --- when it is loaded and created
    Refused("MP004", "undefined_symbol", ["cannot be loaded: undefined symbol: not_defined_anywhere"]),
    Refused("MP017", "declines", ["declined ABI 1.0: mesh_plugin_entry returned NULL"]),
    Refused("MP018", "no_stop", ['role "test": create, start, stop, destroy and on_event are mandatory']),
    Refused("MP018", "two_roles", ["has 2 roles (many, single): name the one to run"]),
    Refused("MP018", "two_roles", ['has no role "other", only many, single'], name="other", keys={"role": '"other"'}),
    Refused("MP019", "missing_extension", ['role "test" needs the host extension mesh.teleport/1, which meshhost does '
                                           "not offer"]),
    Refused("MP020", "talker", ['role "talker" asks for gossip:pub:talk/#, message:serve:talk.#, message:send:#, '
                                'identity:sign, which plugin.bad-0.grant does not contain'],
            keys={"grant": '["gossip:sub:talk/#"]'}),
    Refused("MP021", "recorder", ["{config}:{n}: plugin.bad-0.config.period_ms = 0: must be 1..60000; line {n}: "
                                  'unknown key "words.greating", did you mean "words.greeting"?'],
            config={"period_ms": 0, "words.greating": '"hi"'}),
    Refused("MP022", "singleton", ['role "test" runs already, and at most once on a host'], twice=True),
    Refused("MP023", "no_sandbox", ['role "test" cannot run in a process of its own: set plugin.bad-0.isolation = '
                                    '"inprocess"'], modes=(PROCESS,)),
    Refused("MP201", "hangs_in_create", ["did not finish create within 3000 ms in the probe process: not loaded"]),
    Refused("MP202", "crashes_in_create", ["crashed in create with SIGSEGV at {at} in the probe process: not "
                                           "loaded, the host is unharmed"]),
    Refused("MP202", "crashes_at_load", ["crashed in load with SIGABRT in the probe process: not loaded, the host is "
                                         "unharmed"]),
    Refused("MP202", "exits_in_create", ["crashed in create with exit status 3 in the probe process: not loaded, the "
                                         "host is unharmed"]),
    Refused("MP203", "create_fails", ["create returned MESH_E_CONFIG: listen port 99999 is out of range"]),
    Refused("MP203", "oversize_digest", ["create returned MESH_E_BUDGET: digest of 2 keys can encode to 4139 bytes, "
                                         "granted 256 (largest: test.everything, 4116 bytes)"]),

    # --- when it is started and stopped
    Lives("MP204", "start_fails", ["start returned MESH_E_IO: no upstream answered"], state="failed"),
    Lives("MP205", "never_started", ["start did not complete within 1 s (MESH_PENDING without started())"],
          keys={"start_limit": '"1s"'}, state="failed"),
    Lives("MP206", "stop_fails", ["stop returned MESH_E_IO: the lock file is gone"], provoke=restart, restarts=1),
    Lives("MP207", "mischief", ["{lack}: Too many open files"], config={"deed": '"give_up"'},
          keys={"restart_max": 1000}, provoke=take_descriptors, state=None, restarts=None, is_error=False,
          is_endless=True),
    Lives("MP305", "leaks_timers", ['left open at stop, cancelled by the host: timer "poll" timer "poll" timer "poll" '
                                    "1 watch(es) of peers"], provoke=restart, restarts=1),
    Lives("MP305", "leaks_mesh", ["left open at stop, cancelled by the host: 1 subscription(s) 1 port(s)"],
          provoke=restart, restarts=1),
    Lives("MP307", "late_thread", ["1 call(s) into the host after stop returned (a thread was not joined): rejected "
                                   "with MESH_E_STATE; the object stays mapped"],
          config={"report": '"{directory}/report"'}, provoke=restart, restarts=1,
          speaker="bad-0", is_error=False),

    # --- while it runs
    Lives("MP301", "throws_wrapped", [f"on_event(3:1) returned MESH_E_PANIC: queue is corrupt (failure {count} of 10 "
                                      "before quarantine)" for count in range(1, 11)], state="failed"),
    Lives("MP301", "oversize_value", ["on_event(3:1) returned MESH_E_TOO_LARGE: digest: digest key test.name: 100 "
                                      "bytes, declared max_len 16 (failure 1 of 10 before quarantine)"],
          after=shows("test", name="short", other=1)),
    Lives("MP302", "throws_raw", ["C++ exception crossed the ABI in start: no such upstream: instance bad-0 "
                                  "quarantined; the plugin must catch at its boundary"], state="failed"),
    Lives("MP304", "mischief", ["stalled: on_event(3:1) has not returned for {n} ms, at {at}; events queue up, "
                                "transport is not affected"], about="stalled: on_event",
          config={"deed": '"block"', "block_ms": 3000}, is_error=False),
    Lives("MP303", "mischief", ["on_event(3:1) has held the strand of bad-0 for {n} ms (limit 50)"], about="on_event",
          config={"deed": '"block"', "block_ms": 1000}, is_error=False),
    Lives("MP306", "gives_up", ["reported a fatal MESH_E_IO: the disk is gone: stopped"], state="failed"),
    Lives("MP308", "mischief", ["stalled: on_event(3:1) has not returned for 1 s, and cannot be killed in-process: set "
                                'isolation = "process"'], modes=(THREAD,), keys={"stall_kill": '"1s"'},
          config={"deed": '"block"', "block_ms": 5000}, after=is_stalled_for_now),
    Lives("MP308", "mischief", ["stalled: on_event(3:1) did not return for 1 s: killed"], modes=(PROCESS,),
          keys={"stall_kill": '"1s"'}, config={"deed": '"hang"'}, state="failed"),
    Lives("MP310", "mischief", ["died with SIGSEGV in on_event(3:1) at {at}"], name="crash", modes=(PROCESS,),
          config={"deed": '"crash"'}, state="failed"),
    Lives("MP310", "mischief", ["died with SIGABRT in on_event(3:1) at {at}"], name="abort", modes=(PROCESS,),
          config={"deed": '"abort"'}, state="failed"),
    Lives("MP310", "mischief", ["its process ended with exit status 1 in on_event(3:1) at {at}"], name="exit",
          modes=(PROCESS,), config={"deed": '"quit"'}, state="failed"),
    Lives("MP312", "spender", ["gossip budget 1000 B/s exhausted, 3 publishes refused; timer budget 2 exhausted, 2 "
                               "timers refused in the last 10 s"], after=counts_refusals),
    Lives("MP313", "gives_up", ["bad-0 failed 2 times within 10 min: given up; meshctl plugin restart bad-0"],
          keys={"restart_max": 1}, state="failed", restarts=1, level="error", is_error=False),
    Lives("MP314", "mischief", ["its process sent what is no message: killed"], modes=(PROCESS,),
          config={"deed": '"babble"'}, state="failed"),
    Lives("MP315", "keeper", ["the state file is damaged: file is not a database ({state}): set aside as "
                              "{state}.damaged-1; the role starts with an empty state"],
          config={"mode": '"count"'}, prepare=damage_state, after=shows("keeper", boots=1)),
    Lives("MP320", "counter", ["swap to counter 3.0.0 aborted in restore: MESH_E_INVALID: the code from before "
                               "is started again"],
          provoke=swap_in("counter_fails_restore"), named="counter_fails_restore", is_error=False, name="restore"),
    Lives("MP320", "counter", ["swap to counter 9.0.0 aborted in restore: MESH_E_INVALID: format 1, understands 9 to "
                               "9: the running code continues"], provoke=swap_in("counter_format_9"),
          named="counter_format_9", is_error=False, name="format"),
    Lives("", "off_strand", ["called off the strand at {at}: refused with MESH_E_THREAD; use mesh_host.post"] * 2,
          speaker="bad-0", is_error=False, after=says_each_place_once),

    # --- and down with it
    Down("MP311", "mischief", ["meshhost: MP311 plugin bad-0 (mischief 1.0.0, {path}) called exit(1), {at} during "
                               "on_event(3:1): the host goes down with it"], config={"deed": '"quit"'}, end=1),
    Down("", "mischief", ["meshhost: SIGSEGV in plugin bad-0 (mischief 1.0.0, {path}), {at} during on_event(3:1)"],
         name="crash", config={"deed": '"crash"'}, end=-signal.SIGSEGV),
    Down("", "mischief", ["meshhost: SIGABRT in plugin bad-0 (mischief 1.0.0, {path}), {at} during on_event(3:1)"],
         name="abort", config={"deed": '"abort"'}, end=-signal.SIGABRT),
]
