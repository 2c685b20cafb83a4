//! A node in bad company: nothing that arrives makes it panic or give up what it promised.

use crate::cluster::*;
use crate::solo::*;
use ::quorum::raft::rules::{Rule, Rules};
use ::quorum::raft::*;
use bytes::Bytes;
use proptest::prelude::*;
use std::sync::Arc;

fn small() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0u64..8, 1 => Just(u64::MAX), 1 => Just(u64::MAX - 1)]
}

fn payload() -> impl Strategy<Value = Payload> {
    let step = (0u8..3, 0u64..6).prop_map(|(kind, id)| match kind {
        0 => ConfChangeStep::AddVoter(NodeId(id)),
        1 => ConfChangeStep::AddLearner(NodeId(id)),
        _ => ConfChangeStep::Remove(NodeId(id)),
    });
    let change = prop::collection::vec(step, 0..3).prop_map(|changes| ConfChange {
        changes,
        ..ConfChange::default()
    });
    prop_oneof![
        Just(Payload::Noop),
        Just(Payload::Command(Bytes::from_static(b"evil"))),
        change.prop_map(|change| Payload::ConfChange(Box::new(change))),
    ]
}

/// Mostly contiguous, seldom not.
fn some_entries() -> impl Strategy<Value = Arc<[Entry]>> {
    let gaps = prop_oneof![9 => Just(1u64), 1 => 0u64..4];
    let list = prop::collection::vec((gaps, 0u64..2, payload()), 0..4);
    (small(), small(), list).prop_map(|(index, term, list)| {
        let (mut index, mut term) = (Index(index), Term(term));
        let entry = |(gap, more, payload)| {
            index = Index(index.0.saturating_add(gap));
            term = Term(term.0.saturating_add(more));
            Entry {
                term,
                index,
                payload,
            }
        };
        list.into_iter().map(entry).collect()
    })
}

fn round() -> impl Strategy<Value = ReadRound> {
    (0u64..4).prop_map(ReadRound)
}

fn read() -> impl Strategy<Value = ReadContext> {
    (0u64..4, 0u64..3).prop_map(|(node, id)| ReadContext {
        node: NodeId(node),
        id,
    })
}

fn verdict() -> impl Strategy<Value = VoteVerdict> {
    let refused = VoteVerdict::Refused(VoteRefusal::MayHavePromised);
    prop_oneof![Just(VoteVerdict::Granted), Just(refused)]
}

fn message() -> impl Strategy<Value = Message> {
    let logs = prop_oneof![
        4 => (small(), small(), some_entries(), small()).prop_map(|(index, term, entries, commit)| {
            // Usually the entries attach, so that something happens.
            let first = entries.first().map_or(index, |e| e.index.0.wrapping_sub(1));
            Message::AppendRequest {
                prev_index: Index(if index == 7 { index } else { first }),
                prev_term: Term(term),
                entries,
                commit: Index(commit),
            }
        }),
        2 => small().prop_map(|index| Message::AppendAccepted { match_index: Index(index) }),
        2 => (small(), small(), small()).prop_map(|(prev, index, term)| Message::AppendRejected {
            prev_index: Index(prev),
            hint_index: Index(index),
            hint_term: Term(term),
        }),
        1 => (small(), small()).prop_map(|(index, term)| Message::SnapshotRequest {
            snapshot: Arc::new(Snapshot {
                index: Index(index),
                term: Term(term),
                conf: ConfState::voters([NodeId(1), NodeId(2)]),
                data: Bytes::new().into(),
            }),
        }),
        1 => some_entries().prop_map(|entries| Message::Propose { entries }),
    ];
    let votes = prop_oneof![
        (small(), small(), any::<bool>()).prop_map(|(index, term, transfer)| {
            Message::VoteRequest {
                last_index: Index(index),
                last_term: Term(term),
                transfer,
            }
        }),
        (small(), small()).prop_map(|(index, term)| pre_vote_request(index, term)),
        verdict().prop_map(|verdict| Message::VoteResponse { verdict }),
        verdict().prop_map(|verdict| Message::PreVoteResponse { verdict }),
        Just(Message::TimeoutNow),
        (0u64..6).prop_map(|target| Message::TransferLeader {
            target: NodeId(target)
        }),
    ];
    let reads = prop_oneof![
        (small(), prop::option::of(round()), small()).prop_map(|(commit, round, sent_at)| {
            let commit = Index(commit);
            Message::Heartbeat {
                commit,
                round,
                sent_at,
            }
        }),
        (prop::option::of(round()), small())
            .prop_map(|(round, sent_at)| Message::HeartbeatResponse { round, sent_at }),
        read().prop_map(|read| Message::ReadIndexRequest { read }),
        (read(), small()).prop_map(|(read, index)| {
            let index = Index(index);
            Message::ReadIndexResponse { read, index }
        }),
    ];
    prop_oneof![3 => logs, 2 => votes, 1 => reads]
}

