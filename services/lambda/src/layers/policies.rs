//! Who besides its owner may use a layer version.

use catalog::{Grantee, LayerStatement};
use wire::Empty;
use wire::lambda::{
    AddLayerVersionPermissionRequest, AddLayerVersionPermissionResponse, GetLayerVersionPolicyRequest,
    GetLayerVersionPolicyResponse, Operation, RemoveLayerVersionPermissionRequest,
};

use crate::call::Context;
use crate::control::{Answer, Control};
use crate::convert::InvalidMember;
use crate::refusal::{LayerRefusal, Refusal};

impl Control {
    pub(crate) async fn grant_layer(
        &self,
        context: &Context,
        request: AddLayerVersionPermissionRequest,
    ) -> Answer {
        let action = "lambda:AddLayerVersionPermission";
        let arn = context.layer_version(action, &request.layer_name, request.version_number)?;
        let grantee = grantee(&request.principal, request.organization_id)?;
        let statement = LayerStatement { id: request.statement_id, grantee };
        let grant = self.catalog.grant_layer(arn, statement, request.revision_id).await?;
        let response = AddLayerVersionPermissionResponse {
            statement: Some(grant.statement),
            revision_id: Some(grant.revision.to_string()),
        };
        Ok(Operation::AddLayerVersionPermission.reply(&response))
    }

    pub(crate) async fn revoke_layer(
        &self,
        context: &Context,
        request: RemoveLayerVersionPermissionRequest,
    ) -> Answer {
        let action = "lambda:RemoveLayerVersionPermission";
        let arn = context.layer_version(action, &request.layer_name, request.version_number)?;
        self.catalog.revoke_layer(arn, request.statement_id, request.revision_id).await?;
        Ok(Operation::RemoveLayerVersionPermission.reply(&Empty {}))
    }

    pub(crate) fn layer_policy(&self, context: &Context, request: &GetLayerVersionPolicyRequest) -> Answer {
        let action = "lambda:GetLayerVersionPolicy";
        let arn = context.layer_version(action, &request.layer_name, request.version_number)?;
        let layers = self.catalog.layers();
        let missing = || LayerRefusal::Unversioned { arn: arn.clone() };
        let policy = layers.version(&arn).ok_or_else(missing)?.policy.as_ref();
        let policy = policy.ok_or(LayerRefusal::Catalog(catalog::LayerError::NoPolicy))?;
        let response = GetLayerVersionPolicyResponse {
            policy: Some(policy.to_json(&arn)),
            revision_id: Some(policy.revision.to_string()),
        };
        Ok(Operation::GetLayerVersionPolicy.reply(&response))
    }
}

/// The model lets a principal be an account, its root's ARN, or everyone.
fn grantee(principal: &str, organization: Option<String>) -> Result<Grantee, Refusal> {
    match (principal, organization) {
        ("*", None) => Ok(Grantee::Everyone),
        ("*", Some(organization)) => Ok(Grantee::Organization(organization)),
        (_, Some(_)) => {
            let text = "OrganizationId can only be specified when Principal is *";
            Err(InvalidMember::Value(text.to_owned()).into())
        }
        (account, None) => {
            let account = account.split(':').nth(4).unwrap_or(account).parse();
            let invalid = "The provided principal was invalid. Please check the principal and try again.";
            let account = account.map_err(|_impossible| InvalidMember::Value(invalid.to_owned()))?;
            Ok(Grantee::Account(account))
        }
    }
}
