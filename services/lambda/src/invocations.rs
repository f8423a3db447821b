//! Invoke.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Response};
use invoke::{Answer, InvokeReply, InvokeRequest, Invoker, LogType, Mode};
use model::{Outcome, limits};
use wire::Request;
use wire::lambda::{self, InvocationRequest, InvocationResponse, InvocationType, Operation};

use crate::absent;
use crate::call::Context;
use crate::refusal::Refusal;

pub(crate) async fn invoke(
    invoker: &Invoker,
    context: &Context,
    request: &Request,
) -> Result<Response<Bytes>, Refusal> {
    let request = asked(context, request.parse()?)?;
    Ok(match invoker.invoke(request).await? {
        InvokeReply::Valid => Operation::Invoke.reply(&status(204)),
        InvokeReply::Ran(answer) => ran(*answer),
    })
}

pub(crate) fn asked(context: &Context, request: InvocationRequest) -> Result<InvokeRequest, Refusal> {
    let (name, qualifier) = (&request.function_name, request.qualifier.as_deref());
    let target = context.target("lambda:InvokeFunction", name, qualifier)?;
    absent::refuse(request.tenant_id.is_some(), "TenantId")?;
    absent::refuse(request.durable_execution_name.is_some(), "DurableExecutionName")?;
    let mode = match request.invocation_type {
        None | Some(InvocationType::RequestResponse) => Mode::RequestResponse,
        Some(InvocationType::DryRun) => Mode::DryRun,
        Some(InvocationType::Event) => return Err(absent::Absent::Feature("InvocationType Event").into()),
    };
    Ok(InvokeRequest {
        request_id: context.request_id,
        account: target.scope.account,
        region: target.scope.region,
        function: target.name,
        qualifier: target.qualifier,
        payload: request.payload,
        mode,
        log: match request.log_type {
            Some(lambda::LogType::Tail) => LogType::Tail,
            Some(lambda::LogType::None) | None => LogType::None,
        },
        client_context: request.client_context.map(client_context).transpose()?,
        trace: context.trace.clone(),
    })
}

fn client_context(given: String) -> Result<Bytes, Refusal> {
    if given.len() > limits::CLIENT_CONTEXT_MAX_BYTES {
        return Err(Refusal::LongClientContext);
    }
    let decoded = STANDARD.decode(given);
    decoded.map(Bytes::from).map_err(|_damaged| Refusal::ClientContext)
}

fn status(code: i32) -> InvocationResponse {
    InvocationResponse { status_code: Some(code), ..InvocationResponse::default() }
}

fn ran(answer: Answer) -> Response<Bytes> {
    let (payload, function_error) = match answer.outcome {
        Outcome::Success { payload } => (payload, None),
        Outcome::FunctionError { payload, .. } => (payload, Some("Unhandled".to_owned())),
    };
    let mut response = Operation::Invoke.reply(&InvocationResponse {
        payload,
        function_error,
        log_result: answer.log_tail.map(|tail| STANDARD.encode(tail)),
        executed_version: Some(answer.executed_version.to_string()),
        ..status(200)
    });
    add_trace(&mut response, &answer.trace);
    response
}

pub(crate) fn add_trace<B>(response: &mut Response<B>, trace: &str) {
    if let Ok(trace) = HeaderValue::from_str(trace) {
        response.headers_mut().insert("x-amzn-trace-id", trace);
    }
}

#[cfg(test)]
mod tests {
    use model::{ErrorType, VersionRef};

    use super::*;

    fn answer(outcome: Outcome) -> Answer {
        Answer {
            outcome,
            executed_version: VersionRef::Latest,
            log_tail: Some(Bytes::from_static(b"END")),
            trace: "Root=1-5e54a614-abababababababababababab".to_owned(),
        }
    }

    #[test]
    fn an_outcome_travels_in_body_and_headers() {
        let response = ran(answer(Outcome::Success { payload: Bytes::from_static(b"[1]") }));
        assert_eq!((response.status().as_u16(), response.body().as_ref()), (200, b"[1]".as_slice()));
        assert_eq!(response.headers()["X-Amz-Executed-Version"], "$LATEST");
        assert_eq!(response.headers()["X-Amz-Log-Result"], "RU5E");
        assert_eq!(response.headers()["X-Amzn-Trace-Id"], "Root=1-5e54a614-abababababababababababab");
        assert!(!response.headers().contains_key("X-Amz-Function-Error"));
    }

    #[test]
    fn a_client_context_has_a_limit_as_it_is_encoded() {
        let longest = "A".repeat(limits::CLIENT_CONTEXT_MAX_BYTES - 3);
        assert_eq!(client_context(longest.clone()).unwrap().len(), longest.len() / 4 * 3);
        assert!(matches!(client_context("A".repeat(3584)), Err(Refusal::LongClientContext)));
    }

    #[test]
    fn a_failed_function_is_a_success_with_a_header() {
        let error = ErrorType::platform("Sandbox.Timedout");
        let response = ran(answer(Outcome::FunctionError { payload: Bytes::from_static(b"{}"), error }));
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["X-Amz-Function-Error"], "Unhandled");
    }
}
