//! From a request to its operation, and from its answer to a response.

use bytes::Bytes;
use http::Response;
use invoke::Invoker;
use wire::lambda::{Operation, SERVICE};

use crate::call::{Call, Context};
use crate::control::Control;
use crate::invocations;
use crate::refusal::Refusal;

/// The whole service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    control: Control,
    invoker: Invoker,
}

impl Service {
    pub fn new(control: Control, invoker: Invoker) -> Service {
        Service { control, invoker }
    }

    pub async fn call(&self, call: Call) -> Response<Bytes> {
        let Call { caller, region, request_id, parts, body } = call;
        let context = Context::of(caller, region, request_id, &parts);
        let answered = match wire::lambda::receive(&parts, body) {
            Ok((Operation::Invoke, request)) => invocations::invoke(&self.invoker, &context, &request).await,
            Ok((operation, request)) => self.control.answer(operation, &context, &request).await,
            Err(error) => Err(Refusal::Wire(error)),
        };
        answered.unwrap_or_else(|refusal| SERVICE.refuse(&refusal.into_error(request_id)))
    }
}
