//! Layers: publishing, reading, listing and deleting their versions.

mod policies;
mod stack;
mod target;

use std::cmp::Reverse;
use std::sync::Arc;

use catalog::{Layer, LayerVersion};
use model::{LayerVersionArn, VersionNumber};
use wire::Empty;
use wire::lambda::{
    Architecture, DeleteLayerVersionRequest, GetLayerVersionByArnRequest, GetLayerVersionRequest,
    LayerVersionContentOutput, ListLayerVersionsRequest, ListLayerVersionsResponse, ListLayersRequest,
    ListLayersResponse, Operation, PublishLayerVersionRequest, Runtime,
};

use crate::absent;
use crate::call::Context;
use crate::code::CodeSource;
use crate::control::{Answer, Control};
use crate::convert::layer;
use crate::page::{page, read_marker};
use crate::refusal::{LayerRefusal, Refusal};

/// What AWS asks of a caller that reads a layer version, by whichever name.
const READ: &str = "lambda:GetLayerVersion";

impl Control {
    pub(crate) async fn publish_layer(
        &self,
        context: &Context,
        request: PublishLayerVersionRequest,
    ) -> Answer {
        let arn = context.layer("lambda:PublishLayerVersion", &request.layer_name)?;
        absent::in_storage(request.content.s3_object_storage_mode, None)?;
        let source = CodeSource::of_layer(&request.content)?;
        let new = layer::new_version(request)?;
        let package = self.fetch(source, context).await?;
        let published = self.catalog.publish_layer(context.scope(), arn.name, new, package).await?;
        let content = self.content(context, &published);
        Ok(Operation::PublishLayerVersion.reply(&layer::shown(&published, content)))
    }

    pub(crate) fn layer_version(&self, context: &Context, request: &GetLayerVersionRequest) -> Answer {
        let arn = context.named_layer_version(&request.layer_name, request.version_number)?;
        self.shown_layer(Operation::GetLayerVersion, context, &arn)
    }

    pub(crate) fn layer_version_by_arn(
        &self,
        context: &Context,
        request: &GetLayerVersionByArnRequest,
    ) -> Answer {
        let arn = request.arn.parse().map_err(|_impossible| LayerRefusal::NotFound)?;
        self.shown_layer(Operation::GetLayerVersionByArn, context, &arn)
    }

    fn shown_layer(&self, operation: Operation, context: &Context, arn: &LayerVersionArn) -> Answer {
        self.check_readable(context, arn)?;
        let layers = self.catalog.layers();
        let version = layers.version(arn).ok_or(LayerRefusal::NotFound)?;
        let content = self.content(context, version);
        Ok(operation.reply(&layer::shown(version, content)))
    }

    fn content(&self, context: &Context, version: &LayerVersion) -> LayerVersionContentOutput {
        let location = self.links.to(&context.host, &version.code.sha256.to_string());
        layer::content(&version.code, location)
    }

    /// Each with its newest version that the filters let through; a layer without one is not there.
    pub(crate) fn list_layers(&self, context: &Context, request: &ListLayersRequest) -> Answer {
        let scope = context.authorize("lambda:ListLayers")?;
        let filter =
            Filter { runtime: request.compatible_runtime, architecture: request.compatible_architecture };
        let after = read_marker(request.marker.as_deref(), |text| text.parse().ok())?;
        let layers = self.catalog.layers();
        let newest = layers.layers(&scope).filter_map(|layer| {
            let version = layer.versions().find(|version| filter.admits(version))?;
            Some((layer.arn().name.clone(), (layer, version)))
        });
        let page = page(newest, after.as_ref(), request.max_items, ToString::to_string);
        let items = page.items.into_iter().map(|(layer, version)| layer::listed(layer.arn(), version));
        let response = ListLayersResponse { layers: Some(items.collect()), next_marker: page.next_marker };
        Ok(Operation::ListLayers.reply(&response))
    }

    /// Newest first; a layer that is not there has none.
    pub(crate) fn list_layer_versions(
        &self,
        context: &Context,
        request: &ListLayerVersionsRequest,
    ) -> Answer {
        let arn = context.layer("lambda:ListLayerVersions", &request.layer_name)?;
        let filter =
            Filter { runtime: request.compatible_runtime, architecture: request.compatible_architecture };
        let after = read_marker(request.marker.as_deref(), |text| {
            Some(Reverse(VersionNumber::new(text.parse().ok()?)?))
        })?;
        let layers = self.catalog.layers();
        let versions = layers.layer(&context.scope(), &arn.name).map(Arc::as_ref);
        let versions =
            versions.into_iter().flat_map(Layer::versions).filter(|version| filter.admits(version));
        let versions = versions.map(|version| (Reverse(version.arn.number), version));
        let page = page(versions, after.as_ref(), request.max_items, |Reverse(number)| number.to_string());
        let items = page.items.into_iter().map(|version| layer::item(version));
        let response = ListLayerVersionsResponse {
            layer_versions: Some(items.collect()),
            next_marker: page.next_marker,
        };
        Ok(Operation::ListLayerVersions.reply(&response))
    }

    pub(crate) async fn delete_layer_version(
        &self,
        context: &Context,
        request: &DeleteLayerVersionRequest,
    ) -> Answer {
        let action = "lambda:DeleteLayerVersion";
        let arn = context.layer_version(action, &request.layer_name, request.version_number)?;
        self.catalog.delete_layer_version(arn.layer, arn.number).await?;
        Ok(Operation::DeleteLayerVersion.reply(&Empty {}))
    }
}

/// Which versions a list shows: those that say of themselves that they fit.
struct Filter {
    runtime: Option<Runtime>,
    architecture: Option<Architecture>,
}

impl Filter {
    fn admits(&self, version: &LayerVersion) -> bool {
        let runtime = self.runtime.is_none_or(|wanted| {
            let names = version.runtimes.iter().flatten().map(|runtime| runtime.identifier());
            names.into_iter().any(|name| name == wanted.as_str())
        });
        let architecture = self.architecture.is_none_or(|wanted| {
            let said = version.architectures.iter().flatten();
            said.into_iter().any(|said| *said == layer::architecture_in(wanted))
        });
        runtime && architecture
    }
}

impl From<catalog::LayerError> for Refusal {
    fn from(error: catalog::LayerError) -> Refusal {
        LayerRefusal::Catalog(error).into()
    }
}
