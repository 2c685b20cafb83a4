//! The Raft paper (extended version), one test per sentence of Figure 2 and of Figure 13.

use crate::cluster::*;
use crate::solo::*;
use ::quorum::raft::*;
use bytes::Bytes;
use std::sync::Arc;

fn refused(message: &Message) -> Option<VoteRefusal> {
    match message {
        Message::VoteResponse {
            verdict: VoteVerdict::Refused(reason),
        } => Some(*reason),
        _ => None,
    }
}

// Figure 2, State.

#[test]
fn state_everything_is_zero_on_first_boot() {
    let solo = member(&[]);
    assert_eq!(solo.node.term(), Term(0));
    assert_eq!(solo.node.vote(), None);
    assert_eq!(solo.node.commit_index(), Index(0));
    assert_eq!(solo.node.applied_index(), Index(0));
    assert_eq!(solo.node.first_index(), Index(1));
    assert_eq!(solo.node.last_index(), Index(0));
    assert_eq!(solo.node.role(), Role::Follower);
}

#[test]
fn state_term_vote_and_log_survive_a_restart() {
    let mut solo = member(&[]);
    solo.hear(2, 4, vote_request(0, 0));
    solo.hear(2, 4, append((0, 0), &[3, 4], 0));
    solo.restart();
    assert_eq!(solo.node.term(), Term(4));
    assert_eq!(solo.node.vote(), Some(id(2)));
    assert_eq!(solo.terms(), [3, 4]);
}

#[test]
fn state_is_durable_before_the_answer_leaves() {
    let mut solo = member(&[]);
    solo.step(2, Some(4), vote_request(0, 0));
    let ready = solo.node.ready();
    assert!(ready.messages.is_empty());
    let write = ready.write.expect("term and vote");
    let state = write.hard_state.expect("changed");
    assert_eq!((state.term, state.vote), (Term(4), Some(id(2))));
    assert_eq!(only(&write.after_sync), granted());
}

#[test]
fn state_term_increases_monotonically() {
    let mut solo = member(&[]);
    solo.hear(2, 4, heartbeat(0));
    solo.hear(2, 3, heartbeat(0));
    solo.hear(2, 3, vote_request(9, 9));
    assert_eq!(solo.node.term(), Term(4));
}

#[test]
fn state_commit_index_increases_monotonically() {
    let mut solo = member(&[1, 1, 1]);
    solo.hear(2, 1, append((3, 1), &[], 3));
    solo.hear(2, 1, heartbeat(1));
    solo.hear(2, 1, append((3, 1), &[], 2));
    assert_eq!(solo.node.commit_index(), Index(3));
}

#[test]
fn state_next_index_starts_behind_the_leaders_last_entry() {
    let mut solo = member(&[1, 1, 1]);
    solo.lead();
    // The no-op at index 4 is the first thing that a follower is sent.
    let progress = solo.node.progress(id(3)).expect("a member");
    assert_eq!(progress.next_index, Index(4));
}

#[test]
fn state_match_index_starts_at_zero() {
    let mut solo = member(&[1, 1, 1]);
    solo.lead();
    let progress = solo.node.progress(id(3)).expect("a member");
    assert_eq!(progress.match_index, Index(0));
}

// Figure 2, AppendEntries RPC.

#[test]
fn append_entries_1_false_if_the_term_is_old() {
    let mut solo = member(&[5]);
    let sent = solo.hear(2, 4, append((1, 5), &[4], 0));
    assert_eq!(only(&sent), rejected(1, (0, 0)));
    assert_eq!(sent[0].term, Some(Term(5)));
    assert_eq!(solo.terms(), [5]);
}

#[test]
fn append_entries_2_false_if_the_previous_entry_is_missing() {
    let mut solo = member(&[1]);
    let sent = solo.hear(2, 1, append((3, 1), &[1], 0));
    assert_eq!(only(&sent), rejected(3, (1, 1)));
    assert_eq!(solo.terms(), [1]);
}

#[test]
fn append_entries_2_false_if_the_previous_entry_has_another_term() {
    let mut solo = member(&[1, 1]);
    let sent = solo.hear(2, 2, append((2, 2), &[2], 0));
    assert_eq!(only(&sent), rejected(2, (2, 1)));
    assert_eq!(solo.terms(), [1, 1]);
}

