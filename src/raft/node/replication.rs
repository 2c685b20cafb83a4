//! Replication, seen from the leader: what the followers answer, and what they are sent (paper
//! §5.3).
//!
//! The handlers only note in [`Progress`] what they learned. What follows from it is decided in
//! one place, [`Node::replicate`], when the driver asks for the next `Ready`: so proposals and
//! commits that happen in between share messages.

use super::output::Outbox;
use super::{Node, RoleState};
use crate::raft::log::Log;
use crate::raft::message::{Message, ReadRound};
use crate::raft::options::Options;
use crate::raft::progress::{Progress, ProgressState};
use crate::raft::ready::{Event, Nonsense};
use crate::raft::rules::Rule;
use crate::raft::types::{Entry, Index, NodeId, Term};
use std::sync::Arc;

/// A follower that answers heartbeats, but not a snapshot that was sent so many election timeouts ago, is sent another one
/// (etcd's transport waits 5 s for an answer, with election timeouts of 1 s).
const SNAPSHOT_ELECTIONS: u64 = 5;

// Answers.

impl Node {
    /// A follower has everything up to `match_index`, durably.
    pub(super) fn handle_accepted(&mut self, from: NodeId, match_index: Index) {
        let may_go_back = !self.rules().on(Rule::MonotonicMatch);
        let first = self.log.first_index();
        let last = self.log.last_index();
        let Some((progress, dirty)) = self.progress_of(from) else {
            return;
        };
        if match_index > last {
            return self.nonsense(from, Nonsense::BeyondLog);
        }
        *dirty = true;
        let heard = progress.heard();
        let news = progress.matched(match_index, may_go_back);
        match progress.state {
            ProgressState::Probe { .. } if news || progress.match_index == match_index => {
                progress.become_replicate();
            }
            // The follower can go on from the log, whatever became of the snapshot.
            ProgressState::Snapshot { .. } if progress.match_index.next() >= first => {
                progress.become_probe();
                progress.become_replicate();
            }
            // It has the snapshot, but the log begins further on by now: it needs another one.
            ProgressState::Snapshot { index } if match_index >= index => progress.become_probe(),
            _ => {}
        }
        self.report_heard(from, heard);
        if !news {
            return;
        }
        self.out.event(Event::Matched {
            node: from,
            match_index,
        });
        // What is committed already cannot become committed by it.
        if match_index > self.log.committed() {
            self.maybe_commit();
        }
        self.maybe_time_out_target(from);
    }

    /// A follower's log does not agree at `prev_index`; it may at `hint_index`.
    ///
    /// The follower skipped its entries of terms above the one that it was asked about. The
    /// leader does the same with its own: where its log has a higher term than `hint_term`, the
    /// follower's cannot agree. Each refusal thus skips a whole term, and not one entry.
    pub(super) fn handle_rejected(
        &mut self,
        from: NodeId,
        prev_index: Index,
        hint_index: Index,
        hint_term: Term,
    ) {
        let hint = if hint_term > Term(0) {
            self.log.last_with_term_up_to(hint_index, hint_term).0
        } else {
            hint_index
        };
        let Some((progress, dirty)) = self.progress_of(from) else {
            return;
        };
        let heard = progress.heard();
        if progress.refused(prev_index, hint) {
            *dirty = true;
            let next_index = progress.next_index;
            self.out.event(Event::Mismatched {
                node: from,
                prev_index,
                next_index,
            });
        }
        self.report_heard(from, heard);
    }

    /// A follower still follows.
    pub(super) fn handle_heartbeat_response(
        &mut self,
        from: NodeId,
        round: Option<ReadRound>,
        sent_at: u64,
    ) {
        let last = self.log.last_index();
        let clock = self.timers.clock;
        let patience = SNAPSHOT_ELECTIONS.saturating_mul(self.options.election_timeout);
        let Some((progress, dirty)) = self.progress_of(from) else {
            return;
        };
        let heard = progress.heard();
        if matches!(progress.state, ProgressState::Snapshot { .. })
            && clock >= progress.snapshot_sent.saturating_add(patience)
        {
            progress.snapshot_lost();
        }
        progress.heard_heartbeat(progress.match_index < last);
        if sent_at <= clock {
            progress.confirmed_at = progress.confirmed_at.max(Some(sent_at));
        }
        *dirty = true;
        self.report_heard(from, heard);
        if let Some(round) = round {
            self.confirm_reads_of(from, round);
        }
    }

    /// The driver could not deliver a message. What was streamed may be lost: probe.
    pub fn report_unreachable(&mut self, id: NodeId) {
        if let Some((progress, dirty)) = self.progress_of(id)
            && matches!(progress.state, ProgressState::Replicate(_))
        {
            progress.become_probe();
            *dirty = true;
        }
    }

    /// The driver has sent a snapshot, or failed to. (It need not say so: a leader that hears nothing
    /// of a snapshot for a while sends another one.) Either way the follower is probed, after
    /// it was heard from again: it takes a while to take in a snapshot, and one that got lost
    /// should not be sent again in a hurry.
    pub fn report_snapshot(&mut self, id: NodeId, ok: bool) {
        if let Some((progress, _)) = self.progress_of(id)
            && matches!(progress.state, ProgressState::Snapshot { .. })
        {
            match ok {
                true => progress.become_probe(),
                false => progress.snapshot_lost(),
            }
            progress.state = ProgressState::Probe { waiting: true };
        }
    }

