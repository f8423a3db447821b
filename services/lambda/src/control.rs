//! The operations that read and change functions, as opposed to running them.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use catalog::Catalog;
use environment::RuntimeTable;
use http::Response;
use model::Clock;
use wire::Request;
use wire::lambda::{Operation, SERVICE};

use crate::call::Context;
use crate::refusal::Refusal;
use crate::s3::S3;

/// Makes a link, good for ten minutes, to a package by its SHA-256 in hex, for a client that knows this server by
/// the given host.
#[derive(Clone)]
pub struct Links(Arc<MakeLink>);

type MakeLink = dyn Fn(&str, &str) -> String + Send + Sync;

impl Links {
    pub fn new(link: impl Fn(&str, &str) -> String + Send + Sync + 'static) -> Links {
        Links(Arc::new(link))
    }

    pub(crate) fn to(&self, host: &str, package: &str) -> String {
        (self.0)(host, package)
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Links")
    }
}

/// What the operations work with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Control {
    pub catalog: Catalog,
    pub runtimes: Arc<RuntimeTable>,
    pub links: Links,
    /// None when no endpoint is configured for S3.
    pub s3: Option<S3>,
    pub clock: Clock,
    /// What the account may have running at once.
    pub account_concurrency: u32,
}

pub(crate) type Answer = Result<Response<Bytes>, Refusal>;

impl Control {
    pub(crate) async fn answer(&self, operation: Operation, context: &Context, request: &Request) -> Answer {
        match operation {
            Operation::AddLayerVersionPermission => self.grant_layer(context, request.parse()?).await,
            Operation::CreateAlias => self.create_alias(context, request.parse()?).await,
            Operation::CreateFunction => self.create_function(context, request.parse()?).await,
            Operation::DeleteAlias => self.delete_alias(context, &request.parse()?).await,
            Operation::DeleteFunction => self.delete_function(context, &request.parse()?).await,
            Operation::DeleteLayerVersion => self.delete_layer_version(context, &request.parse()?).await,
            Operation::GetAccountSettings => self.account_settings(context),
            Operation::GetAlias => self.alias(context, &request.parse()?),
            Operation::GetFunction => self.function(context, &request.parse()?),
            Operation::GetFunctionCodeSigningConfig => self.code_signing_config(context, &request.parse()?),
            Operation::GetFunctionConcurrency => self.function_concurrency(context, &request.parse()?),
            Operation::GetFunctionConfiguration => self.function_configuration(context, &request.parse()?),
            Operation::GetLayerVersion => self.layer_version(context, &request.parse()?),
            Operation::GetLayerVersionByArn => self.layer_version_by_arn(context, &request.parse()?),
            Operation::GetLayerVersionPolicy => self.layer_policy(context, &request.parse()?),
            Operation::ListAliases => self.list_aliases(context, &request.parse()?),
            Operation::ListFunctions => self.list_functions(context, &request.parse()?),
            Operation::ListLayerVersions => self.list_layer_versions(context, &request.parse()?),
            Operation::ListLayers => self.list_layers(context, &request.parse()?),
            Operation::ListTags => self.list_tags(context, &request.parse()?),
            Operation::ListVersionsByFunction => self.list_versions(context, &request.parse()?),
            Operation::PublishLayerVersion => self.publish_layer(context, request.parse()?).await,
            Operation::PublishVersion => self.publish_version(context, request.parse()?).await,
            Operation::RemoveLayerVersionPermission => self.revoke_layer(context, request.parse()?).await,
            Operation::TagResource => self.tag(context, request.parse()?).await,
            Operation::UntagResource => self.untag(context, request.parse()?).await,
            Operation::UpdateAlias => self.update_alias(context, request.parse()?).await,
            Operation::UpdateFunctionCode => self.update_code(context, request.parse()?).await,
            Operation::UpdateFunctionConfiguration => self.configure(context, request.parse()?).await,
            _ => Err(Refusal::Wire(SERVICE.unknown_operation())),
        }
    }
}
