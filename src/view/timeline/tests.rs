use super::*;
use crate::cluster::{Action, WorldOptions};
use crate::timeline::{Aspect, Comparison, Difference, Landmark, Position};
use crate::words::{key, say};

const WIDTH: u32 = 1000;

fn session() -> Session {
    Session::new(WorldOptions::with_members(5), 7).unwrap()
}

fn whole(session: &Session) -> TimelineView {
    let window = Window::whole(session.longest_end());
    timeline(session, window, WIDTH)
}

/// A run with an election, a crash and a restart of the leader, and a cut that is healed.
fn eventful() -> Session {
    let mut session = session();
    assert!(session.step_forward(Landmark::Election));
    let leader = session.world().leader().unwrap().id();
    session.advance(300_000);
    session.act(Action::Crash { member: leader }).unwrap();
    session.advance(2_000_000);
    session.act(Action::Restart { member: leader }).unwrap();
    session.advance(300_000);
    let groups = vec![vec![NodeId(1), NodeId(2)]];
    session.act(Action::Partition { groups }).unwrap();
    session.advance(700_000);
    session.act(Action::Heal).unwrap();
    session.advance(500_000);
    session
}

#[test]
fn lanes_have_no_gaps_and_tell_the_members_terms() {
    let session = eventful();
    let view = whole(&session);
    assert_eq!(view.lanes.len(), 5);
    for lane in &view.lanes {
        assert_eq!(lane.bars[0].from, 0);
        assert_eq!(lane.bars.last().unwrap().to, WIDTH);
        for pair in lane.bars.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
        let member = session.world().member(lane.member).unwrap();
        let term = member.server().unwrap().node().term();
        assert_eq!(lane.bars.last().unwrap().term, term);
    }
    let leaders = view.lanes.iter().filter(|lane| {
        let last = lane.bars.last().unwrap();
        last.standing == Standing::Leader
    });
    assert_eq!(leaders.count(), 1);
}

#[test]
fn elections_crashes_restarts_and_commits_have_ticks_in_their_lanes() {
    let session = eventful();
    let view = whole(&session);
    let of = |kind| view.ticks.iter().filter(move |tick| tick.kind == kind);
    assert!(of(TickKind::Elected).count() >= 2);
    assert_eq!(of(TickKind::Crashed).count(), 1);
    assert_eq!(of(TickKind::Restarted).count(), 1);
    let first_leader = of(TickKind::Elected).next().unwrap().lane;
    assert_eq!(of(TickKind::Crashed).next().unwrap().lane, first_leader);
    assert!(of(TickKind::Committed).all(|tick| tick.lane.is_none()));
    assert!(of(TickKind::Committed).count() >= 2);
    assert_eq!(of(TickKind::Violated).count(), 0);
}

#[test]
fn a_cut_is_a_band_from_the_cut_to_the_healing() {
    let session = eventful();
    let view = whole(&session);
    let [(from, to)] = view.cuts[..] else {
        panic!("one band: {:?}", view.cuts);
    };
    let cut = view.window.moment(from, WIDTH);
    let healed = view.window.moment(to, WIDTH);
    assert!(healed.since(cut).abs_diff(700_000) < 10_000);
}

#[test]
fn an_open_cut_reaches_the_edge() {
    let mut session = eventful();
    let groups = vec![vec![NodeId(1)]];
    session.act(Action::Partition { groups }).unwrap();
    session.advance(1_000);
    assert_eq!(whole(&session).cuts.last().unwrap().1, WIDTH);
}

