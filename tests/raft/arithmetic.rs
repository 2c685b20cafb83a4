//! The pure parts: quorums against a brute-force count, configurations, progress.

use crate::cluster::id;
use ::quorum::raft::electorate::{Electorate, VoteResult, majority};
use ::quorum::raft::*;
use bytes::Bytes;
use proptest::prelude::*;
use std::collections::BTreeSet;

// Quorums.

/// Some voters out of 1 to 7, as a sorted list.
fn some_voters() -> impl Strategy<Value = Vec<NodeId>> {
    voters_out_of(7)
}

/// Some voters out of 1 to `last`.
fn voters_out_of(last: u64) -> impl Strategy<Value = Vec<NodeId>> {
    prop::collection::btree_set(1..=last, 0..=last as usize)
        .prop_map(|ids| ids.into_iter().map(NodeId).collect())
}

fn is_won(half: &[NodeId], granted: &BTreeSet<NodeId>) -> bool {
    let votes = half.iter().filter(|id| granted.contains(id)).count();
    half.is_empty() || 2 * votes > half.len()
}

proptest! {
    /// An index is reached if a majority of each half is at least there, and no higher one is.
    #[test]
    fn reached_is_what_counting_finds(
        new in voters_out_of(15), old in voters_out_of(15), values in prop::collection::vec(0u64..20, 16),
    ) {
        prop_assume!(!new.is_empty());
        let value = |id: NodeId| values[id.0 as usize];
        let reached = Electorate::new(&new[..], &old, majority).reached(value);
        let at_least = |bound: u64| (1..=15).map(NodeId).filter(|id| value(*id) >= bound).collect();
        let wins = |bound| is_won(&new, &at_least(bound)) && is_won(&old, &at_least(bound));
        prop_assert_eq!(reached, (0..20).rev().find(|bound| wins(*bound)));
    }

    /// An election is won or lost exactly if every way to complete the answers says so.
    #[test]
    fn vote_result_is_what_all_completions_say(
        new in some_voters(), old in some_voters(), answers in prop::collection::vec(0u8..3, 8),
    ) {
        prop_assume!(!new.is_empty());
        let answer = |id: NodeId| match answers[id.0 as usize] {
            0 => None,
            1 => Some(false),
            _ => Some(true),
        };
        let result = Electorate::new(&new[..], &old, majority).vote_result(answer);
        let (mut some_win, mut some_lose) = (false, false);
        for guess in 0u32..1 << 7 {
            let granted = (1..8).map(NodeId).filter(|id| {
                answer(*id).unwrap_or(guess & (1 << (id.0 - 1)) != 0)
            });
            let granted: BTreeSet<NodeId> = granted.collect();
            let wins = is_won(&new, &granted) && is_won(&old, &granted);
            some_win |= wins;
            some_lose |= !wins;
        }
        let expected = match (some_win, some_lose) {
            (true, false) => VoteResult::Won,
            (false, _) => VoteResult::Lost,
            (true, true) => VoteResult::Pending,
        };
        // Two halves can be lost together before either is: that shows only with the last answer.
        let lost_together = expected == VoteResult::Lost && result == VoteResult::Pending;
        prop_assert!(result == expected || (lost_together && !old.is_empty()));
    }

    /// Changing one voter keeps a member in common to any two majorities.
    #[test]
    fn simple_changes_keep_majorities_overlapping(
        voters in some_voters(), steps in prop::collection::vec((0u8..3, 1u64..8), 1..4),
    ) {
        prop_assume!(!voters.is_empty());
        let before = ConfState::voters(voters);
        let step = |(kind, id): (u8, u64)| match kind {
            0 => ConfChangeStep::AddVoter(NodeId(id)),
            1 => ConfChangeStep::AddLearner(NodeId(id)),
            _ => ConfChangeStep::Remove(NodeId(id)),
        };
        let changes: Vec<ConfChangeStep> = steps.into_iter().map(step).collect();
        for change in changes.iter().map(|step| ConfChange::single(*step)) {
            if let Ok(after) = before.changed(&change) {
                prop_assert!(overlap(&before.voters, &after.voters));
                check_conf(&after)?;
            }
        }
        let joint = ConfChange { changes, transition: Transition::JointExplicit, ..ConfChange::default() };
        if let Ok(middle) = before.changed(&joint) {
            check_conf(&middle)?;
            prop_assert!(middle.is_joint() && !middle.auto_leave);
            prop_assert_eq!(&middle.voters_outgoing, &before.voters);
            let after = middle.changed(&ConfChange::leave()).expect("it can be left");
            check_conf(&after)?;
            prop_assert!(!after.is_joint() && after.learners_next.is_empty());
            prop_assert_eq!(&after.voters, &middle.voters);
        }
    }
}

