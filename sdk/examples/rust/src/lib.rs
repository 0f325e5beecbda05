// SPDX-License-Identifier: Apache-2.0
//! The role "ticker" in Rust, without a crate: counts seconds in the digest, and answers at a message
//! port.

mod mesh;

use mesh::*;
use std::ffi::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};

const TAG_TICK: u64 = 1;
const TAG_ECHO: u64 = 2;
const KEY_TICKS: u32 = 0;
const KEY_LANGUAGE: u32 = 1;

struct Ticker {
    host: *const Host,
    timer: &'static Timer,
    digest: &'static Digest,
    config: Option<&'static Config>,
    message: Option<&'static Message>,
    tick: u64,
    echo: u64,
    ticks: u64,
}

fn check(status: Status) -> Result<(), Status> {
    if status < 0 {
        Err(status)
    } else {
        Ok(())
    }
}

impl Ticker {
    unsafe fn create(host: *const Host) -> Result<Ticker, Status> {
        let timer = table::<Timer>(host, EXT_TIMER).ok_or(E_UNSUPPORTED)?;
        let digest = table::<Digest>(host, EXT_DIGEST).ok_or(E_UNSUPPORTED)?;
        check((digest.declare)(host, KEYS.0.as_ptr(), KEYS.0.len()))?;
        let config = table::<Config>(host, EXT_CONFIG);
        let message = table::<Message>(host, EXT_MESSAGE);
        Ok(Ticker { host, timer, digest, config, message, tick: 0, echo: 0, ticks: 0 })
    }

    fn period(&self) -> i64 {
        let mut value = Value { kind: 0, reserved: 0, of: ValueOf { i64: 0 } };
        match self.config {
            Some(config)
                if (config.get)(self.host, CFG_CURRENT, Str::of("period_ms"), &mut value) == OK
                    && value.kind == T_I64 =>
            unsafe { value.of.i64 * 1_000_000 },
            _ => 1_000_000_000,
        }
    }

