//! How a zygote's children enter sandboxes: a shared library without dependencies that an interpreter of any language
//! loads and calls between its own forks.
//!
//! ```text
//! zygote        zygote_start() … loop: zygote_await() ── fork ──▶ zygote_release()
//!                                                         │
//! middle        (born in the sandbox's pid namespace)     └─ fork ──▶ exit
//!                                                              │
//! child         (the sandbox's init is its parent)             └─▶ zygote_enter(), then the language goes on
//! ```
//!
//! The fork is the interpreter's own, with whatever it does around a fork. It forks twice so that the child's parent
//! ends and the sandbox's init takes the child over: init reaps it, signals it and tells how it ended, like any process
//! that it started itself, and nothing about the child depends on the zygote from then on.
//!
//! Some interpreters keep threads of their own and stop them only while they fork, and a process with threads cannot
//! change namespaces. Their zygote forks once: with [`zygote_before_fork`] and [`zygote_after_fork`] as handlers
//! (`pthread_atfork`), it stays within that fork for ever, and every middle process comes out of it as the parent of
//! its child, which is inside already.
//!
//! ```text
//! zygote        zygote_start() … fork: zygote_before_fork() … loop
//!                                       │
//! middle                                └──▶ fork, then exit
//!                                             │
//! child                                       └──▶ zygote_after_fork(), then the language goes on
//! ```
//!
//! A child's pid may be the zygote's, for they are pids of two namespaces: a random generator that knows a fork by the
//! pid (OpenSSL's) must be given new entropy by the language.
//!
//! Functions answer 0 or an errno. Nothing here allocates, and no order is trusted to be complete.
#![no_std]

use core::cell::UnsafeCell;
use core::ffi::{CStr, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use core::mem::size_of;
use core::ptr::{from_mut, from_ref, null_mut};

/// Where the launcher puts the socket over which orders come.
const CONTROL: c_int = 3;

/// An order's descriptors, in this order; behind them stand files whose group the child joins by writing `0`.
const REPORT: usize = 0;
const STDOUT: usize = 1;
const STDERR: usize = 2;
const PID_NAMESPACE: usize = 3;
const USER_NAMESPACE: usize = 4;
/// Those that are entered with the zygote's power over them, which entering the user namespace takes away.
const OTHER_NAMESPACES: [(usize, c_int, &CStr); 5] = [
    (5, 0x4000_0000, c"enter the network namespace"),
    (6, 0x0800_0000, c"enter the ipc namespace"),
    (7, 0x0400_0000, c"enter the uts namespace"),
    (8, 0x0200_0000, c"enter the cgroup namespace"),
    (9, 0x0002_0000, c"enter the mount namespace"),
];
const GROUPS: usize = 10;
const DESCRIPTORS_MAX: usize = 32;
const NUMBERS: usize = 4;

/// The kernel's bound.
const FILTER_MAX: usize = 4096;

const CLONE_NEWUSER: c_int = 0x1000_0000;
const CLONE_NEWPID: c_int = 0x2000_0000;
const CLONE_THREAD: c_int = 0x0001_0000;
const EINVAL: c_int = 22;
const EINTR: c_int = 4;
const ENODATA: c_int = 61;

/// What the zygote knows between two calls.
struct State {
    /// The system call filter of sandboxed processes; an instruction is 8 bytes.
    filter: [u64; FILTER_MAX],
    filter_length: u16,
    /// Who the child is to become, uid and gid, how many processes that user may have there, and whether somebody waits.
    numbers: [c_uint; NUMBERS],
    descriptors: [c_int; DESCRIPTORS_MAX],
    count: usize,
    /// Whether a fork is the zygote's own, and not one of what it has forked.
    is_zygote: bool,
}

struct Zygote(UnsafeCell<State>);

// SAFETY: `zygote_await` refuses to work in a process with more than one thread.
unsafe impl Sync for Zygote {}

static ZYGOTE: Zygote = Zygote(UnsafeCell::new(State {
    filter: [0; FILTER_MAX],
    filter_length: 0,
    numbers: [0; NUMBERS],
    descriptors: [-1; DESCRIPTORS_MAX],
    count: 0,
    is_zygote: false,
}));

fn state() -> &'static mut State {
    // SAFETY: the process has one thread, and no function keeps the reference longer than it runs.
    unsafe { &mut *ZYGOTE.0.get() }
}

