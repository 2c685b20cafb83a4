use super::super::link::PPM;
use super::super::stream;
use super::*;

const LAN: LinkOptions = LinkOptions {
    latency_us: 100,
    jitter_us: 50,
    loss_ppm: 0,
    duplicate_ppm: 0,
};

fn network() -> Network<u8, char> {
    let mut network = Network::default();
    network.add_link(1, 2, LAN, stream(7, "link", [1, 2]));
    network.add_link(1, 3, LAN, stream(7, "link", [1, 3]));
    network
}

fn send(network: &mut Network<u8, char>, at: u64, payload: char) -> FlightId {
    let departure = network.send(SimTime(at), 1, 2, payload);
    departure.expect("there is a link").flight
}

fn set(network: &mut Network<u8, char>, change: LinkChange) {
    network.change((1, 2), change, None);
}

fn verdict(network: &mut Network<u8, char>, id: FlightId) -> LinkVerdict {
    let verdict = network.land(SimTime(500), id).expect("it is on its way");
    let taken = verdict == LinkVerdict::Held || network.take(id).is_some();
    assert!(taken, "it stays until it is taken");
    verdict
}

#[test]
fn delays_lie_between_latency_and_latency_plus_jitter() {
    let mut network = network();
    for _ in 0..1000 {
        let at = network.send(SimTime(10), 1, 2, 'x').unwrap().arrives;
        assert!((110..=160).contains(&at.0), "{at:?}");
    }
    set(
        &mut network,
        LinkChange::Delay {
            latency_us: 5,
            jitter_us: 0,
        },
    );
    assert_eq!(
        network.send(SimTime(10), 1, 2, 'x').unwrap().arrives,
        SimTime(15)
    );
}

#[test]
fn one_more_message_on_a_link_does_not_change_another_link() {
    let (mut quiet, mut busy) = (network(), network());
    set(&mut busy, LinkChange::Duplication(500_000));
    for _ in 0..5 {
        send(&mut busy, 0, 'x');
    }
    let times = |network: &mut Network<u8, char>| {
        (0..20)
            .map(|_| network.send(SimTime(0), 1, 3, 'y').unwrap().arrives)
            .collect::<Vec<_>>()
    };
    assert_eq!(times(&mut quiet), times(&mut busy));
}

#[test]
fn reachability_is_judged_at_delivery() {
    let mut network = network();
    let before = send(&mut network, 0, 'a');
    set(&mut network, LinkChange::Cut(true));
    let during = send(&mut network, 0, 'b');
    assert_eq!(
        verdict(&mut network, before),
        LinkVerdict::Cut,
        "cut while it was on its way"
    );
    set(&mut network, LinkChange::Cut(false));
    assert_eq!(
        verdict(&mut network, during),
        LinkVerdict::Open,
        "healed before it arrived"
    );
    assert!(
        network.land(SimTime(500), during).is_none(),
        "a message lands once"
    );
}

#[test]
fn nothing_is_sent_where_there_is_no_link() {
    assert!(network().send(SimTime(0), 2, 1, 'x').is_none());
}

#[test]
fn losses_and_copies_come_as_often_as_they_are_set() {
    for (ppm, expected) in [(0, 0..=0), (250_000, 2_300..=2_700), (PPM, 10_000..=10_000)] {
        let mut network = network();
        set(&mut network, LinkChange::Loss(ppm));
        set(&mut network, LinkChange::Duplication(ppm));
        let (mut lost, mut copied) = (0, 0);
        for _ in 0..10_000 {
            let departure = network.send(SimTime(0), 1, 2, 'x').unwrap();
            copied += u32::from(departure.copy.is_some());
            lost += u32::from(verdict(&mut network, departure.flight) == LinkVerdict::Lost);
        }
        assert!(expected.contains(&lost), "{ppm}: {lost} lost");
        assert!(expected.contains(&copied), "{ppm}: {copied} doubled");
    }
}

#[test]
fn a_copy_is_a_message_of_its_own() {
    let mut network = network();
    set(&mut network, LinkChange::Duplication(PPM));
    let departure = network.send(SimTime(0), 1, 2, 'x').unwrap();
    let (copy, arrives) = departure.copy.unwrap();
    assert_ne!(copy, departure.flight);
    assert_ne!(arrives, departure.arrives, "with a delay of its own");
    network.take(departure.flight).unwrap();
    assert_eq!(network.flight(copy).unwrap().payload, 'x');
    let (third, _) = network.duplicate(SimTime(500), copy).unwrap();
    assert!((600..=650).contains(&network.flight(third).unwrap().arrives.0));
    assert!(network.duplicate(SimTime(500), departure.flight).is_none());
}

