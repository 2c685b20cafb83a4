//! What one chaos run is made from.

use super::profile::Profile;
use crate::cluster::WorldOptions;
use crate::raft::rules::{Rule, Rules};
use crate::raft::{Options, ReadMode};
use crate::sim::{DiskOptions, LinkOptions, stream};
use rand::RngExt;
use rand_pcg::Pcg32;

/// All that a chaos run depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Case {
    /// The seed of the world, of its options and of everything that is done to it.
    pub seed: u64,
    /// How many members the cluster starts with.
    pub members: usize,
    /// How many steps the storm takes.
    pub events: u64,
    /// What happens in it.
    pub profile: Profile,
    /// The rules of Raft that are in force.
    pub rules: Rules,
}

impl Case {
    /// The options of the world. They differ from seed to seed in everything that Raft must be
    /// able to live with: whether members ask before they campaign, how reads are confirmed, how
    /// much a message carries, how fast network and disks are.
    pub fn options(&self) -> WorldOptions {
        let mut rng = self.stream("chaos options");
        let mut options = WorldOptions::with_members(self.members);
        options.raft = Options {
            rules: self.rules,
            ..options.raft
        };
        if self.profile != Profile::Calm {
            options.raft = vary_raft(options.raft, &mut rng);
            options.raft = where_it_matters(options.raft);
            // A member that comes says its name through the log, and it does not lead.
            options.raft.forward_proposals |= self.profile == Profile::Membership;
            options.network = LinkOptions {
                latency_us: rng.random_range(500..=10_000),
                jitter_us: rng.random_range(0..=20_000),
                ..LinkOptions::default()
            };
            options.disk = DiskOptions {
                write_us: rng.random_range(0..=1_000),
                sync_us: rng.random_range(100..=8_000),
                jitter_us: rng.random_range(0..=8_000),
            };
        }
        if self.profile == Profile::Snapshots {
            options.raft.compaction_distance = rng.random_range(1..=30);
            // Whoever gets the entry of its own request in a snapshot cannot answer it; in the calm nobody is that late.
            options.raft.compaction_tail = rng.random_range(10..=20);
        }
        options
    }

    /// A random stream of the run.
    pub(super) fn stream(&self, kind: &str) -> Pcg32 {
        stream(self.seed, kind, [self.members as u64, self.profile as u64])
    }
}

fn vary_raft(options: Options, rng: &mut Pcg32) -> Options {
    let check_quorum = rng.random_ratio(3, 4);
    let leases = check_quorum && rng.random_ratio(1, 4);
    Options {
        pre_vote: rng.random_ratio(1, 2),
        check_quorum,
        read_mode: if leases {
            ReadMode::LeaseBased
        } else {
            ReadMode::Safe
        },
        max_bytes_per_message: rng.random_range(1..=200),
        max_inflight_messages: rng.random_range(1..=8),
        max_uncommitted_bytes: rng.random_range(200..=20_000),
        forward_proposals: rng.random_ratio(9, 10),
        ..options
    }
}

/// A rule that is switched off makes a difference only where it would be asked.
fn where_it_matters(options: Options) -> Options {
    let off = |rules: &[Rule]| rules.iter().any(|rule| !options.rules.on(*rule));
    if off(&[
        Rule::BoundedLease,
        Rule::LeaseEndsOnTransfer,
        Rule::RestartedVoterWaits,
    ]) {
        return Options {
            check_quorum: true,
            read_mode: ReadMode::LeaseBased,
            ..options
        };
    }
    if off(&[Rule::ReadFreshRound]) {
        return Options {
            read_mode: ReadMode::Safe,
            ..options
        };
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_differ_from_seed_to_seed_and_always_make_sense() {
        let case = |seed| Case {
            seed,
            members: 5,
            events: 0,
            profile: Profile::Everything,
            rules: Rules::all(),
        };
        for seed in 0..500 {
            let options = case(seed).options();
            assert_eq!(options.validate(), Ok(()), "seed {seed}");
            assert_eq!(options, case(seed).options());
        }
        assert_ne!(case(1).options(), case(2).options());
    }
}
