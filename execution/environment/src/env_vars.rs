//! The environment variables of a runtime process.
//!
//! Lowest first: AWS's defaults, which a function may override; the function's own; what AWS reserves.

use std::collections::BTreeMap;

use model::function::{LogFormat, LogLevel};
use model::runtime::Language;

use crate::environment::Launch;
use crate::image_task;
use crate::runtimes::RuntimeEntry;

const TASK_ROOT: &str = "/var/task";
const RUNTIME_DIR: &str = "/var/runtime";
const RUNTIME_API: &str = "127.0.0.1:9001";
const FRONT: &str = "http://127.0.0.1:4566";
const PATH: &str = "/usr/local/bin:/usr/bin/:/bin:/opt/bin";
const LIBRARY_PATH: &str =
    "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib";
const XRAY_HOST: &str = "169.254.79.129";
const XRAY_PORT: &str = "2000";

/// The host need not have the locale that `LANG` names, and Ruby and Java then take every text for ASCII; Java so
/// for any category that is missing. Python sets this for itself.
const UTF8: &str = "C.UTF-8";

/// The descriptor to which Mayfly's clients, and AWS's, write log records in frames: the standard output, where
/// records and prints keep their order.
const LOG_DESCRIPTOR: &str = "1";

pub(crate) type Variables = BTreeMap<String, String>;

/// What does not depend on the function.
pub(crate) fn of_every_function(runtime: &RuntimeEntry) -> Variables {
    let mut variables = Variables::new();
    common_defaults(&mut variables);
    xray_defaults(&mut variables);
    language_defaults(&mut variables, runtime);
    platform(&mut variables);
    places(&mut variables, Some(runtime));
    variables
}

pub(crate) fn of(launch: &Launch) -> Vec<(String, String)> {
    let mut variables = Variables::new();
    defaults(&mut variables, launch);
    own(&mut variables, launch);
    reserved(&mut variables, launch);
    variables.into_iter().collect()
}

/// What an external extension sees: nothing of the runtime, the code or the log.
pub(crate) fn of_extension(launch: &Launch) -> Vec<(String, String)> {
    const RUNTIME_S: [&str; 6] = [
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    ];
    let mut variables = Variables::new();
    common_defaults(&mut variables);
    endpoint(&mut variables, launch);
    own(&mut variables, launch);
    let mut platform = Variables::new();
    reserved(&mut platform, launch);
    platform.retain(|name, _| !name.starts_with('_') && !RUNTIME_S.contains(&name.as_str()));
    variables.extend(platform);
    variables.into_iter().collect()
}

fn set(variables: &mut Variables, pairs: &[(&str, &str)]) {
    variables.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
}

fn own(variables: &mut Variables, launch: &Launch) {
    let own = launch.version.config.environment.iter().flatten();
    // AWS takes no such name; one that came another way must not reach the runtime.
    variables.extend(
        own.filter(|(name, _)| !name.starts_with('_')).map(|(name, value)| (name.clone(), value.clone())),
    );
}

fn defaults(variables: &mut Variables, launch: &Launch) {
    common_defaults(variables);
    xray_defaults(variables);
    endpoint(variables, launch);
    if let Some(runtime) = &launch.runtime {
        language_defaults(variables, runtime);
        if runtime.runtime.language() == Language::Dotnet {
            dotnet_memory(variables, launch.version.config.memory_mib);
        }
    }
}

/// What the runtime and extensions have in common.
fn common_defaults(variables: &mut Variables) {
    set(
        variables,
        &[("LANG", "en_US.UTF-8"), ("PATH", PATH), ("LD_LIBRARY_PATH", LIBRARY_PATH), ("TZ", ":UTC")],
    );
}

fn xray_defaults(variables: &mut Variables) {
    let daemon = format!("{XRAY_HOST}:{XRAY_PORT}");
    set(variables, &[("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"), ("AWS_XRAY_DAEMON_ADDRESS", &daemon)]);
}

