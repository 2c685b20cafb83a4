//! Facts in words: one short sentence each, in the terms of the Raft paper and of etcd.

mod faults;
mod learned;

pub(super) use faults::{length, range, share};

use super::frame::Span;
use super::labels::{call_line, client_name, packet_label, response_lines};
use crate::cluster::{Action, Address, Fact, Links, LossReason, Outcome, Packet, TraceEvent};
use crate::raft::{Index, Message, NodeId, Term};
use crate::words::{Key, Piece, key, pieces, translate};
use std::fmt::Display;

/// A fact in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Described {
    /// The sentence.
    pub sentence: Vec<Span>,
    /// Whether it matters to the story. The rest is for those who want every detail.
    pub major: bool,
}

/// Says what happened. `term_of` gives the hue of a member's name: its term.
///
/// `None` for facts that only repeat in detail what another fact of the same step says.
pub fn describe(event: &TraceEvent, term_of: &dyn Fn(NodeId) -> Term) -> Option<Described> {
    let mut words = Words::new(term_of);
    let major = words.fact(&event.fact)?;
    Some(Described {
        sentence: words.spans,
        major,
    })
}

/// The sentence as plain text.
pub fn plain(sentence: &[Span]) -> String {
    sentence
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Code(text) => text.clone(),
            Span::Member(id, _) => format!("infra{id}"),
        })
        .collect()
}

