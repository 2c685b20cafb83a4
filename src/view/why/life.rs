//! The life of an entry: proposed, stored where and when, committed, applied.

use super::case::{Case, at};
use crate::cluster::{Command, Fact, Member, OperationId};
use crate::raft::{Event, Index, NodeId, Payload, Role, Term};
use crate::timeline::{Position, Session};
use crate::view::compose::{last_index, term_of};
use crate::view::labels::{call_line, command_line, entry_label};

/// The life of an entry up to the playhead.
#[derive(Clone, PartialEq, Debug)]
pub struct Life {
    /// Its index.
    pub index: Index,
    /// Its term; 0 if it is only in snapshots.
    pub term: Term,
    /// What it asks for, as a person would type it, or the label of an entry of Raft's own.
    pub command: String,
    /// The operation of a client that it belongs to.
    pub operation: Option<OperationId>,
    /// Which leader put it into its log, and when.
    pub proposed: Option<(NodeId, Position)>,
    /// Who first knew it to be committed, and when.
    pub committed: Option<(NodeId, Position)>,
    /// Whether anybody knows it to be committed.
    pub is_committed: bool,
    /// How it stands at each member, in the order of the ids.
    pub copies: Vec<Copy>,
}

/// An entry at one member.
#[derive(Clone, PartialEq, Debug)]
pub struct Copy {
    /// The member.
    pub member: NodeId,
    /// Its term: its hue.
    pub term: Term,
    /// Whether it has the entry.
    pub state: CopyState,
    /// When it took the entry into its log.
    pub received: Option<Position>,
    /// When its disk had it.
    pub stored: Option<Position>,
    /// When a leader learned that its disk has it.
    pub acked: Option<Position>,
    /// When it learned that the entry is committed.
    pub committed: Option<Position>,
    /// When it applied the entry.
    pub applied: Option<Position>,
}

/// Whether a member has an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyState {
    /// On its disk.
    Stored,
    /// In its log, not durable yet.
    Unsynced,
    /// Inside its snapshot.
    Snapshot,
    /// Another entry is there, of this term.
    Other(Term),
    /// Nothing is there.
    Missing,
}

impl CopyState {
    /// Whether the member has the entry in some form.
    pub fn is_there(self) -> bool {
        matches!(
            self,
            CopyState::Stored | CopyState::Unsynced | CopyState::Snapshot
        )
    }
}

/// The life of an entry up to the playhead.
pub fn life(session: &Session, index: Index, term: Term) -> Life {
    life_of(&Case::new(session), index, term)
}

pub(super) fn life_of(case: &Case, index: Index, term: Term) -> Life {
    let mut life = Life {
        index,
        term,
        command: String::new(),
        operation: None,
        proposed: None,
        committed: None,
        is_committed: case
            .world
            .members()
            .any(|member| commits(member, index, term)),
        copies: case
            .world
            .members()
            .map(|member| Copy {
                member: member.id(),
                term: term_of(case.world, member.id()),
                state: state(member, index, term),
                received: None,
                stored: None,
                acked: None,
                committed: None,
                applied: None,
            })
            .collect(),
    };
    life.name_command(case);
    Reading::new(&mut life).read(case);
    if life.operation.is_none() {
        return life;
    }
    if life.command.is_empty()
        && let Some(id) = life.operation
        && let Some(operation) = case.operation(id)
    {
        life.command = call_line(&operation.call);
    }
    life
}

/// Whether a member has the entry.
fn state(member: &Member, index: Index, term: Term) -> CopyState {
    let (held, stored) = match member.server() {
        Some(server) => {
            let node = server.node();
            (node.entry(index).map(|e| e.term), node.stored_index())
        }
        None => (
            member.stored().entry(index).map(|e| e.term),
            last_index(member),
        ),
    };
    match held {
        Some(held) if held != term => CopyState::Other(held),
        Some(_) if index <= stored => CopyState::Stored,
        Some(_) => CopyState::Unsynced,
        None if index <= last_index(member) => CopyState::Snapshot,
        None => CopyState::Missing,
    }
}

/// Whether a member knows this very entry to be committed.
fn commits(member: &Member, index: Index, term: Term) -> bool {
    let (commit, held) = match member.server() {
        Some(server) => {
            let node = server.node();
            (node.commit_index(), node.entry(index).map(|e| e.term))
        }
        None => {
            let stored = member.stored();
            let held = stored.entry(index).map(|e| e.term);
            (stored.hard_state.commit, held)
        }
    };
    // What is in a snapshot is committed.
    index <= commit && held.unwrap_or(term) == term
}

