//! Everything that a person can do to what is selected, as data: a name, numbers to fill in, whether it
//! can be for a while, and why it is impossible now. Whoever draws it needs no case for any of them.

mod knobs;

pub use knobs::{KNOBS, Knob, KnobError, Unit, parse_knob};

use crate::cluster::{
    Action, Address, ClientId, Job, KeyChoice, Links, Load, Member, Program, World, member_id,
};
use crate::raft::{NodeId, Role};
use crate::sim::{ClockRate, DiskOptions, FlightId, HeldBy, LinkSettings};
use crate::words::{Key, key, translate};

/// What is selected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// All links between members.
    Network,
    /// A member.
    Member(NodeId),
    /// The two links between two actors.
    Link(Address, Address),
    /// A message on its way.
    Message(FlightId),
    /// A client.
    Client(ClientId),
}

/// Which of the two links between two actors is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Way {
    /// Both.
    #[default]
    Both,
    /// From the first to the second.
    There,
    /// From the second to the first.
    Back,
}

/// Something that can be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the catalogue says what each does")]
pub enum Deed {
    Crash,
    Restart,
    Pause,
    Resume,
    Isolate,
    Rejoin,
    TimeOut,
    Transfer,
    Slow,
    Stall,
    ResumeDisk,
    SlowDisk,
    Tear,
    Damage,
    Wipe,
    ClockRate,
    ClockJump,
    Cut,
    Mend,
    Hold,
    Release,
    Delay,
    Loss,
    Duplication,
    Heal,
    Reset,
    Drop,
    HoldMessage,
    ReleaseMessage,
    Duplicate,
    Deliver,
    StartLoad,
    StopLoad,
}

/// The part of a form that a deed belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// What is done most: the buttons of the action bar.
    Main,
    /// The process of a member.
    Process,
    /// Its disk.
    Disk,
    /// Its clock.
    Clock,
    /// How links treat messages.
    Traffic,
    /// What a client asks by itself.
    Load,
}

impl Section {
    /// The sections of the form, below the main buttons.
    pub const FORM: [Section; 5] = [
        Section::Process,
        Section::Disk,
        Section::Clock,
        Section::Traffic,
        Section::Load,
    ];

    /// The key of its title in the catalogue.
    pub fn title(self) -> Key {
        match self {
            Section::Main => key!("deed.main"),
            Section::Process => key!("deed.process"),
            Section::Disk => key!("deed.disk"),
            Section::Clock => key!("deed.clock"),
            Section::Traffic => key!("deed.traffic"),
            Section::Load => key!("deed.load"),
        }
    }
}

/// Something that can be done to the target now, or why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeedView {
    /// What.
    pub deed: Deed,
    /// Why it is impossible now.
    pub refused: Option<String>,
    /// Whether it can be for a while.
    pub can_end: bool,
    /// Whether it sets something that is not as it was at the start, so that it can be undone.
    pub changed: bool,
}

