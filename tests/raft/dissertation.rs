//! Ongaro's dissertation: leadership transfer, membership, reads, elections that do not disturb.

use crate::cluster::*;
use crate::solo::*;
use ::quorum::raft::*;
use bytes::Bytes;

fn careful() -> Options {
    options()
}

fn leased() -> Options {
    Options {
        read_mode: ReadMode::LeaseBased,
        ..options()
    }
}

fn voters(count: u64) -> ConfState {
    ConfState::voters((1..=count).map(NodeId))
}

fn step(step: ConfChangeStep) -> ConfChange {
    ConfChange::single(step)
}

fn pre_granted() -> Message {
    Message::PreVoteResponse {
        verdict: VoteVerdict::Granted,
    }
}

// §3.10 Leadership transfer.

#[test]
fn section_3_10_the_leader_stops_accepting_requests() {
    let mut solo = member(&[]);
    solo.lead();
    solo.node.transfer_leader(id(2));
    assert_eq!(solo.node.transfer_target(), Some(id(2)));
    let refused = solo.node.propose(Bytes::from_static(b"x"));
    assert_eq!(refused, Err(DropReason::Transferring));
}

#[test]
fn section_3_10_the_target_is_told_when_its_log_is_complete() {
    let mut solo = member(&[]);
    solo.lead();
    solo.node.transfer_leader(id(2));
    assert!(!to(&solo.flush(), 2).contains(&Message::TimeoutNow));
    // Another member's progress is none of its business.
    assert!(!to(&solo.hear(3, 1, accepted(1)), 2).contains(&Message::TimeoutNow));
    assert!(to(&solo.hear(2, 1, accepted(1)), 2).contains(&Message::TimeoutNow));
}

#[test]
fn section_3_10_a_complete_target_is_told_at_once() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    solo.node.transfer_leader(id(2));
    assert_eq!(to(&solo.flush(), 2), [Message::TimeoutNow]);
}

#[test]
fn section_3_10_the_target_campaigns_without_waiting_or_asking() {
    let mut solo = member_with(&[], careful());
    solo.hear(2, 1, heartbeat(0));
    let sent = solo.hear(2, 1, Message::TimeoutNow);
    assert_eq!(solo.node.role(), Role::Candidate);
    for envelope in sent {
        assert!(matches!(
            envelope.message,
            Message::VoteRequest { transfer: true, .. }
        ));
    }
}

#[test]
fn section_3_10_only_the_leader_may_order_a_campaign() {
    let mut solo = member(&[]);
    solo.hear(2, 1, heartbeat(0));
    solo.hear(3, 1, Message::TimeoutNow);
    assert_eq!(solo.node.role(), Role::Follower);
}

#[test]
fn section_3_10_a_learner_does_not_follow_the_order() {
    let conf = ConfState {
        learners: vec![id(1)],
        ..ConfState::voters([id(2), id(3)])
    };
    let mut solo = started(disk(&[], conf), plain());
    solo.hear(2, 1, Message::TimeoutNow);
    assert_eq!(solo.node.role(), Role::Follower);
}

#[test]
fn section_3_10_the_transfer_is_given_up_after_an_election_timeout() {
    let mut solo = member(&[]);
    solo.lead();
    solo.tick(7);
    solo.node.transfer_leader(id(2));
    solo.flush();
    assert_eq!(solo.node.ticks_until_timer(), Some(1));
    solo.tick(9);
    assert_eq!(solo.node.transfer_target(), Some(id(2)));
    solo.tick(1);
    assert_eq!(solo.node.transfer_target(), None);
    assert!(solo.node.propose(Bytes::from_static(b"x")).is_ok());
}

#[test]
fn section_3_10_asking_twice_changes_nothing() {
    let mut solo = member(&[]);
    solo.lead();
    solo.node.transfer_leader(id(2));
    solo.tick(5);
    solo.node.transfer_leader(id(2));
    solo.tick(5);
    assert_eq!(solo.node.transfer_target(), None);
}

