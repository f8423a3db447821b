//! The runtimes that Lambda has or had, one table row each.

use std::fmt;
use std::str::FromStr;

use crate::name::InvalidName;

/// What kind of program runs the handler, whatever its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    Dotnet,
    Go,
    Java,
    Node,
    Python,
    Ruby,
    /// The function brings its own `bootstrap`.
    Custom,
}

/// Whether AWS still takes a runtime for new functions (its runtimes page, November 2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Support {
    Creatable,
    /// CreateFunction and updates refuse it.
    Blocked,
}

#[derive(Debug)]
struct Facts {
    identifier: &'static str,
    language: Language,
    /// The language's version as its interpreter prints it; empty for `provided.*`.
    version: &'static str,
    support: Support,
}

const fn row(identifier: &'static str, language: Language, version: &'static str) -> Facts {
    Facts { identifier, language, version, support: Support::Creatable }
}

const fn blocked(identifier: &'static str, language: Language, version: &'static str) -> Facts {
    Facts { identifier, language, version, support: Support::Blocked }
}

static TABLE: &[Facts] = &[
    row("dotnet10", Language::Dotnet, "10"),
    row("dotnet8", Language::Dotnet, "8"),
    row("dotnet6", Language::Dotnet, "6"),
    blocked("dotnetcore3.1", Language::Dotnet, "3.1"),
    blocked("dotnetcore2.1", Language::Dotnet, "2.1"),
    blocked("dotnetcore2.0", Language::Dotnet, "2.0"),
    blocked("dotnetcore1.0", Language::Dotnet, "1.0"),
    blocked("go1.x", Language::Go, "1"),
    row("java25", Language::Java, "25"),
    row("java21", Language::Java, "21"),
    row("java17.al2023", Language::Java, "17"),
    row("java17", Language::Java, "17"),
    row("java11.al2023", Language::Java, "11"),
    row("java11", Language::Java, "11"),
    row("java8.al2023", Language::Java, "8"),
    row("java8.al2", Language::Java, "8"),
    blocked("java8", Language::Java, "8"),
    row("nodejs26.x", Language::Node, "26"),
    row("nodejs24.x", Language::Node, "24"),
    row("nodejs22.x", Language::Node, "22"),
    row("nodejs20.x", Language::Node, "20"),
    row("nodejs18.x", Language::Node, "18"),
    row("nodejs16.x", Language::Node, "16"),
    blocked("nodejs14.x", Language::Node, "14"),
    blocked("nodejs12.x", Language::Node, "12"),
    blocked("nodejs10.x", Language::Node, "10"),
    blocked("nodejs8.10", Language::Node, "8"),
    blocked("nodejs6.10", Language::Node, "6"),
    blocked("nodejs4.3", Language::Node, "4"),
    blocked("nodejs4.3-edge", Language::Node, "4"),
    blocked("nodejs", Language::Node, "0"),
    row("python3.15", Language::Python, "3.15"),
    row("python3.14", Language::Python, "3.14"),
    row("python3.13", Language::Python, "3.13"),
    row("python3.12", Language::Python, "3.12"),
    row("python3.11", Language::Python, "3.11"),
    row("python3.10", Language::Python, "3.10"),
    row("python3.9", Language::Python, "3.9"),
    row("python3.8", Language::Python, "3.8"),
    blocked("python3.7", Language::Python, "3.7"),
    blocked("python3.6", Language::Python, "3.6"),
    blocked("python2.7", Language::Python, "2.7"),
    row("ruby4.0", Language::Ruby, "4.0"),
    row("ruby3.4", Language::Ruby, "3.4"),
    row("ruby3.3", Language::Ruby, "3.3"),
    row("ruby3.2", Language::Ruby, "3.2"),
    blocked("ruby2.7", Language::Ruby, "2.7"),
    blocked("ruby2.5", Language::Ruby, "2.5"),
    row("provided.al2023", Language::Custom, ""),
    row("provided.al2", Language::Custom, ""),
    blocked("provided", Language::Custom, ""),
];

/// A runtime that Lambda knows, by its identifier, such as `python3.12`.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct Runtime(&'static Facts);

impl Runtime {
    pub fn all() -> impl Iterator<Item = Runtime> {
        TABLE.iter().map(Runtime)
    }

    pub fn identifier(self) -> &'static str {
        self.0.identifier
    }

    pub fn language(self) -> Language {
        self.0.language
    }

    /// `3.12` of `python3.12`, `22` of `nodejs22.x`, empty for `provided.*`.
    pub fn version(self) -> &'static str {
        self.0.version
    }

    /// AWS refuses to create or update functions with it.
    pub fn is_blocked(self) -> bool {
        self.0.support == Support::Blocked
    }
}

impl PartialEq for Runtime {
    fn eq(&self, other: &Runtime) -> bool {
        self.identifier() == other.identifier()
    }
}

impl Eq for Runtime {}

impl std::hash::Hash for Runtime {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identifier().hash(state);
    }
}

impl FromStr for Runtime {
    type Err = InvalidName;

    fn from_str(identifier: &str) -> Result<Runtime, InvalidName> {
        Runtime::all()
            .find(|runtime| runtime.identifier() == identifier)
            .ok_or_else(|| InvalidName { kind: "runtime", value: identifier.to_owned() })
    }
}

impl TryFrom<String> for Runtime {
    type Error = InvalidName;

    fn try_from(identifier: String) -> Result<Runtime, InvalidName> {
        identifier.parse()
    }
}

impl From<Runtime> for &'static str {
    fn from(runtime: Runtime) -> &'static str {
        runtime.identifier()
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.identifier())
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.identifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_unique_and_case_counts() {
        for runtime in Runtime::all() {
            assert_eq!(Runtime::all().filter(|other| *other == runtime).count(), 1, "{runtime}");
            assert_eq!(runtime.identifier().parse::<Runtime>(), Ok(runtime));
        }
        assert!("Python3.12".parse::<Runtime>().is_err());
    }

    #[test]
    fn old_runtimes_are_blocked() {
        assert!("python3.7".parse::<Runtime>().unwrap().is_blocked());
        assert!(!"python3.8".parse::<Runtime>().unwrap().is_blocked());
    }
}
