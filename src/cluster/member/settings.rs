//! What can be changed about a member from outside, and what a change does to it.

use super::{Alarm, Effect, Member};
use crate::cluster::world::Out;
use crate::sim::{Change, ClockRate, DiskOptions, FaultId, SimTime};

/// How a member is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemberSettings {
    /// How fast its disk is.
    pub disk: DiskOptions,
    /// Whether its disk stands still.
    pub stalled: bool,
    /// Whether its process is paused.
    pub paused: bool,
    /// How long its process needs for everything that it takes in, in microseconds.
    pub delay_us: u64,
    /// How fast its clock runs.
    pub clock: ClockRate,
}

impl MemberSettings {
    /// A member that nothing is wrong with.
    pub(super) fn new(disk: DiskOptions) -> MemberSettings {
        MemberSettings {
            disk,
            stalled: false,
            paused: false,
            delay_us: 0,
            clock: ClockRate::default(),
        }
    }
}

/// A change of one setting.
#[derive(Clone, Copy, Debug)]
pub(in crate::cluster) enum MemberChange {
    Disk(DiskOptions),
    Stalled(bool),
    Paused(bool),
    Delay(u64),
    Clock(ClockRate),
}

impl Change<MemberSettings> for MemberChange {
    fn apply(self, settings: &mut MemberSettings) {
        match self {
            MemberChange::Disk(disk) => settings.disk = disk,
            MemberChange::Stalled(stalled) => settings.stalled = stalled,
            MemberChange::Paused(paused) => settings.paused = paused,
            MemberChange::Delay(delay_us) => settings.delay_us = delay_us,
            MemberChange::Clock(rate) => settings.clock = rate,
        }
    }

    fn same_setting(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

impl Member {
    /// Changes a setting: for good, or until the fault ends.
    pub(in crate::cluster) fn change(
        &mut self,
        now: SimTime,
        change: MemberChange,
        fault: Option<FaultId>,
        out: &mut Out,
    ) {
        match fault {
            Some(fault) => self.settings.lay(fault, change),
            None => self.settings.set(change),
        }
        self.settle(now, out);
    }

    /// Ends what a fault changed. `false` if there is nothing left of it.
    pub(in crate::cluster) fn lift(&mut self, now: SimTime, fault: FaultId, out: &mut Out) -> bool {
        let lifted = self.settings.lift(fault);
        if lifted {
            self.settle(now, out);
        }
        lifted
    }

    /// Whether anything of a fault is left.
    pub(in crate::cluster) fn bears(&self, fault: FaultId) -> bool {
        self.settings.bears(fault)
    }

    /// The clock is set.
    pub(in crate::cluster) fn jump_clock(&mut self, now: SimTime, by_us: i64) {
        self.clock.jump(now, by_us);
    }

    /// Makes everything as it is set.
    fn settle(&mut self, now: SimTime, out: &mut Out) {
        let settings = *self.settings.now();
        self.disk.set_options(settings.disk);
        if settings.stalled {
            self.disk.stall(now);
        } else if self.disk.is_stalled() {
            self.disk.resume(now);
            self.await_sync(out);
        }
        if settings.clock != self.clock.rate() {
            self.clock.set_rate(now, settings.clock);
        }
        self.settle_process(now, out);
    }

    fn settle_process(&mut self, now: SimTime, out: &mut Out) {
        let settings = *self.settings.now();
        let Some(server) = &mut self.server else {
            return;
        };
        if settings.paused {
            server.inbox.stop();
        } else if server.inbox.is_stopped() {
            // Whatever the clock has skipped comes first.
            server.inbox.go_on();
            self.wake(now, out);
            self.await_turn(now, out);
        }
    }

    /// Asks to be called when the process has time for what waits first.
    pub(super) fn await_turn(&mut self, now: SimTime, out: &mut Out) {
        let delay = self.settings.now().delay_us;
        if let Some(server) = &mut self.server
            && let Some(turn) = server.inbox.next_turn(now.after(delay))
        {
            out.push(Effect::Alarm(turn, Alarm::TakeIn));
        }
    }
}
