//! Nothing overlaps, nothing leaves the stage, at every size.

use super::*;
use crate::raft::NodeId;

fn ids(count: usize) -> Vec<NodeId> {
    (1..=count as u64).map(NodeId).collect()
}

/// The stage at the four sizes of the design.
const STAGES: [(f64, f64); 5] = [
    (1096.0, 420.0),
    (760.0, 380.0),
    (1024.0, 330.0),
    (390.0, 560.0),
    (800.0, 350.0),
];

#[test]
fn one_to_nine_members_are_legible_at_every_size() {
    for (width, height) in STAGES {
        for count in 1..=9 {
            let layout = StageLayout::new(&ids(count), width, height);
            assert!(
                layout.is_legible() && layout.radius >= 18.0,
                "{count} members on {width}×{height}: radius {}",
                layout.radius
            );
        }
    }
}

#[test]
fn no_member_stands_below_the_controls_in_the_upper_corners() {
    let stages = STAGES
        .into_iter()
        .chain([(360.0, 480.0), (620.0, 390.0), (430.0, 240.0)]);
    for (width, height) in stages {
        for count in 1..=25 {
            let layout = StageLayout::new(&ids(count), width, height);
            for member in &layout.members {
                let (at, reach) = (member.at, layout.timer_radius());
                let between = at.x - reach >= 240.0 && at.x + reach <= width - 240.0;
                assert!(
                    between || at.y - reach >= 50.0,
                    "{count} members on {width}×{height}: {at:?}"
                );
            }
        }
    }
}

#[test]
fn ten_to_25_members_are_legible_and_names_thin_out() {
    for (width, height) in STAGES {
        let mut before = usize::MAX;
        for count in [10, 13, 17, 21, 25] {
            let layout = StageLayout::new(&ids(count), width, height);
            assert!(
                layout.is_legible() && layout.radius >= 10.0,
                "{count} members on {width}×{height}: radius {}",
                layout.radius
            );
            let named = |m: &&MemberPlace| m.label != LabelPlace::Hidden;
            let names = layout.members.iter().filter(named).count();
            assert!(names <= before.max(count), "{names} names");
            before = names;
        }
    }
}

#[test]
fn a_box_beside_a_member_is_on_the_stage_and_covers_no_member_if_there_is_room() {
    for (width, height) in STAGES {
        for count in [1, 3, 5, 9, 25] {
            let layout = StageLayout::new(&ids(count), width, height);
            for place in &layout.members {
                let size = (210.0, 64.0);
                let at = layout.box_beside((place.at, layout.rim()), size, &[]);
                let area = Area::around(at, size.0, size.1);
                assert!(layout.area().contains(&area), "{count} on {width}×{height}");
                let own = Area::around(place.at, 12.0, 12.0);
                assert_eq!(area.overlap(&own), 0.0, "{count} on {width}×{height}");
            }
        }
    }
}

#[test]
fn the_label_of_a_line_lies_beside_it() {
    for (width, height) in STAGES {
        for count in [2, 3, 5, 7, 9] {
            let layout = StageLayout::new(&ids(count), width, height);
            for (from, to) in [
                (
                    Point::new(0.0, height / 2.0),
                    Point::new(width, height / 2.0),
                ),
                (
                    Point::new(width / 2.0, 0.0),
                    Point::new(width / 2.0, height),
                ),
                (
                    Point::new(width / 3.0, 40.0),
                    Point::new(width, height - 20.0),
                ),
            ] {
                let line: Vec<Point> = (0..=100)
                    .map(|i| from.towards(to, f64::from(i) / 100.0))
                    .collect();
                let at = layout.label_beside(&line, (170.0, 18.0), &[]);
                let area = Area::around(at, 170.0, 18.0);
                assert!(layout.area().contains(&area), "{count} on {width}×{height}");
                let touched = line
                    .iter()
                    .any(|point| area.overlap(&Area::around(*point, 1.0, 1.0)) > 0.0);
                assert!(
                    !touched,
                    "{count} on {width}×{height}: {from:?} to {to:?}, {at:?}"
                );
            }
        }
    }
}

