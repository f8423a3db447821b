//! A real server process on a folder of its own, stopped and removed when it is dropped.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde_json::{Value, json};
use sigv4::Credential;
use tempfile::TempDir;

use crate::connection::{Answer, Connection};

const ACCESS_KEY_ID: &str = "AKIAMAYFLYTESTS00000";
const SECRET_ACCESS_KEY: &str = "tests-only-secret-key-0123456789abcdefgh";
const ROLE: &str = "arn:aws:iam::000000000000:role/lambda-role";

const READY_WITHIN: Duration = Duration::from_secs(60);
const POLL_EVERY: Duration = Duration::from_millis(2);

#[derive(Debug)]
pub struct Server {
    process: Child,
    place: Place,
    started_in: Duration,
}

/// What is the same for each process that serves there.
#[derive(Debug)]
struct Place {
    binary: PathBuf,
    variables: Vec<(String, String)>,
    address: SocketAddr,
    folder: TempDir,
}

impl Server {
    /// Starts `binary serve` with these variables on a free port and waits until it is ready.
    pub fn start(binary: &Path, variables: &[(&str, &str)]) -> io::Result<Server> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let place = Place {
            binary: binary.to_owned(),
            variables: variables.collect(),
            address: free_address()?,
            folder: TempDir::with_prefix("mayfly-")?,
        };
        let begun = Instant::now();
        let process = place.spawn()?;
        let mut server = Server { process, place, started_in: Duration::ZERO };
        server.wait_until_ready(begun)?;
        Ok(server)
    }

    /// Stops it and starts it again, on the data that is there now.
    pub fn restart(&mut self) -> io::Result<()> {
        self.stop();
        let begun = Instant::now();
        self.process = self.place.spawn()?;
        self.wait_until_ready(begun)
    }

    fn wait_until_ready(&mut self, begun: Instant) -> io::Result<()> {
        self.wait_until(|server| server.connect()?.call(&Method::GET, "/_mayfly/health", b""))?;
        self.started_in = begun.elapsed();
        Ok(())
    }

    fn stop(&mut self) {
        // SIGTERM through kill(1): this crate has no unsafe code and no other need of a signal.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if asked.is_err() {
            self.process.kill().ok();
        }
        self.process.wait().ok();
    }

    pub fn address(&self) -> SocketAddr {
        self.place.address
    }

    /// From the start of the process to its first healthy answer.
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// The warden's; the other processes are below it.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn connect(&self) -> io::Result<Connection> {
        self.connect_to("lambda")
    }

    fn connect_to(&self, service: &'static str) -> io::Result<Connection> {
        Connection::open_for(service, self.place.address, Credential::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY))
    }

    /// What it has said on standard error.
    pub fn log(&self) -> io::Result<String> {
        std::fs::read_to_string(self.place.log())
    }

    /// What it tells of its environments, as `mayfly environments --json` shows it.
    pub fn environments(&self) -> io::Result<Value> {
        let answer = self.connect_to("mayfly")?.call(&Method::GET, "/environments", b"")?.expect_success();
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Creates a function of the handler `index.handler` and waits until it is active.
    pub fn create_function(
        &self,
        name: &str,
        runtime: &str,
        memory_mib: u32,
        package: &[u8],
    ) -> io::Result<()> {
        self.create_function_with(name, runtime, memory_mib, package, &json!({}))
    }

    /// The same with more settings, named as in the API.
    pub fn create_function_with(
        &self,
        name: &str,
        runtime: &str,
        memory_mib: u32,
        package: &[u8],
        settings: &Value,
    ) -> io::Result<()> {
        let mut request = json!({
            "FunctionName": name,
            "Runtime": runtime,
            "Handler": "index.handler",
            "Role": ROLE,
            "MemorySize": memory_mib,
            "Timeout": 30,
            "Code": { "ZipFile": BASE64_STANDARD.encode(package) },
        });
        for (name, value) in settings.as_object().into_iter().flatten() {
            request[name] = value.clone();
        }
        let body = request.to_string();
        self.connect()?.call(&Method::POST, "/2015-03-31/functions", body.as_bytes())?.expect_success();
        self.wait_until_settled(name)
    }

    /// Creates a function of an image and waits until the image is there.
    pub fn create_image_function(&self, name: &str, image: &str, memory_mib: u32) -> io::Result<()> {
        let request = json!({
            "FunctionName": name,
            "PackageType": "Image",
            "Role": ROLE,
            "MemorySize": memory_mib,
            "Timeout": 30,
            "Code": { "ImageUri": image },
        });
        let body = request.to_string();
        self.connect()?.call(&Method::POST, "/2015-03-31/functions", body.as_bytes())?.expect_success();
        self.wait_until_settled(name)
    }

    /// Publishes a version of a layer, and gives its ARN.
    pub fn publish_layer(&self, name: &str, package: &[u8]) -> io::Result<String> {
        let body = json!({ "Content": { "ZipFile": BASE64_STANDARD.encode(package) } }).to_string();
        let path = format!("/2018-10-31/layers/{name}/versions");
        let answer = self.connect()?.call(&Method::POST, &path, body.as_bytes())?.expect_success();
        let answer: Value = serde_json::from_slice(&answer)?;
        let arn = answer["LayerVersionArn"].as_str().map(str::to_owned);
        arn.ok_or_else(|| io::Error::other("the published layer has no ARN"))
    }

    /// Gives a function its layers and waits until it has them.
    pub fn attach_layers(&self, function: &str, layers: &[String]) -> io::Result<()> {
        let body = json!({ "Layers": layers }).to_string();
        let path = configuration(function);
        self.connect()?.call(&Method::PUT, &path, body.as_bytes())?.expect_success();
        self.wait_until_settled(function)
    }

    fn wait_until_settled(&self, function: &str) -> io::Result<()> {
        let path = configuration(function);
        self.wait_until(|server| {
            let answer = server.connect()?.call(&Method::GET, &path, b"")?;
            let settled =
                String::from_utf8_lossy(&answer.body).contains("\"LastUpdateStatus\":\"Successful\"");
            if settled { Ok(answer) } else { Err(io::ErrorKind::WouldBlock.into()) }
        })
    }

    fn wait_until(&self, mut ready: impl FnMut(&Server) -> io::Result<Answer>) -> io::Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            match ready(self) {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error),
                _ if Instant::now() > deadline => return Err(io::ErrorKind::TimedOut.into()),
                _ => std::thread::sleep(POLL_EVERY),
            }
        }
    }
}

fn configuration(function: &str) -> String {
    format!("/2015-03-31/functions/{function}/configuration")
}

impl Place {
    fn spawn(&self) -> io::Result<Child> {
        let log = File::options().create(true).append(true).open(self.log())?;
        Command::new(&self.binary)
            .arg("serve")
            .args(["--listen", &self.address.to_string()])
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .env("MAYFLY_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("MAYFLY_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
