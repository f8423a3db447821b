//! The runtimes that are measured: of each language the newest that the machine has.

use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Debian's Ruby is older than any that AWS still has; the servers that are measured take the nearest.
pub(crate) const FALLBACK: (&str, &str) = ("MAYFLY_RUNTIMES_FALLBACK", "nearest");
const NEAREST_RUBY: (&str, &str) = ("ruby3.2", "ruby");

/// In the order of the server's own table: newest first.
#[derive(Debug)]
pub(crate) struct Runtimes(Vec<Runtime>);

#[derive(Debug, Clone)]
pub(crate) struct Runtime {
    pub(crate) name: String,
    /// What the server starts, and no shim of a version manager.
    pub(crate) interpreter: String,
}

impl Runtimes {
    /// All that `binary` finds; those in `preferred` come first.
    pub(crate) fn found_by(binary: &Path, preferred: &[String]) -> io::Result<Runtimes> {
        let output = Command::new(binary).args(["runtimes", "--json"]).output()?;
        let table: Value = serde_json::from_slice(&output.stdout)?;
        let rows = table["runtimes"].as_array().into_iter().flatten();
        let mut runtimes = Vec::from_iter(rows.filter_map(Runtime::read));
        runtimes.extend(nearest_ruby());
        runtimes.sort_by_key(|runtime| !preferred.contains(&runtime.name));
        Ok(Runtimes(runtimes))
    }

    /// Of a language by the beginning of its runtimes' names.
    pub(crate) fn find(&self, language: &str) -> Option<&Runtime> {
        self.0.iter().find(|runtime| runtime.name.starts_with(language))
    }

    /// A language without which there is little to measure.
    pub(crate) fn need(&self, language: &str) -> io::Result<&Runtime> {
        self.find(language).ok_or_else(|| io::Error::other(format!("this machine has no {language}")))
    }
}

fn nearest_ruby() -> Option<Runtime> {
    let (name, program) = NEAREST_RUBY;
    Command::new(program).arg("--version").output().ok()?;
    Some(Runtime { name: name.to_owned(), interpreter: program.to_owned() })
}

impl Runtime {
    fn read(row: &Value) -> Option<Runtime> {
        let interpreter = row["interpreter"].as_str()?.to_owned();
        Some(Runtime { name: row["name"].as_str()?.to_owned(), interpreter })
    }
}
