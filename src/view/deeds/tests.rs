//! Every deed does what its name says, is refused with a reason, or is not offered.

use super::*;
use crate::cluster::{ActionError, ClientId, WorldOptions};

fn world(members: usize) -> World {
    World::new(WorldOptions::with_members(members), 7).unwrap()
}

const ONE: Target = Target::Member(NodeId(1));

fn offered(world: &World, target: Target) -> Vec<Deed> {
    let views = deeds(world, target, Way::Both);
    views.into_iter().map(|view| view.deed).collect()
}

fn refused(world: &World, target: Target, deed: Deed) -> Option<String> {
    let views = deeds(world, target, Way::Both);
    let view = views.into_iter().find(|view| view.deed == deed);
    view.expect("it is offered").refused
}

fn act(world: &mut World, target: Target, deed: Deed) {
    let values: Vec<i64> = deed.knobs().iter().map(|knob| KNOBS[*knob].usual).collect();
    world
        .act(action(world, target, Way::Both, deed, &values))
        .unwrap_or_else(|error| panic!("{deed:?}: {error}"));
}

#[test]
fn of_opposites_only_the_one_that_makes_sense_is_offered() {
    let opposites = [
        (Deed::Crash, Deed::Restart),
        (Deed::Pause, Deed::Resume),
        (Deed::Isolate, Deed::Rejoin),
        (Deed::Stall, Deed::ResumeDisk),
    ];
    for (one, other) in opposites {
        let mut world = world(3);
        for (offer, hide) in [(one, other), (other, one)] {
            let list = offered(&world, ONE);
            assert!(list.contains(&offer) && !list.contains(&hide), "{offer:?}");
            act(&mut world, ONE, offer);
        }
    }
}

#[test]
fn everything_that_is_offered_and_not_refused_is_possible() {
    let mut world = world(3);
    world.advance_to(crate::sim::SimTime(400_000));
    let link = Target::Link(Address::Member(NodeId(1)), Address::Member(NodeId(2)));
    let wire = Target::Link(Address::Client(ClientId(0)), Address::Member(NodeId(2)));
    let flight = world.flights().next().map(|(id, _)| Target::Message(id));
    let targets = [
        Some(ONE),
        Some(link),
        Some(wire),
        Some(Target::Network),
        flight,
    ];
    for target in targets.into_iter().flatten() {
        for view in deeds(&world, target, Way::Both) {
            if view.refused.is_none() {
                act(&mut world.clone(), target, view.deed);
            }
        }
    }
}

#[test]
fn what_is_impossible_says_why() {
    let mut world = world(3);
    let link = Target::Link(Address::Member(NodeId(1)), Address::Member(NodeId(2)));
    assert_eq!(
        refused(&world, link, Deed::Mend),
        Some(ActionError::NotCut.to_string())
    );
    assert_eq!(refused(&world, link, Deed::Cut), None);
    assert_eq!(
        refused(&world, Target::Network, Deed::Heal),
        Some(ActionError::NothingToHeal.to_string())
    );
    act(&mut world, ONE, Deed::Pause);
    assert_eq!(
        refused(&world, ONE, Deed::TimeOut),
        Some(ActionError::IsPaused(NodeId(1)).to_string())
    );
}

#[test]
fn a_leader_has_no_timer_to_run_out_and_a_lone_member_nobody_to_leave() {
    let mut world = world(1);
    world.advance_to(crate::sim::SimTime(1_000_000));
    let list = offered(&world, ONE);
    assert!(!list.contains(&Deed::TimeOut) && !list.contains(&Deed::Isolate));
}

#[test]
fn one_way_means_one_way() {
    let mut world = world(3);
    let (a, b) = (Address::Member(NodeId(1)), Address::Member(NodeId(2)));
    for (way, there, back) in [(Way::There, false, true), (Way::Back, false, false)] {
        let cut = action(&world, Target::Link(a, b), way, Deed::Cut, &[]);
        world.act(cut).unwrap();
        assert_eq!(world.connected(NodeId(1), NodeId(2)), there);
        assert_eq!(world.connected(NodeId(2), NodeId(1)), back);
    }
}

