//! A function's ARN, and the shorter forms by which callers may name a function.

use std::fmt;
use std::str::FromStr;

use crate::name::{AccountId, FunctionName, InvalidName, Region};
use crate::qualifier::Qualifier;

/// `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct FunctionArn {
    pub region: Region,
    pub account: AccountId,
    pub name: FunctionName,
    pub qualifier: Option<Qualifier>,
}

impl FunctionArn {
    #[must_use]
    pub fn qualified(&self, qualifier: Option<Qualifier>) -> FunctionArn {
        FunctionArn { qualifier, ..self.clone() }
    }
}

impl fmt::Display for FunctionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FunctionArn { region, account, name, qualifier } = self;
        write!(f, "arn:aws:lambda:{region}:{account}:function:{name}")?;
        match qualifier {
            Some(qualifier) => write!(f, ":{qualifier}"),
            None => Ok(()),
        }
    }
}

/// What a caller wrote where a function's name is wanted: a name, a partial ARN or a full one, each perhaps with
/// a qualifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionRef {
    pub region: Option<Region>,
    pub account: Option<AccountId>,
    pub name: FunctionName,
    pub qualifier: Option<Qualifier>,
}

impl FromStr for FunctionRef {
    type Err = InvalidName;

    fn from_str(value: &str) -> Result<FunctionRef, InvalidName> {
        FunctionRef::parse(value)
            .ok_or_else(|| InvalidName { kind: "function name", value: value.to_owned() })
    }
}

impl FunctionRef {
    fn parse(value: &str) -> Option<FunctionRef> {
        let mut parts = value.split(':').collect::<Vec<_>>();
        let full = parts.first() == Some(&"arn") && parts.len() > 2;
        if full {
            if !parts[1].starts_with("aws") || parts[2] != "lambda" {
                return None;
            }
            parts.drain(..3);
        }
        let region = if full { Some(take_first(&mut parts)?.parse().ok()?) } else { None };
        let account = account(&mut parts);
        // `function` alone is the name of a function, not an unfinished ARN.
        if parts.len() > 1 && parts[0] == "function" {
            parts.remove(0);
        }
        let name = take_first(&mut parts)?.parse().ok()?;
        let qualifier = match parts.as_slice() {
            [] => None,
            [qualifier] => Some(qualifier.parse().ok()?),
            _ => return None,
        };
        Some(FunctionRef { region, account, name, qualifier })
    }
}

fn take_first<'a>(parts: &mut Vec<&'a str>) -> Option<&'a str> {
    (!parts.is_empty()).then(|| parts.remove(0))
}

/// An account stands only before something else: twelve digits alone are a function's name.
fn account(parts: &mut Vec<&str>) -> Option<AccountId> {
    let account = parts.first().filter(|_| parts.len() > 1)?.parse().ok()?;
    parts.remove(0);
    Some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, Option<String>, String, Option<String>) {
        let FunctionRef { region, account, name, qualifier } = text.parse().unwrap();
        let text = |value: Option<&dyn fmt::Display>| value.map(ToString::to_string);
        (
            text(region.as_ref().map(|it| it as _)),
            text(account.as_ref().map(|it| it as _)),
            name.to_string(),
            text(qualifier.as_ref().map(|it| it as _)),
        )
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn reads_every_form_that_names_a_function() {
        assert_eq!(parsed("f"), (None, None, "f".into(), None));
        assert_eq!(parsed("f:v1"), (None, None, "f".into(), some("v1")));
        assert_eq!(parsed("function:f"), (None, None, "f".into(), None));
        assert_eq!(parsed("function"), (None, None, "function".into(), None));
        assert_eq!(parsed("123456789012:function:f"), (None, some("123456789012"), "f".into(), None));
        assert_eq!(
            parsed("arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST"),
            (some("eu-west-1"), some("123456789012"), "f".into(), some("$LATEST"))
        );
    }

    #[test]
    fn refuses_two_qualifiers_and_other_services() {
        assert!("f:1:2".parse::<FunctionRef>().is_err());
        assert!("arn:aws:s3:us-east-1:123456789012:function:f".parse::<FunctionRef>().is_err());
        assert!("".parse::<FunctionRef>().is_err());
    }

    #[test]
    fn an_arn_prints_as_it_reads() {
        let text = "arn:aws:lambda:us-east-1:000000000000:function:f:live";
        let FunctionRef { region, account, name, qualifier } = text.parse().unwrap();
        let arn = FunctionArn { region: region.unwrap(), account: account.unwrap(), name, qualifier };
        assert_eq!(arn.to_string(), text);
    }
}
