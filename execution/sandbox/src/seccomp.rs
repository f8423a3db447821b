//! Which system calls a sandboxed process may make.
//!
//! An allow-list: what is not listed answers ENOSYS, so that a libc or a runtime that probes for a newer call falls
//! back to the older one; what is known and refused answers EPERM, which tools report as what it is. Foreign system call
//! tables (32-bit calls) kill the process.
//!
//! The filter is compiled to a binary search rather than to a chain of comparisons: the kernel runs it for every
//! number when it is installed, and with a chain over these 300 calls that takes 0.8 ms, once per process.
#![allow(unsafe_code)]

mod calls;
mod policy;
mod program;

use std::io;
use std::sync::OnceLock;

use program::Program;

/// Compiles the filter if nobody has yet. Call it before forking the processes that install it.
pub(crate) fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| Program::compile(&policy::rules()))
}

/// Puts the calling thread, and every thread and process that it makes from now on, under the filter.
///
/// Gives up the gain of privileges by `execve` too, which the kernel demands of whoever filters itself. Allocates
/// nothing once the program is compiled.
///
/// # Errors
/// The kernel has no seccomp filters.
pub(crate) fn install() -> io::Result<()> {
    install_program(program())
}

fn install_program(program: &Program) -> io::Result<()> {
    give_up_new_privileges()?;
    let instructions = program.instructions();
    let filter = libc::sock_fprog {
        len: u16::try_from(instructions.len()).map_err(|_too_long| io::ErrorKind::InvalidInput)?,
        filter: instructions.as_ptr().cast_mut(),
    };
    // SAFETY: `filter` points to `len` instructions that outlive the call; the kernel copies and never writes them.
    let answer = unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, std::ptr::from_ref(&filter))
    };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Puts a zygote under a filter that also lets it enter namespaces. Its children install the other one on top.
///
/// # Errors
/// The kernel has no seccomp filters.
pub(crate) fn install_for_zygote() -> io::Result<()> {
    install_program(&Program::compile(&policy::zygote_rules()))
}

/// After this no `execve` adds privileges, by set-user-id bits or otherwise.
pub(crate) fn give_up_new_privileges() -> io::Result<()> {
    // SAFETY: this prctl takes plain numbers and only sets a bit of the calling thread.
    let answer = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `call` answers (0 or an errno) in a child that runs under the filter.
    fn under_the_filter(call: impl Fn() -> libc::c_long) -> i32 {
        program();
        // SAFETY: the child only makes system calls and leaves by _exit, so no lock of the parent matters to it.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let code = match install() {
                Ok(()) if call() < 0 => io::Error::last_os_error().raw_os_error().unwrap_or(255),
                Ok(()) => 0,
                Err(_) => 254,
            };
            // SAFETY: ends the child without running the parent's exit handlers.
            unsafe { libc::_exit(code) };
        }
        let mut status = 0;
        // SAFETY: `child` is our own, unreaped child and `status` is a live integer.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        libc::WEXITSTATUS(status)
    }

    macro_rules! answer_of {
        ($number:expr $(, $argument:expr)*) => {
            // SAFETY: the calls made here are refused or read-only whatever the arguments are.
            under_the_filter(|| unsafe { libc::syscall($number $(, $argument)*) })
        };
    }

    #[test]
    fn ordinary_calls_pass() {
        assert_eq!(answer_of!(libc::SYS_getpid), 0);
        assert_eq!(answer_of!(libc::SYS_memfd_create, c"x".as_ptr(), 0), 0);
        assert_eq!(answer_of!(libc::SYS_unshare, libc::CLONE_FS | libc::CLONE_FILES), 0);
        assert_eq!(answer_of!(libc::SYS_personality, 0xffff_ffff_u32), 0);
        assert_eq!(answer_of!(libc::SYS_socket, libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE), 0);
        assert_eq!(answer_of!(libc::SYS_socket, libc::AF_INET6, libc::SOCK_DGRAM, 0), 0);
    }

    #[test]
    fn clone3_seems_absent_so_that_libc_falls_back_to_clone() {
        assert_eq!(answer_of!(libc::SYS_clone3, 0, 0), libc::ENOSYS);
    }

    #[test]
    fn namespaces_are_refused_by_every_call_that_makes_or_enters_one() {
        assert_eq!(answer_of!(libc::SYS_unshare, libc::CLONE_NEWUSER), libc::EPERM);
        assert_eq!(answer_of!(libc::SYS_unshare, libc::CLONE_FS | libc::CLONE_NEWTIME), libc::EPERM);
        assert_eq!(answer_of!(libc::SYS_clone, libc::CLONE_NEWUSER | libc::SIGCHLD, 0), libc::EPERM);
        assert_eq!(answer_of!(libc::SYS_setns, 0, 0), libc::EPERM);
    }

    #[test]
    fn sockets_below_tcp_and_udp_are_refused() {
        assert_eq!(
            answer_of!(libc::SYS_socket, libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP),
            libc::EPERM
        );
        let packet = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
        assert_eq!(answer_of!(libc::SYS_socket, libc::AF_PACKET, packet, 0), libc::EAFNOSUPPORT);
        assert_eq!(
            answer_of!(libc::SYS_socket, libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_MPTCP),
            libc::EPROTONOSUPPORT
        );
        let netfilter = libc::NETLINK_NETFILTER;
        assert_eq!(
            answer_of!(libc::SYS_socket, libc::AF_NETLINK, libc::SOCK_RAW, netfilter),
            libc::EPROTONOSUPPORT
        );
    }

    #[test]
    fn calls_that_widen_the_attack_surface_are_refused() {
        for number in [
            libc::SYS_keyctl,
            libc::SYS_bpf,
            libc::SYS_userfaultfd,
            libc::SYS_ptrace,
            libc::SYS_mount,
            libc::SYS_open_by_handle_at,
            libc::SYS_perf_event_open,
            libc::SYS_process_vm_readv,
        ] {
            assert_eq!(program().answer(number), program::Answer::Errno(libc::EPERM), "system call {number}");
        }
        assert_eq!(program().answer(libc::SYS_io_uring_setup), program::Answer::Errno(libc::ENOSYS));
    }

    #[test]
    fn a_filtered_process_starts_other_programs() {
        program();
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", "ls / | wc -l; sleep 0.01 & wait"]);
        // SAFETY: `install` only makes system calls.
        unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, install) };
        assert_eq!(command.output().map(|output| output.status.code()).ok(), Some(Some(0)));
    }
}