#[test]
fn settings_go_back_to_what_they_were_at_the_start() {
    let link = Target::Link(Address::Member(NodeId(1)), Address::Member(NodeId(2)));
    let settings = [
        (ONE, Deed::Slow),
        (ONE, Deed::SlowDisk),
        (ONE, Deed::ClockRate),
        (link, Deed::Delay),
        (link, Deed::Loss),
        (link, Deed::Duplication),
        (Target::Network, Deed::Delay),
    ];
    for (target, deed) in settings {
        let mut world = world(3);
        assert_eq!(usual(&world, target, Way::Both, deed), None, "{deed:?}");
        act(&mut world, target, deed);
        let back = usual(&world, target, Way::Both, deed).expect("something has changed");
        let undo = action(&world, target, Way::Both, deed, &back);
        world.act(undo).unwrap();
        assert_eq!(usual(&world, target, Way::Both, deed), None, "{deed:?}");
    }
}

#[test]
fn numbers_are_read_exactly() {
    let knob = KNOBS[7];
    for (text, value) in [
        ("100", Ok(100_000)),
        (" 0.5 ", Ok(500)),
        ("12,25", Ok(12_250)),
        (".001", Ok(1)),
        ("60000", Ok(60_000_000)),
        ("60000.001", Err(KnobError::OutOfRange)),
        ("-1", Err(KnobError::OutOfRange)),
        ("", Err(KnobError::NoNumber)),
        (".", Err(KnobError::NoNumber)),
        ("ten", Err(KnobError::NoNumber)),
        ("0.0001", Err(KnobError::NoNumber)),
        ("99999999999999999999", Err(KnobError::OutOfRange)),
    ] {
        assert_eq!(parse_knob(text, &knob), value, "{text}");
    }
    assert_eq!(parse_knob("−10", &KNOBS[5]), Ok(-100_000));
    assert_eq!(parse_knob("1.0", &KNOBS[4]), Ok(1));
    assert_eq!(parse_knob("1.5", &KNOBS[4]), Err(KnobError::NoNumber));
}

#[test]
fn numbers_are_written_as_they_are_read() {
    for knob in KNOBS {
        for value in [knob.usual, knob.least, knob.most, 1.max(knob.least)] {
            assert_eq!(parse_knob(&knob.unit.write(value), &knob), Ok(value));
        }
    }
    assert_eq!(Unit::Millis.write(12_250), "12.25");
    assert_eq!(Unit::Millis.write(-5), "-0.005");
}

#[test]
fn a_client_starts_and_stops_a_load() {
    let mut world = world(3);
    let target = Target::Client(ClientId(2));
    assert_eq!(offered(&world, target), [Deed::StartLoad]);
    act(&mut world, target, Deed::StartLoad);
    world.advance_to(crate::sim::SimTime(2_000_000));
    let load = world.load_of(ClientId(2)).expect("it works");
    assert_eq!(
        (load.per_second, load.keys, load.reads, load.swaps),
        (20, 10, 50, 10)
    );
    assert_eq!((load.stale, load.leased), (0, 0));
    let typed = [30, 5, 40, 20, 25, 75];
    let asked = action(&world, target, Way::Both, Deed::StartLoad, &typed);
    world.act(asked).unwrap();
    let load = world.load_of(ClientId(2)).expect("it works");
    assert_eq!((load.stale, load.leased), (25, 75));
    act(&mut world, target, Deed::StopLoad);
    assert_eq!(world.load_of(ClientId(2)), None);
}

#[test]
fn the_leadership_goes_to_the_member_that_shall_have_it() {
    let mut world = world(3);
    assert!(
        !offered(&world, ONE).contains(&Deed::Transfer),
        "from whom?"
    );
    world.advance_to(crate::sim::SimTime(1_000_000));
    let leader = world.leader().unwrap().id();
    let other = NodeId(leader.0 % 3 + 1);
    assert!(!offered(&world, Target::Member(leader)).contains(&Deed::Transfer));
    act(&mut world, Target::Member(other), Deed::Transfer);
    world.advance_to(crate::sim::SimTime(2_000_000));
    assert_eq!(world.leader().unwrap().id(), other);
}
