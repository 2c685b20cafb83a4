//! What members say and learn.

use super::Checker;
use crate::raft::{Envelope, Event, Message, NodeId, Role, Term, VoteVerdict};

impl Checker {
    /// A member sent a message of Raft: it may speak as a leader, or give its vote.
    pub(super) fn says(&mut self, place: usize, envelope: &Envelope) {
        let seen = &mut self.members[place];
        let Some(term) = envelope.term else {
            return;
        };
        let vote = match &envelope.message {
            Message::AppendRequest { .. }
            | Message::Heartbeat { .. }
            | Message::SnapshotRequest { .. }
            | Message::TimeoutNow => {
                if seen.spoke != Some(term) {
                    seen.spoke = Some(term);
                    self.elections.leads(&mut self.report, seen.id, term);
                }
                return;
            }
            Message::VoteRequest { .. } => seen.id,
            Message::VoteResponse {
                verdict: VoteVerdict::Granted,
            } => envelope.to,
            _ => return,
        };
        self.voted(place, term, vote);
    }

    pub(super) fn voted(&mut self, place: usize, term: Term, candidate: NodeId) {
        let seen = &mut self.members[place];
        if seen.voted != Some((term, candidate)) {
            seen.voted = Some((term, candidate));
            self.votes.voted(&mut self.report, seen.id, term, candidate);
        }
    }

    pub(super) fn learned(&mut self, place: usize, event: &Event) {
        let seen = &mut self.members[place];
        match event {
            Event::RoleChanged {
                role: Role::Leader,
                term,
                ..
            } => self.elections.leads(&mut self.report, seen.id, *term),
            Event::SnapshotRestored { index, .. } => {
                seen.prefix = (*index, self.applied.prefix_at(*index));
            }
            _ => {}
        }
    }
}
