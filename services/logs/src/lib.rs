//! The CloudWatch Logs service: its operations over `observability`.
//!
//! Each operation reads its request, checks that the caller may do it, makes one call to the store and writes the
//! answer. What the store's words mean in AWS's is in `convert`, and what its errors are called in `refusal`.

mod batch;
mod convert;
mod events;
mod groups;
mod identifier;
mod refusal;
mod served;
mod streams;
mod tags;
mod token;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use model::{Caller, Region};
use observability::Logs;
use observability::logs::{GroupKey, GroupName, Scope, StreamKey};
use wire::logs::{Operation, SERVICE};
use wire::{Output, Request};

pub use served::{DATA_PLANE, SERVED};

use refusal::Refusal;

/// A whole request: a batch of 1 MiB whose every byte is escaped in JSON, and room for the rest.
pub const REQUEST_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    logs: Logs,
}

impl Service {
    pub fn new(logs: Logs) -> Service {
        Service { logs }
    }

    /// Answers a request of an authenticated caller.
    pub async fn call(&self, caller: &Caller, region: Region, parts: &Parts, body: Bytes) -> Response<Bytes> {
        let scope = Scope { account: caller.account.clone(), region };
        let answer = match wire::logs::receive(parts, body) {
            Ok((operation, request)) => self.perform(caller, scope, operation, &request).await,
            Err(error) => Err(error),
        };
        answer.unwrap_or_else(|error| SERVICE.refuse(&error))
    }

    async fn perform(
        &self,
        caller: &Caller,
        scope: Scope,
        operation: Operation,
        request: &Request,
    ) -> Result<Response<Bytes>, wire::Error> {
        let turn = Turn { logs: &self.logs, caller, scope, operation };
        match operation {
            Operation::CreateLogGroup => turn.reply(turn.create_log_group(request.parse()?).await),
            Operation::CreateLogStream => turn.reply(turn.create_log_stream(request.parse()?).await),
            Operation::DeleteLogGroup => turn.reply(turn.delete_log_group(request.parse()?).await),
            Operation::DeleteLogStream => turn.reply(turn.delete_log_stream(request.parse()?).await),
            Operation::DeleteRetentionPolicy => {
                turn.reply(turn.delete_retention_policy(request.parse()?).await)
            }
            Operation::DescribeLogGroups => turn.reply(turn.describe_log_groups(request.parse()?).await),
            Operation::DescribeLogStreams => turn.reply(turn.describe_log_streams(request.parse()?).await),
            Operation::FilterLogEvents => turn.reply(turn.filter_log_events(request.parse()?).await),
            Operation::GetLogEvents => turn.reply(turn.get_log_events(request.parse()?).await),
            Operation::ListTagsForResource => turn.reply(turn.list_tags_for_resource(request.parse()?).await),
            Operation::ListTagsLogGroup => turn.reply(turn.list_tags_log_group(request.parse()?).await),
            Operation::PutLogEvents => turn.reply(turn.put_log_events(request.parse()?).await),
            Operation::PutRetentionPolicy => turn.reply(turn.put_retention_policy(request.parse()?).await),
            Operation::TagLogGroup => turn.reply(turn.tag_log_group(request.parse()?).await),
            Operation::TagResource => turn.reply(turn.tag_resource(request.parse()?).await),
            Operation::UntagLogGroup => turn.reply(turn.untag_log_group(request.parse()?).await),
            Operation::UntagResource => turn.reply(turn.untag_resource(request.parse()?).await),
        }
    }
}

/// One request being answered. The operations are its methods, by subject in the other modules.
struct Turn<'s> {
    logs: &'s Logs,
    caller: &'s Caller,
    scope: Scope,
    operation: Operation,
}

impl Turn<'_> {
    fn reply<O: Output>(&self, result: Result<O, Refusal>) -> Result<Response<Bytes>, wire::Error> {
        match result {
            Ok(output) => Ok(self.operation.reply(&output)),
            Err(refusal) => Err(refusal.into_error(self.operation)),
        }
    }

    fn group(&self, name: &str) -> Result<GroupKey, Refusal> {
        Ok(GroupKey { scope: self.scope.clone(), name: name.parse::<GroupName>()? })
    }

    fn stream(&self, group: &str, name: &str) -> Result<StreamKey, Refusal> {
        Ok(StreamKey { group: self.group(group)?, name: name.parse()? })
    }

    fn authorize(&self, resource: &str) -> Result<(), Refusal> {
        Ok(self.caller.authorize(&format!("logs:{}", self.operation), resource)?)
    }

    fn authorize_group(&self, group: &GroupKey) -> Result<(), Refusal> {
        self.authorize(&identifier::permission_arn(&self.scope, group.name.as_str(), ""))
    }

    fn authorize_stream(&self, stream: &StreamKey) -> Result<(), Refusal> {
        let group = stream.group.name.as_str();
        self.authorize(&identifier::permission_arn(&self.scope, group, stream.name.as_str()))
    }
}
