//! What the warden tells the server when it starts it.

use artifact::image::Access;
use environment::RuntimeTable;
use serde::{Deserialize, Serialize};

use crate::settings::Settings;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub settings: Settings,
    pub runtimes: RuntimeTable,
    /// Read before privileges are dropped: the file is the operator's own.
    pub access: Access,
}

impl Payload {
    pub(crate) fn encode(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    pub(crate) fn decode(bytes: &[u8]) -> serde_json::Result<Payload> {
        serde_json::from_slice(bytes)
    }
}