    fn start(&mut self) -> Result<(), Status> {
        let language = Value { kind: T_STR, reserved: 0, of: ValueOf { str: Str::of("rust") } };
        check((self.digest.set)(self.host, KEY_LANGUAGE, &language))?;
        let period = self.period();
        check((self.timer.start)(self.host, Str::of("tick"), period, period, TAG_TICK, &mut self.tick))?;
        if let Some(message) = self.message {
            check((message.serve)(self.host, Str::of("ticker.echo"), TAG_ECHO, &mut self.echo))?;
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<(), Status> {
        if self.tick != 0 {
            (self.timer.cancel)(self.host, std::mem::take(&mut self.tick));
        }
        if let (Some(message), true) = (self.message, self.echo != 0) {
            (message.unserve)(self.host, std::mem::take(&mut self.echo));
        }
        Ok(())
    }

    unsafe fn on_event(&mut self, event: *const Event) -> Result<(), Status> {
        match ((*event).kind, (*event).tag) {
            (EV_TIMER, TAG_TICK) => {
                self.ticks += 1;
                let value = Value { kind: T_U64, reserved: 0, of: ValueOf { u64: self.ticks } };
                check((self.digest.set)(self.host, KEY_TICKS, &value))
            }
            (EV_MESSAGE, TAG_ECHO) => {
                let asked = &*(event as *const EventMessage);
                match self.message {
                    Some(message) if asked.request != 0 => {
                        check((message.reply)(self.host, asked.request, OK, asked.body))
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()), // kinds that are not known here
        }
    }
}

/// No panic may unwind into the host.
fn guard(body: impl FnOnce() -> Result<(), Status>) -> Status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => OK,
        Ok(Err(status)) => status,
        Err(_) => E_PANIC,
    }
}

unsafe fn of<'a>(instance: *mut c_void) -> &'a mut Ticker {
    &mut *(instance as *mut Ticker)
}

extern "C" fn create(_: *const Role, host: *const Host, out: *mut *mut c_void) -> Status {
    guard(|| unsafe {
        *out = Box::into_raw(Box::new(Ticker::create(host)?)) as *mut c_void;
        Ok(())
    })
}
extern "C" fn start(instance: *mut c_void) -> Status {
    guard(|| unsafe { of(instance).start() })
}
extern "C" fn stop(instance: *mut c_void) -> Status {
    guard(|| unsafe { of(instance).stop() })
}
extern "C" fn destroy(instance: *mut c_void) {
    guard(|| unsafe {
        drop(Box::from_raw(instance as *mut Ticker));
        Ok(())
    });
}
extern "C" fn on_event(instance: *mut c_void, event: *const Event) -> Status {
    guard(|| unsafe { of(instance).on_event(event) })
}

const fn c(text: &'static [u8]) -> *const c_char {
    text.as_ptr() as *const c_char
}

static KEYS: Constant<[DigestKey; 2]> = Constant([
    DigestKey {
        name: c(b"ticks\0"),
        unit: c(b"1\0"),
        kind_of_value: T_U64,
        kind: DIGEST_COUNTER,
        max_len: 0,
        flags: 0,
        min_interval: 0,
        epsilon: 0.0,
    },
    DigestKey {
        name: c(b"language\0"),
        unit: std::ptr::null(),
        kind_of_value: T_STR,
        kind: DIGEST_LABEL,
        max_len: 8,
        flags: 0,
        min_interval: 0,
        epsilon: 0.0,
    },
]);
static NEEDS: Constant<[*const c_char; 3]> = Constant([c(EXT_DIGEST), c(EXT_TIMER), std::ptr::null()]);
static WANTS: Constant<[*const c_char; 3]> = Constant([c(EXT_CONFIG), c(EXT_MESSAGE), std::ptr::null()]);
static PERMISSIONS: Constant<[*const c_char; 2]> =
    Constant([c(b"message:serve:ticker.echo\0"), std::ptr::null()]);
static PERIOD: Constant<ConfigKey> = Constant(ConfigKey {
    struct_size: std::mem::size_of::<ConfigKey>() as u32,
    kind: T_I64,
    flags: 0,
    reserved: 0,
    path: c(b"period_ms\0"),
    fallback: c(b"1000\0"),
    rule: c(b"1..60000\0"),
    doc: c(b"between two ticks\0"),
});
static CONFIG: Constant<[*const ConfigKey; 2]> = Constant([&PERIOD.0, std::ptr::null()]);

static ROLE: Constant<Role> = Constant(Role {
    struct_size: std::mem::size_of::<Role>() as u32,
    flags: 0,
    role: c(b"ticker\0"),
    version: c(b"1.0.0\0"),
    vendor: c(b"meshhost\0"),
    summary: c(b"counts seconds and echoes messages\0"),
    license: c(b"Apache-2.0\0"),
    homepage: std::ptr::null(),
    needs: NEEDS.0.as_ptr(),
    wants: WANTS.0.as_ptr(),
    permissions: PERMISSIONS.0.as_ptr(),
    capabilities: std::ptr::null(),
    config: CONFIG.0.as_ptr(),
    budget: std::ptr::null(),
    create,
    start,
    drain: None,
    stop,
    destroy,
    on_event,
    get_extension: None,
});
static ROLES: Constant<[*const Role; 1]> = Constant([&ROLE.0]);
static PLUGIN: Constant<Plugin> = Constant(Plugin {
    magic: MAGIC,
    struct_size: std::mem::size_of::<Plugin>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor_built: ABI_MINOR,
    abi_minor_min: ABI_MINOR,
    reserved: 0,
    role_count: 1,
    flags: 0,
    roles: ROLES.0.as_ptr(),
    sdk: c(b"rust 1.0.0\0"),
});

const NOTE_TEXT: [u8; 60] = *b"role=ticker\nversion=1.0.0\nvendor=meshhost\nsdk=rust 1.0.0\n\0\0\0";
#[link_section = ".note.mesh.plugin"]
#[used]
static NOTE: Note<60> = Note::new(NOTE_TEXT);

#[no_mangle]
pub extern "C" fn mesh_plugin_entry(host_abi: u32) -> *const Plugin {
    if host_abi >> 16 == u32::from(ABI_MAJOR) {
        &PLUGIN.0
    } else {
        std::ptr::null()
    }
}
