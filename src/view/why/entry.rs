//! Why is an entry committed, or why not?

use super::case::{Case, at, reason};
use super::life::{Copy, CopyState, Life, life_of};
use super::{Reason, Tone, Topic, Why, leader};
use crate::cluster::{Address, Fact, Server};
use crate::raft::electorate::majority;
use crate::raft::rules::Rule;
use crate::raft::{Envelope, Event, Index, Message, Node, NodeId, ProgressState, Role, Term};
use crate::view::compose;
use crate::view::frame::Span;
use crate::view::phrase::{phrase, word};
use crate::words::key;

pub(super) fn why(case: &Case, index: Index, term: Term) -> Why {
    let life = life_of(case, index, term);
    let number = [("index", word(index))];
    let lost = !life.copies.iter().any(|copy| copy.state.is_there());
    let mut why = if life.is_committed {
        Why::new(phrase(key!("why.entry.committed?"), &number)).toned(Tone::Good)
    } else if lost {
        Why::new(phrase(key!("why.entry.gone?"), &number)).toned(Tone::Bad)
    } else {
        Why::new(phrase(key!("why.entry.open?"), &number))
    };
    why.origin(case, &life);
    if life.is_committed {
        why.committed(case, &life);
    } else if lost {
        why.gone(case, index);
    } else {
        why.add_open(case, &life);
    }
    why
}

impl Why {
    /// Who asked for the entry, and who proposed it.
    fn origin(&mut self, case: &Case, life: &Life) {
        if let Some(id) = life.operation {
            let called = case
                .last(&|fact| matches!(fact, Fact::Called { operation, .. } if *operation == id));
            let told = called.and_then(|called| case.fact(&called));
            self.add(told.map(|told| told.about(Topic::Operation(id))));
        }
        if let Some((member, at)) = life.proposed {
            let fills = [
                ("member", case.member(member)),
                ("index", word(life.index)),
                ("term", word(life.term)),
            ];
            self.say(Some(at), key!("why.entry.proposed"), &fills);
        }
    }

    /// The acknowledgements up to the majority, and the commit.
    fn committed(&mut self, case: &Case, life: &Life) {
        self.rule = case.rule(Rule::MajorityQuorum);
        let Some((leader, committed)) = life.committed else {
            self.say(None, key!("why.entry.in-snapshot"), &[]);
            return;
        };
        let voters = voters_then(case, leader, committed.step);
        let mut counted: Vec<_> = life
            .copies
            .iter()
            .filter(|copy| voters.contains(&copy.member))
            .filter_map(|copy| {
                let own = copy.member == leader;
                let known = if own { copy.stored } else { copy.acked };
                Some((known?, copy.member)).filter(|(at, _)| *at <= committed)
            })
            .collect();
        counted.sort();
        let leader_name = ("leader", case.member(leader));
        for (at, member) in &counted {
            let member = ("member", case.member(*member));
            if member.1 == leader_name.1 {
                self.say(Some(*at), key!("why.entry.own-copy"), &[member]);
            } else {
                self.say(
                    Some(*at),
                    key!("why.entry.ack"),
                    &[member, leader_name.clone()],
                );
            }
        }
        let up_to = self.commit_index(case, leader, committed.step);
        let index = match up_to.as_ref().map(|event| &event.fact) {
            Some(Fact::Learned {
                event: Event::Committed { index },
                ..
            }) => *index,
            _ => life.index,
        };
        let fills = [
            leader_name,
            ("copies", word(counted.len())),
            ("voters", word(voters.len())),
            ("index", word(index)),
        ];
        let last = case.world.members().find_map(|member| {
            let node = member.server()?.node();
            node.term_at(index)
        });
        if last.is_none_or(|last| last <= life.term) {
            self.say(Some(committed), key!("why.entry.majority"), &fills);
        } else {
            // It waited for an entry of the term of the leader that counts.
            self.say(Some(committed), key!("why.entry.with-later"), &fills);
            self.rule = case.rule(Rule::CommitOwnTerm);
        }
    }

    /// The fact with which a leader's commit index moved in this step.
    fn commit_index(
        &self,
        case: &Case,
        leader: NodeId,
        step: u64,
    ) -> Option<crate::cluster::TraceEvent> {
        let mut found = None;
        case.back(&mut |event| {
            let moved = matches!(&event.fact, Fact::Learned { member, event: Event::Committed { .. } }
                if *member == leader);
            if event.step == step && moved {
                found = Some(event.clone());
            }
            event.step <= step && (found.is_some() || event.step < step)
        });
        found
    }

