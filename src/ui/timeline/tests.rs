//! What a person does with time, without a browser.

use super::super::forms::Verb;
use super::super::message::Message;
use super::super::model::Model;
use super::{Finger, Time};
use crate::raft::NodeId;
use crate::sim::SimTime;
use crate::timeline::Landmark;
use crate::view::deeds::Deed;

/// A page whose run has gone on for some seconds, paused.
fn model() -> Model {
    let mut model = Model::new(5, 7).unwrap();
    model.session.advance(4_000_000);
    model.refresh();
    model.playback.playing = false;
    model.update(Message::Time(Time::Width(1000)));
    model
}

fn finger(id: i32, x: u32) -> Finger {
    Finger { id, x }
}

fn time(model: &mut Model, ask: Time) -> bool {
    model.update(Message::Time(ask))
}

fn told(model: &Model) -> &str {
    model.timeline.told.as_deref().unwrap_or_default()
}

#[test]
fn a_drag_moves_the_playhead_and_holds_time_meanwhile() {
    let mut model = model();
    model.playback.playing = true;
    time(&mut model, Time::Down(finger(1, 300)));
    let window = model.window();
    assert!(model.session.now().0.abs_diff(window.moment(300, 1000).0) < window.span_us / 100);
    model.update(Message::Pass(50_000));
    let held = model.session.now();
    time(&mut model, Time::Move(finger(1, 500)));
    assert_eq!(model.session.now(), window.moment(500, 1000));
    assert_ne!(model.session.now(), held);
    model.update(Message::Pass(50_000));
    assert_eq!(model.session.now(), window.moment(500, 1000));
    time(&mut model, Time::Up(1));
    model.update(Message::Pass(50_000));
    assert!(model.session.now() > window.moment(500, 1000), "it goes on");
}

#[test]
fn a_click_on_a_tick_goes_to_its_step() {
    let mut model = model();
    let election = model.session.chronicle().marks()[0].at;
    let x = model.window().place(election.time, 1000);
    time(&mut model, Time::Down(finger(1, x + 2)));
    time(&mut model, Time::Up(1));
    assert_eq!(model.session.steps(), election.step);
    assert!(model.timeline.hover.is_some());
}

#[test]
fn the_pointer_names_what_lies_under_it_and_redraws_only_for_something_else() {
    let mut model = model();
    assert!(time(&mut model, Time::Move(finger(1, 900))));
    assert!(!time(&mut model, Time::Move(finger(1, 900))));
    assert!(time(&mut model, Time::Out));
    assert_eq!(model.timeline.hover, None);
}

#[test]
fn two_fingers_zoom_and_do_not_seek() {
    let mut model = model();
    let whole = model.window();
    time(&mut model, Time::Down(finger(1, 400)));
    let now = model.session.now();
    time(&mut model, Time::Down(finger(2, 500)));
    time(&mut model, Time::Move(finger(2, 700)));
    assert_eq!(model.session.now(), now);
    assert!(model.window().span_us < whole.span_us / 2);
    time(&mut model, Time::Up(2));
    time(&mut model, Time::Move(finger(1, 100)));
    assert_eq!(
        model.session.now(),
        now,
        "the finger that stays does not jump"
    );
    time(&mut model, Time::Up(1));
    time(&mut model, Time::Zoom(-99));
    assert_eq!(model.window(), whole);
}

#[test]
fn the_wheel_zooms_around_the_pointer_and_pans() {
    let mut model = model();
    let whole = model.window();
    let under = whole.moment(800, 1000);
    for _ in 0..5 {
        time(
            &mut model,
            Time::Wheel {
                x: 800,
                dx: 0,
                dy: -100,
            },
        );
    }
    let near = model.window();
    assert!(near.span_us < whole.span_us / 2);
    assert!(near.place(under, 1000).abs_diff(800) <= 2);
    time(
        &mut model,
        Time::Wheel {
            x: 800,
            dx: -200,
            dy: 0,
        },
    );
    assert!(model.window().from < near.from);
    assert_eq!(model.window().span_us, near.span_us);
}

#[test]
fn the_window_follows_the_playhead() {
    let mut model = model();
    time(&mut model, Time::Zoom(8));
    time(&mut model, Time::Start);
    assert_eq!(model.window().from, SimTime::ZERO);
    time(&mut model, Time::Live);
    assert!(model.window().to() >= model.session.now());
    assert!(model.session.is_live());
}

