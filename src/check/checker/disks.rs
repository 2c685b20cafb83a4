//! What is on the disks.

use super::super::durability::{entry_on, expect_still_needed, has, term_on};
use super::super::logs::End;
use super::Checker;
use crate::cluster::{Counter, World};
use crate::raft::{Index, NodeId, Stored, Term};

impl Checker {
    /// A process starts from what the disk holds.
    pub(super) fn started(&mut self, place: usize, world: &World) {
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

    /// Something became durable.
    pub(super) fn synced(&mut self, place: usize, entries: Option<(Index, Index)>, world: &World) {
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
                self.expect_committed_is_needed(world);
            }
        }
        if let Some(candidate) = disk.hard_state.vote {
            self.voted(place, term, candidate);
        }
    }

    /// What is committed must still be on so many disks that nobody can decide without it. Whoever
    /// still goes by an older configuration cannot: by the newest but one, its quorums overlap with
    /// those of the newest; and an older one than that is only known to those who lack the entry of
    /// the newest but one or do not know that it is committed, and they need the vote of somebody who
    /// has it.
    fn expect_committed_is_needed(&mut self, world: &World) {
        let index = self.commits.last();
        let claim = self.commits.first_claim(index);
        let conf = self.configurations.newest();
        if let (Some(claim), Some(term), Some(conf)) = (claim, self.commits.term_at(index), conf) {
            let holds = |id| holds(world, id, index, term);
            expect_still_needed(&mut self.report, claim, index, conf, holds);
        }
    }
}

/// Whether the disk of a member holds an entry.
pub(super) fn holds(world: &World, id: NodeId, index: Index, term: Term) -> bool {
    world
        .member(id)
        .is_some_and(|member| has(member.stored(), index, term))
}

/// The last index that a disk knows of.
pub(super) fn end_of(disk: &Stored) -> Index {
    let last = disk.entries.last().map(|entry| entry.index);
    last.unwrap_or(disk.snapshot.index)
}
