//! Going to moments and coming back.

use crate::support::{SECOND, Snapshot, crash, eventful, is_election, put, session, snapshot};
use quorum::cluster::{Action, Fact, WorldOptions};
use quorum::raft::NodeId;
use quorum::raft::rules::{Rule, Rules};
use quorum::sim::SimTime;
use quorum::timeline::{Landmark, Position, Session, trace_hash};

/// What there is to see after every step of a run, from a run that is never rewound.
fn every_step(finished: &Session) -> Vec<Snapshot> {
    let recording = finished.recording();
    let mut straight = Session::new(recording.options, recording.seed).unwrap();
    let mut seen = vec![snapshot(&straight)];
    let mut actions = recording.actions.into_iter().peekable();
    while straight.steps() < finished.end().step {
        match actions.next_if(|next| next.step == straight.steps() + 1) {
            Some(next) => {
                straight.advance(next.time.since(straight.now()));
                straight.act(next.action).unwrap();
            }
            None => assert!(straight.step()),
        }
        seen.push(snapshot(&straight));
    }
    seen
}

#[test]
fn every_step_is_the_same_when_it_is_reached_again() {
    let mut session = eventful(3);
    let seen = every_step(&session);
    assert!(seen.len() > 300, "enough to be rewound: {}", seen.len());
    for (step, seen) in seen.iter().enumerate().rev() {
        session.seek_step(step as u64);
        assert_eq!(snapshot(&session), *seen, "back to step {step}");
    }
    for (step, seen) in seen.iter().enumerate().skip(1) {
        session.step();
        assert_eq!(snapshot(&session), *seen, "on to step {step}");
    }
    assert!(!session.is_live(), "time has passed since the last step");
    session.go_live();
    assert!(session.is_live());
}

#[test]
fn a_moment_is_the_same_from_wherever_it_is_reached() {
    let mut session = eventful(4);
    let end = session.end().time.0;
    let moments: Vec<SimTime> = (0..=40).map(|n| SimTime(end * n / 40)).collect();
    let forwards: Vec<Snapshot> = moments
        .iter()
        .map(|moment| {
            session.seek(*moment);
            assert_eq!(session.now(), *moment);
            snapshot(&session)
        })
        .collect();
    let mut straight = Session::new(session.options().clone(), session.seed()).unwrap();
    straight.advance(moments[3].0);
    assert_eq!(snapshot(&straight), forwards[3], "no action until then");
    for jump in [1, 7, 16, 25, 38] {
        for at in 0..moments.len() {
            let at = at * jump % moments.len();
            session.seek(moments[at]);
            assert_eq!(snapshot(&session), forwards[at], "moment {at}");
        }
    }
}

#[test]
fn everything_that_happens_at_a_moment_lies_before_it() {
    let mut session = eventful(4);
    let action = session.recording().actions[1].clone();
    session.seek(action.time);
    assert!(session.steps() > action.step, "also the second action");
    session.seek(SimTime(action.time.0 - 1));
    assert!(session.steps() < action.step);
}

#[test]
fn the_past_plays_on_into_the_present_and_beyond() {
    let mut session = eventful(5);
    let present = snapshot(&session);
    session.advance(SECOND);
    let future = snapshot(&session);
    let (now, before) = (session.now(), SECOND + SECOND / 3);
    session.seek(SimTime(now.0 - before));
    assert!(!session.is_live());
    session.advance(before - SECOND);
    assert_eq!(snapshot(&session), present);
    session.advance(SECOND);
    assert_eq!(snapshot(&session), future);
    assert!(session.is_live());
    session.seek(SimTime::ZERO);
    session.advance(now.0 + 10);
    assert_eq!(session.now().0, now.0 + 10, "past the old end");
    assert_eq!(session.branches().count(), 1);
}

#[test]
fn a_seek_beyond_the_end_goes_to_the_end() {
    let mut session = eventful(5);
    let present = snapshot(&session);
    session.seek_step(3);
    session.seek(SimTime(u64::MAX));
    assert_eq!(snapshot(&session), present);
    session.seek_step(3);
    session.seek_step(u64::MAX);
    assert_eq!(snapshot(&session), present);
    session.seek_step(3);
    let time = SimTime(u64::MAX);
    session.seek_position(Position { step: 9, time });
    assert_eq!(session.steps(), 9);
    assert!(session.now() < session.end().time);
}