impl Life {
    fn name_command(&mut self, case: &Case) {
        let (index, term) = (self.index, self.term);
        let mut entries = case.world.members().filter_map(|member| {
            let entry = match member.server() {
                Some(server) => server.node().entry(index),
                None => member.stored().entry(index),
            };
            entry.filter(|entry| entry.term == term)
        });
        let Some(entry) = entries.next() else {
            return;
        };
        self.command = entry_label(entry);
        if let Payload::Command(data) = &entry.payload
            && let Some(command) = Command::decode(data)
        {
            if let Some(request) = command.request() {
                self.command = command_line(request);
            }
            // The cluster's own commands belong to nobody.
            self.operation = Some(command.operation).filter(|id| id.0 > 0);
        }
    }

    /// The copy of a member.
    pub fn copy(&self, member: NodeId) -> Option<&Copy> {
        self.copies.iter().find(|copy| copy.member == member)
    }
}

/// Reads the trace backwards: what is seen last is what happened first.
struct Reading<'a> {
    life: &'a mut Life,
    /// Members whose earlier facts are about another entry at this index.
    before: Vec<NodeId>,
    /// Members that lost writes: what they appended before may have been another entry.
    doubtful: Vec<NodeId>,
    /// When a member last put an entry at this index into its log as a leader.
    appended: Vec<(NodeId, Position)>,
}

impl<'a> Reading<'a> {
    fn new(life: &'a mut Life) -> Self {
        let missing = life.copies.iter().filter(|copy| !copy.state.is_there());
        Reading {
            before: missing.map(|copy| copy.member).collect(),
            doubtful: Vec::new(),
            appended: Vec::new(),
            life,
        }
    }

    fn read(&mut self, case: &Case) {
        case.back(&mut |event| {
            let at = at(event);
            match &event.fact {
                Fact::Learned { member, event } => return self.learned(*member, event, at),
                Fact::Synced {
                    member,
                    entries: Some((first, last)),
                } if (*first..=*last).contains(&self.life.index) => {
                    self.note(*member, |copy| copy.stored = Some(at));
                }
                Fact::Applied {
                    member,
                    index,
                    operation,
                    ..
                } if *index == self.life.index && self.life.is_committed => {
                    self.life.operation = self.life.operation.or(*operation);
                    self.always(*member, |copy| copy.applied = Some(at));
                }
                Fact::Crashed {
                    member,
                    lost_writes: 1..,
                } => self.doubtful.push(*member),
                _ => {}
            }
            false
        });
        // What was committed before it was proposed was something else.
        let since = self.life.proposed.map(|(_, at)| at);
        let is_late = |at: &Position| since.is_none_or(|since| *at >= since);
        for copy in &mut self.life.copies {
            copy.committed = copy.committed.filter(is_late);
            copy.acked = copy.acked.filter(is_late);
        }
        let first = self.life.copies.iter();
        self.life.committed = first
            .filter_map(|copy| Some((copy.member, copy.committed?)))
            .min_by_key(|(_, at)| *at);
    }

    /// Returns whether the proposal was found.
    fn learned(&mut self, member: NodeId, event: &Event, at: Position) -> bool {
        let index = self.life.index;
        match event {
            Event::Appended { first, last } if (*first..=*last).contains(&index) => {
                self.appended.retain(|(other, _)| *other != member);
                self.appended.push((member, at));
                let known = !self.before.contains(&member) && !self.doubtful.contains(&member);
                if known {
                    self.proposed(member, at);
                }
                return known;
            }
            Event::RoleChanged {
                role: Role::Leader,
                term,
                ..
            } if *term == self.life.term => {
                let appended = self.appended.iter().find(|(other, _)| *other == member);
                if let Some((_, at)) = appended.copied() {
                    self.proposed(member, at);
                }
                return true;
            }
            Event::Accepted { last, .. } if *last >= index => {
                self.note(member, |copy| copy.received = Some(at));
            }
            Event::SnapshotRestored { index: last, .. } if *last >= index => {
                self.note(member, |copy| {
                    copy.received = Some(at);
                    copy.stored = copy.stored.or(Some(at));
                });
                self.before.push(member);
            }
            Event::Truncated { from, to } if (*from..=*to).contains(&index) => {
                self.before.push(member);
            }
            Event::Matched { node, match_index } if *match_index >= index => {
                self.note(*node, |copy| copy.acked = Some(at));
            }
            Event::Committed { index: commit } if *commit >= index && self.life.is_committed => {
                self.always(member, |copy| copy.committed = Some(at));
            }
            _ => {}
        }
        false
    }

    fn proposed(&mut self, member: NodeId, at: Position) {
        self.life.proposed = Some((member, at));
        self.always(member, |copy| {
            if copy.state.is_there() {
                copy.received = Some(at);
            }
        });
    }

    /// Notes a fact of a member that is about this entry only while the member holds it.
    fn note(&mut self, member: NodeId, note: impl FnOnce(&mut Copy)) {
        if !self.before.contains(&member) {
            self.always(member, note);
        }
    }

    fn always(&mut self, member: NodeId, note: impl FnOnce(&mut Copy)) {
        let mut copies = self.life.copies.iter_mut();
        if let Some(copy) = copies.find(|copy| copy.member == member) {
            note(copy);
        }
    }
}
