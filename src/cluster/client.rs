//! Clients: actors outside the cluster that send requests and wait for answers.

use crate::kv::{KvError, Request, Response};
use crate::raft::NodeId;
use crate::sim::SimTime;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The identity of a client, from 0; shown as a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ClientId(pub u8);

impl ClientId {
    /// How many clients there can be.
    pub const COUNT: u8 = 26;
}

/// `client A`.
impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {}", char::from(b'A'.saturating_add(self.0)))
    }
}

/// The identity of an operation, unique in a run, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct OperationId(pub u64);

/// One request of a client and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its identity.
    pub id: OperationId,
    /// Who asks.
    pub client: ClientId,
    /// The member that was asked.
    pub member: NodeId,
    /// What was asked.
    pub request: Request,
    /// When.
    pub called: SimTime,
    /// When the answer arrived or the client gave up; `None` while it waits.
    pub returned: Option<(SimTime, Outcome)>,
}

/// What became of an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The member answered.
    Answered(Response),
    /// The member, or the client's limit, said no. A write may have happened all the same or may
    /// yet happen, unless [`ClientError::is_certain`].
    Failed(ClientError),
}

/// What a client is told instead of an answer. The words are etcd's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum ClientError {
    /// The client's own time limit ended (etcdctl's `--command-timeout`).
    #[error("context deadline exceeded")]
    DeadlineExceeded,
    /// The member gave up waiting for the entry to commit.
    #[error("etcdserver: request timed out")]
    RequestTimedOut,
    /// The leader has too many uncommitted entries.
    #[error("etcdserver: too many requests")]
    TooManyRequests,
    /// The member does not lead and forwarding is switched off.
    #[error("etcdserver: not leader")]
    NotLeader,
    /// The store refuses the request.
    #[error("{0}")]
    Refused(#[from] KvError),
}

impl ClientError {
    /// Whether the request was certainly not executed and never will be.
    pub fn is_certain(self) -> bool {
        match self {
            ClientError::TooManyRequests | ClientError::NotLeader | ClientError::Refused(_) => true,
            ClientError::DeadlineExceeded | ClientError::RequestTimedOut => false,
        }
    }
}
