//! What comes out of a node, and what its driver reports back about it.

use super::{Node, RoleState};
use crate::raft::image::Image;
use crate::raft::message::{Envelope, Message};
use crate::raft::ready::{Event, ReadState, Ready, SoftState, Write, WriteDone};
use crate::raft::types::{HardState, Index, NodeId, Snapshot, Stored, Term};
use std::sync::Arc;
use thiserror::Error;

/// Everything that waits for the next `Ready`.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    messages: Vec<Envelope>,
    /// To be sent when everything that the node knows now is durable.
    after_sync: Vec<Envelope>,
    /// The same for answers that found nothing to be written: they wait for an earlier write,
    /// the one with this number.
    waiting: Vec<(u64, Envelope)>,
    pub reads: Vec<ReadState>,
    events: Vec<Event>,
    /// What the driver was told last.
    soft_state: SoftState,
    /// What the disk was told last.
    hard_state: HardState,
}

impl Outbox {
    pub fn new(hard_state: HardState) -> Outbox {
        Outbox {
            messages: Vec::new(),
            after_sync: Vec::new(),
            waiting: Vec::new(),
            reads: Vec::new(),
            events: Vec::new(),
            soft_state: SoftState::default(),
            hard_state,
        }
    }

    pub fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    pub fn send(&mut self, from: NodeId, to: NodeId, term: Term, message: Message) {
        let term = Some(term);
        self.messages.push(Envelope {
            from,
            to,
            term,
            message,
        });
    }

    pub fn send_after_sync(&mut self, from: NodeId, to: NodeId, term: Term, message: Message) {
        let term = Some(term);
        self.after_sync.push(Envelope {
            from,
            to,
            term,
            message,
        });
    }
}

/// Exchanges what is in a list for the news.
fn refill<T>(list: &mut Vec<T>, news: &mut Vec<T>) {
    list.clear();
    std::mem::swap(list, news);
}

/// Why a log was not compacted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum CompactError {
    /// A snapshot holds what is applied.
    #[error("index {index} is not applied yet (the last applied one is {applied})")]
    NotApplied {
        /// The wanted index.
        index: Index,
        /// The last applied one.
        applied: Index,
    },
    /// The latest snapshot is not older.
    #[error("there is a snapshot at index {snapshot} already")]
    Older {
        /// Its index.
        snapshot: Index,
    },
}

impl Node {
    /// Whether [`Node::ready`] can bring anything. `false` is certain; a leader that has progress to
    /// look at says `true`, and may find that nothing is to be sent.
    pub fn has_ready(&self) -> bool {
        let out = &self.out;
        // The most frequent reason comes first.
        if !out.events.is_empty() {
            return true;
        }
        let leader_has = match &self.role {
            RoleState::Leader(leader) => leader.dirty || leader.reads.round_due,
            _ => false,
        };
        leader_has
            || !out.messages.is_empty()
            || !out.after_sync.is_empty()
            || !out.reads.is_empty()
            || self.must_write()
            || self.log.to_apply(self.rules()).is_some()
            || self.soft_state() != out.soft_state
    }

    /// Everything that has become due since the last call. The driver must carry it out, see
    /// [`Ready`].
    pub fn ready(&mut self) -> Ready {
        let mut ready = Ready::default();
        self.ready_into(&mut ready);
        ready
    }

    /// [`Node::ready`] for a driver that keeps one [`Ready`] for its room: what is left in it from the last time is
    /// dropped.
    pub fn ready_into(&mut self, ready: &mut Ready) {
        self.replicate();
        self.confirm_reads();
        let soft_state = self.soft_state();
        ready.soft_state = (soft_state != self.out.soft_state).then_some(soft_state);
        self.out.soft_state = soft_state;
        ready.write = self.next_write();
        ready.snapshot = (ready.write.as_ref()).and_then(|write| write.snapshot.clone());
        refill(&mut ready.messages, &mut self.out.messages);
        refill(&mut ready.reads, &mut self.out.reads);
        refill(&mut ready.events, &mut self.out.events);
        ready.committed.clear();
        self.log
            .take_committed(self.options.rules, &mut ready.committed);
    }

    /// See [`Stored::share_log`].
    pub fn share_log(&mut self, other: &Stored) {
        self.log.share_with(other);
    }