impl Deed {
    /// Its key in the catalogue, where it belongs, and the numbers that it needs.
    fn info(self) -> (Key, Section, &'static [usize]) {
        use Section::{Clock, Disk, Load, Main, Process, Traffic};
        match self {
            Deed::Crash => (key!("deed.crash"), Main, &[]),
            Deed::Restart => (key!("deed.restart"), Main, &[]),
            Deed::Pause => (key!("deed.pause"), Main, &[]),
            Deed::Resume => (key!("deed.resume"), Main, &[]),
            Deed::Isolate => (key!("deed.isolate"), Main, &[]),
            Deed::Rejoin => (key!("deed.rejoin"), Main, &[]),
            Deed::TimeOut => (key!("deed.time-out"), Main, &[]),
            Deed::Transfer => (key!("deed.transfer"), Process, &[]),
            Deed::Slow => (key!("deed.slow"), Process, &[0]),
            Deed::Stall => (key!("deed.stall"), Disk, &[]),
            Deed::ResumeDisk => (key!("deed.resume-disk"), Disk, &[]),
            Deed::SlowDisk => (key!("deed.slow-disk"), Disk, &[1, 2, 3]),
            Deed::Tear => (key!("deed.tear"), Disk, &[]),
            Deed::Damage => (key!("deed.damage"), Disk, &[4]),
            Deed::Wipe => (key!("deed.wipe"), Disk, &[]),
            Deed::ClockRate => (key!("deed.clock-rate"), Clock, &[5]),
            Deed::ClockJump => (key!("deed.clock-jump"), Clock, &[6]),
            Deed::Cut => (key!("deed.cut"), Main, &[]),
            Deed::Mend => (key!("deed.mend"), Main, &[]),
            Deed::Hold => (key!("deed.hold"), Main, &[]),
            Deed::Release => (key!("deed.release"), Main, &[]),
            Deed::Delay => (key!("deed.delay"), Traffic, &[7, 8]),
            Deed::Loss => (key!("deed.loss"), Traffic, &[9]),
            Deed::Duplication => (key!("deed.duplication"), Traffic, &[10]),
            Deed::Heal => (key!("deed.heal"), Main, &[]),
            Deed::Reset => (key!("deed.reset"), Main, &[]),
            Deed::Drop => (key!("deed.drop"), Main, &[]),
            Deed::HoldMessage => (key!("deed.hold"), Main, &[]),
            Deed::ReleaseMessage => (key!("deed.release"), Main, &[]),
            Deed::Duplicate => (key!("deed.duplicate"), Main, &[]),
            Deed::Deliver => (key!("deed.deliver"), Main, &[]),
            Deed::StartLoad => (key!("deed.start-load"), Load, &[11, 12, 13, 14, 15, 16]),
            Deed::StopLoad => (key!("deed.stop-load"), Main, &[]),
        }
    }

    /// The key of its name in the catalogue.
    pub fn name(self) -> Key {
        self.info().0
    }

    /// Where it belongs.
    pub fn section(self) -> Section {
        self.info().1
    }

    /// The numbers that it needs: places in [`KNOBS`].
    pub fn knobs(self) -> &'static [usize] {
        self.info().2
    }
}

/// What can be done to the target, the most wanted first. Of two opposites only the one that makes
/// sense now is there; what is impossible for another reason is there with the reason.
pub fn deeds(world: &World, target: Target, way: Way) -> Vec<DeedView> {
    let list: Vec<Deed> = match target {
        Target::Network => vec![
            Deed::Hold,
            Deed::Release,
            Deed::Heal,
            Deed::Reset,
            Deed::Delay,
            Deed::Loss,
            Deed::Duplication,
        ],
        Target::Link(..) => vec![
            Deed::Cut,
            Deed::Mend,
            Deed::Hold,
            Deed::Release,
            Deed::Delay,
            Deed::Loss,
            Deed::Duplication,
        ],
        Target::Message(id) => of_message(world, id),
        Target::Client(id) => match world.load_of(id) {
            Some(_) => vec![Deed::StopLoad, Deed::StartLoad],
            None => vec![Deed::StartLoad],
        },
        Target::Member(id) => world
            .member(id)
            .map_or_else(Vec::new, |m| of_member(world, m)),
    };
    let view = |deed: Deed| {
        let defaults: Vec<i64> = deed.knobs().iter().map(|knob| KNOBS[*knob].usual).collect();
        let action = action(world, target, way, deed, &defaults);
        DeedView {
            deed,
            refused: world
                .check(&action)
                .err()
                .map(|error| translate(&error.to_string())),
            can_end: action.can_end(),
            changed: usual(world, target, way, deed).is_some(),
        }
    };
    list.into_iter().map(view).collect()
}

