//! Whether an action is possible.

use super::super::action::{Action, Links, MAX_DELAY_US, MAX_JUMP_US};
use super::super::action_error::ActionError;
use super::super::client::ClientId;
use super::super::member::{Member, Server};
use super::super::program::{Input, Job};
use super::super::trace::Address;
use super::World;
use super::runs::MAX_RUNS;
use crate::raft::{NodeId, Role};
use crate::sim::{ClockRate, Flight, FlightId, HeldBy, LinkSettings, PPM};
use std::collections::BTreeSet;

/// How many members there can be in the course of a run, those that were removed included.
const MAX_EVER: usize = 60;

impl World {
    /// Says whether an action is possible now.
    ///
    /// # Errors
    /// Why it is not.
    pub fn check(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::Request {
                client,
                member,
                request,
            } => {
                existing_client(*client)?;
                self.existing(*member)?;
                Ok(request.validate()?)
            }
            Action::Run {
                client, program, ..
            } => {
                existing_client(*client)?;
                program.validate()?;
                let room = self.programs().count() < MAX_RUNS;
                require(room, ActionError::TooManyRuns(MAX_RUNS))
            }
            Action::Feed { run, input } => {
                let running = self.programs().find(|running| running.run == *run);
                let program = running.ok_or(ActionError::NoSuchRun(*run))?.program;
                let reads = *input == Input::Exit || matches!(program.job, Job::Watch(_));
                require(reads, ActionError::ReadsNothing(*run))
            }
            Action::Interrupt { run } => {
                let runs = self.programs().any(|running| running.run == *run);
                require(runs, ActionError::NoSuchRun(*run))
            }
            Action::Join { member } => self.check_join(*member),
            Action::SetLoad { client, load } => {
                existing_client(*client)?;
                match load {
                    Some(load) => {
                        for member in &load.members {
                            self.existing(*member)?;
                        }
                        Ok(load.validate()?)
                    }
                    None => require(
                        self.load_of(*client).is_some(),
                        ActionError::NoLoad(*client),
                    ),
                }
            }
            Action::Crash { member } => match self.existing(*member)?.server() {
                Some(_) => Ok(()),
                None => Err(ActionError::AlreadyCrashed(*member)),
            },
            Action::Restart { member } => match self.existing(*member)?.server() {
                Some(_) => Err(ActionError::AlreadyRunning(*member)),
                None => Ok(()),
            },
            Action::TimeOutNow { member } => {
                let leads = self.awake(*member)?.node().role() == Role::Leader;
                require(!leads, ActionError::IsLeader(*member))
            }
            Action::During { action, for_us } => {
                require(action.can_end(), ActionError::CannotEnd)?;
                require(*for_us > 0, ActionError::NoTime)?;
                self.check(action)
            }
            Action::At { action, time } => self.check_plan(action, *time),
            Action::Pause { .. }
            | Action::Resume { .. }
            | Action::SlowDown { .. }
            | Action::SetClockRate { .. }
            | Action::JumpClock { .. } => self.check_process(action),
            Action::TearWrite { .. }
            | Action::DamageDisk { .. }
            | Action::WipeDisk { .. }
            | Action::StallDisk { .. }
            | Action::ResumeDisk { .. }
            | Action::SetDisk { .. } => self.check_disk(action),
            Action::DropMessage { .. }
            | Action::HoldMessage { .. }
            | Action::ReleaseMessage { .. }
            | Action::DuplicateMessage { .. }
            | Action::DeliverMessage { .. } => self.check_message(action),
            Action::Partition { .. }
            | Action::Heal
            | Action::SetDelay { .. }
            | Action::SetLoss { .. }
            | Action::SetDuplication { .. }
            | Action::CutLinks { .. }
            | Action::MendLinks { .. }
            | Action::HoldLinks { .. }
            | Action::ReleaseLinks { .. }
            | Action::ResetNetwork => self.check_network(action),
        }
    }

    /// A member joins that was added and has never been started.
    fn check_join(&self, member: NodeId) -> Result<(), ActionError> {
        require(
            self.member(member).is_none(),
            ActionError::HasStarted(member),
        )?;
        let known = self.rosters().any(|roster| roster.get(member).is_some());
        require(known, ActionError::NotAdded(member))?;
        let room = self.members.len() < MAX_EVER;
        require(room, ActionError::TooManyMembers(MAX_EVER))
    }

    fn check_process(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::Pause { member } => self.awake(*member).map(|_| ()),
            Action::Resume { member } => {
                self.running(*member)?;
                let paused = self.existing(*member)?.settings().paused;
                require(paused, ActionError::NotPaused(*member))
            }
            Action::SlowDown { member, delay_us } => {
                self.existing(*member)?;
                short_enough([*delay_us])
            }
            Action::SetClockRate { member, rate } => {
                self.existing(*member)?;
                let possible = (ClockRate::SLOWEST..=ClockRate::FASTEST).contains(rate);
                require(possible, ActionError::ClockRate(*rate))
            }
            Action::JumpClock { member, by_us } => {
                self.existing(*member)?;
                require(by_us.unsigned_abs() <= MAX_JUMP_US, ActionError::ClockJump)
            }
            _ => Ok(()),
        }
    }

    fn check_disk(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::TearWrite { member } => {
                self.running(*member)?;
                let writes = self.existing(*member)?.disk().unsynced() > 0;
                require(writes, ActionError::NothingWritten(*member))
            }
            Action::DamageDisk { member, back } => {
                let records = self.existing(*member)?.disk().durable().len();
                let member = *member;
                require(
                    *back < records,
                    ActionError::NoSuchRecord { member, records },
                )
            }
            Action::WipeDisk { member } => {
                let found = self.existing(*member)?;
                let crashed = found.server().is_none();
                require(crashed, ActionError::DiskInUse(*member))?;
                let full = !found.disk().durable().is_empty();
                require(full, ActionError::DiskIsEmpty(*member))
            }
            Action::StallDisk { member } => {
                let stalled = self.existing(*member)?.settings().stalled;
                require(!stalled, ActionError::DiskStalled(*member))
            }
            Action::ResumeDisk { member } => {
                let stalled = self.existing(*member)?.settings().stalled;
                require(stalled, ActionError::DiskNotStalled(*member))
            }
            Action::SetDisk { member, disk } => {
                self.existing(*member)?;
                short_enough([disk.write_us, disk.sync_us, disk.jitter_us])
            }
            _ => Ok(()),
        }
    }

    fn check_message(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::DropMessage { flight } | Action::DuplicateMessage { flight } => {
                self.flying(*flight).map(|_| ())
            }
            Action::HoldMessage { flight } => {
                let held = self.flying(*flight)?.is_held_by(HeldBy::Hand);
                require(!held, ActionError::MessageHeld(*flight))
            }
            Action::ReleaseMessage { flight } => {
                let held = self.flying(*flight)?.is_held_by(HeldBy::Hand);
                require(held, ActionError::MessageNotHeld(*flight))
            }
            Action::DeliverMessage { flight } => {
                let Flight { from, to, .. } = *self.flying(*flight)?;
                let cut = self.link_settings((from, to)).cut;
                require(!cut, ActionError::LinkIsCut(from, to))?;
                match to {
                    Address::Member(member) => self.running(member).map(|_| ()),
                    Address::Client(_) => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn check_network(&self, action: &Action) -> Result<(), ActionError> {
        match action {
            Action::Partition { groups } => self.check_groups(groups),
            Action::Heal => {
                let cut = self
                    .outside
                    .network
                    .links()
                    .any(|(_, link)| link.settings().cut);
                require(cut, ActionError::NothingToHeal)
            }
            Action::ResetNetwork => {
                let changed = self
                    .outside
                    .network
                    .links()
                    .any(|(_, link)| !link.is_usual());
                require(changed, ActionError::NothingToReset)
            }
            Action::SetDelay {
                links,
                latency_us,
                jitter_us,
            } => {
                self.existing_links(links)?;
                short_enough([*latency_us, *jitter_us])
            }
            Action::SetLoss {
                links,
                loss_ppm: ppm,
            }
            | Action::SetDuplication {
                links,
                duplicate_ppm: ppm,
            } => {
                self.existing_links(links)?;
                require(*ppm <= PPM, ActionError::TooProbable(*ppm))
            }
            Action::CutLinks { links } => {
                self.some_link(links, |link| !link.cut, ActionError::AlreadyCut)
            }
            Action::MendLinks { links } => {
                self.some_link(links, |link| link.cut, ActionError::NotCut)
            }
            Action::HoldLinks { links } => {
                self.some_link(links, |link| !link.held, ActionError::AlreadyHeld)
            }
            Action::ReleaseLinks { links } => {
                self.some_link(links, |link| link.held, ActionError::NotHeld)
            }
            _ => Ok(()),
        }
    }

    fn check_groups(&self, groups: &[Vec<NodeId>]) -> Result<(), ActionError> {
        let mut named = BTreeSet::new();
        for id in groups.iter().flatten() {
            self.existing(*id)?;
            require(named.insert(*id), ActionError::InTwoGroups(*id))?;
        }
        let rest = usize::from(named.len() < self.members.len());
        let sides = groups.iter().filter(|group| !group.is_empty()).count() + rest;
        require(sides >= 2, ActionError::OneSided)
    }

    fn existing(&self, id: NodeId) -> Result<&Member, ActionError> {
        self.member(id)
            .ok_or(ActionError::NoSuchMember(id, self.members.len()))
    }

    fn running(&self, id: NodeId) -> Result<&Server, ActionError> {
        let server = self.existing(id)?.server();
        server.ok_or(ActionError::NotRunning(id))
    }

    /// A process that runs and is not paused.
    fn awake(&self, id: NodeId) -> Result<&Server, ActionError> {
        let server = self.running(id)?;
        let paused = self.existing(id)?.settings().paused;
        require(!paused, ActionError::IsPaused(id))?;
        Ok(server)
    }

    fn flying(&self, id: FlightId) -> Result<&Flight<Address, super::Parcel>, ActionError> {
        let flight = self.outside.network.flight(id);
        flight.ok_or(ActionError::NoSuchMessage(id))
    }

    /// All named links are possible ones, and there is at least one.
    fn existing_links(&self, links: &Links) -> Result<Vec<(Address, Address)>, ActionError> {
        if let Links::Of(id) | Links::From(id) | Links::To(id) = links {
            self.existing(*id)?;
        }
        let ends = self.ends_of(links);
        require(!ends.is_empty(), ActionError::NoLinks)?;
        for (from, to) in &ends {
            for end in [from, to] {
                match end {
                    Address::Member(id) => self.existing(*id).map(|_| ())?,
                    Address::Client(id) => existing_client(*id)?,
                }
            }
            let member = matches!(from, Address::Member(_)) || matches!(to, Address::Member(_));
            require(member && from != to, ActionError::NoSuchLink(*from, *to))?;
        }
        Ok(ends)
    }

    /// At least one of the links is like this.
    fn some_link(
        &self,
        links: &Links,
        like_this: impl Fn(LinkSettings) -> bool,
        error: ActionError,
    ) -> Result<(), ActionError> {
        let ends = self.existing_links(links)?;
        let any = ends.iter().any(|ends| like_this(self.link_settings(*ends)));
        require(any, error)
    }

    /// How a link is set; one that is not laid yet is open.
    fn link_settings(&self, (from, to): (Address, Address)) -> LinkSettings {
        let link = self.outside.network.link(from, to);
        link.map_or_else(LinkSettings::default, |link| *link.settings())
    }
}

fn existing_client(id: ClientId) -> Result<(), ActionError> {
    require(id.0 < ClientId::COUNT, ActionError::NoSuchClient(id))
}

fn short_enough<const N: usize>(delays_us: [u64; N]) -> Result<(), ActionError> {
    match delays_us.into_iter().find(|us| *us > MAX_DELAY_US) {
        Some(us) => Err(ActionError::TooSlow(us)),
        None => Ok(()),
    }
}

pub(super) fn require(fulfilled: bool, error: ActionError) -> Result<(), ActionError> {
    if fulfilled { Ok(()) } else { Err(error) }
}
