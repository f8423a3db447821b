//! Who is in an environment, and what each of them does: the runtime and the extensions.
//!
//! Init is over when everybody waits for an event, an invocation when everybody who was told of it waits again.

/// Someone who asks for events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    Runtime,
    Extension(ExtensionId),
}

/// The place of an extension in the order in which this init came to know of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExtensionId(pub(crate) usize);

/// Whether an extension has a process of its own or lives in the runtime's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    External,
    Internal,
}

/// Which events an extension asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    pub(crate) invoke: bool,
    pub(crate) shutdown: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// Not there yet, or no longer.
    Absent,
    /// An extension that was started and has not registered.
    Started,
    Working,
    /// For an event.
    Waiting,
}

#[derive(Debug, Clone, Copy)]
struct Extension {
    kind: Kind,
    interest: Interest,
    presence: Presence,
}

#[derive(Debug)]
pub(super) struct Attendance {
    runtime: Presence,
    extensions: Vec<Extension>,
}

impl Attendance {
    pub(super) fn nobody() -> Attendance {
        Attendance { runtime: Presence::Absent, extensions: vec![] }
    }

    /// So many external extensions are starting.
    pub(super) fn launch(&mut self, count: usize) {
        let started =
            Extension { kind: Kind::External, interest: Interest::default(), presence: Presence::Started };
        self.extensions = vec![started; count];
    }

    pub(super) fn start_runtime(&mut self) {
        self.runtime = Presence::Working;
    }

    /// Internal extensions are heard of for the first time when they register.
    pub(super) fn register(&mut self, id: ExtensionId, kind: Kind, interest: Interest) {
        let registered = Extension { kind, interest, presence: Presence::Working };
        match self.extensions.get_mut(id.0) {
            Some(extension) => *extension = registered,
            None => self.extensions.push(registered),
        }
    }

    /// Anybody inside can call, also in the place of a runtime that has not been started; only who is there counts.
    pub(super) fn wait(&mut self, member: Member) {
        if let Some(presence) = self.presence(member)
            && *presence == Presence::Working
        {
            *presence = Presence::Waiting;
        }
    }

    pub(super) fn leave(&mut self, member: Member) {
        if let Some(presence) = self.presence(member) {
            *presence = Presence::Absent;
        }
    }

    /// Tells everybody who asked for invocations of one.
    pub(super) fn hand_out(&mut self) {
        self.runtime = Presence::Working;
        for extension in self.extensions.iter_mut().filter(|extension| extension.interest.invoke) {
            extension.presence = Presence::Working;
        }
    }

    pub(super) fn all_have_registered(&self) -> bool {
        !self.extensions.iter().any(|extension| extension.presence == Presence::Started)
    }

    pub(super) fn all_wait(&self) -> bool {
        self.runtime == Presence::Waiting
            && self.extensions.iter().all(|extension| extension.presence == Presence::Waiting)
    }

    pub(super) fn extensions_work(&self) -> bool {
        self.extensions.iter().any(|extension| extension.presence == Presence::Working)
    }

    pub(super) fn has_runtime(&self) -> bool {
        self.runtime != Presence::Absent
    }

    /// The kind of extension that decides how long a shutdown may take; none has registered without one.
    pub(super) fn registered(&self) -> Option<Kind> {
        let registered = |kind| {
            let is_so = |extension: &Extension| {
                extension.kind == kind && !matches!(extension.presence, Presence::Started | Presence::Absent)
            };
            self.extensions.iter().any(is_so).then_some(kind)
        };
        registered(Kind::External).or(registered(Kind::Internal))
    }

    /// Whether an extension with a process of its own waits to be told that the environment shuts down.
    pub(super) fn shutdown_is_awaited(&self) -> bool {
        self.extensions.iter().any(|extension| {
            let Extension { kind, interest, presence } = extension;
            *kind == Kind::External && interest.shutdown && *presence != Presence::Absent
        })
    }

    fn presence(&mut self, member: Member) -> Option<&mut Presence> {
        match member {
            Member::Runtime => Some(&mut self.runtime),
            Member::Extension(ExtensionId(index)) => {
                self.extensions.get_mut(index).map(|extension| &mut extension.presence)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Interest = Interest { invoke: true, shutdown: true };
    const FIRST: ExtensionId = ExtensionId(0);

    fn with(kind: Kind, interest: Interest) -> Attendance {
        let mut attendance = Attendance::nobody();
        attendance.launch(usize::from(kind == Kind::External));
        attendance.register(FIRST, kind, interest);
        attendance.start_runtime();
        attendance.wait(Member::Runtime);
        attendance.wait(Member::Extension(FIRST));
        attendance
    }

    #[test]
    fn an_extension_that_asked_for_no_invocation_does_not_hold_one_up() {
        let mut attendance = with(Kind::External, Interest { invoke: false, shutdown: true });
        attendance.hand_out();
        assert!(!attendance.extensions_work());
        attendance.wait(Member::Runtime);
        assert!(attendance.all_wait());
    }

    #[test]
    fn an_extension_that_was_told_of_an_invocation_does() {
        let mut attendance = with(Kind::Internal, ALL);
        attendance.hand_out();
        attendance.wait(Member::Runtime);
        assert!(!attendance.all_wait());
        attendance.wait(Member::Extension(FIRST));
        assert!(attendance.all_wait());
    }

    #[test]
    fn an_extension_that_never_registered_does_not_lengthen_the_shutdown() {
        let mut attendance = Attendance::nobody();
        attendance.launch(1);
        assert!(!attendance.all_have_registered());
        assert_eq!(attendance.registered(), None);
        attendance.register(FIRST, Kind::External, ALL);
        assert!(attendance.all_have_registered());
        assert_eq!(attendance.registered(), Some(Kind::External));
        attendance.leave(Member::Extension(FIRST));
        assert!(!attendance.shutdown_is_awaited());
    }
}
