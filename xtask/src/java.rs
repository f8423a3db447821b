//! The jar of the Java runtime client: compiled here and checked in, so that neither a user nor a build needs a Java
//! compiler.
//!
//! Compilers of different versions write different bytes. So the jar is not made again to be compared: a file beside
//! it names the sources that it was made from, and itself, by their digests.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::workspace::Workspace;

const SOURCES: &str = "runtimes/java/src/mayfly/lambda";
const JAR: &str = "runtimes/java/client.jar";
const RECORD: &str = "runtimes/java/client.jar.digests";
const CHORE: &str = "cargo xtask java";

/// The oldest Java that AWS still has.
const RELEASE: &str = "8";
/// Any fixed time: the same sources and compiler then give the same bytes.
const DATE: &str = "--date=2020-01-01T00:00:00Z";

pub(crate) fn write(workspace: &Workspace) -> Result<(), Error> {
    let classes = workspace.path("target/java-client");
    let _absent = fs::remove_dir_all(&classes);
    let classes_text = classes.display().to_string();
    let mut javac = vec!["-Xlint:all,-options", "-Werror", "--release", RELEASE, "-d", &classes_text]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    javac.extend(sources(workspace)?.iter().map(|path| path.display().to_string()));
    workspace.run("javac", &javac)?;
    let mut jar = ["--create", "--no-manifest", DATE, "--file", JAR].map(str::to_owned).to_vec();
    for class in files(&classes.join("mayfly/lambda"))? {
        let name = class.file_name().unwrap_or_default().to_string_lossy().into_owned();
        jar.extend(["-C".to_owned(), classes_text.clone(), format!("mayfly/lambda/{name}")]);
    }
    workspace.run("jar", &jar)?;
    workspace.write(RECORD, &record(workspace)?)
}

pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let belongs = workspace.read(RECORD).ok().as_deref() == Some(&record(workspace)?);
    Ok(if belongs { vec![] } else { vec![format!("{JAR}: not made from {SOURCES}; run {CHORE}")] })
}

fn record(workspace: &Workspace) -> Result<String, Error> {
    let sources = digest(&sources(workspace)?)?;
    let jar = digest(&[workspace.path(JAR)])?;
    Ok(format!("sources {sources}\njar {jar}\n"))
}

fn sources(workspace: &Workspace) -> Result<Vec<PathBuf>, Error> {
    files(&workspace.path(SOURCES))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let at = |source| Error::File { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(at)?;
    let mut files =
        entries.map(|entry| entry.map(|entry| entry.path()).map_err(at)).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    Ok(files)
}

/// Of the names and contents of files.
fn digest(files: &[PathBuf]) -> Result<String, Error> {
    let mut digest = Sha256::new();
    for path in files {
        let content = fs::read(path).map_err(|source| Error::File { path: path.clone(), source })?;
        digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        digest.update(content.len().to_le_bytes());
        digest.update(content);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