fn endpoint(variables: &mut Variables, launch: &Launch) {
    if launch.endpoint_url {
        set(variables, &[("AWS_ENDPOINT_URL", FRONT)]);
    }
    if launch.runtime.is_none() {
        image_defaults(variables, launch);
    }
}

/// What an image sets counts as a default, too.
fn image_defaults(variables: &mut Variables, launch: &Launch) {
    set(variables, &[("PATH", &format!("/var/lang/bin:{PATH}"))]);
    variables.extend(launch.version.code.image.iter().flat_map(|image| image.settings.environment.clone()));
}

fn language_defaults(variables: &mut Variables, runtime: &RuntimeEntry) {
    if runtime.interpreter.is_some() {
        set(variables, &[("PATH", &format!("/var/lang/bin:{PATH}"))]);
    }
    match runtime.runtime.language() {
        Language::Python => set(variables, &[("PYTHONPATH", RUNTIME_DIR)]),
        Language::Node => {
            let major = runtime.runtime.version();
            let path = format!(
                "/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:{RUNTIME_DIR}/node_modules"
            );
            set(variables, &[("NODE_PATH", &path)]);
        }
        Language::Ruby => {
            // Ruby's libraries are compatible within a minor version, and so are named after it.
            let abi = format!("{}.0", runtime.runtime.version());
            let gems = format!("{TASK_ROOT}/vendor/bundle/ruby/{abi}:/opt/ruby/gems/{abi}");
            let library = format!("{TASK_ROOT}:{RUNTIME_DIR}/lib:/opt/ruby/lib");
            set(variables, &[("GEM_PATH", &gems), ("RUBYLIB", &library), ("LC_CTYPE", UTF8)]);
        }
        Language::Java => set(variables, &[("LC_ALL", UTF8)]),
        Language::Dotnet => {
            set(variables, &[("DOTNET_ROOT", "/var/lang/bin")]);
            if runtime.notice.is_some() {
                // A function asks for its own version, and the host has another.
                set(variables, &[("DOTNET_ROLL_FORWARD", "Major")]);
            }
        }
        Language::Custom | Language::Go => {}
    }
}

/// .NET makes its heap's limits of the machine's memory, which on AWS is the function's.
fn dotnet_memory(variables: &mut Variables, memory_mib: u32) {
    let bytes = u64::from(memory_mib) << 20;
    set(variables, &[("DOTNET_GCTotalPhysicalMemory", &format!("{bytes:x}"))]);
}

