//! Aliases between the API and the domain.

use std::collections::BTreeMap;

use catalog::{Alias, Routing, Setting};
use model::{FunctionArn, Qualifier, VersionNumber, VersionRef};
use wire::lambda::{AliasConfiguration, AliasRoutingConfiguration};

use super::InvalidMember;
use crate::absent::Absent;
use crate::refusal::Refusal;

pub(crate) fn shown(alias: &Alias, function: &FunctionArn) -> AliasConfiguration {
    AliasConfiguration {
        alias_arn: Some(function.qualified(Some(Qualifier::Alias(alias.name.clone()))).to_string()),
        name: Some(alias.name.to_string()),
        function_version: Some(alias.version.to_string()),
        description: Some(alias.description.clone()),
        routing_config: alias.routing.map(|routing| AliasRoutingConfiguration {
            additional_version_weights: Some(BTreeMap::from([(
                routing.version.to_string(),
                routing.weight.get(),
            )])),
        }),
        revision_id: Some(alias.revision.to_string()),
    }
}

/// `function` is for the error: a number that no version can have is a version that is not there.
pub(crate) fn version(given: &str, function: &FunctionArn) -> Result<VersionRef, Refusal> {
    match given.parse() {
        Ok(Qualifier::Version(version)) => Ok(version),
        Ok(qualifier @ Qualifier::Unknown(_)) if given.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(Refusal::FunctionNotFound { arn: function.qualified(Some(qualifier)) })
        }
        _ => Err(Absent::Feature("FunctionVersion $LATEST.PUBLISHED").into()),
    }
}

/// An empty map means no routing.
pub(crate) fn routing(
    given: Option<AliasRoutingConfiguration>,
    function: &FunctionArn,
) -> Result<Setting<Routing>, Refusal> {
    let Some(given) = given else { return Ok(Setting::Keep) };
    let weights = given.additional_version_weights.unwrap_or_default();
    if weights.len() > 1 {
        let text = "Number of items in AdditionalVersionWeights cannot be greater than 1".to_owned();
        return Err(InvalidMember::Value(text).into());
    }
    let Some((version, weight)) = weights.into_iter().next() else { return Ok(Setting::Clear) };
    let number = number(&version, function)?;
    let weight = weight.try_into().map_err(|_range: catalog::InvalidWeight| {
        InvalidMember::Value(format!("The weight {weight} is not between 0.0 and 1.0"))
    })?;
    Ok(Setting::Set(Routing { version: number, weight }))
}

fn number(given: &str, function: &FunctionArn) -> Result<VersionNumber, Refusal> {
    match version(given, function)? {
        VersionRef::Published(number) => Ok(number),
        VersionRef::Latest => Err(catalog::CatalogError::LatestWithRouting.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function() -> FunctionArn {
        FunctionArn {
            region: "us-east-1".parse().unwrap(),
            account: "000000000000".parse().unwrap(),
            name: "f".parse().unwrap(),
            qualifier: None,
        }
    }

    fn weights(pairs: &[(&str, f64)]) -> Option<AliasRoutingConfiguration> {
        let pairs = pairs.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect();
        Some(AliasRoutingConfiguration { additional_version_weights: Some(pairs) })
    }

    #[test]
    fn reads_one_weight_none_and_no_more() {
        assert_eq!(routing(None, &function()).unwrap(), Setting::Keep);
        assert_eq!(routing(weights(&[]), &function()).unwrap(), Setting::Clear);
        let one = Routing { version: VersionNumber::new(2).unwrap(), weight: 0.25.try_into().unwrap() };
        assert_eq!(routing(weights(&[("2", 0.25)]), &function()).unwrap(), Setting::Set(one));
        let two = routing(weights(&[("2", 0.25), ("3", 0.5)]), &function()).unwrap_err();
        assert_eq!(two.to_string(), "Number of items in AdditionalVersionWeights cannot be greater than 1");
    }

    #[test]
    fn a_version_that_cannot_be_is_not_there() {
        assert_eq!(version("$LATEST", &function()).unwrap(), VersionRef::Latest);
        let refused = version("0", &function()).unwrap_err();
        assert!(matches!(&refused, Refusal::FunctionNotFound { arn } if arn.to_string().ends_with(":f:0")));
    }
}
