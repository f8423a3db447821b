//! Layers: archives that functions share, and the stack of them that one function has.

use std::fmt;
use std::str::FromStr;

use crate::code::TreeId;
use crate::name::{AccountId, InvalidName, LayerName, Region};
use crate::qualifier::VersionNumber;

/// `arn:aws:lambda:<region>:<account>:layer:<name>`
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct LayerArn {
    pub region: Region,
    pub account: AccountId,
    pub name: LayerName,
}

impl LayerArn {
    #[must_use]
    pub fn version(&self, number: VersionNumber) -> LayerVersionArn {
        LayerVersionArn { layer: self.clone(), number }
    }
}

impl fmt::Display for LayerArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LayerArn { region, account, name } = self;
        write!(f, "arn:aws:lambda:{region}:{account}:layer:{name}")
    }
}

/// A layer's ARN with a version's number behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct LayerVersionArn {
    pub layer: LayerArn,
    pub number: VersionNumber,
}

impl fmt::Display for LayerVersionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.layer, self.number)
    }
}

impl FromStr for LayerVersionArn {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<LayerVersionArn, InvalidName> {
        let parsed = text.rsplit_once(':').and_then(|(layer, number)| {
            let number = VersionNumber::new(number.parse().ok()?)?;
            Some(layer_arn(layer)?.version(number))
        });
        parsed.ok_or_else(|| InvalidName { kind: "layer version ARN", value: text.to_owned() })
    }
}

fn layer_arn(text: &str) -> Option<LayerArn> {
    let parts = text.split(':').collect::<Vec<_>>();
    let ["arn", partition, "lambda", region, account, "layer", name] = parts[..] else { return None };
    if !partition.starts_with("aws") {
        return None;
    }
    Some(LayerArn { region: region.parse().ok()?, account: account.parse().ok()?, name: name.parse().ok()? })
}

/// What a caller wrote where a layer's name is wanted: a name, or the ARN of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerRef {
    Name(LayerName),
    Arn(LayerArn),
}

impl FromStr for LayerRef {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<LayerRef, InvalidName> {
        match layer_arn(text) {
            Some(arn) => Ok(LayerRef::Arn(arn)),
            None => text.parse().map(LayerRef::Name),
        }
    }
}

/// The layers of one function: what is mounted at `/opt`.
///
/// It says all that a function needs, since a layer version may be deleted while functions have it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LayerStack {
    /// Each over those before it; never empty.
    pub layers: Vec<StackedLayer>,
    /// All of them merged.
    pub tree: TreeId,
}

/// A layer version as it was when a function was given it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StackedLayer {
    pub arn: LayerVersionArn,
    /// As uploaded.
    pub size_bytes: u64,
    pub unzipped_bytes: u64,
}

impl LayerStack {
    pub fn unzipped_bytes(&self) -> u64 {
        self.layers.iter().map(|layer| layer.unzipped_bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:layer:shared_1:7";

    #[test]
    fn a_version_s_arn_is_read_and_written_alike() {
        let arn = ARN.parse::<LayerVersionArn>().unwrap();
        assert_eq!((arn.layer.name.as_str(), arn.number.get()), ("shared_1", 7));
        assert_eq!(arn.to_string(), ARN);
    }

    #[test]
    fn what_is_no_version_s_arn_is_refused() {
        for text in
            ["", "shared", "arn:aws:lambda:::awslayer:AmazonLinux1803", &ARN.replace(":7", ":0"), &ARN[..52]]
        {
            assert!(text.parse::<LayerVersionArn>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_layer_is_named_by_its_name_or_its_arn() {
        let arn = ARN.parse::<LayerVersionArn>().unwrap().layer;
        assert_eq!(arn.to_string().parse(), Ok(LayerRef::Arn(arn.clone())));
        assert_eq!("shared_1".parse(), Ok(LayerRef::Name(arn.name)));
        assert!(ARN.parse::<LayerRef>().is_err());
    }
}
