//! `mayfly runtimes`: which runtimes this machine has; fetching others, and the SDKs that AWS ships in them.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use artifact::image::{Access, Reference, Registries};
use clap::{Args, Subcommand, ValueEnum};
use environment::runtimes::{
    Fallback, Host, RootImage, Row, RuntimeTable, Search, images_dir, prepare, program_of_image,
};
use indicatif::{ProgressBar, ProgressStyle};
use model::Runtime;
use model::runtime::Language;
use serde_json::{Value, json};

use crate::data_folder::default_data_dir;
use crate::failure::Failure;
use crate::print;
use crate::table::Table;

const TICK: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mayfly runtimes                      what this machine can run, and how to get the rest
  mayfly runtimes prepare              boto3 and @aws-sdk for every runtime found
  mayfly runtimes prepare nodejs22.x   Node 22 and @aws-sdk; likewise nodejs18.x to nodejs26.x, java11 to java25
  mayfly runtimes pull python3.14 public.ecr.aws/lambda/python:3.14
                                       run python3.14 in AWS's own base image
  mayfly runtimes --names              one runnable name a line, for scripts")]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print the table as JSON
    #[arg(long)]
    json: bool,
    /// Print only the names that can run here, one a line
    #[arg(long, conflicts_with = "json")]
    names: bool,
    /// Print only the paths of this language's interpreters, one a line
    #[arg(long, value_name = "LANGUAGE", conflicts_with_all = ["json", "names"])]
    interpreters: Option<Interpreted>,
    #[command(flatten)]
    folder: FolderArguments,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make an image, such as one of AWS's base images, the root file system of a runtime
    Pull {
        /// The runtime, such as python3.14
        #[arg(value_name = "NAME")]
        name: Runtime,
        /// The image, as REGISTRY/REPOSITORY:TAG; Docker's config.json gives credentials
        #[arg(value_name = "IMAGE")]
        image: String,
        #[command(flatten)]
        folder: FolderArguments,
    },
    /// Fetch runtimes that are missing, and the SDKs that AWS ships in them, with this machine's pip and npm
    Prepare {
        /// Only these runtimes [default: all that this machine has]
        #[arg(value_name = "NAME")]
        names: Vec<Runtime>,
        #[command(flatten)]
        folder: FolderArguments,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Interpreted {
    Python,
    Node,
    Ruby,
    Java,
}

#[derive(Debug, Args)]
struct FolderArguments {
    /// Data folder of the server [default: where `mayfly serve` keeps its data]
    #[arg(long, env = "MAYFLY_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Folder of the prepared runtimes [default: runtimes in the data folder]
    #[arg(long, env = "MAYFLY_RUNTIMES_DIR", value_name = "DIR")]
    runtimes_dir: Option<PathBuf>,
}

impl FolderArguments {
    fn table(self) -> Result<RuntimeTable, Failure> {
        let data_dir = || self.data_dir.or_else(default_data_dir).map(|folder| folder.join("runtimes"));
        let folder = self.runtimes_dir.or_else(data_dir).ok_or(Failure::NoDataFolder)?;
        let absolute = std::path::absolute(&folder).unwrap_or(folder);
        Ok(RuntimeTable::discover(&search(), Fallback::Refuse, &absolute))
    }
}

/// Where this user's shell finds programs.
pub(crate) fn search() -> Search {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    Search { configured: Vec::new(), path: std::env::split_paths(&path).collect(), home }
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    match arguments.action {
        Some(Action::Prepare { names, folder }) => return prepare_all(&folder.table()?, names),
        Some(Action::Pull { name, image, folder }) => return pull(&folder.table()?, name, &image),
        None => {}
    }
    let table = arguments.folder.table()?;
    if let Some(language) = arguments.interpreters {
        print::out(interpreters(&table, language))?;
    } else if arguments.names {
        print::out(lines(available(&table).map(|row| row.runtime.to_string())))?;
    } else if arguments.json {
        print::json(
            &json!({ "runtimes": table.rows().iter().map(|row| object(row, &table)).collect::<Vec<_>>() }),
        )?;
    } else {
        print::out(shown(&table))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn pull(table: &RuntimeTable, runtime: Runtime, image: &str) -> Result<ExitCode, Failure> {
    let wanted = "the name of an image: REGISTRY/REPOSITORY:TAG";
    let reference: Reference =
        image.parse().map_err(|_invalid| Failure::Argument { value: image.to_owned(), wanted })?;
    let dir = table.dir();
    let failed = |source| Failure::File { path: dir.to_owned(), source };
    std::fs::create_dir_all(images_dir(dir)).map_err(failed)?;
    let spinner = spinner();
    spinner.set_message(format!("pulling {reference}"));
    let registries = Registries::new(registry_access());
    let pulled = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?
        .block_on(registries.pull_runtime(&reference, &images_dir(dir), program_of_image(runtime)));
    spinner.finish_and_clear();
    let (exact, folder) = pulled.map_err(|error| Failure::Unprepared(format!("{reference}: {error}.")))?;
    RootImage { name: exact.to_string(), folder }.keep(dir, runtime).map_err(failed)?;
    eprintln!("{runtime}: ready, from {exact}; start the server again");
    Ok(ExitCode::SUCCESS)
}

/// Whatever is wrong with a file that nobody named, images without a password can do without.
fn registry_access() -> Access {
    let folder = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let folder = folder.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".docker")));
    let text = folder.and_then(|folder| std::fs::read(folder.join("config.json")).ok());
    text.and_then(|text| Access::from_docker_config(&text).ok()).unwrap_or_default()
}