/// A step that the kernel refused.
struct Refused {
    step: &'static CStr,
    errno: c_int,
}

type Step = Result<(), Refused>;

/// To be called once, before anything else here: takes the filter from the launcher.
#[unsafe(no_mangle)]
pub extern "C" fn zygote_start() -> c_int {
    let state = state();
    let (buffer, size) = (from_mut(&mut state.filter).cast::<c_void>(), size_of::<[u64; FILTER_MAX]>());
    // SAFETY: the buffer is live and of that size.
    let length = unsafe { read(CONTROL, buffer, size) };
    let Ok(length) = usize::try_from(length) else { return errno() };
    state.filter_length = (length / size_of::<u64>()) as u16;
    state.is_zygote = true;
    // The kernel reaps a middle process by itself. A sandbox ends only when all that was born in it has been reaped,
    // and that must not wait for this process.
    // SAFETY: no handler is installed.
    unsafe { signal(SIGCHLD, SIG_IGN) };
    // Others of the same uid shall not look into the memory that every child begins with.
    code(control(PR_SET_DUMPABLE, 0, c"hide from tracers"))
}

/// Waits for an order; `ENODATA` once there will be none. Afterwards processes that this one forks are born in the
/// sandbox that the order is about.
#[unsafe(no_mangle)]
pub extern "C" fn zygote_await() -> c_int {
    loop {
        match receive(state()) {
            Ok(()) => {}
            Err(EINTR) => continue,
            Err(errno) => return errno,
        }
        match prepare(state()) {
            Ok(()) => return 0,
            Err(refused) => {
                report(&refused);
                zygote_release();
            }
        }
    }
}

/// Ends an order in the zygote, whether it could fork or not.
#[unsafe(no_mangle)]
pub extern "C" fn zygote_release() {
    let state = state();
    for descriptor in &mut state.descriptors[..state.count] {
        // SAFETY: a descriptor that came with the order and is nobody else's.
        unsafe { close(*descriptor) };
        *descriptor = -1;
    }
    state.count = 0;
}

/// Makes the calling process, a grandchild of the zygote, a process of the sandbox like any other, without privileges.
/// Does not return when a step is refused.
#[unsafe(no_mangle)]
pub extern "C" fn zygote_enter() -> c_int {
    answer_or_end(enter(state(), close_all))
}

fn answer_or_end(entered: Step) -> c_int {
    if let Err(refused) = entered {
        report(&refused);
        // SAFETY: _exit takes a number; the zygote's exit handlers are not for this process.
        unsafe { _exit(126) }
    }
    0
}

/// In a child: 1 when somebody waits for it, so that what it does only to be faster later is in vain.
#[unsafe(no_mangle)]
pub extern "C" fn zygote_is_awaited() -> c_int {
    let [.., awaited] = state().numbers;
    c_int::from(awaited != 0)
}

/// To be called within a fork, before it. The zygote does not return from here; the processes that it forks do, each
/// about to fork in a sandbox.
#[unsafe(no_mangle)]
pub extern "C" fn zygote_before_fork() {
    if !state().is_zygote {
        return;
    }
    loop {
        let error = zygote_await();
        if error != 0 {
            // SAFETY: _exit takes a number; an interpreter in the middle of a fork runs no exit handlers.
            unsafe { _exit(if error == ENODATA { 0 } else { error }) }
        }
        // libc's own fork would call its handlers again. It does not care who forked a process that forks.
        // SAFETY: takes numbers; there is one thread, and the new process has all of its memory.
        let middle = unsafe { syscall(SYS_CLONE, SIGCHLD as c_ulong, 0_u64, 0_u64, 0_u64, 0_u64) };
        if middle == 0 {
            return;
        }
        // A sandbox that has just ended takes no process; the closed pipe tells.
        zygote_release();
    }
}

