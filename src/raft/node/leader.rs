//! Leading: the state that only a leader has, proposals, and what is committed (paper §5.3,
//! §5.4.2).

use super::reads::ReadQueue;
use super::{Node, RoleState};
use crate::raft::message::Message;
use crate::raft::progress::Progress;
use crate::raft::ready::{ConfChangeRefusal, DropReason, Event, RoleReason};
use crate::raft::rules::Rule;
use crate::raft::types::{ConfChange, Entry, Index, NodeId, Payload};
use bytes::Bytes;

/// What only a leader has.
#[derive(Clone, Debug)]
pub(super) struct Leader {
    /// What is known of each member's log, the leader's own included, sorted by id.
    pub progress: Vec<(NodeId, Progress)>,
    /// A membership change may be found in the log up to here.
    pub pending_change: Index,
    /// The payload bytes of entries of this term that are not committed yet.
    pub uncommitted_bytes: u64,
    /// Who shall take over.
    pub transfer: Option<NodeId>,
    /// Somebody was told in this term to take over. It may follow the order late, so there is no
    /// lease any more.
    pub transferred: bool,
    pub reads: ReadQueue,
    /// There may be something to send to the followers.
    pub dirty: bool,
}

impl Leader {
    pub fn progress(&self, id: NodeId) -> Option<&Progress> {
        Some(&self.progress[self.place_of(id)?].1)
    }

    pub fn progress_mut(&mut self, id: NodeId) -> Option<&mut Progress> {
        let place = self.place_of(id)?;
        Some(&mut self.progress[place].1)
    }

    pub fn place_of(&self, id: NodeId) -> Option<usize> {
        // Ids mostly count from 1.
        let place = id.0.wrapping_sub(1) as usize;
        match self.progress.get(place) {
            Some((found, _)) if *found == id => Some(place),
            _ => {
                let place = self.progress.binary_search_by_key(&id, |(id, _)| *id);
                place.ok()
            }
        }
    }
}

// The beginning.

impl Node {
    /// Leads the term in which it campaigned.
    pub(super) fn become_leader(&mut self) {
        let last = self.log.last_index();
        self.enter_term(self.term);
        self.leader = Some(self.id);
        let members = self.conf.members();
        let fresh = |id| {
            let mut progress = Progress::new(last.next());
            if id == self.id {
                // The leader has its own log at hand: the progress tells how far it is durable.
                progress.become_replicate();
                progress.recent_active = true;
            }
            (id, progress)
        };
        let progress = members.into_iter().map(fresh).collect();
        self.role = RoleState::Leader(Box::new(Leader {
            progress,
            // There may be a change anywhere in what is not applied yet; to look for it would
            // gain little.
            pending_change: last,
            uncommitted_bytes: 0,
            transfer: None,
            transferred: false,
            reads: ReadQueue::default(),
            dirty: true,
        }));
        self.report_role(RoleReason::ElectionWon);
        if self.rules().on(Rule::NoopAtStart) {
            self.append([Payload::Noop]);
        }
        self.advance_own_match();
    }
}

// Proposals.

impl Node {
    /// Proposes a command; a follower passes it on to the leader. Nothing is promised: the
    /// command is chosen when it comes back through
    /// [`Ready::committed`](crate::raft::Ready::committed).
    ///
    /// # Errors
    /// Why the command was dropped here. (One that was passed on may still be dropped there.)
    pub fn propose(&mut self, data: Bytes) -> Result<(), DropReason> {
        self.propose_payload(Payload::Command(data))
    }

    /// Proposes a membership change; a follower passes it on to the leader.
    ///
    /// # Errors
    /// Why the leader refused it. (One that was passed on may still be refused there.)
    pub fn propose_conf_change(&mut self, change: ConfChange) -> Result<(), ConfChangeRefusal> {
        if matches!(self.role, RoleState::Leader(_)) {
            self.check_change(&change)?;
        }
        self.propose_payload(Payload::ConfChange(Box::new(change)))
            .map_err(ConfChangeRefusal::Dropped)
    }

    fn propose_payload(&mut self, payload: Payload) -> Result<(), DropReason> {
        if matches!(self.role, RoleState::Leader(_)) {
            return self.propose_as_leader(payload);
        }
        let leader = self.leader.ok_or(DropReason::NoLeader)?;
        if !self.options.forward_proposals {
            return Err(DropReason::ForwardingDisabled);
        }
        let entry = Entry {
            term: Default::default(),
            index: Default::default(),
            payload,
        };
        let entries = [entry].into();
        self.forward(leader, Message::Propose { entries });
        Ok(())
    }

