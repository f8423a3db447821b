//! The Java runtime client: compiled here and checked in, so that neither a user nor a build needs a Java compiler.

use std::fs;
use std::path::{Path, PathBuf};

use crate::digest::{digest, files};
use crate::error::Error;
use crate::workspace::Workspace;

/// Each jar is made from the folder of its name: the types that functions are written against, and the client.
const JARS: [&str; 2] = [CORE, "client"];
/// What everything else is compiled against.
const CORE: &str = "core";
/// The function of the client's rehearsal: a package as functions have it, its classes beside their sources.
const STAGE: &str = "stage";
const FOLDER: &str = "runtimes/java";
const RECORD: &str = "runtimes/java/jars.digests";
const CHORE: &str = "cargo xtask java";

/// The oldest Java that AWS still has.
const RELEASE: &str = "8";
/// Any fixed time: the same sources and compiler then give the same bytes.
const DATE: &str = "--date=2020-01-01T00:00:00Z";

pub(crate) fn write(workspace: &Workspace) -> Result<(), Error> {
    for jar in JARS {
        make(workspace, jar)?;
    }
    stage(workspace)?;
    workspace.write(RECORD, &record(workspace)?)
}

pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let belongs = workspace.read(RECORD).ok().as_deref() == Some(&record(workspace)?);
    Ok(if belongs { vec![] } else { vec![format!("{RECORD}: the jars are not the sources'; run {CHORE}")] })
}

fn make(workspace: &Workspace, jar: &str) -> Result<(), Error> {
    let classes = compile(workspace, jar)?;
    let archive = Path::new(FOLDER).join(jar).with_extension("jar");
    let options = ["--create", "--no-manifest", "--no-compress", DATE, "--file"].map(PathBuf::from);
    let mut command = [&options[..], &[archive]].concat();
    for class in files(&classes)? {
        let name = class.strip_prefix(&classes).unwrap_or(&class).to_owned();
        command.extend(["-C".into(), classes.clone(), name]);
    }
    workspace.run("jar", &command)?;
    Ok(())
}

/// The classes of a folder, in a folder of their own.
fn compile(workspace: &Workspace, folder: &str) -> Result<PathBuf, Error> {
    let classes = workspace.path("target/java").join(folder);
    if classes.exists() {
        fs::remove_dir_all(&classes).map_err(|source| Error::File { path: classes.clone(), source })?;
    }
    fs::create_dir_all(&classes).map_err(|source| Error::File { path: classes.clone(), source })?;
    let options = ["-Xlint:all,-options", "-Werror", "--release", RELEASE].map(PathBuf::from);
    let core = workspace.path("target/java").join(CORE);
    let places = ["-cp".into(), core, "-d".into(), classes.clone()];
    let sources = sources(&workspace.path(FOLDER).join(folder))?;
    workspace.run("javac", &[&options[..], &places, &sources].concat())?;
    Ok(classes)
}

fn stage(workspace: &Workspace) -> Result<(), Error> {
    let classes = compile(workspace, STAGE)?.join(STAGE);
    let stage = workspace.path(FOLDER).join(STAGE);
    for class in files(&classes)? {
        let path = stage.join(class.strip_prefix(&classes).unwrap_or(&class));
        fs::copy(&class, &path).map_err(|source| Error::File { path, source })?;
    }
    Ok(())
}

fn record(workspace: &Workspace) -> Result<String, Error> {
    let folder = workspace.path(FOLDER);
    let mut record = String::new();
    for jar in JARS {
        let sources = digest(&folder, &files(&folder.join(jar))?)?;
        let archive = digest(&folder, &[folder.join(jar).with_extension("jar")])?;
        record.push_str(&format!("{jar}.jar {archive} from {sources}\n"));
    }
    let (sources, classes) = partition(&folder.join(STAGE))?;
    let (sources, classes) = (digest(&folder, &sources)?, digest(&folder, &classes)?);
    record.push_str(&format!("{STAGE} {classes} from {sources}\n"));
    Ok(record)
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    Ok(partition(folder)?.0)
}

/// The sources below a folder, and what else is there.
fn partition(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Error> {
    let is_source = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "java");
    Ok(files(folder)?.into_iter().partition(is_source))
}
