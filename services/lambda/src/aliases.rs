//! The five alias operations.

use catalog::{AliasChange, NewAlias, Setting};
use model::{AliasName, FunctionArn, Qualifier};
use wire::Empty;
use wire::lambda::{
    CreateAliasRequest, DeleteAliasRequest, GetAliasRequest, ListAliasesRequest, ListAliasesResponse,
    Operation, UpdateAliasRequest,
};

use crate::call::Context;
use crate::control::{Answer, Control};
use crate::convert::alias;
use crate::page::{page, read_marker};
use crate::refusal::Refusal;

impl Control {
    pub(crate) async fn create_alias(&self, context: &Context, request: CreateAliasRequest) -> Answer {
        let target = context.target("lambda:CreateAlias", &request.function_name, None)?;
        let arn = target.scope.arn(&target.name);
        let routing = match alias::routing(request.routing_config, &arn)? {
            Setting::Set(routing) => Some(routing),
            Setting::Keep | Setting::Clear => None,
        };
        let new = NewAlias {
            name: name(&request.name, &arn)?,
            version: alias::version(&request.function_version, &arn)?,
            description: request.description.unwrap_or_default(),
            routing,
        };
        let created = self.catalog.create_alias(target.scope, target.name, new).await?;
        Ok(Operation::CreateAlias.reply(&alias::shown(&created, &arn)))
    }

    pub(crate) fn alias(&self, context: &Context, request: &GetAliasRequest) -> Answer {
        let target = context.target("lambda:GetAlias", &request.function_name, None)?;
        let arn = target.scope.arn(&target.name);
        let name = name(&request.name, &arn)?;
        let snapshot = self.catalog.snapshot();
        let found = snapshot.function(&target.scope, &target.name).and_then(|function| function.alias(&name));
        let found = found.ok_or_else(|| missing(&arn, name.clone()))?;
        Ok(Operation::GetAlias.reply(&alias::shown(found, &arn)))
    }

    pub(crate) async fn update_alias(&self, context: &Context, request: UpdateAliasRequest) -> Answer {
        let target = context.target("lambda:UpdateAlias", &request.function_name, None)?;
        let arn = target.scope.arn(&target.name);
        let change = AliasChange {
            version: request.function_version.map(|version| alias::version(&version, &arn)).transpose()?,
            description: request.description,
            routing: alias::routing(request.routing_config, &arn)?,
            revision: request.revision_id,
        };
        let name = name(&request.name, &arn)?;
        let updated = self.catalog.update_alias(target.scope, target.name, name, change).await?;
        Ok(Operation::UpdateAlias.reply(&alias::shown(&updated, &arn)))
    }

    pub(crate) async fn delete_alias(&self, context: &Context, request: &DeleteAliasRequest) -> Answer {
        let target = context.target("lambda:DeleteAlias", &request.function_name, None)?;
        let name = name(&request.name, &target.scope.arn(&target.name))?;
        self.catalog.delete_alias(target.scope, target.name, name).await?;
        Ok(Operation::DeleteAlias.reply(&Empty {}))
    }

    pub(crate) fn list_aliases(&self, context: &Context, request: &ListAliasesRequest) -> Answer {
        let target = context.target("lambda:ListAliases", &request.function_name, None)?;
        let (function, _) = self.find(&target)?;
        let arn = target.scope.arn(&target.name);
        let version =
            request.function_version.as_deref().map(|given| alias::version(given, &arn)).transpose()?;
        let after = read_marker(request.marker.as_deref(), |text| text.parse::<AliasName>().ok())?;
        let aliases =
            function.aliases().filter(|alias| version.is_none_or(|version| alias.version == version));
        let aliases = aliases.map(|alias| (alias.name.clone(), alias::shown(alias, &arn)));
        let page = page(aliases, after.as_ref(), request.max_items, ToString::to_string);
        let response = ListAliasesResponse { aliases: Some(page.items), next_marker: page.next_marker };
        Ok(Operation::ListAliases.reply(&response))
    }
}

/// The model's pattern has let the name through, so nothing else is expected here than that it is one.
fn name(given: &str, function: &FunctionArn) -> Result<AliasName, Refusal> {
    given.parse().map_err(|_impossible| Refusal::FunctionNotFound { arn: function.clone() })
}

fn missing(function: &FunctionArn, name: AliasName) -> Refusal {
    Refusal::AliasNotFound { arn: function.qualified(Some(Qualifier::Alias(name))) }
}
