//! The pure parts: quorums against a brute-force count, configurations, progress, options.

use crate::cluster::id;
use crate::solo::{disk, member};
use ::quorum::raft::electorate::{Electorate, VoteResult, majority};
use ::quorum::raft::rules::{LogPosition, Rule, Rules};
use ::quorum::raft::*;
use bytes::Bytes;
use proptest::prelude::*;
use std::collections::BTreeSet;

// Quorums.

/// Some voters out of 1 to 7, as a sorted list.
fn some_voters() -> impl Strategy<Value = Vec<NodeId>> {
    prop::collection::btree_set(1u64..8, 0..8).prop_map(|ids| ids.into_iter().map(NodeId).collect())
}

fn is_won(half: &[NodeId], granted: &BTreeSet<NodeId>) -> bool {
    let votes = half.iter().filter(|id| granted.contains(id)).count();
    half.is_empty() || 2 * votes > half.len()
}

proptest! {
    /// An index is reached if a majority of each half is at least there, and no higher one is.
    #[test]
    fn reached_is_what_counting_finds(
        new in some_voters(), old in some_voters(), values in prop::collection::vec(0u64..20, 8),
    ) {
        prop_assume!(!new.is_empty());
        let value = |id: NodeId| values[id.0 as usize];
        let reached = Electorate::new(&new[..], &old, majority).reached(value);
        let at_least = |bound: u64| (1..8).map(NodeId).filter(|id| value(*id) >= bound).collect();
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

fn conf(voters: &[u64], outgoing: &[u64], learners: &[u64], next: &[u64]) -> ConfState {
    let ids = |list: &[u64]| list.iter().copied().map(NodeId).collect();
    ConfState {
        voters: ids(voters),
        voters_outgoing: ids(outgoing),
        learners: ids(learners),
        learners_next: ids(next),
        auto_leave: false,
    }
}

fn several(steps: &[ConfChangeStep], transition: Transition) -> ConfChange {
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

// Rules as functions.

#[test]
fn rules_about_votes() {
    let rules = Rules::all();
    let at = |index, term| LogPosition {
        term: Term(term),
        index: Index(index),
    };
    assert!(rules.is_up_to_date(at(2, 2), at(2, 2)) && rules.is_up_to_date(at(1, 3), at(9, 2)));
    assert!(!rules.is_up_to_date(at(9, 1), at(1, 2)) && !rules.is_up_to_date(at(1, 2), at(2, 2)));
    let (one, other) = (Some(id(1)), Some(id(2)));
    assert!(rules.has_vote_for(id(1), None, None) && rules.has_vote_for(id(1), one, other));
    assert!(!rules.has_vote_for(id(1), other, None) && !rules.has_vote_for(id(1), None, other));
    assert!(rules.counts_vote_of(Term(2), Term(2)) && !rules.counts_vote_of(Term(1), Term(2)));
}

#[test]
fn rules_about_loyalty() {
    let options = Options::default();
    let rules = options.rules;
    let loyal = |elapsed, transfer| rules.is_loyal(&options, Some(id(2)), elapsed, transfer);
    assert!(loyal(999, false) && !loyal(1000, false) && !loyal(5, true));
    assert!(!rules.is_loyal(&options, None, 5, false));
    let careless = Options {
        check_quorum: false,
        ..Options::default()
    };
    assert!(!rules.is_loyal(&careless, Some(id(2)), 5, false));
    let leased = Options {
        read_mode: ReadMode::LeaseBased,
        ..Options::default()
    };
    assert!(rules.may_have_promised(&leased, true, 999));
    assert!(!rules.may_have_promised(&leased, true, 1000));
    assert!(!rules.may_have_promised(&leased, false, 5));
    assert!(!rules.may_have_promised(&options, true, 5));
}

#[test]
fn rules_about_leases() {
    let options = Options::default();
    let holds = |at, now, gone| options.rules.lease_holds(&options, at, now, gone);
    assert!(holds(Some(100), 999, false) && !holds(Some(100), 1000, false));
    assert!(!holds(None, 0, false) && !holds(Some(100), 101, true));
}

#[test]
fn rules_about_the_electorate() {
    let joint = conf(&[1, 2, 3], &[4, 5], &[6], &[]);
    let voters = |rules: Rules| rules.electorate(&joint).voters().len();
    assert_eq!(voters(Rules::all()), 5);
    assert_eq!(voters(Rules::all().without(Rule::JointMajorities)), 3);
    assert_eq!(voters(Rules::all().without(Rule::LearnersDoNotCount)), 6);
    let half = Rules::all().without(Rule::MajorityQuorum);
    let four = conf(&[1, 2, 3, 4], &[], &[], &[]);
    let two = |id: NodeId| (id.0 <= 2).then_some(true);
    assert_eq!(half.electorate(&four).vote_result(two), VoteResult::Won);
    let first = |id: NodeId| (id.0 == 1).then_some(true);
    let result = half.electorate(&four).vote_result(first);
    assert_eq!(result, VoteResult::Pending, "half of four is two");
    let one = conf(&[1], &[], &[], &[]);
    assert_eq!(
        half.electorate(&one).vote_result(|_| None),
        VoteResult::Pending
    );
}

#[test]
fn a_rule_that_is_off_stays_off() {
    let off = Rules::all().without(Rule::PreVote);
    assert_eq!(off.without(Rule::PreVote), off);
}

// Options.

#[test]
fn options_that_do_not_fit_are_refused_with_the_reason() {
    let refused = |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        options.validate().expect_err("refused").to_string()
    };
    assert_eq!(Options::default().validate(), Ok(()));
    let sentence = refused(|o| o.heartbeat_interval = o.election_timeout);
    assert!(
        sentence.contains("must be shorter than the election timeout"),
        "{sentence}"
    );
    assert!(refused(|o| o.heartbeat_interval = 0).contains("at least 1 tick"));
    assert!(refused(|o| o.election_timeout_max = o.election_timeout).contains("range is empty"));
    assert!(refused(|o| o.max_inflight_messages = 0).contains("in flight"));
    let leased = |o: &mut Options| o.read_mode = ReadMode::LeaseBased;
    let mut options = Options::default();
    leased(&mut options);
    assert_eq!(options.validate(), Ok(()));
    options.clock_drift_permille = 1000;
    assert_eq!(
        options.validate(),
        Err(OptionsError::DriftTooLarge { drift: 1000 })
    );
    options.clock_drift_permille = 999;
    options.check_quorum = false;
    assert_eq!(
        options.validate(),
        Err(OptionsError::LeaseWithoutCheckQuorum)
    );
    options.read_mode = ReadMode::Safe;
    options.clock_drift_permille = 5000;
    assert_eq!(options.validate(), Ok(()), "no lease, no bound");
}

#[test]
fn a_node_refuses_what_it_cannot_start_from() {
    let rng = || rand_pcg::Pcg32::new(1, 1);
    let good = || disk(&[1, 2, 2], ConfState::voters([id(1)]));
    let start = |disk: Stored| Node::new(id(1), Options::default(), disk, rng()).map(|_| ());
    assert_eq!(start(good()), Ok(()));
    let nobody = Node::new(id(0), Options::default(), good(), rng()).map(|_| ());
    assert_eq!(nobody, Err(OptionsError::NoId));
    let broken = |change: fn(&mut Stored)| {
        let mut disk = good();
        change(&mut disk);
        matches!(start(disk), Err(OptionsError::Stored(_)))
    };
    let edited = |change: fn(&mut Vec<Entry>)| {
        let mut disk = good();
        let mut entries: Vec<Entry> = disk.entries.iter().cloned().collect();
        change(&mut entries);
        disk.entries = entries.into_iter().collect();
        matches!(start(disk), Err(OptionsError::Stored(_)))
    };
    assert!(edited(|entries| entries[1].index = Index(3)));
    assert!(edited(|entries| entries[0].index = Index(0)));
    assert!(edited(|entries| entries[2].term = Term(1)));
    assert!(edited(|entries| drop(entries.remove(0))));
    assert!(broken(|d| d.prev_term = Term(2)));
    assert!(broken(|d| d.hard_state.term = Term(1)));
    let with_snapshot = |index, term| {
        let mut disk = good();
        let mut snapshot = (*disk.snapshot).clone();
        (snapshot.index, snapshot.term) = (Index(index), Term(term));
        disk.snapshot = std::sync::Arc::new(snapshot);
        disk
    };
    assert_eq!(start(with_snapshot(3, 2)), Ok(()));
    assert!(
        start(with_snapshot(4, 2)).is_err(),
        "the log ends before the snapshot"
    );
    let mut empty = with_snapshot(4, 3);
    empty.entries = Default::default();
    assert!(
        start(empty.clone()).is_err(),
        "the snapshot is ahead of the term"
    );
    empty.hard_state.term = Term(3);
    assert_eq!(start(empty), Ok(()));
}

#[test]
fn a_node_starts_with_what_its_disk_vouches_for() {
    let rng = || rand_pcg::Pcg32::new(1, 1);
    let mut stored = disk(&[1, 2, 2], ConfState::voters([id(1)]));
    let start =
        |disk: &Stored| Node::new(id(1), Options::default(), disk.clone(), rng()).expect("valid");
    stored.hard_state.commit = Index(2);
    stored.applied = Index(1);
    let node = start(&stored);
    assert_eq!(
        (node.commit_index(), node.applied_index()),
        (Index(2), Index(1))
    );
    assert_eq!(node.stored_index(), Index(3));
    // The application is ahead of the commit index on the disk: what it applied is committed.
    stored.applied = Index(3);
    assert_eq!(start(&stored).commit_index(), Index(3));
    // The disk lost the end of the log.
    stored.hard_state.commit = Index(9);
    stored.applied = Index(8);
    let node = start(&stored);
    assert_eq!(
        (node.commit_index(), node.applied_index()),
        (Index(3), Index(3))
    );
}

#[test]
fn entries_of_a_disk_are_found_by_index_and_shared_with_another() {
    let whole = disk(&[1, 2, 2], ConfState::voters([id(1)]));
    for index in 0..5 {
        let found = whole.entry(Index(index)).map(|entry| entry.index);
        let there = (1..=3).contains(&index);
        assert_eq!(found, there.then_some(Index(index)));
    }
    // A disk whose log begins later.
    let mut rest = whole.clone();
    rest.entries.trim_front(1);
    rest.prev_term = Term(1);
    assert_eq!(rest.entry(Index(1)), None);
    assert_eq!(rest.entry(Index(2)), whole.entry(Index(2)));
    let before = rest.clone();
    rest.share_log(&whole);
    assert_eq!(rest, before);
}

// Small things.

#[test]
fn indexes_and_terms() {
    assert_eq!((Index(3).next(), Index(3).prev()), (Index(4), Index(2)));
    assert_eq!(
        (Index(0).prev(), Index(u64::MAX).next()),
        (Index(0), Index(u64::MAX))
    );
    assert_eq!(
        (Term(3).next(), Term(u64::MAX).next()),
        (Term(4), Term(u64::MAX))
    );
    let text = format!("{} {} {}", NodeId(1), Term(2), Index(3));
    assert_eq!(text, "1 2 3");
}

#[test]
fn payloads_have_a_size() {
    assert_eq!(Payload::Noop.bytes(), 0);
    assert_eq!(Payload::Command(Bytes::from_static(b"four")).bytes(), 4);
    let change = ConfChange {
        context: Bytes::from_static(b"why"),
        ..several(&[AddVoter(id(1)), Remove(id(2))], Transition::Auto)
    };
    assert_eq!(Payload::ConfChange(Box::new(change)).bytes(), 21);
}

#[test]
fn a_node_shows_its_log() {
    let solo = member(&[1, 1, 2, 2]);
    let node = &solo.node;
    let indexes = |range: Vec<&Entry>| range.into_iter().map(|e| e.index.0).collect::<Vec<u64>>();
    assert_eq!(indexes(node.entries(..).collect()), [1, 2, 3, 4]);
    assert_eq!(indexes(node.entries(Index(2)..Index(4)).collect()), [2, 3]);
    assert_eq!(
        indexes(node.entries(Index(2)..=Index(4)).collect()),
        [2, 3, 4]
    );
    let behind = (
        std::ops::Bound::Excluded(Index(2)),
        std::ops::Bound::Unbounded,
    );
    assert_eq!(indexes(node.entries(behind).collect()), [3, 4]);
    assert_eq!(
        indexes(node.entries(Index(0)..Index(99)).collect()),
        [1, 2, 3, 4]
    );
    assert_eq!(node.entry(Index(0)), None);
    assert_eq!(node.entry(Index(5)), None);
    assert_eq!(node.entry(Index(4)).map(|entry| entry.term), Some(Term(2)));
    assert_eq!(node.term_at(Index(0)), Some(Term(0)));
    assert_eq!(node.hard_state().term, Term(2));
    assert_eq!(node.id(), id(1));
}

#[test]
fn a_checkpoint_is_a_clone_and_shares_nothing_that_changes() {
    let mut solo = member(&[]);
    solo.lead();
    let checkpoint = solo.node.clone();
    solo.propose("x");
    assert_eq!(checkpoint.last_index(), Index(1));
    assert_eq!(solo.node.last_index(), Index(2));
}
