//! Why an entry is committed, or is not yet, or is gone.

use crate::support::*;
use quorum::cluster::{Action, Fact};
use quorum::raft::Event;
use quorum::raft::rules::Rule;
use quorum::view::plain;
use quorum::view::why::{CopyState, Tone, Topic, life, why};

#[test]
fn a_committed_entry_is_traced_back_to_the_majority_that_stored_it() {
    let (mut session, leader) = elected(session(5, 1));
    let operation = put(&mut session, leader);
    session.advance(SECOND / 2);
    let (index, term) = last_entry(&session, leader);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(
        plain(&why.question),
        format!("Why is entry {index} committed?")
    );
    assert_eq!(why.tone, Tone::Good);
    links(&session, &why, "client A sends put name joe");
    assert_eq!(why.chain[0].topic, Some(Topic::Operation(operation)));
    links(
        &session,
        &why,
        &format!("infra{leader}, leader of term {term}, puts it into its log"),
    );
    let commit = links(&session, &why, "of 5 voters, a majority");
    let acks = told(&why)
        .iter()
        .filter(|s| s.contains("has it on"))
        .count();
    assert!(acks >= 3, "{:#?}", told(&why));
    let steps: Vec<u64> = why
        .chain
        .iter()
        .map(|reason| reason.at.unwrap().step)
        .collect();
    assert!(steps.is_sorted(), "{steps:?}");
    assert_eq!(*steps.last().unwrap(), commit);
    ends_in(&why, Rule::MajorityQuorum);
}

#[test]
fn the_life_of_an_entry_knows_when_each_member_received_stored_and_applied_it() {
    let (mut session, leader) = elected(session(3, 1));
    put(&mut session, leader);
    let called = session.steps();
    session.advance(SECOND / 2);
    let (index, term) = last_entry(&session, leader);
    let life = life(&session, index, term);
    assert_eq!(life.command, "put name joe");
    assert_eq!(life.proposed.unwrap().0, leader);
    assert_eq!(
        life.committed.unwrap().0,
        leader,
        "the leader knows it first"
    );
    for copy in &life.copies {
        assert_eq!(copy.state, CopyState::Stored);
        let times = [copy.received, copy.stored, copy.committed, copy.applied];
        let steps: Vec<u64> = times.iter().map(|at| at.expect("a moment").step).collect();
        assert!(steps[0] > called);
        assert!(copy.stored > copy.received && copy.applied >= copy.committed);
    }
}

#[test]
fn an_entry_of_a_leader_in_the_minority_names_the_cut_for_each_missing_copy() {
    let (mut session, leader) = elected(session(5, 1));
    let near = others(&session, &[leader])[0];
    let far = others(&session, &[leader, near]);
    let groups = vec![vec![leader, near], far.clone()];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    put(&mut session, leader);
    session.advance(60_000);
    let (index, term) = last_entry(&session, leader);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(
        plain(&why.question),
        format!("Why is entry {index} not committed?")
    );
    tells(
        &session,
        &why,
        &format!("A majority of 5 is 3; infra{leader} knows of 2"),
    );
    for id in far {
        let sentence = format!("The network between infra{leader} and infra{id} is cut");
        assert_eq!(links(&session, &why, &sentence), cut);
    }
    ends_in(&why, Rule::MajorityQuorum);
}

#[test]
fn a_copy_on_its_way_is_named_and_so_is_a_crashed_member() {
    let (mut session, leader) = elected(session(3, 1));
    let down = others(&session, &[leader])[0];
    act(&mut session, Action::Crash { member: down });
    let crash = session.steps();
    put(&mut session, leader);
    until(&mut session, "proposed", |event| {
        matches!(
            event.fact,
            Fact::Learned {
                event: Event::Appended { .. },
                ..
            }
        )
    });
    let (index, term) = last_entry(&session, leader);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(
        links(&session, &why, &format!("infra{down} crashed")),
        crash
    );
    tells(&session, &why, "The copy for");
    let flying = why
        .chain
        .iter()
        .find(|r| plain(&r.sentence).contains("The copy for"));
    assert!(matches!(flying.unwrap().topic, Some(Topic::Message(_))));
    tells(&session, &why, "its disk has not synced it yet");
}

#[test]
fn a_majority_of_copies_of_an_older_term_does_not_commit() {
    let (mut session, leader) = elected(modified(3, 1, Rule::NoopAtStart));
    put(&mut session, leader);
    until(
        &mut session,
        "a follower has it",
        |event| matches!(event.fact, Fact::Synced { member, entries: Some(_) } if member != leader),
    );
    act(&mut session, Action::Crash { member: leader });
    session.advance(3 * SECOND);
    let next = session.world().leader().expect("a new leader").id();
    let (index, term) = last_entry(&session, next);
    let why = why(&session, Topic::Entry(index, term));
    tells(
        &session,
        &why,
        "2 of 3 voters have stored it, and 2 are a majority",
    );
    links(&session, &why, &format!("But it is of term {term}"));
    ends_in(&why, Rule::CommitOwnTerm);
    assert_eq!(why.tone, Tone::Open);
}

#[test]
fn an_old_entry_is_committed_with_one_of_the_new_term() {
    let (mut session, leader) = elected(session(3, 1));
    put(&mut session, leader);
    until(
        &mut session,
        "a follower has it",
        |event| matches!(event.fact, Fact::Synced { member, entries: Some(_) } if member != leader),
    );
    let (index, term) = last_entry(&session, leader);
    act(&mut session, Action::Crash { member: leader });
    session.advance(3 * SECOND);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(why.tone, Tone::Good);
    links(&session, &why, "A majority alone did not do");
    ends_in(&why, Rule::CommitOwnTerm);
}

#[test]
fn an_entry_that_a_later_leader_overwrote_is_gone() {
    let (mut session, leader) = elected(session(5, 1));
    let rest = others(&session, &[leader]);
    let groups = vec![vec![leader], rest];
    act(&mut session, Action::Partition { groups });
    put(&mut session, leader);
    session.advance(40_000);
    let (index, term) = last_entry(&session, leader);
    session.advance(SECOND);
    let waiting = why(&session, Topic::Entry(index, term));
    tells(&session, &waiting, &format!("infra{leader} will drop it"));
    ends_in(&waiting, Rule::TruncateOnConflict);
    act(&mut session, Action::Heal);
    session.advance(SECOND);
    let gone = why(&session, Topic::Entry(index, term));
    assert_eq!(gone.tone, Tone::Bad);
    links(
        &session,
        &gone,
        &format!("infra{leader} drops entry {index}"),
    );
    ends_in(&gone, Rule::TruncateOnConflict);
}