#[derive(Clone, Debug)]
enum Input {
    Hear(Envelope),
    Tick(u64),
    Campaign,
    Change(u64),
    Compact(u64),
    Report(u64, bool),
    Read(u64),
}

fn input() -> impl Strategy<Value = Input> {
    let hear = (0u64..5, prop::option::weighted(0.9, small()), message()).prop_map(
        |(from, term, message)| {
            Input::Hear(Envelope {
                from: NodeId(from),
                to: NodeId(1),
                term: term.map(Term),
                message,
            })
        },
    );
    prop_oneof![
        12 => hear,
        2 => prop_oneof![0u64..30, Just(u64::MAX)].prop_map(Input::Tick),
        1 => Just(Input::Campaign),
        1 => (0u64..6).prop_map(Input::Change),
        1 => small().prop_map(Input::Compact),
        1 => (0u64..5, any::<bool>()).prop_map(|(id, ok)| Input::Report(id, ok)),
        1 => (0u64..5).prop_map(Input::Read),
    ]
}

fn take(solo: &mut Solo, input: Input) {
    match input {
        Input::Hear(envelope) => solo.node.step(envelope),
        Input::Tick(ticks) => solo.node.tick(ticks),
        Input::Campaign => solo.node.campaign(),
        Input::Change(number) => {
            let change = ConfChange::single(ConfChangeStep::AddVoter(id(number)));
            let _ = solo.node.propose_conf_change(change);
        }
        Input::Compact(index) => {
            let _ = solo.node.compact(Index(index), Image::default());
        }
        Input::Report(number, ok) => {
            solo.node.report_snapshot(id(number), ok);
            solo.node.report_unreachable(id(number));
        }
        Input::Read(number) => {
            let _ = solo.node.read_index(number);
        }
    }
}