// §4.1 and §4.2 Membership.

#[test]
fn section_4_1_one_voter_at_a_time_without_a_joint_configuration() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let change = step(ConfChangeStep::AddVoter(id(4)));
    solo.node.propose_conf_change(change).expect("allowed");
    solo.flush();
    assert_eq!(solo.node.conf().voters.len(), 3);
    solo.hear(2, 1, accepted(2));
    assert_eq!(solo.node.conf(), &voters(4));
}

#[test]
fn section_4_1_the_next_change_waits_until_this_one_is_applied() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let change = || step(ConfChangeStep::AddLearner(id(4)));
    solo.node.propose_conf_change(change()).expect("allowed");
    let index = Index(2);
    let refused = solo.node.propose_conf_change(change());
    assert_eq!(refused, Err(ConfChangeRefusal::Pending { index }));
    solo.flush();
    solo.hear(2, 1, accepted(2));
    assert_eq!(solo.node.propose_conf_change(change()), Ok(()));
}

#[test]
fn section_4_1_a_new_leader_first_applies_what_it_inherited() {
    let mut solo = member(&[1, 1]);
    solo.lead();
    solo.hear(2, 2, rejected(2, (2, 1)));
    let change = step(ConfChangeStep::AddLearner(id(4)));
    let refused = solo.node.propose_conf_change(change.clone());
    assert_eq!(refused, Err(ConfChangeRefusal::NothingCommittedYet));
    solo.hear(2, 2, accepted(3));
    assert_eq!(solo.node.propose_conf_change(change), Ok(()));
}

#[test]
fn section_4_1_a_committed_entry_of_an_older_term_is_not_enough() {
    let mut disk = disk(&[1, 1], voters(3));
    disk.hard_state.commit = Index(2);
    let mut solo = started(disk, plain());
    solo.flush();
    solo.lead();
    let change = step(ConfChangeStep::AddLearner(id(4)));
    let refused = solo.node.propose_conf_change(change);
    assert_eq!(refused, Err(ConfChangeRefusal::NothingCommittedYet));
}

#[test]
fn section_4_2_1_new_members_catch_up_as_learners() {
    let mut cluster = Cluster::new(3, options());
    cluster.add(id(4), options(), Stored::new(ConfState::default()));
    cluster.elect(1);
    cluster.propose(1, "a");
    let learner = step(ConfChangeStep::AddLearner(id(4)));
    cluster
        .node(1)
        .propose_conf_change(learner)
        .expect("allowed");
    cluster.tick(2);
    assert_eq!(cluster.commands(4), ["a"]);
    assert_eq!(cluster.node(4).conf().learners, [id(4)]);
    assert_eq!(cluster.node(4).election_timer(), None);
}

#[test]
fn section_4_2_2_a_removed_leader_steps_down_when_the_change_is_applied() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let change = step(ConfChangeStep::Remove(id(1)));
    solo.node.propose_conf_change(change).expect("allowed");
    solo.flush();
    assert_eq!(solo.node.role(), Role::Leader);
    let sent = solo.hear(2, 1, accepted(2));
    assert_eq!(solo.node.role(), Role::Follower);
    assert_eq!(solo.node.ticks_until_timer(), None);
    // It told the others first that its removal is committed.
    assert_eq!(to(&sent, 2), [append((2, 1), &[], 2)]);
}

#[test]
fn section_4_2_3_a_loyal_voter_ignores_candidates() {
    let mut solo = member_with(&[], careful());
    solo.hear(2, 1, heartbeat(0));
    solo.tick(9);
    assert!(solo.hear(3, 5, vote_request(9, 9)).is_empty());
    assert_eq!(solo.node.term(), Term(1));
    let leader = id(2);
    assert!(solo.events.contains(&Event::VoteRefused {
        candidate: id(3),
        term: Term(5),
        pre: false,
        reason: VoteRefusal::LeaderIsAlive { leader },
    }));
    // Loyalty lasts for an election timeout.
    solo.tick(1);
    if solo.node.role() == Role::Follower {
        assert_eq!(only(&solo.hear(3, 5, vote_request(9, 9))), granted());
    }
}

