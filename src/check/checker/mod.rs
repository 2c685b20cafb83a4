//! The checker: reads facts and members, and asks the files of the properties.
//!
//! Here are the facts; what is read from them is in `speech` (what members say and learn), `disks` (what is
//! durable), `memory` (what a member has in its memory after a step) and `clients`.

mod clients;
mod disks;
mod memory;
mod speech;

use super::answers::Answers;
use super::applied::Applied;
use super::backwards::Rising;
use super::commits::Commits;
use super::configurations::Configurations;
use super::elections::Elections;
use super::histories::Histories;
use super::logs::{End, Logs};
use super::messages::{Flight, Messages};
use super::one_revision::OneRevision;
use super::past::Past;
use super::report::{Count, Moment, Report};
use super::votes::Votes;
use super::watches::Watches;
use crate::cluster::{Address, Fact, Packet, Property, TraceEvent, Violation, World};
use crate::raft::{ConfState, Index, NodeId, Stored, Term};
use disks::end_of;

/// Watches a run and reports every violation of the properties that must always hold.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    report: Report,
    elections: Elections,
    votes: Votes,
    logs: Logs,
    commits: Commits,
    applied: Applied,
    configurations: Configurations,
    messages: Messages,
    answers: Answers,
    histories: Histories,
    past: Past,
    one_revision: OneRevision,
    watches: Watches,
    members: Vec<Seen>,
}

/// What was seen of a member so far.
#[derive(Clone, Debug)]
struct Seen {
    id: NodeId,
    term: Rising,
    commit: Rising,
    applied: Rising,
    stored_term: Rising,
    stored_snapshot: Rising,
    /// The last vote that was looked at.
    voted: Option<(Term, NodeId)>,
    /// The last term in which it spoke as a leader.
    spoke: Option<Term>,
    /// The term that it leads, and how far it knew each log to agree.
    leads: Option<(Term, Vec<(NodeId, Rising)>)>,
    /// Where its log ended, and when that was seen.
    end: (End, Moment),
    /// Where the log on its disk ended.
    stored_end: Index,
    /// Up to here it was checked that it means the same entries as the others by committed ones.
    checked_commit: Index,
    conf: ConfState,
    /// The last entry that it applied, and the fingerprint of everything up to it.
    prefix: (Index, u64),
}

/// What a step concerned.
#[derive(Default)]
struct Step {
    /// The members that did something, by their places; one bit each.
    touched: u64,
    /// The last of them, and its place.
    last: Option<(NodeId, usize)>,
    /// Where a message of Raft arrived, and whose.
    arrived: Option<(NodeId, NodeId)>,
    synced: bool,
}

impl Checker {
    /// How often a property was looked at, and how often it did not hold.
    pub fn count(&self, property: Property) -> Count {
        self.report.count(property)
    }

    /// Whether any property was ever violated.
    pub fn is_violated(&self) -> bool {
        Property::ALL
            .into_iter()
            .any(|property| self.count(property).violated > 0)
    }

    /// For how many groups of keys it takes too long to find out whether what clients saw of them
    /// is linearizable.
    /// (Also counted: that an entry was applied which nobody saw, so that watches and old states cannot
    /// be judged any more.)
    pub fn undecided(&self) -> u64 {
        self.histories.undecided() + u64::from(self.past.is_blind())
    }

    /// How many watches were not told yet of something that has happened to their keys.
    pub fn watches_behind(&self) -> usize {
        self.watches.behind(&self.past)
    }

    /// Looks at a step: `facts` are all its facts (those of the start, before the first step,
    /// count as one), and `world` is the world after it. To be called after every single step.
    /// Returns the violations that the step brought to light.
    pub fn observe(&mut self, facts: &[TraceEvent], world: &World) -> Vec<Violation> {
        let Some(first) = facts.first() else {
            return Vec::new();
        };
        self.report.begin(Moment {
            step: first.step,
            time: first.time,
        });
        let mut step = Step::default();
        for event in facts {
            self.see(&event.fact, world, &mut step);
        }
        let mut touched = step.touched;
        while touched != 0 {
            let place = touched.trailing_zeros() as usize;
            touched &= touched - 1;
            self.look_at(place, world, &step);
        }
        self.watches.end_step(&mut self.report);
        self.report.take()
    }

