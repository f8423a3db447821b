//! What is deployed: files of this machine, or an image that a registry has.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Args;
use serde_json::{Map, Value, json};

use super::package::Package;
use crate::failure::Failure;

/// Unpacked within the call, or soon after.
const PACKAGE_TIMEOUT: Duration = Duration::from_secs(120);

/// The server gives up a pull after 15 minutes; one that was under way may go before.
const IMAGE_TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// An image, and what to run in it.
#[derive(Debug, Args)]
pub(super) struct ImageArguments {
    /// Container image with the function's code, in place of PATH: REGISTRY/REPOSITORY:TAG
    #[arg(long, value_name = "IMAGE", conflicts_with_all = ["path", "runtime", "handler", "layers"])]
    image: Option<String>,
    /// Word of the image's entry point (may be repeated; replaces the image's own and its command)
    #[arg(
        long = "entrypoint",
        value_name = "WORD",
        requires = "image",
        conflicts_with = "path",
        allow_hyphen_values = true
    )]
    entry_point: Vec<String>,
    /// Word of the image's command, such as app.handler (may be repeated; replaces the image's own)
    #[arg(
        long,
        value_name = "WORD",
        requires = "image",
        conflicts_with = "path",
        allow_hyphen_values = true
    )]
    command: Vec<String>,
    /// Folder in which the image's process starts
    #[arg(long = "workdir", value_name = "DIR", requires = "image", conflicts_with = "path")]
    working_directory: Option<String>,
}

#[derive(Debug)]
pub(super) enum Code {
    Package(Package),
    /// By its name.
    Image(String),
}

impl Code {
    pub(super) fn read(image: &ImageArguments, path: Option<&Path>) -> Result<Code, Failure> {
        match (&image.image, path) {
            (Some(uri), _) => Ok(Code::Image(uri.clone())),
            (None, Some(path)) => Ok(Code::Package(Package::read(path)?)),
            (None, None) => Err(Failure::Argument { value: String::new(), wanted: "a path or an image" }),
        }
    }

    /// As UpdateFunctionCode takes it.
    pub(super) fn body(&self) -> Value {
        match self {
            Code::Package(package) => json!({ "ZipFile": BASE64.encode(package.zip()) }),
            Code::Image(uri) => json!({ "ImageUri": uri }),
        }
    }

    /// How long creation or update may take.
    pub(super) fn timeout(&self) -> Duration {
        match self {
            Code::Package(_) => PACKAGE_TIMEOUT,
            Code::Image(_) => IMAGE_TIMEOUT,
        }
    }
}

impl ImageArguments {
    /// A function's name, made of the image's.
    pub(super) fn function_name(&self) -> Option<String> {
        let repository = self.image.as_deref()?.split('@').next()?;
        let last = repository.rsplit('/').next()?;
        Some(last.split(':').next()?.to_owned())
    }

    /// None when nothing of the image's own is replaced.
    pub(super) fn config(&self) -> Option<Value> {
        let mut config = Map::new();
        if !self.entry_point.is_empty() {
            config.insert("EntryPoint".to_owned(), self.entry_point.as_slice().into());
        }
        if !self.command.is_empty() {
            config.insert("Command".to_owned(), self.command.as_slice().into());
        }
        config.extend(self.working_directory.clone().map(|dir| ("WorkingDirectory".to_owned(), dir.into())));
        (!config.is_empty()).then(|| config.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str) -> ImageArguments {
        let (entry_point, command) = (Vec::new(), vec!["app.handler".to_owned()]);
        ImageArguments { image: Some(name.to_owned()), entry_point, command, working_directory: None }
    }

    #[test]
    fn a_function_is_named_for_its_image() {
        for name in ["127.0.0.1:5000/team/hello:v1", "a.b/hello@sha256:12", "a.b/hello:v1@sha256:12"] {
            assert_eq!(image(name).function_name().as_deref(), Some("hello"));
        }
    }

    #[test]
    fn only_what_is_given_replaces_what_the_image_has() {
        assert_eq!(image("a.b/c:d").config(), Some(json!({ "Command": ["app.handler"] })));
        assert_eq!(ImageArguments { command: Vec::new(), ..image("a.b/c:d") }.config(), None);
    }
}
