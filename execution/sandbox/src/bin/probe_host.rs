//! The other side of the probe: keeps sandboxes as a server would, and makes one check in them.
//!
//! `probe_host DATA_DIR TREE ROOT CHECK` prints the probe's line for that check, made with the tree as code (`code`), as
//! the root of an image (`image`), as code of what a zygote forks (`zygote`) or as code that comes to a process that is
//! there already (`parked`). A check of the probe runs in a sandbox with a neighbour; the checks that end the probe or need two sandboxes are made from here.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use sandbox::{
    Bind, Command, Demand, Egress, Exit, Kind, Launcher, Limits, MountPoint, Output, Parking, Process, Role,
    Root, Sandbox, Seat, Signal, Spec, Template, TemplateId, TemplateTable, TreeId, launcher, warden,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A thousand forks of the probe fit in, even where the pages that they share are counted for each.
const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
const TMP_BYTES: u64 = 32 * 1024 * 1024;
const PROCESSES: u32 = 64;
/// Without cgroups the kernel counts the processes of a user, and the number is fixed when a sandbox is made.
const PROCESSES_ROOTLESS: u32 = 1_024;
const PROBE: &str = "/var/task/probe";
const PARKED_PROBE: &str = "/var/runtime/probe";

fn main() -> ExitCode {
    match Role::of_this_process() {
        Role::Launcher => launcher::run(),
        Role::Server => report(serve()),
        Role::Program => report(start()),
    }
}

fn report(result: Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        eprintln!("probe_host: {error}");
        ExitCode::FAILURE
    })
}

fn start() -> Result<ExitCode> {
    let [data_dir, tree, root, check] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "see the source")?;
    Ok(warden::run(warden::Config {
        data_dir: PathBuf::from(data_dir),
        templates: TemplateTable { templates: vec![bare(), with_a_zygote(), with_the_probe()?] },
        payload: serde_json::to_vec(&json!({ "tree": tree, "root": root, "check": check }))?,
        descriptors: Vec::new(),
        parking: Parking { per_kind: 1, total: 1 },
    }))
}

fn bare() -> Template {
    Template { name: "bare".into(), root: None, binds: Vec::new(), zygote: None }
}

fn with_a_zygote() -> Template {
    let program = include_str!("../../tests/sandboxes/zygote.py");
    let argv = ["/usr/bin/python3", "-I", "-c", program].map(str::to_owned).to_vec();
    let zygote = Command { argv, env: Vec::new(), cwd: "/".to_owned() };
    Template { zygote: Some(zygote), ..bare() }
}

/// As a runtime has its client.
fn with_the_probe() -> Result<Template> {
    let source = std::env::current_exe()?.with_file_name("probe");
    Ok(Template { binds: vec![Bind { source, target: PARKED_PROBE.into() }], ..bare() })
}