/// Whether every majority of one list meets every majority of the other.
fn overlap(one: &[NodeId], other: &[NodeId]) -> bool {
    let both: BTreeSet<NodeId> = one.iter().chain(other).copied().collect();
    let all: Vec<NodeId> = both.into_iter().collect();
    (0u32..1 << all.len()).all(|mask| {
        let (inside, outside): (Vec<_>, Vec<_>) =
            (all.iter().enumerate()).partition(|(place, _)| mask & (1 << place) != 0);
        let ids = |list: Vec<(usize, &NodeId)>| list.into_iter().map(|(_, id)| *id).collect();
        !(is_won(one, &ids(inside)) && is_won(other, &ids(outside)))
    })
}

fn check_conf(conf: &ConfState) -> Result<(), TestCaseError> {
    for list in [
        &conf.voters,
        &conf.learners,
        &conf.voters_outgoing,
        &conf.learners_next,
    ] {
        prop_assert!(
            list.windows(2).all(|pair| pair[0] < pair[1]),
            "sorted: {list:?}"
        );
    }
    prop_assert!(!conf.voters.is_empty());
    for learner in &conf.learners {
        prop_assert!(!conf.is_voter(*learner), "{learner} is both");
    }
    for next in &conf.learners_next {
        prop_assert!(conf.voters_outgoing.contains(next) && !conf.voters.contains(next));
    }
    Ok(())
}

#[test]
fn majorities() {
    let sizes: Vec<usize> = (1..=7).map(majority).collect();
    assert_eq!(sizes, [1, 2, 2, 3, 3, 4, 4]);
}

#[test]
fn nobody_decides_nothing() {
    let nobody = Electorate::new(&[][..], &[], majority);
    assert_eq!(nobody.vote_result(|_| Some(true)), VoteResult::Lost);
    assert_eq!(nobody.reached(|_| 7), None);
    assert!(!nobody.is_only(id(1)));
    let old = [id(1)];
    assert_eq!(
        Electorate::new(&[][..], &old, majority).reached(|_| 7),
        None
    );
}

#[test]
fn an_electorate_knows_its_members() {
    let (new, old) = ([id(3), id(5)], [id(1), id(3)]);
    let joint = Electorate::new(&new[..], &old, majority);
    assert_eq!(joint.voters(), [id(1), id(3), id(5)]);
    let inside: Vec<bool> = (1..=5).map(|n| joint.contains(id(n))).collect();
    assert_eq!(inside, [true, false, true, false, true]);
    let alone = [id(3)];
    assert!(Electorate::new(&alone[..], &[], majority).is_only(id(3)));
    assert!(Electorate::new(&alone[..], &alone, majority).is_only(id(3)));
    assert!(!Electorate::new(&alone[..], &old, majority).is_only(id(3)));
    assert!(!Electorate::new(&old[..], &alone, majority).is_only(id(3)));
    assert!(!Electorate::new(&alone[..], &[], majority).is_only(id(1)));
}

// Configurations.

pub fn conf(voters: &[u64], outgoing: &[u64], learners: &[u64], next: &[u64]) -> ConfState {
    let ids = |list: &[u64]| list.iter().copied().map(NodeId).collect();
    ConfState {
        voters: ids(voters),
        voters_outgoing: ids(outgoing),
        learners: ids(learners),
        learners_next: ids(next),
        auto_leave: false,
    }
}

pub fn several(steps: &[ConfChangeStep], transition: Transition) -> ConfChange {
    ConfChange {
        transition,
        changes: steps.to_vec(),
        context: Bytes::new(),
    }
}

use ConfChangeStep::{AddLearner, AddVoter, Remove};

