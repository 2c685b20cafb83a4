//! More pure parts: rules as functions, options, what a disk vouches for, small types.

use crate::arithmetic::{conf, several};
use crate::cluster::id;
use crate::solo::{disk, member};
use ::quorum::raft::electorate::VoteResult;
use ::quorum::raft::rules::{LogPosition, Rule, Rules};
use ::quorum::raft::*;
use bytes::Bytes;

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
        ..several(
            &[
                ConfChangeStep::AddVoter(id(1)),
                ConfChangeStep::Remove(id(2)),
            ],
            Transition::Auto,
        )
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
