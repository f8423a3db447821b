//! What Java cannot do for the Java client: change the process's variables and its folder.
//!
//! Java reads its variables when somebody first asks for them, from where C keeps them, and never again; so what is set
//! here before that is what the function sees, and what its children and native libraries inherit. Of changing the
//! folder Java knows nothing at all.
//!
//! The virtual machine is told to load this library as an agent. As such it finds the methods of `Place` here without a
//! warning, which a library that the client loads itself would cost since Java 24, and does nothing else with it.
#![no_std]

use core::ffi::{c_char, c_int, c_void};
use core::mem::transmute;
use core::ptr::null_mut;

/// Numbers of functions in JNI's table, which never change.
const GET_BYTE_ARRAY_ELEMENTS: usize = 184;
const RELEASE_BYTE_ARRAY_ELEMENTS: usize = 192;
/// Nothing was written to the elements that would have to be copied back.
const JNI_ABORT: c_int = 2;

const ENOMEM: c_int = 12;

type Env = *mut *const *const c_void;
type Array = *mut c_void;
type GetElements = extern "system" fn(Env, Array, *mut u8) -> *mut c_char;
type ReleaseElements = extern "system" fn(Env, Array, *mut c_char, c_int);

/// The virtual machine refuses a library without it.
#[unsafe(no_mangle)]
pub extern "system" fn Agent_OnLoad(_vm: *mut c_void, _options: *mut c_char, _reserved: *mut c_void) -> c_int {
    0
}

/// `private static native int set(byte[] name, byte[] value)`: both end in a zero; answers 0 or an errno.
///
/// # Safety
///
/// Called by the virtual machine with a live environment and two arrays of bytes. No other thread may read variables
/// meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Java_mayfly_lambda_Place_set(
    env: Env,
    _class: *mut c_void,
    name: Array,
    value: Array,
) -> c_int {
    // SAFETY: the caller's promise. C copies what it keeps.
    unsafe { with_text(env, name, |name| with_text(env, value, |value| answer(setenv(name, value, 1)))) }
}

/// `private static native int unset(byte[] name)`, as `set`.
///
/// # Safety
///
/// As for `set`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Java_mayfly_lambda_Place_unset(env: Env, _class: *mut c_void, name: Array) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { with_text(env, name, |name| answer(unsetenv(name))) }
}

/// `private static native int enter(byte[] folder)`, as `set`.
///
/// # Safety
///
/// Called by the virtual machine with a live environment and an array of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Java_mayfly_lambda_Place_enter(env: Env, _class: *mut c_void, folder: Array) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { with_text(env, folder, |folder| answer(chdir(folder))) }
}

/// # Safety
///
/// `env` is the calling thread's, and `array` a reference to an array of bytes of which the last is zero.
unsafe fn with_text(env: Env, array: Array, act: impl FnOnce(*const c_char) -> c_int) -> c_int {
    // SAFETY: the table has a function of this type at this place.
    let get = unsafe { transmute::<*const c_void, GetElements>(*(*env).add(GET_BYTE_ARRAY_ELEMENTS)) };
    // SAFETY: as above.
    let release = unsafe { transmute::<*const c_void, ReleaseElements>(*(*env).add(RELEASE_BYTE_ARRAY_ELEMENTS)) };
    let text = get(env, array, null_mut());
    if text.is_null() {
        return ENOMEM;
    }
    let errno = act(text);
    release(env, array, text, JNI_ABORT);
    errno
}

fn answer(answer: c_int) -> c_int {
    // SAFETY: libc answers a pointer to the calling thread's own number.
    if answer < 0 { unsafe { *__errno_location() } } else { 0 }
}

// Found in the libc of the virtual machine, whichever that is.
unsafe extern "C" {
    fn __errno_location() -> *mut c_int;
    fn abort() -> !;
    fn chdir(folder: *const c_char) -> c_int;
    fn setenv(name: *const c_char, value: *const c_char, overwrite: c_int) -> c_int;
    fn unsetenv(name: *const c_char) -> c_int;
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: takes nothing and does not return.
    unsafe { abort() }
}

/// The compiled core of the language names this although nothing here unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
