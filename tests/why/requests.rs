//! Why a request waits, fails, or reads what is old.

use crate::support::*;
use quorum::cluster::Action;
use quorum::raft::rules::Rule;
use quorum::view::plain;
use quorum::view::why::{Tone, Topic, why};

#[test]
fn a_write_in_the_minority_waits_and_then_fails_without_certainty() {
    let (mut session, leader) = elected(session(5, 1));
    let near = others(&session, &[leader])[0];
    let groups = vec![vec![leader, near], others(&session, &[leader, near])];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    let operation = put(&mut session, leader);
    session.advance(60_000);
    let waits = why(&session, Topic::Operation(operation));
    assert_eq!(plain(&waits.question), "Why does put name joe wait?");
    links(&session, &waits, "It is entry");
    tells(&session, &waits, "A majority of 5 is 3");
    assert_eq!(links(&session, &waits, "is cut"), cut);
    session.advance(2 * SECOND);
    let failed = why(&session, Topic::Operation(operation));
    assert_eq!(plain(&failed.question), "Why did put name joe fail?");
    assert_eq!(
        failed.tone,
        Tone::Open,
        "nobody knows whether it was executed"
    );
    links(&session, &failed, "client A gives up");
    tells(&session, &failed, "No answer is no refusal");
}

#[test]
fn a_request_to_a_crashed_member_is_lost() {
    let (mut session, leader) = elected(session(3, 1));
    let member = others(&session, &[leader])[0];
    act(&mut session, Action::Crash { member });
    let operation = put(&mut session, member);
    session.advance(SECOND / 2);
    let why = why(&session, Topic::Operation(operation));
    links(
        &session,
        &why,
        &format!("is lost: infra{member} is crashed"),
    );
    let next = session.world().next_try(operation).unwrap();
    tells(
        &session,
        &why,
        &format!("The client asks infra{member} again at {next}"),
    );
}

#[test]
fn a_read_waits_for_the_confirmation_of_a_majority() {
    let (mut session, leader) = elected(session(3, 1));
    let rest = others(&session, &[leader]);
    act(
        &mut session,
        Action::Partition {
            groups: vec![vec![leader], rest],
        },
    );
    let operation = get(&mut session, leader, false);
    session.advance(60_000);
    let why = why(&session, Topic::Operation(operation));
    tells(
        &session,
        &why,
        "may answer only after a majority has confirmed",
    );
    links(&session, &why, "is cut");
    ends_in(&why, Rule::ReadFreshRound);
}

#[test]
fn a_local_read_of_a_member_that_was_cut_off_is_old() {
    let (mut session, leader) = elected(session(3, 1));
    let alone = others(&session, &[leader])[0];
    let groups = vec![vec![alone], others(&session, &[alone])];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    put(&mut session, leader);
    session.advance(100_000);
    let operation = get(&mut session, alone, true);
    session.advance(100_000);
    let why = why(&session, Topic::Operation(operation));
    assert_eq!(
        plain(&why.question),
        "Why is the answer to get name --consistency=s old?"
    );
    links(&session, &why, "had reached revision 2 already");
    links(
        &session,
        &why,
        &format!("The answer of infra{alone} shows revision 1"),
    );
    assert_eq!(links(&session, &why, "cut"), cut);
    tells(&session, &why, "answers from its own store and asks nobody");
    ends_in(&why, Rule::ReadFreshRound);
}
