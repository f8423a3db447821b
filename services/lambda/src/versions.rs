//! Publishing and listing versions.

use catalog::Publication;
use model::Qualifier;
use wire::lambda::{
    ListVersionsByFunctionRequest, ListVersionsByFunctionResponse, Operation, PublishVersionRequest,
};

use crate::absent;
use crate::call::Context;
use crate::control::{Answer, Control};
use crate::convert::function;
use crate::page::{page, read_marker};

impl Control {
    pub(crate) async fn publish_version(&self, context: &Context, request: PublishVersionRequest) -> Answer {
        let target = context.latest_target("lambda:PublishVersion", &request.function_name)?;
        absent::refuse(request.publish_to.is_some(), "PublishTo")?;
        let publication = Publication {
            description: request.description,
            code_sha256: request.code_sha256,
            revision: request.revision_id,
        };
        let version = self.catalog.publish_version(target.scope, target.name, publication).await?;
        let qualifier = Qualifier::Version(version.version);
        Ok(Operation::PublishVersion.reply(&self.shown(&version, Some(qualifier))))
    }

    pub(crate) fn list_versions(&self, context: &Context, request: &ListVersionsByFunctionRequest) -> Answer {
        let target = context.target("lambda:ListVersionsByFunction", &request.function_name, None)?;
        let (function, _) = self.find(&target)?;
        let after = read_marker(request.marker.as_deref(), |text| match text.parse() {
            Ok(Qualifier::Version(version)) => Some(version),
            _ => None,
        })?;
        let versions = function.versions().map(|version| (version.version, version));
        let page = page(versions, after.as_ref(), request.max_items, ToString::to_string);
        let items = page.items.into_iter();
        let items = items.map(|version| function::listed(version, Some(Qualifier::Version(version.version))));
        let response =
            ListVersionsByFunctionResponse { versions: Some(items.collect()), next_marker: page.next_marker };
        Ok(Operation::ListVersionsByFunction.reply(&response))
    }
}
