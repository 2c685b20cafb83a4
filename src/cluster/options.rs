//! The options of a world.

use crate::raft::NodeId;
use crate::sim::{DiskOptions, LinkOptions};
use thiserror::Error;

/// The largest cluster.
pub const MAX_MEMBERS: usize = 25;

/// The longest time that an option may give, in microseconds: one hour.
pub const MAX_DURATION_US: u64 = 3_600_000_000;

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
    /// Whether clients ask again as etcd's client library does. Runs that were recorded before they
    /// did are without: there a request of the form is asked once, and nobody tells a client that a
    /// process is gone.
    pub client_retries: bool,
    /// Whether members treat clients exactly as etcd does where the default world is simpler: a
    /// process says its name through the log and serves clients only when that is applied, and
    /// reads that wait while the leader changes fail, so that the client asks again.
    pub as_etcd: bool,
    /// How large a member's database may become, in bytes (`--quota-backend-bytes`); 0 for no
    /// limit.
    pub quota_bytes: u64,
    /// How close members and clients come to etcd. Runs that were recorded before something was
    /// mended keep what they had: 0 is before [`EDITION`] was 1.
    pub edition: u64,
}

/// The present [`WorldOptions::edition`].
///
/// Since 1, a leader minds leases from its first commit on, and one whose end it has asked for is not
/// kept alive any more; clients repeat all that etcd's repeat, and what a learner refuses at another
/// endpoint; a transaction may put keys and delete all keys from one on.
pub const EDITION: u64 = 1;

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
            client_retries: true,
            as_etcd: false,
            quota_bytes: 0,
            edition: EDITION,
        }
    }
}

/// Why options are refused.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum WorldOptionsError {
    /// Too few or too many members.
    #[error("a cluster here has 1 to {MAX_MEMBERS} members, not {0}")]
    Members(usize),
    /// A time is too long.
    #[error("{what} can be an hour at most, not {us} microseconds")]
    TooLong {
        /// Which.
        what: &'static str,
        /// How long it is.
        us: u64,
    },
    /// Members and clients that this program does not know yet.
    #[error("this program knows the editions 0 to {EDITION} of etcd's rules, not {0}")]
    Edition(u64),
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

    /// Three members with the timings of etcd on one machine: what `etcdctl` sessions run against.
    pub fn etcd() -> WorldOptions {
        let quick = LinkOptions {
            latency_us: 200,
            jitter_us: 100,
            ..LinkOptions::default()
        };
        WorldOptions {
            members: 3,
            raft: crate::raft::Options::default(),
            network: quick,
            client_network: quick,
            disk: DiskOptions {
                write_us: 100,
                sync_us: 400,
                jitter_us: 200,
            },
            client_timeout_us: 5_000_000,
            request_timeout_us: 7_000_000,
            client_retries: true,
            as_etcd: true,
            quota_bytes: 0,
            edition: EDITION,
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
        let too_long = |(_, us): &(_, u64)| *us > MAX_DURATION_US;
        if self.edition > EDITION {
            return Err(WorldOptionsError::Edition(self.edition));
        }
        if let Some((what, us)) = self.durations().into_iter().find(too_long) {
            return Err(WorldOptionsError::TooLong { what, us });
        }
        Ok(self.raft.validate()?)
    }

    /// All options that are times, in microseconds.
    fn durations(&self) -> [(&'static str, u64); 11] {
        let ticks = |ticks: u64| ticks.saturating_mul(super::member::TICK_US);
        [
            ("the latency of the network", self.network.latency_us),
            ("the jitter of the network", self.network.jitter_us),
            (
                "the latency of the clients' links",
                self.client_network.latency_us,
            ),
            (
                "the jitter of the clients' links",
                self.client_network.jitter_us,
            ),
            ("the time of a disk's write", self.disk.write_us),
            ("the time of a disk's sync", self.disk.sync_us),
            ("the jitter of a disk's sync", self.disk.jitter_us),
            ("the clients' time limit", self.client_timeout_us),
            ("the members' time limit", self.request_timeout_us),
            ("the election timeout", ticks(self.raft.election_timeout)),
            (
                "the longest election timeout",
                ticks(self.raft.election_timeout_max),
            ),
        ]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_an_hour_at_most() {
        let check = |change: fn(&mut WorldOptions)| {
            let mut options = WorldOptions::default();
            change(&mut options);
            options.validate().map_err(|error| error.to_string())
        };
        assert_eq!(check(|o| o.disk.sync_us = MAX_DURATION_US), Ok(()));
        assert_eq!(
            check(|o| o.disk.sync_us = MAX_DURATION_US + 1).unwrap_err(),
            "the time of a disk's sync can be an hour at most, not 3600000001 microseconds"
        );
        let huge: [fn(&mut WorldOptions); 10] = [
            |o| o.network.latency_us = u64::MAX,
            |o| o.network.jitter_us = u64::MAX,
            |o| o.client_network.latency_us = u64::MAX,
            |o| o.client_network.jitter_us = u64::MAX,
            |o| o.disk.write_us = u64::MAX,
            |o| o.disk.jitter_us = u64::MAX,
            |o| o.client_timeout_us = u64::MAX,
            |o| o.request_timeout_us = u64::MAX,
            |o| o.raft.election_timeout = u64::MAX,
            |o| o.raft.election_timeout_max = u64::MAX,
        ];
        assert!(huge.into_iter().all(|change| check(change).is_err()));
    }
}
