//! What a parked environment can become: everything that cannot be changed once its runtime has started.

use std::fmt;

use model::FunctionVersion;
use model::Runtime;
use model::runtime::Language;
use sandbox::Egress;

use crate::environment;
use crate::runtimes::RuntimeEntry;

/// Variables that a process, its libraries or its interpreter read when they start and never again. A function that
/// sets one of these gets a process of its own.
const READ_AT_START: &[&str] = &[
    "AWS_LAMBDA_EXEC_WRAPPER",
    // A part of the SDK reads it when it is loaded.
    "AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    // The C library and what it loads.
    "GLIBC_TUNABLES",
    "LANG",
    "LANGUAGE",
    "OPENSSL_CONF",
    "OPENSSL_MODULES",
    "UV_THREADPOOL_SIZE",
    "UV_USE_IO_URING",
];

/// The same by their beginnings.
const READ_AT_START_PREFIXES: &[&str] = &["GEM_", "LC_", "LD_", "MALLOC_", "NODE_", "PYTHON", "RUBY"];

/// Begins like those, but only programs read it, whenever they like.
const READ_LATER: &[&str] = &["NODE_ENV"];

/// Node and Python's modules look up once where home is. Ruby's client has it looked up again, Java never asks.
const HOME: &str = "HOME";

/// Java has the C library read what it does not know as the name of a zone, when it starts.
const ZONE: &str = "TZ";

/// All that is loaded ahead of the SDK takes some twenty megabytes. Smaller functions load what they use.
const SDK_MEMORY_MIN_MIB: u32 = 256;

/// What an environment is parked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ParkedKind {
    pub(crate) sandbox: sandbox::Kind,
    pub(crate) runtime: Runtime,
    /// The function's memory, where the interpreter's own limits are made of it and fixed at its start.
    pub(crate) heap_mib: Option<u32>,
    /// Whether it has loaded the AWS SDK that the runtime brings.
    pub(crate) has_sdk: bool,
}

impl ParkedKind {
    /// None for a version whose runtime cannot be started before the version is known.
    pub(crate) fn of(
        version: &FunctionVersion,
        runtime: &RuntimeEntry,
        egress: Egress,
    ) -> Option<ParkedKind> {
        // An image's client knows nothing of waiting.
        runtime.interpreter.filter(|_version| !runtime.image)?;
        let language = runtime.runtime.language();
        let heap_mib = match language {
            Language::Python | Language::Ruby => None,
            Language::Java | Language::Node => Some(version.config.memory_mib),
            Language::Custom | Language::Dotnet | Language::Go => return None,
        };
        let own = version.config.environment.iter().flatten();
        if own.into_iter().any(|(name, value)| is_read_at_start(name, value, language)) {
            return None;
        }
        let sandbox = environment::kind(version, Some(runtime), egress);
        // Of the other languages the zygotes have it. A layer may bring its own, or what changes modules as they load.
        let has_sdk = language == Language::Node
            && version.code.takes_sdk
            && version.config.layers.is_none()
            && version.config.memory_mib >= SDK_MEMORY_MIN_MIB;
        Some(ParkedKind { sandbox, runtime: runtime.runtime, heap_mib, has_sdk })
    }
}

fn is_read_at_start(name: &str, value: &str, language: Language) -> bool {
    match name {
        HOME => matches!(language, Language::Node | Language::Python),
        ZONE => language == Language::Java && is_rule(value),
        _ if READ_LATER.contains(&name) => false,
        _ => {
            READ_AT_START.contains(&name)
                || READ_AT_START_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        }
    }
}

/// POSIX's form of a zone, such as `JST-9` and `CET-1CEST,M3.5.0,M10.5.0/3`, rather than a name.
fn is_rule(zone: &str) -> bool {
    zone.contains(',') || !zone.contains('/') && zone.contains(|letter: char| letter.is_ascii_digit())
}

/// `nodejs22.x, 512 MiB heap, 512 MiB /tmp`.
impl fmt::Display for ParkedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ParkedKind { sandbox, runtime, heap_mib, has_sdk } = self;
        write!(f, "{runtime}")?;
        if *has_sdk {
            write!(f, " with its SDK")?;
        }
        if let Some(heap_mib) = heap_mib {
            write!(f, ", memory {heap_mib} MiB")?;
        }
        write!(f, ", /tmp {} MiB", sandbox.tmp_bytes >> 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_variables_that_act_only_at_start() {
        let of_python_and_node = ["PYTHONPATH", "PYTHONOPTIMIZE", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"];
        let of_others = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "LD_PRELOAD", "LC_ALL"];
        let of_ruby = ["RUBYOPT", "RUBYLIB", "RUBY_GC_HEAP_GROWTH_FACTOR", "GEM_PATH", "GEM_HOME"];
        for name in of_python_and_node.into_iter().chain(of_others).chain(of_ruby) {
            assert!(is_read_at_start(name, "x", Language::Python), "{name}");
        }
        for name in
            ["NODE_ENV", "JAVA_OPTS", "PATH", "TZ", "PYTH", "MY_LD_PRELOAD", "AWS_LAMBDA_LOG_LEVEL", "GEMS"]
        {
            assert!(!is_read_at_start(name, "x", Language::Python), "{name}");
        }
    }

    #[test]
    fn knows_whose_home_counts_only_at_start() {
        let counts = |language| is_read_at_start("HOME", "/tmp", language);
        let languages = [Language::Node, Language::Python, Language::Ruby, Language::Java];
        assert_eq!(languages.map(counts), [true, true, false, false]);
    }

    #[test]
    fn java_reads_the_rule_of_a_zone_at_its_start() {
        for rule in ["UTC+5", "JST-9", "CET-1CEST,M3.5.0,M10.5.0/3"] {
            assert!(is_read_at_start("TZ", rule, Language::Java), "{rule}");
            assert!(!is_read_at_start("TZ", rule, Language::Python), "{rule}");
        }
        for name in [":UTC", "Asia/Tokyo", "Etc/GMT+5", ""] {
            assert!(!is_read_at_start("TZ", name, Language::Java), "{name}");
        }
    }
}
