//! Parts of the kernel that nothing inside needs.

use crate::attempt::{Attempts, pointer};
use crate::{Check, Finding};

pub(crate) const CHECKS: &[Check] = &[
    ("raw_sockets_are_refused", raw_sockets_are_refused),
    ("netlink_is_for_routes_only", netlink_is_for_routes_only),
    ("keyrings_are_refused", keyrings_are_refused),
    ("dangerous_subsystems_are_refused", dangerous_subsystems_are_refused),
    ("the_machine_cannot_be_administered", the_machine_cannot_be_administered),
];

fn socket(attempts: Attempts, what: &str, arguments: [i32; 3]) -> Attempts {
    attempts.call(what, libc::SYS_socket, &arguments.map(libc::c_long::from))
}

fn raw_sockets_are_refused() -> Finding {
    [
        ("raw ICMP", [libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP]),
        ("raw IP", [libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_RAW]),
        ("raw IPv6", [libc::AF_INET6, libc::SOCK_RAW, libc::IPPROTO_ICMPV6]),
        ("packets", [libc::AF_PACKET, libc::SOCK_RAW, 0]),
        ("vsock", [libc::AF_VSOCK, libc::SOCK_STREAM, 0]),
        ("crypto", [libc::AF_ALG, libc::SOCK_SEQPACKET, 0]),
        ("sctp", [libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_SCTP]),
    ]
    .into_iter()
    .fold(Attempts::default(), |attempts, (what, arguments)| socket(attempts, what, arguments))
    .all_refused()
}

fn netlink_is_for_routes_only() -> Finding {
    [
        ("netfilter", libc::NETLINK_NETFILTER),
        ("audit", libc::NETLINK_AUDIT),
        ("uevents", libc::NETLINK_KOBJECT_UEVENT),
    ]
    .into_iter()
    .fold(Attempts::default(), |attempts, (what, protocol)| {
        socket(attempts, what, [libc::AF_NETLINK, libc::SOCK_RAW, protocol])
    })
    .all_refused()
}

fn keyrings_are_refused() -> Finding {
    const SESSION_KEYRING: libc::c_long = -3;
    const GET_KEYRING_ID: libc::c_long = 0;
    let (kind, name) = (pointer(c"user"), pointer(c"probe"));
    Attempts::default()
        .call("add_key", libc::SYS_add_key, &[kind, name, name, 5, SESSION_KEYRING])
        .call("request_key", libc::SYS_request_key, &[kind, name, 0, SESSION_KEYRING])
        .call("keyctl", libc::SYS_keyctl, &[GET_KEYRING_ID, SESSION_KEYRING, 0])
        .all_refused()
}

fn dangerous_subsystems_are_refused() -> Finding {
    Attempts::default()
        .call("bpf", libc::SYS_bpf, &[0, 0, 0])
        .call("perf_event_open", libc::SYS_perf_event_open, &[0, 0, -1, -1, 0])
        .call("userfaultfd", libc::SYS_userfaultfd, &[0])
        .call("io_uring", libc::SYS_io_uring_setup, &[8, 0])
        .call("fanotify", libc::SYS_fanotify_init, &[0, 0])
        .call("kcmp", libc::SYS_kcmp, &[1, 1, 0, 0, 0])
        .call("move_pages", libc::SYS_move_pages, &[1, 0, 0, 0, 0, 0])
        .all_refused()
}

fn the_machine_cannot_be_administered() -> Finding {
    let tmp = pointer(c"/tmp");
    Attempts::default()
        .call("load a module", libc::SYS_finit_module, &[0, tmp, 0])
        .call("unload a module", libc::SYS_delete_module, &[tmp, 0])
        .call("kexec", libc::SYS_kexec_load, &[0, 0, 0, 0])
        .call("reboot", libc::SYS_reboot, &[0xfee1_dead, 0x2812_1969, 0, 0])
        .call("set the clock", libc::SYS_clock_settime, &[0, 0])
        .call("set the host name", libc::SYS_sethostname, &[tmp, 4])
        .call("swap", libc::SYS_swapon, &[tmp, 0])
        .call("account", libc::SYS_acct, &[0])
        .call("read the kernel's log", libc::SYS_syslog, &[3, 0, 0])
        .call("quota", libc::SYS_quotactl, &[0, 0, 0, 0])
        .all_refused()
}
