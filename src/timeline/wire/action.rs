//! Actions as numbered fields.

use super::error::OpenError;
use super::fields::{
    Ask, At, DamageDisk, Delete, During, Feed, Get, Group, Groups, JumpClock, Nothing, Put,
    RunProgram, SetClockRate, SetDelay, SetDisk, SetLoad, SetShare, SlowDown,
};
use super::links::WireLinks;
use crate::cluster::{Action, Input, Load, MAX_MEMBERS, Program, RunId};
use crate::kv::{DeleteRangeRequest, PutRequest, RangeRequest, Request};
use crate::raft::NodeId;
use crate::sim::{ClockRate, DiskOptions, FlightId, SimTime};
use bytes::Bytes;
use prost::Oneof;
use serde::{Deserialize, Serialize};

/// An action.
#[derive(Clone, PartialEq, Oneof, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum WireAction {
    /// A client stores a value.
    #[prost(message, tag = "3")]
    Put(Put),
    /// A client reads a key.
    #[prost(message, tag = "4")]
    Get(Get),
    /// A client deletes a key.
    #[prost(message, tag = "5")]
    Delete(Delete),
    /// A member crashes.
    #[prost(uint64, tag = "6")]
    Crash(u64),
    /// A member starts again.
    #[prost(uint64, tag = "7")]
    Restart(u64),
    /// The network is cut into groups.
    #[prost(message, tag = "8")]
    Partition(Groups),
    /// The network is whole again.
    #[prost(message, tag = "9")]
    Heal(Nothing),
    /// A member's election timer runs out.
    #[prost(uint64, tag = "10")]
    TimeOutNow(u64),
    /// Something is done for a while.
    #[prost(message, boxed, tag = "11")]
    During(Box<During>),
    /// Something is done later.
    #[prost(message, boxed, tag = "12")]
    At(Box<At>),
    /// Links lose nothing and everything gets through.
    #[prost(message, tag = "13")]
    ResetNetwork(Nothing),
    /// Links are cut.
    #[prost(message, tag = "14")]
    CutLinks(WireLinks),
    /// Links work again.
    #[prost(message, tag = "15")]
    MendLinks(WireLinks),
    /// Links keep what comes to their end.
    #[prost(message, tag = "16")]
    HoldLinks(WireLinks),
    /// Links deliver what they kept.
    #[prost(message, tag = "17")]
    ReleaseLinks(WireLinks),
    /// Links get another delay.
    #[prost(message, tag = "18")]
    SetDelay(SetDelay),
    /// Links lose some messages.
    #[prost(message, tag = "19")]
    SetLoss(SetShare),
    /// Links double some messages.
    #[prost(message, tag = "20")]
    SetDuplication(SetShare),
    /// A message is lost.
    #[prost(uint64, tag = "21")]
    DropMessage(u64),
    /// A message is held.
    #[prost(uint64, tag = "22")]
    HoldMessage(u64),
    /// A message is released.
    #[prost(uint64, tag = "23")]
    ReleaseMessage(u64),
    /// A message is doubled.
    #[prost(uint64, tag = "24")]
    DuplicateMessage(u64),
    /// A message is delivered now.
    #[prost(uint64, tag = "25")]
    DeliverMessage(u64),
    /// A member crashes in the middle of a write.
    #[prost(uint64, tag = "26")]
    TearWrite(u64),
    /// A bit of a disk flips.
    #[prost(message, tag = "27")]
    DamageDisk(DamageDisk),
    /// A disk is replaced by an empty one.
    #[prost(uint64, tag = "28")]
    WipeDisk(u64),
    /// A disk stands still.
    #[prost(uint64, tag = "29")]
    StallDisk(u64),
    /// A disk goes on.
    #[prost(uint64, tag = "30")]
    ResumeDisk(u64),
    /// A disk gets other times.
    #[prost(message, tag = "31")]
    SetDisk(SetDisk),
    /// A process stands still.
    #[prost(uint64, tag = "32")]
    Pause(u64),
    /// A process goes on.
    #[prost(uint64, tag = "33")]
    Resume(u64),
    /// A process becomes slow.
    #[prost(message, tag = "34")]
    SlowDown(SlowDown),
    /// A clock gets another rate.
    #[prost(message, tag = "35")]
    SetClockRate(SetClockRate),
    /// A clock is set.
    #[prost(message, tag = "36")]
    JumpClock(JumpClock),
    /// A client asks something that the shorter forms have no words for.
    #[prost(message, tag = "37")]
    Ask(Ask),
    /// A client runs a program.
    #[prost(message, tag = "38")]
    Run(RunProgram),
    /// A running program is given something.
    #[prost(message, tag = "39")]
    Feed(Feed),
    /// A running program is interrupted.
    #[prost(uint64, tag = "40")]
    Interrupt(u64),
    /// A member that was added starts.
    #[prost(uint64, tag = "41")]
    Join(u64),
    /// A client sends requests by itself, or stops.
    #[prost(message, tag = "42")]
    SetLoad(SetLoad),
}

