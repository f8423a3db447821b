//! The events of `InvokeWithResponseStream`: the members of its `EventStream`.

use bytes::Bytes;
use serde::Serialize;

use crate::event_stream;

#[derive(Clone, Debug)]
pub enum ResponseStreamEvent {
    PayloadChunk(Bytes),
    InvokeComplete(InvokeComplete),
}

/// Members that have nothing to say are left out.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvokeComplete {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_details: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_result: Option<String>,
}

impl ResponseStreamEvent {
    /// The event as it stands in the body.
    pub fn to_message(&self) -> Bytes {
        match self {
            Self::PayloadChunk(payload) => {
                event_stream::event("PayloadChunk", "application/octet-stream", payload)
            }
            Self::InvokeComplete(complete) => {
                // A struct of strings always has a JSON form.
                let document = serde_json::to_vec(complete).unwrap_or_default();
                event_stream::event("InvokeComplete", "application/json", &document)
            }
        }
    }
}