fn serve() -> Result<ExitCode> {
    let seat = Seat::take()?;
    let order: Value = serde_json::from_slice(&seat.payload)?;
    let text = |name: &str| order[name].as_str().map(str::to_owned).ok_or("the payload is not ours");
    let (tree, check) = (text("tree")?.parse()?, text("check")?);
    let place = match text("root")?.as_str() {
        "image" => Place::Image(tree),
        "zygote" => Place::Forked(tree),
        "parked" => Place::Parked(tree),
        _code => Place::Code(tree),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let line = runtime.block_on(async {
        let processes = if seat.isolation.rootless { PROCESSES_ROOTLESS } else { PROCESSES };
        let bench = Bench::new(seat.connection.launcher()?, place, processes).await?;
        bench.make(&check).await
    })?;
    println!("{line}");
    Ok(ExitCode::SUCCESS)
}

/// Where the probe is.
#[derive(Clone, Copy)]
enum Place {
    /// In a tree that is mounted as code.
    Code(TreeId),
    /// In a tree that is the root.
    Image(TreeId),
    /// In a tree that is mounted as code, and run by processes that a zygote has forked.
    Forked(TreeId),
    /// In the runtime, before this tree is mounted as code.
    Parked(TreeId),
}

/// Two sandboxes side by side, and a server on every address of the host.
struct Bench {
    subject: Cell,
    neighbour: Cell,
    host: SocketAddr,
    servers: JoinSet<()>,
    /// Hears the launcher for the sandboxes.
    _launcher: Launcher,
}

struct Cell {
    name: &'static str,
    sandbox: Sandbox,
    /// Where forked processes ask what they shall do.
    orders: Option<UnixListener>,
    /// What is mounted once a process is there.
    late: Option<TreeId>,
    processes: u32,
}

impl Bench {
    async fn new(launcher: Launcher, place: Place, processes: u32) -> Result<Self> {
        let mut servers = JoinSet::new();
        let host = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        let address = host.local_addr()?;
        servers.spawn(say(host, "this is the host"));
        let (subject, listeners) = Cell::new("subject", &launcher, place, processes).await?;
        servers.spawn(say(listeners, subject.name));
        let (neighbour, listeners) = Cell::new("neighbour", &launcher, place, processes).await?;
        servers.spawn(say(listeners, neighbour.name));
        Ok(Self { subject, neighbour, host: address, servers, _launcher: launcher })
    }

    async fn make(mut self, check: &str) -> Result<Value> {
        let line = match check {
            "memory_hog_is_killed" => self.memory_hog_is_killed(check).await,
            "endless_output_is_ended" => self.endless_output_is_ended(check).await,
            "inotify_hog_starves_no_neighbour" => self.starves_no_neighbour("inotify", check).await,
            "fork_bomb_starves_no_neighbour" => self.starves_no_neighbour("processes", check).await,
            check => self.probe(check).await,
        };
        self.servers.shutdown().await;
        line
    }

    async fn probe(&self, check: &str) -> Result<Value> {
        let _neighbour = self.neighbour.hold("neighbour", self.host).await?;
        self.subject.check(check, self.host).await
    }

    async fn memory_hog_is_killed(&self, check: &str) -> Result<Value> {
        let (mut hog, _output) = self.subject.spawn(&["hold", "memory"], self.host).await?;
        let exit = hog.wait().await;
        let killed = exit == Exit::Signal(9) && self.subject.sandbox.usage()?.oom_kills > 0;
        self.goes_on(check, killed, format!("the hog ended with {exit:?}")).await
    }

    /// Reads far more than a pipe holds, so that the writer is seen to go on and on.
    async fn endless_output_is_ended(&self, check: &str) -> Result<Value> {
        let (mut writer, mut output) = self.subject.spawn(&["hold", "output"], self.host).await?;
        let mut read = vec![0; 8 * 1024 * 1024];
        output.stdout.read_exact(&mut read).await?;
        writer.signal(Signal::Kill).await?;
        let exit = writer.wait().await;
        self.goes_on(check, exit == Exit::Signal(9), format!("the writer ended with {exit:?}")).await
    }

    async fn starves_no_neighbour(&self, hog: &str, check: &str) -> Result<Value> {
        let _hog = self.subject.hold(hog, self.host).await?;
        let mut line = self.neighbour.check("inotify_is_to_be_had", self.host).await?;
        line["name"] = json!(check);
        Ok(line)
    }

    /// Whether both sandboxes still run processes after what happened to the subject.
    async fn goes_on(&self, check: &str, passed: bool, detail: String) -> Result<Value> {
        let both = [&self.subject, &self.neighbour];
        for cell in both {
            let line = cell.check("system_calls_are_filtered", self.host).await?;
            if line["passed"] != json!(true) {
                return Ok(line);
            }
        }
        Ok(json!({ "name": check, "passed": passed, "detail": detail }))
    }
}

impl Cell {
    async fn new(
        name: &'static str,
        launcher: &Launcher,
        place: Place,
        processes: u32,
    ) -> Result<(Self, TcpListener)> {
        let root = match place {
            Place::Code(_) => Root::Template(TemplateId(0)),
            Place::Forked(_) => Root::Template(TemplateId(1)),
            Place::Parked(_) => Root::Template(TemplateId(2)),
            Place::Image(tree) => Root::Image(tree),
        };
        let kind = Kind { root, tmp_bytes: TMP_BYTES, egress: Egress::Internet };
        let limits = Limits { memory_bytes: MEMORY_BYTES, cpu_millis: 1_000, processes };
        let (sandbox, listeners) = launcher.create(Spec { kind, limits }).await?;
        if let Place::Code(tree) | Place::Forked(tree) = place {
            sandbox.mount(MountPoint::Task, &tree).await?;
        }
        let orders = matches!(place, Place::Forked(_)).then_some(listeners.runtime_api_unix);
        let late = if let Place::Parked(tree) = place { Some(tree) } else { None };
        Ok((Self { name, sandbox, orders, late, processes }, listeners.runtime_api))
    }

    async fn spawn(&self, arguments: &[&str], host: SocketAddr) -> Result<(Process, Output)> {
        let program: &[&str] = if self.late.is_some() { &[PARKED_PROBE, "parked"] } else { &[PROBE] };
        let argv = program.iter().chain(arguments).map(|&argument| argument.to_owned()).collect();
        let command = Command { argv, env: self.environment(host), cwd: "/tmp".into() };
        if let Some(orders) = &self.orders {
            return self.fork(orders, &command).await;
        }
        let spawned = self.sandbox.spawn(command).await?;
        if let Some(tree) = &self.late {
            // Whoever comes after the first finds the code there, and mounting it again changes nothing.
            self.sandbox.mount(MountPoint::Task, tree).await?;
        }
        Ok(spawned)
    }

    /// What a forked process may do, it may do in any program.
    async fn fork(&self, orders: &UnixListener, command: &Command) -> Result<(Process, Output)> {
        let forked = self.sandbox.fork(Demand::Ahead).await?;
        let environment: serde_json::Map<_, _> =
            command.env.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let text = json!([command.cwd, command.argv, environment]).to_string();
        let (mut asking, _) = orders.accept().await?;
        let script = "import json, os; cwd, argv, env = json.loads(";
        let script = format!("{script}{}); os.chdir(cwd); os.execve(argv[0], argv, env)", json!(text));
        asking.write_all(script.as_bytes()).await?;
        Ok(forked)
    }

    fn environment(&self, host: SocketAddr) -> Vec<(String, String)> {
        let mut variables = vec![
            ("PROBE_HOSTNAME", hostname()),
            ("PROBE_HOST_FILE", std::env::current_exe().unwrap_or_default().display().to_string()),
            ("PROBE_HOST_PORT", host.port().to_string()),
            ("PROBE_HOST_ADDRESSES", own_addresses()),
            ("PROBE_PROCESSES", self.processes.to_string()),
            ("PROBE_SANDBOX", self.name.to_owned()),
            ("PROBE_TMP_BYTES", TMP_BYTES.to_string()),
        ];
        let mut names: Vec<&str> =
            variables.iter().map(|(name, _)| *name).chain(["PROBE_ENVIRONMENT"]).collect();
        names.sort_unstable();
        variables.push(("PROBE_ENVIRONMENT", names.join(",")));
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn check(&self, check: &str, host: SocketAddr) -> Result<Value> {
        let (mut probe, mut output) = self.spawn(&[check], host).await?;
        let (mut line, mut errors) = (String::new(), String::new());
        tokio::try_join!(output.stdout.read_to_string(&mut line), output.stderr.read_to_string(&mut errors))?;
        let exit = probe.wait().await;
        let finding = serde_json::from_str(&line);
        finding
            .map_err(|_no_json| format!("the probe ended with {exit:?} and said {line:?} {errors:?}").into())
    }

    /// Starts something lasting and waits until it is set up.
    async fn hold(&self, name: &str, host: SocketAddr) -> Result<(Process, Output)> {
        let (process, mut output) = self.spawn(&["hold", name], host).await?;
        let mut line = String::new();
        BufReader::new(&mut output.stdout).read_line(&mut line).await?;
        if line.trim() == "ready" {
            Ok((process, output))
        } else {
            Err(format!("{name} said {line:?}").into())
        }
    }
}

/// Says the words to everyone who connects.
async fn say(listener: TcpListener, words: &'static str) {
    while let Ok((mut stream, _)) = listener.accept().await {
        // Who does not listen to the end gets no second chance.
        let _ = stream.write_all(words.as_bytes()).await;
    }
}

fn hostname() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The addresses from which this host reaches others: the kernel picks one when a datagram socket is connected, which
/// sends nothing.
fn own_addresses() -> String {
    let towards = |address: &str| {
        let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
        socket.connect(address).ok()?;
        Some(socket.local_addr().ok()?.ip().to_string())
    };
    ["192.0.2.1:9", "10.0.0.1:9"].into_iter().filter_map(towards).collect::<Vec<_>>().join(",")
}