#[test]
fn steps_of_every_kind_lead_there_and_back() {
    let mut model = model();
    time(&mut model, Time::Start);
    for landmark in [Landmark::Message, Landmark::Election, Landmark::Commit] {
        time(&mut model, Time::Start);
        time(&mut model, Time::Step(landmark, true));
        let first = model.session.steps();
        assert!(first > 0);
        time(&mut model, Time::Step(Landmark::Step, true));
        time(&mut model, Time::Step(landmark, false));
        assert_eq!(model.session.steps(), first);
    }
    time(&mut model, Time::Step(Landmark::Violation, false));
    assert!(!told(&model).is_empty(), "there is none, and it says so");
}

#[test]
fn undo_goes_back_before_an_action_and_going_on_leaves_it_undone() {
    let mut model = model();
    let member = NodeId(2);
    model.update(Message::Switch(Deed::Crash, member));
    model.update(Message::Send(Verb::Put));
    model.playback.playing = true;
    time(&mut model, Time::Undo);
    assert!(!model.playback.playing);
    assert!(model.session.operations().is_empty());
    time(&mut model, Time::Undo);
    assert!(told(&model).contains("infra2 crashed"), "{}", told(&model));
    let running = |model: &Model| {
        model
            .session
            .world()
            .member(member)
            .unwrap()
            .server()
            .is_some()
    };
    assert!(running(&model));
    time(&mut model, Time::Undo);
    assert!(!told(&model).is_empty(), "there is nothing more to undo");
    assert!(model.session.operations().is_empty());
    model.update(Message::TogglePlay);
    for _ in 0..20 {
        model.update(Message::Pass(50_000));
    }
    assert!(running(&model), "it was undone");
    assert_eq!(model.session.branches().count(), 2, "and is kept");
}

#[test]
fn redo_brings_back_what_was_undone() {
    let mut model = model();
    model.update(Message::Switch(Deed::Crash, NodeId(2)));
    time(&mut model, Time::Undo);
    time(&mut model, Time::Redo);
    assert!(told(&model).contains("infra2 crashed"));
    assert!(
        model
            .session
            .world()
            .member(NodeId(2))
            .unwrap()
            .server()
            .is_none()
    );
    time(&mut model, Time::Step(Landmark::Step, true));
    assert_eq!(model.session.branches().count(), 1);
    time(&mut model, Time::Redo);
    assert!(!told(&model).is_empty(), "there is nothing more to redo");
}

#[test]
fn an_action_in_the_past_opens_a_branch_and_says_so() {
    let mut model = model();
    let end = model.session.end();
    time(&mut model, Time::Down(finger(1, 400)));
    time(&mut model, Time::Up(1));
    model.update(Message::Switch(Deed::Crash, NodeId(1)));
    assert!(told(&model).contains("branch 2") && told(&model).contains("main"));
    let [main, other] = &model.timeline.picture.branches[..] else {
        panic!("two branches are drawn");
    };
    let (main, other) = (main.id, other.id);
    time(
        &mut model,
        Time::Rename(other, "without infra1".to_string()),
    );
    assert_eq!(model.timeline.picture.branches[1].name, "without infra1");
    time(&mut model, Time::Rename(other, "main".to_string()));
    let trouble = |model: &Model| model.timeline.trouble.clone().unwrap_or_default();
    assert!(trouble(&model).contains("main"), "the name is taken");
    time(&mut model, Time::Compare(main));
    let (_, lines) = model.timeline.compared.clone().unwrap();
    assert!(
        lines.iter().any(|line| line.contains("infra1")),
        "{lines:?}"
    );
    time(&mut model, Time::Compare(main));
    assert_eq!(model.timeline.compared, None);
    time(&mut model, Time::Switch(main));
    assert_eq!(model.session.end(), end);
    time(&mut model, Time::AskDelete(Some(other)));
    assert_eq!(model.session.branches().count(), 2, "asked first");
    time(&mut model, Time::Delete(other));
    assert!(model.timeline.picture.branches.is_empty());
    time(&mut model, Time::Delete(main));
    let trouble = model.timeline.trouble.clone().unwrap_or_default();
    assert!(trouble.contains("switch"), "not the one that one is on");
}

#[test]
fn another_run_has_a_timeline_of_its_own() {
    let mut model = model();
    time(&mut model, Time::Zoom(4));
    time(&mut model, Time::StepBy(Landmark::Election));
    model.update(Message::Type(
        super::super::message::Field::Members,
        "3".to_string(),
    ));
    model.update(Message::Type(
        super::super::message::Field::Seed,
        "4".to_string(),
    ));
    model.update(Message::Start);
    assert_eq!(model.timeline.picture.lanes.len(), 3);
    assert_eq!(model.window().from, SimTime::ZERO);
    assert_eq!(model.timeline.step_by, Landmark::Election);
}