#[test]
fn single_changes() {
    let start = conf(&[1, 2], &[], &[3], &[]);
    let after = |step| start.changed(&ConfChange::single(step));
    assert_eq!(after(AddVoter(id(4))), Ok(conf(&[1, 2, 4], &[], &[3], &[])));
    assert_eq!(after(AddVoter(id(3))), Ok(conf(&[1, 2, 3], &[], &[], &[])));
    assert_eq!(after(AddVoter(id(2))), Ok(start.clone()));
    assert_eq!(
        after(AddLearner(id(4))),
        Ok(conf(&[1, 2], &[], &[3, 4], &[]))
    );
    assert_eq!(after(AddLearner(id(2))), Ok(conf(&[1], &[], &[2, 3], &[])));
    assert_eq!(after(AddLearner(id(3))), Ok(start.clone()));
    assert_eq!(after(Remove(id(2))), Ok(conf(&[1], &[], &[3], &[])));
    assert_eq!(after(Remove(id(3))), Ok(conf(&[1, 2], &[], &[], &[])));
    assert_eq!(after(Remove(id(9))), Ok(start.clone()));
    assert_eq!(after(AddVoter(id(0))), Err(ConfError::NoId));
    assert_eq!(
        start.changed(&ConfChange::leave()),
        Err(ConfError::NotJoint)
    );
    let last = conf(&[1], &[], &[], &[]);
    let removed = last.changed(&ConfChange::single(Remove(id(1))));
    assert_eq!(removed, Err(ConfError::NoVoters));
}

#[test]
fn joint_changes() {
    let start = conf(&[1, 2, 3], &[], &[4], &[]);
    let steps = [
        AddVoter(id(4)),
        AddLearner(id(1)),
        Remove(id(3)),
        AddVoter(id(5)),
    ];
    let middle = conf(&[2, 4, 5], &[1, 2, 3], &[], &[1]);
    let auto = ConfState {
        auto_leave: true,
        ..middle.clone()
    };
    let after = |transition| start.changed(&several(&steps, transition));
    assert_eq!(after(Transition::JointExplicit), Ok(middle.clone()));
    assert_eq!(after(Transition::JointImplicit), Ok(auto.clone()));
    assert_eq!(after(Transition::Auto), Ok(auto.clone()));
    let left = conf(&[2, 4, 5], &[], &[1], &[]);
    assert_eq!(auto.changed(&ConfChange::leave()), Ok(left));
    let another = ConfChange::single(AddVoter(id(6)));
    assert_eq!(middle.changed(&another), Err(ConfError::StillJoint));
    let nobody = several(
        &[Remove(id(1)), Remove(id(2)), Remove(id(3))],
        Transition::Auto,
    );
    assert_eq!(start.changed(&nobody), Err(ConfError::NoVoters));
    let none = conf(&[], &[], &[], &[]);
    let first = several(&[AddVoter(id(1))], Transition::JointExplicit);
    assert_eq!(none.changed(&first), Err(ConfError::NoVoters));
}

#[test]
fn a_learner_next_can_be_called_back_or_removed() {
    let start = conf(&[1, 2], &[], &[], &[]);
    let after =
        |steps: &[ConfChangeStep]| start.changed(&several(steps, Transition::JointExplicit));
    let back = after(&[AddLearner(id(2)), AddVoter(id(2))]);
    assert_eq!(back, Ok(conf(&[1, 2], &[1, 2], &[], &[])));
    let gone = after(&[AddLearner(id(2)), Remove(id(2))]);
    assert_eq!(gone, Ok(conf(&[1], &[1, 2], &[], &[])));
}

#[test]
fn a_configuration_knows_its_members() {
    let joint = conf(&[2, 4], &[1, 2], &[5], &[1]);
    assert_eq!(joint.members(), [id(1), id(2), id(4), id(5)]);
    let voters: Vec<bool> = (1..=6).map(|n| joint.is_voter(id(n))).collect();
    assert_eq!(voters, [true, true, false, true, false, false]);
    let members: Vec<bool> = (1..=6).map(|n| joint.is_member(id(n))).collect();
    assert_eq!(members, [true, true, false, true, true, false]);
    let voters = ConfState::voters([id(3), id(1), id(3)]);
    assert_eq!(voters, conf(&[1, 3], &[], &[], &[]));
}

// Progress.

fn replicating(matched: u64, next: u64) -> Progress {
    let mut progress = Progress::new(Index(matched + 1));
    progress.matched(Index(matched), false);
    progress.become_replicate();
    for last in matched + 1..next {
        progress.sent(Index(last), 10, Index(0));
    }
    progress
}

