//! Where a test happens: the server's side, with a launcher and a data folder.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use sandbox::{
    Command, Egress, Exit, Kind, Launcher, Limits, Listeners, Output, Process, Root, Sandbox, Seat, Spec,
    TemplateId, TreeId,
};
use tokio::io::AsyncReadExt;

pub(crate) const MIB: u64 = 1 << 20;
/// Long enough for the slowest machine; only a failing test waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) type Test = fn(Place) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// Makes a list of named tests from functions.
macro_rules! tests {
    ($($name:ident)*) => {
        pub(crate) const TESTS: &[(&str, crate::sandboxes::place::Test)] =
            &[$((stringify!($name), |place| Box::pin($name(place)))),*];
    };
}
pub(crate) use tests;

pub(crate) struct Place {
    pub(crate) launcher: Launcher,
    pub(crate) data_dir: PathBuf,
}

impl Place {
    pub(crate) fn new(seat: Seat) -> io::Result<Self> {
        Ok(Self { launcher: seat.connection.launcher()?, data_dir: seat.data_dir })
    }

    pub(crate) async fn sandbox(&self) -> Sandbox {
        self.create(spec()).await.0
    }

    pub(crate) async fn create(&self, spec: Spec) -> (Sandbox, Listeners) {
        self.launcher.create(spec).await.expect("a sandbox")
    }

    /// A tree with files that anybody may run, and write where the mount lets them.
    pub(crate) fn tree(&self, files: &[(&str, &str)]) -> TreeId {
        use std::os::unix::fs::PermissionsExt;
        let id: TreeId = "ab".repeat(32).parse().expect("an id");
        let folder = self.data_dir.join("trees").join(id.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("a file");
            std::fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o777)).expect("a mode");
        }
        id
    }
}

pub(crate) fn spec() -> Spec {
    Spec {
        kind: Kind { root: Root::Template(TemplateId(0)), tmp_bytes: 64 * MIB, egress: Egress::None },
        limits: Limits { memory_bytes: 128 * MIB, cpu_millis: 1000, processes: 64 },
    }
}

pub(crate) fn command(argv: &[&str]) -> Command {
    Command {
        argv: argv.iter().map(|&argument| argument.to_owned()).collect(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
        cwd: "/tmp".into(),
    }
}

pub(crate) async fn start(sandbox: &Sandbox, script: &str) -> (Process, Output) {
    sandbox.spawn(command(&["/bin/bash", "-c", script])).await.expect("bash starts")
}

/// What a script printed, and how it ended.
pub(crate) async fn shell(sandbox: &Sandbox, script: &str) -> (String, Exit) {
    let (mut process, mut output) = start(sandbox, script).await;
    let (mut text, mut errors) = (String::new(), String::new());
    let read = async {
        let (out, err) =
            tokio::join!(output.stdout.read_to_string(&mut text), output.stderr.read_to_string(&mut errors));
        out.and(err).expect("output is text");
        process.wait().await
    };
    let exit = tokio::time::timeout(PATIENCE, read).await.expect("the script ends");
    (text + &errors, exit)
}

/// Asks again until the answer is yes.
pub(crate) async fn until(what: &str, mut question: impl FnMut() -> bool) {
    let ask = async {
        while !question() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, ask).await.is_ok(), "{what}");
}
