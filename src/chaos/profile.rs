//! Which faults a chaos run draws from, and how often.

use std::fmt;
use std::str::FromStr;

/// A kind of weather.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Profile {
    /// Clients only; nothing fails.
    Calm,
    /// The network splits in two, and heals.
    Partitions,
    /// Members crash, and start again.
    Crashes,
    /// All of it.
    Everything,
}

/// Something that a chaos run does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Crash,
    Restart,
    Partition,
    Isolate,
    Heal,
    TimeOut,
}

impl Profile {
    /// All profiles, the calmest first.
    pub const ALL: [Profile; 4] = [
        Profile::Calm,
        Profile::Partitions,
        Profile::Crashes,
        Profile::Everything,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Calm => "calm",
            Profile::Partitions => "partitions",
            Profile::Crashes => "crashes",
            Profile::Everything => "everything",
        }
    }

    /// What happens, and how often in proportion to each other.
    pub(super) fn faults(self) -> &'static [(Kind, u32)] {
        match self {
            Profile::Calm => &[],
            Profile::Partitions => &[
                (Kind::Partition, 3),
                (Kind::Isolate, 3),
                (Kind::Heal, 3),
                (Kind::TimeOut, 1),
            ],
            Profile::Crashes => &[(Kind::Crash, 4), (Kind::Restart, 6), (Kind::TimeOut, 1)],
            Profile::Everything => &[
                (Kind::Crash, 4),
                (Kind::Restart, 6),
                (Kind::Partition, 2),
                (Kind::Isolate, 2),
                (Kind::Heal, 3),
                (Kind::TimeOut, 2),
            ],
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
