//! `quorum-headless rules`: what each rule of Raft is good for, by experiment.

use super::chaos::all_cores;
use crate::chaos::{Campaign, Case, Profile, script_for};
use crate::raft::rules::{Rule, Rules};
use std::io::{self, Write};

/// What `rules` is told.
#[derive(clap::Args, Debug)]
pub(super) struct RulesOptions {
    /// Try so many seeds for each rule at most
    #[arg(long, value_name = "N", default_value_t = 4000)]
    seeds: u64,
    /// How many steps each storm takes
    #[arg(long, value_name = "N", default_value_t = 2000)]
    events: u64,
    /// One rule only, by its name
    #[arg(value_parser = super::chaos::parse_rule)]
    rule: Option<Rule>,
}

/// The clusters that are tried, one seed each in turn: half of four members is no majority, and
/// three members have the smallest one.
const MEMBERS: [usize; 3] = [3, 4, 5];

/// Seeds of one size of cluster that are tried in a row.
const ROW: u64 = 50;

/// Rules for which storms find nothing: they are asked only when the membership changes, the
/// leadership is handed over or a snapshot is sent, which no action brings about; or it takes a
/// coincidence that does not come in thousands of seeds. tests/raft/rules.rs has a story of bare
/// nodes for each of them.
const OUT_OF_REACH: [Rule; 10] = [
    Rule::CommitWithinMatch,
    Rule::LearnersDoNotCount,
    Rule::LeaseEndsOnTransfer,
    Rule::RestartedVoterWaits,
    Rule::OneChangeAtATime,
    Rule::ChangeAfterOwnCommit,
    Rule::JointMajorities,
    Rule::ConfAtApply,
    Rule::CampaignAfterConf,
    Rule::SnapshotOnlyNewer,
];

/// What an experiment found.
struct Found {
    seeds: u64,
    what: String,
}

/// Switches off each rule in turn and looks what goes wrong.
pub(super) fn run(options: &RulesOptions, out: &mut impl Write) -> io::Result<u8> {
    let mut missing = 0;
    writeln!(
        out,
        "{:<24} {:>6}  what goes wrong without it",
        "rule", "seeds"
    )?;
    let all = Rule::ALL.into_iter();
    for rule in all.filter(|rule| options.rule.is_none_or(|only| only == *rule)) {
        let name = rule.info().name;
        if OUT_OF_REACH.contains(&rule) && options.rule.is_none() {
            writeln!(
                out,
                "{name:<24} {:>6}  found by a story: tests/raft/rules.rs",
                "-"
            )?;
            continue;
        }
        match options.experiment(rule) {
            Some(Found { seeds, what }) => writeln!(out, "{name:<24} {seeds:>6}  {what}")?,
            None => {
                missing += 1;
                writeln!(out, "{name:<24} {:>6}  nothing was found", "-")?;
            }
        }
        out.flush()?;
    }
    Ok(u8::from(missing > 0))
}

impl RulesOptions {
    fn experiment(&self, rule: Rule) -> Option<Found> {
        let rules = Rules::all().without(rule);
        match script_for(rule) {
            Some(script) => (0..self.seeds).find_map(|seed| {
                let what = script(seed, rules)?;
                let seeds = seed + 1;
                Some(Found { seeds, what })
            }),
            None => self.storms(rules),
        }
    }

    /// Random runs until one fails.
    fn storms(&self, rules: Rules) -> Option<Found> {
        let mut seeds = 0;
        let mut start = 0;
        while seeds < self.seeds {
            for members in MEMBERS {
                let campaign = Campaign {
                    case: Case {
                        seed: 0,
                        members,
                        events: self.events,
                        profile: Profile::Everything,
                        rules,
                    },
                    seeds: start..start + ROW,
                    threads: all_cores(),
                    stop_at_failure: true,
                };
                let tally = campaign.run(|_| ());
                seeds += tally.seeds;
                if let Some(finding) = tally.findings.first() {
                    let what = finding.failure.to_string();
                    return Some(Found { seeds, what });
                }
            }
            start += ROW;
        }
        None
    }
}
