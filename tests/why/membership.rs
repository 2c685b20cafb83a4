//! Only voters count, whoever else there is: learners, members that were removed, and voters that have not started.

use crate::support::*;
use quorum::cluster::{
    Action, Call, ClientId, End, Fact, Job, NewMember, Program, ProgramEvent, member_id,
    usual_client_url,
};
use quorum::raft::NodeId;
use quorum::timeline::Session;
use quorum::view::why::{Topic, why};
use quorum::view::{frame, plain};

/// A cluster whose members have been connected for long enough to be changed.
fn settled(members: usize) -> (Session, NodeId) {
    let (mut session, leader) = elected(session(members, 1));
    session.advance(SECOND);
    (session, leader)
}

/// Asks the leader for a change of the membership and waits for it.
fn change(session: &mut Session, leader: NodeId, call: Call) {
    let program = Program {
        endpoints: vec![usual_client_url(leader)],
        command_timeout_us: 2 * SECOND,
        job: Job::Call(call),
        ..Program::default()
    };
    let action = Action::Run {
        client: ClientId(0),
        program: Box::new(program),
        typed: String::new(),
    };
    act(session, action);
    session.advance(SECOND / 2);
    let said = session
        .trace()
        .iter()
        .rev()
        .find_map(|event| match &event.fact {
            Fact::Ran { event, .. } => Some((**event).clone()),
            _ => None,
        });
    assert_eq!(said, Some(ProgramEvent::Ended(End::Done)));
}

fn add(session: &mut Session, leader: NodeId, learner: bool) {
    let peer_urls = vec!["http://127.0.0.1:42380".to_owned()];
    change(
        session,
        leader,
        Call::MemberAdd(NewMember { peer_urls, learner }),
    );
}

/// Quorum, voters, and how many more may fail.
fn vitals(session: &Session) -> (usize, usize, Option<usize>) {
    let vitals = frame(session).vitals;
    (vitals.quorum, vitals.voters, vitals.can_lose())
}

fn sentence(session: &Session) -> String {
    plain(&frame(session).sentence)
}

#[test]
fn a_learner_is_no_part_of_the_quorum() {
    let (mut session, leader) = settled(3);
    add(&mut session, leader, true);
    act(&mut session, Action::Join { member: NodeId(4) });
    session.advance(SECOND);
    assert_eq!(vitals(&session), (2, 3, Some(1)));
    assert!(sentence(&session).contains("All logs agree"));
    let voters = others(&session, &[leader, NodeId(4)]);
    act(&mut session, Action::Crash { member: voters[0] });
    put(&mut session, leader);
    session.advance(SECOND / 2);
    assert_eq!(vitals(&session), (2, 3, Some(0)));
    let (index, term) = last_entry(&session, leader);
    let committed = why(&session, Topic::Entry(index, term));
    tells(&session, &committed, "That is 2 of 3 voters, a majority");
    act(&mut session, Action::Crash { member: voters[1] });
    put(&mut session, leader);
    session.advance(SECOND / 20);
    let waiting = sentence(&session);
    assert!(waiting.contains("1 of 2 needed copies"), "{waiting}");
    session.advance(SECOND);
    assert_eq!(vitals(&session), (2, 3, None));
    let nobody = why(&session, Topic::Leader);
    tells(&session, &nobody, "At most 1 of 3 voters run");
    act(&mut session, Action::Crash { member: leader });
    act(&mut session, Action::Crash { member: NodeId(4) });
    assert_eq!(vitals(&session), (2, 3, None), "so the disks say");
}

#[test]
fn a_voter_that_has_not_started_is_one_that_does_not_run() {
    let (mut session, leader) = settled(3);
    put(&mut session, leader);
    session.advance(SECOND / 2);
    let (index, term) = last_entry(&session, leader);
    add(&mut session, leader, false);
    assert_eq!(vitals(&session), (3, 4, Some(0)));
    assert!(sentence(&session).contains("One member does not have all"));
    // When it was committed there were three.
    let before = why(&session, Topic::Entry(index, term));
    tells(&session, &before, "of 3 voters, a majority");
    act(&mut session, Action::Join { member: NodeId(4) });
    session.advance(SECOND);
    assert_eq!(vitals(&session), (3, 4, Some(1)));
}

#[test]
fn a_member_that_was_removed_does_not_count_any_more() {
    let (mut session, leader) = settled(5);
    for member in &others(&session, &[leader])[..2] {
        change(&mut session, leader, Call::MemberRemove(member_id(*member)));
        session.advance(SECOND);
    }
    assert_eq!(session.world().leader().unwrap().id(), leader);
    assert_eq!(vitals(&session), (2, 3, Some(1)));
    assert!(sentence(&session).contains("All logs agree"));
    put(&mut session, leader);
    session.advance(SECOND / 2);
    let (index, term) = last_entry(&session, leader);
    let committed = why(&session, Topic::Entry(index, term));
    tells(&session, &committed, "of 3 voters, a majority");
    // It ended, and its disk is well.
    let removed = others(&session, &[leader])[0];
    let ended = why(&session, Topic::Start(removed));
    tells(&session, &ended, "has removed");
    assert!(!told(&ended).iter().any(|fact| fact.contains("damaged")));
    let frame = frame(&session);
    let shown = frame.members.iter().find(|shown| shown.id == removed);
    assert_eq!(shown.unwrap().note, "removed");
}
