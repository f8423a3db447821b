//! Which rule each system call has: the lists of [`calls`](super::calls), and rules of their own for the few whose arguments decide.

use libc::c_long;

use super::calls::{FILES, MEMORY, OLDER_FORMS, PROCESSES, REFUSED, SOCKETS, WAITING};
use super::program::{Answer, Rule, Rules};

pub(super) fn rules() -> Rules {
    let always = |answer| move |&number: &c_long| (number, Rule::Always(answer));
    let mut rules = Rules::new();
    for allowed in [FILES, MEMORY, PROCESSES, SOCKETS, WAITING, OLDER_FORMS] {
        rules.extend(allowed.iter().map(always(Answer::Allow)));
    }
    rules.extend(REFUSED.iter().map(always(Answer::Errno(libc::EPERM))));
    rules.extend([
        (libc::SYS_clone, without_bits(0, CLONE_NAMESPACES)),
        (libc::SYS_unshare, without_bits(0, UNSHARE_NAMESPACES)),
        (libc::SYS_socket, socket()),
        (libc::SYS_socketpair, socketpair()),
        (libc::SYS_personality, personality()),
        (libc::SYS_ioctl, ioctl()),
        (libc::SYS_setpriority, one_of(0, &[PRIO_USER], refuse(libc::EPERM), not_of_init(1))),
    ]);
    rules.extend(OF_A_PROCESS.map(|number| (number, not_of_init(0))));
    rules
}

pub(super) fn zygote_rules() -> Rules {
    let mut rules = rules();
    rules.insert(libc::SYS_setns, ALLOW);
    rules
}

/// 0x80 is absent: to `clone` it belongs to the exit signal, and a time namespace comes only by `unshare`.
const CLONE_NAMESPACES: i32 = libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET;
const UNSHARE_NAMESPACES: i32 = CLONE_NAMESPACES | libc::CLONE_NEWTIME;

/// What they change is the process's that their first argument names.
const OF_A_PROCESS: [c_long; 5] = [
    libc::SYS_prlimit64,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setattr,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setscheduler,
];
/// Every process of the user's, init too.
const PRIO_USER: i32 = 2;
const INIT: i32 = 1;

const ALLOW: Rule = Rule::Always(Answer::Allow);

const fn refuse(errno: i32) -> Rule {
    Rule::Always(Answer::Errno(errno))
}

fn without_bits(argument: u32, bits: i32) -> Rule {
    let (then, otherwise) = (Box::new(refuse(libc::EPERM)), Box::new(ALLOW));
    Rule::AnyBit { argument, bits: bits.cast_unsigned(), then, otherwise }
}

fn one_of(argument: u32, values: &[i32], then: Rule, otherwise: Rule) -> Rule {
    let values = values.iter().map(|value| value.cast_unsigned()).collect();
    Rule::OneOf { argument, mask: u32::MAX, values, then: Box::new(then), otherwise: Box::new(otherwise) }
}

/// Init has the user id of the processes that it starts, and to these calls nothing else counts.
fn not_of_init(argument: u32) -> Rule {
    one_of(argument, &[INIT], refuse(libc::EPERM), ALLOW)
}

/// Unix sockets, TCP and UDP, and of netlink only routes, for `getifaddrs`. MPTCP is refused as a kernel without it
/// would: Go's servers ask for it and fall back. SCTP, L2TP and the like would make the kernel load modules.
fn socket() -> Rule {
    const FAMILY: u32 = 0;
    const PROTOCOL: u32 = 2;
    let transports = [0, libc::IPPROTO_TCP, libc::IPPROTO_UDP];
    let internet = cooked_only(one_of(PROTOCOL, &transports, ALLOW, refuse(libc::EPROTONOSUPPORT)));
    let netlink = one_of(PROTOCOL, &[libc::NETLINK_ROUTE], ALLOW, refuse(libc::EPROTONOSUPPORT));
    let others = one_of(FAMILY, &[libc::AF_NETLINK], netlink, refuse(libc::EAFNOSUPPORT));
    let others = one_of(FAMILY, &[libc::AF_INET, libc::AF_INET6], internet, others);
    one_of(FAMILY, &[libc::AF_UNIX], ALLOW, others)
}

/// Refuses raw sockets as the kernel refuses those who lack `CAP_NET_RAW`.
fn cooked_only(then: Rule) -> Rule {
    /// The rest of the argument is `SOCK_NONBLOCK` and `SOCK_CLOEXEC`.
    const TYPE_MASK: u32 = 0xf;
    /// The older way to the packets that `AF_PACKET` gives.
    const SOCK_PACKET: i32 = 10;
    let raw = [libc::SOCK_RAW, SOCK_PACKET].map(i32::cast_unsigned).to_vec();
    let refused = Box::new(refuse(libc::EPERM));
    Rule::OneOf { argument: 1, mask: TYPE_MASK, values: raw, then: refused, otherwise: Box::new(then) }
}

fn socketpair() -> Rule {
    one_of(0, &[libc::AF_UNIX], ALLOW, refuse(libc::EAFNOSUPPORT))
}

/// The usual one, the question what it is, and no address randomisation (debuggers and some language runtimes).
fn personality() -> Rule {
    const QUERY: i32 = -1;
    one_of(0, &[0, QUERY, libc::ADDR_NO_RANDOMIZE], ALLOW, refuse(libc::EPERM))
}

/// Typing into another process's terminal, and loading line disciplines.
fn ioctl() -> Rule {
    const TIOCSTI: i32 = 0x5412;
    const TIOCLINUX: i32 = 0x541c;
    const TIOCSETD: i32 = 0x5423;
    one_of(1, &[TIOCSTI, TIOCLINUX, TIOCSETD], refuse(libc::EPERM), ALLOW)
}
