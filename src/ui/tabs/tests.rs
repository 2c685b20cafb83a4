use super::*;
use crate::cluster::{Action, ClientId};
use crate::kv::Request;
use crate::raft::NodeId;
use crate::view::geometry::Point;

/// Three members with a leader, which is selected and has these keys.
fn written(keys: usize) -> Model {
    let mut model = Model::new(3, 1).unwrap();
    model.playback.playing = false;
    model.session.advance(1_000_000);
    let leader = model.session.world().leader().unwrap().id();
    for key in 0..keys {
        put(&mut model, leader, &format!("key{key:04}"));
    }
    model.session.advance(200_000);
    model.update(Message::Select(leader));
    model
}

fn put(model: &mut Model, member: NodeId, key: &str) {
    let (client, request) = (ClientId(0), Request::put(key.to_owned(), "v"));
    let action = Action::Request {
        client,
        member,
        request,
    };
    model.session.act(action).unwrap();
    model.session.advance(5_000);
}

fn keys(model: &Model) -> &KeysView {
    model.tabs.keys.as_ref().unwrap()
}

#[test]
fn a_tab_costs_nothing_while_it_is_not_shown() {
    let mut model = written(2);
    let empty = |model: &Model| {
        let tabs = &model.tabs;
        tabs.keys.is_none() && tabs.picture.is_none() && tabs.checks.is_none()
    };
    assert!(empty(&model));
    model.update(Message::Show(Tab::Keys));
    assert_eq!(keys(&model).total, 2);
    model.update(Message::Show(Tab::Checks));
    assert!(model.tabs.keys.is_none() && model.tabs.checks.is_some());
    model.update(Ask::Shown(false).into());
    assert!(empty(&model), "the drawer is closed");
    model.update(Message::Step);
    assert!(empty(&model));
    model.update(Ask::Shown(true).into());
    assert!(model.tabs.checks.is_some());
}

#[test]
fn while_playing_a_tab_is_looked_up_a_few_times_a_second() {
    let mut model = written(1);
    model.update(Message::Show(Tab::Checks));
    model.update(Message::SetSpeed(9));
    model.update(Message::TogglePlay);
    let before = model.tabs.checks.clone();
    model.update(Message::Pass(100_000));
    assert!(model.session.now().0 > 1_200_000 && model.tabs.checks == before);
    model.update(Message::Pass(100_000));
    model.update(Message::Pass(100_000));
    assert!(model.tabs.checks != before);
    let before = model.tabs.checks.clone();
    model.update(Message::Pass(50_000));
    model.update(Message::TogglePlay);
    assert!(
        model.tabs.checks != before,
        "what is shown of a pause is true"
    );
}

#[test]
fn a_tab_that_is_chosen_while_the_run_plays_is_there_at_once() {
    let mut model = written(1);
    model.update(Message::TogglePlay);
    model.update(Message::Show(Tab::Checks));
    assert!(model.tabs.checks.is_some());
    model.update(Message::Show(Tab::Keys));
    assert!(model.tabs.checks.is_none());
    assert_eq!(keys(&model).total, 1);
}

#[test]
fn the_chart_is_zoomed_before_its_size_is_known_and_where_there_is_no_room() {
    let mut model = written(1);
    model.update(Message::Show(Tab::Clients));
    for size in [None, Some((0.0, 0.0)), Some((40.0, 10.0))] {
        for gesture in size
            .map(|(width, height)| Gesture::Size(width, height))
            .into_iter()
            .chain([
                Gesture::Zoom(800),
                Gesture::Pan(100),
                Gesture::Zoom(1_250),
                Gesture::Follow,
                Gesture::Fit,
                Gesture::Wheel(Point::new(5.0, 5.0), 0.0, 1.0),
            ])
        {
            model.update(Ask::Chart(gesture).into());
        }
    }
    assert_eq!(model.tab, Tab::Clients);
}

