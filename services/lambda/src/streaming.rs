//! InvokeWithResponseStream.

use http::Response;
use invoke::{Invoker, StreamReply};
use wire::lambda::{
    InvocationRequest, InvocationType, InvokeWithResponseStreamRequest, InvokeWithResponseStreamResponse,
    Operation, ResponseStreamingInvocationType,
};
use wire::{Request, event_stream};

use crate::body::Body;
use crate::call::Context;
use crate::invocations;
use crate::refusal::Refusal;

const OPERATION: Operation = Operation::InvokeWithResponseStream;

pub(crate) async fn invoke(
    invoker: &Invoker,
    context: &Context,
    request: &Request,
) -> Result<Response<Body>, Refusal> {
    let request = invocations::asked(context, plain(request.parse()?))?;
    let streamed = match invoker.invoke_streaming(request).await? {
        StreamReply::Valid => return Ok(OPERATION.reply(&status(204)).map(Body::whole)),
        StreamReply::Running(streamed) => streamed,
    };
    let mut response = OPERATION.reply(&InvokeWithResponseStreamResponse {
        executed_version: Some(streamed.executed_version.to_string()),
        response_stream_content_type: Some(event_stream::CONTENT_TYPE.to_owned()),
        ..status(200)
    });
    invocations::add_trace(&mut response, &streamed.trace);
    Ok(response.map(|_empty| Body::events(streamed, context.request_id)))
}

/// The request of Invoke that asks for the same.
fn plain(request: InvokeWithResponseStreamRequest) -> InvocationRequest {
    InvocationRequest {
        function_name: request.function_name,
        invocation_type: request.invocation_type.map(|kind| match kind {
            ResponseStreamingInvocationType::RequestResponse => InvocationType::RequestResponse,
            ResponseStreamingInvocationType::DryRun => InvocationType::DryRun,
        }),
        log_type: request.log_type,
        client_context: request.client_context,
        durable_execution_name: None,
        qualifier: request.qualifier,
        payload: request.payload,
        tenant_id: request.tenant_id,
    }
}

fn status(code: i32) -> InvokeWithResponseStreamResponse {
    InvokeWithResponseStreamResponse { status_code: Some(code), ..Default::default() }
}
