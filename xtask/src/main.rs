//! Build chores, run as `cargo xtask <chore>`.
//!
//! Nothing here depends on the crates it looks after: the generator must run while what it generates
//! does not compile.

use std::process::ExitCode;

use error::Error;
use workspace::Workspace;

mod compatibility;
mod digest;
mod dotnet;
mod error;
mod generate;
mod java;
mod model;
mod tidy;
mod workspace;

const USAGE: &str = "\
Usage: cargo xtask <chore>

  model          fetch the API descriptions, write foundation/wire/models and the Rust made from them
  generate       write the Rust again from the models as they are checked in (offline)
  java           compile the Java runtime client into its jar (needs a JDK of 17 or newer)
  dotnet         compile the .NET runtime client (fetches a compiler)
  compatibility  write COMPATIBILITY.md from the models and the services' lists of served operations
  tidy           check floors, generated files, file lengths and what tracked files may not mention";

fn main() -> ExitCode {
    match run(std::env::args().nth(1).as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Option<&str>) -> Result<(), Error> {
    let workspace = Workspace::here();
    match chore {
        Some("model") => {
            model::fetch::refresh(&workspace)?;
            generate::write_all(&workspace)
        }
        Some("generate") => generate::write_all(&workspace),
        Some("java") => java::write(&workspace),
        Some("dotnet") => dotnet::write(&workspace),
        Some("compatibility") => compatibility::write(&workspace),
        Some("tidy") => tidy::check(&workspace),
        _ => Err(Error::Usage(USAGE)),
    }
}
