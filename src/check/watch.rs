//! The checker: reads facts and members, and asks the files of the properties.

use super::answers::Answers;
use super::applied::{Applied, extend};
use super::backwards::Rising;
use super::commits::Commits;
use super::configurations::Configurations;
use super::durability::{
    entry_on, expect_match, expect_on_quorum, expect_own_copy, expect_still_needed, has, term_on,
};
use super::elections::Elections;
use super::logs::{End, Logs, digest, leader_keeps};
use super::messages::{Flight, Messages};
use super::report::{Count, Moment, Report};
use super::votes::Votes;
use crate::cluster::{
    Address, Call, Claim, Counter, Fact, OperationId, Outcome, Packet, Property, TraceEvent,
    Violation, World,
};
use crate::kv::Revision;
use crate::raft::{
    ConfState, Envelope, Event, Index, Message, Node, NodeId, Role, Stored, Term, VoteVerdict,
};

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
        self.report.take()
    }

    /// Takes in one fact.
    fn see(&mut self, fact: &Fact, world: &World, step: &mut Step) {
        match fact {
            Fact::Started { member } => {
                let place = self.touch(*member, world, step);
                self.started(place, world);
            }
            Fact::Sent {
                flight,
                from,
                to,
                packet,
                ..
            } => {
                let message = Flight {
                    from: *from,
                    to: *to,
                    packet: packet.clone(),
                };
                self.messages.sent(*flight, message);
                if let Address::Member(member) = from {
                    let place = self.touch(*member, world, step);
                    if let Packet::Raft(envelope) = &**packet {
                        self.says(place, envelope);
                    }
                }
            }
            Fact::Delivered {
                flight,
                from,
                to,
                packet,
                ..
            } => {
                let message = Flight {
                    from: *from,
                    to: *to,
                    packet: packet.clone(),
                };
                self.messages.ended(&mut self.report, *flight, &message);
                if let Address::Member(member) = to {
                    self.touch(*member, world, step);
                    if let Address::Member(sender) = from {
                        step.arrived = Some((*member, *sender));
                    }
                }
            }
            Fact::Lost {
                flight,
                from,
                to,
                packet,
                ..
            } => {
                let message = Flight {
                    from: *from,
                    to: *to,
                    packet: packet.clone(),
                };
                self.messages.ended(&mut self.report, *flight, &message);
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
                revision,
                ..
            } => {
                let place = self.touch(*member, world, step);
                self.applies(place, *index, *revision, world);
            }
            Fact::Wrote { member, .. } | Fact::Held { member, .. } => {
                self.touch(*member, world, step);
            }
            Fact::Crashed { member, .. } => {
                let place = self.touch(*member, world, step);
                self.members[place].leads = None;
            }
            Fact::Called {
                operation, call, ..
            } => self.called(*operation, call),
            Fact::Returned {
                operation, outcome, ..
            } => self.returned(*operation, outcome),
            // The network sent it, not the member.
            Fact::Duplicated {
                flight,
                from,
                to,
                packet,
                ..
            } => {
                let message = Flight {
                    from: *from,
                    to: *to,
                    packet: packet.clone(),
                };
                self.messages.sent(*flight, message);
            }
            Fact::Acted(_)
            | Fact::Ran { .. }
            | Fact::Violated(_)
            | Fact::Waiting { .. }
            | Fact::Torn { .. }
            | Fact::Repaired { .. }
            | Fact::FailedToStart { .. }
            | Fact::Ended { .. }
            | Fact::Refused { .. } => {}
        }
    }

    /// The place of a member in the list; the step concerns it.
    fn touch(&mut self, id: NodeId, world: &World, step: &mut Step) -> usize {
        let place = match self.members.iter().position(|seen| seen.id == id) {
            Some(place) => place,
            None => {
                let disk = world.member(id).map(|member| member.stored());
                self.members.push(Seen::new(id, disk));
                self.members.len() - 1
            }
        };
        step.touched |= 1 << place;
        place
    }

    /// A process starts from what the disk holds.
    fn started(&mut self, place: usize, world: &World) {
        let now = self.report.now();
        let seen = &mut self.members[place];
        let Some(disk) = world.member(seen.id).map(|member| member.stored()) else {
            return;
        };
        seen.term.reset(disk.hard_state.term.0, now);
        seen.commit.reset(0, now);
        seen.applied.reset(0, now);
        seen.leads = None;
        seen.stored_end = end_of(disk);
        let end = seen.stored_end;
        let term = term_on(disk, end).unwrap_or_default();
        seen.end = (End { index: end, term }, now);
        seen.checked_commit = disk.snapshot.index;
        let applied = disk.applied.max(disk.snapshot.index);
        seen.prefix = (applied, self.applied.prefix_at(applied));
    }

    /// A member sent a message of Raft: it may speak as a leader, or give its vote.
    fn says(&mut self, place: usize, envelope: &Envelope) {
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

    fn voted(&mut self, place: usize, term: Term, candidate: NodeId) {
        let seen = &mut self.members[place];
        if seen.voted != Some((term, candidate)) {
            seen.voted = Some((term, candidate));
            self.votes.voted(&mut self.report, seen.id, term, candidate);
        }
    }

    fn learned(&mut self, place: usize, event: &Event) {
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

    fn called(&mut self, operation: OperationId, call: &Call) {
        if let Call::Store(request) = call
            && !request.is_serializable()
        {
            self.answers.called(operation);
        }
    }

    fn returned(&mut self, operation: OperationId, outcome: &Outcome) {
        match outcome {
            Outcome::Answered(response) => {
                self.answers
                    .answered(&mut self.report, operation, response.revision());
            }
            Outcome::Failed(_) => self.answers.failed(operation),
        }
    }
}

// What is on the disks.

impl Checker {
    /// Something became durable.
    fn synced(&mut self, place: usize, entries: Option<(Index, Index)>, world: &World) {
        let id = self.members[place].id;
        let Some(disk) = world.member(id).map(|member| member.stored()) else {
            return;
        };
        let (seen, report) = (&mut self.members[place], &mut self.report);
        let term = disk.hard_state.term;
        seen.stored_term.is(report, id, Counter::StoredTerm, term.0);
        let snapshot = disk.snapshot.index;
        if snapshot.0 != seen.stored_snapshot.value() {
            seen.stored_snapshot
                .is(report, id, Counter::StoredSnapshot, snapshot.0);
            self.applied.has_snapshot(report, id, &disk.snapshot);
        }
        if let Some((first, last)) = entries {
            for entry in (first.0..=last.0).filter_map(|index| entry_on(disk, Index(index))) {
                let prev_term = term_on(disk, entry.index.prev()).unwrap_or_default();
                self.logs.holds(report, id, prev_term, entry);
            }
            let replaced = first <= seen.stored_end && first <= self.commits.last();
            seen.stored_end = end_of(disk);
            if replaced {
                self.expect_committed_is_needed(place, world);
            }
        }
        if let Some(candidate) = disk.hard_state.vote {
            self.voted(place, term, candidate);
        }
    }

    /// What is committed must still be on so many disks that nobody can decide without it.
    fn expect_committed_is_needed(&mut self, place: usize, world: &World) {
        let index = self.commits.last();
        let claim = self.commits.first_claim(index);
        if let (Some(claim), Some(term)) = (claim, self.commits.term_at(index)) {
            let conf = &self.members[place].conf;
            let holds = |id| holds(world, id, index, term);
            expect_still_needed(&mut self.report, claim, index, conf, holds);
        }
    }
}

/// Whether the disk of a member holds an entry.
fn holds(world: &World, id: NodeId, index: Index, term: Term) -> bool {
    world
        .member(id)
        .is_some_and(|member| has(member.stored(), index, term))
}

/// The last index that a disk knows of.
fn end_of(disk: &Stored) -> Index {
    let last = disk.entries.last().map(|entry| entry.index);
    last.unwrap_or(disk.snapshot.index)
}

// What a member has in its memory.

impl Checker {
    /// Compares a member after a step with what was seen of it before.
    fn look_at(&mut self, place: usize, world: &World, step: &Step) {
        let id = self.members[place].id;
        let Some(server) = world.member(id).and_then(|member| member.server()) else {
            return;
        };
        let node = server.node();
        let hard_state = node.hard_state();
        let (seen, report) = (&mut self.members[place], &mut self.report);
        seen.term.is(report, id, Counter::Term, hard_state.term.0);
        seen.commit
            .is(report, id, Counter::Commit, hard_state.commit.0);
        seen.applied
            .is(report, id, Counter::Applied, node.applied_index().0);
        self.look_at_log(place, node);
        self.look_at_leadership(place, node);
        self.look_at_commits(place, node, world);
        let seen = &mut self.members[place];
        if seen.conf != *node.conf() {
            seen.conf = node.conf().clone();
            self.configurations
                .in_force(&mut self.report, id, &seen.conf);
        }
        if seen.leads.is_some() {
            self.look_at_matches(place, node, world, step);
        }
    }

    /// Looks at the part of the log that is new.
    fn look_at_log(&mut self, place: usize, node: &Node) {
        let (seen, report) = (&mut self.members[place], &mut self.report);
        let (before, when) = seen.end;
        let there = node.term_at(before.index);
        if let Some((term, _)) = &seen.leads
            && (*term, Role::Leader) == (node.term(), node.role())
        {
            leader_keeps(report, seen.id, *term, (before, when), there);
        }
        let last = node.last_index();
        let kept = there == Some(before.term);
        if kept && last == before.index {
            return;
        }
        let from = if kept {
            before.index.next()
        } else {
            // Something was cut off. What is committed stays, the rest is looked at again.
            Index(seen.commit.value().min(before.index.0)).next()
        };
        let mut prev_term = node.term_at(from.prev());
        for entry in node.entries(from..) {
            if let Some(prev_term) = prev_term {
                self.logs.holds(report, seen.id, prev_term, entry);
            }
            prev_term = Some(entry.term);
        }
        let term = node.term_at(last).unwrap_or_default();
        seen.end = (End { index: last, term }, report.now());
    }

    /// Looks whether the member leads now and did not before.
    fn look_at_leadership(&mut self, place: usize, node: &Node) {
        let (seen, report) = (&mut self.members[place], &mut self.report);
        if node.role() != Role::Leader {
            seen.leads = None;
            return;
        }
        let (id, term) = (seen.id, node.term());
        if seen.leads.as_ref().is_some_and(|(known, _)| *known == term) {
            return;
        }
        seen.leads = Some((term, Vec::new()));
        self.elections.leads(report, id, term);
        self.configurations.decides(report, id, &seen.conf);
        let covered = node.snapshot_index();
        let own = |index: &Index| node.term_at(*index) == Some(term) && *index > covered;
        let mut index = node.last_index();
        while own(&index) {
            index = index.prev();
        }
        let end = End {
            index,
            term: node.term_at(index).unwrap_or_default(),
        };
        let term_at = |index| node.term_at(index);
        self.commits
            .elected(report, id, term, end, covered, term_at);
    }

    /// Looks at what the member newly takes for committed.
    fn look_at_commits(&mut self, place: usize, node: &Node, world: &World) {
        let (seen, report) = (&mut self.members[place], &mut self.report);
        let commit = node.commit_index();
        if commit <= seen.checked_commit {
            return;
        }
        let before = self.commits.last();
        for index in (seen.checked_commit.0 + 1..=commit.0).map(Index) {
            if let Some(term) = node.term_at(index) {
                self.commits
                    .commits(report, seen.id, node.term(), index, term);
            }
        }
        seen.checked_commit = commit;
        if commit <= before {
            return;
        }
        let claim = self.commits.first_claim(commit);
        if let (Some(claim), Some(term)) = (claim, self.commits.term_at(commit)) {
            let confs = [&seen.conf, node.conf()];
            let holds = |id| holds(world, id, commit, term);
            expect_on_quorum(report, claim, commit, confs, holds);
            self.configurations.decides(report, seen.id, &seen.conf);
        }
    }

    /// Looks at what a leader knows about the member that it just heard from.
    fn look_at_matches(&mut self, place: usize, node: &Node, world: &World, step: &Step) {
        let id = self.members[place].id;
        if let Some((to, from)) = step.arrived
            && to == id
        {
            self.look_at_match(place, node, from, world);
        }
        if step.synced {
            self.look_at_match(place, node, id, world);
        }
    }

    fn look_at_match(&mut self, place: usize, node: &Node, member: NodeId, world: &World) {
        let (seen, report) = (&mut self.members[place], &mut self.report);
        let Some((term, matches)) = &mut seen.leads else {
            return;
        };
        let Some(index) = node.progress(member).map(|progress| progress.match_index) else {
            return;
        };
        let known = match matches.iter().position(|(id, _)| *id == member) {
            Some(known) => known,
            None => {
                matches.push((member, Rising::default()));
                matches.len() - 1
            }
        };
        let known = &mut matches[known].1;
        if known.value() == index.0 {
            return;
        }
        known.is(report, seen.id, Counter::Match(member), index.0);
        let disk = world.member(member).map(|member| member.stored());
        if let (Some(disk), Some(entry_term)) = (disk, node.term_at(index)) {
            let leader = (seen.id, *term);
            expect_match(report, leader, member, (index, entry_term), disk);
        }
    }

    /// A member applied an entry.
    fn applies(&mut self, place: usize, index: Index, revision: Revision, world: &World) {
        let seen = &mut self.members[place];
        let Some(member) = world.member(seen.id) else {
            return;
        };
        let in_memory = member
            .server()
            .and_then(|server| server.node().entry(index));
        let entry = in_memory.or_else(|| entry_on(member.stored(), index));
        let Some(entry) = entry else {
            // It is compacted already: go on from what the others say.
            seen.prefix = (index, self.applied.prefix_at(index));
            return;
        };
        let prefix = extend(seen.prefix.1, entry.term, digest(&entry.payload));
        seen.prefix = (index, prefix);
        let (id, report) = (seen.id, &mut self.report);
        self.applied.applies(report, id, index, prefix, revision);
        let claim = Claim::Applied {
            member: id,
            index,
            prefix,
            revision,
        };
        expect_own_copy(report, claim, id, (index, entry.term), member.stored());
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
