//! The outline of a run: what a timeline draws of it. Small enough to be kept whole for every
//! branch, so that nobody has to read the trace of a long run to draw it.

use super::landmark::is_from_leader;
use super::position::Position;
use crate::cluster::{Address, Fact, TraceEvent, World};
use crate::raft::{Event, Index, NodeId, Role, Term};
use crate::sim::SimTime;

/// How a member stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It follows.
    Follower,
    /// It asks for votes, or whether it could win.
    Candidate,
    /// It leads.
    Leader,
    /// Its process stands still.
    Paused,
    /// Its process is down.
    Crashed,
}

/// From here on a member is in this term and stands like this.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Since when, after the step that changed it.
    pub from: Position,
    /// Its term.
    pub term: Term,
    /// How it stands.
    pub standing: Standing,
}

/// The stretches of a member, one after the other, without gaps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lane {
    /// The member.
    pub member: NodeId,
    /// Since when it exists it is somehow.
    pub stretches: Vec<Stretch>,
}

/// Something that happened in a step and is worth a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The step, and its moment.
    pub at: Position,
    /// What happened.
    pub what: Happening,
}

/// What is worth a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happening {
    /// A member was elected.
    Elected(NodeId, Term),
    /// A member crashed.
    Crashed(NodeId),
    /// A member started again.
    Restarted(NodeId),
    /// Entries up to this one are committed.
    Committed(Index),
    /// A property was found violated.
    Violated,
}

/// A time in which links between members were cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cut {
    /// Since when.
    pub from: Position,
    /// Until when; `None` if it still is.
    pub to: Option<Position>,
}

/// The outline of one line of history.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    lanes: Vec<Lane>,
    marks: Vec<Mark>,
    cuts: Vec<Cut>,
    /// The links that are cut.
    cut_links: Vec<(Address, Address)>,
    changes: u64,
    /// Something in this step may have changed a lane or a cut.
    look: bool,
    /// What was committed in this step.
    committed: Option<Index>,
    /// Somebody heard from a leader in this step, which tells of commits that are no news.
    told: bool,
}

impl Chronicle {
    /// One lane per member, in the order of the ids.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// What happened, oldest first.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The cuts, oldest first.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// A number that changes whenever something is added.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Takes up a fact of the step that happens.
    pub(super) fn see(&mut self, event: &TraceEvent) {
        let at = Position {
            step: event.step,
            time: event.time,
        };
        match &event.fact {
            Fact::Crashed { member, .. } => self.mark(at, Happening::Crashed(*member)),
            Fact::Started { member } => self.mark(at, Happening::Restarted(*member)),
            Fact::Violated(_) => self.mark(at, Happening::Violated),
            Fact::Learned { member, event } => match event {
                Event::RoleChanged { role, term, .. } => {
                    self.look = true;
                    if *role == Role::Leader {
                        self.mark(at, Happening::Elected(*member, *term));
                    }
                }
                Event::Committed { index } => {
                    self.committed = self.committed.max(Some(*index));
                }
                _ => {}
            },
            Fact::Acted(_) | Fact::Ended { .. } | Fact::FailedToStart { .. } => self.look = true,
            fact => self.told |= is_from_leader(fact),
        }
    }

    /// The step has happened, and the world is like this now.
    pub(super) fn close(&mut self, world: &World) {
        let at = Position::of(world);
        let told = std::mem::take(&mut self.told);
        if let Some(index) = self.committed.take().filter(|_| !told) {
            self.mark(at, Happening::Committed(index));
        }
        if std::mem::take(&mut self.look) {
            self.look_at_members(at, world);
            self.look_at_links(at, world);
        }
    }

    fn mark(&mut self, at: Position, what: Happening) {
        // A member's first start is no news.
        if at.step > 0 {
            self.marks.push(Mark { at, what });
            self.changes += 1;
        }
        self.look |= !matches!(what, Happening::Committed(_));
    }

    fn look_at_members(&mut self, at: Position, world: &World) {
        for (place, member) in world.members().enumerate() {
            let server = member.server();
            let standing = match server.map(|server| server.node().role()) {
                None => Standing::Crashed,
                Some(_) if member.settings().paused => Standing::Paused,
                Some(Role::Leader) => Standing::Leader,
                Some(Role::Candidate | Role::PreCandidate) => Standing::Candidate,
                Some(_) => Standing::Follower,
            };
            let term = match server {
                Some(server) => server.node().term(),
                None => member.stored().hard_state.term,
            };
            if self
                .lanes
                .get(place)
                .is_none_or(|lane| lane.member != member.id())
            {
                let lane = Lane {
                    member: member.id(),
                    stretches: Vec::new(),
                };
                self.lanes.insert(place, lane);
            }
            let stretches = &mut self.lanes[place].stretches;
            let same = |last: &Stretch| last.term == term && last.standing == standing;
            if !stretches.last().is_some_and(same) {
                self.changes += 1;
                stretches.push(Stretch {
                    from: at,
                    term,
                    standing,
                });
            }
        }
    }

    fn look_at_links(&mut self, at: Position, world: &World) {
        let cut = cut_links(world);
        if cut == self.cut_links {
            return;
        }
        self.changes += 1;
        if let Some(last) = self.cuts.last_mut().filter(|last| last.to.is_none()) {
            last.to = Some(at);
        }
        if !cut.is_empty() {
            self.cuts.push(Cut { from: at, to: None });
        }
        self.cut_links = cut;
    }

    /// The outline up to and including this step, where the world is like `world`.
    pub(super) fn until(&self, step: u64, world: &World) -> Chronicle {
        let before = |at: &Position| at.step <= step;
        let lanes = self.lanes.iter().map(|lane| Lane {
            member: lane.member,
            stretches: until(&lane.stretches, |stretch| before(&stretch.from)),
        });
        let mut until = Chronicle {
            lanes: lanes.filter(|lane| !lane.stretches.is_empty()).collect(),
            marks: until(&self.marks, |mark| before(&mark.at)),
            cuts: until(&self.cuts, |cut| before(&cut.from)),
            cut_links: cut_links(world),
            changes: self.changes + 1,
            ..Chronicle::default()
        };
        if let Some(last) = until.cuts.last_mut() {
            last.to = last.to.filter(before);
        }
        until
    }

    /// The last thing before a moment, or at it.
    pub fn last_before(&self, time: SimTime) -> Option<&Mark> {
        let after = self.marks.partition_point(|mark| mark.at.time <= time);
        self.marks[..after].last()
    }
}

fn until<T: Clone>(all: &[T], wanted: impl Fn(&T) -> bool) -> Vec<T> {
    all[..all.partition_point(wanted)].to_vec()
}

/// The links between members that are cut.
fn cut_links(world: &World) -> Vec<(Address, Address)> {
    let is_member = |address: Address| matches!(address, Address::Member(_));
    world
        .links()
        .filter(|((from, to), link)| link.settings().cut && is_member(*from) && is_member(*to))
        .map(|(ends, _)| ends)
        .collect()
}