#[test]
fn section_4_2_3_a_loyal_voter_obeys_its_leaders_choice() {
    let mut solo = member_with(&[], careful());
    solo.hear(2, 1, heartbeat(0));
    let ordered = Message::VoteRequest {
        last_index: Index(0),
        last_term: Term(0),
        transfer: true,
    };
    assert_eq!(only(&solo.hear(3, 2, ordered)), granted());
}

#[test]
fn section_4_2_3_nobody_is_loyal_to_an_unknown_leader() {
    let mut solo = member_with(&[], careful());
    assert_eq!(only(&solo.hear(3, 1, vote_request(0, 0))), granted());
}

#[test]
fn section_4_3_decisions_need_both_majorities() {
    let conf = ConfState {
        voters: vec![id(1), id(4), id(5)],
        voters_outgoing: vec![id(1), id(2), id(3)],
        ..ConfState::default()
    };
    let mut solo = started(disk(&[], conf), plain());
    solo.node.campaign();
    assert_eq!(solo.flush().len(), 4);
    solo.hear(4, 1, granted());
    solo.hear(5, 1, granted());
    assert_eq!(solo.node.role(), Role::Candidate);
    solo.hear(3, 1, granted());
    assert_eq!(solo.node.role(), Role::Leader);
    solo.hear(2, 1, accepted(1));
    solo.hear(3, 1, accepted(1));
    assert_eq!(solo.node.commit_index(), Index(0));
    solo.hear(5, 1, accepted(1));
    assert_eq!(solo.node.commit_index(), Index(1));
}

#[test]
fn section_4_3_the_joint_configuration_is_left_when_its_entry_is_applied() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let change = ConfChange {
        changes: vec![
            ConfChangeStep::AddVoter(id(4)),
            ConfChangeStep::Remove(id(3)),
        ],
        ..ConfChange::default()
    };
    solo.node.propose_conf_change(change).expect("allowed");
    solo.flush();
    solo.hear(2, 1, accepted(2));
    assert!(solo.node.conf().is_joint());
    assert_eq!(solo.node.last_index(), Index(3));
    // Who is a member of either half gets the log.
    assert!(solo.node.progress(id(3)).is_some() && solo.node.progress(id(4)).is_some());
    solo.hear(2, 1, accepted(3));
    assert_eq!(solo.node.conf(), &ConfState::voters([id(1), id(2), id(4)]));
    assert!(solo.node.progress(id(3)).is_none());
}

// §5 Log compaction.

#[test]
fn section_5_a_snapshot_keeps_the_tail_that_was_asked_for() {
    let options = Options {
        compaction_tail: 2,
        ..plain()
    };
    let mut disk = disk(&[1, 1, 1, 1, 1], ConfState::voters([id(1)]));
    disk.hard_state.commit = Index(5);
    let mut solo = started(disk, options);
    solo.flush();
    solo.node
        .compact(Index(4), Bytes::from_static(b"s"))
        .expect("applied");
    assert_eq!(solo.node.first_index(), Index(3));
    assert_eq!(solo.node.snapshot_index(), Index(4));
    assert_eq!(solo.node.snapshot().data, Bytes::from_static(b"s"));
    solo.flush();
    let kept: Vec<u64> = solo.disk.entries.iter().map(|e| e.index.0).collect();
    assert_eq!(kept, [3, 4, 5]);
    assert_eq!(
        (solo.disk.prev_term, solo.disk.applied),
        (Term(1), Index(4))
    );
    solo.restart();
    assert_eq!(solo.node.first_index(), Index(3));
    assert_eq!(solo.node.applied_index(), Index(4));
    assert_eq!(solo.node.term_at(Index(2)), Some(Term(1)));
    assert_eq!(solo.node.term_at(Index(1)), None);
}

