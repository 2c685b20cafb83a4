//! The Raft paper (extended version), one test per sentence of Figure 2 and of Figure 13.

mod servers;
mod snapshots;

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
