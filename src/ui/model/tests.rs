//! What a person asks of the page, without a browser.

use super::*;

fn model(members: usize) -> Model {
    Model::new(members, 7).unwrap()
}

#[test]
fn time_passes_at_the_chosen_speed_only_while_playing_frames_arrive() {
    let mut model = model(3);
    model.update(Message::SetSpeed(9));
    model.update(Message::Pass(20_000));
    assert_eq!(model.session.now().0, 20_000);
    model.update(Message::Slower);
    model.update(Message::Pass(20_000));
    assert_eq!(model.session.now().0, 30_000);
}

#[test]
fn while_the_run_plays_what_is_beside_the_stage_is_drawn_now_and_then_only() {
    let mut model = model(3);
    model.pace_us = 100_000;
    // As after a steady load.
    model.breath = 0;
    model.update(Message::SetSpeed(9));
    // The first election, in frames of 20 ms.
    let mut lagged = false;
    for _ in 0..40 {
        model.update(Message::Pass(20_000));
        assert_eq!(
            model.slices.step,
            model.session.position().step,
            "the stage is up to date"
        );
        lagged |= model.panels.step < model.slices.step;
        assert!(model.panels.time.0 + 120_000 >= model.slices.time.0);
    }
    assert!(lagged);
    for _ in 0..5 {
        model.update(Message::Pass(20_000));
        if model.panels.step < model.slices.step {
            break;
        }
    }
    model.update(Message::TogglePlay);
    assert_eq!(
        model.panels, model.slices,
        "a run that stands is shown as it is"
    );
    model.update(Message::Step);
    assert_eq!(model.panels, model.slices);
}

#[test]
fn what_will_be_sent_is_on_the_stage_before_and_in_a_run_that_stands_only_what_was_sent() {
    let mut model = model(3);
    model.ahead_us = 200_000;
    let is_coming = |model: &Model| {
        let now = model.session.now();
        let mut flights = model.slices.flights.iter().cloned();
        flights.find(move |flight| flight.sent > now)
    };
    // The first election comes within 400 ms, which take 8 s.
    let mut passed = 0;
    let coming = loop {
        match is_coming(&model) {
            Some(coming) => break coming,
            None => model.update(Message::Pass(20_000)),
        };
        passed += 1;
        assert!(passed < 1_000);
    };
    while model.session.now() < coming.sent {
        model.update(Message::Pass(2_000));
    }
    assert!(
        model.slices.flights.contains(&coming),
        "it stays the element that it is"
    );
    while is_coming(&model).is_none() {
        model.update(Message::Pass(2_000));
    }
    model.update(Message::TogglePlay);
    assert_eq!(is_coming(&model), None);
    model.update(Message::TogglePlay);
    assert!(is_coming(&model).is_some());
    model.update(Message::SetSpeed(9));
    model.update(Message::Pass(20_000));
    assert_eq!(is_coming(&model), None, "too fast for anybody to follow");
}

#[test]
fn news_is_drawn_when_it_comes_unless_there_was_much_of_it() {
    let mut model = model(3);
    model.ahead_us = 200_000;
    model.pace_us = 10_000_000;
    model.session.advance(1_000_000);
    model.refresh();
    let frame = |model: &mut Model| {
        let ms = model.rest_ms(95, 195);
        model.update(Message::Pass(u64::from(ms) * 1_000));
        ms
    };
    let leader = model.session.world().leader().unwrap().id();
    let last = |model: &Model| {
        let leader = model.session.world().member(leader).unwrap();
        leader.server().unwrap().node().last_index().0
    };
    for _ in 0..3 {
        for _ in 0..60 {
            assert_eq!(frame(&mut model), 195, "heartbeats are no news");
        }
        let before = last(&model);
        model.update(Message::Talk(leader));
        model.update(Message::Send(Verb::Put));
        let mut early = 0;
        for _ in 0..15 {
            early += usize::from(frame(&mut model) < 195);
            assert_eq!(
                model.panels.step, model.slices.step,
                "all of the page keeps up"
            );
        }
        assert_eq!(last(&model), before + 1);
        assert!(early >= 4, "{early}");
    }
    model.breath = 0;
    model.update(Message::Send(Verb::Put));
    for _ in 0..8 {
        assert_eq!(frame(&mut model), 195, "under a load it waits for its turn");
    }
}

#[test]
fn the_page_is_drawn_again_when_a_member_turns_into_something_else() {
    let mut model = model(3);
    model.ahead_us = 200_000;
    assert_eq!(model.rest_ms(50, 150), 150);
    let role = |model: &Model| {
        let mut members = model.session.world().members();
        members
            .any(|member| member.server().unwrap().node().role() == crate::raft::Role::PreCandidate)
    };
    while model.rest_ms(0, 150) == 150 {
        assert!(!role(&model));
        model.update(Message::Pass(20_000));
    }
    let rest = u64::from(model.rest_ms(0, 150));
    assert_eq!(model.rest_ms(149, 150), 149, "but not too often");
    model.update(Message::Pass((rest - 1) * 1_000));
    assert!(!role(&model));
    model.update(Message::Pass(1_000));
    assert!(role(&model));
    model.update(Message::SetSpeed(9));
    assert_eq!(model.rest_ms(50, 150), 50, "nobody looks ahead so fast");
}