#[test]
fn section_5_a_snapshot_is_due_after_so_many_applied_entries() {
    let options = Options {
        compaction_distance: 3,
        ..plain()
    };
    let mut solo = started(disk(&[], ConfState::voters([id(1)])), options);
    solo.node.campaign();
    solo.flush();
    solo.propose("a");
    assert!(!solo.node.snapshot_due());
    solo.propose("b");
    assert!(solo.node.snapshot_due());
    solo.node.compact(Index(3), Bytes::new()).expect("applied");
    assert!(!solo.node.snapshot_due());
}

// §6.2 Routing requests to the leader, stale leaders.

#[test]
fn section_6_2_a_leader_without_a_quorum_steps_down() {
    let options = Options {
        pre_vote: false,
        ..careful()
    };
    let mut solo = member_with(&[], options);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    solo.tick(10);
    assert_eq!(solo.node.role(), Role::Leader);
    solo.tick(9);
    assert_eq!(solo.node.role(), Role::Leader);
    solo.tick(1);
    assert_eq!(
        (solo.node.role(), solo.node.leader()),
        (Role::Follower, None)
    );
    assert_eq!(solo.node.term(), Term(1));
}

#[test]
fn section_6_2_any_answer_counts_as_a_sign_of_life() {
    let response = Message::HeartbeatResponse {
        round: None,
        sent_at: 0,
    };
    for message in [response, accepted(0), rejected(0, (0, 0))] {
        let options = Options {
            pre_vote: false,
            ..careful()
        };
        let mut solo = member_with(&[], options);
        solo.lead();
        for _ in 0..3 {
            solo.hear(3, 1, message.clone());
            solo.tick(10);
            assert_eq!(solo.node.role(), Role::Leader, "{message:?}");
        }
    }
}

// §6.4 Reads.

#[test]
fn section_6_4_the_read_index_is_the_commit_index_at_arrival() {
    let mut cluster = Cluster::new(3, options());
    cluster.elect(1);
    cluster.node(1).read_index(1).expect("a leader");
    cluster.propose(1, "later");
    cluster.stabilize();
    assert_eq!(cluster.node(1).commit_index(), Index(2));
    assert_eq!(cluster.member(1).reads[0].index, Index(1));
}

#[test]
fn section_6_4_a_quorum_must_answer_the_round_of_this_read() {
    let disk = disk(&[], voters(5));
    let mut solo = started(disk, plain());
    solo.node.campaign();
    solo.flush();
    for voter in [2, 3] {
        solo.hear(voter, 1, granted());
    }
    for voter in [2, 3] {
        solo.hear(voter, 1, accepted(1));
    }
    solo.node.read_index(7).expect("a leader");
    assert_eq!(solo.flush().len(), 4);
    let round = Some(ReadRound(1));
    let answer = |round| Message::HeartbeatResponse { round, sent_at: 0 };
    solo.hear(2, 1, answer(None));
    solo.hear(3, 1, answer(None));
    solo.hear(2, 1, answer(round));
    solo.hear(2, 1, answer(round));
    assert!(solo.reads.is_empty());
    solo.hear(5, 1, answer(round));
    assert_eq!(solo.reads.len(), 1);
    solo.hear(4, 1, answer(round));
    assert_eq!(solo.reads.len(), 1);
}