/// To be called within a fork, in the new process.
#[unsafe(no_mangle)]
pub extern "C" fn zygote_after_fork() {
    if state().is_zygote {
        state().is_zygote = false;
        answer_or_end(enter(state(), close_what_was_given));
    }
}

/// One packet with its descriptors.
fn receive(state: &mut State) -> Result<(), c_int> {
    let mut control = [0_u64; 2 + DESCRIPTORS_MAX / 2];
    let mut vector = IoVector { base: from_mut(&mut state.numbers).cast(), length: size_of::<[c_uint; NUMBERS]>() };
    let mut message = MessageHeader {
        name: null_mut(),
        name_length: 0,
        vectors: &raw mut vector,
        vectors_length: 1,
        control: control.as_mut_ptr().cast(),
        control_length: size_of_val(&control),
        flags: 0,
    };
    // SAFETY: every pointer in the header is to something live of the size beside it.
    match unsafe { recvmsg(CONTROL, &raw mut message, MSG_CMSG_CLOEXEC) } {
        0 => return Err(ENODATA),
        1.. => {}
        _failed => return Err(errno()),
    }
    // The one record's header is its length, level and kind: 16 bytes.
    let bytes = if message.control_length == 0 { 0 } else { (control[0] as usize).saturating_sub(16) };
    state.count = (bytes / size_of::<c_int>()).min(DESCRIPTORS_MAX);
    for (index, descriptor) in state.descriptors[..state.count].iter_mut().enumerate() {
        let pair = control[2 + index / 2].to_ne_bytes();
        let half = 4 * (index % 2);
        *descriptor = c_int::from_ne_bytes([pair[half], pair[half + 1], pair[half + 2], pair[half + 3]]);
    }
    Ok(())
}

/// What has to happen before the fork.
fn prepare(state: &State) -> Step {
    if state.count < GROUPS {
        return Err(Refused { step: c"take the order", errno: EINVAL });
    }
    // The kernel refuses this flag to a process that has several threads, of which a fork would copy one.
    // SAFETY: takes a number; in a process with one thread it changes nothing.
    answer(unsafe { unshare(CLONE_THREAD) }, c"be single-threaded")?;
    join(state.descriptors[PID_NAMESPACE], CLONE_NEWPID, c"enter the pid namespace")
}

fn enter(state: &State, close_the_rest: fn() -> Step) -> Step {
    // First, so that what follows counts as the sandbox's.
    for group in &state.descriptors[GROUPS..state.count] {
        // SAFETY: the text is one byte long.
        answer_long(unsafe { write(*group, c"0".as_ptr().cast(), 1) }, c"join a cgroup")?;
    }
    for (index, kind, step) in OTHER_NAMESPACES {
        join(state.descriptors[index], kind, step)?;
    }
    join(state.descriptors[USER_NAMESPACE], CLONE_NEWUSER, c"enter the user namespace")?;
    become_user(state.numbers)?;
    renounce_privileges()?;
    arrange_descriptors(state)?;
    prefer_as_victim()?;
    filter_calls(state)?;
    // SAFETY: takes nothing.
    let pid = unsafe { getpid() };
    // SAFETY: the number is live for as long as the call.
    let told = unsafe { write(state.descriptors[REPORT], from_ref(&pid).cast(), size_of::<c_int>()) };
    answer_long(told, c"report")?;
    close_the_rest()
}

fn close_all() -> Step {
    // SAFETY: plain numbers; nobody in this process owns a descriptor above the standard ones.
    answer_long(unsafe { syscall(SYS_CLOSE_RANGE, 3_u64, u64::from(u32::MAX), 0_u64) }, c"close the rest")
}

