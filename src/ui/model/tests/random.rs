//! Whatever a person does, in whatever order: the page goes on, and nothing that he does makes Raft unsafe.

use super::*;
use crate::cluster::{Address, ClientId, OperationId};
use crate::lesson::SCENARIOS;
use crate::raft::{Index, Term};
use crate::sim::FlightId;
use crate::timeline::{BranchId, Landmark, Position};
use crate::ui::console::Key;
use crate::ui::left;
use crate::ui::recording::{Origin, Recording};
use crate::ui::sequence::Gesture;
use crate::ui::tabs::Ask;
use crate::ui::timeline::{Finger, Time};
use crate::ui::why;
use crate::view::deeds::{Deed, Way};
use crate::view::geometry::Point;
use crate::view::keys::Filter;
use crate::view::planner::CHANCES;
use crate::view::real::Form;
use crate::view::settings::{GROUPS, PRESETS};
use crate::view::why::Topic;
use crate::words::Language;
use proptest::prelude::*;

/// What may be typed anywhere.
const TEXTS: [&str; 24] = [
    "",
    "3",
    "25",
    "0",
    "-1",
    "0.05",
    "1e9",
    "99999999999999999999",
    "name",
    "käse\u{1F9C0}",
    "infra2",
    "etcdctl put name joe",
    "etcdctl get name --prefix -w json",
    "etcdctl del --prefix ''",
    "etcdctl watch name --prefix",
    "etcdctl lease grant 1",
    "etcdctl member add infra6 --peer-urls=http://127.0.0.1:6",
    "etcdctl member remove 1",
    "etcdctl endpoint status --cluster -w table",
    "etcdctl move-leader 2",
    "etcdctl snapshot save f",
    "etcdctl txn <<EOF",
    "etcdctl compaction 3",
    "kill infra1 'open",
];
const DEEDS: [Deed; 33] = [
    Deed::Crash,
    Deed::Restart,
    Deed::Pause,
    Deed::Resume,
    Deed::Isolate,
    Deed::Rejoin,
    Deed::TimeOut,
    Deed::Transfer,
    Deed::Slow,
    Deed::Stall,
    Deed::ResumeDisk,
    Deed::SlowDisk,
    Deed::Tear,
    Deed::Damage,
    Deed::Wipe,
    Deed::ClockRate,
    Deed::ClockJump,
    Deed::Cut,
    Deed::Mend,
    Deed::Hold,
    Deed::Release,
    Deed::Delay,
    Deed::Loss,
    Deed::Duplication,
    Deed::Heal,
    Deed::Reset,
    Deed::Drop,
    Deed::HoldMessage,
    Deed::ReleaseMessage,
    Deed::Duplicate,
    Deed::Deliver,
    Deed::StartLoad,
    Deed::StopLoad,
];
const PLACES: [Place; 5] = [
    Place::Stage,
    Place::Inspector,
    Place::Cut,
    Place::Write,
    Place::NewCluster,
];
const FIELDS: [Field; 10] = [
    Field::Members,
    Field::Seed,
    Field::Key,
    Field::Value,
    Field::Setting(3),
    Field::Knob(1),
    Field::Lasts,
    Field::At,
    Field::LinkFrom,
    Field::LinkTo,
];

/// A choice of a person: what, and two numbers that it is made of.
type Choice = (u8, u16, u16);

fn pick<T: Clone>(from: &[T], number: u16) -> T {
    from[usize::from(number) % from.len()].clone()
}

/// Wipes and damage break the promise that what is synced stays; they may lose what was committed.
fn keeps_disks(deed: Deed) -> Deed {
    match deed {
        Deed::Wipe | Deed::Damage => Deed::Restart,
        deed => deed,
    }
}

fn member(number: u16) -> NodeId {
    NodeId(u64::from(number) % 7)
}

fn address(number: u16) -> Address {
    match number % 4 {
        0 => Address::Client(ClientId((number / 4 % 26) as u8)),
        _ => Address::Member(member(number)),
    }
}

