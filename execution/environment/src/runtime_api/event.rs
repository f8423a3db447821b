//! An invocation as the runtime gets it from `next`.

use std::fmt::{self, Write};
use std::time::Duration;

use model::{Invocation, RequestId, Timestamp};

use super::reply::Reply;

#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(super) request: RequestId,
    invocation: &'a Invocation,
    limit: Limit,
}

/// How long the runtime has.
#[derive(Debug)]
enum Limit {
    Until(Timestamp),
    /// From when it asks for the event, which it has by then.
    Lasting(Duration),
}

impl<'a> Event<'a> {
    pub(crate) fn new(invocation: &'a Invocation, deadline: Timestamp) -> Event<'a> {
        Event { request: invocation.request_id, invocation, limit: Limit::Until(deadline) }
    }

    /// For a client of Mayfly's that has not asked for it yet.
    pub(crate) fn ahead(invocation: &'a Invocation, timeout: Duration) -> Event<'a> {
        Event { request: invocation.request_id, invocation, limit: Limit::Lasting(timeout) }
    }

    /// Headers without a value are left out: clients take an empty one for JSON.
    pub(super) fn to_reply(&self) -> Reply {
        let Event { request, invocation, limit } = self;
        let mut headers = format!(
            "Content-Type: application/json\r\n\
             Lambda-Runtime-Aws-Request-Id: {request}\r\n\
             {limit}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: {}\r\n",
            invocation.invoked_arn
        );
        add(&mut headers, "Lambda-Runtime-Trace-Id", &invocation.trace_id);
        add(
            &mut headers,
            "Lambda-Runtime-Client-Context",
            invocation.client_context.as_deref().unwrap_or_default(),
        );
        Reply::new("200 OK", &headers, invocation.payload.clone())
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Until(deadline) => write!(f, "Lambda-Runtime-Deadline-Ms: {}", deadline.as_millis()),
            Limit::Lasting(timeout) => write!(f, "Lambda-Runtime-Mayfly-Timeout-Ms: {}", timeout.as_millis()),
        }
    }
}

/// Line breaks would end the header; they come only between the tokens of a pretty-printed client context.
fn add(headers: &mut String, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    let value = value.replace(['\r', '\n'], " ");
    // Writing to a string does not fail.
    let _infallible = write!(headers, "{name}: {value}\r\n");
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use model::{FunctionArn, FunctionRef};

    use super::*;

    fn invocation(client_context: Option<&str>) -> Invocation {
        let FunctionRef { region, account, name, qualifier } =
            "arn:aws:lambda:us-east-1:000000000000:function:f:live".parse().unwrap();
        Invocation {
            request_id: "8f507cfc-0123-4697-b07a-ac58fc914c95".parse().unwrap(),
            payload: Bytes::from_static(b"{ }"),
            invoked_arn: FunctionArn { region: region.unwrap(), account: account.unwrap(), name, qualifier },
            trace_id: String::new(),
            client_context: client_context.map(str::to_owned),
        }
    }

    fn head(client_context: Option<&str>) -> String {
        let invocation = invocation(client_context);
        let [head, body] = Event::new(&invocation, Timestamp::from_millis(1234)).to_reply().pieces();
        assert_eq!(body, "{ }");
        String::from_utf8(head.to_vec()).unwrap()
    }

    #[test]
    fn headers_without_a_value_are_left_out() {
        assert_eq!(
            head(None),
            "HTTP/1.1 200 OK\r\n\
             Content-Type: application/json\r\n\
             Lambda-Runtime-Aws-Request-Id: 8f507cfc-0123-4697-b07a-ac58fc914c95\r\n\
             Lambda-Runtime-Deadline-Ms: 1234\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:f:live\r\n\
             Content-Length: 3\r\n\r\n"
        );
    }

    #[test]
    fn an_event_ahead_of_its_time_says_how_long_and_not_until_when() {
        let invocation = invocation(None);
        let [head, _] = Event::ahead(&invocation, Duration::from_secs(3)).to_reply().pieces();
        let head = String::from_utf8(head.to_vec()).unwrap();
        assert!(head.contains("\r\nLambda-Runtime-Mayfly-Timeout-Ms: 3000\r\n"), "{head}");
        assert!(!head.contains("Deadline"), "{head}");
    }

    #[test]
    fn a_client_context_cannot_add_headers() {
        let head = head(Some("{\r\nX-Evil: 1\r\n}"));
        assert!(head.contains("Lambda-Runtime-Client-Context: {  X-Evil: 1  }\r\n"), "{head}");
    }
}
