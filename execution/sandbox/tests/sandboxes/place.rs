//! Where the tests happen.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use sandbox::{
    Command, Egress, Exit, Kind, Launcher, Limits, Listeners, Sandbox, SandboxError, Seat, SpawnError, Spec,
    TemplateId,
};
use tokio::io::AsyncReadExt;

pub(crate) const MIB: u64 = 1 << 20;

pub(crate) struct Place {
    pub(crate) launcher: Launcher,
    pub(crate) data_dir: PathBuf,
}

impl Place {
    pub(crate) fn new(seat: Seat) -> io::Result<Self> {
        Ok(Self { launcher: seat.connection.launcher()?, data_dir: seat.data_dir })
    }

    pub(crate) async fn sandbox(&self) -> Result<(Sandbox, Listeners), SandboxError> {
        self.launcher.create(spec()).await
    }
}

pub(crate) fn spec() -> Spec {
    Spec {
        kind: Kind { template: TemplateId(0), tmp_bytes: 64 * MIB, egress: Egress::None },
        limits: Limits { memory_bytes: 128 * MIB, cpu_millis: 1000, processes: 64 },
    }
}

/// What a shell command printed, and how it ended.
pub(crate) async fn shell(sandbox: &Sandbox, script: &str) -> Result<(String, Exit), SpawnError> {
    let command = Command {
        argv: vec!["/bin/sh".into(), "-c".into(), script.into()],
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
        cwd: "/tmp".into(),
    };
    let (mut process, mut output) = sandbox.spawn(command).await?;
    let mut text = String::new();
    let mut errors = String::new();
    let read = async {
        let (out, err) =
            tokio::join!(output.stdout.read_to_string(&mut text), output.stderr.read_to_string(&mut errors));
        out.and(err)
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("output ends").expect("output is text");
    Ok((format!("{text}{errors}"), process.wait().await))
}