#[test]
fn append_entries_2_the_refusal_skips_terms_that_cannot_agree() {
    let mut solo = member(&[1, 2, 4, 4, 4]);
    let sent = solo.hear(2, 5, append((5, 3), &[], 0));
    assert_eq!(only(&sent), rejected(5, (2, 2)));
}

#[test]
fn append_entries_3_a_conflicting_entry_and_all_that_follow_are_deleted() {
    let mut solo = member(&[1, 2, 2, 2]);
    solo.hear(2, 3, append((1, 1), &[3], 0));
    assert_eq!(solo.terms(), [1, 3]);
    assert!(solo.events.contains(&Event::Truncated {
        from: Index(2),
        to: Index(4)
    }));
    assert_eq!(solo.disk.entries.len(), 2);
}

#[test]
fn append_entries_4_only_what_is_not_there_is_appended() {
    let mut solo = member(&[1, 2, 2]);
    let sent = solo.hear(2, 2, append((1, 1), &[2, 2, 2], 0));
    assert_eq!(solo.terms(), [1, 2, 2, 2]);
    assert_eq!(only(&sent), accepted(4));
    // Nothing that agrees is touched, not even behind what was sent.
    let sent = solo.hear(2, 2, append((1, 1), &[2], 0));
    assert_eq!(solo.terms(), [1, 2, 2, 2]);
    assert_eq!(only(&sent), accepted(2));
}

#[test]
fn append_entries_5_the_commit_index_is_the_smaller_of_leaders_and_last_new_entry() {
    let mut solo = member(&[1]);
    solo.hear(2, 1, append((1, 1), &[1, 1], 2));
    assert_eq!(solo.node.commit_index(), Index(2));
    solo.hear(2, 1, append((3, 1), &[1], 9));
    assert_eq!(solo.node.commit_index(), Index(4));
}

// Figure 2, RequestVote RPC.

#[test]
fn request_vote_1_false_if_the_term_is_old() {
    let mut solo = member(&[5]);
    let sent = solo.hear(2, 4, vote_request(9, 9));
    let current = Term(5);
    assert_eq!(
        refused(&only(&sent)),
        Some(VoteRefusal::StaleTerm { current })
    );
    assert_eq!(sent[0].term, Some(current));
}

#[test]
fn request_vote_2_granted_if_nobody_has_the_vote() {
    let mut solo = member(&[1]);
    assert_eq!(only(&solo.hear(2, 2, vote_request(1, 1))), granted());
    assert_eq!(solo.node.vote(), Some(id(2)));
}

#[test]
fn request_vote_2_granted_again_to_the_same_candidate() {
    let mut solo = member(&[1]);
    solo.hear(2, 2, vote_request(1, 1));
    assert_eq!(only(&solo.hear(2, 2, vote_request(1, 1))), granted());
}

#[test]
fn request_vote_2_refused_if_somebody_else_has_the_vote() {
    let mut solo = member(&[1]);
    solo.hear(2, 2, vote_request(1, 1));
    let sent = solo.hear(3, 2, vote_request(1, 1));
    let vote = id(2);
    assert_eq!(
        refused(&only(&sent)),
        Some(VoteRefusal::AlreadyVoted { vote })
    );
}

#[test]
fn request_vote_2_refused_if_the_term_has_a_leader() {
    let mut solo = member(&[1]);
    solo.hear(2, 2, heartbeat(0));
    let sent = solo.hear(3, 2, vote_request(1, 1));
    let leader = id(2);
    assert_eq!(
        refused(&only(&sent)),
        Some(VoteRefusal::KnowsLeader { leader })
    );
}

#[test]
fn request_vote_2_refused_if_the_candidates_log_is_behind() {
    let behind = [(1, 2), (9, 1)];
    for (index, term) in behind {
        let mut solo = member(&[1, 2]);
        let sent = solo.hear(2, 3, vote_request(index, term));
        let reason = refused(&only(&sent)).expect("refused");
        let (last_index, last_term) = (Index(2), Term(2));
        assert_eq!(
            reason,
            VoteRefusal::LogBehind {
                last_index,
                last_term
            }
        );
        assert_eq!(solo.node.vote(), None);
    }
    for (index, term) in [(2, 2), (3, 2), (1, 3)] {
        let mut solo = member(&[1, 2]);
        assert_eq!(only(&solo.hear(2, 4, vote_request(index, term))), granted());
    }
}

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

// §5.2, §5.4.

