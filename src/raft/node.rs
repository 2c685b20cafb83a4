//! One member of a cluster: the state machine that is Raft.

mod conf;
mod election;
mod follower;
mod leader;
mod output;
mod reads;
mod replication;
mod step;
mod timer;
mod transfer;

pub use output::CompactError;
pub use timer::Timer;

use super::electorate::Electorate;
use super::log::Log;
use super::message::VoteVerdict;
use super::options::{Options, OptionsError};
use super::progress::Progress;
use super::ready::{Event, Role, RoleReason, SoftState};
use super::rules::Rules;
use super::types::{ConfState, Entry, HardState, Index, NodeId, Snapshot, Stored, Term};
use leader::Leader;
use output::Outbox;
use rand_pcg::Pcg32;
use std::ops::RangeBounds;
use std::sync::Arc;

/// A member of a cluster.
///
/// Time, messages and requests go in; what is to be done comes out as a
/// [`Ready`](super::ready::Ready), which lists the driver's duties. A node does nothing by
/// itself. Clones share the log, so that a checkpoint costs little.
#[derive(Clone, Debug)]
pub struct Node {
    id: NodeId,
    options: Options,
    rng: Pcg32,
    term: Term,
    vote: Option<NodeId>,
    log: Log,
    /// The configuration in force: that of the last applied change.
    conf: ConfState,
    role: RoleState,
    /// The leader of the term, as far as known.
    leader: Option<NodeId>,
    /// The node has been running before, as far as its disk knows.
    restarted: bool,
    timers: timer::Timers,
    out: Outbox,
}

/// The role, with what belongs to it alone.
#[derive(Clone, Debug)]
enum RoleState {
    Follower,
    PreCandidate(Answers),
    Candidate(Answers),
    Leader(Box<Leader>),
}

/// The answers that a (pre-)candidate has counted, each voter's first one.
type Answers = Vec<(NodeId, VoteVerdict)>;

/// What a (pre-)candidate got from a voter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ballot {
    /// The vote.
    Granted,
    /// A refusal.
    Refused,
}

impl Node {
    /// A member that starts, for the first time or again, as a follower, from what its disk
    /// holds. All its random choices come from `rng`.
    ///
    /// # Errors
    /// Options that do not fit together, or a disk that holds no valid state.
    pub fn new(
        id: NodeId,
        options: Options,
        stored: Stored,
        rng: Pcg32,
    ) -> Result<Node, OptionsError> {
        options.validate()?;
        if id == NodeId(0) {
            return Err(OptionsError::NoId);
        }
        let hard_state = stored.hard_state;
        let conf = stored.snapshot.conf.clone();
        let log = Log::new(stored).map_err(OptionsError::Stored)?;
        let mut node = Node {
            id,
            rng,
            term: hard_state.term,
            vote: hard_state.vote,
            conf,
            role: RoleState::Follower,
            leader: None,
            restarted: hard_state.term > Term(0),
            timers: timer::Timers::default(),
            out: Outbox::new(hard_state),
            options,
            log,
        };
        node.conf = node.conf_at(node.log.applied());
        node.draw_timeout();
        node.out.event(Event::RoleChanged {
            role: Role::Follower,
            term: node.term,
            leader: None,
            reason: RoleReason::Started,
        });
        Ok(node)
    }

    /// Its identity.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// How it behaves.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The latest term that it has seen.
    pub fn term(&self) -> Term {
        self.term
    }

    /// Whom it voted for in its term.
    pub fn vote(&self) -> Option<NodeId> {
        self.vote
    }

    /// Its role.
    pub fn role(&self) -> Role {
        match self.role {
            RoleState::Follower => Role::Follower,
            RoleState::PreCandidate(_) => Role::PreCandidate,
            RoleState::Candidate(_) => Role::Candidate,
            RoleState::Leader(_) => Role::Leader,
        }
    }

    /// The leader of its term, as far as it knows.
    pub fn leader(&self) -> Option<NodeId> {
        self.leader
    }

    /// Role and leader.
    pub fn soft_state(&self) -> SoftState {
        SoftState {
            role: self.role(),
            leader: self.leader,
        }
    }

    /// Term, vote and commit index as they are now (perhaps not on the disk yet).
    pub fn hard_state(&self) -> HardState {
        HardState {
            term: self.term,
            vote: self.vote,
            commit: self.log.committed(),
        }
    }

    /// The last entry known to be committed.
    pub fn commit_index(&self) -> Index {
        self.log.committed()
    }

    /// The last entry that the application has applied.
    pub fn applied_index(&self) -> Index {
        self.log.applied()
    }

    /// The last entry that is durable on this member's disk.
    pub fn stored_index(&self) -> Index {
        self.log.stored()
    }

    /// The first entry that is kept.
    pub fn first_index(&self) -> Index {
        self.log.first_index()
    }

    /// The last entry of the log; the snapshot's if there is none after it.
    pub fn last_index(&self) -> Index {
        self.log.last_index()
    }

    /// The latest snapshot; at index 0 if there was none.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        self.log.snapshot()
    }

    /// The last entry that the latest snapshot covers.
    pub fn snapshot_index(&self) -> Index {
        self.log.snapshot().index
    }

    /// The entry at the index, unless it is compacted or not there.
    pub fn entry(&self, index: Index) -> Option<&Entry> {
        self.log.entry(index)
    }

    /// The entries of a range, as far as they are there.
    pub fn entries(&self, range: impl RangeBounds<Index>) -> impl Iterator<Item = &Entry> + Clone {
        self.log.range(range)
    }

    /// The term of the entry at the index; also known for the one before the first.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        self.log.term_at(index)
    }

    /// The configuration in force.
    pub fn conf(&self) -> &ConfState {
        &self.conf
    }

    /// What this leader knows about a member's log; its own too. `None` on others than leaders.
    pub fn progress(&self, id: NodeId) -> Option<&Progress> {
        match &self.role {
            RoleState::Leader(leader) => leader.progress(id),
            _ => None,
        }
    }

    /// Who is to take over from this leader, while a transfer is under way.
    pub fn transfer_target(&self) -> Option<NodeId> {
        match &self.role {
            RoleState::Leader(leader) => leader.transfer,
            _ => None,
        }
    }

    /// What this (pre-)candidate has got from each voter so far; empty on others.
    pub fn ballots(&self) -> Vec<(NodeId, Option<Ballot>)> {
        let (RoleState::PreCandidate(answers) | RoleState::Candidate(answers)) = &self.role else {
            return Vec::new();
        };
        let ballot = |voter| {
            let (_, verdict) = answers.iter().find(|(id, _)| *id == voter)?;
            Some(match verdict {
                VoteVerdict::Granted => Ballot::Granted,
                VoteVerdict::Refused(_) => Ballot::Refused,
            })
        };
        let voters = self.electorate().voters();
        voters.into_iter().map(|id| (id, ballot(id))).collect()
    }

    fn rules(&self) -> Rules {
        self.options.rules
    }

    fn electorate(&self) -> Electorate<'_> {
        self.options.rules.electorate(&self.conf)
    }

    /// Whether an entry of the own term is committed, so that a leader knows what is.
    fn own_term_committed(&self) -> bool {
        self.log.term_at(self.log.committed()) == Some(self.term)
    }

    /// Whether the node may campaign: it is a voter, and its state is complete.
    fn is_promotable(&self) -> bool {
        self.conf.is_voter(self.id) && !self.log.has_pending_snapshot()
    }
}
