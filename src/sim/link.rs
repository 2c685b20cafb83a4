//! A directed link: how it treats what is sent over it.

use super::layers::{Change, FaultId, Layered};
use super::random::below_inclusive;
use super::time::SimTime;
use rand::RngExt;
use rand_pcg::Pcg32;
use serde::Serialize;

/// A million: certainty, in the parts in which probabilities are given.
pub const PPM: u32 = 1_000_000;

/// How a link treats what is sent over it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct LinkOptions {
    /// The shortest time from sending to delivery, in microseconds.
    pub latency_us: u64,
    /// Up to this much is added at random, in microseconds; messages may overtake each other.
    pub jitter_us: u64,
    /// How many of a million messages get lost. Judged when a message would be delivered.
    pub loss_ppm: u32,
    /// How many of a million messages are delivered twice, each copy with a delay of its own.
    pub duplicate_ppm: u32,
}

/// Everything that can be changed about a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LinkSettings {
    /// Delays, losses and copies.
    pub options: LinkOptions,
    /// Nothing gets through. Judged when a message would be delivered.
    pub cut: bool,
    /// What would be delivered waits at the end of the link until this is over.
    pub held: bool,
}

/// A change of one setting of a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkChange {
    /// Latency and jitter, in microseconds, of what is sent from now on.
    Delay {
        /// The latency.
        latency_us: u64,
        /// The jitter.
        jitter_us: u64,
    },
    /// How many of a million messages get lost.
    Loss(u32),
    /// How many of a million messages are doubled.
    Duplication(u32),
    /// Whether it is cut.
    Cut(bool),
    /// Whether it is held.
    Held(bool),
}

impl Change<LinkSettings> for LinkChange {
    fn apply(self, settings: &mut LinkSettings) {
        match self {
            LinkChange::Delay {
                latency_us,
                jitter_us,
            } => {
                settings.options.latency_us = latency_us;
                settings.options.jitter_us = jitter_us;
            }
            LinkChange::Loss(ppm) => settings.options.loss_ppm = ppm,
            LinkChange::Duplication(ppm) => settings.options.duplicate_ppm = ppm,
            LinkChange::Cut(cut) => settings.cut = cut,
            LinkChange::Held(held) => settings.held = held,
        }
    }

    fn same_setting(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// What a link does with a message that comes to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkVerdict {
    /// It gets through.
    Open,
    /// It is lost: the link is cut.
    Cut,
    /// It is lost by chance.
    Lost,
    /// It waits: the link is held.
    Held,
}

/// One directed link.
#[derive(Clone, Debug)]
pub struct Link {
    settings: Layered<LinkSettings, LinkChange>,
    usual: LinkOptions,
    rng: Pcg32,
}

impl Link {
    /// An open link with a random stream of its own.
    pub(super) fn new(usual: LinkOptions, rng: Pcg32) -> Link {
        let settings = LinkSettings {
            options: usual,
            ..LinkSettings::default()
        };
        Link {
            settings: Layered::new(settings),
            usual,
            rng,
        }
    }

    /// How it is set now.
    pub fn settings(&self) -> &LinkSettings {
        self.settings.now()
    }

    /// How it was set when it was laid.
    pub fn usual(&self) -> &LinkOptions {
        &self.usual
    }

    /// Whether it is as it was when it was laid.
    pub fn is_usual(&self) -> bool {
        let settings = self.settings();
        settings.options == self.usual && !settings.cut && !settings.held
    }

    /// Whether anything of a fault for a while is left.
    pub(super) fn bears(&self, fault: FaultId) -> bool {
        self.settings.bears(fault)
    }

    pub(super) fn set(&mut self, change: LinkChange) {
        self.settings.set(change);
    }

    pub(super) fn lay(&mut self, fault: FaultId, change: LinkChange) {
        self.settings.lay(fault, change);
    }

    pub(super) fn lift(&mut self, fault: FaultId) -> bool {
        self.settings.lift(fault)
    }

    /// When something that is sent now comes to the end.
    pub(super) fn arrival(&mut self, now: SimTime) -> SimTime {
        let options = self.settings.now().options;
        let delay = options
            .latency_us
            .saturating_add(below_inclusive(&mut self.rng, options.jitter_us));
        now.after(delay)
    }

    /// Whether the message that is being sent is doubled.
    pub(super) fn doubles(&mut self) -> bool {
        let ppm = self.settings.now().options.duplicate_ppm;
        ppm > 0 && self.happens(ppm)
    }

    /// What becomes of a message that is at the end now. Chance is asked last.
    pub(super) fn judge(&mut self) -> LinkVerdict {
        let settings = self.settings.now();
        let loss = settings.options.loss_ppm;
        if settings.cut {
            LinkVerdict::Cut
        } else if settings.held {
            LinkVerdict::Held
        } else if loss > 0 && self.happens(loss) {
            LinkVerdict::Lost
        } else {
            LinkVerdict::Open
        }
    }

    fn happens(&mut self, ppm: u32) -> bool {
        self.rng.random_range(0..PPM) < ppm
    }
}
