//! `mayfly deploy`: a folder, a file, a zip or an image becomes a function that answers.

mod code;
mod guess;
mod package;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use http::Method;
use model::Runtime;
use serde_json::{Map, Value, json};

use crate::api::{Api, FUNCTIONS, function_path};
use crate::failure::Failure;
use crate::list::size;
use crate::print;
use crate::target::{TargetArguments, Variables};

pub(crate) use guess::GuessError;
pub(crate) use package::PackageError;

use code::{Code, ImageArguments};
use guess::Guess;

/// Every function has an execution role; until roles are evaluated any will do.
const ROLE: &str = "arn:aws:iam::000000000000:role/mayfly-function";

const POLL_INTERVAL: Duration = Duration::from_millis(50);

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mayfly deploy ./hello                 a folder: its name is the function's, runtime and handler are guessed
  mayfly deploy index.py --name hello
  mayfly deploy hello.zip --runtime nodejs22.x --handler index.handler
  mayfly deploy ./hello --memory 512 --timeout 30 --env STAGE=test --env DEBUG=1
  mayfly deploy --image 127.0.0.1:5000/hello:v1 --name hello --command app.handler

A function that exists is updated; what is not given stays as it is.")]
pub struct Arguments {
    /// Folder, file or zip with the function's code
    #[arg(value_name = "PATH", required_unless_present = "image")]
    path: Option<PathBuf>,
    #[command(flatten)]
    image: ImageArguments,
    /// Name of the function [default: the name of the folder, file or image]
    #[arg(long)]
    name: Option<String>,
    /// Runtime, such as python3.12 [default: guessed from the code and from what this machine has]
    #[arg(long)]
    runtime: Option<Runtime>,
    /// Handler, such as index.handler [default: guessed from the code]
    #[arg(long)]
    handler: Option<String>,
    /// Memory in MB
    #[arg(long, value_name = "MB")]
    memory: Option<u32>,
    /// How long one invocation may take, in seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u32>,
    /// Variable of the function's environment (may be repeated; replaces all that there were)
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// ARN of a layer version (may be repeated, each over those before it; replaces all that there were)
    #[arg(long = "layer", value_name = "ARN")]
    layers: Vec<String>,
    /// ARN of the execution role
    #[arg(long, value_name = "ARN")]
    role: Option<String>,
    /// Print the function's configuration as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArguments,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let name = name(&arguments)?;
    let code = Code::read(&arguments.image, arguments.path.as_deref())?;
    let api = Api::new(arguments.target.resolve(&Variables::of_process())?);
    let deployment = Deployment { api, name, code, arguments };
    let (verb, configuration) = deployment.deploy().await?;
    if deployment.arguments.json {
        print::json(&configuration)?;
    } else {
        print::out(summary(verb, &deployment.code, &configuration))?;
    }
    Ok(ExitCode::SUCCESS)
}

struct Deployment {
    api: Api,
    name: String,
    code: Code,
    arguments: Arguments,
}

impl Deployment {
    async fn deploy(&self) -> Result<(&'static str, Value), Failure> {
        match self.api.lambda(Method::GET, &self.path("/configuration"), None).await {
            Ok(current) => Ok(("Updated", self.update(&current).await?)),
            Err(error) if error.is_not_found() => Ok(("Created", self.create().await?)),
            Err(error) => Err(error.into()),
        }
    }

    async fn create(&self) -> Result<Value, Failure> {
        let mut body = self.settings();
        body.insert("FunctionName".to_owned(), self.name.as_str().into());
        body.insert("Code".to_owned(), self.code.body());
        match &self.code {
            Code::Package(package) => {
                let guess = Guess::of(package, self.arguments.runtime, self.arguments.handler.as_deref())?;
                body.insert("Runtime".to_owned(), guess.runtime.identifier().into());
                body.insert("Handler".to_owned(), guess.handler.into());
            }
            Code::Image(_) => {
                body.insert("PackageType".to_owned(), "Image".into());
            }
        }
        body.entry("Role").or_insert_with(|| ROLE.into());
        self.api.lambda(Method::POST, FUNCTIONS, Some(body.into())).await?;
        self.settled().await
    }

    /// Settings first: one that is refused then changes nothing. But none lets a function come up whose code does not.
    async fn update(&self, current: &Value) -> Result<Value, Failure> {
        if current["State"] == "Failed" {
            self.update_code().await?;
            self.configure().await?;
        } else {
            self.configure().await?;
            self.update_code().await?;
        }
        self.settled().await
    }

    async fn update_code(&self) -> Result<(), Failure> {
        self.api.lambda(Method::PUT, &self.path("/code"), Some(self.code.body())).await?;
        self.settled().await?;
        Ok(())
    }

    async fn configure(&self) -> Result<(), Failure> {
        let mut body = self.settings();
        body.extend(
            self.arguments.runtime.map(|runtime| ("Runtime".to_owned(), runtime.identifier().into())),
        );
        body.extend(self.arguments.handler.clone().map(|handler| ("Handler".to_owned(), handler.into())));
        if body.is_empty() {
            return Ok(());
        }
        self.api.lambda(Method::PUT, &self.path("/configuration"), Some(body.into())).await?;
        self.settled().await?;
        Ok(())
    }

