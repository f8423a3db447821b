//! Other processes: who is seen, who can be touched, what came along from the process that started this one.

use std::fs::{self, File};
use std::io;

use crate::attempt::{Attempts, expect, failure};
use crate::{Check, Finding, expectation};

pub(crate) const CHECKS: &[Check] = &[
    ("other_processes_are_invisible", other_processes_are_invisible),
    ("init_and_parent_survive_a_kill", init_and_parent_survive_a_kill),
    ("init_keeps_its_limits_and_its_turn", init_keeps_its_limits_and_its_turn),
    ("processes_cannot_be_traced", processes_cannot_be_traced),
    ("no_descriptor_is_inherited", no_descriptor_is_inherited),
    ("the_environment_is_what_was_asked_for", the_environment_is_what_was_asked_for),
    ("namespaces_cannot_be_made", namespaces_cannot_be_made),
    ("namespaces_cannot_be_entered", namespaces_cannot_be_entered),
    ("the_host_is_anonymous", the_host_is_anonymous),
];

const INIT: i32 = 1;

fn other_processes_are_invisible() -> Finding {
    let entries = fs::read_dir("/proc").map_err(failure("reading /proc"))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let seen: Vec<u32> = names.filter_map(|name| name.parse().ok()).collect();
    let expected = |pid: &u32| *pid == INIT.cast_unsigned() || *pid == std::process::id();
    expect(seen.iter().all(expected), format!("process ids seen: {seen:?}"))
}

fn init_and_parent_survive_a_kill() -> Finding {
    if parent() != INIT {
        return Err(format!("the parent is {} instead of init", parent()));
    }
    let mut answers = Vec::new();
    for signal in [libc::SIGTERM, libc::SIGSEGV, libc::SIGSTOP, libc::SIGKILL] {
        // SAFETY: kill takes two numbers.
        answers.push((signal, unsafe { libc::kill(INIT, signal) }));
    }
    let status = fs::read_to_string("/proc/1/status").map_err(failure("init is gone"))?;
    let stopped = status.contains("State:\tT");
    expect(
        !stopped && parent() == INIT,
        format!("signals and what kill answered: {answers:?}; stopped: {stopped}"),
    )
}

fn init_keeps_its_limits_and_its_turn() -> Finding {
    let init = libc::c_long::from(INIT);
    let [limit, every, user] =
        [libc::RLIMIT_NOFILE, libc::PRIO_PROCESS, libc::PRIO_USER].map(libc::c_long::from);
    let (mask, normal) = (1_u64, 0_u64);
    let (mask, normal) = (&raw const mask as libc::c_long, &raw const normal as libc::c_long);
    Attempts::default()
        .call("prlimit64", libc::SYS_prlimit64, &[init, limit, 0, 0])
        .call("sched_setaffinity", libc::SYS_sched_setaffinity, &[init, 8, mask])
        .call("sched_setscheduler", libc::SYS_sched_setscheduler, &[init, 0, normal])
        .call("sched_setparam", libc::SYS_sched_setparam, &[init, normal])
        .call("setpriority", libc::SYS_setpriority, &[every, init, 0])
        .call("setpriority of the user", libc::SYS_setpriority, &[user, 0, 0])
        .all_refused()
}

fn parent() -> i32 {
    // SAFETY: getppid takes nothing and always succeeds.
    unsafe { libc::getppid() }
}

fn processes_cannot_be_traced() -> Finding {
    let init = libc::c_long::from(INIT);
    let [attach, seize, trace_me] =
        [libc::PTRACE_ATTACH, libc::PTRACE_SEIZE, libc::PTRACE_TRACEME].map(libc::c_long::from);
    Attempts::default()
        .call("ptrace attach", libc::SYS_ptrace, &[attach, init, 0, 0])
        .call("ptrace seize", libc::SYS_ptrace, &[seize, init, 0, 0])
        .call("ptrace traceme", libc::SYS_ptrace, &[trace_me, 0, 0, 0])
        .call("process_vm_readv", libc::SYS_process_vm_readv, &[init, 0, 0, 0, 0, 0])
        .call("process_vm_writev", libc::SYS_process_vm_writev, &[init, 0, 0, 0, 0, 0])
        .call("pidfd_getfd", libc::SYS_pidfd_getfd, &[0, 0, 0])
        .result("init's memory", File::open("/proc/1/mem"))
        .result("init's environment", fs::read("/proc/1/environ").and_then(refuse_empty))
        .result("init's root", fs::read_dir("/proc/1/root"))
        .result("init's descriptors", fs::read_link("/proc/1/fd/0"))
        .all_refused()
}

/// An empty environment tells as little as one that cannot be read.
fn refuse_empty(content: Vec<u8>) -> io::Result<Vec<u8>> {
    if content.is_empty() { Err(io::Error::from_raw_os_error(libc::EACCES)) } else { Ok(content) }
}

fn no_descriptor_is_inherited() -> Finding {
    let entries = fs::read_dir("/proc/self/fd").map_err(failure("reading /proc/self/fd"))?;
    let open: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let target = fs::read_link(entry.path()).ok()?;
            Some(format!("{}={}", entry.file_name().to_string_lossy(), target.display()))
        })
        .collect();
    // The descriptor that reads this folder shows up in it.
    let own = format!("/proc/{}/fd", std::process::id());
    let known = |text: &String| {
        ["0=", "1=pipe:", "2=pipe:"].iter().any(|start| text.starts_with(start)) || text.ends_with(&own)
    };
    expect(open.iter().all(known), format!("open: {open:?}"))
}

fn the_environment_is_what_was_asked_for() -> Finding {
    let expected = expectation("ENVIRONMENT")?;
    let mut names: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
    names.sort();
    expect(names.join(",") == expected, format!("variables: {names:?}, asked for: {expected}"))
}

fn namespaces_cannot_be_made() -> Finding {
    let kinds = [
        ("mount", libc::CLONE_NEWNS),
        ("cgroup", libc::CLONE_NEWCGROUP),
        ("uts", libc::CLONE_NEWUTS),
        ("ipc", libc::CLONE_NEWIPC),
        ("user", libc::CLONE_NEWUSER),
        ("pid", libc::CLONE_NEWPID),
        ("net", libc::CLONE_NEWNET),
        ("time", libc::CLONE_NEWTIME),
    ];
    let unshared = kinds.into_iter().fold(Attempts::default(), |attempts, (name, flag)| {
        attempts.call(&format!("unshare {name}"), libc::SYS_unshare, &[libc::c_long::from(flag)])
    });
    let child = libc::c_long::from(libc::CLONE_NEWUSER | libc::SIGCHLD);
    unshared
        .call("clone into a user namespace", libc::SYS_clone, &[child, 0, 0, 0, 0])
        .call("clone3", libc::SYS_clone3, &[0, 0])
        .all_refused()
}

fn namespaces_cannot_be_entered() -> Finding {
    Attempts::default()
        .call("setns", libc::SYS_setns, &[0, 0])
        .result("init's mount namespace", File::open("/proc/1/ns/mnt"))
        .all_refused()
}

fn the_host_is_anonymous() -> Finding {
    let host = expectation("HOSTNAME")?;
    let name = fs::read_to_string("/proc/sys/kernel/hostname").map_err(failure("reading the host name"))?;
    let groups = fs::read_to_string("/proc/self/cgroup").map_err(failure("reading the cgroup"))?;
    let hidden = groups.lines().all(|line| line.ends_with(":/"));
    expect(name.trim() != host && hidden, format!("host name {:?}, cgroups {groups:?}", name.trim()))
}
