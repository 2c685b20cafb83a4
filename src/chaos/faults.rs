//! Faults, drawn at random.

use super::case::Case;
use super::membership::change;
use super::profile::Kind;
use crate::cluster::{Action, Links, World};
use crate::raft::{NodeId, ReadMode, Role};
use crate::sim::{ClockRate, DiskOptions, FlightId};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_pcg::Pcg32;

/// The longest time after which a fault that is given for a while ends, in microseconds.
const LONGEST_US: u64 = 1_000_000;

/// Draws faults by the weights of a profile.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    rng: Pcg32,
    weights: &'static [&'static [(Kind, u32)]],
}

impl Faults {
    pub fn new(case: &Case) -> Faults {
        Faults {
            rng: case.stream("chaos faults"),
            weights: case.profile.faults(),
        }
    }

    /// What goes wrong now. It may be impossible.
    pub fn draw(&mut self, world: &World) -> Option<Action> {
        let kind = self.kind()?;
        let action = self.action(kind, world)?;
        // Half of what can end by itself does.
        if action.can_end() && self.rng.random_ratio(1, 2) {
            let for_us = self.rng.random_range(1_000..LONGEST_US);
            return Some(action.during(for_us));
        }
        Some(action)
    }

    /// Starts a member that is down, if there is one.
    pub fn restart(&self, world: &World) -> Option<Action> {
        let down = world.members().find(|member| member.server().is_none())?;
        Some(Action::Restart { member: down.id() })
    }

    fn kind(&mut self) -> Option<Kind> {
        let all = || self.weights.iter().copied().flatten();
        let total: u32 = all().map(|(_, weight)| weight).sum();
        if total == 0 {
            return None;
        }
        let mut draw = self.rng.random_range(0..total);
        for (kind, weight) in all() {
            match draw.checked_sub(*weight) {
                Some(rest) => draw = rest,
                None => return Some(*kind),
            }
        }
        None
    }

    fn action(&mut self, kind: Kind, world: &World) -> Option<Action> {
        let member = self.victim(world);
        Some(match kind {
            Kind::TimeOut => {
                let member = self.follower(world)?;
                Action::TimeOutNow { member }
            }
            Kind::Loss => Action::SetLoss {
                links: self.links(world),
                loss_ppm: self.rng.random_range(0..400_000),
            },
            Kind::Duplication => Action::SetDuplication {
                links: self.links(world),
                duplicate_ppm: self.rng.random_range(0..400_000),
            },
            Kind::Delay => Action::SetDelay {
                links: self.links(world),
                latency_us: self.rng.random_range(0..40_000),
                jitter_us: self.rng.random_range(0..40_000),
            },
            Kind::Hold => Action::HoldLinks {
                links: self.links(world),
            },
            Kind::Release => Action::ReleaseLinks {
                links: Links::BetweenMembers,
            },
            Kind::OneMessage => return self.one_message(world),
            Kind::Partition => self.partition(world),
            Kind::Isolate => Action::CutLinks {
                links: Links::Of(member),
            },
            Kind::OneWay => Action::CutLinks {
                links: self.links(world),
            },
            Kind::Mend => self.mend(world),
            Kind::Crash | Kind::Tear => self.crash(kind, member, world),
            Kind::Restart => return self.restart(world),
            Kind::Pause => {
                Action::Pause { member }.during(self.rng.random_range(1_000..LONGEST_US))
            }
            Kind::Slow => Action::SlowDown {
                member,
                delay_us: self.rng.random_range(0..10_000),
            },
            Kind::Stall => {
                Action::StallDisk { member }.during(self.rng.random_range(1_000..LONGEST_US))
            }
            Kind::SlowDisk => Action::SetDisk {
                member,
                disk: self.disk(),
            },
            Kind::ClockRate => self.clock_rate(member, world),
            Kind::ClockJump => return self.clock_jump(member, world),
            Kind::AddVoter
            | Kind::AddLearner
            | Kind::Join
            | Kind::Promote
            | Kind::Remove
            | Kind::MoveLeader => return change(kind, &mut self.rng, world),
        })
    }