#[test]
fn a_place_behind_the_next_action_is_found_before_it() {
    let mut session = eventful(5);
    let (end, saved) = (session.end(), session.save());
    for action in &saved.branches[0].actions {
        let step = action.step - 1;
        for time in [action.time, action.time.after(1), end.time] {
            session.seek_position(Position { step, time });
            assert!(session.now() <= action.time && session.steps() == step);
            // Going on from there finds everything as it was.
            session.seek_step(end.step);
            assert_eq!(session.steps(), end.step);
        }
    }
}

#[test]
fn a_position_is_found_again() {
    let mut session = eventful(5);
    let places: Vec<Position> = (0..30)
        .map(|n| {
            session.seek(SimTime(session.end().time.0 * n / 30 + 1));
            session.position()
        })
        .collect();
    for place in places.into_iter().rev() {
        session.seek_position(place);
        assert_eq!(session.position(), place);
    }
    let end = session.end();
    session.seek_position(end);
    assert!(session.is_live());
}

#[test]
fn the_trace_ends_at_the_playhead_and_the_whole_trace_does_not() {
    let mut session = eventful(6);
    let all: Vec<_> = session.trace().iter().cloned().collect();
    assert_eq!(session.trace_hash(), trace_hash(&all));
    session.seek(SimTime(SECOND));
    let shown = all.iter().filter(|event| event.time.0 <= SECOND).count();
    assert!(shown > 0 && shown < all.len());
    assert!(session.trace().iter().eq(&all[..shown]));
    assert_eq!(session.trace_hash(), trace_hash(&all[..shown]));
    assert_eq!(session.trace().len(), shown);
    assert_eq!(session.trace().last(), all[..shown].last());
    assert_eq!(session.trace().get(shown), None);
    assert!(session.whole_trace().iter().eq(&all));
    assert!(session.trace().iter().rev().eq(all[..shown].iter().rev()));
}

#[test]
fn facts_far_back_are_found_by_time() {
    let mut session = session(5, 1);
    session.advance(60 * SECOND);
    let all: Vec<_> = session.trace().iter().cloned().collect();
    assert!(all.len() > 10_000, "more than one chunk: {}", all.len());
    for (from, to) in [(0, 1), (0, 2), (7, 11), (20, 29), (59, 80), (9, 3)] {
        let (from, to) = (SimTime(from * SECOND), SimTime(to * SECOND));
        let expected = all
            .iter()
            .filter(|event| event.time >= from && event.time < to);
        assert!(session.trace().between(from, to).eq(expected), "{from}");
    }
    assert!(
        (0..all.len())
            .step_by(997)
            .all(|n| session.trace().get(n) == all.get(n))
    );
}

/// Steps through the whole run by a kind of step, back and forth, and returns the steps.
fn landmarks(session: &mut Session, landmark: Landmark) -> Vec<u64> {
    session.go_live();
    let mut steps = Vec::new();
    while session.step_back(landmark) {
        steps.push(session.steps());
        assert!(
            session
                .whole_trace()
                .iter()
                .any(|e| e.step == session.steps())
        );
    }
    steps.reverse();
    let end = session.end();
    let mut again = Vec::from_iter(steps.first().copied());
    while session.step_forward(landmark) && session.end() == end {
        again.push(session.steps());
    }
    assert_eq!(again, steps, "{landmark:?}: there and back");
    steps
}

#[test]
fn landmarks_are_found_in_both_directions() {
    let steps_with = |session: &Session, is: &dyn Fn(&Fact) -> bool| {
        let facts = session.whole_trace();
        let found = facts.iter().filter(|event| is(&event.fact));
        let mut steps: Vec<u64> = found.map(|event| event.step).collect();
        steps.dedup();
        steps
    };
    // Each from a fresh session, since looking for the next one prolongs the run.
    let mut run = eventful(7);
    let all = steps_with(&run, &|_| true);
    assert_eq!(landmarks(&mut run, Landmark::Step), all);
    let mut run = eventful(7);
    let acted = steps_with(&run, &|fact| matches!(fact, Fact::Acted(_)));
    assert_eq!(landmarks(&mut run, Landmark::Action), acted);
    assert_eq!(acted.len(), 6);
    let mut run = eventful(7);
    let landed = steps_with(&run, &|fact| {
        matches!(fact, Fact::Delivered { .. } | Fact::Lost { .. })
    });
    assert_eq!(landmarks(&mut run, Landmark::Message), landed);
    let mut run = eventful(7);
    let elected = steps_with(&run, &is_election);
    assert_eq!(landmarks(&mut run, Landmark::Election), elected);
    assert!(elected.len() > 1, "the cut deposes a leader");
}

