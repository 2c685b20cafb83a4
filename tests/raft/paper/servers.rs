//! Figure 2, Rules for Servers.

use super::*;

// Figure 2, Rules for Servers: all servers.

#[test]
fn all_servers_apply_what_is_committed_in_order() {
    let mut solo = member(&[1, 1, 1]);
    solo.hear(2, 1, append((3, 1), &[], 2));
    solo.hear(2, 1, append((3, 1), &[], 3));
    let indexes: Vec<u64> = solo.applied.iter().map(|entry| entry.index.0).collect();
    assert_eq!(indexes, [1, 2, 3]);
    assert_eq!(solo.node.applied_index(), Index(3));
}

#[test]
fn all_servers_follow_a_higher_term() {
    let messages = [
        append((0, 0), &[], 0),
        heartbeat(0),
        vote_request(0, 0),
        accepted(0),
        rejected(0, (0, 0)),
        granted(),
        Message::TimeoutNow,
    ];
    for message in messages {
        let mut candidate = member(&[1]);
        candidate.node.campaign();
        let mut leader = member(&[1]);
        leader.lead();
        for mut solo in [member(&[1]), candidate, leader] {
            solo.flush();
            solo.hear(2, 7, message.clone());
            let campaigns = message == Message::TimeoutNow;
            let (term, role) = if campaigns {
                (Term(8), Role::Candidate)
            } else {
                (Term(7), Role::Follower)
            };
            assert_eq!((solo.node.term(), solo.node.role()), (term, role));
        }
    }
}

// Figure 2, Rules for Servers: followers.

#[test]
fn followers_answer_candidates_and_leaders() {
    let mut solo = member(&[]);
    assert_eq!(solo.hear(2, 1, vote_request(0, 0)).len(), 1);
    assert_eq!(solo.hear(2, 1, append((0, 0), &[1], 0)).len(), 1);
    assert_eq!(solo.hear(2, 1, heartbeat(0)).len(), 1);
}

#[test]
fn followers_become_candidates_after_an_election_timeout_without_a_leader() {
    let mut solo = member(&[]);
    let timeout = solo.node.ticks_until_timer().expect("a voter waits");
    solo.tick(timeout - 1);
    assert_eq!(solo.node.role(), Role::Follower);
    assert_eq!(solo.node.ticks_until_timer(), Some(1));
    solo.tick(1);
    assert_eq!(solo.node.role(), Role::Candidate);
}

#[test]
fn followers_wait_anew_when_they_hear_the_leader_or_give_their_vote() {
    for message in [append((0, 0), &[], 0), heartbeat(0), vote_request(0, 0)] {
        let mut solo = member(&[]);
        solo.hear(2, 1, heartbeat(0));
        solo.tick(9);
        solo.hear(2, 2, message);
        let timer = solo.node.election_timer().expect("a voter waits");
        assert_eq!(timer.elapsed, 0);
    }
}

#[test]
fn followers_do_not_wait_anew_when_they_refuse_their_vote() {
    let mut solo = member(&[1, 1]);
    solo.hear(2, 1, heartbeat(0));
    solo.tick(9);
    solo.hear(3, 1, vote_request(0, 0));
    assert_eq!(solo.node.election_timer().expect("running").elapsed, 9);
}

// Figure 2, Rules for Servers: candidates.

#[test]
fn candidates_begin_an_election() {
    let mut solo = member(&[1, 1]);
    solo.tick(5);
    solo.node.campaign();
    let sent = solo.flush();
    assert_eq!(solo.node.term(), Term(2));
    assert_eq!(solo.node.vote(), Some(id(1)));
    assert_eq!(solo.node.election_timer().expect("running").elapsed, 0);
    assert_eq!(sent.len(), 2);
    for envelope in &sent {
        assert_eq!(envelope.message, vote_request(2, 1));
        assert_eq!(envelope.term, Some(Term(2)));
    }
}

#[test]
fn candidates_lead_with_a_majority_of_votes() {
    for voters in 1..=7 {
        let disk = disk(&[], ConfState::voters((1..=voters).map(NodeId)));
        let mut solo = started(disk, plain());
        solo.node.campaign();
        solo.flush();
        for voter in 2..=voters {
            let votes = voter - 1;
            let leads = solo.node.role() == Role::Leader;
            assert_eq!(leads, votes > voters / 2, "{votes} of {voters}");
            solo.hear(voter, 1, granted());
        }
        assert_eq!(solo.node.role(), Role::Leader);
    }
}

#[test]
fn candidates_count_their_own_vote_when_it_is_durable() {
    let mut solo = member(&[]);
    solo.node.campaign();
    let first = solo.node.ready().write.expect("the vote of term 1");
    solo.node.campaign();
    let second = solo.node.ready().write.expect("the vote of term 2");
    // The vote of an earlier campaign is not one of this.
    solo.node.stored(first.done);
    assert_eq!(solo.node.ballots()[0], (id(1), None));
    solo.node.stored(second.done);
    assert_eq!(solo.node.ballots()[0], (id(1), Some(Ballot::Granted)));
}

