//! Which faults a chaos run draws from, and how often.

use std::fmt;
use std::str::FromStr;

/// A kind of weather.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Profile {
    /// Clients only; nothing fails.
    Calm,
    /// Messages are lost, doubled, held back and overtaken.
    Lossy,
    /// The network is cut, in both directions or in one, and mended.
    Partitions,
    /// Members crash, stand still, are slow, and start again.
    Crashes,
    /// Disks are slow, stand still, and are torn by crashes. (Not wiped or damaged: that is beyond
    /// what Raft can live with.)
    Disks,
    /// Clocks run fast or slow and are set. (Not beyond the drift that leases allow for, where
    /// there are leases.)
    Clocks,
    /// Members come and go, learn and are promoted, and hand the leadership over, while the network
    /// and the members fail.
    Membership,
    /// All kinds of faults at once. (The members stay the same.)
    Everything,
    /// The same with logs that are kept short: who was away needs a snapshot.
    Snapshots,
}

/// Something that a chaos run does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    TimeOut,
    Loss,
    Duplication,
    Delay,
    Hold,
    Release,
    OneMessage,
    Partition,
    Isolate,
    OneWay,
    Mend,
    Crash,
    Restart,
    Pause,
    Slow,
    Tear,
    Stall,
    SlowDisk,
    ClockRate,
    ClockJump,
    AddVoter,
    AddLearner,
    Join,
    Promote,
    Remove,
    MoveLeader,
}

/// What may be drawn, and how often in proportion to the others.
type Weights = &'static [(Kind, u32)];

const LOSSY: Weights = &[
    (Kind::Loss, 3),
    (Kind::Duplication, 3),
    (Kind::Delay, 2),
    (Kind::Hold, 2),
    (Kind::Release, 2),
    (Kind::OneMessage, 6),
    (Kind::TimeOut, 1),
];

const PARTITIONS: Weights = &[
    (Kind::Partition, 3),
    (Kind::Isolate, 3),
    (Kind::OneWay, 2),
    (Kind::Mend, 3),
    (Kind::TimeOut, 1),
];

const CRASHES: Weights = &[
    (Kind::Crash, 4),
    (Kind::Restart, 6),
    (Kind::Pause, 2),
    (Kind::Slow, 1),
    (Kind::TimeOut, 1),
];

const DISKS: Weights = &[
    (Kind::Crash, 2),
    (Kind::Tear, 2),
    (Kind::Restart, 5),
    (Kind::Stall, 2),
    (Kind::SlowDisk, 2),
    (Kind::TimeOut, 1),
];

const CLOCKS: Weights = &[
    (Kind::ClockRate, 4),
    (Kind::ClockJump, 3),
    (Kind::Isolate, 1),
    (Kind::Mend, 1),
    (Kind::TimeOut, 1),
];

const MEMBERSHIP: Weights = &[
    (Kind::AddVoter, 3),
    (Kind::AddLearner, 4),
    (Kind::Join, 12),
    (Kind::Promote, 6),
    (Kind::Remove, 5),
    (Kind::MoveLeader, 2),
    (Kind::TimeOut, 1),
];

impl Profile {
    /// All profiles, the calmest first.
    pub const ALL: [Profile; 9] = [
        Profile::Calm,
        Profile::Lossy,
        Profile::Partitions,
        Profile::Crashes,
        Profile::Disks,
        Profile::Clocks,
        Profile::Membership,
        Profile::Everything,
        Profile::Snapshots,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Calm => "calm",
            Profile::Lossy => "lossy",
            Profile::Partitions => "partitions",
            Profile::Crashes => "crashes",
            Profile::Disks => "disks",
            Profile::Clocks => "clocks",
            Profile::Membership => "membership",
            Profile::Everything => "everything",
            Profile::Snapshots => "snapshots",
        }
    }

    /// What happens: lists of weights, which count together.
    pub(super) fn faults(self) -> &'static [Weights] {
        match self {
            Profile::Calm => &[],
            Profile::Lossy => &[LOSSY],
            Profile::Partitions => &[PARTITIONS],
            Profile::Crashes => &[CRASHES],
            Profile::Disks => &[DISKS],
            Profile::Clocks => &[CLOCKS],
            Profile::Membership => &[MEMBERSHIP, LOSSY, PARTITIONS, CRASHES],
            Profile::Everything | Profile::Snapshots => {
                &[LOSSY, PARTITIONS, CRASHES, DISKS, CLOCKS]
            }
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(name: &str) -> Result<Profile, String> {
        let found = Profile::ALL
            .into_iter()
            .find(|profile| profile.name() == name);
        found.ok_or_else(|| {
            let names = Profile::ALL.map(Profile::name).join(", ");
            format!("there is no profile {name}; the profiles are {names}")
        })
    }
}