/// The network may deliver a question twice. When the second copy comes, the answers to the round
/// of the first may still be under way: they know nothing of what was asked in between.
#[test]
fn section_6_4_a_question_that_comes_twice_confirms_no_other() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let question = |number| {
        let (node, id) = (id(2), number);
        let read = ReadContext { node, id };
        Message::ReadIndexRequest { read }
    };
    let answered = |sent: &[Envelope]| {
        let is_answer = |e: &&Envelope| matches!(e.message, Message::ReadIndexResponse { .. });
        sent.iter().filter(is_answer).count()
    };
    let ask = |solo: &mut Solo, from, message| {
        solo.step(from, None, message);
        solo.flush().iter().find_map(|e| match e.message {
            Message::Heartbeat { round, .. } => round,
            _ => None,
        })
    };
    let round = ask(&mut solo, 2, question(7));
    let answer = |round| Message::HeartbeatResponse { round, sent_at: 0 };
    assert_eq!(answered(&solo.hear(2, 1, answer(round))), 1);
    let newer = ask(&mut solo, 3, question(8));
    let twice = ask(&mut solo, 2, question(7));
    assert_eq!(
        answered(&solo.hear(3, 1, answer(round))),
        0,
        "a late answer"
    );
    assert_eq!(answered(&solo.hear(3, 1, answer(newer))), 1);
    assert_eq!(answered(&solo.hear(3, 1, answer(twice))), 1);
}

#[test]
fn section_6_4_learners_do_not_confirm() {
    let conf = ConfState {
        learners: vec![id(4), id(5)],
        ..voters(3)
    };
    let mut solo = started(disk(&[], conf), plain());
    solo.lead();
    solo.hear(2, 1, accepted(1));
    solo.node.read_index(7).expect("a leader");
    solo.flush();
    let round = Some(ReadRound(1));
    for learner in [4, 5] {
        solo.hear(learner, 1, Message::HeartbeatResponse { round, sent_at: 0 });
    }
    assert!(solo.reads.is_empty());
}

#[test]
fn section_6_4_a_follower_passes_the_question_on() {
    let mut solo = member(&[]);
    assert_eq!(solo.node.read_index(7), Err(DropReason::NoLeader));
    solo.hear(2, 1, heartbeat(0));
    solo.node.read_index(7).expect("a leader is known");
    let sent = solo.flush();
    let read = ReadContext { node: id(1), id: 7 };
    assert_eq!(only(&sent), Message::ReadIndexRequest { read });
    assert_eq!((sent[0].to, sent[0].term), (id(2), None));
    let index = Index(3);
    solo.hear(2, 1, Message::ReadIndexResponse { read, index });
    assert_eq!(solo.reads, [ReadState { read, index }]);
    // Somebody else's answer is none of ours.
    let read = ReadContext { node: id(3), id: 8 };
    solo.hear(2, 1, Message::ReadIndexResponse { read, index });
    assert_eq!(solo.reads.len(), 1);
}

#[test]
fn section_6_4_a_leader_that_steps_down_forgets_its_reads() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    solo.node.read_index(7).expect("a leader");
    solo.flush();
    solo.hear(3, 2, heartbeat(0));
    let round = Some(ReadRound(1));
    solo.hear(2, 2, Message::HeartbeatResponse { round, sent_at: 0 });
    assert!(solo.reads.is_empty());
}

#[test]
fn section_6_4_1_a_lease_is_shortened_by_the_drift() {
    for (drift, ticks) in [(0, 10), (1, 9), (100, 9), (101, 8), (500, 5), (999, 0)] {
        let options = Options {
            clock_drift_permille: drift,
            ..leased()
        };
        assert_eq!(options.lease_ticks(), ticks, "drift {drift}");
    }
}

/// The leader of three, its no-op committed, at tick 3 of its clock.
fn lease_holder() -> Solo {
    let options = Options {
        pre_vote: false,
        ..leased()
    };
    let mut solo = member_with(&[], options);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    solo.tick(3);
    solo
}

fn reads_at_once(solo: &mut Solo, number: u64) -> bool {
    solo.node.read_index(number).expect("a leader");
    solo.flush();
    solo.reads.iter().any(|state| state.read.id == number)
}

#[test]
fn section_6_4_1_a_lease_runs_from_when_the_heartbeat_was_sent() {
    let mut solo = lease_holder();
    assert!(!reads_at_once(&mut solo, 1));
    let answer = |sent_at| Message::HeartbeatResponse {
        round: None,
        sent_at,
    };
    solo.tick(4);
    solo.hear(2, 1, answer(2));
    assert!(reads_at_once(&mut solo, 2), "at 7 the lease from 2 holds");
    solo.tick(3);
    assert!(reads_at_once(&mut solo, 3), "at 10 it still does");
    solo.tick(1);
    assert!(!reads_at_once(&mut solo, 4), "at 11 it is over");
    // A late answer to an older heartbeat does not shorten it.
    solo.hear(2, 1, answer(8));
    solo.hear(2, 1, answer(1));
    assert!(reads_at_once(&mut solo, 5));
}

