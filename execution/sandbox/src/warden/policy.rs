//! What the warden does when one of its processes ends or it is asked to stop: a plain state machine.
//!
//! ```text
//!              launcher died                       server died
//!  Serving ──────────────────▶ new launcher   ───────────────────▶ (launcher ends by itself) ──▶ both anew
//!     │  asked to stop / server ended by itself
//!     ▼
//!  Stopping ── server ended ──▶ launcher ends by itself ──▶ Finish
//! ```

use std::collections::VecDeque;
use std::time::Duration;

/// More ends than this in [`RESTART_WINDOW`] mean that starting again will not help.
const RESTARTS_MAX: usize = 5;
const RESTART_WINDOW: Duration = Duration::from_secs(30);
/// What a process that a panic ended exits with, which is a crash like a signal.
const PANIC_CODE: i32 = 101;
const FAILURE_CODE: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    StopAsked,
    LauncherEnded,
    /// With the exit code; none when a signal ended it.
    ServerEnded(Option<i32>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    StartLauncher,
    StartServer,
    AskServerToStop,
    /// Makes the launcher end its sandboxes and itself.
    ReleaseLauncher,
    Finish(u8),
}

#[derive(Debug, Default)]
pub(super) struct Policy {
    server_alive: bool,
    launcher_alive: bool,
    /// Set once nothing is to be started any more.
    code: Option<u8>,
    ends: VecDeque<Duration>,
}

impl Policy {
    pub(super) fn start(&mut self) -> Vec<Action> {
        self.start_what_is_missing()
    }

    /// `now` is the time since some fixed moment.
    pub(super) fn on(&mut self, event: Event, now: Duration) -> Vec<Action> {
        match event {
            Event::StopAsked => {
                self.code.get_or_insert(0);
                return vec![Action::AskServerToStop];
            }
            Event::LauncherEnded => self.launcher_alive = false,
            Event::ServerEnded(code) => self.server_ended(code),
        }
        if self.code.is_none() && self.ends_too_often(now) {
            self.code = Some(FAILURE_CODE);
        }
        self.next()
    }

    fn server_ended(&mut self, code: Option<i32>) {
        self.server_alive = false;
        match code {
            // Its own decision: a port in use, a setting it cannot take, or the end of a drain.
            Some(code) if code != PANIC_CODE => {
                let code = u8::try_from(code).unwrap_or(FAILURE_CODE);
                self.code = Some(self.code.map_or(code, |earlier| earlier.max(code)));
            }
            _crashed => {}
        }
    }

    fn ends_too_often(&mut self, now: Duration) -> bool {
        self.ends.push_back(now);
        while self.ends.front().is_some_and(|end| now.saturating_sub(*end) > RESTART_WINDOW) {
            self.ends.pop_front();
        }
        self.ends.len() > 2 * RESTARTS_MAX
    }

    fn next(&mut self) -> Vec<Action> {
        match (self.server_alive, self.launcher_alive, self.code) {
            (false, false, Some(code)) => vec![Action::Finish(code)],
            (false, true, _) => vec![Action::ReleaseLauncher],
            (true, false, Some(_stopping)) => vec![Action::AskServerToStop],
            (_, false, None) => self.start_what_is_missing(),
            (true, true, _) => Vec::new(),
        }
    }

    /// The launcher first, so that the server finds its socket.
    fn start_what_is_missing(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        if !std::mem::replace(&mut self.server_alive, true) {
            actions.push(Action::StartServer);
        }
        if !std::mem::replace(&mut self.launcher_alive, true) {
            actions.push(Action::StartLauncher);
        }
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(100);

    fn serving() -> Policy {
        let mut policy = Policy::default();
        assert_eq!(policy.start(), [Action::StartServer, Action::StartLauncher]);
        policy
    }

    #[test]
    fn a_dead_launcher_is_replaced_while_the_server_goes_on() {
        assert_eq!(serving().on(Event::LauncherEnded, NOW), [Action::StartLauncher]);
    }

    #[test]
    fn a_dead_server_takes_its_launcher_along_before_both_are_started_anew() {
        let mut policy = serving();
        assert_eq!(policy.on(Event::ServerEnded(None), NOW), [Action::ReleaseLauncher]);
        assert_eq!(policy.on(Event::LauncherEnded, NOW), [Action::StartServer, Action::StartLauncher]);
    }

    #[test]
    fn a_panic_is_a_crash_and_any_other_exit_is_final() {
        let mut policy = serving();
        policy.on(Event::ServerEnded(Some(PANIC_CODE)), NOW);
        assert_eq!(policy.on(Event::LauncherEnded, NOW), [Action::StartServer, Action::StartLauncher]);
        policy.on(Event::ServerEnded(Some(2)), NOW);
        assert_eq!(policy.on(Event::LauncherEnded, NOW), [Action::Finish(2)]);
    }

    #[test]
    fn a_stop_waits_for_the_server_and_then_for_the_launcher() {
        let mut policy = serving();
        assert_eq!(policy.on(Event::StopAsked, NOW), [Action::AskServerToStop]);
        assert_eq!(policy.on(Event::ServerEnded(Some(0)), NOW), [Action::ReleaseLauncher]);
        assert_eq!(policy.on(Event::LauncherEnded, NOW), [Action::Finish(0)]);
    }

    #[test]
    fn a_launcher_that_keeps_dying_ends_the_server_too() {
        let mut policy = serving();
        let last = (0..=2 * RESTARTS_MAX).map(|_| policy.on(Event::LauncherEnded, NOW)).last();
        assert_eq!(last, Some(vec![Action::AskServerToStop]));
    }

    #[test]
    fn ends_that_lie_far_apart_do_not_add_up() {
        let mut policy = serving();
        for minute in 0..100 {
            let now = Duration::from_secs(60 * minute);
            assert_eq!(policy.on(Event::LauncherEnded, now), [Action::StartLauncher]);
        }
    }
}