/// The launcher left nothing else open, and the interpreter is about to renew what it opened for itself.
fn close_what_was_given() -> Step {
    zygote_release();
    // SAFETY: the zygote's, and of no use to this process.
    answer(unsafe { close(CONTROL) }, c"close the rest")
}

fn join(namespace: c_int, kind: c_int, step: &'static CStr) -> Step {
    // SAFETY: takes two numbers; there is one thread, so what it changes is the process.
    answer(unsafe { setns(namespace, kind) }, step)
}

fn become_user([uid, gid, processes, _]: [c_uint; NUMBERS]) -> Step {
    let limit = [u64::from(processes); 2];
    // SAFETY: the limit is live and has a soft and a hard part, the rest takes numbers, and no handler is installed.
    unsafe {
        signal(SIGCHLD, SIG_DFL);
        answer(setrlimit(RLIMIT_NPROC, limit.as_ptr()), c"limit processes")?;
        answer(setsid(), c"begin a session")?;
        answer(setresgid(gid, gid, gid), c"become the group")?;
        answer(setresuid(uid, uid, uid), c"become the user")
    }
}

/// Entering a user namespace gave every capability in it, and a clean slate of what limits them.
fn renounce_privileges() -> Step {
    for capability in 0..64 {
        if control(PR_CAPBSET_DROP, capability, c"").is_err() {
            break;
        }
    }
    control(PR_SET_SECUREBITS, SECURE_BITS, c"lock the secure bits")?;
    let header = [CAPABILITY_VERSION_3, 0];
    let none = [0_u32; 6];
    // SAFETY: both are live and of the layout that this version has.
    answer(unsafe { capset(header.as_ptr(), none.as_ptr()) }, c"drop capabilities")?;
    control(PR_SET_NO_NEW_PRIVS, 1, c"give up new privileges")?;
    // As every program has it after exec: its files in /proc are its own.
    control(PR_SET_DUMPABLE, 1, c"own the files in /proc")
}

fn arrange_descriptors(state: &State) -> Step {
    // SAFETY: the path is terminated.
    let null = unsafe { open(c"/dev/null".as_ptr(), O_RDWR) };
    answer(null, c"open /dev/null")?;
    for (descriptor, number) in [(null, 0), (state.descriptors[STDOUT], 1), (state.descriptors[STDERR], 2)] {
        // SAFETY: plain numbers; the standard descriptors are there to be replaced.
        answer(unsafe { dup2(descriptor, number) }, c"place a standard descriptor")?;
    }
    // SAFETY: opened above, and not one of the standard ones, which were open.
    answer(unsafe { close(null) }, c"close /dev/null")
}

/// As for every process of a sandbox: when memory is used up, it goes before its init.
fn prefer_as_victim() -> Step {
    // SAFETY: the path is terminated, and the text is as long as it says.
    unsafe {
        let file = open(c"/proc/self/oom_score_adj".as_ptr(), O_WRONLY);
        answer(file, c"open oom_score_adj")?;
        answer_long(write(file, c"1000".as_ptr().cast(), 4), c"write oom_score_adj")?;
        close(file);
    }
    Ok(())
}

fn filter_calls(state: &State) -> Step {
    let program = FilterProgram { length: state.filter_length, instructions: state.filter.as_ptr() };
    // SAFETY: the program points to as many instructions as it says, and the kernel copies them.
    answer(
        unsafe { prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, from_ref(&program)) },
        c"install the system call filter",
    )
}

/// Tells the server what was refused: the errno, negative, and the step.
fn report(refused: &Refused) {
    let mut text = [0_u8; 64];
    let step = refused.step.to_bytes();
    let length = step.len().min(text.len() - 4);
    text[..4].copy_from_slice(&(-refused.errno).to_ne_bytes());
    text[4..4 + length].copy_from_slice(&step[..length]);
    // There is nobody else to tell if the server does not hear it.
    // SAFETY: the text is live and at least that long.
    unsafe { write(state().descriptors[REPORT], text.as_ptr().cast(), 4 + length) };
}