#[test]
fn section_5_2_timeouts_are_drawn_from_the_whole_range_and_differ() {
    let mut seen = std::collections::BTreeSet::new();
    let mut solo = member(&[]);
    for _ in 0..300 {
        let timeout = solo.node.ticks_until_timer().expect("a voter waits");
        seen.insert(timeout);
        solo.tick(timeout);
    }
    assert!(seen.iter().eq(&(10..20).collect::<Vec<u64>>()), "{seen:?}");
}

#[test]
fn section_5_4_1_the_later_last_term_decides_before_the_length() {
    let mut solo = member(&[1, 1, 1, 1]);
    assert_eq!(only(&solo.hear(2, 3, vote_request(1, 2))), granted());
}

#[test]
fn section_8_a_leader_opens_its_term_with_a_noop() {
    let mut solo = member(&[1]);
    solo.lead();
    let last = solo.node.entry(Index(2)).expect("the no-op");
    assert_eq!((last.term, &last.payload), (Term(2), &Payload::Noop));
}

// Figure 13, InstallSnapshot RPC. (Chunks are not used: a snapshot is one message.)

fn snapshot(index: u64, term: u64) -> Message {
    let snapshot = Snapshot {
        index: Index(index),
        term: Term(term),
        conf: ConfState::voters((1..=4).map(NodeId)),
        data: Bytes::from_static(b"state").into(),
    };
    Message::SnapshotRequest {
        snapshot: Arc::new(snapshot),
    }
}

#[test]
fn install_snapshot_1_refused_if_the_term_is_old() {
    let mut solo = member(&[5]);
    let sent = solo.hear(2, 4, snapshot(9, 4));
    assert_eq!(only(&sent), rejected(9, (0, 0)));
    assert_eq!(sent[0].term, Some(Term(5)));
    assert_eq!(solo.node.snapshot_index(), Index(0));
}

#[test]
fn install_snapshot_5_an_older_one_is_passed_over() {
    let mut solo = member(&[1, 1, 1]);
    solo.hear(2, 1, append((3, 1), &[], 3));
    assert_eq!(only(&solo.hear(2, 1, snapshot(2, 1))), accepted(3));
    assert_eq!(only(&solo.hear(2, 1, snapshot(3, 1))), accepted(3));
    assert_eq!(solo.node.snapshot_index(), Index(0));
}

#[test]
fn install_snapshot_6_entries_that_follow_the_same_last_entry_are_kept() {
    let mut solo = member(&[1, 1, 1]);
    assert_eq!(only(&solo.hear(2, 1, snapshot(2, 1))), accepted(2));
    assert_eq!(solo.terms(), [1, 1, 1]);
    assert_eq!(solo.node.commit_index(), Index(2));
}

#[test]
fn install_snapshot_7_the_whole_log_is_discarded_otherwise() {
    let mut solo = member(&[1, 1, 1]);
    assert_eq!(only(&solo.hear(2, 2, snapshot(2, 2))), accepted(2));
    assert_eq!(solo.terms(), [0; 0]);
    assert_eq!(solo.node.first_index(), Index(3));
    assert_eq!(solo.node.last_index(), Index(2));
    assert_eq!(solo.node.term_at(Index(2)), Some(Term(2)));
    assert!(solo.disk.entries.is_empty());
    assert_eq!(solo.disk.snapshot.index, Index(2));
}

#[test]
fn install_snapshot_8_the_state_and_the_configuration_are_the_snapshots() {
    let mut solo = member(&[1]);
    solo.step(2, Some(2), snapshot(7, 2));
    let ready = solo.node.ready();
    let snapshot = ready.snapshot.expect("to restore from");
    assert_eq!(snapshot.data.bytes(), Bytes::from_static(b"state"));
    assert_eq!(ready.write.expect("to store").snapshot, Some(snapshot));
    assert_eq!(solo.node.conf().voters.len(), 4);
    assert_eq!(solo.node.applied_index(), Index(7));
    assert_eq!(solo.node.commit_index(), Index(7));
}

#[test]
fn install_snapshot_goes_on_with_the_entries_behind_it() {
    let mut solo = member(&[]);
    solo.hear(2, 2, snapshot(7, 2));
    assert_eq!(
        only(&solo.hear(2, 2, append((7, 2), &[2, 2], 8))),
        accepted(9)
    );
    assert_eq!(solo.node.commit_index(), Index(8));
    assert_eq!(solo.applied.len(), 1);
}