    /// What the flags say beside code, runtime and handler.
    fn settings(&self) -> Map<String, Value> {
        let Arguments { memory, timeout, variables, layers, role, image, .. } = &self.arguments;
        let mut settings = Map::new();
        settings.extend(memory.map(|memory| ("MemorySize".to_owned(), memory.into())));
        settings.extend(timeout.map(|timeout| ("Timeout".to_owned(), timeout.into())));
        settings.extend(role.clone().map(|role| ("Role".to_owned(), role.into())));
        settings.extend(image.config().map(|config| ("ImageConfig".to_owned(), config)));
        if !layers.is_empty() {
            settings.insert("Layers".to_owned(), layers.as_slice().into());
        }
        if !variables.is_empty() {
            let variables = variables.iter().cloned().collect::<BTreeMap<_, _>>();
            settings.insert("Environment".to_owned(), json!({ "Variables": variables }));
        }
        settings
    }

    /// The configuration, once creation or update has ended.
    async fn settled(&self) -> Result<Value, Failure> {
        let deadline = Instant::now() + self.code.timeout();
        loop {
            let configuration = self.api.lambda(Method::GET, &self.path("/configuration"), None).await?;
            match Progress::of(&configuration) {
                Progress::Done => return Ok(configuration),
                Progress::Failed(reason) => return Err(self.not_deployed(reason)),
                Progress::UnderWay if Instant::now() < deadline => tokio::time::sleep(POLL_INTERVAL).await,
                Progress::UnderWay => return Err(self.not_deployed("it takes too long.".to_owned())),
            }
        }
    }

    fn not_deployed(&self, reason: String) -> Failure {
        Failure::NotDeployed { name: self.name.clone(), reason }
    }

    fn path(&self, below: &str) -> String {
        function_path(&self.name, below)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Progress {
    UnderWay,
    Done,
    Failed(String),
}

impl Progress {
    fn of(configuration: &Value) -> Progress {
        let text = |member: &str| configuration[member].as_str().unwrap_or_default();
        match (text("State"), text("LastUpdateStatus")) {
            (_, "InProgress") => Progress::UnderWay,
            ("Failed", _) => Progress::Failed(text("StateReason").to_owned()),
            (_, "Failed") => Progress::Failed(text("LastUpdateStatusReason").to_owned()),
            ("Active", "Successful") => Progress::Done,
            _ => Progress::UnderWay,
        }
    }
}

fn summary(verb: &str, code: &Code, configuration: &Value) -> String {
    let text = |member: &str| configuration[member].as_str().unwrap_or("-");
    let what = match code {
        Code::Package(_) => {
            let size = size(configuration["CodeSize"].as_u64().unwrap_or_default());
            format!("{}, {}, {size} of code", text("Runtime"), text("Handler"))
        }
        Code::Image(uri) => format!("{uri}, sha256:{}", text("CodeSha256")),
    };
    let name = text("FunctionName");
    format!("{verb} {name}: {what}\n{}\nmayfly invoke {name} runs it.\n", text("FunctionArn"))
}

/// What is wanted, else the name of the image, folder or file.
fn name(arguments: &Arguments) -> Result<String, Failure> {
    if let Some(name) = &arguments.name {
        return Ok(name.clone());
    }
    let path = arguments.path.as_deref();
    let absolute = path.map(absolute).transpose()?;
    let found = arguments.image.function_name().or_else(|| from_path(&absolute?));
    found.ok_or_else(|| Failure::Argument {
        value: path.map(|path| path.display().to_string()).unwrap_or_default(),
        wanted: "a path that a function's name can be taken from; give --name",
    })
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|source| Failure::File { path: path.to_owned(), source })
}

fn from_path(path: &Path) -> Option<String> {
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    let allowed = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    Some(name?.to_str()?.chars().map(allowed).collect())
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(state: &str, update: &str) -> Progress {
        Progress::of(&json!({
            "State": state, "StateReason": "no such runtime",
            "LastUpdateStatus": update, "LastUpdateStatusReason": "no such package",
        }))
    }

    #[test]
    fn a_deployment_ends_when_the_function_is_active_and_its_update_successful() {
        assert_eq!(progress("Pending", "InProgress"), Progress::UnderWay);
        assert_eq!(progress("Active", "InProgress"), Progress::UnderWay);
        assert_eq!(progress("Active", "Successful"), Progress::Done);
        assert_eq!(progress("Failed", ""), Progress::Failed("no such runtime".to_owned()));
        assert_eq!(progress("Failed", "InProgress"), Progress::UnderWay);
        assert_eq!(progress("Active", "Failed"), Progress::Failed("no such package".to_owned()));
    }

    #[test]
    fn a_function_is_named_for_its_folder_or_file() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, file) = (folder.path().join("my.fn 1"), folder.path().join("hello.py"));
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(&file, "").unwrap();
        assert_eq!(from_path(&inner), Some("my-fn-1".to_owned()));
        assert_eq!(from_path(&file), Some("hello".to_owned()));
        assert_eq!(from_path(Path::new("/")), None);
        let missing = absolute(&folder.path().join("nothing")).unwrap_err().to_string();
        assert!(missing.ends_with("/nothing: No such file or directory (os error 2)"), "{missing}");
    }

    #[test]
    fn variables_are_split_at_the_first_equals_sign() {
        assert_eq!(variable("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert!(variable("A").is_err());
    }
}
