//! `mayfly env`: what points a shell's AWS clients at Mayfly.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::print;
use crate::target::{Target, TargetArguments, Variables};

/// Variables that would lead a client past the ones that are set here.
const MISLEADING: [&str; 2] = ["AWS_PROFILE", "AWS_SESSION_TOKEN"];

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  eval \"$(mayfly env)\"         then any AWS client works: aws lambda list-functions
  mayfly env --json            the same, for programs

AWS clients from before July 2023, such as the AWS CLI before 1.29 and 2.13, do not know
AWS_ENDPOINT_URL: give them --endpoint-url as well.")]
pub struct Arguments {
    /// Print a JSON object of the variables instead
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let target = arguments.target.resolve(&Variables::of_process())?;
    let exports = exports(&target);
    if arguments.json {
        let object = exports.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())));
        print::json(&Value::Object(object.collect::<Map<_, _>>()))?;
    } else {
        print::out(script(&target, &exports))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn exports(target: &Target) -> Vec<(&'static str, String)> {
    let Target { endpoint, region, credential } = target;
    let mut exports = vec![
        ("AWS_ENDPOINT_URL", endpoint.clone()),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region.clone()),
        ("AWS_ACCESS_KEY_ID", credential.access_key_id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", credential.secret_access_key().to_owned()),
    ];
    exports.extend(credential.session_token().map(|token| ("AWS_SESSION_TOKEN", token.to_owned())));
    exports
}

fn script(target: &Target, exports: &[(&'static str, String)]) -> String {
    let unset = MISLEADING.iter().filter(|name| exports.iter().all(|(exported, _)| exported != *name));
    let unset = unset.copied().collect::<Vec<_>>().join(" ");
    let exports = exports.iter().map(|(name, value)| format!("export {name}={}\n", quoted(value)));
    format!(
        "# AWS clients of this shell speak to {}.\nunset {unset}\n{}",
        target.endpoint,
        exports.collect::<String>()
    )
}

/// In single quotes a shell reads everything as it is, but a single quote.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use sigv4::Credential;

    use super::*;

    fn target(credential: Credential) -> Target {
        Target { endpoint: "http://127.0.0.1:4566".to_owned(), region: "eu-west-1".to_owned(), credential }
    }

    #[test]
    fn a_shell_reads_back_what_is_exported() {
        let target = target(Credential::new("AKIA", "a'b$c"));
        let script = script(&target, &exports(&target)) + "printf %s \"$AWS_SECRET_ACCESS_KEY $AWS_REGION\"";
        let output = std::process::Command::new("sh").arg("-c").arg(script).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "a'b$c eu-west-1");
    }

    #[test]
    fn a_session_token_is_exported_or_unset() {
        let lasting = target(Credential::new("AKIA", "s"));
        assert!(script(&lasting, &exports(&lasting)).contains("unset AWS_PROFILE AWS_SESSION_TOKEN\n"));
        let session = target(Credential::new("ASIA", "s").with_session_token("t"));
        assert!(script(&session, &exports(&session)).contains("export AWS_SESSION_TOKEN='t'\n"));
    }
}
