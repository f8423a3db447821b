//! Where the code of a function or layer comes from, and changing a function's.

use bytes::Bytes;
use catalog::{CodeUpdate, Package};
use model::{Qualifier, VersionRef, limits};
use wire::lambda::{FunctionCode, LayerVersionContentInput, Operation, UpdateFunctionCodeRequest};

use crate::absent;
use crate::call::Context;
use crate::control::{Answer, Control};
use crate::convert::{InvalidMember, config};
use crate::images::Source;
use crate::refusal::Refusal;
use crate::s3::{Object, S3Error};

#[derive(Debug)]
pub(crate) enum CodeSource {
    Inline(Bytes),
    S3(Object),
}

impl CodeSource {
    pub(crate) fn of_creation(code: &FunctionCode) -> Result<CodeSource, Refusal> {
        CodeSource::choose(
            code.zip_file.as_ref(),
            code.s3_bucket.as_ref(),
            code.s3_key.as_ref(),
            code.s3_object_version.as_ref(),
        )
    }

    pub(crate) fn of_layer(content: &LayerVersionContentInput) -> Result<CodeSource, Refusal> {
        CodeSource::choose(
            content.zip_file.as_ref(),
            content.s3_bucket.as_ref(),
            content.s3_key.as_ref(),
            content.s3_object_version.as_ref(),
        )
    }

    pub(crate) fn of_update(request: &UpdateFunctionCodeRequest) -> Result<CodeSource, Refusal> {
        CodeSource::choose(
            request.zip_file.as_ref(),
            request.s3_bucket.as_ref(),
            request.s3_key.as_ref(),
            request.s3_object_version.as_ref(),
        )
    }

    fn choose(
        zip: Option<&wire::Blob>,
        bucket: Option<&String>,
        key: Option<&String>,
        version: Option<&String>,
    ) -> Result<CodeSource, Refusal> {
        match (zip, bucket, key) {
            (Some(zip), None, None) if version.is_none() => inline(zip),
            (None, Some(bucket), Some(key)) => {
                let (bucket, key) = (bucket.clone(), key.clone());
                Ok(CodeSource::S3(Object { bucket, key, version: version.cloned() }))
            }
            (Some(_), ..) => {
                Err(refused("Please do not provide other FunctionCode parameters when providing a ZipFile."))
            }
            (None, ..) => Err(refused("Please provide a source for function code.")),
        }
    }
}

fn inline(zip: &wire::Blob) -> Result<CodeSource, Refusal> {
    if zip.0.len() > limits::ZIPPED_CODE_MAX_BYTES {
        return Err(Refusal::ZipTooLarge);
    }
    Ok(CodeSource::Inline(zip.0.clone()))
}

fn refused(text: &str) -> Refusal {
    InvalidMember::Value(text.to_owned()).into()
}

impl Control {
    /// The package, checked and stored.
    pub(crate) async fn fetch(&self, source: CodeSource, context: &Context) -> Result<Package, Refusal> {
        let bytes = match source {
            CodeSource::Inline(bytes) => bytes,
            CodeSource::S3(object) => {
                let s3 = self.s3.as_ref().ok_or(S3Error::NotConfigured)?;
                s3.fetch(&object, &context.region, self.clock.now()).await?
            }
        };
        Ok(self.catalog.store_package(bytes).await?)
    }

    pub(crate) async fn update_code(&self, context: &Context, request: UpdateFunctionCodeRequest) -> Answer {
        let target = context.latest_target("lambda:UpdateFunctionCode", &request.function_name)?;
        let (function, _) = self.find(&target)?;
        let source = Source::of_update(&request, function.latest())?;
        absent::in_storage(request.s3_object_storage_mode, request.source_kms_key_arn.as_ref())?;
        absent::refuse(request.publish_to.is_some(), "PublishTo")?;
        let update = CodeUpdate {
            architecture: config::architecture(request.architectures.as_deref())?,
            publish: request.publish.unwrap_or(false),
            revision: request.revision_id.clone(),
        };
        let package = self.code(source, context).await?;
        let updated = if request.dry_run.unwrap_or(false) {
            self.catalog.preview_code(&target.scope, &target.name, &update, &package)?
        } else {
            self.catalog.update_code(target.scope, target.name, update, package).await?
        };
        let published = updated.version != VersionRef::Latest;
        let qualifier = published.then_some(Qualifier::Version(updated.version));
        Ok(Operation::UpdateFunctionCode.reply(&self.shown(&updated, qualifier)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(code: &FunctionCode) -> Result<CodeSource, String> {
        CodeSource::of_creation(code).map_err(|refusal| refusal.to_string())
    }

    fn zip(length: usize) -> FunctionCode {
        FunctionCode { zip_file: Some(wire::Blob(vec![0; length].into())), ..FunctionCode::default() }
    }

    #[test]
    fn code_has_exactly_one_source() {
        assert!(matches!(source(&zip(1)), Ok(CodeSource::Inline(_))));
        let none = source(&FunctionCode::default()).unwrap_err();
        assert_eq!(none, "Please provide a source for function code.");
        let both = source(&FunctionCode { s3_bucket: Some("b".to_owned()), ..zip(1) }).unwrap_err();
        assert_eq!(both, "Please do not provide other FunctionCode parameters when providing a ZipFile.");
        let half = FunctionCode { s3_bucket: Some("b".to_owned()), ..FunctionCode::default() };
        assert!(source(&half).is_err());
    }

    #[test]
    fn an_inline_package_has_a_limit() {
        assert!(source(&zip(limits::ZIPPED_CODE_MAX_BYTES)).is_ok());
        let refused = CodeSource::of_creation(&zip(limits::ZIPPED_CODE_MAX_BYTES + 1)).unwrap_err();
        assert!(matches!(refused, Refusal::ZipTooLarge));
    }
}