    /// Takes in one fact.
    fn see(&mut self, fact: &Fact, world: &World, step: &mut Step) {
        self.follow(fact);
        match fact {
            Fact::Started { member } => {
                let place = self.touch(*member, world, step);
                self.started(place, world);
                self.one_revision.started(*member);
                self.histories.watch_log();
            }
            Fact::Sent {
                from: Address::Member(member),
                packet,
                ..
            } => {
                let place = self.touch(*member, world, step);
                if let Packet::Raft(envelope) = &**packet {
                    self.says(place, envelope);
                }
            }
            Fact::Delivered {
                from,
                to: Address::Member(member),
                ..
            } => {
                self.touch(*member, world, step);
                if let Address::Member(sender) = from {
                    step.arrived = Some((*member, *sender));
                }
            }
            Fact::Learned { member, event } => {
                let place = self.touch(*member, world, step);
                self.learned(place, event);
            }
            Fact::Synced { member, entries } => {
                let place = self.touch(*member, world, step);
                step.synced = true;
                self.synced(place, *entries, world);
            }
            Fact::Applied {
                member,
                index,
                operation,
                revision,
            } => {
                let place = self.touch(*member, world, step);
                self.applies(place, (*index, *operation), *revision, world);
            }
            Fact::Wrote { member, .. } | Fact::Held { member, .. } => {
                self.touch(*member, world, step);
            }
            Fact::Crashed { member, .. } => {
                let place = self.touch(*member, world, step);
                self.members[place].leads = None;
            }
            Fact::Called {
                operation,
                member,
                call,
                question,
                ..
            } => self.called(*operation, *member, call, *question, world),
            Fact::Delivered {
                to: Address::Client(_),
                packet,
                ..
            } => self.streamed(packet),
            Fact::Ran { run, event, .. } => self.ran(*run, event),
            Fact::Returned {
                operation, outcome, ..
            } => self.returned(*operation, outcome),
            // What the network does, and what clients do, concerns no member yet; the rest says
            // what is done to the world.
            _ => {}
        }
    }

    /// Follows the messages: what is sent, and what comes to its end.
    fn follow(&mut self, fact: &Fact) {
        let (flight, from, to, packet, begins) = match fact {
            Fact::Sent {
                flight,
                from,
                to,
                packet,
                ..
            }
            | Fact::Duplicated {
                flight,
                from,
                to,
                packet,
                ..
            } => (flight, from, to, packet, true),
            Fact::Delivered {
                flight,
                from,
                to,
                packet,
                ..
            }
            | Fact::Lost {
                flight,
                from,
                to,
                packet,
                ..
            } => (flight, from, to, packet, false),
            _ => return,
        };
        let (from, to) = (*from, *to);
        if begins {
            let packet = packet.clone();
            self.messages.sent(*flight, Flight { from, to, packet });
        } else {
            self.messages
                .ended(&mut self.report, *flight, (from, to), packet);
        }
    }

    /// The place of a member in the list; the step concerns it.
    #[inline]
    fn touch(&mut self, id: NodeId, world: &World, step: &mut Step) -> usize {
        // Most facts of a step are about one member.
        match step.last {
            Some((last, place)) if last == id => place,
            _ => self.touch_another(id, world, step),
        }
    }

    fn touch_another(&mut self, id: NodeId, world: &World, step: &mut Step) -> usize {
        // Ids mostly count from 1.
        let guess = id.0.wrapping_sub(1) as usize;
        let place = match self.members.get(guess) {
            Some(seen) if seen.id == id => guess,
            _ => self.place_of(id, world),
        };
        step.touched |= 1 << place;
        step.last = Some((id, place));
        place
    }

    fn place_of(&mut self, id: NodeId, world: &World) -> usize {
        let known = self.members.iter().position(|seen| seen.id == id);
        known.unwrap_or_else(|| {
            let disk = world.member(id).map(|member| member.stored());
            self.members.push(Seen::new(id, disk));
            self.members.len() - 1
        })
    }
}

impl Seen {
    fn new(id: NodeId, disk: Option<&Stored>) -> Seen {
        Seen {
            id,
            term: Rising::default(),
            commit: Rising::default(),
            applied: Rising::default(),
            stored_term: Rising::default(),
            stored_snapshot: Rising::default(),
            voted: None,
            spoke: None,
            leads: None,
            end: Default::default(),
            stored_end: disk.map(end_of).unwrap_or_default(),
            checked_commit: Index(0),
            conf: ConfState::default(),
            prefix: (Index(0), 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::WorldOptions;

    #[test]
    fn a_step_concerns_every_member_that_its_facts_are_about() {
        let world = World::new(WorldOptions::with_members(4), 1).unwrap();
        let (mut checker, mut step) = (Checker::default(), Step::default());
        let facts = [1, 1, 3, 2, 2, 3].map(NodeId);
        let places = facts.map(|id| checker.touch(id, &world, &mut step));
        assert_eq!(places.map(|place| checker.members[place].id), facts);
        assert_eq!(step.touched, 0b111);
    }
}
