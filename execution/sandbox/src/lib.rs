//! Runs processes under limits, isolated by the Linux kernel.
//!
//! ```text
//!  warden ──starts, replaces──▶ launcher (root of its own pid and mount namespaces)
//!    │                             │  forks
//!    │                             ▼
//!    │                           init (process 1 of a sandbox) ──forks──▶ the processes that were asked for
//!    │                             ▲  spawn, signal, exits, listeners
//!    └──starts, replaces──▶ server (no privileges) ──ids only──▶ launcher
//! ```
//!
//! The crate holds what needs privileges or `unsafe`, and knows no word of what runs inside. A program calls
//! [`Role::of_this_process`] first thing; its server side takes a [`Seat`], makes a [`Launcher`] of it, and gets a
//! [`Sandbox`] from that.

mod cgroup;
mod channel;
mod connection;
mod descriptors;
mod dialer;
mod dns;
mod egress;
mod failure;
mod fork;
pub mod host;

mod image_root;
mod init;
mod landlock;
pub mod launcher;
mod limits;
mod link;
mod local_stream;
mod loopback;
mod mounts;
mod namespaces;
mod packet;
mod parking;
mod privileges;
mod process;
mod program;
mod protocol;
mod role;
mod sandbox;
mod scratch;
mod seat;
mod seccomp;
mod signals;
mod spec;
mod template;
mod trees;
mod uids;
mod usage_page;
pub mod warden;
mod wire;
mod zygote;

pub use cgroup::{Spent, Usage};
pub use connection::{Connection, Launcher};
pub use dialer::Dialer;
pub use egress::Traffic;
pub use fork::{Demand, ForkError};
pub use local_stream::LocalStream;
pub use loopback::RUNTIME_API_SOCKET;
pub use process::{Command, Exit, Output, Process, Signal, SpawnError};
pub use role::Role;
pub use sandbox::{Listeners, Refusal, Sandbox, SandboxError};
pub use seat::{Isolation, Seat, SeatError};
pub use spec::{
    Bind, Egress, Kind, Limits, MountPoint, Parking, Root, SandboxId, Spec, Template, TemplateId,
    TemplateTable, TreeId, TreeIdError,
};
pub use zygote::LIBRARY as ZYGOTE_LIBRARY;
