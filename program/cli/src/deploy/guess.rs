//! How to run code that says nothing about it: the runtime and the handler, guessed from the package's files.

use std::path::{Path, PathBuf};

use environment::runtimes::{Fallback, RuntimeTable};
use model::Runtime;
use model::runtime::Language;

use super::package::Package;
use crate::data_folder::default_data_dir;
use crate::runtimes::{available, search};

/// Files in which a handler is looked for, the likeliest first.
const STEMS: [&str; 6] = ["lambda_function", "index", "handler", "main", "app", "function"];

/// In Python and Ruby.
const HANDLERS: [&str; 2] = ["lambda_handler", "handler"];

const NODE_EXTENSIONS: [&str; 3] = ["mjs", "js", "cjs"];

const CUSTOM_RUNTIME: &str = "provided.al2023";

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GuessError {
    #[error(
        "No handler was found: no bootstrap, and no function named handler or lambda_handler in a Python, JavaScript \
         or Ruby file at the top of the package. Give --handler and --runtime."
    )]
    NoHandler,
    #[error(
        "This machine has no {language} to guess a runtime from. Give --runtime; `mayfly runtimes` shows which there are."
    )]
    NoRuntime { language: &'static str },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    pub(crate) runtime: Runtime,
    pub(crate) handler: String,
}

impl Guess {
    /// What is given is taken; only the rest is guessed.
    pub(crate) fn of(
        package: &Package,
        runtime: Option<Runtime>,
        handler: Option<&str>,
    ) -> Result<Guess, GuessError> {
        let found = Found::look(package, runtime.map(Runtime::language));
        let handler = match (handler, &found) {
            (Some(handler), _) => handler.to_owned(),
            (None, Some(found)) => found.handler.clone(),
            (None, None) => return Err(GuessError::NoHandler),
        };
        let runtime = match (runtime, found) {
            (Some(runtime), _) => runtime,
            (None, Some(found)) => newest(found.language)?,
            (None, None) => return Err(GuessError::NoHandler),
        };
        Ok(Guess { runtime, handler })
    }
}

/// A handler in the package.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    language: Language,
    handler: String,
}

impl Found {
    /// In any language that is looked for, or in the one that is wanted.
    fn look(package: &Package, wanted: Option<Language>) -> Option<Found> {
        let candidates = [
            (Language::Custom, bootstrap as fn(&Package) -> Option<String>),
            (Language::Python, python),
            (Language::Node, node),
            (Language::Ruby, ruby),
        ];
        let mut candidates =
            candidates.into_iter().filter(|(language, _)| wanted.is_none_or(|it| it == *language));
        candidates.find_map(|(language, find)| Some(Found { language, handler: find(package)? }))
    }
}

fn bootstrap(package: &Package) -> Option<String> {
    package.names().any(|name| name == "bootstrap").then(|| "bootstrap".to_owned())
}

fn python(package: &Package) -> Option<String> {
    defined(package, "py")
}

fn ruby(package: &Package) -> Option<String> {
    defined(package, "rb")
}

fn defined(package: &Package, extension: &str) -> Option<String> {
    modules(package, &[extension]).into_iter().find_map(|(stem, text)| {
        let defined = |name: &&&str| text.lines().any(|line| line.starts_with(&format!("def {name}(")));
        let name = HANDLERS.iter().find(defined)?;
        Some(format!("{stem}.{name}"))
    })
}

fn node(package: &Package) -> Option<String> {
    let exported = |text: &str| text.lines().any(exports_handler);
    let found = modules(package, &NODE_EXTENSIONS).into_iter().find(|(_stem, text)| exported(text));
    found.map(|(stem, _text)| format!("{stem}.handler"))
}

/// `exports.handler = …`, `export const handler = …`, `export async function handler(…)`, `export { handler }`.
fn exports_handler(line: &str) -> bool {
    let line = line.trim_start();
    let exports = line.starts_with("export ") || line.contains("exports");
    exports
        && line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == "handler")
}

/// The package's files with one of the extensions, by stem, the likeliest first.
fn modules(package: &Package, extensions: &[&str]) -> Vec<(String, String)> {
    let mut found = package.names().filter_map(|name| module(package, name, extensions)).collect::<Vec<_>>();
    found.sort_by_key(|(stem, _text)| STEMS.iter().position(|likely| likely == stem).unwrap_or(STEMS.len()));
    found
}