fn control(option: c_int, value: c_ulong, step: &'static CStr) -> Step {
    // SAFETY: the options used here take numbers.
    answer(unsafe { prctl(option, value, 0_u64, 0_u64, 0_u64) }, step)
}

fn answer(answer: c_int, step: &'static CStr) -> Step {
    if answer < 0 { Err(Refused { step, errno: errno() }) } else { Ok(()) }
}

fn answer_long(number: isize, step: &'static CStr) -> Step {
    answer(if number < 0 { -1 } else { 0 }, step)
}

fn code(step: Step) -> c_int {
    step.map_or_else(|refused| refused.errno, |()| 0)
}

fn errno() -> c_int {
    // SAFETY: libc answers a pointer to the calling thread's own number.
    unsafe { *__errno_location() }
}

const MSG_CMSG_CLOEXEC: c_int = 0x4000_0000;
const RLIMIT_NPROC: c_int = 6;
const SIGCHLD: c_int = 17;
const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;
const O_WRONLY: c_int = 1;
const O_RDWR: c_int = 2;
const PR_SET_DUMPABLE: c_int = 4;
const PR_SET_SECCOMP: c_int = 22;
const PR_CAPBSET_DROP: c_int = 24;
const PR_SET_SECUREBITS: c_int = 28;
const PR_SET_NO_NEW_PRIVS: c_int = 38;
const SECCOMP_MODE_FILTER: c_ulong = 2;
const CAPABILITY_VERSION_3: u32 = 0x2008_0522;
/// No power by being root, no change of it by a change of uid, no ambient capabilities; each for good.
const SECURE_BITS: c_ulong = 0b1110_1111;
/// The same on every architecture.
const SYS_CLOSE_RANGE: c_long = 436;
#[cfg(target_arch = "x86_64")]
const SYS_CLONE: c_long = 56;
#[cfg(target_arch = "aarch64")]
const SYS_CLONE: c_long = 220;

#[repr(C)]
struct IoVector {
    base: *mut c_void,
    length: usize,
}

#[repr(C)]
struct MessageHeader {
    name: *mut c_void,
    name_length: c_uint,
    vectors: *mut IoVector,
    vectors_length: usize,
    control: *mut c_void,
    control_length: usize,
    flags: c_int,
}

#[repr(C)]
struct FilterProgram {
    length: u16,
    instructions: *const u64,
}

// Found in the libc of whoever loads the library.
unsafe extern "C" {
    fn __errno_location() -> *mut c_int;
    fn _exit(code: c_int) -> !;
    fn abort() -> !;
    fn capset(header: *const u32, sets: *const u32) -> c_int;
    fn close(descriptor: c_int) -> c_int;
    fn dup2(descriptor: c_int, number: c_int) -> c_int;
    fn getpid() -> c_int;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn prctl(option: c_int, ...) -> c_int;
    fn read(descriptor: c_int, buffer: *mut c_void, size: usize) -> isize;
    fn recvmsg(socket: c_int, message: *mut MessageHeader, flags: c_int) -> isize;
    fn setns(namespace: c_int, kind: c_int) -> c_int;
    fn setresgid(real: c_uint, effective: c_uint, saved: c_uint) -> c_int;
    fn setresuid(real: c_uint, effective: c_uint, saved: c_uint) -> c_int;
    fn setrlimit(resource: c_int, limit: *const u64) -> c_int;
    fn setsid() -> c_int;
    fn signal(signal: c_int, handler: usize) -> usize;
    fn syscall(number: c_long, ...) -> isize;
    fn unshare(flags: c_int) -> c_int;
    fn write(descriptor: c_int, buffer: *const c_void, size: usize) -> isize;
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: takes nothing and does not return.
    unsafe { abort() }
}

/// The compiled core of the language names this although nothing here unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