    /// Any member.
    fn member(&mut self, world: &World) -> NodeId {
        let ids: Vec<NodeId> = world.members().map(|member| member.id()).collect();
        *ids.choose(&mut self.rng).expect("a cluster has members")
    }

    /// A member, by preference the leader: that hurts most.
    fn victim(&mut self, world: &World) -> NodeId {
        match world.leader() {
            Some(leader) if self.rng.random_ratio(1, 2) => leader.id(),
            _ => self.member(world),
        }
    }

    fn links(&mut self, world: &World) -> Links {
        let member = self.victim(world);
        match self.rng.random_range(0..4) {
            0 => Links::BetweenMembers,
            1 => Links::Of(member),
            2 => Links::From(member),
            _ => Links::To(member),
        }
    }

    /// Something happens to a single message that is on its way.
    fn one_message(&mut self, world: &World) -> Option<Action> {
        let flights: Vec<FlightId> = world.flights().map(|(flight, _)| flight).collect();
        let flight = *flights.choose(&mut self.rng)?;
        Some(match self.rng.random_range(0..5) {
            0 => Action::DropMessage { flight },
            1 => Action::HoldMessage { flight },
            2 => Action::ReleaseMessage { flight },
            3 => Action::DuplicateMessage { flight },
            _ => Action::DeliverMessage { flight },
        })
    }

    fn partition(&mut self, world: &World) -> Action {
        let ids = world.members().map(|member| member.id());
        let group = ids.filter(|_| self.rng.random_ratio(1, 2)).collect();
        Action::Partition {
            groups: vec![group],
        }
    }

    fn mend(&mut self, world: &World) -> Action {
        if self.rng.random_ratio(1, 2) {
            return Action::Heal;
        }
        Action::MendLinks {
            links: self.links(world),
        }
    }

    /// Crashes a member. That a majority is down at once is rarer: then nothing goes on.
    fn crash(&mut self, kind: Kind, member: NodeId, world: &World) -> Action {
        let all = world.members().count();
        let down = world.members().filter(|member| member.server().is_none());
        let too_many = (down.count() + 1) * 2 > all;
        match (self.restart(world), kind) {
            (Some(restart), _) if too_many && self.rng.random_ratio(4, 5) => restart,
            (_, Kind::Tear) => Action::TearWrite { member },
            _ => Action::Crash { member },
        }
    }

    fn disk(&mut self) -> DiskOptions {
        DiskOptions {
            write_us: self.rng.random_range(0..2_000),
            sync_us: self.rng.random_range(0..20_000),
            jitter_us: self.rng.random_range(0..20_000),
        }
    }

    /// Leases allow for clocks that differ by a tenth. Without leases Raft is safe by any clock.
    fn clock_rate(&mut self, member: NodeId, world: &World) -> Action {
        let most = if has_leases(world) { 45_000 } else { 500_000 };
        let rate = ClockRate(self.rng.random_range(-most..=most));
        Action::SetClockRate { member, rate }
    }

    /// No lease survives a clock that is set.
    fn clock_jump(&mut self, member: NodeId, world: &World) -> Option<Action> {
        let by_us = self.rng.random_range(-300_000..=300_000);
        (!has_leases(world)).then_some(Action::JumpClock { member, by_us })
    }

    fn follower(&mut self, world: &World) -> Option<NodeId> {
        let ids = world.members().filter(|member| {
            let role = member.server().map(|server| server.node().role());
            role.is_some_and(|role| role != Role::Leader)
        });
        let ids: Vec<NodeId> = ids.map(|member| member.id()).collect();
        ids.choose(&mut self.rng).copied()
    }
}

fn has_leases(world: &World) -> bool {
    world.options().raft.read_mode == ReadMode::LeaseBased
}