    fn propose_as_leader(&mut self, payload: Payload) -> Result<(), DropReason> {
        let max = self.options.max_uncommitted_bytes;
        let is_member = self.conf.is_member(self.id);
        let RoleState::Leader(leader) = &mut self.role else {
            return Err(DropReason::NoLeader);
        };
        if !is_member {
            return Err(DropReason::NotAVoter);
        }
        if leader.transfer.is_some() {
            return Err(DropReason::Transferring);
        }
        let bytes = payload.bytes();
        let total = leader.uncommitted_bytes.saturating_add(bytes);
        // One command may be as large as it likes, and an empty one is always let through.
        if bytes > 0 && leader.uncommitted_bytes > 0 && total > max {
            return Err(DropReason::TooMuchUncommitted);
        }
        self.append([payload]);
        Ok(())
    }

    /// Commands that a follower passed on.
    pub(super) fn handle_propose(&mut self, from: NodeId, entries: &[Entry]) {
        if from == NodeId(0) {
            return;
        }
        for entry in entries {
            let payload = entry.payload.clone();
            if let Payload::ConfChange(change) = payload {
                if let Err(reason) = self.propose_conf_change(*change) {
                    self.out.event(Event::ConfChangeRefused { reason });
                }
            } else if let Err(reason) = self.propose_payload(payload) {
                self.out.event(Event::Dropped { reason });
            }
        }
    }

    /// Puts new entries into the leader's own log. They are sent when the driver asks for the
    /// next `Ready`, together with whatever was proposed until then.
    pub(super) fn append(&mut self, payloads: impl IntoIterator<Item = Payload>) {
        let first = self.log.last_index().next();
        for payload in payloads {
            let index = self.log.last_index().next();
            let RoleState::Leader(leader) = &mut self.role else {
                return;
            };
            if matches!(payload, Payload::ConfChange(_)) {
                leader.pending_change = index;
            }
            leader.uncommitted_bytes = leader.uncommitted_bytes.saturating_add(payload.bytes());
            leader.dirty = true;
            let entry = Entry {
                term: self.term,
                index,
                payload,
            };
            self.take_conf_early(&entry);
            self.log.push(entry);
        }
        let last = self.log.last_index();
        self.out.event(Event::Appended { first, last });
        self.advance_own_match();
    }
}

// Commits.

impl Node {
    /// The leader counts itself for what is durable on its own disk.
    pub(super) fn advance_own_match(&mut self) {
        let durable = if self.rules().on(Rule::DurableAck) {
            self.log.stored()
        } else {
            self.log.last_index()
        };
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        let Some(own) = leader.progress_mut(self.id) else {
            return;
        };
        if own.matched(durable, false) {
            self.out.event(Event::Matched {
                node: self.id,
                match_index: durable,
            });
            self.maybe_commit();
        }
    }

    /// Commits what is stored on a quorum, if it is of the leader's own term (paper §5.4.2).
    pub(super) fn maybe_commit(&mut self) -> bool {
        let RoleState::Leader(leader) = &self.role else {
            return false;
        };
        let matched = |id| leader.progress(id).map_or(Index(0), |p| p.match_index);
        let Some(index) = self.electorate().reached(matched) else {
            return false;
        };
        let before = self.log.committed();
        if index <= before
            || !(self.rules()).may_commit_by_counting(self.log.term_at(index), self.term)
            || !self.commit_to(index)
        {
            return false;
        }
        self.release_bytes(before);
        self.admit_waiting_reads();
        true
    }

    /// What is committed does not count against the limit any more.
    fn release_bytes(&mut self, committed_before: Index) {
        let newly = committed_before.next()..=self.log.committed();
        let own = |entry: &&Entry| entry.term == self.term;
        let bytes: u64 = (self.log.range(newly).filter(own))
            .map(|entry| entry.payload.bytes())
            .sum();
        if let RoleState::Leader(leader) = &mut self.role {
            leader.uncommitted_bytes = leader.uncommitted_bytes.saturating_sub(bytes);
            leader.dirty = true;
        }
    }
}
