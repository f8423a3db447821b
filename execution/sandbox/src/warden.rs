//! The warden: what `mayfly serve` is itself. It starts the launcher and the server, hands them their ends of one
//! socket, replaces whichever dies, and ends with the server's exit code.
//!
//! It is single-threaded and holds no state of the service, so there is little in it that can fail. When it is killed
//! all the same, the server dies with it (the kernel sees to that) and the launcher, which notices that its socket
//! has closed, clears every sandbox away before it ends.

mod child;
mod folder;
pub(crate) mod ids;
mod policy;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};

use crate::cgroup::Place;
use crate::namespaces::NewNamespaces;
use crate::role::Role;
use crate::spec::{Parking, TemplateTable};
use crate::uids::{SERVER_UID, UidPlan};
use crate::{cgroup, launcher, packet, privileges, seat, signals};
use child::Child;
use folder::Folder;
use policy::{Action, Event, Policy};

/// What the warden is to run.
#[derive(Debug)]
pub struct Config {
    /// Must be there.
    pub data_dir: PathBuf,
    pub templates: TemplateTable,
    /// Handed to each server as it is.
    pub payload: Vec<u8>,
    /// Each server gets duplicates, so a listening socket outlives a server that dies.
    pub descriptors: Vec<OwnedFd>,
    pub parking: Parking,
}