/// A message of those that are on their way, or any number.
fn flight(model: &Model, number: u16) -> FlightId {
    let flights = &model.slices.flights;
    match flights.len() {
        0 => FlightId(number.into()),
        many => flights[usize::from(number) % many].id,
    }
}

/// A moment that the page offers: those of the answer that is shown, or the end.
fn position(model: &Model, number: u16) -> Position {
    let answer = model.why.page.why.iter().flat_map(|why| &why.chain);
    let mut offered: Vec<Position> = answer.filter_map(|reason| reason.at).collect();
    offered.push(model.session.end());
    pick(&offered, number)
}

/// The place of an option that is on or off.
fn switch(model: &Model, number: u16) -> usize {
    let values = model.cluster.values.iter().enumerate();
    let switches: Vec<usize> = values
        .filter(|(_, value)| matches!(value.as_str(), "on" | "off"))
        .map(|(place, _)| place)
        .collect();
    pick(&switches, number)
}

fn text(number: u16) -> String {
    pick(&TEXTS, number).to_owned()
}

fn time(model: &Model, kind: u16, number: u16) -> Time {
    let branch = BranchId(u32::from(number % 5));
    let finger = Finger {
        id: i32::from(number % 3),
        x: u32::from(number % 1_300),
    };
    match kind % 21 {
        0 => Time::Width(u32::from(number % 1_200)),
        1 | 2 => Time::Down(finger),
        3 => Time::Move(finger),
        4 | 5 => Time::Up(finger.id),
        6 => Time::Out,
        7 => Time::Wheel {
            x: finger.x,
            dx: i32::from(number) - 30_000,
            dy: i32::from(number % 500) - 250,
        },
        8 => Time::Zoom(i32::from(number % 9) - 4),
        9 => Time::Page(number.is_multiple_of(2)),
        10 => Time::Step(pick(&Landmark::ALL, number), number % 5 > 1),
        11 => Time::StepChosen(number.is_multiple_of(2)),
        12 => Time::StepBy(pick(&Landmark::ALL, number)),
        13 => Time::Start,
        14 => Time::Live,
        15 => Time::Undo,
        16 => Time::Redo,
        17 => Time::Switch(branch),
        18 => Time::Rename(branch, text(number / 5)),
        19 if model.timeline.deleting.is_some() => Time::Delete(branch),
        19 => Time::AskDelete(Some(branch)),
        _ => Time::Compare(branch),
    }
}

fn gesture(kind: u16, number: u16) -> Gesture {
    let at = Point::new(
        f64::from(number % 1_500) - 100.0,
        f64::from(number / 40) - 50.0,
    );
    let id = i32::from(kind / 16 % 2);
    match kind % 16 {
        0 => Gesture::Size(at.x.max(0.0), at.y.max(0.0)),
        1 => Gesture::Size(800.0, 300.0),
        2 | 3 => Gesture::Down(id, at),
        4 => Gesture::Move(id, at),
        5 | 6 => Gesture::Up(id, at),
        7 => Gesture::Cancel(id),
        8 => Gesture::Out,
        9 => Gesture::Wheel(
            at,
            f64::from(number % 3) * 50.0,
            f64::from(number) - 30_000.0,
        ),
        10 => Gesture::Zoom([0, 1, 800, 1_250, 1 << 40][usize::from(number % 5)]),
        11 => Gesture::Pan(i32::from(number) - 30_000),
        12 => Gesture::Follow,
        13 => Gesture::Fit,
        14 => Gesture::Choose(number.is_multiple_of(2)),
        _ => Gesture::Enter,
    }
}

fn console(kind: u16, number: u16) -> Key {
    match kind % 12 {
        0 => Key::Open(number.is_multiple_of(2)),
        1..=3 => Key::Type(text(number)),
        4..=6 => Key::Enter,
        7 => Key::Complete,
        8 => Key::Recall(number.is_multiple_of(2)),
        9 => Key::Interrupt,
        10 => Key::Close,
        _ => Key::Clear,
    }
}