#[test]
fn a_probe_sends_once_and_waits() {
    let mut progress = Progress::new(Index(5));
    assert!(progress.may_send_entries(1, 1));
    progress.sent(Index(6), 10, Index(3));
    assert!(!progress.may_send_entries(1, 1));
    assert_eq!(
        (progress.next_index, progress.sent_commit),
        (Index(5), Index(3))
    );
    assert!(progress.heard() && !progress.heard() && progress.recent_active);
    progress.heard_heartbeat(false);
    assert!(progress.may_send_entries(1, 1));
}

#[test]
fn a_refused_probe_goes_back_to_the_hint_and_never_behind_what_matches() {
    let probe = |matched| {
        let mut progress = Progress::new(Index(10));
        progress.matched(Index(matched), false);
        progress.sent(Index(9), 0, Index(9));
        progress
    };
    for (matched, hint, next) in [(0, 4, 5), (0, 9, 9), (6, 4, 7), (0, u64::MAX, 9)] {
        let mut progress = probe(matched);
        assert!(progress.refused(Index(9), Index(hint)));
        assert_eq!(progress.next_index, Index(next), "hint {hint}");
        assert_eq!(progress.sent_commit, Index(next - 1));
        assert!(progress.may_send_entries(1, 1));
    }
    let mut progress = probe(3);
    assert!(
        !progress.refused(Index(7), Index(1)),
        "an answer to an older probe"
    );
    assert!(
        !progress.refused(Index(3), Index(1)),
        "what matches is not refused"
    );
    assert_eq!(progress.next_index, Index(10));
}

#[test]
fn a_refused_stream_becomes_a_probe_behind_what_matches() {
    let mut progress = replicating(3, 8);
    assert!(
        !progress.refused(Index(3), Index(0)),
        "late: that matches by now"
    );
    assert!(progress.refused(Index(7), Index(5)));
    assert_eq!(progress.next_index, Index(4));
    assert_eq!(progress.state, ProgressState::Probe { waiting: false });
}

#[test]
fn a_stream_advances_what_it_sends_and_frees_what_arrived() {
    let mut progress = replicating(3, 6);
    assert_eq!(progress.next_index, Index(6));
    assert!(progress.may_send_entries(3, 100) && !progress.may_send_entries(2, 100));
    assert!(progress.may_send_entries(3, 21) && !progress.may_send_entries(3, 20));
    assert!(progress.matched(Index(4), false));
    let ProgressState::Replicate(inflight) = &progress.state else {
        panic!("{progress:?}");
    };
    assert_eq!(
        (inflight.len(), inflight.bytes(), inflight.is_empty()),
        (1, 10, false)
    );
    // What a message without entries carries is not in flight.
    progress.sent(Index(5), 0, Index(5));
    assert_eq!(
        (progress.next_index, progress.sent_commit),
        (Index(6), Index(5))
    );
    let ProgressState::Replicate(inflight) = &progress.state else {
        panic!("{progress:?}");
    };
    assert_eq!(inflight.len(), 1);
    assert!(progress.matched(Index(5), false));
    assert_eq!(
        progress.state,
        ProgressState::Replicate(Inflight::default())
    );
}

#[test]
fn what_matches_moves_forwards_only() {
    let mut progress = replicating(3, 6);
    assert!(!progress.matched(Index(3), false) && !progress.matched(Index(2), false));
    assert_eq!(progress.match_index, Index(3));
    assert!(!progress.matched(Index(3), true) && progress.matched(Index(2), true));
    assert_eq!(
        (progress.match_index, progress.next_index),
        (Index(2), Index(6))
    );
    assert!(progress.matched(Index(9), false));
    assert_eq!(progress.next_index, Index(10));
}

#[test]
fn a_snapshot_stops_everything_until_its_fate_is_known() {
    let mut progress = replicating(3, 6);
    progress.become_snapshot(Index(20));
    assert!(!progress.may_send_entries(100, 100));
    assert!(!progress.refused(Index(9), Index(1)));
    progress.heard_heartbeat(true);
    assert_eq!(progress.state, ProgressState::Snapshot { index: Index(20) });
    progress.become_probe();
    assert_eq!(progress.next_index, Index(21));
    progress.matched(Index(30), false);
    progress.become_snapshot(Index(20));
    progress.become_probe();
    assert_eq!(progress.next_index, Index(31));
}
