//! The outline of a run says what its trace says, on every branch.

use super::support::*;
use quorum::cluster::{Action, Fact};
use quorum::raft::NodeId;
use quorum::sim::SimTime;
use quorum::timeline::{Happening, Landmark, Session};

fn outline(session: &Session) -> impl PartialEq + std::fmt::Debug {
    let chronicle = session.chronicle();
    (
        chronicle.lanes().to_vec(),
        chronicle.marks().to_vec(),
        chronicle.cuts().to_vec(),
    )
}

#[test]
fn every_election_crash_and_commit_of_the_trace_has_a_mark() {
    let session = eventful(7);
    let marks = session.chronicle().marks();
    let facts = |is: fn(&Fact) -> bool| {
        let facts = session.whole_trace();
        facts.iter().filter(|event| is(&event.fact)).count()
    };
    let count = |is: fn(&Happening) -> bool| marks.iter().filter(|mark| is(&mark.what)).count();
    let elections = facts(is_election);
    assert!(elections > 0);
    assert_eq!(
        count(|what| matches!(what, Happening::Elected(..))),
        elections
    );
    let crashes = facts(|fact| matches!(fact, Fact::Crashed { .. }));
    assert!(crashes > 0);
    assert_eq!(count(|what| matches!(what, Happening::Crashed(_))), crashes);
    let mut commits = Vec::new();
    let mut there = session.clone();
    there.seek(SimTime::ZERO);
    while there.next_action().is_some() || there.position() < session.end() {
        if !there.step_forward(Landmark::Commit) || there.steps() > session.end().step {
            break;
        }
        commits.push(there.steps());
    }
    let marked: Vec<u64> = marks
        .iter()
        .filter(|mark| matches!(mark.what, Happening::Committed(_)))
        .map(|mark| mark.at.step)
        .collect();
    assert!(!marked.is_empty());
    assert_eq!(marked, commits);
}

#[test]
fn a_branch_has_the_outline_that_its_recording_gives() {
    let mut session = eventful(7);
    let end = session.end().time.0;
    for part in [2, 3, 5] {
        session.seek(SimTime(end * part / 6));
        let groups = vec![vec![NodeId(1)]];
        if session.act(Action::Partition { groups }).is_err() {
            session.act(Action::Heal).unwrap();
        }
        let again = session.recording().replay().unwrap();
        assert_eq!(outline(&session), outline(&again), "as it opens");
        session.advance(400_000);
        let _ = session.act(Action::Heal);
        session.advance(400_000);
        let again = session.recording().replay().unwrap();
        assert_eq!(outline(&session), outline(&again), "later");
    }
}

#[test]
fn a_fork_keeps_what_lies_before_it_only() {
    let mut session = eventful(7);
    let all = session.chronicle().marks().len();
    let middle = session.chronicle().marks()[all / 2].at;
    session.seek_step(middle.step);
    session.fork();
    assert!(session.is_live());
    assert_eq!(session.branches().count(), 2);
    let marks = session.chronicle().marks();
    assert!(marks.len() < all);
    assert!(marks.iter().all(|mark| mark.at.step <= middle.step));
}
