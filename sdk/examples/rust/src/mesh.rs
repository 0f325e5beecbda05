// SPDX-License-Identifier: Apache-2.0
//! The part of mesh/plugin.h that the ticker uses, written by hand: the layouts of ABI 1.0.
//! A larger plugin would let bindgen make all of it from the header.

use std::ffi::{c_char, c_void};

pub const MAGIC: u32 = 0x3148_534D;
pub const ABI_MAJOR: u16 = 1;
pub const ABI_MINOR: u16 = 0;

pub type Status = i32;
pub const OK: Status = 0;
pub const E_UNSUPPORTED: Status = -5;
pub const E_PANIC: Status = -18;

pub const T_I64: u32 = 2;
pub const T_U64: u32 = 3;
pub const T_STR: u32 = 5;
pub const DIGEST_COUNTER: u32 = 1;
pub const DIGEST_LABEL: u32 = 2;
pub const CFG_CURRENT: u32 = 0;
pub const EV_TIMER: u32 = 3 << 16 | 1;
pub const EV_MESSAGE: u32 = 7 << 16 | 1;

pub const EXT_CONFIG: &[u8] = b"mesh.config/1\0";
pub const EXT_TIMER: &[u8] = b"mesh.timer/1\0";
pub const EXT_DIGEST: &[u8] = b"mesh.digest/1\0";
pub const EXT_MESSAGE: &[u8] = b"mesh.message/1\0";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const u8,
    pub len: usize,
}

impl Str {
    pub fn of(text: &str) -> Str {
        Str { ptr: text.as_ptr(), len: text.len() }
    }
}

pub type Bytes = Str; // the same layout

#[repr(C)]
#[derive(Clone, Copy)]
pub struct NodeId {
    pub b: [u8; 32],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union ValueOf {
    pub i64: i64,
    pub u64: u64,
    pub str: Str,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value {
    pub kind: u32,
    pub reserved: u32,
    pub of: ValueOf,
}

#[repr(C)]
pub struct Event {
    pub struct_size: u32,
    pub kind: u32,
    pub tag: u64,
    pub handle: u64,
    pub queued_ns: i64,
}

#[repr(C)]
pub struct EventMessage {
    pub h: Event,
    pub from: NodeId,
    pub port: Str,
    pub body: Bytes,
    pub request: u64,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub implementation: *mut c_void,
    pub product: *const c_char,
    pub version: *const c_char,
    pub instance: *const c_char,
    pub get_extension: extern "C" fn(*const Host, *const c_char) -> *const c_void,
    pub set_error: extern "C" fn(*const Host, Status, Str) -> Status,
    // what follows is not used here
}

#[repr(C)]
pub struct Config {
    pub struct_size: u32,
    pub get: extern "C" fn(*const Host, u32, Str, *mut Value) -> Status,
}

#[repr(C)]
pub struct Timer {
    pub struct_size: u32,
    pub start: extern "C" fn(*const Host, Str, i64, i64, u64, *mut u64) -> Status,
    pub cancel: extern "C" fn(*const Host, u64) -> Status,
}

#[repr(C)]
pub struct DigestKey {
    pub name: *const c_char,
    pub unit: *const c_char,
    pub kind_of_value: u32,
    pub kind: u32,
    pub max_len: u32,
    pub flags: u32,
    pub min_interval: i64,
    pub epsilon: f64,
}

#[repr(C)]
pub struct Digest {
    pub struct_size: u32,
    pub declare: extern "C" fn(*const Host, *const DigestKey, usize) -> Status,
    pub set: extern "C" fn(*const Host, u32, *const Value) -> Status,
}

#[repr(C)]
pub struct Message {
    pub struct_size: u32,
    pub serve: extern "C" fn(*const Host, Str, u64, *mut u64) -> Status,
    pub unserve: extern "C" fn(*const Host, u64) -> Status,
    pub send: extern "C" fn(*const Host, NodeId, Str, Bytes) -> Status,
    pub request: extern "C" fn(*const Host, NodeId, Str, Bytes, i64, u64, *mut u64) -> Status,
    pub reply: extern "C" fn(*const Host, u64, Status, Bytes) -> Status,
}

/// A table of the host's, when it has it and it reaches as far as the type here: what MESH_HAS asks.
pub unsafe fn table<T>(host: *const Host, id: &[u8]) -> Option<&'static T> {
    let found = ((*host).get_extension)(host, id.as_ptr() as *const c_char);
    if found.is_null() || (*(found as *const u32) as usize) < std::mem::size_of::<T>() {
        return None;
    }
    Some(&*(found as *const T))
}

#[repr(C)]
pub struct ConfigKey {
    pub struct_size: u32,
    pub kind: u32,
    pub flags: u32,
    pub reserved: u32,
    pub path: *const c_char,
    pub fallback: *const c_char,
    pub rule: *const c_char,
    pub doc: *const c_char,
}

pub type List = *const *const c_char;

#[repr(C)]
pub struct Role {
    pub struct_size: u32,
    pub flags: u32,
    pub role: *const c_char,
    pub version: *const c_char,
    pub vendor: *const c_char,
    pub summary: *const c_char,
    pub license: *const c_char,
    pub homepage: *const c_char,
    pub needs: List,
    pub wants: List,
    pub permissions: List,
    pub capabilities: List,
    pub config: *const *const ConfigKey,
    pub budget: *const c_void,
    pub create: extern "C" fn(*const Role, *const Host, *mut *mut c_void) -> Status,
    pub start: extern "C" fn(*mut c_void) -> Status,
    pub drain: Option<extern "C" fn(*mut c_void, i64) -> Status>,
    pub stop: extern "C" fn(*mut c_void) -> Status,
    pub destroy: extern "C" fn(*mut c_void),
    pub on_event: extern "C" fn(*mut c_void, *const Event) -> Status,
    pub get_extension: Option<extern "C" fn(*mut c_void, *const c_char) -> *const c_void>,
}

#[repr(C)]
pub struct Plugin {
    pub magic: u32,
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor_built: u16,
    pub abi_minor_min: u16,
    pub reserved: u16,
    pub role_count: u32,
    pub flags: u32,
    pub roles: *const *const Role,
    pub sdk: *const c_char,
}

/// Tables of constants, which nobody writes to.
#[repr(transparent)]
pub struct Constant<T>(pub T);
unsafe impl<T> Sync for Constant<T> {}

/// The ELF note "MESH", type 1; the text is a multiple of four bytes long.
#[repr(C, align(4))]
pub struct Note<const SIZE: usize> {
    pub namesz: u32,
    pub descsz: u32,
    pub kind: u32,
    pub name: [u8; 8],
    pub magic: u32,
    pub major: u16,
    pub built: u16,
    pub min: u16,
    pub reserved: u16,
    pub text: [u8; SIZE],
}

impl<const SIZE: usize> Note<SIZE> {
    pub const fn new(text: [u8; SIZE]) -> Self {
        Note {
            namesz: 5,
            descsz: 12 + SIZE as u32,
            kind: 1,
            name: *b"MESH\0\0\0\0",
            magic: MAGIC,
            major: ABI_MAJOR,
            built: ABI_MINOR,
            min: ABI_MINOR,
            reserved: 0,
            text,
        }
    }
}
