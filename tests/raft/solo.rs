//! One node, alone with what the test says to it.

use crate::cluster::{id, plain};
use ::quorum::raft::*;
use bytes::Bytes;
use rand_pcg::Pcg32;
use std::sync::Arc;

pub struct Solo {
    pub node: Node,
    pub disk: Stored,
    pub events: Vec<Event>,
    pub applied: Vec<Entry>,
    pub reads: Vec<ReadState>,
}

/// Member 1 of three voters, with entries of these terms and in the term of the last one.
pub fn member(log: &[u64]) -> Solo {
    member_with(log, plain())
}

pub fn member_with(log: &[u64], options: Options) -> Solo {
    let conf = ConfState::voters((1..=3).map(NodeId));
    started(disk(log, conf), options)
}

pub fn disk(log: &[u64], conf: ConfState) -> Stored {
    let mut disk = Stored::new(conf);
    disk.entries = entries(1, log).into_iter().collect();
    disk.hard_state.term = Term(log.last().copied().unwrap_or(0));
    disk
}

pub fn started(disk: Stored, options: Options) -> Solo {
    let rng = Pcg32::new(7, 7);
    let node = Node::new(id(1), options, disk.clone(), rng).expect("valid");
    Solo {
        node,
        disk,
        events: Vec::new(),
        applied: Vec::new(),
        reads: Vec::new(),
    }
}

/// Entries of these terms, the first one at index `first`.
pub fn entries(first: u64, terms: &[u64]) -> Vec<Entry> {
    let entry = |(place, term): (usize, &u64)| Entry {
        term: Term(*term),
        index: Index(first + place as u64),
        payload: Payload::Command(Bytes::from(format!("x{term}"))),
    };
    terms.iter().enumerate().map(entry).collect()
}

pub fn append(prev: (u64, u64), terms: &[u64], commit: u64) -> Message {
    Message::AppendRequest {
        prev_index: Index(prev.0),
        prev_term: Term(prev.1),
        entries: Arc::from(entries(prev.0 + 1, terms)),
        commit: Index(commit),
    }
}

pub fn heartbeat(commit: u64) -> Message {
    Message::Heartbeat {
        commit: Index(commit),
        round: None,
        sent_at: 0,
    }
}

pub fn vote_request(index: u64, term: u64) -> Message {
    Message::VoteRequest {
        last_index: Index(index),
        last_term: Term(term),
        transfer: false,
    }
}

pub fn pre_vote_request(index: u64, term: u64) -> Message {
    Message::PreVoteRequest {
        last_index: Index(index),
        last_term: Term(term),
    }
}

pub fn granted() -> Message {
    Message::VoteResponse {
        verdict: VoteVerdict::Granted,
    }
}

pub fn accepted(index: u64) -> Message {
    Message::AppendAccepted {
        match_index: Index(index),
    }
}

pub fn rejected(prev: u64, hint: (u64, u64)) -> Message {
    Message::AppendRejected {
        prev_index: Index(prev),
        hint_index: Index(hint.0),
        hint_term: Term(hint.1),
    }
}

impl Solo {
    /// A message arrives; what the node says to it, all writes being durable at once.
    pub fn hear(&mut self, from: u64, term: u64, message: Message) -> Vec<Envelope> {
        self.step(from, Some(term), message);
        self.flush()
    }

    pub fn step(&mut self, from: u64, term: Option<u64>, message: Message) {
        self.node.step(Envelope {
            from: id(from),
            to: id(1),
            term: term.map(Term),
            message,
        });
    }

    /// Carries out everything; returns what was sent.
    pub fn flush(&mut self) -> Vec<Envelope> {
        let mut sent = Vec::new();
        while self.node.has_ready() {
            let ready = self.node.ready();
            sent.extend(ready.messages);
            self.events.extend(ready.events);
            self.reads.extend(ready.reads);
            if let Some(write) = ready.write {
                self.disk.write(&write);
                sent.extend(write.after_sync);
                self.node.stored(write.done);
            }
            if let Some(last) = ready.committed.last() {
                let index = last.index;
                self.applied.extend(ready.committed);
                self.node.applied(index);
            }
        }
        sent
    }

    /// Makes the node the leader of the next term; returns what it sent as such.
    pub fn lead(&mut self) -> Vec<Envelope> {
        self.node.campaign();
        self.flush();
        let term = self.node.term().0;
        let sent = self.hear(2, term, granted());
        assert_eq!(self.node.role(), Role::Leader);
        sent
    }

    pub fn propose(&mut self, data: &'static str) -> Vec<Envelope> {
        let data = Bytes::from_static(data.as_bytes());
        self.node.propose(data).expect("the leader takes it");
        self.flush()
    }

    pub fn terms(&self) -> Vec<u64> {
        self.node.entries(..).map(|entry| entry.term.0).collect()
    }

    pub fn restart(&mut self) {
        let options = self.node.options().clone();
        *self = started(self.disk.clone(), options);
    }

    pub fn tick(&mut self, ticks: u64) -> Vec<Envelope> {
        self.node.tick(ticks);
        self.flush()
    }
}

/// The messages to this member.
pub fn to(sent: &[Envelope], number: u64) -> Vec<Message> {
    let for_it = sent.iter().filter(|e| e.to == id(number));
    for_it.map(|e| e.message.clone()).collect()
}

/// The only message.
pub fn only(sent: &[Envelope]) -> Message {
    assert_eq!(sent.len(), 1, "{sent:?}");
    sent[0].message.clone()
}

pub fn is_append(message: &Message) -> bool {
    matches!(message, Message::AppendRequest { .. })
}
