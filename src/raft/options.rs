//! Everything that can be chosen about a node, and the check that the choices fit together.

use super::rules::{Rule, Rules};
use thiserror::Error;

/// How a node behaves. All members of a cluster should have the same options.
///
/// Times are in ticks. What a tick is, the driver decides; Quorum uses one millisecond of the
/// member's own clock, and the defaults are etcd's: an election timeout of 1000 ms and a
/// heartbeat every 100 ms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// A follower campaigns when it has heard from no leader for at least so many ticks. Also
    /// the time for which a voter stays loyal to a leader that it heard from, and after which a
    /// leader without a quorum steps down (CheckQuorum) or gives up a transfer.
    pub election_timeout: u64,
    /// Each wait for an election is drawn at random from `election_timeout` (included) up to
    /// this (excluded), so that members seldom campaign at once (paper §5.2).
    pub election_timeout_max: u64,
    /// A leader sends heartbeats so many ticks apart.
    pub heartbeat_interval: u64,
    /// Whether a member asks if it could win before it really campaigns, so that one that comes
    /// back from a partition disturbs nobody (dissertation §9.6).
    pub pre_vote: bool,
    /// Whether a leader steps down that has not heard from a quorum for an election timeout, and
    /// voters ignore candidates while they hear from a leader (dissertation §6.2 and §4.2.3).
    pub check_quorum: bool,
    /// How a leader makes sure that it still leads before it answers a read.
    pub read_mode: ReadMode,
    /// How much faster one member's clock may run than another's, in thousandths. A lease is
    /// shorter than the election timeout by this much (dissertation §6.4.1). Only for
    /// [`ReadMode::LeaseBased`].
    pub clock_drift_permille: u64,
    /// A message carries entries up to so many bytes of payload, and at least one.
    pub max_bytes_per_message: u64,
    /// So many messages with entries may be on their way to one follower.
    pub max_inflight_messages: usize,
    /// Entries of so many bytes may be on their way to one follower (and one message always).
    pub max_inflight_bytes: u64,
    /// A leader refuses commands while so many bytes of its term wait to be committed. A single
    /// command is never refused for its own size.
    pub max_uncommitted_bytes: u64,
    /// Whether a follower passes commands on to the leader.
    pub forward_proposals: bool,
    /// A snapshot is due when so many entries were applied since the last one
    /// ([`Node::snapshot_due`](super::Node::snapshot_due)). The application takes it.
    pub compaction_distance: u64,
    /// So many entries before a snapshot stay in the log for followers that are a little slow.
    pub compaction_tail: u64,
    /// The rules of Raft that are in force: all of them, except in an experiment.
    pub rules: Rules,
}

/// How a leader makes sure that it still leads before it answers a read (dissertation §6.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReadMode {
    /// It asks a quorum, by a round of heartbeats (ReadIndex).
    #[default]
    Safe,
    /// It relies on the promise of a quorum not to vote for anybody else for an election
    /// timeout: quicker, and only as good as the clocks.
    LeaseBased,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            election_timeout: 1000,
            election_timeout_max: 2000,
            heartbeat_interval: 100,
            pre_vote: true,
            check_quorum: true,
            read_mode: ReadMode::Safe,
            clock_drift_permille: 100,
            max_bytes_per_message: 512 * 1024,
            max_inflight_messages: 512,
            max_inflight_bytes: u64::MAX,
            max_uncommitted_bytes: 64 * 1024 * 1024,
            forward_proposals: true,
            compaction_distance: 10_000,
            compaction_tail: 5000,
            rules: Rules::all(),
        }
    }
}

impl Options {
    /// Checks that the choices fit together.
    ///
    /// # Errors
    /// The first thing that does not, as a sentence that names what to change.
    pub fn validate(&self) -> Result<(), OptionsError> {
        if self.heartbeat_interval == 0 {
            return Err(OptionsError::NoHeartbeat);
        }
        if self.election_timeout <= self.heartbeat_interval {
            return Err(OptionsError::HeartbeatTooSlow {
                heartbeat_interval: self.heartbeat_interval,
                election_timeout: self.election_timeout,
            });
        }
        if self.election_timeout_max <= self.election_timeout {
            return Err(OptionsError::EmptyRange {
                election_timeout: self.election_timeout,
                election_timeout_max: self.election_timeout_max,
            });
        }
        if self.max_inflight_messages == 0 {
            return Err(OptionsError::NothingInFlight);
        }
        if self.read_mode == ReadMode::LeaseBased {
            if !self.check_quorum {
                return Err(OptionsError::LeaseWithoutCheckQuorum);
            }
            let drift = self.clock_drift_permille;
            if drift >= 1000 {
                return Err(OptionsError::DriftTooLarge { drift });
            }
        }
        Ok(())
    }

    /// For how many ticks after a quorum was known to follow a leader may answer reads by
    /// itself: the election timeout, shortened by what the clocks may differ.
    pub fn lease_ticks(&self) -> u64 {
        let drift = self
            .election_timeout
            .saturating_mul(self.clock_drift_permille);
        self.election_timeout.saturating_sub(drift.div_ceil(1000))
    }

    /// Whether a node asks before it campaigns: the option, unless the rule is switched off.
    pub(super) fn asks_first(&self) -> bool {
        self.pre_vote && self.rules.on(Rule::PreVote)
    }
}

/// Options that do not fit together.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum OptionsError {
    /// `heartbeat_interval` is 0.
    #[error(
        "the heartbeat interval must be at least 1 tick: a leader that sends no heartbeats is deposed at once"
    )]
    NoHeartbeat,
    /// The followers would lose patience between two heartbeats.
    #[error(
        "the heartbeat interval ({heartbeat_interval} ticks) must be shorter than the election timeout ({election_timeout} ticks): otherwise followers campaign against a healthy leader between two heartbeats"
    )]
    HeartbeatTooSlow {
        /// The chosen heartbeat interval.
        heartbeat_interval: u64,
        /// The chosen election timeout.
        election_timeout: u64,
    },
    /// No timeout lies in the range.
    #[error(
        "the election timeouts are drawn from {election_timeout} up to, but not including, {election_timeout_max} ticks, and that range is empty: make the second number larger"
    )]
    EmptyRange {
        /// The lower end, included.
        election_timeout: u64,
        /// The upper end, excluded.
        election_timeout_max: u64,
    },
    /// `max_inflight_messages` is 0.
    #[error(
        "at least one message must be allowed in flight to a follower: otherwise nothing is ever replicated"
    )]
    NothingInFlight,
    /// Leases rest on the loyalty that CheckQuorum enforces.
    #[error(
        "lease-based reads need check_quorum: without it voters promise nothing, and another leader may exist while the lease runs"
    )]
    LeaseWithoutCheckQuorum,
    /// The lease would have no length.
    #[error(
        "the clock drift bound ({drift} thousandths) must be below 1000: otherwise no lease is left"
    )]
    DriftTooLarge {
        /// The chosen bound.
        drift: u64,
    },
    /// `NodeId(0)` stands for nobody.
    #[error("a node's id must not be 0: in etcd's formats 0 stands for nobody")]
    NoId,
    /// What was found on disk is not a log.
    #[error("what is stored on disk is not a valid Raft state: {0}")]
    Stored(&'static str),
}