fn why(model: &Model, kind: u16, number: u16) -> why::Ask {
    let (index, term) = (
        Index(u64::from(number % 12)),
        Term(u64::from(number / 12 % 5)),
    );
    let offers = &model.why.page.offers;
    match kind % 8 {
        0 | 1 if !offers.is_empty() => why::Ask::About(pick(offers, number).topic),
        0 => why::Ask::About(Topic::Entry(index, term)),
        1 => why::Ask::About(Topic::Message(flight(model, number))),
        2 => why::Ask::About(Topic::Vote {
            candidate: member(number),
            voter: member(number / 7),
            term,
            pre: number.is_multiple_of(2),
        }),
        3 => why::Ask::About(Topic::Operation(OperationId(u64::from(number % 20)))),
        4 => why::Ask::Entry(index),
        5 => why::Ask::Go(position(model, number)),
        6 => why::Ask::Back,
        _ => why::Ask::Hover((number % 3 != 1).then_some((index, term, (9, 9)))),
    }
}

fn tabs(model: &Model, kind: u16, number: u16) -> Ask {
    match kind % 12 {
        0 => Ask::Shown(number % 4 != 1),
        1 => Ask::Prefix(text(number)),
        2 => Ask::Filter(pick(&[Filter::Present, Filter::Deleted], number)),
        3 => Ask::Scroll(usize::from(number % 200), usize::from(number % 30)),
        4 => Ask::Open((number.is_multiple_of(2)).then(|| text(number).into())),
        5 => Ask::Move(isize::from(number as i16) % 40),
        6 => Ask::ClientsPrefix(text(number)),
        7 => Ask::Operation(OperationId(u64::from(number % 20))),
        8 => Ask::NoOperation,
        9 => Ask::Go(position(model, number)),
        10 => Ask::At(position(model, number).time),
        _ => Ask::Chart(gesture(number, kind)),
    }
}

fn panel(kind: u16, number: u16) -> left::Ask {
    let tab = pick(
        &[left::Tab::Scenarios, left::Tab::Planner, left::Tab::Real],
        number,
    );
    let place = usize::from(number);
    match kind % 14 {
        0 => left::Ask::Toggle(tab),
        1 => left::Ask::Show(tab),
        2 => left::Ask::Close,
        3 | 4 => left::Ask::Play(place % SCENARIOS.len()),
        5 => left::Ask::List,
        6 => left::Ask::Go(place % 30),
        7 => left::Ask::Next(number % 3 != 1),
        8 => left::Ask::Return,
        9 => left::Ask::Members(place % 12),
        10 => left::Ask::Chance(place % CHANCES.len()),
        11 => left::Ask::Form(pick(
            &[Form::Procfile, Form::Systemd, Form::Compose],
            number,
        )),
        12 => left::Ask::File(place % 9),
        _ => left::Ask::Try(vec![place % 4, place / 4 % 4]),
    }
}

fn record(model: &Model, kind: u16, number: u16) -> Recording {
    match kind % 8 {
        0 => Recording::Share,
        1 => match &model.recording.shared {
            Some(shared) => {
                let link = shared.link.clone().unwrap_or_default();
                let cut = usize::from(number) % (link.len() + 1);
                let cut = if number.is_multiple_of(2) {
                    link.len()
                } else {
                    cut
                };
                Recording::Open(link[..cut].to_owned(), Origin::Link)
            }
            None => Recording::Open(text(number), Origin::File),
        },
        2 | 3 => Recording::Slice(2_000),
        4 => Recording::Cancel,
        5 => Recording::Dismiss,
        6 => Recording::Back,
        _ => Recording::Copied(number.is_multiple_of(2)),
    }
}

