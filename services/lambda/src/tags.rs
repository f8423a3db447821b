//! Tags of functions.

use wire::Empty;
use wire::lambda::{ListTagsRequest, ListTagsResponse, Operation, TagResourceRequest, UntagResourceRequest};

use crate::call::Context;
use crate::control::{Answer, Control};
use crate::refusal::Refusal;
use crate::target::Target;

impl Control {
    pub(crate) async fn tag(&self, context: &Context, request: TagResourceRequest) -> Answer {
        let target = resource(context, "lambda:TagResource", &request.resource)?;
        if request.tags.is_empty() {
            return Err(Refusal::NoTags);
        }
        refuse_reserved(request.tags.keys())?;
        self.catalog.tag(target.scope, target.name, request.tags).await?;
        Ok(Operation::TagResource.reply(&Empty {}))
    }

    pub(crate) async fn untag(&self, context: &Context, request: UntagResourceRequest) -> Answer {
        let target = resource(context, "lambda:UntagResource", &request.resource)?;
        self.catalog.untag(target.scope, target.name, request.tag_keys).await?;
        Ok(Operation::UntagResource.reply(&Empty {}))
    }

    pub(crate) fn list_tags(&self, context: &Context, request: &ListTagsRequest) -> Answer {
        let target = resource(context, "lambda:ListTags", &request.resource)?;
        let (function, _) = self.find(&target)?;
        let response = ListTagsResponse { tags: Some(function.tags().clone()) };
        Ok(Operation::ListTags.reply(&response))
    }
}

pub(crate) fn refuse_reserved<'a>(mut keys: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
    if keys.any(|key| model::is_reserved_tag(key)) { Err(Refusal::ReservedTag) } else { Ok(()) }
}

/// Functions alone have tags here; that theirs are not those of a version is said before whether they exist.
fn resource(context: &Context, action: &str, arn: &str) -> Result<Target, Refusal> {
    for (kind, name) in [
        (":event-source-mapping:", "Event source mapping"),
        (":capacity-provider:", "Capacity provider"),
        (":code-signing-config:", "Code signing config"),
    ] {
        if arn.contains(kind) {
            return Err(Refusal::UnknownResource { kind: name, arn: arn.to_owned() });
        }
    }
    let target = context.target(action, arn, None)?;
    if target.qualifier.is_some() { Err(Refusal::QualifiedTags) } else { Ok(target) }
}