    /// A write is durable, and so are all before it.
    pub fn stored(&mut self, done: WriteDone) {
        let out = &mut self.out;
        // Answers that waited for this write can go.
        let due = out.waiting.iter().take_while(|(n, _)| *n <= done.number);
        let due = due.count();
        let due = out.waiting.drain(..due).map(|(_, envelope)| envelope);
        out.messages.extend(due);
        if self.log.finish_write(done.number) {
            let last = self.log.stored();
            self.out.event(Event::Stored { last });
        }
        self.count_own_vote(done.term);
        self.advance_own_match();
    }

    /// Whether so many entries were applied since the latest snapshot that the options want
    /// another one.
    pub fn snapshot_due(&self) -> bool {
        let behind = self.log.applied().0 - self.snapshot_index().0;
        behind >= self.options.compaction_distance
    }

    /// Takes a snapshot: `data` is the state machine at `index`, which must be applied. The log
    /// before it is dropped, but for the tail that [`Options`](crate::raft::Options) name.
    ///
    /// # Errors
    /// Why this cannot be done.
    pub fn compact(&mut self, index: Index, data: Image) -> Result<(), CompactError> {
        let applied = self.log.applied();
        // What is not durable yet will not survive the snapshot that stands for it.
        let (applied, snapshot) = (applied.min(self.log.stored()), self.snapshot_index());
        if index > applied {
            return Err(CompactError::NotApplied { index, applied });
        }
        if index <= snapshot {
            return Err(CompactError::Older { snapshot });
        }
        let snapshot = Snapshot {
            index,
            term: self.log.term_at(index).expect("applied entries are here"),
            conf: self.conf_at(index),
            data,
        };
        self.log
            .compact(Arc::new(snapshot), self.options.compaction_tail);
        self.out.event(Event::Compacted { index });
        Ok(())
    }

    /// Reads that arrived since the last `Ready` are confirmed by one round.
    fn confirm_reads(&mut self) {
        if let RoleState::Leader(leader) = &self.role
            && leader.reads.round_due
        {
            self.send_heartbeats();
        }
    }

    /// Whether there is something that must be made durable. The commit index alone is no
    /// reason: it goes with the next write, and is learned again if that never comes.
    fn must_write(&self) -> bool {
        let known = &self.out.hard_state;
        self.log.has_unwritten() || known.term != self.term || known.vote != self.vote
    }

    fn next_write(&mut self) -> Option<Write> {
        if !self.must_write() {
            self.release_answers();
            return None;
        }
        let hard_state = self.hard_state();
        let changed = hard_state != self.out.hard_state;
        self.out.hard_state = hard_state;
        let snapshot = self.log.take_snapshot();
        let compaction = self.log.take_compaction();
        let index = snapshot.as_ref().map(|snapshot| snapshot.index);
        let (entries, done) = self.log.begin_write(hard_state, index);
        Some(Write {
            hard_state: changed.then_some(hard_state),
            snapshot,
            entries,
            compaction,
            after_sync: std::mem::take(&mut self.out.after_sync),
            done,
        })
    }

    /// Answers that promise nothing new go at once, unless what they promise is still on its way
    /// to the disk.
    fn release_answers(&mut self) {
        let answers = self.out.after_sync.drain(..);
        match self.log.last_in_flight() {
            None => self.out.messages.extend(answers),
            Some(number) => self.out.waiting.extend(answers.map(|a| (number, a))),
        }
    }

    /// Sends a message in the present term.
    pub(super) fn send(&mut self, to: NodeId, message: Message) {
        self.out.send(self.id, to, self.term, message);
    }

    /// Passes a request on to the leader, whatever its term.
    pub(super) fn forward(&mut self, to: NodeId, message: Message) {
        self.out.messages.push(Envelope {
            from: self.id,
            to,
            term: None,
            message,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::{ConfState, Options};
    use rand_pcg::Pcg32;

    #[test]
    fn what_is_left_in_a_kept_ready_is_neither_told_nor_sent_again() {
        let stored = Stored::new(ConfState::voters((1..=3).map(NodeId)));
        let node = Node::new(NodeId(1), Options::default(), stored, Pcg32::new(1, 1));
        let mut node = node.expect("an empty disk is valid");
        let (mut twin, mut kept) = (node.clone(), Ready::default());
        for round in 0..3 {
            node.campaign();
            twin.campaign();
            node.ready_into(&mut kept);
            assert_eq!(kept, twin.ready(), "round {round}");
            assert!(!kept.messages.is_empty() && !kept.events.is_empty());
        }
    }
}