#[test]
fn a_picture_is_bounded_however_long_the_run() {
    let mut session = session();
    for round in 0..300 {
        let member = NodeId(round % 5 + 1);
        session.act(Action::Crash { member }).unwrap();
        session.advance(5_000);
        session.act(Action::Restart { member }).unwrap();
        session.advance(15_000);
    }
    let view = timeline(&session, Window::whole(session.end().time), 200);
    let marks = session.chronicle().marks().len();
    assert!(marks > 400, "{marks}");
    for lane in &view.lanes {
        assert!(lane.bars.len() <= 100, "{}", lane.bars.len());
        let wide = |bar: &BarView| bar.to - bar.from >= NARROWEST_BAR;
        let inner = &lane.bars[..lane.bars.len() - 1];
        assert!(inner.iter().all(wide));
    }
    let crashes = view
        .ticks
        .iter()
        .filter(|tick| tick.kind == TickKind::Crashed);
    let counted: u32 = view.ticks.iter().map(|tick| tick.count).sum();
    assert!(crashes.count() <= 5 * 67);
    assert_eq!(counted as usize, marks, "nothing is left out");
}

#[test]
fn only_what_is_in_the_window_is_drawn() {
    let session = eventful();
    let all = whole(&session);
    let crash = session
        .chronicle()
        .marks()
        .iter()
        .find(|mark| matches!(mark.what, Happening::Crashed(_)))
        .unwrap();
    let window = Window {
        from: SimTime(crash.at.time.0 - 1_000),
        span_us: 2_000,
    };
    let near = timeline(&session, window, WIDTH);
    assert!(near.ticks.len() < all.ticks.len());
    let tick = near
        .ticks
        .iter()
        .find(|tick| tick.kind == TickKind::Crashed);
    assert_eq!(tick.unwrap().x, 500);
    assert!(near.cuts.is_empty());
}

#[test]
fn what_lies_under_the_pointer_has_a_name() {
    let session = eventful();
    let view = whole(&session);
    let tick = view
        .ticks
        .iter()
        .find(|tick| tick.kind == TickKind::Crashed);
    let tick = tick.unwrap();
    let words = under_words(session.chronicle(), &view, tick.x + 2);
    assert!(words.contains("crashed"), "{words}");
    assert!(words.contains(" s"), "{words}");
    let (from, to) = view.cuts[0];
    let words = under_words(session.chronicle(), &view, from.midpoint(to));
    assert!(words.contains(say(key!("time.cut"))), "{words}");
    let landing = landing(session.chronicle(), view.window, WIDTH, tick.x + 2);
    assert!(landing.is_ok());
}

#[test]
fn a_click_beside_everything_goes_to_its_moment() {
    let session = session();
    let window = Window::whole(SimTime::ZERO);
    let landing = landing(session.chronicle(), window, WIDTH, 900);
    assert_eq!(landing, Err(window.moment(900, WIDTH)));
}

#[test]
fn branches_are_drawn_once_there_are_two() {
    let mut session = eventful();
    assert!(whole(&session).branches.is_empty());
    session.seek(SimTime(1_000_000));
    session.act(Action::Heal).unwrap_err();
    let groups = vec![vec![NodeId(3)]];
    session.act(Action::Partition { groups }).unwrap();
    let view = whole(&session);
    let [main, new] = &view.branches[..] else {
        panic!("two branches");
    };
    assert!(!main.current && new.current);
    assert_eq!(new.from, view.window.place(SimTime(1_000_000), WIDTH));
    assert!(main.to > new.to);
    let commits = |view: &TimelineView| {
        let ticks = view.ticks.iter();
        ticks.filter(|tick| tick.kind == TickKind::Crashed).count()
    };
    assert!(commits(&view) <= 1, "only what happened on this branch");
    assert!(view.cuts.len() == 1, "the cut of the new branch");
}

#[test]
fn a_comparison_tells_where_branches_part_and_what_differs() {
    let mut session = eventful();
    let main = session.current_branch();
    session.seek(SimTime(1_000_000));
    session.act(Action::Crash { member: NodeId(5) }).unwrap();
    session.advance(50_000);
    let other = session.current_branch();
    let at = session.now();
    let comparison = session.compare_branches(main, other, at).unwrap();
    let lines = comparison_words(&comparison, "main", "branch 2", at);
    assert!(lines[0].contains("1.0"), "{lines:?}");
    assert!(lines[1].starts_with("main: "), "{lines:?}");
    assert!(
        lines[2].starts_with("branch 2: ") && lines[2].contains("infra5"),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("crashed in branch 2")),
        "{lines:?}"
    );
    let same = session.compare_branches(main, main, at).unwrap();
    assert_eq!(comparison_words(&same, "main", "main", at).len(), 1);
}