fn message(model: &Model, (kind, a, b): Choice) -> Message {
    let target = match a % 5 {
        0 => Target::Network,
        1 => Target::Member(member(b)),
        2 => Target::Link(address(b), address(b / 16)),
        3 => Target::Message(flight(model, b)),
        _ => Target::Client(ClientId((b % 26) as u8)),
    };
    match kind % 48 {
        0..8 => Message::Pass(u64::from(b) * 100),
        8 => Message::TogglePlay,
        9..13 => Message::Time(time(model, a, b)),
        13..15 => Message::Why(why(model, a, b)),
        15..19 => Message::Console(console(a, b)),
        19 => Message::Sequence(gesture(a, b)),
        20 => Message::ToggleStage,
        21 => Message::Show(pick(
            &[
                Tab::Selected,
                Tab::Why,
                Tab::Keys,
                Tab::Clients,
                Tab::Checks,
            ],
            a,
        )),
        22 => Message::Left(panel(a, b)),
        23..25 => Message::Tabs(tabs(model, a, b)),
        25 => Message::Record(record(model, a, b)),
        26 => Message::SetSpeed(usize::from(a % 15)),
        27 => Message::Look(target, b.is_multiple_of(2)),
        28 => pick(
            &[
                Message::LookAtNextMessage,
                Message::LookAtNextLink,
                Message::LookAtNewClient,
            ],
            a,
        ),
        29..32 => Message::Switch(keeps_disks(pick(&DEEDS, a)), member(b)),
        32..36 => Message::Do(keeps_disks(pick(&DEEDS, a)), pick(&PLACES, b)),
        36 => Message::Undo(keeps_disks(pick(&DEEDS, a))),
        37 => Message::SetWay(pick(&[Way::Both, Way::There, Way::Back], a)),
        38 => Message::NextGroup(member(a)),
        39 => Message::Groups(usize::from(a % 9)),
        40 if a.is_multiple_of(2) => Message::Join(NodeId(u64::from(b % 9))),
        40 => Message::Cut,
        41 => Message::CutOff((0..a % 5).map(|i| member(b.wrapping_add(i))).collect()),
        42 => Message::MoveWall(vec![member(a)], vec![member(b), member(b / 7)]),
        43 => Message::Heal(pick(&PLACES, a)),
        44 => Message::Type(pick(&FIELDS, a), text(b)),
        45 => Message::Send(pick(&[Verb::Put, Verb::Get, Verb::Delete], a)),
        46 => match a % 8 {
            0 => Message::Start,
            1 => Message::Preset(usize::from(b) % PRESETS.len()),
            2 => Message::ResetGroup(usize::from(b) % GROUPS.len()),
            3 => Message::ToggleSetting(switch(model, b)),
            4 => Message::FreshSeed(Some(b.into())),
            5 => Message::Speak(pick(&[Language::English, Language::Portuguese], b)),
            6 => Message::Talk(member(b)),
            _ => Message::ToggleLocal,
        },
        _ => match a % 4 {
            0 => Message::TogglePanel(pick(
                &[
                    Panel::NewCluster,
                    Panel::Cut,
                    Panel::Help,
                    Panel::Branches,
                    Panel::Share,
                ],
                b,
            )),
            1 => Message::ToggleSheet(pick(&[Sheet::Log, Sheet::Write, Sheet::Member], b)),
            2 => Message::Write,
            _ => Message::Escape,
        },
    }
}

proptest! {
    #[test]
    fn whatever_a_person_does_the_page_goes_on_and_raft_is_safe(
        members in 1_usize..=5,
        choices in prop::collection::vec(any::<Choice>(), 1..150),
    ) {
        let mut model = model(members);
        model.ahead_us = 360_000;
        model.pace_us = 240_000;
        for choice in choices {
            model.update(message(&model, choice));
            model.rest_ms(20, 300);
        }
        model.update(Message::Pass(1));
        let found = model.session.whole_violations();
        prop_assert!(found.is_empty(), "{:?}", found);
    }
}
