//! Which service a request is for.

use http::HeaderMap;

use crate::refusal::Dialect;
use crate::service::Service;

const CODE_PATH: &str = "/_mayfly/code/";
const HEALTH_PATH: &str = "/_mayfly/health";
const OWN_PATH: &str = "/_mayfly/";

/// Paths of our own, which are no part of any AWS API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Own<'a> {
    Health,
    Code(&'a str),
    Nothing,
}

pub(crate) fn own(path: &str) -> Option<Own<'_>> {
    match path {
        HEALTH_PATH => Some(Own::Health),
        _ if path.starts_with(CODE_PATH) => Some(Own::Code(&path[CODE_PATH.len()..])),
        _ => path.starts_with(OWN_PATH).then_some(Own::Nothing),
    }
}

pub(crate) fn code_path(id: &str) -> String {
    format!("{CODE_PATH}{id}")
}

/// The name of the service that is meant: the target's, if one of ours has it, else that of the credential scope.
/// What names neither is taken for the first service, whose API goes by paths.
pub(crate) fn service_name<'a>(
    services: &'a [Service],
    headers: &HeaderMap,
    scope: Option<&'a str>,
) -> &'a str {
    let target = target(headers).and_then(|target| target.split_once('.')).map(|(prefix, _)| prefix);
    let by_target = services.iter().find(|service| target.is_some() && service.target == target);
    by_target
        .map(|service| service.name)
        .or(scope)
        .or(services.first().map(|service| service.name))
        .unwrap_or_default()
}

pub(crate) fn target(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-amz-target")?.to_str().ok()
}

/// How the sender spells errors, as far as can be told without knowing its service.
pub(crate) fn dialect(headers: &HeaderMap, service: Option<&str>) -> Dialect {
    let form = || {
        let content_type = headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?;
        content_type.starts_with("application/x-www-form-urlencoded").then_some(())
    };
    match service {
        _ if headers.contains_key("x-amz-target") => Dialect::Json,
        Some("s3") => Dialect::RestXml,
        // Whatever the content type says: curl calls every body a form.
        Some("lambda") => Dialect::RestJson,
        _ if form().is_some() => Dialect::Query,
        _ => Dialect::RestJson,
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn services() -> Vec<Service> {
        let answer = |_call| async { Response::new(String::new()) };
        vec![
            Service::new("lambda", None, |_parts| None, answer),
            Service::new("logs", Some("Logs_20140328"), |_parts| None, answer),
        ]
    }

    fn with_target(target: &'static str) -> HeaderMap {
        HeaderMap::from_iter([("x-amz-target".parse().unwrap(), http::HeaderValue::from_static(target))])
    }

    #[test]
    fn the_target_names_the_service_then_the_scope() {
        let services = services();
        let name = |headers: &HeaderMap, scope| service_name(&services, headers, scope).to_owned();
        assert_eq!(name(&with_target("Logs_20140328.PutLogEvents"), Some("lambda")), "logs");
        assert_eq!(name(&with_target("DynamoDB_20120810.GetItem"), Some("dynamodb")), "dynamodb");
        assert_eq!(name(&HeaderMap::new(), Some("logs")), "logs");
        assert_eq!(name(&HeaderMap::new(), None), "lambda");
    }

    #[test]
    fn a_form_is_answered_as_one_only_where_the_service_is_not_known_to_take_none() {
        let form = HeaderMap::from_iter([(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/x-www-form-urlencoded"),
        )]);
        assert_eq!(dialect(&form, Some("sts")), Dialect::Query);
        assert_eq!(dialect(&form, Some("lambda")), Dialect::RestJson);
    }

    #[test]
    fn knows_its_own_paths() {
        assert_eq!(own("/_mayfly/health"), Some(Own::Health));
        assert_eq!(own("/_mayfly/code/ab"), Some(Own::Code("ab")));
        assert_eq!(own("/_mayfly/else"), Some(Own::Nothing));
        assert_eq!(own("/2015-03-31/functions"), None);
    }
}