    /// Nobody has it any more.
    fn gone(&mut self, case: &Case, wanted: Index) {
        let dropped = case.recent(&|fact| {
            matches!(fact, Fact::Learned { event: Event::Truncated { from, to }, .. }
                if (*from..=*to).contains(&wanted))
        });
        self.tell(case, dropped.as_ref());
        if dropped.is_none() {
            let crash = case.recent(&|fact| {
                matches!(
                    fact,
                    Fact::Crashed {
                        lost_writes: 1..,
                        ..
                    }
                )
            });
            self.tell(case, crash.as_ref());
        }
        // Where a rule is off or a disk was replaced, it may have been.
        if !case.session.checker().is_violated() {
            self.say(None, key!("why.entry.never-committed"), &[]);
        }
        let rule = match dropped {
            Some(_) => Rule::TruncateOnConflict,
            None => Rule::DurableAck,
        };
        self.rule = case.rule(rule);
    }

    /// Why it is not committed yet.
    pub(super) fn add_open(&mut self, case: &Case, life: &Life) {
        self.rule = case.rule(Rule::MajorityQuorum);
        let member = case.world.leader();
        let Some(node) = member.and_then(|member| member.server()).map(Server::node) else {
            self.say(None, key!("why.entry.no-leader"), &[]);
            let chain = leader::why(case).chain;
            self.chain.extend(chain);
            return;
        };
        let has_it = life
            .copy(node.id())
            .is_some_and(|copy| copy.state.is_there());
        if !has_it {
            return self.another_leader(case, life, node);
        }
        let acked: Vec<NodeId> = voters(node)
            .iter()
            .copied()
            .filter(|id| counts(node, *id, life.index))
            .collect();
        let needed = majority(voters(node).len());
        let fills = [
            ("voters", word(voters(node).len())),
            ("needed", word(needed)),
            ("copies", word(acked.len())),
            ("leader", case.member(node.id())),
        ];
        if acked.len() >= needed && life.term < node.term() {
            return self.older_term(case, life, node, &fills);
        }
        self.say(None, key!("why.entry.too-few"), &fills);
        for id in voters(node) {
            if !acked.contains(id)
                && let Some(copy) = life.copy(*id)
            {
                self.add(missing(case, node, copy, life.index));
            }
        }
    }

    /// A majority has it, but it is of an older term.
    fn older_term(&mut self, case: &Case, life: &Life, leader: &Node, fills: &[(&str, Span)]) {
        self.rule = case.rule(Rule::CommitOwnTerm);
        self.say(None, key!("why.entry.old-majority"), fills);
        let terms = [
            ("leader", case.member(leader.id())),
            ("old", word(life.term)),
            ("term", word(leader.term())),
        ];
        let elected = elected(case, leader);
        self.say(
            elected.as_ref().map(at),
            key!("why.entry.older-term"),
            &terms,
        );
        let own = leader
            .entries(life.index..)
            .find(|entry| entry.term == leader.term());
        let Some(own) = own else {
            return;
        };
        let fills = [("index", word(own.index)), ("term", word(own.term))];
        let next = reason(None, key!("why.entry.will-follow"), &fills);
        self.add(Some(next.about(Topic::Entry(own.index, own.term))));
        for id in voters(leader) {
            if !counts(leader, *id, own.index) {
                let copy = life_of(case, own.index, own.term).copy(*id).cloned();
                self.add(copy.and_then(|copy| missing(case, leader, &copy, own.index)));
            }
        }
    }

    /// The leader has no such entry: whoever has it will drop it.
    fn another_leader(&mut self, case: &Case, life: &Life, leader: &Node) {
        self.rule = case.rule(Rule::TruncateOnConflict);
        let elected = elected(case, leader);
        let fills = [
            ("leader", case.member(leader.id())),
            ("term", word(leader.term())),
            ("index", word(life.index)),
        ];
        self.say(
            elected.as_ref().map(at),
            key!("why.entry.leader-lacks"),
            &fills,
        );
        for copy in life.copies.iter().filter(|copy| copy.state.is_there()) {
            let member = ("member", case.member(copy.member));
            self.say(None, key!("why.entry.will-drop"), &[member]);
            self.add(case.barrier(leader.id(), copy.member));
        }
    }
}

