//! Why a vote was given or refused, and why somebody leads, or nobody does.

use crate::support::*;
use quorum::cluster::{Action, Fact};
use quorum::raft::rules::Rule;
use quorum::raft::{Event, VoteRefusal};
use quorum::view::plain;
use quorum::view::why::{Tone, Topic, offers, why};

#[test]
fn a_vote_is_refused_to_a_candidate_whose_log_is_behind() {
    let (mut session, leader) = elected(session(3, 1));
    let [behind, ahead] = others(&session, &[leader])[..] else {
        panic!("three members")
    };
    act(&mut session, Action::Crash { member: behind });
    put(&mut session, leader);
    session.advance(SECOND / 2);
    act(&mut session, Action::Crash { member: leader });
    act(&mut session, Action::Restart { member: behind });
    session.advance(200_000);
    act(&mut session, Action::TimeOutNow { member: behind });
    let refused = until(&mut session, "a refusal", |event| {
        matches!(
            event.fact,
            Fact::Learned {
                event: Event::VoteRefused {
                    reason: VoteRefusal::LogBehind { .. },
                    ..
                },
                ..
            }
        )
    });
    let vote = refused_vote(behind, ahead, &refused);
    let why = why(&session, vote);
    assert_eq!(why.tone, Tone::Bad);
    tells(
        &session,
        &why,
        &format!("The log of infra{behind} ends at entry"),
    );
    links(
        &session,
        &why,
        &format!("The log of infra{ahead} ends at entry"),
    );
    let refusal = links(
        &session,
        &why,
        &format!("infra{ahead} refuses infra{behind}"),
    );
    assert_eq!(refusal, refused.step);
    ends_in(&why, Rule::UpToDateLog);
}

#[test]
fn a_vote_is_refused_out_of_loyalty_to_a_leader_that_is_heard() {
    let (mut session, leader) = elected(session(3, 1));
    let [candidate, voter] = others(&session, &[leader])[..] else {
        panic!("three members")
    };
    act(&mut session, Action::TimeOutNow { member: candidate });
    let refused = until(&mut session, "a refusal", |event| {
        matches!(event.fact, Fact::Learned {
            member, event: Event::VoteRefused { .. },
        } if member == voter)
    });
    let vote = refused_vote(candidate, voter, &refused);
    let why = why(&session, vote);
    links(
        &session,
        &why,
        &format!("infra{voter} heard from infra{leader}"),
    );
    ends_in(&why, Rule::LeaderStickiness);
}

#[test]
fn a_vote_that_nobody_answers_is_explained_by_the_cut() {
    let (mut session, leader) = elected(session(3, 1));
    let [candidate, voter] = others(&session, &[leader])[..] else {
        panic!("three members")
    };
    let groups = vec![vec![candidate], vec![leader, voter]];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    act(&mut session, Action::TimeOutNow { member: candidate });
    session.advance(20_000);
    let node = session
        .world()
        .member(candidate)
        .unwrap()
        .server()
        .unwrap()
        .node();
    let vote = Topic::Vote {
        candidate,
        voter,
        term: node.term().next(),
        pre: true,
    };
    let why = why(&session, vote);
    links(&session, &why, "is lost: the network is cut");
    let sentence = format!("The network between infra{candidate} and infra{voter} is cut");
    assert_eq!(links(&session, &why, &sentence), cut);
    assert!(offers(&session).iter().any(|offer| offer.topic == vote));
}

#[test]
fn without_a_majority_there_is_no_leader() {
    let (mut session, leader) = elected(session(5, 1));
    let rest = others(&session, &[leader]);
    act(&mut session, Action::Crash { member: leader });
    let groups = vec![rest[..2].to_vec(), vec![rest[2], rest[3], leader]];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    session.advance(SECOND);
    let why = why(&session, Topic::Leader);
    assert_eq!(plain(&why.question), "Why is there no leader?");
    links(&session, &why, &format!("infra{leader} crashed"));
    tells(
        &session,
        &why,
        "At most 2 of 5 voters run and reach each other; a majority is 3",
    );
    assert_eq!(links(&session, &why, "is cut"), cut);
    ends_in(&why, Rule::MajorityQuorum);
}

#[test]
fn before_the_first_election_the_timers_are_the_reason_and_then_the_campaign() {
    let mut session = session(3, 1);
    let waiting = why(&session, Topic::Leader);
    tells(&session, &waiting, "Nobody has been elected yet");
    tells(&session, &waiting, "runs out first");
    ends_in(&waiting, Rule::RandomTimeouts);
    until(&mut session, "a campaign", |event| {
        matches!(
            event.fact,
            Fact::Learned {
                event: Event::VoteGranted { pre: false, .. },
                ..
            }
        )
    });
    let campaign = why(&session, Topic::Leader);
    links(&session, &campaign, "of 2 needed votes");
}

#[test]
fn a_leader_is_explained_by_its_votes() {
    let (session, leader) = elected(session(5, 1));
    let why = why(&session, Topic::Leader);
    assert_eq!(
        plain(&why.question),
        format!("Why does infra{leader} lead?")
    );
    assert!(
        told(&why)
            .iter()
            .filter(|s| s.contains("counts the vote"))
            .count()
            >= 2
    );
    ends_in(&why, Rule::MajorityQuorum);
}
