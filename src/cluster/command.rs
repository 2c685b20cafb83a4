//! What members put into the log: a client's request with the name of the operation.

use super::client::OperationId;
use crate::kv::Request;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The data of a log entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Command {
    /// The operation, so that the member that took the request recognises its own entry when it
    /// is applied (etcd's request id).
    pub operation: OperationId,
    /// What to do to the store.
    pub request: Request,
}

impl Command {
    /// The bytes of an entry.
    pub fn encode(&self) -> Bytes {
        postcard::to_stdvec(self)
            .expect("a command has no part that cannot be encoded")
            .into()
    }

    /// Reads the bytes of an entry; `None` if they are no command.
    pub fn decode(data: &[u8]) -> Option<Command> {
        postcard::from_bytes(data).ok()
    }
}