#[test]
fn of_a_long_list_only_the_rows_in_sight_are_made() {
    let mut model = written(120);
    model.update(Message::Show(Tab::Keys));
    model.update(Ask::Scroll(60, 10).into());
    let view = keys(&model);
    assert_eq!(view.total, 120);
    assert!(
        view.rows.len() < 40 && view.first <= 60,
        "{}",
        view.rows.len()
    );
    assert!(view.first + view.rows.len() >= 70);
    assert!(
        !model.update(Ask::Scroll(61, 10).into()),
        "a row more is no news"
    );
    model.update(Ask::Prefix("key011".to_owned()).into());
    assert_eq!((keys(&model).total, keys(&model).first), (10, 0));
}

#[test]
fn the_keys_of_the_keyboard_go_through_the_list() {
    let mut model = written(30);
    model.update(Message::Show(Tab::Keys));
    let open = |model: &Model| keys(model).open.as_ref().unwrap().row.name.clone();
    for (rows, name) in [
        (1, "key0000"),
        (1, "key0001"),
        (10, "key0011"),
        (-1, "key0010"),
    ] {
        model.update(Ask::Move(rows).into());
        assert_eq!(open(&model), name);
    }
    model.update(Ask::Move(isize::MAX).into());
    assert_eq!(
        (open(&model), model.tabs.scroll),
        ("key0029".to_owned(), Some(29))
    );
    model.update(Ask::Move(isize::MIN).into());
    assert_eq!(open(&model), "key0000");
    model.update(Ask::Open(None).into());
    assert!(keys(&model).open.is_none());
    model.update(Ask::Move(isize::MAX).into());
    assert_eq!(open(&model), "key0029");
}

#[test]
fn the_keys_are_those_of_the_selected_member_at_the_playhead() {
    let mut model = written(1);
    model.update(Message::Show(Tab::Keys));
    let leader = model.selected;
    let follower = NodeId(leader.0 % 3 + 1);
    model.update(Message::Select(follower));
    assert_eq!(keys(&model).member, follower);
    model.session.seek(SimTime(1_000_000));
    model.refresh();
    assert_eq!(keys(&model).total, 0);
}

fn chart() -> Model {
    let mut model = written(2);
    model.update(Message::Show(Tab::Clients));
    model.update(Ask::Chart(Gesture::Size(400.0, 300.0)).into());
    model
}

fn spot(model: &Model, id: u64) -> Point {
    let picture = model.tabs.picture.as_ref().unwrap();
    let thing = Thing::Operation(OperationId(id));
    let spot = picture.spots.iter().find(|spot| spot.thing == thing);
    spot.unwrap().from
}

#[test]
fn a_click_on_an_operation_chooses_it_and_goes_to_its_end() {
    let mut model = chart();
    let at = spot(&model, 1);
    model.update(Ask::Chart(Gesture::Move(1, at)).into());
    assert!(
        model
            .tabs
            .pane
            .tip
            .as_ref()
            .unwrap()
            .1
            .contains("put key0000 v")
    );
    let view = model.tabs.pane.view;
    model.update(Ask::Chart(Gesture::Down(1, at)).into());
    model.update(Ask::Chart(Gesture::Up(1, at)).into());
    let page = model.tabs.operation.clone().unwrap();
    assert_eq!(Some(model.session.now()), page.returned);
    assert!(
        page.effect
            .is_some_and(|effect| Some(effect) <= page.returned)
    );
    assert_eq!(model.tabs.pane.view, view, "the picture stays");
    spot(&model, 2);
}

#[test]
fn operations_are_chosen_with_the_keyboard() {
    let mut model = chart();
    let chosen = |model: &Model| model.tabs.chosen.map(|id| id.0);
    for (forward, id) in [(true, 1), (true, 2), (true, 2), (false, 1)] {
        model.update(Ask::Chart(Gesture::Choose(forward)).into());
        assert_eq!(chosen(&model), Some(id));
    }
    assert!(model.chosen_operation().is_some());
    let now = model.session.now();
    model.update(Ask::Chart(Gesture::Enter).into());
    assert!(model.session.now() < now);
}

#[test]
fn an_operation_of_the_evidence_is_shown_in_its_tab() {
    let mut model = chart();
    model.update(Message::Show(Tab::Checks));
    model.session.advance(20_000_000);
    model.refresh();
    model.update(Ask::Operation(OperationId(1)).into());
    assert_eq!(model.tab, Tab::Clients);
    spot(&model, 1);
    assert!(model.tabs.operation.is_some());
    model.update(Ask::NoOperation.into());
    assert!(model.tabs.operation.is_none());
}