#[test]
fn names_of_marks_cover_neither_members_nor_each_other() {
    for (width, height) in STAGES {
        for count in [3, 5, 7, 9] {
            let layout = StageLayout::new(&ids(count), width, height);
            // One mark on each way from the first member to the others, where a wall through the middle would be.
            let first = layout.members[0].at;
            let others = layout.members[1..].iter();
            let mark = |member: &MemberPlace| Mark {
                at: first.towards(member.at, 0.5),
                name: 60.0,
                side: Side::Left,
            };
            let marks: Vec<Mark> = others.map(mark).collect();
            let sides = layout.sides(&marks, &[]);
            let names = marks.iter().zip(&sides).filter_map(|(mark, side)| {
                let off = match (*side)? {
                    Side::Left => -NAME_OFF - 30.0,
                    Side::Right => NAME_OFF + 30.0,
                };
                Some(Area::around(mark.at.moved(off, 0.0), 60.0, 11.0))
            });
            let names: Vec<Area> = names.collect();
            let on = format!("{count} on {width}×{height}");
            for (i, name) in names.iter().enumerate() {
                let circle = |m: &MemberPlace| Area::around(m.at, layout.radius, layout.radius);
                let others = names[i + 1..].iter().copied();
                let taken = others.chain(layout.members.iter().map(circle));
                let covered: f64 = taken.map(|area| area.overlap(name)).sum();
                assert_eq!(covered, 0.0, "{on}");
            }
            if (width, count) == (1096.0, 3) {
                assert_eq!(sides, [Some(Side::Left), Some(Side::Left)]);
            }
        }
    }
}

#[test]
fn the_name_of_a_mark_stands_on_the_other_side_or_nowhere_where_there_is_no_room() {
    let layout = StageLayout::new(&ids(1), 800.0, 400.0);
    let mark = |x: f64, y: f64| Mark {
        at: Point::new(x, y),
        name: 60.0,
        side: Side::Left,
    };
    // The stage ends 50 pixels left of the first. The second has the first's name on its right, and the edge on its left.
    // Nothing is in the way of the last.
    let marks = [mark(50.0, 300.0), mark(50.0, 309.0), mark(200.0, 300.0)];
    let sides = layout.sides(&marks, &[]);
    assert_eq!(sides, [Some(Side::Right), None, Some(Side::Left)]);
    let nameless = Mark {
        name: 0.0,
        ..marks[2]
    };
    let taken = [
        nameless,
        Mark {
            at: Point::new(200.0, 300.0),
            ..marks[0]
        },
    ];
    assert_eq!(layout.sides(&taken, &[])[1], Some(Side::Left));
}

#[test]
fn five_members_at_the_size_of_the_mock_have_labels_below_and_full_size() {
    let layout = StageLayout::new(&ids(5), 1096.0, 420.0);
    assert!(layout.radius >= 30.0);
    assert!(layout.members.iter().all(|m| m.label == LabelPlace::Below));
}

#[test]
fn the_first_member_is_on_top_and_the_others_follow_clockwise() {
    let layout = StageLayout::new(&ids(4), 800.0, 500.0);
    let at: Vec<Point> = layout.members.iter().map(|m| m.at).collect();
    assert!(at[0].y < at[1].y && at[1].y < at[2].y);
    assert!(at[1].x > at[0].x && at[3].x < at[0].x);
}

#[test]
fn a_single_member_stands_in_the_middle() {
    let layout = StageLayout::new(&ids(1), 800.0, 400.0);
    assert_eq!(layout.members[0].at.x, 400.0);
    assert!((layout.members[0].at.y - 200.0).abs() < 30.0);
}

#[test]
fn cards_of_clients_stay_on_the_stage_and_off_the_members() {
    for (width, height) in STAGES {
        for count in 1..=9 {
            let layout = StageLayout::new(&ids(count), width, height);
            let cards = layout.clients(&[NodeId(1), NodeId(count as u64)]);
            for card in cards {
                let area = Area::around(card, CLIENT_CARD.0, CLIENT_CARD.1);
                assert!(layout.area().contains(&area), "{count} on {width}×{height}");
                for place in &layout.members {
                    let circle = Area::around(place.at, 20.0, 20.0);
                    assert_eq!(area.overlap(&circle), 0.0, "{count} on {width}×{height}");
                }
                // The controls are in the upper corners.
                let aside = area.left < 240.0 || area.right > width - 240.0;
                assert!(
                    !aside || area.top >= 50.0,
                    "{count} on {width}×{height}: {area:?}"
                );
            }
        }
    }
}

