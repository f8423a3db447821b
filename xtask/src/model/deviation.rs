//! How AWS's servers differ from the model that AWS publishes: `models/<service>.deviations.json`,
//! written by hand.

use indexmap::IndexMap;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Deviations {
    /// Errors that the service gives and the model does not name.
    pub(crate) errors: IndexMap<String, UnmodelledError>,
    /// Operations that answer another status than the modelled one.
    #[serde(default)]
    pub(crate) statuses: IndexMap<String, u16>,
    /// Names for structures whose own name means something else in `wire`.
    #[serde(default)]
    pub(crate) renames: IndexMap<String, String>,
    /// Enumerations whose values were recorded in another order than [`printed_order`] gives.
    #[serde(default)]
    pub(crate) printed: IndexMap<String, Vec<String>>,
    /// Enumerations whose error lists only some of the values that are accepted, in the model's order.
    #[serde(default)]
    pub(crate) listed: IndexMap<String, Vec<String>>,
    /// Enumerations whose error is `InvalidParameterValueException` and ends in "or be a valid ARN".
    #[serde(default)]
    pub(crate) or_arn: Vec<String>,
    /// Strings of which AWS reports a breached pattern only, although their length is wrong too.
    #[serde(default)]
    pub(crate) pattern_hides_length: Vec<String>,
    /// Members (`Structure.Member`) that hold a name or an ARN, and how long a bare name may be. A longer one
    /// is an `InvalidParameterValueException`.
    #[serde(default)]
    pub(crate) bare_name_lengths: IndexMap<String, u16>,
    /// Members whose breaches are reported before those of the members around them.
    #[serde(default)]
    pub(crate) reported_first: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnmodelledError {
    pub(crate) status: u16,
    /// The member that holds the text.
    pub(crate) message: String,
    /// What the `Type` member says, when the error has one.
    #[serde(default)]
    pub(crate) fault: Option<String>,
}

/// The order in which AWS's servers print the values of an enumeration.
///
/// They iterate over a Java `HashSet` that was filled in the model's order, by all recordings of this decade:
/// the buckets of a table of the smallest sufficient power of two, by `String.hashCode` with its upper half
/// folded in; within a bucket as filled.
pub(crate) fn printed_order(values: &[String]) -> Vec<&str> {
    let buckets = (values.len() * 4 / 3 + 1).next_power_of_two().max(16);
    let mut ordered: Vec<&str> = values.iter().map(String::as_str).collect();
    ordered.sort_by_key(|value| bucket(value, buckets));
    ordered
}

fn bucket(value: &str, buckets: usize) -> usize {
    let hash = value.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    (hash ^ (hash >> 16)) as usize & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(values: &str) -> String {
        printed_order(&values.split(' ').map(str::to_owned).collect::<Vec<_>>()).join(", ")
    }

    #[test]
    fn orders_values_as_recorded_from_aws() {
        assert_eq!(printed("Allow Terminate"), "Terminate, Allow");
        assert_eq!(printed("x86_64 arm64"), "x86_64, arm64");
        assert_eq!(printed("None Tail"), "Tail, None");
    }

    /// The values are in the model's order, the recordings of 2022 and 2025.
    #[test]
    fn orders_long_lists_of_runtimes_as_recorded_from_aws() {
        let model = "nodejs12.x nodejs14.x nodejs16.x java8 java8.al2 java11 python3.7 python3.8 python3.9 \
                     dotnetcore3.1 dotnet6 go1.x ruby2.7 provided provided.al2";
        let recorded = "nodejs12.x, provided, nodejs16.x, nodejs14.x, ruby2.7, java11, dotnet6, go1.x, \
                        provided.al2, java8, java8.al2, dotnetcore3.1, python3.7, python3.8, python3.9";
        assert_eq!(printed(model), recorded);
        let model = "nodejs16.x nodejs18.x nodejs20.x nodejs22.x java8.al2 java11 java17 java21 python3.8 \
                     python3.9 python3.10 python3.11 python3.12 python3.13 dotnet6 dotnet8 ruby3.2 ruby3.3 \
                     ruby3.4 provided.al2 provided.al2023";
        let recorded = "nodejs20.x, provided.al2023, python3.12, python3.13, nodejs22.x, java17, nodejs16.x, \
                        dotnet8, python3.10, java11, python3.11, dotnet6, java21, nodejs18.x, provided.al2, \
                        ruby3.3, ruby3.4, java8.al2, ruby3.2, python3.8, python3.9";
        assert_eq!(printed(model), recorded);
    }
}
