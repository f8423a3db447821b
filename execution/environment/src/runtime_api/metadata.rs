//! The metadata endpoint: tells code in an environment in which availability zone it runs.

use bytes::Bytes;
use model::Region;
use serde_json::json;
use uuid::Uuid;

use super::reply::Reply;

pub(super) const PATH: &str = "/2026-01-15/metadata/execution-environment";

const SCHEME: &str = "Bearer ";

/// A place never changes its zone, says AWS.
const HEADERS: &str =
    "Content-Type: application/json\r\nCache-Control: private, max-age=43200, immutable\r\n";

/// What one environment is told of itself, and the token that it asks with.
#[derive(Debug, Clone)]
pub struct Metadata {
    token: String,
    zone: String,
}

impl Metadata {
    /// Of a new environment. There is one zone to each region here.
    pub fn new(region: &Region) -> Metadata {
        Metadata { token: Uuid::new_v4().simple().to_string(), zone: zone_id(region.as_str()) }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn answer(&self, authorization: Option<&str>) -> Reply {
        let token = authorization.and_then(|value| value.strip_prefix(SCHEME));
        if token != Some(self.token()) {
            return Reply::unauthorized();
        }
        Reply::new("200 OK", HEADERS, Bytes::from(json!({ "AvailabilityZoneID": self.zone }).to_string()))
    }
}

/// `use1-az1` in us-east-1.
fn zone_id(region: &str) -> String {
    let short = |part| match part {
        "gov" => "g",
        "north" => "n",
        "northeast" => "ne",
        "east" => "e",
        "southeast" => "se",
        "south" => "s",
        "southwest" => "sw",
        "west" => "w",
        "northwest" => "nw",
        "central" => "c",
        other => other,
    };
    format!("{}-az1", region.split('-').map(short).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_named_as_aws_names_them() {
        for (region, zone) in
            [("us-east-1", "use1-az1"), ("ap-northeast-3", "apne3-az1"), ("us-gov-west-1", "usgw1-az1")]
        {
            assert_eq!(zone_id(region), zone);
        }
    }

    #[test]
    fn only_who_has_the_token_is_told() {
        let metadata = Metadata::new(&"eu-central-1".parse().unwrap());
        let bearer = format!("Bearer {}", metadata.token());
        assert_eq!(metadata.answer(Some(&bearer)).body(), r#"{"AvailabilityZoneID":"euc1-az1"}"#);
        for wrong in [None, Some("Bearer x"), Some(metadata.token())] {
            assert_eq!(metadata.answer(wrong), Reply::unauthorized());
        }
    }
}