/// Runs until the server ends by itself or after SIGTERM or SIGINT. The calling process must be single-threaded.
pub fn run(config: Config) -> ExitCode {
    match Warden::new(config).and_then(Warden::serve) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("mayfly: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Warden {
    config: Config,
    _folder: Folder,
    places: Vec<Place>,
    rootless: bool,
    isolation: seat::Isolation,
    uids: UidPlan,
    stops: signals::Watch,
    started: Instant,
    launcher: Option<Child>,
    server: Option<Child>,
}

impl Warden {
    fn new(config: Config) -> io::Result<Self> {
        let rootless = !privileges::is_administrator()?;
        let server = if rootless { rustix::process::geteuid().as_raw() } else { SERVER_UID };
        let folder = Folder::take(&config.data_dir, server)?;
        cgroup::layout::clear(&folder.recorded_places()?)?;
        let places = cgroup::layout::prepare(&folder.group_name())?;
        folder.record_places(&places)?;
        let uids = if rootless { ids::plan() } else { folder.uid_plan() };
        let isolation = isolation(rootless, &places, &uids);
        let stops = signals::Watch::on(&[libc::SIGTERM, libc::SIGINT])?;
        Ok(Self {
            config,
            _folder: folder,
            places,
            rootless,
            isolation,
            uids,
            stops,
            started: Instant::now(),
            launcher: None,
            server: None,
        })
    }

    fn serve(mut self) -> io::Result<u8> {
        let mut policy = Policy::default();
        let mut actions = policy.start();
        loop {
            for action in std::mem::take(&mut actions) {
                if let Some(code) = self.perform(action)? {
                    cgroup::layout::clear(&self.places)?;
                    return Ok(code);
                }
            }
            for event in self.wait()? {
                actions.extend(policy.on(event, self.started.elapsed()));
            }
        }
    }

    fn perform(&mut self, action: Action) -> io::Result<Option<u8>> {
        match action {
            Action::StartServer => self.server = Some(self.start_server()?),
            Action::StartLauncher => self.launcher = Some(self.start_launcher()?),
            Action::AskServerToStop => {
                if let Some(server) = &self.server {
                    server.ask_to_stop()?;
                }
            }
            Action::ReleaseLauncher => {
                if let Some(launcher) = &mut self.launcher {
                    launcher.release();
                }
            }
            Action::Finish(code) => return Ok(Some(code)),
        }
        Ok(None)
    }

    fn start_server(&self) -> io::Result<Child> {
        let child = Child::start(Role::Server, NewNamespaces::default(), |_pid| Ok(()))?;
        let config = seat::Config {
            data_dir: self.config.data_dir.clone(),
            payload: self.config.payload.clone(),
            parking: self.config.parking,
            isolation: self.isolation.clone(),
            user: (!self.rootless).then_some(SERVER_UID),
            warden: rustix::process::getpid().as_raw_nonzero().get(),
        };
        let descriptors: Vec<BorrowedFd<'_>> = self.config.descriptors.iter().map(AsFd::as_fd).collect();
        child.send_large(&config, &descriptors)?;
        Ok(child)
    }

    /// Clears what a launcher that was killed left, then starts one and tells the server. One that was released has
    /// removed the places themselves, for it cannot know whether the warden lives on.
    fn start_launcher(&self) -> io::Result<Child> {
        cgroup::layout::renew(&self.places)?;
        let namespaces = NewNamespaces { user: self.rootless, mount: true, pid: true };
        let child = Child::start(Role::Launcher, namespaces, |pid| {
            if self.rootless { ids::write_maps(pid, &self.uids) } else { Ok(()) }
        })?;
        let (launcher_end, server_end) = packet::pair()?;
        child.send_large(&self.launcher_config(), &[launcher_end.as_fd()])?;
        if let Some(server) = &self.server {
            server.send(&[server_end.as_fd()])?;
        }
        Ok(child)
    }

    fn launcher_config(&self) -> launcher::Config {
        launcher::Config {
            data_dir: self.config.data_dir.clone(),
            templates: self.config.templates.clone(),
            places: self.places.clone(),
            uids: self.uids.clone(),
            server_uid: if self.rootless { 0 } else { SERVER_UID },
            scratch: if self.rootless {
                launcher::ScratchKind::Tmpfs
            } else {
                launcher::ScratchKind::LoopExt4
            },
            rootless: self.rootless,
        }
    }

    /// What has happened, if anything.
    fn wait(&mut self) -> io::Result<Vec<Event>> {
        self.watch_children()?;
        let mut events = Vec::new();
        while self.stops.next()?.is_some() {
            events.push(Event::StopAsked);
        }
        if ended(&mut self.launcher)?.is_some() {
            events.push(Event::LauncherEnded);
        }
        if let Some(code) = ended(&mut self.server)? {
            events.push(Event::ServerEnded(code));
        }
        Ok(events)
    }

    /// Waits until there is something to see to.
    ///
    /// A launcher that was killed has ended when its sandboxes have, and what version 1 of cgroups has frozen does not
    /// die. That it is about to end shows by its socket; from then on everything is thawed, and again until it is over,
    /// for the server may still freeze.
    fn watch_children(&mut self) -> io::Result<()> {
        let link = self.launcher.as_ref().and_then(Child::link);
        let is_ending = self.launcher.is_some() && link.is_none();
        if is_ending && let Err(error) = cgroup::layout::thaw(&self.places) {
            tracing::warn!(%error, "sandboxes of a launcher that ends may stay frozen");
        }
        let children = [&self.launcher, &self.server].into_iter().flatten();
        let mut watched: Vec<PollFd<'_>> =
            children.map(|child| PollFd::new(child.pidfd(), PollFlags::IN)).collect();
        watched.push(PollFd::new(&self.stops, PollFlags::IN));
        let others = watched.len();
        watched.extend(link.map(|link| PollFd::new(link, PollFlags::empty())));
        rustix::io::retry_on_intr(|| {
            rustix::event::poll(&mut watched, is_ending.then_some(&cgroup::THAW_PAUSE))
        })?;
        let hung_up = watched[others..].iter().any(|link| link.revents().contains(PollFlags::HUP));
        match &mut self.launcher {
            Some(launcher) if hung_up => launcher.kill(),
            _goes_on => Ok(()),
        }
    }
}

/// Reaps a child that has ended; its exit code, or none when a signal ended it.
fn ended(child: &mut Option<Child>) -> io::Result<Option<Option<i32>>> {
    let Some(alive) = child else { return Ok(None) };
    let ended = alive.reap()?;
    if ended.is_some() {
        *child = None;
    }
    Ok(ended)
}

/// What is weaker here than it could be.
fn isolation(rootless: bool, places: &[Place], uids: &UidPlan) -> seat::Isolation {
    let has = |wanted: fn(cgroup::Hierarchy) -> bool| places.iter().any(|place| wanted(place.hierarchy));
    let mut weaker = Vec::new();
    let mut say = |weak: bool, sentence: &str| {
        if weak {
            weaker.push(sentence.to_owned());
        }
    };
    say(rootless, "/tmp of a function is kept in this machine's memory");
    say(
        matches!(uids, UidPlan::Shared(_)),
        "all sandboxes share one user id, so one can use up what the kernel counts per user",
    );
    say(
        !has(cgroup::Hierarchy::counts_memory),
        "memory is limited by looking every 50 ms, not by the kernel",
    );
    say(!has(cgroup::Hierarchy::counts_cpu), "processor time is not limited");
    say(
        !has(cgroup::Hierarchy::freezes),
        "idle sandboxes are stopped by signals, which their processes can notice",
    );
    seat::Isolation { rootless, weaker }
}
