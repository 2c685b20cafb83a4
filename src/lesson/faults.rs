//! Statements about faults, and the actions that they come to.

use super::cast::{Cast, Nobody, name};
use super::script::Members;
use crate::cluster::{Action, Address, ClientId, Links};
use crate::raft::NodeId;
use crate::sim::{ClockRate, DiskOptions, FlightId, HeldBy, SimTime};

/// A fault, as a script says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Something is done to each of these members.
    Members(MemberFault, Members),
    /// Something is done to these links.
    Links(LinkFault, Ends),
    /// Something is done to each message that is on its way over these links.
    Messages(MessageFault, Ends),
    /// `network reset`
    ResetNetwork,
}

/// What is done to a member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberFault {
    /// `isolate`: nothing from or to the other members is delivered.
    Isolate,
    /// `rejoin`: the opposite.
    Rejoin,
    /// `pause`
    Pause,
    /// `resume`
    Resume,
    /// `slow 5ms`: so many microseconds for everything that it takes in.
    Slow(u64),
    /// `clock 10% fast`
    ClockRate(ClockRate),
    /// `clock forward 2s`, in microseconds.
    ClockJump(i64),
    /// `disk sync 20ms`
    Disk(DiskOptions),
    /// `stall`
    Stall,
    /// `unstall`
    Unstall,
    /// `tear`: crash in the middle of a write.
    Tear,
    /// `damage record 2`, counted back from 0, the newest.
    Damage(u64),
    /// `wipe`
    Wipe,
}

/// What is done to a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkFault {
    /// `cut`
    Cut,
    /// `mend`
    Mend,
    /// `hold`
    Hold,
    /// `release`
    Release,
    /// `delay 20ms jitter 5ms`, in microseconds.
    Delay(u64, u64),
    /// `lose 10%`, in parts per million.
    Lose(u32),
    /// `duplicate 10%`, in parts per million.
    Duplicate(u32),
}

/// What is done to a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageFault {
    /// `drop messages`
    Drop,
    /// `hold messages`
    Hold,
    /// `release messages`
    Release,
    /// `duplicate messages`
    Duplicate,
    /// `deliver messages`
    Deliver,
}

/// Directed links: from everybody on one side to everybody on the other one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ends {
    /// The senders.
    pub from: Side,
    /// The receivers.
    pub to: Side,
    /// Whether the links back are meant as well: `<->`.
    pub both: bool,
}

/// One end of a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Side {
    /// These members.
    Members(Members),
    /// `client A`
    Client(ClientId),
}

/// When an action is done, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Timing {
    /// `for 2s`: undone after so many microseconds.
    pub for_us: Option<u64>,
    /// When it is done; at once if nothing is said.
    pub when: Option<When>,
}

/// When something is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// `at 3s`: so many microseconds after the start of the run.
    At(u64),
    /// `after 500ms`: so many microseconds from now.
    After(u64),
}

impl Timing {
    /// The action with its timing.
    pub(super) fn of(self, action: Action, now: SimTime) -> Action {
        let action = match self.for_us {
            Some(us) => action.during(us),
            None => action,
        };
        match self.when {
            Some(When::At(us)) => action.at(SimTime(us)),
            Some(When::After(us)) => action.at(now.after(us)),
            None => action,
        }
    }
}

impl Fault {
    /// The actions, with everybody meant by it as they are now.
    pub(super) fn actions(&self, cast: &Cast<'_>) -> Result<Vec<Action>, Nobody> {
        match self {
            Fault::Members(fault, members) => {
                let members = cast.members(members)?;
                Ok(members.into_iter().map(|id| fault.action(id)).collect())
            }
            Fault::Links(fault, ends) => Ok(vec![fault.action(Links::List(ends.links(cast)?))]),
            Fault::Messages(fault, ends) => {
                let links = ends.links(cast)?;
                let flights = cast.world.flights().filter(|(_, flight)| {
                    let held = flight.is_held_by(HeldBy::Hand);
                    links.contains(&(flight.from, flight.to)) && fault.suits(held)
                });
                let actions: Vec<Action> = flights.map(|(id, _)| fault.action(id)).collect();
                match actions.is_empty() {
                    true => Err("no such message is on its way".to_owned()),
                    false => Ok(actions),
                }
            }
            Fault::ResetNetwork => Ok(vec![Action::ResetNetwork]),
        }
    }
}