/// What is wrong with bytes that are no program.
const PROGRAM: OpenError = OpenError::Value("a program cannot be read");

impl From<&Action> for WireAction {
    fn from(action: &Action) -> WireAction {
        match action {
            Action::Request {
                client,
                member,
                request,
            } => request_from(u32::from(client.0), member.0, request),
            Action::Run {
                client,
                program,
                typed,
            } => WireAction::Run(RunProgram {
                client: u32::from(client.0),
                program: program.encode().into(),
                typed: typed.clone(),
            }),
            Action::Feed { run, input } => WireAction::Feed(Feed {
                run: run.0,
                input: input.encode().into(),
            }),
            Action::Interrupt { run } => WireAction::Interrupt(run.0),
            Action::Join { member } => WireAction::Join(member.0),
            Action::SetLoad { client, load } => WireAction::SetLoad(SetLoad {
                client: u32::from(client.0),
                load: load
                    .as_ref()
                    .map_or_else(Bytes::new, |load| load.encode().into()),
            }),
            Action::Crash { member } => WireAction::Crash(member.0),
            Action::Restart { member } => WireAction::Restart(member.0),
            Action::Partition { groups } => WireAction::Partition(groups_from(groups)),
            Action::Heal => WireAction::Heal(Nothing {}),
            Action::TimeOutNow { member } => WireAction::TimeOutNow(member.0),
            Action::CutLinks { links } => WireAction::CutLinks(links.into()),
            Action::MendLinks { links } => WireAction::MendLinks(links.into()),
            Action::HoldLinks { links } => WireAction::HoldLinks(links.into()),
            Action::ReleaseLinks { links } => WireAction::ReleaseLinks(links.into()),
            Action::TearWrite { member } => WireAction::TearWrite(member.0),
            Action::WipeDisk { member } => WireAction::WipeDisk(member.0),
            Action::StallDisk { member } => WireAction::StallDisk(member.0),
            Action::ResumeDisk { member } => WireAction::ResumeDisk(member.0),
            Action::Pause { member } => WireAction::Pause(member.0),
            Action::Resume { member } => WireAction::Resume(member.0),
            Action::DropMessage { flight } => WireAction::DropMessage(flight.0),
            Action::HoldMessage { flight } => WireAction::HoldMessage(flight.0),
            Action::ReleaseMessage { flight } => WireAction::ReleaseMessage(flight.0),
            Action::DuplicateMessage { flight } => WireAction::DuplicateMessage(flight.0),
            Action::DeliverMessage { flight } => WireAction::DeliverMessage(flight.0),
            Action::ResetNetwork => WireAction::ResetNetwork(Nothing {}),
            Action::SetDelay {
                links,
                latency_us,
                jitter_us,
            } => WireAction::SetDelay(SetDelay {
                links: links.into(),
                latency_us: *latency_us,
                jitter_us: *jitter_us,
            }),
            Action::SetLoss { links, loss_ppm } => WireAction::SetLoss(SetShare {
                links: links.into(),
                ppm: *loss_ppm,
            }),
            Action::SetDuplication {
                links,
                duplicate_ppm,
            } => WireAction::SetDuplication(SetShare {
                links: links.into(),
                ppm: *duplicate_ppm,
            }),
            Action::DamageDisk { member, back } => WireAction::DamageDisk(DamageDisk {
                member: member.0,
                back: *back,
            }),
            Action::SetDisk { member, disk } => WireAction::SetDisk(SetDisk {
                member: member.0,
                write_us: disk.write_us,
                sync_us: disk.sync_us,
                jitter_us: disk.jitter_us,
            }),
            Action::SlowDown { member, delay_us } => WireAction::SlowDown(SlowDown {
                member: member.0,
                delay_us: *delay_us,
            }),
            Action::SetClockRate { member, rate } => WireAction::SetClockRate(SetClockRate {
                member: member.0,
                ppm: rate.0,
            }),
            Action::JumpClock { member, by_us } => WireAction::JumpClock(JumpClock {
                member: member.0,
                by_us: *by_us,
            }),
            Action::During { action, for_us } => WireAction::During(Box::new(During {
                for_us: *for_us,
                action: Some(WireAction::from(&**action)),
            })),
            Action::At { action, time } => WireAction::At(Box::new(At {
                time_us: time.0,
                action: Some(WireAction::from(&**action)),
            })),
        }
    }
}

