//! What the steps of a sandbox's life cost here: `cargo run --release -p sandbox --example latency [ROUNDS]`, as root
//! or as an ordinary user.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use sandbox::{
    Command, Egress, Exit, Kind, Launcher, Limits, MountPoint, Parking, Role, Root, SandboxError, Seat, Spec,
    Template, TemplateId, TemplateTable, TreeId, launcher, warden,
};
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Long enough for the kernel to fall idle, and for a parked sandbox to be replaced.
const PAUSE: Duration = Duration::from_millis(60);

/// Those that are made at the same time share what each would wait for alone.
const AT_ONCE: usize = 8;

fn main() -> ExitCode {
    match Role::of_this_process() {
        Role::Launcher => launcher::run(),
        Role::Server => report(serve()),
        Role::Program => report(start()),
    }
}

fn report(result: Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        eprintln!("latency: {error}");
        ExitCode::FAILURE
    })
}

fn start() -> Result<ExitCode> {
    let rounds = std::env::args().nth(1).unwrap_or_else(|| "40".to_owned());
    let data_dir = std::env::temp_dir().join(format!("sandbox-latency-{}", std::process::id()));
    std::fs::create_dir(&data_dir)?;
    let code = warden::run(warden::Config {
        data_dir: data_dir.clone(),
        templates: TemplateTable {
            templates: vec![Template { name: "bare".into(), root: None, binds: Vec::new(), zygote: None }],
        },
        payload: rounds.into_bytes(),
        descriptors: Vec::new(),
        parking: Parking { per_kind: 2, total: 2 },
    });
    std::fs::remove_dir_all(data_dir)?;
    Ok(code)
}

fn serve() -> Result<ExitCode> {
    let seat = Seat::take()?;
    let rounds: usize = std::str::from_utf8(&seat.payload)?.parse()?;
    let tree: TreeId = "00".repeat(32).parse()?;
    std::fs::create_dir(seat.data_dir.join("trees").join(tree.to_string()))?;
    println!("weaker than it could be: {:?}", seat.isolation.weaker);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { measure(&seat.connection.launcher()?, &tree, rounds).await })?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(launcher: &Launcher, tree: &TreeId, rounds: usize) -> Result<()> {
    let mut steps = Steps::default();
    for round in 0..rounds {
        live(launcher, tree, Egress::None, "parked: create", &mut steps).await?;
        tokio::time::sleep(PAUSE).await;
        if round == 0 {
            // Templates and the blank file system are made with the first one.
            steps = Steps::default();
        }
    }
    steps.print();
    burst(launcher, rounds).await
}

async fn live(
    launcher: &Launcher,
    tree: &TreeId,
    egress: Egress,
    name: &'static str,
    steps: &mut Steps,
) -> Result<()> {
    let began = Instant::now();
    let (sandbox, _listeners) = launcher.create(spec(egress)).await?;
    steps.lap(name, began);
    let began = Instant::now();
    sandbox.mount(MountPoint::Task, tree).await?;
    steps.lap("mount", began);
    let began = Instant::now();
    let (mut process, _output) = sandbox.spawn(truth()).await?;
    steps.lap("spawn /bin/true: answered", began);
    let exit = process.wait().await;
    steps.lap("spawn /bin/true: ended", began);
    assert_eq!(exit, Exit::Code(0));
    let began = Instant::now();
    sandbox.freeze()?;
    steps.lap("freeze", began);
    let began = Instant::now();
    sandbox.thaw()?;
    steps.lap("thaw", began);
    let began = Instant::now();
    sandbox.usage()?;
    steps.lap("usage", began);
    let began = Instant::now();
    sandbox.destroy().await;
    steps.lap("destroy", began);
    Ok(())
}

/// As many as there are rounds, one after the other without a pause, of a kind that is not parked in time.
async fn burst(launcher: &Launcher, rounds: usize) -> Result<()> {
    let mut steps = Steps::default();
    let whole = Instant::now();
    for _ in 0..rounds {
        let began = Instant::now();
        let (sandbox, _listeners) = launcher.create(spec(Egress::Internet)).await?;
        steps.lap("back to back: create", began);
        let began = Instant::now();
        sandbox.destroy().await;
        steps.lap("back to back: destroy", began);
    }
    steps.print();
    println!("created and destroyed per second: {:.0}", rounds as f64 / whole.elapsed().as_secs_f64());
    crowd(launcher, rounds).await
}

/// The same by several at once.
async fn crowd(launcher: &Launcher, rounds: usize) -> Result<()> {
    let whole = Instant::now();
    let mut creators = JoinSet::new();
    for _ in 0..AT_ONCE {
        let launcher = launcher.clone();
        creators.spawn(async move {
            for _ in 0..rounds.div_ceil(AT_ONCE) {
                let (sandbox, _listeners) = launcher.create(spec(Egress::Internet)).await?;
                sandbox.destroy().await;
            }
            Ok::<(), SandboxError>(())
        });
    }
    while let Some(ended) = creators.join_next().await {
        ended??;
    }
    let created = rounds.next_multiple_of(AT_ONCE) as f64;
    println!(
        "created and destroyed per second, {AT_ONCE} at once: {:.0}",
        created / whole.elapsed().as_secs_f64()
    );
    Ok(())
}

fn spec(egress: Egress) -> Spec {
    Spec {
        kind: Kind { root: Root::Template(TemplateId(0)), tmp_bytes: 512 << 20, egress },
        limits: Limits { memory_bytes: 128 << 20, cpu_millis: 1000, processes: 1024 },
    }
}

fn truth() -> Command {
    Command { argv: vec!["/bin/true".into()], env: Vec::new(), cwd: "/".into() }
}

#[derive(Default)]
struct Steps(Vec<(&'static str, Vec<Duration>)>);

impl Steps {
    fn lap(&mut self, name: &'static str, began: Instant) {
        let elapsed = began.elapsed();
        match self.0.iter_mut().find(|(step, _)| *step == name) {
            Some((_, laps)) => laps.push(elapsed),
            None => self.0.push((name, vec![elapsed])),
        }
    }

    fn print(&mut self) {
        for (name, laps) in &mut self.0 {
            laps.sort_unstable();
            let at = |share: f64| laps[((laps.len() - 1) as f64 * share) as usize].as_micros();
            println!("{name:28} p50 {:>7} us   p90 {:>7} us   max {:>7} us", at(0.5), at(0.9), at(1.0));
        }
    }
}
