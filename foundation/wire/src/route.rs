//! Which operation a method and path mean.
//!
//! A member of a path stands in exactly one segment, and segments are percent-decoded only after routing:
//! ARNs come with their slashes encoded.

use http::Method;
use percent_encoding::percent_decode_str;

/// The members that a request's path holds, by their names in the template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Vec<(&'static str, String)>);

impl Labels {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(label, _)| *label == name).map(|(_, value)| value.as_str())
    }
}

/// All routes of a service.
#[derive(Debug)]
pub(crate) struct Router<O> {
    routes: Vec<Route<O>>,
}

#[derive(Debug)]
struct Route<O> {
    operation: O,
    method: Method,
    segments: Vec<Segment>,
    /// A query parameter that must be there, as in `?find=LayerVersion`.
    fixed_query: Option<(&'static str, &'static str)>,
}

#[derive(Debug)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
}

impl<O: Copy> Router<O> {
    pub(crate) fn new(routes: impl Iterator<Item = (O, Method, &'static str)>) -> Self {
        let mut routes: Vec<Route<O>> =
            routes.map(|(operation, method, template)| Route::new(operation, method, template)).collect();
        // Routes with a fixed parameter share their path with one that has none, and are tried before it.
        routes.sort_by_key(|route| route.fixed_query.is_none());
        Self { routes }
    }

    pub(crate) fn find(&self, method: &Method, path: &str, query: Option<&str>) -> Option<(O, Labels)> {
        let path = path.strip_prefix('/')?;
        // Clients of other ages write `…/functions/` for `…/functions`.
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').collect();
        self.routes.iter().find_map(|route| {
            let labels = route.matches(method, &segments, query)?;
            Some((route.operation, labels))
        })
    }
}

impl<O> Route<O> {
    fn new(operation: O, method: Method, template: &'static str) -> Self {
        let (path, query) = template.split_once('?').unwrap_or((template, ""));
        let segments = path.trim_matches('/').split('/').map(Segment::new).collect();
        Self { operation, method, segments, fixed_query: query.split_once('=') }
    }

    fn matches(&self, method: &Method, path: &[&str], query: Option<&str>) -> Option<Labels> {
        if self.method != *method || self.segments.len() != path.len() || !self.has_fixed_query(query) {
            return None;
        }
        let mut labels = Vec::new();
        for (segment, text) in self.segments.iter().zip(path) {
            match segment {
                Segment::Literal(literal) if literal == text => {}
                Segment::Label(label) if !text.is_empty() => labels.push((*label, *text)),
                _ => return None,
            }
        }
        Some(Labels(labels.into_iter().map(|(label, text)| (label, decode(text))).collect()))
    }

    fn has_fixed_query(&self, query: Option<&str>) -> bool {
        let Some((name, value)) = self.fixed_query else { return true };
        query.unwrap_or_default().split('&').any(|pair| pair.split_once('=') == Some((name, value)))
    }
}

impl Segment {
    fn new(text: &'static str) -> Self {
        match text.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
            Some(label) => Self::Label(label),
            None => Self::Literal(text),
        }
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router() -> Router<&'static str> {
        let routes = [
            ("list", Method::GET, "/2018-10-31/layers"),
            ("by arn", Method::GET, "/2018-10-31/layers?find=LayerVersion"),
            ("tags", Method::GET, "/2017-03-31/tags/{Resource}"),
        ];
        Router::new(routes.into_iter())
    }

    #[test]
    fn decodes_a_label_after_routing() {
        let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af%2Fg";
        let (operation, labels) =
            router().find(&Method::GET, &format!("/2017-03-31/tags/{arn}"), None).unwrap();
        assert_eq!(operation, "tags");
        assert_eq!(labels.get("Resource"), Some("arn:aws:lambda:us-east-1:1:function:f/g"));
    }

    #[test]
    fn a_fixed_parameter_chooses_between_operations_of_one_path() {
        let find = |query| router().find(&Method::GET, "/2018-10-31/layers", query).unwrap().0;
        assert_eq!(find(Some("Marker=x&find=LayerVersion")), "by arn");
        assert_eq!(find(Some("Marker=x")), "list");
        assert_eq!(find(None), "list");
    }

    #[test]
    fn tolerates_a_slash_at_the_end() {
        assert_eq!(router().find(&Method::GET, "/2018-10-31/layers/", None).unwrap().0, "list");
    }

    #[test]
    fn refuses_other_methods_empty_labels_and_longer_paths() {
        assert_eq!(router().find(&Method::PUT, "/2018-10-31/layers", None), None);
        assert_eq!(router().find(&Method::GET, "/2017-03-31/tags/", None), None);
        assert_eq!(router().find(&Method::GET, "/2017-03-31/tags/a/b", None), None);
        assert_eq!(router().find(&Method::GET, "", None), None);
    }
}