#[test]
fn another_run_begins_without_the_choices_of_the_last_one() {
    let mut model = chart();
    model.update(Ask::Chart(Gesture::Choose(true)).into());
    model.update(Message::Start);
    assert_eq!(model.tab, Tab::Clients);
    assert!(model.tabs.chosen.is_none() && model.tabs.operation.is_none());
}

/// Whether an operation lies in the time in sight.
fn in_sight(model: &Model, id: u64) -> bool {
    let page = operation_page(&model.session, OperationId(id)).unwrap();
    let view = model.tabs.pane.view;
    view.start() <= page.called && page.returned.is_some_and(|at| at <= view.to())
}

#[test]
fn the_operations_are_in_sight_however_long_ago_they_were() {
    let mut model = written(2);
    model.session.advance(60_000_000);
    model.update(Message::Show(Tab::Clients));
    model.update(Ask::Chart(Gesture::Size(400.0, 300.0)).into());
    assert!(in_sight(&model, 1) && in_sight(&model, 2));
    let bars = |model: &Model| {
        let picture = model.tabs.picture.as_ref().unwrap();
        let writes = picture.shapes.iter();
        let writes = writes.filter(|shape| shape.look == crate::view::sequence::Look::Write);
        writes.count()
    };
    assert_eq!(bars(&model), 2);
    let leader = model.selected;
    put(&mut model, leader, "later");
    model.session.advance(200_000);
    model.refresh();
    assert!(in_sight(&model, 1) && in_sight(&model, 3), "all of them");
}

#[test]
fn a_fitted_chart_stands_while_the_run_plays_until_the_playhead_comes_to_its_edge() {
    let mut model = chart();
    let view = model.tabs.pane.view;
    assert!(!Pace::of(&model.tabs.pane, model.session.now()).scrolls);
    model.session.advance(10_000);
    model.refresh();
    assert_eq!(model.tabs.pane.view, view);
    while model.session.now() <= view.to() {
        model.session.advance(10_000);
        model.refresh();
    }
    assert_ne!(model.tabs.pane.view, view);
    assert!(model.session.now() <= model.tabs.pane.view.to());
    assert!(in_sight(&model, 1));
}

#[test]
fn whoever_zooms_or_moves_the_chart_has_it_so_until_they_ask_for_everything() {
    for gesture in [Gesture::Zoom(500), Gesture::Pan(-300), Gesture::Follow] {
        let mut model = chart();
        let fitted = model.tabs.pane.view;
        model.update(Ask::Chart(gesture).into());
        let view = model.tabs.pane.view;
        assert_ne!(view, fitted, "{gesture:?}");
        model.refresh();
        assert_eq!(model.tabs.pane.view, view, "{gesture:?}");
        model.update(Ask::Chart(Gesture::Fit).into());
        assert_eq!(model.tabs.pane.view, fitted, "{gesture:?}");
    }
}

#[test]
fn a_long_run_can_be_seen_whole() {
    let mut model = chart();
    model.session.advance(120_000_000);
    let leader = model.selected;
    put(&mut model, leader, "later");
    model.session.advance(200_000);
    model.refresh();
    let view = model.tabs.pane.view;
    assert!(view.span_us > 120_000_000 && in_sight(&model, 1) && in_sight(&model, 3));
    model.update(Ask::Chart(Gesture::Zoom(1_500)).into());
    assert!(model.tabs.pane.view.span_us > view.span_us);
}

#[test]
fn keys_that_are_searched_for_are_in_sight() {
    let mut model = chart();
    model.session.advance(20_000_000);
    let leader = model.selected;
    put(&mut model, leader, "other");
    model.session.advance(200_000);
    model.refresh();
    model.update(Ask::ClientsPrefix("oth".to_owned()).into());
    assert!(in_sight(&model, 3) && !in_sight(&model, 1));
    model.update(Ask::ClientsPrefix(String::new()).into());
    assert!(in_sight(&model, 1));
}