#[test]
fn section_6_4_1_nobody_confirms_heartbeats_of_the_future() {
    let mut solo = lease_holder();
    let sent_at = 99;
    solo.hear(
        2,
        1,
        Message::HeartbeatResponse {
            round: None,
            sent_at,
        },
    );
    assert!(!reads_at_once(&mut solo, 1));
}

#[test]
fn section_6_4_1_a_quorum_must_have_confirmed() {
    let options = Options {
        pre_vote: false,
        ..leased()
    };
    let mut solo = started(disk(&[], voters(5)), options);
    solo.node.campaign();
    solo.flush();
    for voter in [2, 3] {
        solo.hear(voter, 1, granted());
    }
    for voter in [2, 3] {
        solo.hear(voter, 1, accepted(1));
    }
    let answer = || Message::HeartbeatResponse {
        round: None,
        sent_at: 0,
    };
    solo.hear(2, 1, answer());
    assert!(!reads_at_once(&mut solo, 1));
    solo.hear(4, 1, answer());
    assert!(reads_at_once(&mut solo, 2));
}

#[test]
fn section_6_4_1_without_a_lease_every_read_asks() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let round = None;
    solo.hear(2, 1, Message::HeartbeatResponse { round, sent_at: 0 });
    assert!(!reads_at_once(&mut solo, 1));
}

#[test]
fn section_6_4_1_a_restarted_voter_waits_with_its_vote() {
    let mut solo = started(disk(&[1], voters(3)), leased());
    solo.tick(9);
    assert!(solo.hear(2, 2, vote_request(1, 1)).is_empty());
    assert!(solo.hear(2, 2, pre_vote_request(1, 1)).is_empty());
    // In the term that it has on its disk it answers, and refuses.
    let sent = solo.hear(2, 1, vote_request(1, 1));
    let verdict = VoteVerdict::Refused(VoteRefusal::MayHavePromised);
    assert_eq!(only(&sent), Message::VoteResponse { verdict });
    solo.node.campaign();
    assert_eq!(solo.node.role(), Role::Follower);
    solo.tick(1);
    if solo.node.role() == Role::Follower {
        assert_eq!(only(&solo.hear(2, 2, vote_request(1, 1))), granted());
    }
}

#[test]
fn section_6_4_1_a_voter_that_starts_for_the_first_time_has_promised_nothing() {
    let mut solo = started(disk(&[], voters(3)), leased());
    assert_eq!(only(&solo.hear(2, 1, vote_request(0, 0))), granted());
}

// §9.6 Preventing disruptions when a server rejoins.

fn asker() -> Solo {
    let options = Options {
        check_quorum: false,
        ..careful()
    };
    member_with(&[1], options)
}

#[test]
fn section_9_6_a_member_asks_before_it_campaigns() {
    let mut solo = asker();
    solo.node.campaign();
    let sent = solo.flush();
    assert_eq!(solo.node.role(), Role::PreCandidate);
    assert_eq!((solo.node.term(), solo.node.vote()), (Term(1), None));
    for envelope in &sent {
        assert_eq!(envelope.message, pre_vote_request(1, 1));
        assert_eq!(envelope.term, Some(Term(2)));
    }
    solo.hear(2, 2, pre_granted());
    assert_eq!(
        (solo.node.role(), solo.node.term()),
        (Role::Candidate, Term(2))
    );
}