fn of_message(world: &World, id: FlightId) -> Vec<Deed> {
    let mut flights = world.flights();
    let Some((_, flight)) = flights.find(|(other, _)| *other == id) else {
        return Vec::new();
    };
    let hold = match flight.is_held_by(HeldBy::Hand) {
        true => Deed::ReleaseMessage,
        false => Deed::HoldMessage,
    };
    vec![Deed::Drop, hold, Deed::Deliver, Deed::Duplicate]
}

fn of_member(world: &World, member: &Member) -> Vec<Deed> {
    let settings = member.settings();
    let mut list = Vec::new();
    match member.server() {
        None => list.push(Deed::Restart),
        Some(server) => {
            list.push(Deed::Crash);
            list.push(match settings.paused {
                true => Deed::Resume,
                false => Deed::Pause,
            });
            if server.node().role() != Role::Leader {
                list.push(Deed::TimeOut);
                if world.leader().is_some() {
                    list.push(Deed::Transfer);
                }
            }
            list.push(Deed::Slow);
        }
    }
    if world.members().count() > 1 {
        let at = list.len().min(2);
        let isolate = match is_isolated(world, member.id()) {
            true => Deed::Rejoin,
            false => Deed::Isolate,
        };
        list.insert(at, isolate);
    }
    list.push(match settings.stalled {
        true => Deed::ResumeDisk,
        false => Deed::Stall,
    });
    list.push(Deed::SlowDisk);
    list.push(Deed::Damage);
    list.push(match member.server() {
        Some(_) => Deed::Tear,
        None => Deed::Wipe,
    });
    list.extend([Deed::ClockRate, Deed::ClockJump]);
    list
}

/// Whether a member reaches no other member and none reaches it.
pub fn is_isolated(world: &World, id: NodeId) -> bool {
    let mut others = world.members().map(Member::id).filter(|other| *other != id);
    others.all(|other| !world.connected(id, other) && !world.connected(other, id))
}

fn links(target: Target, way: Way) -> Links {
    match (target, way) {
        (Target::Member(id), _) => Links::Of(id),
        (Target::Link(a, b), Way::Both) => Links::between(a, b),
        (Target::Link(a, b), Way::There) => Links::List(vec![(a, b)]),
        (Target::Link(a, b), Way::Back) => Links::List(vec![(b, a)]),
        (Target::Network | Target::Message(_) | Target::Client(_), _) => Links::BetweenMembers,
    }
}

/// The action of a deed. `values` are those of its knobs in their smallest units, within the limits
/// of [`KNOBS`].
pub fn action(world: &World, target: Target, way: Way, deed: Deed, values: &[i64]) -> Action {
    let value = |place: usize| values.get(place).copied().unwrap_or(0);
    let us = |place| u64::try_from(value(place)).unwrap_or(0);
    let ppm = || u32::try_from(value(0)).unwrap_or(0);
    let member = match target {
        Target::Member(id) => id,
        _ => NodeId(0),
    };
    let flight = match target {
        Target::Message(id) => id,
        _ => FlightId(0),
    };
    let client = match target {
        Target::Client(id) => id,
        _ => ClientId(0),
    };
    let links = || links(target, way);
    match deed {
        Deed::Crash => Action::Crash { member },
        Deed::Restart => Action::Restart { member },
        Deed::Pause => Action::Pause { member },
        Deed::Resume => Action::Resume { member },
        Deed::Isolate | Deed::Cut => Action::CutLinks { links: links() },
        Deed::Rejoin | Deed::Mend => Action::MendLinks { links: links() },
        Deed::TimeOut => Action::TimeOutNow { member },
        Deed::Transfer => transfer(world, member),
        Deed::Slow => Action::SlowDown {
            member,
            delay_us: us(0),
        },
        Deed::Stall => Action::StallDisk { member },
        Deed::ResumeDisk => Action::ResumeDisk { member },
        Deed::SlowDisk => Action::SetDisk {
            member,
            disk: DiskOptions {
                write_us: us(0),
                sync_us: us(1),
                jitter_us: us(2),
            },
        },
        Deed::Tear => Action::TearWrite { member },
        Deed::Damage => Action::DamageDisk {
            member,
            back: us(0),
        },
        Deed::Wipe => Action::WipeDisk { member },
        Deed::ClockRate => Action::SetClockRate {
            member,
            rate: ClockRate(i32::try_from(value(0)).unwrap_or(i32::MAX)),
        },
        Deed::ClockJump => Action::JumpClock {
            member,
            by_us: value(0),
        },
        Deed::Hold => Action::HoldLinks { links: links() },
        Deed::Release => Action::ReleaseLinks { links: links() },
        Deed::Delay => Action::SetDelay {
            links: links(),
            latency_us: us(0),
            jitter_us: us(1),
        },
        Deed::Loss => Action::SetLoss {
            links: links(),
            loss_ppm: ppm(),
        },
        Deed::Duplication => Action::SetDuplication {
            links: links(),
            duplicate_ppm: ppm(),
        },
        Deed::Heal => Action::Heal,
        Deed::Reset => Action::ResetNetwork,
        Deed::Drop => Action::DropMessage { flight },
        Deed::HoldMessage => Action::HoldMessage { flight },
        Deed::ReleaseMessage => Action::ReleaseMessage { flight },
        Deed::Duplicate => Action::DuplicateMessage { flight },
        Deed::Deliver => Action::DeliverMessage { flight },
        Deed::StartLoad => Action::SetLoad {
            client,
            load: Some(Load {
                per_second: us(0),
                keys: us(1),
                choice: KeyChoice::Uniform,
                reads: us(2),
                swaps: us(3),
                value_bytes: 0,
                members: Vec::new(),
                stale: us(4),
                leased: us(5),
            }),
        },
        Deed::StopLoad => Action::SetLoad { client, load: None },
    }
}

