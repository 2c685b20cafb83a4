//! Requests at the leader, stale leaders, reads: by a round of heartbeats or by a lease.

use super::*;

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