impl MemberFault {
    fn action(self, member: NodeId) -> Action {
        match self {
            MemberFault::Isolate => Action::CutLinks {
                links: Links::Of(member),
            },
            MemberFault::Rejoin => Action::MendLinks {
                links: Links::Of(member),
            },
            MemberFault::Pause => Action::Pause { member },
            MemberFault::Resume => Action::Resume { member },
            MemberFault::Slow(delay_us) => Action::SlowDown { member, delay_us },
            MemberFault::ClockRate(rate) => Action::SetClockRate { member, rate },
            MemberFault::ClockJump(by_us) => Action::JumpClock { member, by_us },
            MemberFault::Disk(disk) => Action::SetDisk { member, disk },
            MemberFault::Stall => Action::StallDisk { member },
            MemberFault::Unstall => Action::ResumeDisk { member },
            MemberFault::Tear => Action::TearWrite { member },
            MemberFault::Damage(back) => Action::DamageDisk { member, back },
            MemberFault::Wipe => Action::WipeDisk { member },
        }
    }

    /// Whether it can be given for a while.
    pub(super) fn can_end(self) -> bool {
        self.action(NodeId(1)).can_end()
    }
}

impl LinkFault {
    fn action(self, links: Links) -> Action {
        match self {
            LinkFault::Cut => Action::CutLinks { links },
            LinkFault::Mend => Action::MendLinks { links },
            LinkFault::Hold => Action::HoldLinks { links },
            LinkFault::Release => Action::ReleaseLinks { links },
            LinkFault::Delay(latency_us, jitter_us) => Action::SetDelay {
                links,
                latency_us,
                jitter_us,
            },
            LinkFault::Lose(loss_ppm) => Action::SetLoss { links, loss_ppm },
            LinkFault::Duplicate(duplicate_ppm) => Action::SetDuplication {
                links,
                duplicate_ppm,
            },
        }
    }

    /// Whether it can be given for a while.
    pub(super) fn can_end(self) -> bool {
        self.action(Links::BetweenMembers).can_end()
    }
}

impl MessageFault {
    /// Whether it can be done to a message that is held, or is not held, by hand.
    fn suits(self, held: bool) -> bool {
        match self {
            MessageFault::Hold => !held,
            MessageFault::Release => held,
            MessageFault::Drop | MessageFault::Duplicate | MessageFault::Deliver => true,
        }
    }

    fn action(self, flight: FlightId) -> Action {
        match self {
            MessageFault::Drop => Action::DropMessage { flight },
            MessageFault::Hold => Action::HoldMessage { flight },
            MessageFault::Release => Action::ReleaseMessage { flight },
            MessageFault::Duplicate => Action::DuplicateMessage { flight },
            MessageFault::Deliver => Action::DeliverMessage { flight },
        }
    }

    /// Whether it can be given for a while.
    pub(super) fn can_end(self) -> bool {
        self.action(FlightId(1)).can_end()
    }
}

impl Ends {
    /// All links that are meant, each once, in the order in which they are named.
    fn links(&self, cast: &Cast<'_>) -> Result<Vec<(Address, Address)>, Nobody> {
        let (from, to) = (self.from.addresses(cast)?, self.to.addresses(cast)?);
        let mut links = Vec::new();
        for from in &from {
            for to in to.iter().filter(|to| *to != from) {
                links.push((*from, *to));
                if self.both {
                    links.push((*to, *from));
                }
            }
        }
        let mut seen = Vec::new();
        links.retain(|link| {
            let new = !seen.contains(link);
            seen.push(*link);
            new
        });
        match (links.is_empty(), from.first()) {
            (true, Some(Address::Member(id))) => {
                Err(format!("there is no link from {} to itself", name(*id)))
            }
            (true, _) => Err("clients have no links among themselves".to_owned()),
            (false, _) => Ok(links),
        }
    }
}

impl Side {
    fn addresses(&self, cast: &Cast<'_>) -> Result<Vec<Address>, Nobody> {
        match self {
            Side::Client(client) => Ok(vec![Address::Client(*client)]),
            Side::Members(members) => {
                let members = cast.members(members)?;
                Ok(members.into_iter().map(Address::Member).collect())
            }
        }
    }
}
