use super::super::trial::{ask, three};
use super::*;
use crate::cluster::Action;
use crate::kv::Request;
use crate::sim::SimTime;

const SIZE: (f64, f64) = (900.0, 400.0);

fn put(session: &mut Session, member: NodeId) {
    ask(session, 0, member, Request::put("name", "joe"));
}

fn wanted(session: &Session) -> Wanted {
    Wanted {
        view: View::default().following(session.now()),
        size: SIZE,
        member: None,
        message: None,
        entry: None,
    }
}

#[test]
fn time_runs_to_the_right_and_the_playhead_stands_where_it_is_followed() {
    let view = View::default().following(SimTime(1_000_000));
    let plot = Plot::new(view, SIZE);
    assert!(plot.x(SimTime(1_000_000)) > plot.x(SimTime(999_000)));
    let share = plot.share(plot.x(SimTime(1_000_000)));
    assert!((share - 0.85).abs() < 0.01, "{share}");
    let there = plot.moment(plot.x(SimTime(950_000)));
    assert!(there.0.abs_diff(950_000) < 2);
}

#[test]
fn zooming_keeps_the_moment_under_the_pointer() {
    let view = View {
        from: 1_000_000,
        span_us: 100_000,
    };
    let moment = |view: View| view.from as f64 + 0.25 * view.span_us as f64;
    for thousandths in [500, 800, 1_250, 4_000] {
        let zoomed = view.scaled(thousandths, 0.25, 10_000_000);
        assert!((moment(zoomed) - moment(view)).abs() < 2.0);
        assert_eq!(zoomed.span_us, 100 * thousandths);
    }
    assert!(view.scaled(1, 0.5, 10_000_000).span_us >= 1_000);
    assert!(view.scaled(1_000_000, 0.5, 10_000_000).span_us <= 10_000_000);
}

#[test]
fn nobody_gets_lost_by_panning() {
    let end = SimTime(1_000_000);
    let view = View::default().following(end);
    let far = view.moved(100.0, end);
    assert!(far.start() < end);
    let early = view.moved(-100.0, end);
    assert!(early.to() > SimTime(0));
}

#[test]
fn marks_of_the_axis_stand_apart_and_differ() {
    for span_us in [1_000, 3_000, 70_000, 160_000, 2_000_000, 10_000_000] {
        let plot = Plot::new(
            View {
                from: 1_234_567,
                span_us,
            },
            SIZE,
        );
        let axis = plot.axis();
        assert!((2..=12).contains(&axis.len()), "{span_us}: {axis:?}");
        for pair in axis.windows(2) {
            assert!(pair[1].0 - pair[0].0 >= 83.9);
            assert_ne!(pair[0].1, pair[1].1);
        }
    }
}

#[test]
fn no_moment_of_the_axis_is_cut_by_the_left_edge() {
    let (session, _) = three();
    for from in (0..40_000).step_by(500) {
        let mut wanted = wanted(&session);
        wanted.view.from = from;
        let picture = sequence(&session, &wanted);
        assert!(!picture.axis.is_empty());
        assert!(picture.axis.iter().all(|(x, _)| x - 24.0 >= GUTTER));
    }
}

#[test]
fn clients_stand_above_members_and_no_two_lanes_touch() {
    let (mut session, leader) = three();
    put(&mut session, leader);
    let picture = sequence(&session, &wanted(&session));
    let names: Vec<&str> = picture.lanes.iter().map(|lane| &lane.name[..]).collect();
    assert_eq!(names, ["client A", "infra1", "infra2", "infra3"]);
    assert!(
        picture
            .lanes
            .windows(2)
            .all(|two| two[1].y - two[0].y > 40.0)
    );
}

#[test]
fn a_message_is_a_line_between_the_moments_of_its_sending_and_its_arrival() {
    let (mut session, leader) = three();
    put(&mut session, leader);
    session.advance(60_000);
    let wanted = wanted(&session);
    let picture = sequence(&session, &wanted);
    let plot = Plot::new(wanted.view, SIZE);
    let trace = session.trace();
    let mut seen = 0;
    for event in trace.iter() {
        let crate::cluster::Fact::Delivered {
            flight, sent, to, ..
        } = &event.fact
        else {
            continue;
        };
        let Some(line) = picture
            .spots
            .iter()
            .find(|line| line.thing == Thing::Message(*flight))
        else {
            continue;
        };
        seen += 1;
        assert!((line.from.x - plot.x_within(*sent)).abs() < 0.1);
        assert!((line.to.x - plot.x(event.time)).abs() < 0.1);
        assert_eq!(line.to.y, picture.lane(*to).unwrap().y);
    }
    assert!(seen > 8, "{seen}");
    assert!(picture.count(Look::Operation) == 1);
    assert!(picture.count(Look::Commit) >= 1);
}

#[test]
fn only_what_is_in_sight_is_drawn() {
    let (mut session, leader) = three();
    for _ in 0..50 {
        put(&mut session, leader);
        session.advance(100_000);
    }
    let all = sequence(&session, &wanted(&session));
    assert!(all.shapes.len() < 400, "{}", all.shapes.len());
    let left = all.spots.iter().map(|line| line.from.x);
    assert!(left.fold(f64::MAX, f64::min) >= GUTTER - 0.1);
    assert!(all.spots.iter().all(|line| line.to.x <= SIZE.0 + 0.1));
}

