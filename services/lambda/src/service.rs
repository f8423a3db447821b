//! From a request to its operation, and from its answer to a response.

use http::Response;
use invoke::Invoker;
use wire::Request;
use wire::lambda::{Operation, SERVICE};

use crate::body::Body;
use crate::call::{Call, Context};
use crate::control::Control;
use crate::refusal::Refusal;
use crate::{invocations, streaming};

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

    pub async fn call(&self, call: Call) -> Response<Body> {
        let Call { caller, region, request_id, parts, body } = call;
        let context = Context::of(caller, region, request_id, &parts);
        let answered = match wire::lambda::receive(&parts, body) {
            Ok((operation, request)) => self.answer(operation, &context, &request).await,
            Err(error) => Err(Refusal::Wire(error)),
        };
        let refuse = |refusal: Refusal| SERVICE.refuse(&refusal.into_error(request_id)).map(Body::whole);
        answered.unwrap_or_else(refuse)
    }

    async fn answer(
        &self,
        operation: Operation,
        context: &Context,
        request: &Request,
    ) -> Result<Response<Body>, Refusal> {
        let whole = match operation {
            Operation::InvokeWithResponseStream => {
                return streaming::invoke(&self.invoker, context, request).await;
            }
            Operation::Invoke => invocations::invoke(&self.invoker, context, request).await?,
            _ => self.control.answer(operation, context, request).await?,
        };
        Ok(whole.map(Body::whole))
    }
}
