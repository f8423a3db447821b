//! AWS's Runtime Interface Emulator with its published Python client, as a baseline.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sigv4::Credential;
use testkit::Connection;

const READY_WITHIN: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Emulator {
    process: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Emulator {
    pub(crate) fn start(baselines: &Path, handler: &[u8]) -> io::Result<Emulator> {
        let baselines = std::fs::canonicalize(baselines)?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("index.py"), handler)?;
        let (address, runtime_api) = (free_address()?, free_address()?);
        let process = Command::new(baselines.join("aws-lambda-rie"))
            .args(["--runtime-interface-emulator-address", &address.to_string()])
            .args(["--runtime-api-address", &runtime_api.to_string()])
            .args(["python3", "-m", "awslambdaric", "index.handler"])
            .current_dir(folder.path())
            .env("PYTHONPATH", baselines.join("awslambdaric"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let emulator = Emulator { process, address, _folder: folder };
        emulator.wait()?;
        Ok(emulator)
    }

    /// The emulator looks at no signature; any key will do.
    pub(crate) fn connect(&self) -> io::Result<Connection> {
        Connection::open(self.address, Credential::new("AKIAEMULATOR", "unused"))
    }

    fn wait(&self) -> io::Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while let Err(error) = self.connect() {
            if Instant::now() > deadline {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
