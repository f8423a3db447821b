//! The functions whose cold starts are measured: in each language one that does nothing, and what starting its bare
//! interpreter takes.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::package;

use crate::runtimes::{Runtime, Runtimes};
use crate::target::Target;
use crate::warm::{NODE_ECHO, PYTHON_ECHO};

const PYTHON_SDK: &[u8] = b"import boto3\ndef handler(event, context):\n    return event\n";
const NODE_SDK: &[u8] =
    b"const { S3Client } = require('@aws-sdk/client-s3');\nexports.handler = async (event) => event;\n";
const RUBY_ECHO: &[u8] = b"def handler(event:, context:)\n  event\nend\n";

/// Sources that are compiled here.
pub(crate) const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

const PARKED: Target = Target::within_micros(800, 2000);
const JAVA_PARKED: Target = Target::Median(Duration::from_micros(1500));
/// Its own start comes on top, which for this one is nothing.
const CUSTOM: Target = Target::Median(Duration::from_micros(800));

#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) what: String,
    /// Of its functions, without a number.
    pub(crate) name: String,
    pub(crate) runtime: String,
    pub(crate) package: Vec<u8>,
    pub(crate) settings: Value,
    /// Starts the interpreter, or the program, with nothing to do.
    pub(crate) bare: Vec<String>,
    pub(crate) waiting: Option<Waits>,
    pub(crate) pace: Pace,
    pub(crate) target: Option<Target>,
}

/// How many starts, and how long after one another: environments are parked ahead of need, and users do not start
/// functions back to back either.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rounds: usize,
    pub(crate) pause: Duration,
}

const PACE: Pace = Pace { rounds: 100, pause: Duration::from_millis(250) };

/// What is parked takes both processors' time: a virtual machine until it is in its stride, an SDK until it is loaded.
const SLOW_PACE: Pace = Pace { rounds: 50, pause: Duration::from_millis(1200) };

/// How the same program is served by a bare interpreter that waits for it.
#[derive(Debug, Clone)]
pub(crate) struct Waits {
    pub(crate) command: Vec<String>,
    /// Where the function's code is.
    pub(crate) folder: PathBuf,
}

impl Waits {
    fn new(
        runtime: &Runtime,
        flags: &[&str],
        script: &str,
        code: (&str, &[u8]),
        folder: &Path,
    ) -> io::Result<Waits> {
        let (name, content) = code;
        std::fs::write(folder.join(name), content)?;
        let script = format!("{FIXTURES}/{script}");
        let words = [&[runtime.interpreter.as_str()], flags, &[script.as_str()]].concat();
        Ok(Waits { command: words.into_iter().map(str::to_owned).collect(), folder: folder.to_owned() })
    }
}

/// A language that cannot be measured here.
#[derive(Debug)]
pub(crate) struct Lacking {
    pub(crate) what: &'static str,
    pub(crate) why: String,
}

/// Those of a language, or why there are none.
pub(crate) type Found = Result<Vec<Subject>, Lacking>;

/// `folder` takes what is compiled.
pub(crate) fn all(runtimes: &Runtimes, folder: &Path) -> Vec<Found> {
    let of = |what, language, subjects: &dyn Fn(&Runtime) -> io::Result<Vec<Subject>>| {
        let lacking = |why| Lacking { what, why };
        let runtime = runtimes.find(language).ok_or_else(|| lacking("not on this machine".to_owned()))?;
        subjects(runtime).map_err(|error| lacking(error.to_string()))
    };
    vec![
        of("cold start, python", "python", &|runtime| python(runtime, folder)),
        of("cold start, node", "nodejs", &|runtime| node(runtime, folder)),
        of("cold start, ruby", "ruby", &|runtime| ruby(runtime, folder)),
        of("cold start, java", "java", &|runtime| Ok(vec![java(runtime, folder)?])),
        custom(folder)
            .map(|subject| vec![subject])
            .map_err(|error| Lacking { what: "cold start, custom runtime", why: error.to_string() }),
    ]
}

/// A variable that acts only at an interpreter's start makes a function have a process of its own: what a start costs
/// without parking and without a zygote.
fn with_a_process_of_its_own(subject: &Subject, variable: &str, value: &str) -> Subject {
    Subject {
        what: format!("{}, a process of its own", subject.what),
        name: format!("{}-own", subject.name),
        settings: json!({ "Environment": { "Variables": { variable: value } } }),
        waiting: None,
        target: None,
        ..subject.clone()
    }
}

fn with_sdk(subject: &Subject, sdk: &str, package: Vec<u8>) -> Subject {
    Subject {
        what: format!("{} with {sdk}", subject.what),
        name: format!("{}-sdk", subject.name),
        package,
        waiting: None,
        target: None,
        ..subject.clone()
    }
}