/// What never changes, whatever is said: terms and commits only grow, what is committed stays,
/// and the disk always holds a valid state.
fn live_through(inputs: Vec<Input>, options: Options, strict: bool) {
    let mut solo = member_with(&[1, 1], options);
    for input in inputs {
        let before = solo.node.clone();
        take(&mut solo, input);
        solo.flush();
        let node = &solo.node;
        if strict {
            assert!(node.term() >= before.term());
            assert!(node.commit_index() >= before.commit_index());
            for index in node.first_index().0..=before.commit_index().0 {
                let (now, then) = (node.entry(Index(index)), before.entry(Index(index)));
                assert!(then.is_none() || now == then, "entry {index} was replaced");
            }
            if node.term() == before.term() && before.vote().is_some() {
                assert_eq!(node.vote(), before.vote());
            }
        }
        let rng = rand_pcg::Pcg32::new(1, 1);
        let again = Node::new(id(1), node.options().clone(), solo.disk.clone(), rng);
        assert!(again.is_ok() || !strict, "{again:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn nothing_makes_a_node_panic(inputs in prop::collection::vec(input(), 1..40)) {
        live_through(inputs.clone(), plain(), true);
        live_through(inputs.clone(), options(), true);
        let read_mode = ReadMode::LeaseBased;
        live_through(inputs, Options { read_mode, ..options() }, true);
    }

    #[test]
    fn nothing_makes_a_node_panic_with_a_rule_switched_off(
        inputs in prop::collection::vec(input(), 1..40), place in 0..Rule::ALL.len(),
    ) {
        let rules = Rules::all().without(Rule::ALL[place]);
        live_through(inputs, Options { rules, ..plain() }, false);
    }
}

fn nonsense(solo: &Solo, from: u64, reason: Nonsense) -> bool {
    let from = id(from);
    solo.events.contains(&Event::Nonsense { from, reason })
}

#[test]
fn wrongly_addressed_messages_are_ignored() {
    let mut solo = member(&[]);
    solo.node.step(Envelope {
        from: id(2),
        to: id(3),
        term: Some(Term(5)),
        message: heartbeat(0),
    });
    solo.step(1, Some(5), heartbeat(0));
    solo.step(0, Some(5), heartbeat(0));
    assert!(solo.flush().is_empty());
    assert_eq!(solo.node.term(), Term(0));
    for from in 0..3 {
        assert!(nonsense(&solo, from, Nonsense::WrongAddress), "from {from}");
    }
}

#[test]
fn only_requests_for_the_leader_come_without_a_term() {
    let mut solo = member(&[]);
    solo.step(2, None, heartbeat(0));
    assert!(solo.flush().is_empty());
    assert!(nonsense(&solo, 2, Nonsense::NoTerm));
}

#[test]
fn a_second_leader_of_the_term_is_ignored() {
    let mut solo = member(&[]);
    solo.lead();
    assert!(solo.hear(2, 1, append((0, 0), &[1, 1], 2)).is_empty());
    assert_eq!(
        (solo.node.role(), solo.node.last_index()),
        (Role::Leader, Index(1))
    );
    assert!(nonsense(&solo, 2, Nonsense::SecondLeader));
}

#[test]
fn malformed_entries_are_ignored() {
    let with = |change: fn(&mut Vec<Entry>)| {
        let mut list = entries(2, &[1, 2]);
        change(&mut list);
        Message::AppendRequest {
            prev_index: Index(1),
            prev_term: Term(1),
            entries: list.into(),
            commit: Index(0),
        }
    };
    let gap = with(|list| list[1].index = Index(4));
    let early = with(|list| list[0].index = Index(1));
    let falling = with(|list| list[1].term = Term(0));
    let future = with(|list| list[1].term = Term(3));
    for message in [gap, early, falling, future] {
        let mut solo = member(&[1]);
        assert!(solo.hear(2, 2, message).is_empty());
        assert_eq!(solo.terms(), [1]);
        assert!(nonsense(&solo, 2, Nonsense::Malformed));
    }
    let mut solo = member(&[1]);
    assert_eq!(solo.hear(2, 2, with(|_| ())).len(), 1);
}

fn snapshot_of(index: u64, term: u64) -> Message {
    Message::SnapshotRequest {
        snapshot: Arc::new(Snapshot {
            index: Index(index),
            term: Term(term),
            conf: ConfState::voters([id(1)]),
            data: Bytes::new().into(),
        }),
    }
}

#[test]
fn a_snapshot_from_the_future_is_ignored() {
    let mut solo = member(&[1]);
    assert!(solo.hear(2, 2, snapshot_of(9, 3)).is_empty());
    assert!(nonsense(&solo, 2, Nonsense::Malformed));
}

#[test]
fn a_snapshot_that_leaves_no_room_for_a_log_is_ignored() {
    for (index, taken) in [
        (u64::MAX / 2, true),
        (u64::MAX / 2 + 1, false),
        (u64::MAX, false),
    ] {
        let mut solo = member(&[]);
        solo.hear(2, 1, snapshot_of(index, 1));
        assert_eq!(nonsense(&solo, 2, Nonsense::Malformed), !taken, "{index}");
        assert_eq!(solo.node.last_index() == Index(index), taken, "{index}");
    }
}

#[test]
fn committed_entries_are_not_replaced() {
    let mut solo = member(&[1, 1, 1]);
    solo.hear(2, 1, append((3, 1), &[], 2));
    assert!(solo.hear(2, 2, append((2, 1), &[2], 0)).len() == 1);
    assert_eq!(solo.terms(), [1, 1, 2]);
    solo.hear(2, 2, append((3, 2), &[], 3));
    // Index 2 is committed: whatever a later leader says about it is not looked at.
    let sent = solo.hear(3, 3, append((1, 1), &[3, 3, 3], 4));
    assert_eq!(only(&sent), accepted(3));
    assert_eq!(solo.terms(), [1, 1, 2]);
}

#[test]
fn a_vote_counts_once_and_only_of_a_voter() {
    let mut solo = member(&[]);
    solo.node.campaign();
    solo.flush();
    let counted = |solo: &Solo, from: u64| {
        let of_it = |event: &&Event| matches!(event, Event::VoteCounted { voter, .. } if *voter == id(from));
        solo.events.iter().filter(of_it).count()
    };
    for _ in 0..2 {
        solo.hear(9, 1, granted());
    }
    assert_eq!(counted(&solo, 9), 0, "a stranger has no vote");
    assert_eq!(counted(&solo, 1), 1, "its own vote");
}

#[test]
fn acknowledgements_of_what_does_not_exist_are_ignored() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(2));
    assert_eq!(
        solo.node.progress(id(2)).expect("a member").match_index,
        Index(0)
    );
    assert!(nonsense(&solo, 2, Nonsense::BeyondLog));
}

