//! Leadership transfer, changes of the members, compaction: what a leader hands on.

use super::*;

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
        .compact(Index(4), Bytes::from_static(b"s").into())
        .expect("applied");
    assert_eq!(solo.node.first_index(), Index(3));
    assert_eq!(solo.node.snapshot_index(), Index(4));
    assert_eq!(solo.node.snapshot().data.bytes(), Bytes::from_static(b"s"));
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
    solo.node
        .compact(Index(3), Image::default())
        .expect("applied");
    assert!(!solo.node.snapshot_due());
}
