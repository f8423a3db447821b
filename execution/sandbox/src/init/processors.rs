//! Which processors the processes of the sandbox may run on, and so how many they see.

use std::fs;

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Lets every thread of the sandbox, and whatever starts later, run on `count` of the processors that init may use now.
/// `turn` says with which to begin, so that sandboxes spread over the machine.
pub(super) fn limit(count: usize, turn: u64) {
    let Ok(allowed) = sched_getaffinity(None) else { return };
    let chosen = choose(&allowed, count, turn);
    // What init starts inherits its own, which it may not name: see the system call filter.
    sched_setaffinity(None, &chosen).ok();
    for thread in threads() {
        // Refused only for init, and for a thread that has ended meanwhile.
        sched_setaffinity(Some(thread), &chosen).ok();
    }
}

fn choose(allowed: &CpuSet, count: usize, turn: u64) -> CpuSet {
    let processors = (0..CpuSet::MAX_CPU).filter(|&number| allowed.is_set(number)).collect::<Vec<_>>();
    let mut chosen = CpuSet::new();
    let first = usize::try_from(turn % (processors.len().max(1) as u64)).unwrap_or(0);
    for &number in processors.iter().cycle().skip(first).take(count.clamp(1, processors.len())) {
        chosen.set(number);
    }
    chosen
}

/// Every thread that init can see, its own too.
fn threads() -> Vec<Pid> {
    let processes = numbers("/proc");
    let threads = processes.into_iter().flat_map(|process| numbers(&format!("/proc/{process}/task")));
    threads.filter_map(Pid::from_raw).collect()
}

fn numbers(folder: &str) -> Vec<i32> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: &[usize]) -> CpuSet {
        let mut set = CpuSet::new();
        numbers.iter().for_each(|&number| set.set(number));
        set
    }

    #[test]
    fn sandboxes_take_processors_in_turn() {
        let allowed = set(&[0, 2, 5, 7]);
        assert_eq!(choose(&allowed, 2, 0), set(&[0, 2]));
        assert_eq!(choose(&allowed, 2, 3), set(&[0, 7]));
        assert_eq!(choose(&allowed, 2, 5), set(&[2, 5]));
    }

    #[test]
    fn no_more_are_chosen_than_there_are_and_never_none() {
        assert_eq!(choose(&set(&[1]), 6, 9), set(&[1]));
        assert_eq!(choose(&set(&[1, 2]), 0, 0), set(&[1]));
    }
}