#[test]
fn strangers_have_no_progress() {
    let mut solo = member(&[]);
    solo.lead();
    assert!(solo.hear(9, 1, accepted(1)).is_empty());
    assert!(solo.hear(9, 1, rejected(0, (0, 0))).is_empty());
    assert!(solo.node.progress(id(9)).is_none());
    assert_eq!(solo.node.commit_index(), Index(0));
}

#[test]
fn terms_run_out_before_a_node_does() {
    let mut solo = member(&[]);
    solo.hear(2, u64::MAX, heartbeat(0));
    solo.node.campaign();
    solo.flush();
    assert_eq!(solo.node.role(), Role::Follower);
    let reason = CampaignRefusal::TermsExhausted;
    assert!(solo.events.contains(&Event::CampaignRefused { reason }));
}

/// How a leader of three sends to member 2.
fn sending(solo: &Solo) -> &ProgressState {
    &solo.node.progress(id(2)).expect("a member").state
}

#[test]
fn only_the_newest_answer_ends_probing() {
    let mut solo = member(&[]);
    solo.lead();
    solo.propose("x");
    solo.propose("y");
    solo.hear(2, 1, accepted(2));
    assert!(matches!(sending(&solo), ProgressState::Replicate(_)));
    solo.node.report_unreachable(id(2));
    solo.flush();
    // An answer that was long on its way says nothing about now.
    solo.hear(2, 1, accepted(1));
    assert!(matches!(sending(&solo), ProgressState::Probe { .. }));
    solo.hear(2, 1, accepted(2));
    assert!(matches!(sending(&solo), ProgressState::Replicate(_)));
}

#[test]
fn a_follower_that_needs_the_snapshot_gets_it_whatever_it_said_before() {
    let options = Options {
        compaction_tail: 0,
        ..plain()
    };
    let mut solo = member_with(&[], options);
    solo.lead();
    for _ in 0..4 {
        solo.propose("x");
    }
    solo.hear(3, 1, accepted(5));
    solo.node
        .compact(Index(4), Image::default())
        .expect("applied");
    solo.flush();
    let response = Message::HeartbeatResponse {
        round: None,
        sent_at: 0,
    };
    solo.hear(2, 1, response);
    assert!(
        matches!(sending(&solo), ProgressState::Snapshot { .. }),
        "{:?}",
        sending(&solo)
    );
    assert_eq!(solo.hear(2, 1, accepted(1)), [], "it is not sent again");
    assert!(matches!(sending(&solo), ProgressState::Snapshot { .. }));
    // With this much it needs none.
    solo.hear(2, 1, accepted(4));
    assert!(matches!(sending(&solo), ProgressState::Replicate(_)));
}