#[test]
fn the_last_events_before_nothing_happens_are_drawn_beside_the_stage_too() {
    let mut model = model(3);
    model.pace_us = 100_000;
    // As after a steady load.
    model.breath = 0;
    model.update(Message::SetSpeed(9));
    while model.panels.step == model.slices.step {
        model.update(Message::Pass(20_000));
    }
    // So slow that soon nothing happens for longer than the pace.
    model.update(Message::SetSpeed(0));
    let mut before = 0;
    while before != model.session.steps() {
        before = model.session.steps();
        for _ in 0..6 {
            model.update(Message::Pass(20_000));
        }
    }
    assert_eq!(model.panels, model.slices);
}

#[test]
fn a_step_pauses_and_lets_one_event_happen() {
    let mut model = model(3);
    let steps = model.session.steps();
    assert!(model.update(Message::Step));
    assert!(!model.playback.playing);
    assert_eq!(model.session.steps(), steps + 1);
}

#[test]
fn a_step_back_undoes_a_step_and_an_action() {
    let mut model = model(3);
    for _ in 0..30 {
        model.update(Message::Step);
    }
    let (before, drawn) = (model.session.position(), model.slices.step);
    model.update(Message::Send(Verb::Put));
    assert_eq!(model.answers.iter().count(), 1);
    model.update(Message::Step);
    for _ in 0..2 {
        assert!(model.update(Message::StepBack));
    }
    assert_eq!(model.session.position().step, before.step);
    assert_eq!(model.slices.step, drawn);
    assert_eq!(model.answers.iter().count(), 0);
    model.update(Message::Step);
    assert_eq!(model.answers.iter().count(), 1, "what happened is kept");
}

#[test]
fn an_error_stays_where_it_was_caused_and_changes_nothing_else() {
    let mut model = model(3);
    let before = model.slices.step;
    model.update(Message::CutOff(vec![]));
    assert!(model.notice_at(Place::Stage).is_some());
    assert_eq!(model.notice_at(Place::Cut), None);
    assert_eq!(model.slices.step, before);
    assert_eq!(model.slices.groups.len(), 1);
}

#[test]
fn an_empty_key_is_refused_at_the_write_form() {
    let mut model = model(3);
    model.update(Message::Type(Field::Key, String::new()));
    model.update(Message::Send(Verb::Put));
    assert!(model.notice_at(Place::Write).is_some());
    assert!(model.slices.clients.is_empty());
}

#[test]
fn a_new_cluster_keeps_the_speed_and_forgets_the_rest() {
    let mut model = model(5);
    model.update(Message::SetSpeed(12));
    model.update(Message::Select(NodeId(5)));
    model.update(Message::TogglePanel(Panel::NewCluster));
    model.update(Message::Type(Field::Members, "3".to_string()));
    model.update(Message::Type(Field::Seed, "42".to_string()));
    model.update(Message::Start);
    assert_eq!(model.panel, None);
    assert_eq!(model.slices.members.len(), 3);
    assert_eq!(model.session.seed(), 42);
    assert_eq!(model.selected, NodeId(1));
    assert_eq!(model.playback.speed, Speed::at(12));
}

#[test]
fn bad_input_is_named_at_its_field_and_the_run_goes_on() {
    let mut model = model(5);
    model.update(Message::TogglePanel(Panel::NewCluster));
    model.update(Message::Type(Field::Members, "26".to_string()));
    assert_eq!(model.cluster.members_error, None);
    model.update(Message::Start);
    assert!(model.cluster.members_error.is_some());
    assert_eq!(model.cluster.seed_error, None);
    assert_eq!(model.focus, Some("#members"));
    assert_eq!(model.slices.members.len(), 5);
    model.update(Message::Type(Field::Members, "3".to_string()));
    assert_eq!(model.cluster.members_error, None);
}

#[test]
fn escape_closes_one_thing_at_a_time() {
    let mut model = model(5);
    model.update(Message::Select(NodeId(2)));
    model.update(Message::TogglePanel(Panel::Help));
    assert!(model.update(Message::Escape));
    assert_eq!((model.panel, model.sheet), (None, Some(Sheet::Member)));
    assert!(model.bar && model.update(Message::Escape));
    assert!(!model.bar);
    assert_eq!(model.sheet, None);
    assert!(!model.update(Message::Escape));
}

mod faults;
mod random;
mod settings;