#[test]
fn section_9_6_answers_to_another_question_do_not_count() {
    let mut solo = asker();
    solo.node.campaign();
    solo.flush();
    solo.hear(2, 3, pre_granted());
    solo.hear(3, 1, pre_granted());
    solo.hear(2, 1, granted());
    assert_eq!(solo.node.role(), Role::PreCandidate);
    let answers: Vec<_> = solo.node.ballots().into_iter().map(|(_, b)| b).collect();
    assert_eq!(answers, [Some(Ballot::Granted), None, None]);
}

#[test]
fn section_9_6_refusals_end_the_asking() {
    let mut solo = asker();
    solo.node.campaign();
    solo.flush();
    let (last_index, last_term) = (Index(9), Term(9));
    let reason = VoteRefusal::LogBehind {
        last_index,
        last_term,
    };
    let verdict = VoteVerdict::Refused(reason);
    solo.hear(2, 1, Message::PreVoteResponse { verdict });
    let answers = solo.node.ballots();
    assert_eq!(answers[1], (id(2), Some(Ballot::Refused)));
    solo.hear(3, 1, Message::PreVoteResponse { verdict });
    assert_eq!(solo.node.role(), Role::Follower);
    assert!(solo.node.ballots().is_empty());
}

#[test]
fn section_9_6_the_question_changes_nothing_at_the_voter() {
    let mut solo = asker();
    solo.tick(5);
    let sent = solo.hear(2, 7, pre_vote_request(1, 1));
    assert_eq!(only(&sent), pre_granted());
    assert_eq!(sent[0].term, Some(Term(7)));
    assert_eq!((solo.node.term(), solo.node.vote()), (Term(1), None));
    assert_eq!(solo.node.election_timer().expect("running").elapsed, 5);
    // So another one gets the same answer.
    assert_eq!(
        only(&solo.hear(3, 7, pre_vote_request(1, 1))),
        pre_granted()
    );
}

#[test]
fn section_9_6_the_question_is_judged_like_a_real_one() {
    let refusal = |sent: &[Envelope]| match only(sent) {
        Message::PreVoteResponse {
            verdict: VoteVerdict::Refused(reason),
        } => reason,
        other => panic!("{other:?}"),
    };
    let mut solo = asker();
    let sent = solo.hear(2, 7, pre_vote_request(0, 0));
    let (last_index, last_term) = (Index(1), Term(1));
    assert_eq!(
        refusal(&sent),
        VoteRefusal::LogBehind {
            last_index,
            last_term
        }
    );
    assert_eq!(sent[0].term, Some(Term(1)));
    let sent = solo.hear(2, 0, pre_vote_request(1, 1));
    let current = Term(1);
    assert_eq!(refusal(&sent), VoteRefusal::StaleTerm { current });
    // In its own term a voter that has given its vote does not promise it to another one.
    solo.hear(2, 3, vote_request(1, 1));
    let vote = id(2);
    let sent = solo.hear(3, 3, pre_vote_request(1, 1));
    assert_eq!(refusal(&sent), VoteRefusal::AlreadyVoted { vote });
    assert_eq!(
        only(&solo.hear(2, 3, pre_vote_request(1, 1))),
        pre_granted()
    );
}

#[test]
fn section_9_6_a_loyal_voter_does_not_answer() {
    let mut solo = member_with(&[1], careful());
    solo.hear(2, 1, heartbeat(0));
    assert!(solo.hear(3, 2, pre_vote_request(9, 9)).is_empty());
    // Whoever asks about the term that it is in already has missed its leader, and is told so.
    assert_eq!(solo.hear(3, 1, pre_vote_request(9, 9)).len(), 1);
}

#[test]
fn section_9_6_a_timer_that_runs_out_asks_again() {
    let mut solo = asker();
    for _ in 0..2 {
        let timeout = solo.node.ticks_until_timer().expect("running");
        assert_eq!(solo.tick(timeout).len(), 2);
        assert_eq!(solo.node.role(), Role::PreCandidate);
        assert_eq!(solo.node.election_timer().expect("running").elapsed, 0);
    }
    assert_eq!(solo.node.term(), Term(1));
}