    fn report_heard(&mut self, node: NodeId, first: bool) {
        if first {
            self.out.event(Event::HeardFrom { node });
        }
    }

    /// The progress of a follower, and the leader's note that there may be something to send.
    fn progress_of(&mut self, id: NodeId) -> Option<(&mut Progress, &mut bool)> {
        if id == self.id {
            return None;
        }
        let RoleState::Leader(leader) = &mut self.role else {
            return None;
        };
        let place = leader.place_of(id)?;
        Some((&mut leader.progress[place].1, &mut leader.dirty))
    }
}

// Requests.

impl Node {
    /// Sends every follower what it may be sent.
    pub(super) fn replicate(&mut self) {
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        if !std::mem::take(&mut leader.dirty) {
            return;
        }
        let mut sender = Sender {
            id: self.id,
            term: self.term,
            now: self.timers.clock,
            options: &self.options,
            log: &self.log,
            out: &mut self.out,
            batch: None,
        };
        for (id, progress) in &mut leader.progress {
            if *id != sender.id {
                sender.serve(*id, progress);
            }
        }
        if let Some(batch) = sender.batch {
            self.log.has_at_hand(batch.entries);
        }
    }
}

/// Sends entries to one follower after the other.
struct Sender<'a> {
    id: NodeId,
    term: Term,
    /// The leader's clock.
    now: u64,
    options: &'a Options,
    log: &'a Log,
    out: &'a mut Outbox,
    /// The last batch, which the next follower will often need too.
    batch: Option<Batch>,
}

/// Entries on their way.
#[derive(Clone)]
struct Batch {
    first: Index,
    entries: Arc<[Entry]>,
    bytes: u64,
}

impl Sender<'_> {
    fn serve(&mut self, to: NodeId, progress: &mut Progress) {
        let options = self.options;
        let last = self.log.last_index();
        let may = |progress: &Progress| {
            progress.may_send_entries(options.max_inflight_messages, options.max_inflight_bytes)
        };
        match progress.state {
            ProgressState::Snapshot { .. } => {}
            ProgressState::Probe { .. } if progress.is_blank => self.send_snapshot(to, progress),
            ProgressState::Probe { .. } => {
                if may(progress) {
                    self.send(to, progress, true);
                }
            }
            ProgressState::Replicate(_) => {
                while progress.next_index <= last && may(progress) {
                    if !self.send(to, progress, true) {
                        return;
                    }
                }
                let known = self.log.committed().min(progress.next_index.prev());
                if progress.nudge || known > progress.sent_commit {
                    self.send(to, progress, false);
                }
            }
        }
    }

    /// Sends the next entries, or none, or a snapshot if they are compacted. Returns whether
    /// there may be more to send.
    fn send(&mut self, to: NodeId, progress: &mut Progress, with_entries: bool) -> bool {
        let prev_index = progress.next_index.prev();
        let Some(prev_term) = self.log.term_at(prev_index) else {
            self.send_snapshot(to, progress);
            return false;
        };
        let batch = if with_entries {
            self.batch_from(progress.next_index)
        } else {
            Batch {
                first: progress.next_index,
                entries: Arc::default(),
                bytes: 0,
            }
        };
        let commit = self.log.committed();
        let last = Index(prev_index.0 + batch.entries.len() as u64);
        progress.sent(last, batch.bytes, commit);
        let message = Message::AppendRequest {
            prev_index,
            prev_term,
            entries: batch.entries,
            commit,
        };
        self.out.send(self.id, to, self.term, message);
        true
    }

    /// The entries from `first` on that fit into one message.
    fn batch_from(&mut self, first: Index) -> Batch {
        if let Some(batch) = &self.batch
            && batch.first == first
        {
            return batch.clone();
        }
        let mut bytes = 0;
        let mut entries = Vec::with_capacity(1);
        for entry in self.log.range(first..) {
            let size = entry.payload.bytes();
            if !entries.is_empty() && bytes + size > self.options.max_bytes_per_message {
                break;
            }
            bytes += size;
            entries.push(entry.clone());
        }
        let batch = Batch {
            first,
            entries: entries.into(),
            bytes,
        };
        self.batch = Some(batch.clone());
        batch
    }

    /// Sends the latest snapshot to a follower that was heard from: to one that is gone it would
    /// only be lost.
    fn send_snapshot(&mut self, to: NodeId, progress: &mut Progress) {
        if !progress.recent_active {
            return;
        }
        let snapshot = self.log.snapshot().clone();
        progress.become_snapshot(snapshot.index);
        progress.snapshot_sent = self.now;
        self.out.event(Event::SnapshotSent {
            to,
            index: snapshot.index,
        });
        let message = Message::SnapshotRequest { snapshot };
        self.out.send(self.id, to, self.term, message);
    }
}