#[test]
fn violations_are_landmarks_and_are_found_again() {
    let is_violated = |fact: &Fact| matches!(fact, Fact::Violated(_));
    let runs = (0..40).map(|seed| {
        let mut options = WorldOptions::with_members(4);
        options.raft.rules = Rules::all().without(Rule::MajorityQuorum);
        let mut session = Session::new(options, seed).unwrap();
        let groups = vec![vec![NodeId(1), NodeId(2)]];
        session.act(Action::Partition { groups }).unwrap();
        session.advance(2 * SECOND);
        session
    });
    let mut run = { runs }
        .find(|run| run.trace().iter().any(|event| is_violated(&event.fact)))
        .expect("two sides elect a leader each in one term");
    let facts = run.whole_trace();
    let violated = facts.iter().filter(|event| is_violated(&event.fact));
    let mut steps: Vec<u64> = violated.map(|event| event.step).collect();
    steps.dedup();
    assert_eq!(landmarks(&mut run, Landmark::Violation), steps);
    run.seek_step(steps[0] - 1);
    assert!(!run.checker().is_violated(), "not yet");
    run.step();
    assert!(run.checker().is_violated());
}

#[test]
fn a_commit_is_the_moment_of_the_leader() {
    let mut session = session(3, 2);
    session.advance(SECOND);
    let leader = session.world().leader().unwrap().id();
    session.act(put(leader.0, "a", "1")).unwrap();
    let index = |session: &Session, id| {
        let member = session.world().member(id).unwrap();
        member.server().unwrap().node().commit_index()
    };
    let before = index(&session, leader);
    assert!(session.step_forward(Landmark::Commit));
    assert_eq!(index(&session, leader), before.next());
    let followers = (1..=3).map(NodeId).filter(|id| *id != leader);
    assert!(
        followers
            .into_iter()
            .all(|id| index(&session, id) <= before)
    );
    let at = session.position();
    session.advance(SECOND);
    assert!(session.step_back(Landmark::Commit));
    assert_eq!(session.position(), at, "what followers learn is no commit");
}

#[test]
fn stepping_back_from_between_two_steps_goes_to_the_first_of_them() {
    let mut session = session(3, 2);
    session.advance(SECOND);
    let leader = session.world().leader().unwrap().id();
    session.act(put(leader.0, "a", "1")).unwrap();
    let acted = session.position();
    session.advance(1);
    assert_eq!(session.steps(), acted.step);
    assert!(session.step_back(Landmark::Action));
    assert_eq!(session.position(), acted);
    assert!(!session.step_back(Landmark::Action), "there was only one");
    assert_eq!(session.position(), acted, "nothing has moved");
}

#[test]
fn looking_for_what_will_not_happen_changes_nothing() {
    let mut session = session(3, 2);
    session.advance(SECOND);
    let before = snapshot(&session);
    assert!(!session.step_forward(Landmark::Action));
    assert!(!session.step_forward(Landmark::Election));
    assert_eq!(snapshot(&session), before);
    for member in 1..=3 {
        session.act(crash(member)).unwrap();
    }
    session.advance(SECOND);
    assert!(!session.step_forward(Landmark::Step), "all are crashed");
    assert!(!session.step());
}

#[test]
fn undo_goes_back_to_just_before_an_action_and_redo_does_it_again() {
    let mut session = eventful(8);
    let actions = session.recording().actions;
    let end = snapshot(&session);
    for action in actions.iter().rev() {
        assert_eq!(session.last_action().as_ref(), Some(action));
        assert!(session.undo());
        assert_eq!(session.steps(), action.step - 1);
        assert_eq!(session.now(), action.time);
        assert_eq!(session.next_action().as_ref(), Some(action));
    }
    assert!(!session.undo(), "nothing is left");
    for action in &actions {
        assert!(session.redo());
        assert_eq!((session.steps(), session.now()), (action.step, action.time));
    }
    assert!(!session.redo());
    session.go_live();
    assert_eq!(snapshot(&session), end);
    assert_eq!(session.branches().count(), 1);
}

#[test]
fn a_slice_of_time_can_be_bounded() {
    let mut session = session(5, 1);
    assert!(!session.advance_within(SECOND, 10));
    assert_eq!(session.steps(), 10);
    assert!(session.now().0 < SECOND);
    assert!(session.advance_within(SECOND, u64::MAX));
}
