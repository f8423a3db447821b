//! The operations that this service answers; the others answer AWS's error for an operation that is not there.

use wire::lambda::Operation;

pub const SERVED: &[Operation] = &[
    Operation::CreateAlias,
    Operation::CreateFunction,
    Operation::DeleteAlias,
    Operation::DeleteFunction,
    Operation::GetAccountSettings,
    Operation::GetAlias,
    Operation::GetFunction,
    Operation::GetFunctionCodeSigningConfig,
    Operation::GetFunctionConcurrency,
    Operation::GetFunctionConfiguration,
    Operation::Invoke,
    Operation::ListAliases,
    Operation::ListFunctions,
    Operation::ListTags,
    Operation::ListVersionsByFunction,
    Operation::PublishVersion,
    Operation::TagResource,
    Operation::UntagResource,
    Operation::UpdateAlias,
    Operation::UpdateFunctionCode,
    Operation::UpdateFunctionConfiguration,
];