#[test]
fn messages_wait_at_the_end_of_a_held_link_and_come_in_the_order_in_which_they_got_there() {
    let mut network = network();
    set(&mut network, LinkChange::Held(true));
    let mut flights: Vec<(SimTime, FlightId)> = (0..20)
        .map(|_| network.send(SimTime(0), 1, 2, 'x').unwrap())
        .map(|departure| (departure.arrives, departure.flight))
        .collect();
    flights.sort();
    for (at, id) in &flights {
        assert!(matches!(network.land(*at, *id), Some(LinkVerdict::Held)));
        assert!(network.flight(*id).unwrap().is_held_by(HeldBy::Link));
    }
    assert_eq!(network.release_all(SimTime(900)), [], "it is still held");
    set(&mut network, LinkChange::Held(false));
    let released = network.release_all(SimTime(900));
    let order: Vec<FlightId> = flights.iter().map(|(_, id)| *id).collect();
    assert_eq!(released, order);
    assert_eq!(network.flight(order[0]).unwrap().arrives, SimTime(900));
    set(&mut network, LinkChange::Cut(true));
    assert_eq!(
        verdict(&mut network, order[0]),
        LinkVerdict::Cut,
        "judged at delivery, as always"
    );
}

#[test]
fn a_message_held_by_hand_goes_the_rest_of_its_way_when_it_is_released() {
    let mut network = network();
    let early = network.send(SimTime(0), 1, 2, 'x').unwrap();
    network.hold(SimTime(30), early.flight);
    assert_eq!(network.release_all(SimTime(31)), [], "no link holds it");
    let later = early.arrives.after(500);
    assert_eq!(network.release(SimTime(530), early.flight), Some(later));
    let flight = network.flight(early.flight).unwrap();
    assert_eq!((flight.sent, flight.departs), (SimTime(0), SimTime(500)));
    assert_eq!(
        network.release(SimTime(530), early.flight),
        None,
        "it flies"
    );
    assert_eq!(verdict(&mut network, early.flight), LinkVerdict::Open);
}

#[test]
fn a_message_that_is_held_at_the_end_of_its_way_is_there_when_it_is_released() {
    let mut network = network();
    set(&mut network, LinkChange::Held(true));
    let id = send(&mut network, 0, 'x');
    assert_eq!(verdict(&mut network, id), LinkVerdict::Held);
    network.hold(SimTime(600), id);
    assert_eq!(network.release(SimTime(700), id), Some(SimTime(700)));
    assert_eq!(verdict(&mut network, id), LinkVerdict::Held, "by its link");
}

#[test]
fn a_message_that_is_held_for_ever_costs_the_others_nothing() {
    let mut network = network();
    let held = send(&mut network, 0, 'h');
    network.hold(SimTime(1), held);
    for _ in 0..1000 {
        let id = send(&mut network, 0, 'x');
        assert_eq!(verdict(&mut network, id), LinkVerdict::Open);
    }
    assert!(network.flying.is_empty());
    assert_eq!(network.flights().count(), 1);
    assert_eq!(network.take(held).unwrap().payload, 'h');
}

#[test]
fn what_a_fault_changed_on_several_links_ends_on_all_of_them() {
    let mut network = network();
    let fault = FaultId(1);
    network.change((1, 2), LinkChange::Cut(true), Some(fault));
    network.change((1, 3), LinkChange::Loss(PPM), Some(fault));
    network.change((1, 3), LinkChange::Cut(true), None);
    assert!(network.bears(fault));
    assert!(network.lift(fault));
    assert!(!network.bears(fault) && !network.lift(fault));
    assert!(network.link(1, 2).unwrap().is_usual());
    let other = network.link(1, 3).unwrap().settings();
    assert_eq!((other.cut, other.options.loss_ppm), (true, 0));
}

#[test]
fn every_link_is_found_and_no_other() {
    let mut network = Network::<u64, ()>::default();
    let ends = [
        0,
        1,
        2,
        3,
        64,
        1 << 20,
        u64::MAX >> 1,
        1 << 63,
        1 << 63 | 255,
        u64::MAX,
    ];
    let laid = |from: u64, to: u64| from != to && !(from ^ to).is_multiple_of(3);
    for (from, to) in ends.iter().flat_map(|from| ends.map(|to| (*from, to))) {
        assert!(network.link(from, to).is_none());
        if laid(from, to) {
            let options = LinkOptions {
                latency_us: from ^ to.rotate_left(9),
                ..LinkOptions::default()
            };
            network.add_link(from, to, options, stream(1, "link", [from, to]));
        }
    }
    for (from, to) in ends.iter().flat_map(|from| ends.map(|to| (*from, to))) {
        let found = network.link(from, to).map(|link| link.usual().latency_us);
        assert_eq!(found, laid(from, to).then(|| from ^ to.rotate_left(9)));
    }
}
