//! A message arrives: first its term is judged, then whoever is concerned handles it.

use super::{Node, RoleState};
use crate::raft::message::{Envelope, Message, VoteRefusal, VoteVerdict};
use crate::raft::ready::{Event, Nonsense, RoleReason};
use crate::raft::rules::{LogPosition, Rule};
use crate::raft::types::{Index, NodeId, Term};
use std::borrow::Borrow;

impl Node {
    /// Takes a message from another member. Whatever it says, the node does not panic: a message
    /// that no honest member sends is reported as [`Event::Nonsense`] and ignored.
    pub fn step(&mut self, envelope: impl Borrow<Envelope>) {
        self.hear(envelope.borrow());
    }

    fn hear(&mut self, envelope: &Envelope) {
        let Envelope {
            from,
            to,
            term,
            ref message,
        } = *envelope;
        if to != self.id || from == self.id || from == NodeId(0) {
            return self.nonsense(from, Nonsense::WrongAddress);
        }
        let Some(term) = term else {
            return self.handle_forwarded(from, message);
        };
        if term < self.term {
            return self.handle_stale(from, term, message);
        }
        if term > self.term && !self.accept_term(from, term, message) {
            return;
        }
        self.handle(from, term, message);
    }

    /// A message of a higher term ends the present one (paper §5.1), with exceptions: questions
    /// whether somebody *would* win change nothing, and a loyal voter does not listen to
    /// candidates. Returns whether the message shall be handled.
    fn accept_term(&mut self, from: NodeId, term: Term, message: &Message) -> bool {
        match message {
            Message::VoteRequest { transfer, .. } => {
                if let Some(reason) = self.promised_to_another(*transfer) {
                    self.out.event(Event::VoteRefused {
                        candidate: from,
                        term,
                        pre: false,
                        reason,
                    });
                    return false;
                }
            }
            Message::PreVoteRequest { .. }
            | Message::PreVoteResponse {
                verdict: VoteVerdict::Granted,
            } => return true,
            _ => {}
        }
        let is_follower = matches!(self.role, RoleState::Follower);
        if !is_follower && !self.rules().on(Rule::StepDown) {
            return false;
        }
        let leader = match message {
            Message::AppendRequest { .. }
            | Message::Heartbeat { .. }
            | Message::SnapshotRequest { .. } => Some(from),
            _ => None,
        };
        self.become_follower(term, leader, RoleReason::HigherTerm { from });
        true
    }

    /// A message of an old term. Its sender may not know that its term is over: whoever expects
    /// an answer gets one, and learns it from the answer's term.
    fn handle_stale(&mut self, from: NodeId, term: Term, message: &Message) {
        match *message {
            Message::Heartbeat { sent_at, .. } => {
                let round = None;
                self.send(from, Message::HeartbeatResponse { round, sent_at });
            }
            Message::AppendRequest { prev_index, .. } => self.refuse_stale(from, prev_index),
            Message::SnapshotRequest { ref snapshot } => self.refuse_stale(from, snapshot.index),
            Message::VoteRequest { .. } => return self.refuse_stale_vote(from, term, false),
            Message::PreVoteRequest { .. } => return self.refuse_stale_vote(from, term, true),
            Message::PreVoteResponse {
                verdict: verdict @ VoteVerdict::Refused(_),
            } => return self.handle_vote_response(from, term, verdict, true),
            Message::VoteResponse { verdict } if self.rules().counts_vote_of(term, self.term) => {
                return self.handle_vote_response(from, term, verdict, false);
            }
            _ => {}
        }
        self.out.event(Event::StaleMessage { from, term });
    }

    fn refuse_stale(&mut self, to: NodeId, prev_index: Index) {
        let (hint_index, hint_term) = (Index(0), Term(0));
        let message = Message::AppendRejected {
            prev_index,
            hint_index,
            hint_term,
        };
        self.send(to, message);
    }

    fn refuse_stale_vote(&mut self, candidate: NodeId, term: Term, pre: bool) {
        let current = self.term;
        let reason = VoteRefusal::StaleTerm { current };
        self.answer_vote(candidate, term, VoteVerdict::Refused(reason), pre);
    }

    /// A message that is meant for whoever leads.
    fn handle_forwarded(&mut self, from: NodeId, message: &Message) {
        match *message {
            Message::Propose { ref entries } => self.handle_propose(from, entries),
            Message::ReadIndexRequest { read } => self.handle_read_request(read),
            Message::TransferLeader { target } => self.transfer_leader(target),
            _ => self.nonsense(from, Nonsense::NoTerm),
        }
    }

    /// A message of the present term (or a question about a later one).
    fn handle(&mut self, from: NodeId, term: Term, message: &Message) {
        match *message {
            Message::VoteRequest {
                last_index: index,
                last_term,
                transfer,
            } => {
                let last = LogPosition {
                    term: last_term,
                    index,
                };
                self.handle_vote_request(from, term, last, transfer);
            }
            Message::PreVoteRequest {
                last_index: index,
                last_term,
            } => {
                let last = LogPosition {
                    term: last_term,
                    index,
                };
                self.handle_pre_vote_request(from, term, last);
            }
            Message::VoteResponse { verdict } => {
                self.handle_vote_response(from, term, verdict, false);
            }
            Message::PreVoteResponse { verdict } => {
                self.handle_vote_response(from, term, verdict, true);
            }
            Message::AppendRequest { .. }
            | Message::Heartbeat { .. }
            | Message::SnapshotRequest { .. } => self.handle_leader(from, message),
            Message::AppendAccepted { match_index } => self.handle_accepted(from, match_index),
            Message::AppendRejected {
                prev_index,
                hint_index,
                hint_term,
            } => self.handle_rejected(from, prev_index, hint_index, hint_term),
            Message::HeartbeatResponse { round, sent_at } => {
                self.handle_heartbeat_response(from, round, sent_at);
            }
            Message::TimeoutNow => self.handle_timeout_now(from),
            Message::ReadIndexResponse { read, index } => self.handle_read_response(read, index),
            Message::Propose { .. }
            | Message::ReadIndexRequest { .. }
            | Message::TransferLeader { .. } => self.handle_forwarded(from, message),
        }
    }

    /// Reports a message that no honest member sends, and ignores it.
    pub(super) fn nonsense(&mut self, from: NodeId, reason: Nonsense) {
        self.out.event(Event::Nonsense { from, reason });
    }

    /// The leader of the term speaks. There is only one per term, so whoever else thought of
    /// leading it has lost.
    fn handle_leader(&mut self, from: NodeId, message: &Message) {
        if matches!(self.role, RoleState::Leader(_)) {
            return self.nonsense(from, Nonsense::SecondLeader);
        }
        self.hear_leader(from);
        match *message {
            Message::AppendRequest {
                prev_index,
                prev_term,
                ref entries,
                commit,
            } => self.handle_append(from, prev_index, prev_term, entries, commit),
            Message::Heartbeat {
                commit,
                round,
                sent_at,
            } => self.handle_heartbeat(from, commit, round, sent_at),
            Message::SnapshotRequest { ref snapshot } => {
                self.handle_snapshot(from, snapshot.clone())
            }
            _ => unreachable!("only a leader's own messages get here"),
        }
    }
}
