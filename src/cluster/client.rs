//! Clients: actors outside the cluster that send requests and wait for answers.

use super::call::{Answer, Call};
use crate::kv::{KvError, Request};
use crate::raft::NodeId;
use crate::sim::SimTime;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// The identity of a client, from 0; shown as a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
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
    pub call: Arc<Call>,
    /// When.
    pub called: SimTime,
    /// When the answer arrived or the client gave up; `None` while it waits.
    pub returned: Option<(SimTime, Outcome)>,
}

impl Operation {
    /// What was asked of the store, if it was.
    pub fn request(&self) -> Option<&Request> {
        self.call.request()
    }
}

/// What became of an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Outcome {
    /// The member answered. (Of a stream: it ended, and this was its last answer.)
    Answered(Arc<Answer>),
    /// The member, or the client's limit, said no. A write may have happened all the same or may
    /// yet happen, unless [`ClientError::is_certain`].
    Failed(ClientError),
}

/// What a client is told instead of an answer. The words are etcd's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, thiserror::Error)]
pub enum ClientError {
    /// The client's own time limit ended (etcdctl's `--command-timeout`).
    #[error("context deadline exceeded")]
    DeadlineExceeded,
    /// Nobody waits for the answer any more.
    #[error("context canceled")]
    Canceled,
    /// The member gave up waiting for the entry to commit.
    #[error("etcdserver: request timed out")]
    RequestTimedOut,
    /// The leader has too many uncommitted entries, or the member is too far behind.
    #[error("etcdserver: too many requests")]
    TooManyRequests,
    /// The member does not lead and forwarding is switched off, or only a leader can do this.
    #[error("etcdserver: not leader")]
    NotLeader,
    /// The store refuses the request.
    #[error("{0}")]
    Refused(#[from] KvError),
    /// The member knows no leader, and the call needs one.
    #[error("etcdserver: no leader")]
    NoLeader,
    /// The leader changed while the member waited for it.
    #[error("etcdserver: leader changed")]
    LeaderChanged,
    /// The member's process ended while the call was under way.
    #[error("error reading from server: EOF")]
    ConnectionLost,
    /// Learners answer only serializable reads and questions about themselves.
    #[error("etcdserver: rpc not supported for learner")]
    NotSupportedForLearner,
    /// The leader does not hand over to somebody who does not vote.
    #[error("etcdserver: bad leader transferee")]
    BadTransferee,
    /// The leadership was not handed over in time.
    #[error("etcdserver: request timed out, leader transfer took too long")]
    TimeoutLeaderTransfer,
    /// Too few members would be left, or a member that was added has not started.
    #[error("etcdserver: unhealthy cluster")]
    UnhealthyCluster,
    /// Without this many started members nothing could be decided any more.
    #[error("etcdserver: re-configuration failed due to not enough started members")]
    NotEnoughStarted,
    /// There is such a member.
    #[error("etcdserver: member ID already exist")]
    MemberExists,
    /// A member has the URL already.
    #[error("etcdserver: Peer URLs already exists")]
    PeerUrlExists,
    /// There is no such member.
    #[error("etcdserver: member not found")]
    MemberNotFound,
    /// A member without URLs.
    #[error("etcdserver: given member URLs are invalid")]
    BadUrls,
    /// Only learners are promoted.
    #[error("etcdserver: can only promote a learner member")]
    NotLearner,
    /// The learner has not caught up.
    #[error("etcdserver: can only promote a learner member which is in sync with leader")]
    LearnerNotReady,
    /// There is a learner already.
    #[error("etcdserver: too many learner members in cluster")]
    TooManyLearners,
    /// No process listens at the member's address: the request has reached nobody.
    #[error("connect: connection refused")]
    ConnectionRefused,
}

impl ClientError {
    /// Whether nobody can log in since authentication is off.
    pub(super) fn is_auth_off(self) -> bool {
        self == ClientError::Refused(KvError::AuthNotEnabled)
    }

    /// Whether the client has to log in again.
    pub(super) fn is_old_token(self) -> bool {
        let (invalid, old) = (KvError::InvalidAuthToken, KvError::AuthOldRevision);
        self == ClientError::Refused(invalid) || self == ClientError::Refused(old)
    }

    /// Whether etcd's client library asks again after this error: what may be repeated, if the member
    /// could not answer (gRPC's code `Unavailable`); everything else only if it has reached nobody,
    /// since it may have been carried out (`isSafeRetry` of clientv3).
    pub(super) fn is_worth_another_try(self, repeatable: bool) -> bool {
        match self {
            ClientError::ConnectionRefused => true,
            ClientError::NoLeader
            | ClientError::RequestTimedOut
            | ClientError::LeaderChanged
            | ClientError::ConnectionLost => repeatable,
            _ => false,
        }
    }

    /// Whether the request was certainly not executed and never will be.
    pub fn is_certain(self) -> bool {
        !matches!(
            self,
            ClientError::DeadlineExceeded
                | ClientError::Canceled
                | ClientError::RequestTimedOut
                | ClientError::LeaderChanged
                | ClientError::ConnectionLost
                | ClientError::TimeoutLeaderTransfer
        )
    }
}