fn prepare_all(table: &RuntimeTable, names: Vec<Runtime>) -> Result<ExitCode, Failure> {
    let wanted = if names.is_empty() { with_sdk(table) } else { names };
    let mut failed = Vec::new();
    for runtime in wanted {
        let spinner = spinner();
        let prepared = prepare(table, runtime, &mut |step| spinner.set_message(step.to_owned()));
        spinner.finish_and_clear();
        match prepared {
            Ok(()) => eprintln!("{runtime}: ready"),
            Err(error) => {
                eprintln!("{runtime}: {error}");
                failed.push(runtime.to_string());
            }
        }
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::Unprepared(format!("Not prepared: {}.", failed.join(", "))))
}

/// Every runtime found whose functions expect an SDK to be there.
fn with_sdk(table: &RuntimeTable) -> Vec<Runtime> {
    available(table).map(|row| row.runtime).filter(|runtime| has_sdk(*runtime)).collect()
}

/// Whether AWS ships an SDK in a runtime that can be fetched.
fn has_sdk(runtime: Runtime) -> bool {
    matches!(runtime.language(), Language::Python | Language::Node)
}

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    let spinner =
        ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    spinner.enable_steady_tick(TICK);
    spinner
}

pub(crate) fn available(table: &RuntimeTable) -> impl Iterator<Item = &Row> {
    table.rows().iter().filter(|row| is_available(&row.host))
}

fn is_available(host: &Host) -> bool {
    match host {
        Host::Exact(_) | Host::Nearest(_) | Host::OwnBootstrap | Host::Image(_) => true,
        Host::Missing { .. } => false,
    }
}

fn interpreters(table: &RuntimeTable, wanted: Interpreted) -> String {
    let language = match wanted {
        Interpreted::Python => Language::Python,
        Interpreted::Node => Language::Node,
        Interpreted::Ruby => Language::Ruby,
        Interpreted::Java => Language::Java,
    };
    let rows = available(table).filter(|row| row.runtime.language() == language);
    let paths = rows
        .filter_map(|row| row.host.interpreter())
        .map(|interpreter| interpreter.path.display().to_string());
    lines(paths)
}

fn lines(items: impl Iterator<Item = String>) -> String {
    items.map(|item| item + "\n").collect()
}

/// What can run, then what cannot and why.
fn shown(table: &RuntimeTable) -> String {
    let mut shown = Table::new(["RUNTIME", "RUNS ON", "SDK"]);
    for row in available(table) {
        shown.push([row.runtime.to_string(), runs_on(&row.host), sdk(row, table).to_owned()]);
    }
    let missing = names(table, |host| matches!(host, Host::Missing { .. }));
    let remedy = "Get one, such as with `mayfly runtimes prepare nodejs24.x`, `pyenv install 3.14` or \
                  `mayfly runtimes pull dotnet8 public.ecr.aws/lambda/dotnet:8`, and start the server again.";
    format!("{}\nNot on this machine: {missing}\n{remedy}\n", shown.render())
}

fn runs_on(host: &Host) -> String {
    match (host, host.interpreter()) {
        (Host::Image(image), _) => image.name.clone(),
        (_, Some(interpreter)) => format!("{} ({})", interpreter.path.display(), interpreter.version),
        (_, None) => "the function's own bootstrap".to_owned(),
    }
}

fn names(table: &RuntimeTable, wanted: fn(&Host) -> bool) -> String {
    let rows = table.rows().iter().filter(|row| wanted(&row.host));
    rows.map(|row| row.runtime.identifier()).collect::<Vec<_>>().join(" ")
}

fn sdk(row: &Row, table: &RuntimeTable) -> &'static str {
    if matches!(row.host, Host::Image(_)) {
        "the image's own"
    } else if !has_sdk(row.runtime) {
        "-"
    } else if table.has_sdk(row.runtime) {
        "ready"
    } else {
        "missing: mayfly runtimes prepare"
    }
}

fn object(row: &Row, table: &RuntimeTable) -> Value {
    let interpreter = row.host.interpreter();
    json!({
        "name": row.runtime.identifier(),
        "available": is_available(&row.host),
        "interpreter": interpreter.map(|interpreter| interpreter.path.display().to_string()),
        "version": interpreter.map(|interpreter| interpreter.version.to_string()),
        "sdk": is_available(&row.host) && table.has_sdk(row.runtime),
    })
}
