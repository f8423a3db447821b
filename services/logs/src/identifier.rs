//! How log groups and streams are named in requests and answers: by name or by ARN.

use observability::logs::{GroupKey, GroupName, Scope, StreamName};

use crate::refusal::Refusal;

/// The group that a request means by a name or, in its place, an identifier.
pub(crate) fn group(
    scope: &Scope,
    name: Option<&str>,
    identifier: Option<&str>,
) -> Result<GroupKey, Refusal> {
    match (name, identifier) {
        (Some(name), None) => Ok(GroupKey { scope: scope.clone(), name: name.parse()? }),
        (None, Some(identifier)) => identified(scope, identifier),
        (Some(_), Some(_)) => Err(Refusal::NameAndIdentifier),
        (None, None) => Err(Refusal::NoGroup),
    }
}

/// An identifier is a name or an ARN. What lies in another account or region does not exist here.
pub(crate) fn identified(scope: &Scope, identifier: &str) -> Result<GroupKey, Refusal> {
    if !identifier.starts_with("arn:") {
        return Ok(GroupKey { scope: scope.clone(), name: identifier.parse()? });
    }
    let name = name_in_arn(scope, identifier).ok_or(Refusal::NoSuchGroup)?;
    Ok(GroupKey { scope: scope.clone(), name })
}

/// The group that tags are about.
pub(crate) fn tagged(scope: &Scope, arn: &str) -> Result<GroupKey, Refusal> {
    let name = name_in_arn(scope, arn).ok_or(Refusal::NoSuchResource)?;
    Ok(GroupKey { scope: scope.clone(), name })
}

/// `arn:aws:logs:<region>:<account>:log-group:<name>`; with `:*` behind it, it breaks the model's rule already.
fn name_in_arn(scope: &Scope, arn: &str) -> Option<GroupName> {
    let prefix = format!("arn:aws:logs:{}:{}:log-group:", scope.region, scope.account);
    arn.strip_prefix(&prefix)?.parse().ok()
}

pub(crate) fn group_arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:logs:{}:{}:log-group:{name}", scope.region, scope.account)
}

pub(crate) fn stream_arn(group: &GroupKey, stream: &StreamName) -> String {
    permission_arn(&group.scope, group.name.as_str(), stream.as_str())
}

/// What permissions are asked for: AWS writes the part for the stream even where there is none.
pub(crate) fn permission_arn(scope: &Scope, group: &str, stream: &str) -> String {
    format!("{}:log-stream:{stream}", group_arn(scope, group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope { account: "000000000000".parse().unwrap(), region: "us-east-1".parse().unwrap() }
    }

    #[test]
    fn a_group_is_meant_by_name_or_arn() {
        for identifier in ["/aws/lambda/f", "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f"] {
            assert_eq!(identified(&scope(), identifier).unwrap().name.as_str(), "/aws/lambda/f");
        }
    }

    #[test]
    fn arns_of_elsewhere_name_nothing() {
        for arn in [
            "arn:aws:logs:eu-west-1:000000000000:log-group:g",
            "arn:aws:logs:us-east-1:111111111111:log-group:g",
            "arn:aws:lambda:us-east-1:000000000000:function:g",
        ] {
            assert!(matches!(identified(&scope(), arn), Err(Refusal::NoSuchGroup)), "{arn}");
            assert!(matches!(tagged(&scope(), arn), Err(Refusal::NoSuchResource)), "{arn}");
        }
    }

    #[test]
    fn exactly_one_of_name_and_identifier_is_given() {
        assert!(matches!(group(&scope(), None, None), Err(Refusal::NoGroup)));
        assert!(matches!(group(&scope(), Some("a"), Some("a")), Err(Refusal::NameAndIdentifier)));
    }
}