fn reserved(variables: &mut Variables, launch: &Launch) {
    let Launch { version, credentials, metadata, log, .. } = launch;
    let (arn, config) = (&version.arn, &version.config);
    let region = arn.region.as_str();
    set(
        variables,
        &[
            ("_HANDLER", &handler(launch)),
            ("AWS_DEFAULT_REGION", region),
            ("AWS_REGION", region),
            ("AWS_LAMBDA_FUNCTION_NAME", arn.name.as_str()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &config.memory_mib.to_string()),
            ("AWS_LAMBDA_FUNCTION_VERSION", &version.version.to_string()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", &config.logging.group),
            ("AWS_LAMBDA_LOG_STREAM_NAME", log.key().name.as_str()),
            ("AWS_ACCESS_KEY_ID", &credentials.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key),
            ("AWS_SESSION_TOKEN", &credentials.session_token),
            ("AWS_LAMBDA_METADATA_TOKEN", metadata.token()),
        ],
    );
    logging(variables, config.logging.format);
    platform(variables);
    places(variables, launch.runtime.as_deref());
}

/// What AWS reserves and no function changes.
fn platform(variables: &mut Variables) {
    set(
        variables,
        &[
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("_AWS_XRAY_DAEMON_ADDRESS", XRAY_HOST),
            ("_AWS_XRAY_DAEMON_PORT", XRAY_PORT),
        ],
    );
}

fn places(variables: &mut Variables, runtime: Option<&RuntimeEntry>) {
    set(
        variables,
        &[
            ("AWS_LAMBDA_RUNTIME_API", RUNTIME_API),
            ("AWS_LAMBDA_METADATA_API", RUNTIME_API),
            ("LAMBDA_TASK_ROOT", TASK_ROOT),
            ("LAMBDA_RUNTIME_DIR", RUNTIME_DIR),
        ],
    );
    if let Some(runtime) = runtime.filter(|runtime| is_managed(runtime)) {
        let name = format!("AWS_Lambda_{}", runtime.runtime);
        set(
            variables,
            &[
                ("AWS_EXECUTION_ENV", &name),
                ("_LAMBDA_TELEMETRY_LOG_FD", LOG_DESCRIPTOR),
                ("_MAYFLY_RUNTIME_API_SOCKET", sandbox::RUNTIME_API_SOCKET),
            ],
        );
    }
}

/// Whether it has a client that writes log records in frames, where it is told to.
pub(crate) fn has_log_descriptor(launch: &Launch) -> bool {
    launch.runtime.as_deref().is_some_and(is_managed)
}

fn is_managed(runtime: &RuntimeEntry) -> bool {
    runtime.interpreter.is_some()
}

/// An image's is the first word of its command, as the entry points of AWS's base images have it.
pub(crate) fn handler(launch: &Launch) -> String {
    let task = image_task::task(launch);
    let command = task.and_then(|task| task.command.into_iter().next());
    command.or_else(|| launch.version.config.handler().map(str::to_owned)).unwrap_or_default()
}

fn logging(variables: &mut Variables, format: LogFormat) {
    match format {
        LogFormat::Text => set(variables, &[("AWS_LAMBDA_LOG_FORMAT", "Text")]),
        LogFormat::Json { application, .. } => set(
            variables,
            &[("AWS_LAMBDA_LOG_FORMAT", "JSON"), ("AWS_LAMBDA_LOG_LEVEL", level_name(application))],
        ),
    }
}

fn level_name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Trace => "TRACE",
        LogLevel::Debug => "DEBUG",
        LogLevel::Info => "INFO",
        LogLevel::Warn => "WARN",
        LogLevel::Error => "ERROR",
        LogLevel::Fatal => "FATAL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtimes::{Fallback, RuntimeTable, Search};

    fn language(runtime: &str) -> Variables {
        let folder = tempfile::tempdir().unwrap();
        let table = RuntimeTable::discover(&Search::default(), Fallback::Refuse, folder.path());
        let mut entry = (*table.entry("provided.al2023".parse().unwrap()).unwrap()).clone();
        entry.runtime = runtime.parse().unwrap();
        let mut variables = Variables::new();
        language_defaults(&mut variables, &entry);
        variables
    }

    #[test]
    fn node_looks_for_modules_in_layers_of_its_major_version_first() {
        assert_eq!(
            language("nodejs22.x")["NODE_PATH"],
            "/opt/nodejs/node22/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules"
        );
    }

    #[test]
    fn ruby_looks_for_gems_in_the_package_and_in_layers_of_its_version() {
        let variables = language("ruby3.3");
        assert_eq!(variables["GEM_PATH"], "/var/task/vendor/bundle/ruby/3.3.0:/opt/ruby/gems/3.3.0");
        assert_eq!(variables["RUBYLIB"], "/var/task:/var/runtime/lib:/opt/ruby/lib");
    }

    #[test]
    fn an_own_bootstrap_gets_no_language_s_variables() {
        assert_eq!(language("provided.al2023"), Variables::new());
    }

    #[test]
    fn the_level_is_set_only_for_json_logs() {
        let set_for = |format| {
            let mut variables = Variables::new();
            logging(&mut variables, format);
            variables.into_values().collect::<Vec<_>>()
        };
        let json =
            LogFormat::Json { application: LogLevel::Warn, system: model::function::SystemLogLevel::Info };
        assert_eq!(set_for(LogFormat::Text), ["Text"]);
        assert_eq!(set_for(json), ["JSON", "WARN"]);
    }
}
