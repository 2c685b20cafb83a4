//! What a member has in its memory.

use super::super::applied::extend;
use super::super::backwards::Rising;
use super::super::durability::{entry_on, expect_match, expect_on_quorum, expect_own_copy};
use super::super::logs::{End, digest, leader_keeps};
use super::disks::holds;
use super::{Checker, Step};
use crate::cluster::{Claim, Counter, OperationId, World};
use crate::kv::Revision;
use crate::raft::{Index, Node, NodeId, Role};

impl Checker {
    /// Compares a member after a step with what was seen of it before.
    pub(super) fn look_at(&mut self, place: usize, world: &World, step: &Step) {
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
            let applied = node.applied_index();
            self.configurations
                .in_force(&mut self.report, id, &seen.conf, applied);
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
    pub(super) fn applies(
        &mut self,
        place: usize,
        (index, operation): (Index, Option<OperationId>),
        revision: Revision,
        world: &World,
    ) {
        let seen = &mut self.members[place];
        let Some(member) = world.member(seen.id) else {
            return;
        };
        let in_memory = member
            .server()
            .and_then(|server| server.node().entry(index));
        let entry = in_memory.or_else(|| entry_on(member.stored(), index));
        if self.past.is_new(index) {
            let now = self.report.now();
            let fate = self.past.takes_in(now, index, entry, revision);
            if let Some(operation) = operation {
                self.histories.took_place(operation, fate);
            }
        }
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