/// The members whose copies counted for a leader before a step. Ids are never used twice: if the voters are the first ones
/// they always were.
fn voters_then(case: &Case, leader: NodeId, step: u64) -> Vec<NodeId> {
    let first: Vec<NodeId> = case.world.options().member_ids().collect();
    if compose::voters(case.world) == first {
        return first;
    }
    let mut found = None;
    case.back(&mut |event| {
        if let Fact::Learned {
            member,
            event: Event::ConfChanged { conf },
        } = &event.fact
            && *member == leader
            && event.step < step
        {
            found = Some(conf.voters.clone());
        }
        found.is_some()
    });
    found.unwrap_or(first)
}

/// The members whose copies count.
fn voters(leader: &Node) -> &[NodeId] {
    &leader.conf().voters
}

/// Whether a leader knows that a member has everything up to here on its disk.
fn counts(leader: &Node, id: NodeId, index: Index) -> bool {
    if id == leader.id() {
        return leader.stored_index() >= index;
    }
    leader
        .progress(id)
        .is_some_and(|progress| progress.match_index >= index)
}

/// The election of a leader.
fn elected(case: &Case, leader: &Node) -> Option<crate::cluster::TraceEvent> {
    case.last(&|fact| {
        matches!(fact, Fact::Learned {
            member,
            event: Event::RoleChanged { role: Role::Leader, term, .. },
        } if *member == leader.id() && *term == leader.term())
    })
}

/// Why a leader does not count a member's copy of an entry.
fn missing(case: &Case, leader: &Node, copy: &Copy, index: Index) -> Option<Reason> {
    let (from, to) = (leader.id(), copy.member);
    let member = ("member", case.member(to));
    let there = copy.state.is_there();
    let down = case.down(to);
    if from != to
        && (down.is_some() || !there)
        && let Some(barrier) = case.barrier(from, to)
    {
        return Some(barrier);
    }
    if copy.state == CopyState::Unsynced || from == to {
        let stalled = case.stalled(to);
        let writing = reason(copy.received, key!("why.entry.writing"), &[member]);
        return Some(stalled.or(case.paused(to)).unwrap_or(writing));
    }
    let is_ack = |envelope: &Envelope| matches!(envelope.message, Message::AppendAccepted { match_index } if match_index >= index);
    let brings = |envelope: &Envelope| match &envelope.message {
        Message::AppendRequest { entries, .. } => entries.iter().any(|entry| entry.index == index),
        Message::SnapshotRequest { snapshot } => snapshot.index >= index,
        _ => false,
    };
    let (way, is, under_way, held, gone): (_, &dyn Fn(&Envelope) -> bool, _, _, _) = if there {
        (
            (to, from),
            &is_ack,
            key!("why.entry.ack-flies"),
            key!("why.entry.ack-held"),
            key!("why.entry.ack-lost"),
        )
    } else {
        (
            (from, to),
            &brings,
            key!("why.entry.copy-flies"),
            key!("why.entry.copy-held"),
            key!("why.entry.copy-lost"),
        )
    };
    if let Some((id, flight)) = case.flight(way.0, way.1, is) {
        let left = flight.arrives.since(case.world.now());
        let fills = [member, ("time", word(crate::view::describe::length(left)))];
        let key = if flight.held.is_some() {
            held
        } else {
            under_way
        };
        return Some(reason(None, key, &fills).about(Topic::Message(id)));
    }
    if there && let Some(barrier) = case.barrier(to, from) {
        return Some(barrier);
    }
    if let Some(lost) = case.lost(way.0, way.1, is) {
        let flight = match lost.fact {
            Fact::Lost { flight, .. } => Some(Topic::Message(flight)),
            _ => None,
        };
        let mut told = reason(Some(at(&lost)), gone, &[member]);
        told.topic = flight;
        return Some(told);
    }
    let probing = leader
        .progress(to)
        .is_some_and(|progress| matches!(progress.state, ProgressState::Probe { .. }) && !there);
    let key = match (probing, there) {
        (true, _) => key!("why.entry.probing"),
        (_, true) => key!("why.entry.ack-missing"),
        _ => key!("why.entry.not-sent"),
    };
    Some(reason(None, key, &[member]))
}

/// The sender as a member.
pub(super) fn sender(address: Address) -> Option<NodeId> {
    match address {
        Address::Member(id) => Some(id),
        Address::Client(_) => None,
    }
}
