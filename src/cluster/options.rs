//! The options of a world.

use crate::raft::NodeId;
use crate::sim::{DiskOptions, LinkOptions};
use thiserror::Error;

/// The largest cluster.
pub const MAX_MEMBERS: usize = 9;

/// Everything that shapes a run, besides its seed and its actions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorldOptions {
    /// How many members the cluster starts with, from 1 to [`MAX_MEMBERS`].
    pub members: usize,
    /// The protocol. Its ticks are milliseconds of the member's clock.
    pub raft: crate::raft::Options,
    /// The links between members.
    pub network: LinkOptions,
    /// The links between clients and members.
    pub client_network: LinkOptions,
    /// Every member's disk.
    pub disk: DiskOptions,
    /// How long a client waits for an answer, in microseconds (etcdctl's `--command-timeout`).
    pub client_timeout_us: u64,
    /// How long a member waits for a request to commit, in microseconds, before it tells the
    /// client that the request timed out. In etcd 5 s plus two election timeouts.
    pub request_timeout_us: u64,
}

impl Default for WorldOptions {
    /// Five members in a lab network, with the election timeouts of the Raft paper (150 to
    /// 300 ms, §9.3). Everything else keeps etcd's proportions: a heartbeat is a fraction of the
    /// election timeout, a client waits five of its longest, a member longer than its clients.
    fn default() -> Self {
        WorldOptions {
            members: 5,
            raft: crate::raft::Options {
                election_timeout: 150,
                election_timeout_max: 300,
                heartbeat_interval: 50,
                ..crate::raft::Options::default()
            },
            network: LinkOptions {
                latency_us: 9_000,
                jitter_us: 3_000,
                ..LinkOptions::default()
            },
            client_network: LinkOptions {
                latency_us: 4_000,
                jitter_us: 1_000,
                ..LinkOptions::default()
            },
            disk: DiskOptions {
                write_us: 1_000,
                sync_us: 3_000,
                jitter_us: 2_000,
            },
            client_timeout_us: 1_500_000,
            request_timeout_us: 2_100_000,
        }
    }
}

/// Why options are refused.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum WorldOptionsError {
    /// Too few or too many members.
    #[error("a cluster here has 1 to {MAX_MEMBERS} members, not {0}")]
    Members(usize),
    /// The protocol's options are refused.
    #[error("{0}")]
    Raft(#[from] crate::raft::OptionsError),
}

impl WorldOptions {
    /// The default world with another number of members.
    pub fn with_members(members: usize) -> WorldOptions {
        WorldOptions {
            members,
            ..WorldOptions::default()
        }
    }

    /// Checks every option.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn validate(&self) -> Result<(), WorldOptionsError> {
        if !(1..=MAX_MEMBERS).contains(&self.members) {
            return Err(WorldOptionsError::Members(self.members));
        }
        Ok(self.raft.validate()?)
    }

    /// How long a member waits for a read index before it asks again, in microseconds: half an
    /// election timeout, as in etcd (500 ms of 1 s).
    pub fn read_retry_us(&self) -> u64 {
        self.raft.election_timeout * super::member::TICK_US / 2
    }

    /// The ids of the members that the cluster starts with.
    pub fn member_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (1..=self.members as u64).map(NodeId)
    }
}
