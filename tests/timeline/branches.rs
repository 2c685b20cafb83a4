//! Acting in the past, and what becomes of the futures.

use crate::support::{SECOND, crash, eventful, put, session, snapshot};
use quorum::cluster::{Action, ActionError, ClientId, Job, NewMember, Program, usual_client_url};
use quorum::raft::NodeId;
use quorum::sim::SimTime;
use quorum::timeline::{Aspect, BranchError, BranchId, BranchInfo, Difference, Session};

fn info(session: &Session, id: BranchId) -> BranchInfo {
    session.branches().find(|branch| branch.id == id).unwrap()
}

/// A session with a branch that crashes member 1 at 0.9 s instead of what happened there.
fn branched() -> (Session, BranchId, BranchId) {
    let mut session = eventful(1);
    let main = session.current_branch();
    session.seek(SimTime(900_000));
    session.act(crash(1)).unwrap();
    let branch = session.current_branch();
    session.advance(SECOND);
    (session, main, branch)
}

#[test]
fn acting_in_the_past_opens_a_branch_and_keeps_the_old_future() {
    let mut session = eventful(1);
    let future = snapshot(&session);
    let main = session.current_branch();
    session.seek(SimTime(900_000));
    let fork = session.position();
    session.act(crash(1)).unwrap();
    assert!(session.is_live(), "the new branch ends here");
    let branch = session.current_branch();
    assert_ne!(branch, main);
    let there = info(&session, branch);
    assert_eq!((there.parent, there.fork), (Some(main), fork));
    assert_eq!(there.end, session.position());
    session.advance(SECOND);
    let present = snapshot(&session);
    session.switch_branch(main).unwrap();
    session.go_live();
    assert_eq!(snapshot(&session), future);
    session.switch_branch(branch).unwrap();
    session.go_live();
    assert_eq!(snapshot(&session), present);
}

#[test]
fn a_branch_is_the_run_that_its_recording_gives() {
    let (session, main, branch) = branched();
    for id in [main, branch] {
        let mut session = session.clone();
        session.switch_branch(id).unwrap();
        session.go_live();
        let replayed = session.recording().replay().unwrap();
        assert_eq!(snapshot(&replayed), snapshot(&session));
    }
}

#[test]
fn a_branch_can_be_rewound_beyond_its_fork() {
    let (mut session, main, _) = branched();
    session.seek(SimTime(700_000));
    let early = snapshot(&session);
    session.switch_branch(main).unwrap();
    assert_eq!(snapshot(&session), early, "one history until the fork");
    session.seek(SimTime(700_000));
    assert_eq!(snapshot(&session), early);
}

#[test]
fn switching_keeps_the_moment_as_far_as_possible() {
    let (mut session, main, branch) = branched();
    session.advance(10 * SECOND);
    session.switch_branch(main).unwrap();
    assert!(session.is_live(), "main ends earlier");
    session.seek(SimTime(SECOND));
    session.switch_branch(branch).unwrap();
    assert_eq!(session.now(), SimTime(SECOND));
    let missing = BranchId(99);
    assert_eq!(
        session.switch_branch(missing),
        Err(BranchError::NoSuchBranch)
    );
    assert_eq!(session.current_branch(), branch);
}

#[test]
fn a_refused_action_in_the_past_opens_nothing() {
    let mut session = eventful(1);
    session.seek(SimTime(900_000));
    let before = snapshot(&session);
    let refused = session.act(Action::Crash { member: NodeId(9) });
    assert_eq!(refused, Err(ActionError::NoSuchMember(NodeId(9), 3)));
    assert_eq!(snapshot(&session), before);
    assert_eq!(session.branches().count(), 1);
}

#[test]
fn an_action_just_before_the_end_opens_a_branch_too() {
    let mut session = session(3, 1);
    session.advance(SECOND);
    session.act(put(1, "a", "1")).unwrap();
    session.undo();
    session.act(put(1, "a", "2")).unwrap();
    assert_eq!(session.branches().count(), 2);
    assert_eq!(session.operations().len(), 1);
}

#[test]
fn branches_have_names() {
    let (mut session, main, branch) = branched();
    assert_eq!(info(&session, main).name, "main");
    assert_eq!(info(&session, branch).name, "branch 2");
    session.rename_branch(branch, "  leader dies ").unwrap();
    assert_eq!(info(&session, branch).name, "leader dies");
    session.rename_branch(branch, "leader dies").unwrap();
    assert_eq!(
        session.rename_branch(branch, "main"),
        Err(BranchError::NameTaken("main".to_owned()))
    );
    for name in ["", "  ", &"x".repeat(61)] {
        let refused = session.rename_branch(branch, name);
        assert_eq!(refused, Err(BranchError::NameLength));
    }
    session.rename_branch(main, "branch 3").unwrap();
    session.seek(SimTime(SECOND));
    session.act(put(2, "a", "1")).unwrap();
    assert_eq!(info(&session, session.current_branch()).name, "branch 4");
}

#[test]
fn a_branch_can_be_deleted_unless_the_playhead_is_on_it() {
    let (mut session, main, branch) = branched();
    assert_eq!(session.delete_branch(branch), Err(BranchError::IsCurrent));
    let before = snapshot(&session);
    session.delete_branch(main).unwrap();
    assert_eq!(session.delete_branch(main), Err(BranchError::NoSuchBranch));
    assert_eq!(snapshot(&session), before);
    assert_eq!(info(&session, branch).parent, None);
    session.seek(SimTime(100_000));
    assert_eq!(session.now(), SimTime(100_000), "the shared past is kept");
}