fn module(package: &Package, name: &str, extensions: &[&str]) -> Option<(String, String)> {
    let path = Path::new(name);
    let extension = path.extension()?.to_str()?;
    if !extensions.contains(&extension) {
        return None;
    }
    Some((path.file_stem()?.to_str()?.to_owned(), package.text(name)?))
}

/// The newest runtime of the language that this machine has; AWS lists the newest first.
fn newest(language: Language) -> Result<Runtime, GuessError> {
    if language == Language::Custom {
        return CUSTOM_RUNTIME
            .parse()
            .map_err(|_unknown| GuessError::NoRuntime { language: "custom runtime" });
    }
    let folder = default_data_dir().unwrap_or_else(|| PathBuf::from("/")).join("runtimes");
    let table = RuntimeTable::discover(&search(), Fallback::Refuse, &folder);
    let newest = available(&table).map(|row| row.runtime).find(|runtime| runtime.language() == language);
    let language = match language {
        Language::Node => "Node.js",
        Language::Ruby => "Ruby",
        _ => "Python",
    };
    newest.ok_or(GuessError::NoRuntime { language })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(files: &[(&str, &str)]) -> Package {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        Package::read(folder.path()).unwrap()
    }

    fn found(files: &[(&str, &str)]) -> Option<(Language, String)> {
        Found::look(&package(files), None).map(|found| (found.language, found.handler))
    }

    #[test]
    fn a_python_handler_is_the_function_that_is_named_like_one() {
        let lambda = ("lambda_function.py", "import os\n\ndef lambda_handler(event, context):\n    pass\n");
        assert_eq!(found(&[lambda]), Some((Language::Python, "lambda_function.lambda_handler".to_owned())));
        let main = ("main.py", "def handler(event, context): pass");
        assert_eq!(found(&[("a.py", "x = 1"), main]), Some((Language::Python, "main.handler".to_owned())));
        assert_eq!(found(&[("a.py", "def handlers(): pass")]), None);
    }

    #[test]
    fn a_ruby_handler_is_the_method_that_is_named_like_one() {
        let app = ("app.rb", "require 'json'\n\ndef lambda_handler(event:, context:)\nend\n");
        assert_eq!(found(&[app]), Some((Language::Ruby, "app.lambda_handler".to_owned())));
    }

    #[test]
    fn the_likelier_file_wins() {
        let handler = "def handler(event, context): pass";
        let files = [("a_test.py", handler), ("index.py", handler)];
        assert_eq!(found(&files), Some((Language::Python, "index.handler".to_owned())));
    }

    #[test]
    fn a_node_handler_is_exported_in_any_of_the_usual_ways() {
        for text in [
            "exports.handler = async (event) => event;",
            "module.exports = { handler };",
            "export const handler = async () => 1;",
            "export async function handler() {}",
            "export { run as handler };",
        ] {
            assert_eq!(
                found(&[("index.mjs", text)]),
                Some((Language::Node, "index.handler".to_owned())),
                "{text}"
            );
        }
        assert_eq!(found(&[("index.js", "const handler = 1;")]), None);
    }

    #[test]
    fn a_bootstrap_is_a_custom_runtime() {
        let files = [("bootstrap", "#!/bin/sh"), ("index.py", "def handler(e, c): pass")];
        assert_eq!(found(&files), Some((Language::Custom, "bootstrap".to_owned())));
        let guess = Guess::of(&package(&files), None, None).unwrap();
        assert_eq!(guess.runtime.identifier(), "provided.al2023");
    }

    #[test]
    fn what_is_given_is_not_guessed() {
        let files = [("bootstrap", "#!/bin/sh"), ("index.py", "def handler(e, c): pass")];
        let python = "python3.12".parse().unwrap();
        let guess = Guess::of(&package(&files), Some(python), None).unwrap();
        assert_eq!(guess, Guess { runtime: python, handler: "index.handler".to_owned() });
        let guess = Guess::of(&package(&[("x", "")]), Some(python), Some("a.b")).unwrap();
        assert_eq!(guess, Guess { runtime: python, handler: "a.b".to_owned() });
        assert_eq!(Guess::of(&package(&[("x", "")]), None, Some("a.b")), Err(GuessError::NoHandler));
    }
}
