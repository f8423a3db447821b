//! Layer versions as the API takes and shows them.

use catalog::{LayerVersion, NewLayerVersion};
use model::LayerArn;
use model::function::{Architecture, Code};
use wire::lambda::{
    self, LayerVersionContentOutput, LayerVersionsListItem, LayersListItem, PublishLayerVersionRequest,
    PublishLayerVersionResponse,
};

use super::function::architecture;
use crate::absent::Absent;

pub(crate) fn new_version(request: PublishLayerVersionRequest) -> Result<NewLayerVersion, Absent> {
    let architectures = request.compatible_architectures;
    Ok(NewLayerVersion {
        description: request.description.unwrap_or_default(),
        runtimes: request.compatible_runtimes.map(runtimes_in).transpose()?,
        architectures: architectures.map(|given| given.into_iter().map(architecture_in).collect()),
        license: request.license_info,
    })
}

fn runtimes_in(given: Vec<lambda::Runtime>) -> Result<Vec<model::Runtime>, Absent> {
    let known = |runtime: lambda::Runtime| runtime.as_str().parse();
    given
        .into_iter()
        .map(known)
        .collect::<Result<_, _>>()
        .map_err(|_unknown| Absent::Feature("Runtime custom"))
}

/// Code for any kind of processor can be kept here, though not run.
pub(crate) fn architecture_in(given: lambda::Architecture) -> Architecture {
    match given {
        lambda::Architecture::X86_64 => Architecture::X86_64,
        lambda::Architecture::Arm64 => Architecture::Arm64,
    }
}

/// Reading a version answers with the same members as publishing it.
pub(crate) fn shown(
    version: &LayerVersion,
    content: LayerVersionContentOutput,
) -> PublishLayerVersionResponse {
    let LayerVersionsListItem {
        layer_version_arn,
        version: number,
        description,
        created_date,
        compatible_architectures,
        compatible_runtimes,
        license_info,
    } = item(version);
    PublishLayerVersionResponse {
        content: Some(content),
        layer_arn: Some(version.arn.layer.to_string()),
        layer_version_arn,
        description,
        created_date,
        version: number,
        compatible_architectures,
        compatible_runtimes,
        license_info,
    }
}

pub(crate) fn content(code: &Code, location: String) -> LayerVersionContentOutput {
    LayerVersionContentOutput {
        location: Some(location),
        code_sha256: Some(code.sha256.to_base64()),
        code_size: i64::try_from(code.size_bytes).ok(),
        ..LayerVersionContentOutput::default()
    }
}

/// A version as lists show it.
pub(crate) fn item(version: &LayerVersion) -> LayerVersionsListItem {
    let architectures = version.architectures.as_ref();
    let runtimes = version.runtimes.as_ref();
    LayerVersionsListItem {
        layer_version_arn: Some(version.arn.to_string()),
        version: i64::try_from(version.arn.number.get()).ok(),
        description: Some(version.description.clone()),
        created_date: Some(version.created.to_lambda_string()),
        compatible_architectures: architectures.map(|list| list.iter().copied().map(architecture).collect()),
        compatible_runtimes: runtimes
            .map(|list| list.iter().filter_map(|runtime| runtime.identifier().parse().ok()).collect()),
        license_info: version.license.clone(),
    }
}

/// A layer as lists show it, with one of its versions.
pub(crate) fn listed(layer: &LayerArn, version: &LayerVersion) -> LayersListItem {
    LayersListItem {
        layer_name: Some(layer.name.to_string()),
        layer_arn: Some(layer.to_string()),
        latest_matching_version: Some(item(version)),
    }
}
