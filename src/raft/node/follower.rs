//! What a follower does with its leader's messages (paper §5.3, Figure 2 and Figure 13).

use super::Node;
use crate::raft::message::{Message, ReadRound};
use crate::raft::ready::{Event, Nonsense};
use crate::raft::rules::Rule;
use crate::raft::types::{Entry, Index, NodeId, Snapshot, Term};
use std::sync::Arc;

impl Node {
    /// AppendEntries.
    pub(super) fn handle_append(
        &mut self,
        from: NodeId,
        prev_index: Index,
        prev_term: Term,
        entries: &Arc<[Entry]>,
        commit: Index,
    ) {
        if !is_well_formed(prev_index, prev_term, entries, self.term) {
            return self.nonsense(from, Nonsense::Malformed);
        }
        if self.is_blank() {
            return self.refuse_append(from, Index(0), Term(0));
        }
        // What is committed agrees with every leader, so nothing before it needs to be looked at.
        if prev_index < self.log.committed() {
            return self.acknowledge(from, self.log.committed());
        }
        if !self
            .rules()
            .may_attach(self.log.term_at(prev_index), prev_term)
        {
            return self.refuse_append(from, prev_index, prev_term);
        }
        let matched = Index(prev_index.0 + entries.len() as u64);
        self.take_entries(from, entries, matched);
        let last = self.log.last_index();
        let commit = self.rules().commit_of_follower(commit, matched, last);
        self.commit_to(commit);
        self.acknowledge(from, matched);
    }

    /// Stores the entries that are not there yet, after cutting off what conflicts with them.
    /// They attach behind what is committed, so nothing committed is ever cut off.
    fn take_entries(&mut self, from: NodeId, entries: &Arc<[Entry]>, matched: Index) {
        let agrees = |entry: &&Entry| self.log.term_at(entry.index) == Some(entry.term);
        let agree = entries.iter().take_while(agrees).count();
        if self.rules().keeps_agreeing(agree, entries.len()) {
            return;
        }
        let last = self.log.last_index();
        let cut = Index(matched.0 - (entries.len() - agree) as u64).next();
        if cut <= last {
            self.log.truncate_from(cut);
            self.out.event(Event::Truncated {
                from: cut,
                to: last,
            });
        }
        for entry in &entries[agree..] {
            self.log.push(entry.clone());
            self.take_conf_early(entry);
        }
        if agree < entries.len() {
            self.out.event(Event::Accepted {
                leader: from,
                last: matched,
            });
        }
        if agree == 0 {
            self.log.has_at_hand(entries.clone());
        }
    }

    /// Tells the leader up to where the logs agree, once that is durable.
    fn acknowledge(&mut self, to: NodeId, match_index: Index) {
        let message = Message::AppendAccepted { match_index };
        if self.rules().on(Rule::DurableAck) {
            self.out.send_after_sync(self.id, to, self.term, message);
        } else {
            self.send(to, message);
        }
    }

    /// Tells the leader that the entry before the sent ones is missing or another one, and where
    /// the logs may agree: at the last entry whose term is not above the one that the leader has
    /// there. A whole run of entries of foreign terms is skipped at once.
    fn refuse_append(&mut self, to: NodeId, prev_index: Index, prev_term: Term) {
        let (hint_index, hint_term) = self.log.last_with_term_up_to(prev_index, prev_term);
        self.out.event(Event::AppendRefused {
            leader: to,
            prev_index,
        });
        let message = Message::AppendRejected {
            prev_index,
            hint_index,
            hint_term,
        };
        self.send(to, message);
    }

    /// The leader still leads.
    pub(super) fn handle_heartbeat(
        &mut self,
        from: NodeId,
        commit: Index,
        round: Option<ReadRound>,
        sent_at: u64,
    ) {
        // An honest leader tells no commit index beyond what it knows this member to have.
        self.commit_to(commit.min(self.log.last_index()));
        self.send(from, Message::HeartbeatResponse { round, sent_at });
    }

    /// InstallSnapshot.
    pub(super) fn handle_snapshot(&mut self, from: NodeId, snapshot: Arc<Snapshot>) {
        let (index, term) = (snapshot.index, snapshot.term);
        // No run lasts for half of all indexes; the log needs room behind the snapshot.
        if term > self.term || index.0 > u64::MAX / 2 {
            return self.nonsense(from, Nonsense::Malformed);
        }
        if !self.is_blank() && !self.rules().may_restore(index, self.log.committed()) {
            return self.acknowledge(from, self.log.committed());
        }
        let has_all = self.log.term_at(index) == Some(term);
        if has_all && !self.is_blank() && self.rules().on(Rule::SnapshotOnlyNewer) {
            // The log has all of it already: only the commit index is news.
            self.commit_to(index);
            return self.acknowledge(from, index);
        }
        self.conf = snapshot.conf.clone();
        self.log.restore(snapshot);
        self.out.event(Event::SnapshotRestored { index, term });
        let conf = self.conf.clone().into();
        self.out.event(Event::ConfChanged { conf });
        self.acknowledge(from, index);
    }

    /// Whether this is a new member that does not know yet what cluster it belongs to. Its log is
    /// empty, but it does not begin where the others' logs do: it lacks the configuration before
    /// the first entry, to which the changes in the log refer. So it takes no entries before it
    /// got a snapshot.
    fn is_blank(&self) -> bool {
        self.conf.voters.is_empty()
    }

    /// Moves the commit index, if it may move there.
    pub(super) fn commit_to(&mut self, index: Index) -> bool {
        let rules = self.rules();
        let moved = self.log.commit_to(index, rules);
        if moved {
            self.out.event(Event::Committed { index });
        }
        moved
    }
}

/// Whether an honest leader of this term could have sent these entries.
fn is_well_formed(prev_index: Index, prev_term: Term, entries: &[Entry], term: Term) -> bool {
    let mut previous = (prev_index, prev_term);
    for entry in entries {
        let contiguous = previous.0.0.checked_add(1) == Some(entry.index.0);
        if !contiguous || entry.term < previous.1 {
            return false;
        }
        previous = (entry.index, entry.term);
    }
    previous.1 <= term
}