/// As `etcdctl move-leader` does it: whoever leads is asked to hand over.
fn transfer(world: &World, member: NodeId) -> Action {
    let target = member_id(member);
    let members = world.members();
    Action::Run {
        client: ClientId(0),
        program: Box::new(Program {
            endpoints: members
                .map(|member| member.client_url().to_owned())
                .collect(),
            user: None,
            command_timeout_us: world.options().client_timeout_us,
            job: Job::MoveLeader(target),
        }),
        typed: format!("etcdctl move-leader {target:x}"),
    }
}

/// The values with which a deed sets everything back to how it was at the start; `None` if nothing is
/// different, or if the deed sets nothing.
pub fn usual(world: &World, target: Target, way: Way, deed: Deed) -> Option<Vec<i64>> {
    let changed = |now: &[u64], usual: &[u64]| {
        (now != usual).then(|| usual.iter().map(|value| *value as i64).collect())
    };
    if let Target::Member(id) = target {
        let settings = world.member(id)?.settings();
        let (disk, start) = (settings.disk, world.options().disk);
        let times = |disk: DiskOptions| [disk.write_us, disk.sync_us, disk.jitter_us];
        return match deed {
            Deed::Slow => changed(&[settings.delay_us], &[0]),
            Deed::SlowDisk => changed(&times(disk), &times(start)),
            Deed::ClockRate => (settings.clock.0 != 0).then(|| vec![0]),
            _ => None,
        };
    }
    let meant = links(target, way);
    let mut links = world.links().filter(|((from, to), _)| match &meant {
        Links::List(list) => list.contains(&(*from, *to)),
        _ => matches!((from, to), (Address::Member(_), Address::Member(_))),
    });
    links.find_map(|(_, link)| {
        let (LinkSettings { options: now, .. }, usual) = (*link.settings(), *link.usual());
        match deed {
            Deed::Delay => changed(
                &[now.latency_us, now.jitter_us],
                &[usual.latency_us, usual.jitter_us],
            ),
            Deed::Loss => changed(&[now.loss_ppm.into()], &[usual.loss_ppm.into()]),
            Deed::Duplication => {
                changed(&[now.duplicate_ppm.into()], &[usual.duplicate_ppm.into()])
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests;
