use super::*;
use crate::raft::NodeId;

fn shown() -> Model {
    let mut model = Model::new(3, 1).unwrap();
    model.playback.playing = false;
    model.session.advance(1_000_000);
    model.refresh();
    model.update(Message::ShowStage(StageView::Sequence));
    model.update(Gesture::Size(900.0, 400.0).into());
    model
}

fn at(x: f64, y: f64) -> Point {
    Point::new(x, y)
}

#[test]
fn it_costs_nothing_while_it_is_not_shown() {
    let mut model = Model::new(3, 1).unwrap();
    model.update(Message::Pass(1_000_000));
    assert!(model.sequence.picture.is_none());
    let mut model = shown();
    assert!(model.sequence.picture.is_some());
    model.update(Message::ToggleStage);
    assert!(model.sequence.picture.is_none());
}

#[test]
fn it_is_made_anew_only_when_something_happened() {
    let mut model = shown();
    let before = model.sequence.picture.clone();
    model.refresh();
    assert!(model.sequence.picture == before);
    model.update(Message::Step);
    assert!(model.sequence.picture != before);
}

#[test]
fn a_drag_moves_in_time_and_is_no_click() {
    let mut model = shown();
    let (view, now) = (model.sequence.pane.view, model.session.position());
    model.update(Gesture::Down(1, at(300.0, 5.0)).into());
    assert!(!model.update(Gesture::Move(1, at(302.0, 5.0)).into()));
    model.update(Gesture::Move(1, at(500.0, 5.0)).into());
    model.update(Gesture::Up(1, at(500.0, 5.0)).into());
    assert!(model.sequence.pane.view.from < view.from);
    assert_eq!(model.sequence.pane.view.span_us, view.span_us);
    assert_eq!(model.session.position(), now);
    model.update(Gesture::Follow.into());
    assert_eq!(model.sequence.pane.view, view);
}

#[test]
fn two_fingers_zoom() {
    let mut model = shown();
    let span = model.sequence.pane.view.span_us;
    model.update(Gesture::Down(1, at(300.0, 100.0)).into());
    model.update(Gesture::Down(2, at(500.0, 100.0)).into());
    model.update(Gesture::Move(2, at(700.0, 100.0)).into());
    assert_eq!(model.sequence.pane.view.span_us, span / 2);
    model.update(Gesture::Cancel(2).into());
    model.update(Gesture::Up(1, at(300.0, 100.0)).into());
    assert_eq!(model.sequence.pane.view.span_us, span / 2);
}

#[test]
fn the_wheel_zooms_around_the_playhead_while_it_is_followed() {
    let mut model = shown();
    let span = model.sequence.pane.view.span_us;
    model.update(Gesture::Wheel(at(200.0, 100.0), 0.0, -1.0).into());
    assert_eq!(model.sequence.pane.view.span_us, span * 8 / 10);
    assert!(model.sequence.pane.follows);
    let plot = model.sequence.pane.plot();
    let share = plot.share(plot.x(model.session.now()));
    assert!((share - 0.85).abs() < 0.01);
    model.update(Gesture::Wheel(at(200.0, 100.0), 40.0, 0.0).into());
    assert!(!model.sequence.pane.follows, "sideways it moves");
}

#[test]
fn the_keys_zoom_around_the_playhead_that_is_in_sight() {
    let mut model = shown();
    model.update(Gesture::Pan(50).into());
    assert!(!model.sequence.pane.follows);
    let now = model.session.now();
    let before = model.sequence.pane.plot().x(now);
    model.update(Gesture::Zoom(500).into());
    let after = model.sequence.pane.plot().x(now);
    assert!((before - after).abs() < 1.0, "{before} {after}");
}

#[test]
fn a_click_on_a_message_selects_it_everywhere_and_keys_go_on_from_there() {
    let mut model = shown();
    let line = model.sequence.picture.as_ref().unwrap().spots[1].clone();
    let place = line.from.towards(line.to, 0.5);
    model.update(Gesture::Down(1, place).into());
    model.update(Gesture::Up(1, place).into());
    let chosen = model.chosen().expect("a message is selected");
    assert!(model.chosen_words().is_some());
    model.update(Gesture::Choose(true).into());
    assert_ne!(model.chosen(), Some(chosen));
    model.update(Gesture::Choose(false).into());
    assert_eq!(model.chosen(), Some(chosen));
}

#[test]
fn a_click_on_the_axis_goes_to_that_moment() {
    let mut model = shown();
    let plot = model.sequence.pane.plot();
    model.update(Gesture::Down(1, at(300.0, 6.0)).into());
    model.update(Gesture::Up(1, at(300.0, 6.0)).into());
    assert!(model.session.now() <= plot.moment(300.0));
    assert!(model.session.now() < model.session.end().time);
    assert!(
        !model.sequence.pane.follows,
        "the picture stays where it is"
    );
}

#[test]
fn the_selected_member_is_the_one_of_the_page() {
    let mut model = shown();
    model.update(Message::Select(NodeId(2)));
    let picture = model.sequence.picture.clone().unwrap();
    let selected: Vec<bool> = picture.lanes.iter().map(|lane| lane.selected).collect();
    assert_eq!(selected, [false, true, false]);
}