#[test]
fn the_children_of_a_deleted_branch_go_to_its_parent() {
    let (mut session, main, branch) = branched();
    session.seek(SimTime(1_200_000));
    session.act(put(2, "x", "y")).unwrap();
    let child = session.current_branch();
    session.seek(SimTime(600_000));
    session.act(put(2, "x", "z")).unwrap();
    let early = session.current_branch();
    assert_eq!(info(&session, child).parent, Some(branch));
    assert_eq!(info(&session, early).parent, Some(child));
    session.delete_branch(branch).unwrap();
    let fork = info(&session, child).fork.time;
    assert_eq!(fork, SimTime(900_000), "where the deleted one left main");
    assert_eq!(info(&session, child).parent, Some(main));
    session.delete_branch(child).unwrap();
    assert_eq!(info(&session, early).parent, Some(main));
    assert_eq!(info(&session, early).fork.time, SimTime(600_000));
    let replayed = session.save().replay().unwrap();
    assert_eq!(replayed.branches().count(), 2);
    assert_eq!(snapshot(&replayed), snapshot(&session));
}

#[test]
fn branches_are_compared() {
    let (session, main, branch) = branched();
    let at = SimTime(SECOND);
    let same = session.compare_branches(main, main, at).unwrap();
    assert_eq!(
        (same.first_difference, same.differences),
        (None, Vec::new())
    );
    let fork = info(&session, branch).fork;
    let compared = session.compare_branches(main, branch, at).unwrap();
    let first = compared.first_difference.unwrap();
    assert_eq!(first.step, fork.step + 1);
    let running = compared
        .differences
        .iter()
        .find(|difference| (difference.member, difference.aspect) == (NodeId(1), Aspect::Running));
    let running = running.expect("member 1 crashed in one of them");
    assert_eq!(running.first.as_deref(), Some("running"));
    assert_eq!(running.second.as_deref(), Some("crashed"));
    let early = SimTime(800_000);
    let before = session.compare_branches(main, branch, early).unwrap();
    assert_eq!(before.differences, []);
    let missing = session.compare_branches(main, BranchId(9), at);
    assert_eq!(missing, Err(BranchError::NoSuchBranch));
}

#[test]
fn a_member_that_only_one_branch_has_is_a_difference_whichever_comes_first() {
    let mut session = session(3, 1);
    session.advance(SECOND);
    let main = session.current_branch();
    session.advance(4 * SECOND);
    session.seek(SimTime(SECOND));
    let new = NewMember {
        peer_urls: vec!["http://127.0.0.1:42380".to_owned()],
        learner: false,
    };
    let endpoints = vec![usual_client_url(NodeId(1))];
    session
        .act(Action::Run {
            client: ClientId(0),
            program: Box::new(Program::new(endpoints, Job::MemberAdd(new))),
            typed: String::new(),
        })
        .unwrap();
    session.advance(3 * SECOND);
    let member = NodeId(4);
    session.act(Action::Join { member }).unwrap();
    session.advance(SECOND);
    let branch = session.current_branch();
    let at = session.now();
    let running = |first, second| {
        let compared = session.compare_branches(first, second, at).unwrap();
        let is_it = |it: &&Difference| (it.member, it.aspect) == (member, Aspect::Running);
        let found = compared.differences.iter().find(is_it).cloned();
        found.map(|difference| (difference.first, difference.second))
    };
    let there = Some("running".to_owned());
    assert_eq!(running(branch, main), Some((there.clone(), None)));
    assert_eq!(running(main, branch), Some((None, there)));
}

#[test]
fn a_saved_session_comes_back_with_all_branches() {
    let (mut session, main, branch) = branched();
    session.rename_branch(branch, "leader dies").unwrap();
    session.seek(SimTime(1_200_000));
    session.act(put(2, "x", "y")).unwrap();
    session.switch_branch(branch).unwrap();
    session.seek(SimTime(1_300_001));
    for deleted in [None, Some(main)] {
        if let Some(deleted) = deleted {
            session.delete_branch(deleted).unwrap();
        }
        let back = session.save().replay().unwrap();
        assert_eq!(snapshot(&back), snapshot(&session));
        let names = |session: &Session| -> Vec<_> {
            let infos = session.branches();
            infos.map(|info| (info.name, info.fork, info.end)).collect()
        };
        assert_eq!(names(&back), names(&session));
        assert_eq!(back.save(), session.save());
    }
}

#[test]
fn a_first_branch_can_be_deleted_with_children_on_both_sides_of_each_other() {
    for (first, second) in [(700_000, 1_100_000), (1_100_000, 700_000)] {
        let mut session = eventful(2);
        let main = session.current_branch();
        for at in [first, second] {
            session.switch_branch(main).unwrap();
            session.seek(SimTime(at));
            session.act(put(3, "at", &at.to_string())).unwrap();
            session.advance(SECOND);
        }
        session.delete_branch(main).unwrap();
        let back = session.save().replay().unwrap();
        assert_eq!(back.save(), session.save());
        assert_eq!(snapshot(&back), snapshot(&session));
    }
}

#[test]
fn copies_of_the_old_future_are_not_taken_for_the_new_one() {
    let mut session = session(5, 6);
    session.advance(40 * SECOND);
    assert!(session.steps() > 6_000, "several checkpoints");
    session.seek_step(700);
    session.seek_step(300);
    session.act(crash(1)).unwrap();
    session.advance(60 * SECOND);
    let straight = session.recording();
    for step in [690, 4_000, 6_500] {
        session.seek_step(step);
        let mut again = straight.replay().unwrap();
        again.seek_step(step);
        assert_eq!(snapshot(&session), snapshot(&again), "step {step}");
    }
}