fn request_from(client: u32, member: u64, request: &Request) -> WireAction {
    let plain = |same: Request| same == *request;
    match request.clone() {
        Request::Put(PutRequest { key, value, .. })
            if plain(Request::put(key.clone(), value.clone())) =>
        {
            WireAction::Put(Put {
                client,
                member,
                key,
                value,
            })
        }
        Request::Range(RangeRequest {
            key, serializable, ..
        }) if plain(Request::get(key.clone(), serializable)) => WireAction::Get(Get {
            client,
            member,
            key,
            serializable,
        }),
        Request::DeleteRange(DeleteRangeRequest { key, .. })
            if plain(Request::delete(key.clone())) =>
        {
            WireAction::Delete(Delete {
                client,
                member,
                key,
            })
        }
        _ => WireAction::Ask(Ask {
            client,
            member,
            request: request.encode().into(),
        }),
    }
}

fn groups_from(groups: &[Vec<NodeId>]) -> Groups {
    let groups = groups.iter().map(|group| Group {
        members: group.iter().map(|member| member.0).collect(),
    });
    Groups {
        groups: groups.collect(),
    }
}

impl TryFrom<WireAction> for Action {
    type Error = OpenError;

    fn try_from(action: WireAction) -> Result<Action, OpenError> {
        let member = NodeId;
        Ok(match action {
            WireAction::Put(Put {
                client,
                member,
                key,
                value,
            }) => request(client, member, Request::put(key, value))?,
            WireAction::Get(Get {
                client,
                member,
                key,
                serializable,
            }) => request(client, member, Request::get(key, serializable))?,
            WireAction::Delete(Delete {
                client,
                member,
                key,
            }) => request(client, member, Request::delete(key))?,
            WireAction::Ask(Ask {
                client,
                member,
                request: bytes,
            }) => {
                let known = Request::decode(&bytes);
                let known = known.map_err(|_| OpenError::Value("a request cannot be read"))?;
                request(client, member, known)?
            }
            WireAction::Run(run) => Action::Run {
                client: super::links::client(run.client)?,
                program: Box::new(Program::decode(&run.program).map_err(|_| PROGRAM)?),
                typed: run.typed,
            },
            WireAction::Feed(feed) => Action::Feed {
                run: RunId(feed.run),
                input: Input::decode(&feed.input).map_err(|_| PROGRAM)?,
            },
            WireAction::Interrupt(run) => Action::Interrupt { run: RunId(run) },
            WireAction::Join(id) => Action::Join { member: member(id) },
            WireAction::SetLoad(set) => Action::SetLoad {
                client: super::links::client(set.client)?,
                load: match &set.load[..] {
                    [] => None,
                    load => Some(Load::decode(load).map_err(|_| PROGRAM)?),
                },
            },
            WireAction::Crash(id) => Action::Crash { member: member(id) },
            WireAction::Restart(id) => Action::Restart { member: member(id) },
            WireAction::Partition(Groups { groups }) => Action::Partition {
                groups: few(groups)?
                    .into_iter()
                    .map(|group| Ok(few(group.members)?.into_iter().map(NodeId).collect()))
                    .collect::<Result<_, OpenError>>()?,
            },
            WireAction::Heal(Nothing {}) => Action::Heal,
            WireAction::TimeOutNow(id) => Action::TimeOutNow { member: member(id) },
            WireAction::CutLinks(links) => Action::CutLinks {
                links: links.try_into()?,
            },
            WireAction::MendLinks(links) => Action::MendLinks {
                links: links.try_into()?,
            },
            WireAction::HoldLinks(links) => Action::HoldLinks {
                links: links.try_into()?,
            },
            WireAction::ReleaseLinks(links) => Action::ReleaseLinks {
                links: links.try_into()?,
            },
            WireAction::TearWrite(id) => Action::TearWrite { member: member(id) },
            WireAction::WipeDisk(id) => Action::WipeDisk { member: member(id) },
            WireAction::StallDisk(id) => Action::StallDisk { member: member(id) },
            WireAction::ResumeDisk(id) => Action::ResumeDisk { member: member(id) },
            WireAction::Pause(id) => Action::Pause { member: member(id) },
            WireAction::Resume(id) => Action::Resume { member: member(id) },
            WireAction::DropMessage(id) => Action::DropMessage {
                flight: FlightId(id),
            },
            WireAction::HoldMessage(id) => Action::HoldMessage {
                flight: FlightId(id),
            },
            WireAction::ReleaseMessage(id) => Action::ReleaseMessage {
                flight: FlightId(id),
            },
            WireAction::DuplicateMessage(id) => Action::DuplicateMessage {
                flight: FlightId(id),
            },
            WireAction::DeliverMessage(id) => Action::DeliverMessage {
                flight: FlightId(id),
            },
            WireAction::ResetNetwork(Nothing {}) => Action::ResetNetwork,
            WireAction::SetDelay(delay) => Action::SetDelay {
                links: delay.links.try_into()?,
                latency_us: delay.latency_us,
                jitter_us: delay.jitter_us,
            },
            WireAction::SetLoss(SetShare { links, ppm }) => Action::SetLoss {
                links: links.try_into()?,
                loss_ppm: ppm,
            },
            WireAction::SetDuplication(SetShare { links, ppm }) => Action::SetDuplication {
                links: links.try_into()?,
                duplicate_ppm: ppm,
            },
            WireAction::DamageDisk(damage) => Action::DamageDisk {
                member: member(damage.member),
                back: damage.back,
            },
            WireAction::SetDisk(disk) => Action::SetDisk {
                member: member(disk.member),
                disk: DiskOptions {
                    write_us: disk.write_us,
                    sync_us: disk.sync_us,
                    jitter_us: disk.jitter_us,
                },
            },
            WireAction::SlowDown(slow) => Action::SlowDown {
                member: member(slow.member),
                delay_us: slow.delay_us,
            },
            WireAction::SetClockRate(clock) => Action::SetClockRate {
                member: member(clock.member),
                rate: ClockRate(clock.ppm),
            },
            WireAction::JumpClock(clock) => Action::JumpClock {
                member: member(clock.member),
                by_us: clock.by_us,
            },
            WireAction::During(during) => Action::During {
                action: inner(during.action)?,
                for_us: during.for_us,
            },
            WireAction::At(at) => Action::At {
                action: inner(at.action)?,
                time: SimTime(at.time_us),
            },
        })
    }
}

fn request(client: u32, member: u64, request: Request) -> Result<Action, OpenError> {
    Ok(Action::Request {
        client: super::links::client(client)?,
        member: NodeId(member),
        request,
    })
}

/// The action inside of another one. Reading has ended before they are nested deep enough to do
/// harm; how deep makes sense is for the world to say.
fn inner(action: Option<WireAction>) -> Result<Box<Action>, OpenError> {
    let action = action.ok_or(OpenError::Unknown)?;
    Ok(Box::new(action.try_into()?))
}

/// A list that is as short as one that names members can be.
fn few<T>(list: Vec<T>) -> Result<Vec<T>, OpenError> {
    if list.len() <= MAX_MEMBERS {
        Ok(list)
    } else {
        Err(OpenError::Value("a list of members is too long"))
    }
}
