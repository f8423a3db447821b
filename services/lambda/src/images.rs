//! Functions whose code is a container image.

use artifact::image::{InvalidReference, PullError, Reference, SETTINGS_MAX_BYTES};
use catalog::{CatalogError, InvalidConfig, Package};
use model::function::Program;
use model::{FunctionVersion, ImageConfig};
use wire::lambda::{self, CreateFunctionRequest, PackageType, UpdateFunctionCodeRequest};

use crate::call::Context;
use crate::code::CodeSource;
use crate::control::Control;
use crate::convert::InvalidMember;
use crate::refusal::Refusal;

/// Where a function's code comes from.
#[derive(Debug)]
pub(crate) enum Source {
    Package(CodeSource),
    /// As the caller named it.
    Image(String),
}

/// Why an image is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error(transparent)]
    Name(#[from] InvalidReference),
    #[error("{uri}: {error}")]
    Pull { uri: String, error: PullError },
}

impl Source {
    pub(crate) fn of_creation(request: &CreateFunctionRequest) -> Result<Source, Refusal> {
        if request.package_type != Some(PackageType::Image) {
            return CodeSource::of_creation(&request.code).map(Source::Package);
        }
        let code = &request.code;
        let package = code.zip_file.is_some() || code.s3_bucket.is_some() || code.s3_key.is_some();
        image(code.image_uri.as_ref(), package, "creating")
    }

    pub(crate) fn of_update(
        request: &UpdateFunctionCodeRequest,
        current: &FunctionVersion,
    ) -> Result<Source, Refusal> {
        if matches!(current.config.program, Program::Image(_)) {
            let package =
                request.zip_file.is_some() || request.s3_bucket.is_some() || request.s3_key.is_some();
            return image(request.image_uri.as_ref(), package, "updating");
        }
        if request.image_uri.is_some() {
            let text = "Please don't provide ImageUri when updating a function with packageType Zip.";
            return Err(refused(text.to_owned()));
        }
        CodeSource::of_update(request).map(Source::Package)
    }
}

fn image(uri: Option<&String>, package: bool, doing: &str) -> Result<Source, Refusal> {
    match uri {
        Some(uri) if !package => Ok(Source::Image(uri.clone())),
        _ => Err(refused(format!("Please provide ImageUri when {doing} a function with packageType Image."))),
    }
}

fn refused(text: String) -> Refusal {
    InvalidMember::Value(text).into()
}

/// What an image function is created with; None for one that is made from a package.
pub(crate) fn program(request: &CreateFunctionRequest) -> Result<Option<Program>, Refusal> {
    let config = request.image_config.clone().map(config).transpose()?.unwrap_or_default();
    if request.package_type != Some(PackageType::Image) {
        let refusal = || CatalogError::from(InvalidConfig::ImageOfPackage).into();
        return if config.is_empty() { Ok(None) } else { Err(refusal()) };
    }
    let layers = request.layers.as_ref().is_some_and(|layers| !layers.is_empty());
    if request.runtime.is_some() || request.handler.is_some() || layers {
        return Err(Refusal::RuntimeOfImage);
    }
    Ok(Some(Program::Image(config)))
}

/// Empty members set nothing.
pub(crate) fn config(given: lambda::ImageConfig) -> Result<ImageConfig, InvalidMember> {
    let config = ImageConfig {
        entry_point: given.entry_point.filter(|words| !words.is_empty()),
        command: given.command.filter(|words| !words.is_empty()),
        working_directory: given.working_directory.filter(|folder| !folder.is_empty()),
    };
    check(&config)?;
    Ok(config)
}

/// What is asked of the image's own settings, too.
fn check(config: &ImageConfig) -> Result<(), InvalidMember> {
    let words = config.entry_point.iter().chain(&config.command).flatten();
    let texts = || words.clone().chain(&config.working_directory);
    let total = texts().map(String::len).sum::<usize>();
    if total > SETTINGS_MAX_BYTES {
        let text = format!("ImageConfig has {total} bytes, the limit is {SETTINGS_MAX_BYTES} bytes.");
        return Err(InvalidMember::Value(text));
    }
    if texts().any(|text| text.contains('\0')) {
        // No process can be given such a word.
        return Err(InvalidMember::Value("ImageConfig contains a null character.".to_owned()));
    }
    Ok(())
}

