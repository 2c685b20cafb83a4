//! Linearizable reads without a log entry (dissertation §6.4).
//!
//! A read must see everything that was committed before it began. The leader knows an index that
//! is high enough, its commit index, provided that (a) an entry of its own term is committed, so
//! that it knows what its predecessors committed, and (b) it still leads. For (b) it asks a
//! quorum by a round of heartbeats that begins after the read arrived, or relies on its lease.
//! Whoever asked may answer as soon as it has applied that index.

use super::{Node, RoleState};
use crate::raft::electorate::VoteResult;
use crate::raft::message::{Message, ReadContext, ReadRound};
use crate::raft::options::ReadMode;
use crate::raft::ready::{DropReason, Event, ReadState};
use crate::raft::rules::Rule;
use crate::raft::types::{Index, NodeId};
use std::collections::VecDeque;

/// The reads that a leader cannot answer yet.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadQueue {
    /// They arrived before an entry of the leader's term was committed.
    waiting: Vec<ReadContext>,
    /// They wait for a quorum to confirm the leader, in the order in which they arrived.
    asked: VecDeque<AskedRead>,
    /// A round of heartbeats is due.
    pub round_due: bool,
    /// The latest round that has a number.
    round: u64,
}

#[derive(Clone, Debug)]
struct AskedRead {
    read: ReadContext,
    /// The commit index when the read arrived.
    index: Index,
    /// The first round that began after the read arrived.
    round: ReadRound,
    /// Who confirmed it.
    confirmed: Vec<NodeId>,
}

impl ReadQueue {
    /// The round of the read that arrived last. Whoever answers it confirms all reads that
    /// arrived before.
    pub fn latest_round(&self) -> Option<ReadRound> {
        self.asked.back().map(|asked| asked.round)
    }

    /// A read that is asked for again while it waits gets no second place, but its round is told
    /// again.
    fn ask(&mut self, read: ReadContext, index: Index) {
        self.round_due = true;
        if self.asked.iter().all(|asked| asked.read != read) {
            self.round += 1;
            self.asked.push_back(AskedRead {
                read,
                index,
                round: ReadRound(self.round),
                confirmed: Vec::new(),
            });
        }
    }
}

impl Node {
    /// Asks from which index on the application may answer a read. The answer is a
    /// [`ReadState`] with the same number in some later `Ready`; it may get lost on the way to
    /// or from the leader, so ask again after a while. A number must never be used for two
    /// reads, not even across restarts.
    ///
    /// # Errors
    /// [`DropReason::NoLeader`] if there is nobody to ask.
    pub fn read_index(&mut self, id: u64) -> Result<(), DropReason> {
        let read = ReadContext { node: self.id, id };
        if matches!(self.role, RoleState::Leader(_)) {
            self.handle_read_request(read);
            return Ok(());
        }
        let leader = self.leader.ok_or(DropReason::NoLeader)?;
        self.forward(leader, Message::ReadIndexRequest { read });
        Ok(())
    }

    /// Somebody wants to read.
    pub(super) fn handle_read_request(&mut self, read: ReadContext) {
        let own_term_committed = self.own_term_committed();
        let rules = self.options.rules;
        let lease = self.lease_holds();
        let alone = self.electorate().is_only(self.id);
        let commit = self.log.committed();
        let RoleState::Leader(leader) = &mut self.role else {
            let reason = DropReason::NoLeader;
            return self.out.event(Event::Dropped { reason });
        };
        if !rules.may_read(own_term_committed) {
            if !leader.reads.waiting.contains(&read) {
                leader.reads.waiting.push(read);
                self.out.event(Event::ReadWaits { read });
            }
        } else if alone || lease || !rules.on(Rule::ReadFreshRound) {
            self.answer_read(read, commit);
        } else {
            leader.reads.ask(read, commit);
            self.out.event(Event::ReadWaits { read });
        }
    }

    /// An entry of the leader's term is committed: reads that waited for it can go on.
    pub(super) fn admit_waiting_reads(&mut self) {
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        if leader.reads.waiting.is_empty() {
            return;
        }
        for read in std::mem::take(&mut leader.reads.waiting) {
            self.handle_read_request(read);
        }
    }

    /// A follower answered a heartbeat of this round: every read that arrived before is confirmed
    /// by it.
    pub(super) fn confirm_reads_of(&mut self, from: NodeId, round: ReadRound) {
        let own = self.id;
        let electorate = self.options.rules.electorate(&self.conf);
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        let reads = &mut leader.reads.asked;
        let Some(place) = reads.iter().position(|asked| asked.round == round) else {
            return;
        };
        let confirmed = &mut reads[place].confirmed;
        if !confirmed.contains(&from) {
            confirmed.push(from);
        }
        let answer = |id: NodeId| (id == own || confirmed.contains(&id)).then_some(true);
        if electorate.vote_result(answer) != VoteResult::Won {
            return;
        }
        let confirmed: Vec<AskedRead> = reads.drain(..=place).collect();
        for asked in confirmed {
            self.answer_read(asked.read, asked.index);
        }
    }

    /// The leader confirmed a read of this member.
    pub(super) fn handle_read_response(&mut self, read: ReadContext, index: Index) {
        if read.node == self.id {
            self.answer_read(read, index);
        }
    }

    fn answer_read(&mut self, read: ReadContext, index: Index) {
        self.out.event(Event::ReadConfirmed { read, index });
        if read.node == self.id {
            self.out.reads.push(ReadState { read, index });
        } else {
            self.send(read.node, Message::ReadIndexResponse { read, index });
        }
    }

    /// Whether a quorum has promised not to elect anybody else before now.
    fn lease_holds(&self) -> bool {
        let RoleState::Leader(leader) = &self.role else {
            return false;
        };
        if self.options.read_mode != ReadMode::LeaseBased {
            return false;
        }
        let clock = self.timers.clock;
        let confirmed = |id| {
            if id == self.id {
                return Some(clock);
            }
            leader.progress(id).and_then(|p| p.confirmed_at)
        };
        let confirmed_at = self.electorate().reached(confirmed).flatten();
        (self.options.rules).lease_holds(&self.options, confirmed_at, clock, leader.transferred)
    }
}
