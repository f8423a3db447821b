//! What an account may use and uses, and two settings of functions that nobody can change here yet.

use model::limits;
use wire::Empty;
use wire::lambda::{
    AccountLimit, AccountUsage, GetAccountSettingsResponse, GetFunctionCodeSigningConfigRequest,
    GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse, Operation,
};

use crate::call::Context;
use crate::control::{Answer, Control};

impl Control {
    pub(crate) fn account_settings(&self, context: &Context) -> Answer {
        let scope = context.authorize("lambda:GetAccountSettings")?;
        let usage = self.catalog.usage(&scope);
        let concurrency = i32::try_from(self.account_concurrency).ok();
        let response = GetAccountSettingsResponse {
            account_limit: Some(AccountLimit {
                total_code_size: i64::try_from(limits::CODE_STORAGE_MAX_BYTES).ok(),
                code_size_unzipped: i64::try_from(limits::UNZIPPED_CODE_MAX_BYTES).ok(),
                code_size_zipped: i64::try_from(limits::ZIPPED_CODE_MAX_BYTES).ok(),
                concurrent_executions: concurrency,
                unreserved_concurrent_executions: concurrency,
            }),
            account_usage: Some(AccountUsage {
                total_code_size: i64::try_from(usage.code_bytes).ok(),
                function_count: i64::try_from(usage.functions).ok(),
            }),
        };
        Ok(Operation::GetAccountSettings.reply(&response))
    }

    /// No function has one, and AWS's answer to that is an empty document.
    pub(crate) fn code_signing_config(
        &self,
        context: &Context,
        request: &GetFunctionCodeSigningConfigRequest,
    ) -> Answer {
        let name = &request.function_name;
        let target = context.target("lambda:GetFunctionCodeSigningConfig", name, None)?;
        self.find(&target)?;
        Ok(Operation::GetFunctionCodeSigningConfig.reply(&Empty {}))
    }

    /// No function has any reserved, and AWS's answer to that is an empty document.
    pub(crate) fn function_concurrency(
        &self,
        context: &Context,
        request: &GetFunctionConcurrencyRequest,
    ) -> Answer {
        let target = context.target("lambda:GetFunctionConcurrency", &request.function_name, None)?;
        self.find(&target)?;
        let response = GetFunctionConcurrencyResponse { reserved_concurrent_executions: None };
        Ok(Operation::GetFunctionConcurrency.reply(&response))
    }
}
