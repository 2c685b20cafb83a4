//! What the panel at the left does to the run, without a browser.

use super::super::model::{Message, Model};
use super::{Ask, Page, Tab};
use crate::cluster::Action;
use crate::lesson::SCENARIOS;
use crate::raft::NodeId;
use crate::timeline::Landmark;
use crate::ui::recording::Kept;
use crate::ui::timeline::Time;
use crate::view::real::Form;

fn model() -> Model {
    let mut model = Model::new(3, 7).unwrap();
    model.update(Ask::Toggle(Tab::Scenarios).into());
    model
}

/// Opens a scenario by its name.
fn watch(model: &mut Model, name: &str) {
    let place = SCENARIOS.iter().position(|scenario| scenario.name == name);
    model.update(Ask::Play(place.unwrap()).into());
}

fn done(model: &Model) -> usize {
    model.left.scenario.as_ref().unwrap().reached.done
}

#[test]
fn the_panel_opens_at_the_tab_that_is_asked_for() {
    let mut model = model();
    assert_eq!(model.left.page(), Page::Scenarios);
    model.update(Ask::Toggle(Tab::Planner).into());
    assert!(matches!(model.left.page(), Page::Planner(_)));
    model.update(Ask::Toggle(Tab::Planner).into());
    assert_eq!(model.left.page(), Page::Closed);
    model.update(Ask::Toggle(Tab::Real).into());
    model.update(Message::Escape);
    assert_eq!(model.left.page(), Page::Closed);
}

#[test]
fn a_scenario_is_a_run_that_plays_from_its_beginning() {
    let mut model = model();
    watch(&mut model, "leader-crash");
    assert!(model.playback.playing);
    assert_eq!(model.session.steps(), 0);
    assert!(matches!(model.left.page(), Page::Scenario(_)));
    for _ in 0..500 {
        model.update(Message::Pass(20_000));
    }
    assert!(done(&model) > 0, "the script is followed while it plays");
    let before = done(&model);
    model.update(Ask::Next(true).into());
    assert!(done(&model) > before && !model.playback.playing);
    while model.left.scenario.as_ref().unwrap().reached.ends.1 {
        model.update(Ask::Next(true).into());
    }
    let all = model.left.scenario.as_ref().unwrap().played.steps.len();
    assert_eq!(done(&model), all);
    model.update(Ask::Go(0).into());
    assert_eq!(model.session.steps(), 0);
}

#[test]
fn acting_by_hand_is_undone_by_returning_to_the_scenario() {
    let mut model = model();
    watch(&mut model, "leader-crash");
    model.update(Ask::Go(3).into());
    let there = done(&model);
    let main = model.session.current_branch();
    model
        .session
        .act(Action::Crash { member: NodeId(1) })
        .unwrap();
    model.update(Message::Pass(1_000_000));
    model.update(Time::Step(Landmark::Step, true).into());
    assert!(model.left.scenario.as_ref().unwrap().reached.is_own);
    model.update(Ask::Return.into());
    assert_eq!(model.session.current_branch(), main);
    assert!(done(&model) >= there);
    model.update(Message::Start);
    assert!(model.left.scenario.is_none(), "another run is no scenario");
}

#[test]
fn a_split_is_tried_beside_the_planner() {
    let mut model = model();
    model.update(Ask::Show(Tab::Planner).into());
    model.update(Ask::Members(6).into());
    model.update(Ask::Try(vec![3, 3]).into());
    assert_eq!(model.session.options().members, 6);
    assert!(matches!(model.left.page(), Page::Planner(plan) if plan.members == 6));
    assert!(model.session.is_live() && model.playback.playing);
    model.update(Ask::Try(vec![]).into());
    assert_eq!(model.session.options().members, 6, "nothing to start");
}

#[test]
fn the_script_follows_what_is_done() {
    let mut model = model();
    model.update(Ask::Toggle(Tab::Real).into());
    model.update(Ask::Form(Form::Compose).into());
    let script = |model: &Model| match model.left.page() {
        Page::Real(shown) => shown.real.files.last().unwrap().text.clone(),
        page => panic!("{page:?}"),
    };
    let crash = "docker compose kill infra2";
    assert!(!script(&model).contains(crash));
    model
        .session
        .act(Action::Crash { member: NodeId(2) })
        .unwrap();
    model.update(Message::Pass(10_000_000));
    assert!(script(&model).contains(crash));
    model.update(Time::Undo.into());
    assert!(!script(&model).contains(crash));
    assert_eq!(model.start_command(), None);
    model.update(Ask::Flags.into());
    assert!(model.start_command().unwrap().contains("--name infra1"));
}

/// The page after it was left and loaded again.
fn reloaded(model: &Model) -> Model {
    let code = model.session.save().to_code();
    let at = Kept::of(model, &code).to_text();
    let mut fresh = Model::new(5, 7).unwrap();
    fresh.take_up(code, Kept::from_text(&at));
    while fresh.recording.progress().is_some() {
        fresh.update(crate::ui::recording::Recording::Slice(10_000).into());
    }
    fresh
}

#[test]
fn a_page_that_is_loaded_again_knows_its_scenario() {
    let mut model = model();
    watch(&mut model, "leader-crash");
    model.update(Ask::Go(3).into());
    let again = reloaded(&model);
    let (before, after) = (model.left.scenario.unwrap(), again.left.scenario.as_ref());
    assert_eq!(after.map(|open| open.place), Some(before.place));
    assert_eq!(after.map(|open| open.reached), Some(before.reached));
    assert!(matches!(again.left.page(), Page::Scenario(_)));
    assert!(again.left.reveal, "the line is brought into sight");
}

#[test]
fn a_page_that_is_loaded_again_knows_the_way_back_to_its_scenario() {
    let mut model = model();
    watch(&mut model, "leader-crash");
    model.update(Ask::Go(3).into());
    let there = done(&model);
    model
        .session
        .act(Action::Crash { member: NodeId(1) })
        .unwrap();
    model.update(Ask::List.into());
    model.update(Message::Escape);
    let mut again = reloaded(&model);
    assert_eq!(again.left.page(), Page::Closed, "as it was left");
    assert!(again.left.scenario.as_ref().unwrap().reached.is_own);
    again.update(Ask::Toggle(Tab::Scenarios).into());
    assert_eq!(again.left.page(), Page::Scenarios);
    again.update(Ask::Return.into());
    assert!(!again.left.scenario.as_ref().unwrap().reached.is_own);
    assert!(done(&again) >= there);
    let plain = Model::new(3, 1).unwrap();
    assert!(reloaded(&plain).left.scenario.is_none());
}

#[test]
fn what_stands_beside_the_stage_stays_when_something_else_is_escaped_from() {
    let mut model = model();
    model.left.stays = true;
    assert!(!model.update(Message::Escape));
    assert_eq!(model.left.page(), Page::Scenarios);
    model.left.stays = false;
    model.update(Message::Escape);
    assert_eq!(model.left.page(), Page::Closed);
}
