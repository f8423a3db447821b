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
    /// Enumerations whose error lists only some of the values that are accepted.
    #[serde(default)]
    pub(crate) listed: IndexMap<String, Vec<String>>,
    /// Enumerations whose error is `InvalidParameterValueException` and ends in "or be a valid ARN".
    #[serde(default)]
    pub(crate) or_arn: Vec<String>,
    /// Strings of which AWS reports a breached pattern only, although their length is wrong too.
    #[serde(default)]
    pub(crate) pattern_hides_length: Vec<String>,
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
/// They iterate over a Java `HashSet`, as every recorded list shows: the buckets of a table of the
/// smallest sufficient power of two, by `String.hashCode` with its upper half folded in.
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

    #[test]
    fn orders_a_long_recorded_list_of_runtimes() {
        let sorted = "dotnet6 dotnetcore3.1 go1.x java11 java8 java8.al2 nodejs12.x nodejs14.x nodejs16.x \
                      provided provided.al2 python3.7 python3.8 python3.9 ruby2.7";
        let recorded = "nodejs12.x, provided, nodejs16.x, nodejs14.x, ruby2.7, java11, dotnet6, go1.x, \
                        provided.al2, java8, java8.al2, dotnetcore3.1, python3.7, python3.8, python3.9";
        let values: Vec<String> = sorted.split_whitespace().map(str::to_owned).collect();
        assert_eq!(printed_order(&values).join(", "), recorded);
    }
}
