//! Actions: the only way into a run.

use super::client::ClientId;
use crate::kv::{Request, RequestError};
use crate::raft::NodeId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Something that a person, a script or a host page does to the world.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Action {
    /// A client sends a request to a member.
    Request {
        /// The client.
        client: ClientId,
        /// The member that it talks to.
        member: NodeId,
        /// What it asks for.
        request: Request,
    },
    /// A member's process ends at once, and what its disk has not synced is lost.
    Crash {
        /// The member.
        member: NodeId,
    },
    /// A crashed member starts again from its disk.
    Restart {
        /// The member.
        member: NodeId,
    },
    /// The network is cut so that only members of the same group reach each other. Members that
    /// no group names form one more group. It replaces an earlier cut.
    Partition {
        /// The groups.
        groups: Vec<Vec<NodeId>>,
    },
    /// All links work again.
    Heal,
    /// A member behaves as if its election timer had run out.
    TimeOutNow {
        /// The member.
        member: NodeId,
    },
}

/// Why an action is impossible. Nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ActionError {
    /// There is no such member.
    #[error("there is no member infra{0}; this cluster has infra1 to infra{1}")]
    NoSuchMember(NodeId, usize),
    /// There is no such client.
    #[error("there is no {0}; clients are named A to Z")]
    NoSuchClient(ClientId),
    /// A crashed member cannot crash.
    #[error("infra{0} is crashed already; restart it first")]
    AlreadyCrashed(NodeId),
    /// A running member cannot be restarted.
    #[error("infra{0} is running; only a crashed member can be restarted")]
    AlreadyRunning(NodeId),
    /// A crashed member has no timer.
    #[error("infra{0} is crashed; only a running member can time out")]
    NotRunning(NodeId),
    /// A leader has no election timer.
    #[error("infra{0} leads; only a follower or a candidate can time out")]
    IsLeader(NodeId),
    /// A member is named twice.
    #[error("infra{0} is in two groups; name every member at most once")]
    InTwoGroups(NodeId),
    /// All members are in one group.
    #[error("this cut has only one side; put some members, not all of them, into the group")]
    OneSided,
    /// Nothing is cut.
    #[error("the network is whole; there is no cut to heal")]
    NothingToHeal,
    /// The request breaks one of etcd's limits.
    #[error("{0}")]
    Request(#[from] RequestError),
}