/// What goes into a place of a sentence.
pub(super) enum Fill<'a> {
    /// The name of a member.
    Member(NodeId),
    /// Names in a row: `infra1, infra2`.
    Members(&'a [NodeId]),
    /// A member or a client.
    Actor(Address),
    /// A number or a word.
    Word(&'a dyn Display),
    /// A command, or what stands on a card.
    Code(&'a str),
    /// Entries from the first to the last; `None` for the rest of what a disk holds.
    Entries(Option<(Index, Index)>),
    /// What is done to the world.
    Deed(&'a Action),
    /// Between or from where to where.
    Links(&'a Links),
}

use Fill::{Actor, Code, Entries, Member, Members, Word};

/// A sentence in the making.
pub(super) struct Words<'a> {
    term_of: &'a dyn Fn(NodeId) -> Term,
    pub(super) spans: Vec<Span>,
}

impl<'a> Words<'a> {
    pub(super) fn new(term_of: &'a dyn Fn(NodeId) -> Term) -> Self {
        Words {
            term_of,
            spans: Vec::new(),
        }
    }

    /// Adds the text of a key of the catalogue, with its places filled.
    pub(super) fn say(&mut self, key: Key, fills: &[(&str, Fill)]) {
        for piece in pieces(key) {
            match piece {
                Piece::Words(words) => self.text(words),
                Piece::Place(name) => {
                    if let Some((_, fill)) = fills.iter().find(|(other, _)| *other == name) {
                        self.fill(fill);
                    }
                }
            }
        }
    }

    fn fill(&mut self, fill: &Fill) {
        match fill {
            Member(id) | Actor(Address::Member(id)) => self.member(*id),
            Members(ids) => self.members(ids),
            Actor(Address::Client(id)) => self.text(&client_name(*id)),
            Word(word) => self.text(&word.to_string()),
            Code(code) => self.spans.push(Span::Code((*code).to_owned())),
            Entries(entries) => self.entries(*entries),
            Fill::Deed(action) => self.deed(action),
            Fill::Links(links) => self.links(links),
        }
    }

    /// Adds text, to the text before it if there is some.
    pub(super) fn text(&mut self, text: &str) {
        match self.spans.last_mut() {
            Some(Span::Text(before)) => before.push_str(text),
            _ => self.spans.push(Span::Text(text.to_owned())),
        }
    }

    fn member(&mut self, id: NodeId) {
        self.spans.push(Span::Member(id, (self.term_of)(id)));
    }

    /// Names in a row: `infra1, infra2`.
    pub(super) fn members(&mut self, ids: &[NodeId]) {
        for (place, id) in ids.iter().enumerate() {
            if place > 0 {
                self.text(", ");
            }
            self.member(*id);
        }
    }

    /// `entry 8`, `entries 8–11`, or what else a disk holds.
    fn entries(&mut self, entries: Option<(Index, Index)>) {
        match entries {
            None => self.say(key!("said.hard-state"), &[]),
            Some((first, last)) if first == last => {
                self.say(key!("said.entry"), &[("index", Word(&first))]);
            }
            Some((first, last)) => {
                let ends = [("first", Word(&first)), ("last", Word(&last))];
                self.say(key!("said.entries"), &ends);
            }
        }
    }

    /// A sentence about one member.
    pub(super) fn of(&mut self, key: Key, member: NodeId) {
        self.say(key, &[("member", Member(member))]);
    }

    /// A sentence about a message.
    pub(super) fn of_message(&mut self, key: Key, (from, to): (Address, Address), packet: &Packet) {
        let label = packet_label(packet);
        let fills = [
            ("from", Actor(from)),
            ("to", Actor(to)),
            ("card", Code(&label.label)),
            ("what", Word(&label.description)),
        ];
        self.say(key, &fills);
    }

    /// Writes the sentence and says whether the fact is a major one.
    pub(super) fn fact(&mut self, fact: &Fact) -> Option<bool> {
        match fact {
            Fact::Acted(action) => return self.action(action),
            Fact::Started { member } => self.of(key!("said.started"), *member),
            Fact::Crashed {
                member,
                lost_writes,
            } => {
                let key = match lost_writes {
                    0 => key!("said.crashed"),
                    1 => key!("said.crashed-lost-one"),
                    _ => key!("said.crashed-lost"),
                };
                let fills = [("member", Member(*member)), ("n", Word(lost_writes))];
                self.say(key, &fills);
                return Some(true);
            }
            Fact::Sent {
                from, to, packet, ..
            } => self.of_message(key!("said.sent"), (*from, *to), packet),
            Fact::Delivered {
                from, to, packet, ..
            } => {
                self.of_message(key!("said.delivered"), (*from, *to), packet);
                return Some(matches!(&**packet, Packet::Raft(e) if matters(&e.message)));
            }
            Fact::Lost {
                from,
                to,
                packet,
                reason,
                ..
            } => {
                let key = match reason {
                    LossReason::Cut => key!("said.lost-cut"),
                    LossReason::ReceiverCrashed => key!("said.lost-crashed"),
                    LossReason::Chance => key!("said.lost-chance"),
                    LossReason::Dropped => key!("said.lost-dropped"),
                    LossReason::Repeated => key!("said.lost-repeated"),
                };
                self.of_message(key, (*from, *to), packet);
            }
            Fact::Learned { member, event } => return self.learned(*member, event),
            Fact::Wrote {
                member, entries, ..
            } => {
                let fills = [("member", Member(*member)), ("what", Entries(*entries))];
                self.say(key!("said.wrote"), &fills);
            }
            Fact::Synced { member, entries } => {
                let key = match entries {
                    Some(_) => key!("said.stored"),
                    None => key!("said.synced"),
                };
                let fills = [("member", Member(*member)), ("what", Entries(*entries))];
                self.say(key, &fills);
            }
            Fact::Applied {
                member,
                index,
                operation,
                revision,
            } => {
                let key = match operation {
                    Some(_) => key!("said.applied-revision"),
                    None => key!("said.applied"),
                };
                let fills = [
                    ("member", Member(*member)),
                    ("index", Word(index)),
                    ("revision", Word(&revision.0)),
                ];
                self.say(key, &fills);
            }
            Fact::Called {
                client,
                member,
                call,
                ..
            } => {
                let fills = [
                    ("client", Actor(Address::Client(*client))),
                    ("call", Code(&call_line(call))),
                    ("member", Member(*member)),
                ];
                self.say(key!("said.called"), &fills);
                return Some(true);
            }
            Fact::Held { member, .. } => {
                self.of(key!("said.keeps-request"), *member);
                return Some(true);
            }
            Fact::Returned {
                client, outcome, ..
            } => {
                let (key, answer) = match outcome {
                    Outcome::Answered(response) => match response_lines(response) {
                        lines if lines.is_empty() => (key!("said.answered-nothing"), String::new()),
                        lines => (key!("said.answered"), lines.join(" ")),
                    },
                    Outcome::Failed(error) => (key!("said.gave-up"), error.to_string()),
                };
                let fills = [
                    ("client", Actor(Address::Client(*client))),
                    ("answer", Code(&answer)),
                ];
                self.say(key, &fills);
                return Some(true);
            }
            Fact::Violated(violation) => {
                self.text(&translate(&violation.to_string()));
                return Some(true);
            }
            fault => return self.fault(fault),
        }
        Some(false)
    }
}

/// Messages whose arrival is itself part of the story; for the others it is what they cause.
fn matters(message: &Message) -> bool {
    match message {
        Message::AppendRequest { entries, .. } => !entries.is_empty(),
        Message::SnapshotRequest { .. } | Message::TimeoutNow => true,
        _ => false,
    }
}