#[test]
fn what_a_running_member_has_in_one_branch_only_is_told_and_of_a_crashed_one_that_it_crashed() {
    let of = |member, aspect, first: Option<&str>, second: Option<&str>| Difference {
        member: NodeId(member),
        aspect,
        first: first.map(str::to_owned),
        second: second.map(str::to_owned),
    };
    let comparison = Comparison {
        first_difference: Some(Position::START),
        facts: [Vec::new(), Vec::new()],
        differences: vec![
            of(1, Aspect::Leader, Some("infra2"), None),
            of(2, Aspect::Running, Some("running"), Some("crashed")),
            of(2, Aspect::Term, Some("3"), None),
        ],
    };
    let lines = comparison_words(&comparison, "main", "branch 2", SimTime(0));
    let about = |member: &str| {
        lines[3..]
            .iter()
            .filter(|line| line.contains(member))
            .count()
    };
    // The second line names infra2 as the leader of infra1.
    assert_eq!((lines.len(), about("infra1"), about("infra2")), (6, 1, 2));
}

#[test]
fn the_playhead_is_told_with_the_last_thing_that_happened() {
    let mut session = eventful();
    let crash = session.chronicle().marks().iter();
    let mut crash = crash.filter(|mark| matches!(mark.what, Happening::Crashed(_)));
    let crash = crash.next_back().unwrap().at;
    session.seek_step(crash.step);
    let words = playhead_words(&session);
    assert!(words.contains("crashed"), "{words}");
    assert!(words.starts_with(&session.now().to_string()), "{words}");
}

#[test]
fn windows_zoom_around_a_moment_and_stay_within_the_run() {
    let whole = Window::whole(SimTime(600_000_000));
    assert!(whole.span_us >= 600_000_000);
    let around = SimTime(300_000_000);
    let near = whole.zoomed(4, around, whole).unwrap();
    let far_off = whole
        .place(around, 10_000)
        .abs_diff(near.place(around, 10_000));
    assert!(far_off <= 1, "{far_off}");
    assert_eq!(near.zoomed(-20, around, whole), None);
    let nearest = near.zoomed(100, around, whole).unwrap();
    assert_eq!(nearest.span_us, 1_000);
    assert!(nearest.from <= around && around <= nearest.to());
    let right = near.moved(100_000, whole);
    assert_eq!(right.to(), whole.to());
    assert_eq!(near.moved(-100_000, whole).from, SimTime::ZERO);
    assert_eq!(near.showing(around, whole), near);
    let shown = near.showing(SimTime(10_000_000), whole);
    assert!(shown.from <= SimTime(10_000_000) && SimTime(10_000_000) <= shown.to());
}

#[test]
fn places_and_moments_are_each_others_inverse() {
    let window = Window {
        from: SimTime(5_000_000),
        span_us: 3_000_000,
    };
    for x in [0, 1, 500, 999, 1000] {
        assert!(window.place(window.moment(x, WIDTH), WIDTH).abs_diff(x) <= 1);
    }
    assert_eq!(window.place(SimTime(0), WIDTH), 0);
    assert_eq!(window.place(SimTime(u64::MAX), WIDTH), WIDTH);
}

#[test]
fn the_axis_has_round_moments_far_enough_apart() {
    let mut session = session();
    session.advance(12_000_000);
    let view = whole(&session);
    let labels: Vec<&str> = view.axis.iter().map(|(_, text)| text.as_str()).collect();
    assert!(labels.starts_with(&["0 s", "2 s", "4 s"]), "{labels:?}");
    for pair in view.axis.windows(2) {
        assert!(u64::from(pair[1].0 - pair[0].0) >= NEAREST_LABEL);
    }
    let near = Window {
        from: SimTime(1_234_000),
        span_us: 10_000,
    };
    let view = timeline(&session, near, WIDTH);
    assert_eq!(view.axis[0].1, "1.234 s");
    assert_eq!(view.axis[1].1, "1.235 s");
}