#[test]
fn candidates_count_each_voter_once_and_strangers_never() {
    let disk = disk(&[], ConfState::voters((1..=5).map(NodeId)));
    let mut solo = started(disk, plain());
    solo.node.campaign();
    solo.flush();
    solo.hear(2, 1, granted());
    solo.hear(2, 1, granted());
    solo.hear(9, 1, granted());
    assert_eq!(solo.node.role(), Role::Candidate);
}

#[test]
fn candidates_follow_a_leader_of_their_term() {
    for message in [append((0, 0), &[1], 0), heartbeat(0)] {
        let mut solo = member(&[]);
        solo.node.campaign();
        solo.hear(2, 1, message);
        assert_eq!(solo.node.role(), Role::Follower);
        assert_eq!(solo.node.leader(), Some(id(2)));
        assert_eq!(solo.node.vote(), Some(id(1)));
    }
}

#[test]
fn candidates_begin_anew_after_an_election_timeout() {
    let mut solo = member(&[]);
    solo.node.campaign();
    solo.flush();
    let timeout = solo.node.ticks_until_timer().expect("a candidate waits");
    assert!((10..20).contains(&timeout));
    let sent = solo.tick(timeout);
    assert_eq!(solo.node.term(), Term(2));
    assert_eq!(sent.len(), 2);
}

// Figure 2, Rules for Servers: leaders.

#[test]
fn leaders_speak_at_once_and_in_every_heartbeat_interval() {
    let mut solo = member(&[]);
    let sent = solo.lead();
    assert!(to(&sent, 2).iter().any(is_append));
    assert!(to(&sent, 3).iter().any(is_append));
    for sent_at in 1..=3 {
        assert_eq!(solo.node.ticks_until_timer(), Some(1));
        let sent = solo.tick(1);
        // Nothing is known of the followers, so nothing is told to be committed.
        let (commit, round) = (Index(0), None);
        let beat = Message::Heartbeat {
            commit,
            round,
            sent_at,
        };
        assert_eq!(to(&sent, 2), std::slice::from_ref(&beat));
        assert_eq!(to(&sent, 3), [beat]);
    }
}

#[test]
fn leaders_append_commands_and_answer_after_applying_them() {
    let mut solo = member(&[]);
    solo.lead();
    solo.propose("x");
    assert_eq!(solo.node.last_index(), Index(2));
    assert!(solo.applied.is_empty());
    solo.hear(2, 1, accepted(2));
    assert_eq!(commands(&solo.applied), ["x"]);
}

#[test]
fn leaders_send_entries_from_next_index_on() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let sent = solo.propose("x");
    let Some(Message::AppendRequest {
        prev_index,
        entries,
        ..
    }) = to(&sent, 2).pop()
    else {
        panic!("{sent:?}");
    };
    assert_eq!((prev_index, entries.len()), (Index(1), 1));
}

#[test]
fn leaders_note_what_was_accepted() {
    let mut solo = member(&[]);
    solo.lead();
    solo.hear(2, 1, accepted(1));
    let progress = solo.node.progress(id(2)).expect("a member");
    assert_eq!(
        (progress.match_index, progress.next_index),
        (Index(1), Index(2))
    );
}

#[test]
fn leaders_go_back_and_try_again_after_a_refusal() {
    let mut solo = member(&[1, 1, 1]);
    solo.lead();
    let sent = solo.hear(2, 2, rejected(3, (1, 1)));
    assert_eq!(
        only(&sent),
        Message::AppendRequest {
            prev_index: Index(1),
            prev_term: Term(1),
            entries: solo.node.entries(Index(2)..).cloned().collect(),
            commit: Index(0),
        }
    );
}

#[test]
fn leaders_commit_entries_of_their_term_on_a_majority() {
    let mut solo = member(&[1, 1]);
    solo.lead();
    // Index 2 is of term 1: stored on a majority, but not counted.
    solo.hear(2, 2, rejected(2, (1, 1)));
    solo.hear(2, 2, accepted(2));
    assert_eq!(solo.node.commit_index(), Index(0));
    solo.hear(2, 2, accepted(3));
    assert_eq!(solo.node.commit_index(), Index(3));
}

#[test]
fn leaders_tell_the_followers_what_is_committed() {
    let mut solo = member(&[]);
    solo.lead();
    let sent = solo.hear(2, 1, accepted(1));
    assert_eq!(only(&sent), append((1, 1), &[], 1));
    // The other follower has an append under way, the commit index comes with the next message.
    let sent = solo.hear(3, 1, accepted(1));
    assert_eq!(only(&sent), append((1, 1), &[], 1));
}