#[test]
fn the_past_shows_nothing_of_the_future() {
    let (mut session, leader) = three();
    put(&mut session, leader);
    session.advance(30_000);
    let then = session.now();
    session.advance(500_000);
    session.seek(then);
    let mut wanted = wanted(&session);
    wanted.view.span_us = 1_000_000;
    let plot = Plot::new(wanted.view, SIZE);
    let picture = sequence(&session, &wanted);
    let delivered = picture
        .spots
        .iter()
        .filter(|m| m.description.contains("arrived"));
    assert!(delivered.count() > 3);
    let arrivals = picture
        .spots
        .iter()
        .filter(|m| m.description.contains("arrived"));
    arrivals.for_each(|line| assert!(line.to.x <= plot.x(then) + 0.1));
}

#[test]
fn lost_messages_end_in_a_cross_and_cuts_and_crashes_are_drawn() {
    let (mut session, leader) = three();
    let others: Vec<NodeId> = (1..=3).map(NodeId).filter(|id| *id != leader).collect();
    let groups = vec![vec![leader], others.clone()];
    session.act(Action::Partition { groups }).unwrap();
    session.act(Action::Crash { member: others[0] }).unwrap();
    session.advance(120_000);
    let picture = sequence(&session, &wanted(&session));
    assert!(picture.count(Look::Lost) > 0);
    assert_eq!(picture.count(Look::Cut), 1);
    assert_eq!(picture.count(Look::Crash), 1);
    assert!(picture.count(Look::Crashed) >= 1);
    let lost = picture
        .spots
        .iter()
        .find(|m| m.description.contains("lost"))
        .unwrap();
    let lane_ys: Vec<f64> = picture.lanes.iter().map(|lane| lane.y).collect();
    assert!(!lane_ys.contains(&lost.to.y), "it ends before the lane");
}

#[test]
fn no_label_covers_another() {
    let (mut session, leader) = three();
    for _ in 0..10 {
        put(&mut session, leader);
        session.advance(7_000);
    }
    for span_us in [20_000, 160_000, 2_000_000] {
        let mut wanted = wanted(&session);
        wanted.view = View {
            span_us,
            ..wanted.view
        }
        .following(session.now());
        let picture = sequence(&session, &wanted);
        let areas: Vec<_> = picture
            .shapes
            .iter()
            .filter_map(|shape| match &shape.form {
                Form::Text(at, words) => Some(labels::area(*at, words)),
                _ => None,
            })
            .collect();
        for (place, one) in areas.iter().enumerate() {
            let others = &areas[place + 1..];
            assert!(others.iter().all(|other| one.overlap(other) <= 0.0));
        }
    }
}

#[test]
fn the_nearest_message_is_found_and_nothing_far_from_all() {
    let (mut session, leader) = three();
    put(&mut session, leader);
    session.advance(40_000);
    let picture = sequence(&session, &wanted(&session));
    let line = &picture.spots[2];
    let middle = line.from.towards(line.to, 0.5);
    let found = picture.spot_at(middle, 8.0).unwrap();
    assert!(distance(middle, found.from, found.to) < 0.1);
    assert!(picture.spot_at(Point::new(-500.0, -500.0), 8.0).is_none());
    let next = picture.next_spot(Some(line.thing), true).unwrap();
    assert_eq!(next.thing, picture.spots[3].thing);
    let first = picture.spots[0].thing;
    assert!(picture.next_spot(Some(first), false).is_none());
}

#[test]
fn whatever_carries_the_selected_entry_stands_out() {
    let (mut session, leader) = three();
    put(&mut session, leader);
    session.advance(40_000);
    let node = session
        .world()
        .member(leader)
        .unwrap()
        .server()
        .unwrap()
        .node();
    let entry = Some(node.last_index());
    let wanted = Wanted {
        entry,
        ..wanted(&session)
    };
    let picture = sequence(&session, &wanted);
    let selected = |look| {
        let shapes = picture.shapes.iter();
        shapes
            .filter(|shape| shape.selected && shape.look == look)
            .count()
    };
    assert_eq!(selected(Look::Request), 2, "the two copies");
    assert!(selected(Look::Reply) >= 2, "and their acknowledgements");
    assert!(picture.count(Look::Request) > 2, "others do not");
}

#[test]
fn the_paper_stands_alone() {
    let (mut session, leader) = three();
    put(&mut session, leader);
    session.advance(40_000);
    let picture = sequence(&session, &wanted(&session));
    let file = svg(&picture, SIZE, "3 members & <more>");
    assert!(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(file.trim_end().ends_with("</svg>"));
    assert!(file.contains("3 members &amp; &lt;more&gt;"));
    for without in ["class=", "var(", "style="] {
        assert!(!file.contains(without), "the file needs nothing: {without}");
    }
    for lane in ["client A", "infra1", "infra2", "infra3"] {
        assert!(file.contains(&format!(">{lane}</text>")));
    }
    assert_eq!(file.matches("<g").count(), file.matches("</g>").count());
    assert!(file.contains("network cut"), "the legend");
}