#[test]
fn a_timer_fills_its_circle_at_the_longest_timeout() {
    assert_eq!(timer_fraction(100, 100, 300), 0.0);
    assert_eq!(timer_fraction(100, 250, 300), 0.5);
    assert_eq!(timer_fraction(100, 400, 300), 1.0);
    assert_eq!(timer_fraction(100, 900, 300), 1.0);
    assert_eq!(timer_fraction(400, 100, 300), 0.0);
}

#[test]
fn a_message_is_between_its_ends_at_any_time() {
    assert_eq!(flight_fraction(10, 20, 5), 0.0);
    assert_eq!(flight_fraction(10, 20, 15), 0.5);
    assert_eq!(flight_fraction(10, 20, 25), 1.0);
    assert_eq!(flight_fraction(10, 10, 10), 1.0);
}

#[test]
fn a_card_starts_and_ends_outside_of_the_members() {
    let (a, b) = (Point::new(0.0, 0.0), Point::new(400.0, 0.0));
    let (start, end) = lane((a, 40.0), (b, 40.0), (60.0, 18.0));
    assert_eq!((start.x, end.x), (64.0, 336.0));
    let near = lane((a, 40.0), (Point::new(50.0, 0.0), 40.0), (60.0, 18.0));
    assert!(near.0.x < near.1.x, "a short way still goes forwards");
}

#[test]
fn numbers_have_at_most_one_decimal() {
    let cases = [
        (0.0, "0"),
        (-0.04, "0"),
        (12.34, "12.3"),
        (-12.36, "-12.4"),
        (7.0, "7"),
    ];
    for (value, text) in cases {
        assert_eq!(tenths(value), text);
    }
}

#[test]
fn an_arc_starts_at_twelve_and_goes_clockwise() {
    assert_eq!(arc(10.0, 0.0), "M0 0");
    assert_eq!(arc(10.0, 0.25), "M0 -10A10 10 0 0 1 10 0");
    assert_eq!(arc(10.0, 0.75), "M0 -10A10 10 0 1 1 -10 0");
    assert_eq!(arc(10.0, 1.0), "M0 -10A10 10 0 1 1 0 -10");
}

#[test]
fn opposite_lanes_do_not_meet() {
    let (a, b) = (Point::new(0.0, 0.0), Point::new(100.0, 0.0));
    let there = lane((a, 20.0), (b, 20.0), (0.0, 0.0));
    let back = lane((b, 20.0), (a, 20.0), (0.0, 0.0));
    assert_eq!(there.0, Point::new(20.0, 7.0));
    assert_eq!(there.1, Point::new(80.0, 7.0));
    assert_eq!(back.0, Point::new(80.0, -7.0));
}

#[test]
fn a_point_is_off_the_way_by_its_distance_to_the_nearest_part() {
    let (a, b) = (Point::new(0.0, 0.0), Point::new(100.0, 0.0));
    assert_eq!(off_the_way(Point::new(50.0, 8.0), a, b), 8.0);
    assert_eq!(off_the_way(Point::new(104.0, 3.0), a, b), 5.0);
    assert_eq!(off_the_way(Point::new(3.0, 4.0), a, a), 5.0);
}

#[test]
fn a_wave_goes_from_one_end_to_the_other() {
    let path = wave(Point::new(0.0, 0.0), Point::new(12.0, 0.0));
    assert_eq!(path, "M0 0Q3 -4 6 0Q9 4 12 0");
    assert_eq!(wave(Point::new(0.0, 0.0), Point::new(1.0, 0.0)), "M0 0");
}

#[test]
fn angles_are_those_of_the_standard_library() {
    for step in -1_000..1_000 {
        let angle = f64::from(step) * 0.0137;
        let at = Point::at_angle(angle);
        let exact = (angle.cos(), angle.sin());
        assert!((at.x - exact.0).abs() < 1e-14, "{angle}");
        assert!((at.y - exact.1).abs() < 1e-14, "{angle}");
    }
}