pub(crate) fn plain_python(runtime: &Runtime) -> Subject {
    let program = package(&[("index.py", PYTHON_ECHO)]);
    subject("python", runtime, program, &["-I", "-S", "-c", "pass"], PARKED)
}

fn python(runtime: &Runtime, folder: &Path) -> io::Result<Vec<Subject>> {
    let flags = ["-I", "-S", "-B"];
    let waiting = Waits::new(runtime, &flags, "waiting.py", ("index.py", PYTHON_ECHO), folder)?;
    let plain = Subject { waiting: Some(waiting), ..plain_python(runtime) };
    let own = with_a_process_of_its_own(&plain, "PYTHONUTF8", "1");
    let sdk = with_sdk(&plain, "boto3", package(&[("index.py", PYTHON_SDK)]));
    Ok(vec![plain, own, sdk])
}

fn node(runtime: &Runtime, folder: &Path) -> io::Result<Vec<Subject>> {
    let waiting = Waits::new(runtime, &[], "waiting.js", ("index.js", NODE_ECHO), folder)?;
    let plain = subject("node", runtime, package(&[("index.js", NODE_ECHO)]), &["-e", "0"], PARKED);
    let plain = Subject { waiting: Some(waiting), ..plain };
    let own = with_a_process_of_its_own(&plain, "NODE_NO_WARNINGS", "0");
    let sdk = with_sdk(&plain, "@aws-sdk/client-s3", package(&[("index.js", NODE_SDK)]));
    let sdk = Subject { pace: SLOW_PACE, ..sdk };
    Ok(vec![plain, own, sdk])
}

fn ruby(runtime: &Runtime, folder: &Path) -> io::Result<Vec<Subject>> {
    let waiting = Waits::new(runtime, &[], "waiting.rb", ("index.rb", RUBY_ECHO), folder)?;
    Ok(vec![Subject { waiting: Some(waiting), ..plain_ruby(runtime) }])
}

pub(crate) fn plain_ruby(runtime: &Runtime) -> Subject {
    subject("ruby", runtime, package(&[("index.rb", RUBY_ECHO)]), &["-e", "0"], PARKED)
}

fn java(runtime: &Runtime, folder: &Path) -> io::Result<Subject> {
    let class = compile(
        "javac",
        &["-Xlint:-options", "--release", "8", "-d", &folder.to_string_lossy()],
        "Echo.java",
        folder.join("Echo.class"),
    )?;
    let class = std::fs::read(class)?;
    let folder = folder.to_string_lossy();
    let bare = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", &folder, "Echo"];
    let subject = subject("java", runtime, package(&[("Echo.class", &class)]), &bare, JAVA_PARKED);
    Ok(Subject { settings: json!({ "Handler": "Echo::handle" }), pace: SLOW_PACE, ..subject })
}

/// A static binary.
fn custom(folder: &Path) -> io::Result<Subject> {
    let program = folder.join("bootstrap");
    let program =
        compile("cc", &["-O2", "-static", "-o", &program.to_string_lossy()], "bootstrap.c", program.clone())?;
    Ok(Subject {
        what: "cold start, custom runtime (a static binary)".to_owned(),
        name: "cold-custom".to_owned(),
        runtime: "provided.al2023".to_owned(),
        package: package(&[("bootstrap", &std::fs::read(&program)?)]),
        settings: json!({}),
        bare: vec![program.to_string_lossy().into_owned()],
        waiting: None,
        pace: PACE,
        target: Some(CUSTOM),
    })
}

fn subject(language: &str, runtime: &Runtime, package: Vec<u8>, bare: &[&str], target: Target) -> Subject {
    let bare = std::iter::once(runtime.interpreter.as_str()).chain(bare.iter().copied());
    Subject {
        what: format!("cold start, {language}"),
        name: format!("cold-{language}"),
        runtime: runtime.name.clone(),
        package,
        settings: json!({}),
        bare: bare.map(str::to_owned).collect(),
        waiting: None,
        pace: PACE,
        target: Some(target),
    }
}

/// The path of what came of it.
fn compile(compiler: &str, arguments: &[&str], source: &str, result: PathBuf) -> io::Result<PathBuf> {
    let source = Path::new(FIXTURES).join(source);
    let status = Command::new(compiler).args(arguments).arg(source).stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(result),
        Ok(status) => Err(io::Error::other(format!("{compiler} failed: {status}"))),
        Err(error) => Err(io::Error::other(format!("{compiler} cannot be run: {error}"))),
    }
}