pub(crate) fn shown(config: &ImageConfig) -> Option<lambda::ImageConfigResponse> {
    let ImageConfig { entry_point, command, working_directory } = config.clone();
    let image_config = lambda::ImageConfig { entry_point, command, working_directory };
    let response = lambda::ImageConfigResponse { image_config: Some(image_config), error: None };
    (!config.is_empty()).then_some(response)
}

impl Control {
    /// What the source holds, checked: a package is stored by now, an image only known.
    pub(crate) async fn code(&self, source: Source, context: &Context) -> Result<Package, Refusal> {
        match source {
            Source::Package(source) => self.fetch(source, context).await,
            Source::Image(uri) => {
                let reference = uri.parse::<Reference>().map_err(ImageError::from)?;
                let resolved = self.catalog.resolve_image(&reference).await;
                Ok(resolved.map_err(|error| ImageError::Pull { uri, error })?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn creation(uri: Option<&str>) -> CreateFunctionRequest {
        let code = lambda::FunctionCode { image_uri: uri.map(str::to_owned), ..Default::default() };
        CreateFunctionRequest { package_type: Some(PackageType::Image), code, ..Default::default() }
    }

    #[test]
    fn an_image_function_needs_an_image_and_nothing_else() {
        assert!(
            matches!(Source::of_creation(&creation(Some("a.b/c:d"))), Ok(Source::Image(uri)) if uri == "a.b/c:d")
        );
        let mut both = creation(Some("a.b/c:d"));
        both.code.s3_bucket = Some("bucket".to_owned());
        for request in [both, creation(None)] {
            let text = Source::of_creation(&request).unwrap_err().to_string();
            assert_eq!(text, "Please provide ImageUri when creating a function with packageType Image.");
        }
    }

    #[test]
    fn an_image_has_neither_runtime_nor_handler_nor_layers() {
        let with = |change: fn(&mut CreateFunctionRequest)| {
            let mut request = creation(Some("a.b/c:d"));
            change(&mut request);
            program(&request)
        };
        assert_eq!(with(|_| {}).unwrap(), Some(Program::Image(ImageConfig::default())));
        assert!(with(|request| request.handler = Some("a.b".to_owned())).is_err());
        assert!(with(|request| request.runtime = Some(lambda::Runtime::Python3_12)).is_err());
        assert!(with(|request| request.layers = Some(vec!["arn".to_owned()])).is_err());
    }

    #[test]
    fn its_configuration_has_the_limits_of_an_image_s_own() {
        let with =
            |word: String| config(lambda::ImageConfig { command: Some(vec![word]), ..Default::default() });
        assert!(with("x".repeat(SETTINGS_MAX_BYTES)).is_ok());
        let refused = with("x".repeat(SETTINGS_MAX_BYTES + 1)).unwrap_err().to_string();
        assert_eq!(refused, "ImageConfig has 16385 bytes, the limit is 16384 bytes.");
        let refused = with("a\0b".to_owned()).unwrap_err().to_string();
        assert_eq!(refused, "ImageConfig contains a null character.");
    }

    #[test]
    fn empty_members_of_its_configuration_set_nothing() {
        let given = lambda::ImageConfig {
            entry_point: Some(vec![]),
            command: Some(vec!["x".to_owned()]),
            working_directory: Some(String::new()),
        };
        let expected = ImageConfig { command: Some(vec!["x".to_owned()]), ..ImageConfig::default() };
        assert_eq!(config(given), Ok(expected.clone()));
        assert!(shown(&ImageConfig::default()).is_none());
        assert_eq!(shown(&expected).unwrap().image_config.unwrap().command, Some(vec!["x".to_owned()]));
    }
}
