//! The stories of `tests/scripts` with the hashes that their traces must have, natively and in a
//! browser alike.

use quorum::lesson::{Runner, Script, Verdict};
use quorum::timeline::Session;

/// A story and its name.
pub struct Story {
    pub name: &'static str,
    pub text: &'static str,
}

macro_rules! stories {
    ($($name:literal)*) => {
        [$(Story {
            name: $name,
            text: include_str!(concat!("../scripts/", $name, ".quorum")),
        }),*]
    };
}

/// All of them, in the order of their names.
pub fn stories() -> impl IntoIterator<Item = Story> {
    stories! {
        "crash-of-a-follower"
        "crash-of-the-leader"
        "cut-3"
        "cut-4"
        "cut-6"
        "cut-7"
        "delete"
        "fault-disks"
        "fault-links"
        "fault-messages"
        "fault-processes"
        "first-election"
        "members"
        "nine-members"
        "no-pre-vote"
        "partition-3-2"
        "read-from-any-member"
        "restart-from-disk"
        "single-member"
        "slow-network"
        "snapshot-lost"
        "snapshot-overtaken"
        "time-out-by-hand"
        "two-clients"
        "two-votes"
        "unsynced-write"
        "write-through-a-follower"
    }
}

/// The file with the hashes: a name and a hash in each line.
pub const HASHES: &str = include_str!("../scripts/hashes.txt");

/// The hash that a story's trace must have.
pub fn hash_of(name: &str) -> Option<u64> {
    let line = HASHES
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    u64::from_str_radix(line, 16).ok()
}

/// Plays a story to its end.
pub fn play(story: &Story, seed: Option<u64>) -> (Session, Verdict) {
    let script = Script::parse(story.text).expect("a story can be read");
    let mut session = script.session(seed).expect("its options make sense");
    let verdict = Runner::new(script).run(&mut session);
    (session, verdict)
}
