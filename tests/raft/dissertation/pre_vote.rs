//! Elections that do not disturb: a member asks before it campaigns.

use super::*;

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
