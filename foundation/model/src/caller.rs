//! Who asks, and what they may do.

use std::fmt;

use crate::name::AccountId;

/// The authenticated sender of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub account: AccountId,
    pub principal: Principal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The account itself, which may do everything in it.
    Root,
    /// A function, by the session credentials of its environment.
    Function(FunctionSession),
}

/// A session of an execution role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSession {
    /// The role's name, without its path.
    pub role: String,
    pub session: String,
    /// The one log group that the function may write to.
    pub log_group: String,
    pub permissions: FunctionPermissions,
}

/// What stands in for a role's policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionPermissions {
    /// Invoke functions of the own account and write the own log.
    InvokeAndLog,
    /// Everything in the own account.
    Account,
}

/// AWS's answer to what no policy allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "User: {user} is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action"
)]
pub struct AccessDenied {
    pub user: String,
    pub action: String,
    pub resource: String,
}

impl Caller {
    pub fn root(account: AccountId) -> Caller {
        Caller { account, principal: Principal::Root }
    }

    /// Checks an action such as `lambda:InvokeFunction` on a resource's ARN, or `*` for actions without one.
    pub fn authorize(&self, action: &str, resource: &str) -> Result<(), AccessDenied> {
        let allowed = match &self.principal {
            Principal::Root => true,
            Principal::Function(session) => match session.permissions {
                FunctionPermissions::Account => true,
                FunctionPermissions::InvokeAndLog => self.is_own_invoke_or_log(session, action, resource),
            },
        };
        if allowed {
            return Ok(());
        }
        Err(AccessDenied { user: self.to_string(), action: action.to_owned(), resource: resource.to_owned() })
    }

    fn is_own_invoke_or_log(&self, session: &FunctionSession, action: &str, resource: &str) -> bool {
        // arn:aws:<service>:<region>:<account>:<rest>
        let mut parts = resource.splitn(6, ':').skip(4);
        let (account, rest) = (parts.next(), parts.next().unwrap_or_default());
        if account != Some(self.account.as_str()) {
            return false;
        }
        match action {
            "lambda:InvokeFunction" | "lambda:InvokeAsync" => true,
            "logs:CreateLogGroup" | "logs:CreateLogStream" | "logs:PutLogEvents" => {
                log_group(rest) == Some(&session.log_group)
            }
            _ => false,
        }
    }
}

/// The group in `log-group:<name>[:log-stream:<name>]` or `log-group:<name>:*`; a group's name has no colon.
fn log_group(rest: &str) -> Option<&str> {
    rest.strip_prefix("log-group:")?.split(':').next()
}

/// The caller's ARN.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = &self.account;
        match &self.principal {
            Principal::Root => write!(f, "arn:aws:iam::{account}:root"),
            Principal::Function(FunctionSession { role, session, .. }) => {
                write!(f, "arn:aws:sts::{account}:assumed-role/{role}/{session}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "arn:aws:lambda:us-east-1:000000000000:function:other";
    const OWN_LOG: &str = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:log-stream:s";

    fn function(permissions: FunctionPermissions) -> Caller {
        Caller {
            account: "000000000000".parse().unwrap(),
            principal: Principal::Function(FunctionSession {
                role: "r".to_owned(),
                session: "f".to_owned(),
                log_group: "/aws/lambda/f".to_owned(),
                permissions,
            }),
        }
    }

    #[test]
    fn a_function_invokes_functions_of_its_account_and_writes_its_own_log() {
        let caller = function(FunctionPermissions::InvokeAndLog);
        assert_eq!(caller.authorize("lambda:InvokeFunction", OWN), Ok(()));
        assert_eq!(caller.authorize("logs:PutLogEvents", OWN_LOG), Ok(()));
    }

    #[test]
    fn a_function_is_denied_everything_else_in_aws_words() {
        let caller = function(FunctionPermissions::InvokeAndLog);
        let denied = caller.authorize("lambda:DeleteFunction", OWN).unwrap_err();
        assert_eq!(
            denied.to_string(),
            "User: arn:aws:sts::000000000000:assumed-role/r/f is not authorized to perform: lambda:DeleteFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:other because no identity-based policy allows the lambda:DeleteFunction action"
        );
        let foreign = OWN.replace("000000000000", "111111111111");
        assert!(caller.authorize("lambda:InvokeFunction", &foreign).is_err());
        assert!(caller.authorize("logs:PutLogEvents", &OWN_LOG.replace("lambda/f", "lambda/g")).is_err());
        assert!(caller.authorize("logs:GetLogEvents", OWN_LOG).is_err());
        assert!(caller.authorize("lambda:ListFunctions", "*").is_err());
    }

    #[test]
    fn the_operator_may_open_the_account_to_functions() {
        assert_eq!(function(FunctionPermissions::Account).authorize("lambda:DeleteFunction", OWN), Ok(()));
    }

    #[test]
    fn root_may_do_everything() {
        let root = Caller::root("000000000000".parse().unwrap());
        assert_eq!(root.authorize("lambda:ListFunctions", "*"), Ok(()));
        assert_eq!(root.to_string(), "arn:aws:iam::000000000000:root");
    }
}
