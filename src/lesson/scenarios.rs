//! The scenarios of the page: ready-made scripts, each with a title and a paragraph in the catalogue.

use crate::words::{Key, key};

/// A ready-made script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// Its name, for links and tests.
    pub name: &'static str,
    /// Its title in the catalogue.
    pub title: Key,
    /// Its paragraph there.
    pub text: Key,
    /// The script.
    pub script: &'static str,
    /// How it goes: the code of its run, and then for each statement and for the end how many steps and microseconds
    /// after the one before it begins. `view::scenario` reads it, and its tests write it.
    pub played: &'static str,
}

macro_rules! scenarios {
    ($($name:literal, $title:literal, $text:literal;)*) => {
        /// All scenarios, in the order in which a course would show them.
        pub const SCENARIOS: &[Scenario] = &[$(Scenario {
            name: $name,
            title: key!($title),
            text: key!($text),
            script: include_str!(concat!("scenarios/", $name, ".quorum")),
            played: include_str!(concat!("scenarios/", $name, ".played")),
        }),*];
    };
}

scenarios! {
    "first-election", "scenario.first-election.title", "scenario.first-election.text";
    "write-through-a-follower", "scenario.write-through-a-follower.title", "scenario.write-through-a-follower.text";
    "majority-commit", "scenario.majority-commit.title", "scenario.majority-commit.text";
    "leader-crash", "scenario.leader-crash.title", "scenario.leader-crash.text";
    "return-and-catch-up", "scenario.return-and-catch-up.title", "scenario.return-and-catch-up.text";
    "two-writes-at-once", "scenario.two-writes-at-once.title", "scenario.two-writes-at-once.text";
    "five-three-two", "scenario.five-three-two.title", "scenario.five-three-two.text";
    "six-four-two", "scenario.six-four-two.title", "scenario.six-four-two.text";
    "six-three-three", "scenario.six-three-three.title", "scenario.six-three-three.text";
    "two-members", "scenario.two-members.title", "scenario.two-members.text";
    "split-vote", "scenario.split-vote.title", "scenario.split-vote.text";
    "figure-7", "scenario.figure-7.title", "scenario.figure-7.text";
    "figure-8", "scenario.figure-8.title", "scenario.figure-8.text";
    "away-too-long", "scenario.away-too-long.title", "scenario.away-too-long.text";
    "disruptive-member", "scenario.disruptive-member.title", "scenario.disruptive-member.text";
    "disruptive-member-with-pre-vote", "scenario.disruptive-member-with-pre-vote.title", "scenario.disruptive-member-with-pre-vote.text";
    "stale-read", "scenario.stale-read.title", "scenario.stale-read.text";
    "slow-disk-power-failure", "scenario.slow-disk-power-failure.title", "scenario.slow-disk-power-failure.text";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::{Runner, Script, Verdict};

    #[test]
    fn every_scenario_runs_to_its_end_with_its_expectations_true() {
        let mut wrong = Vec::new();
        for scenario in SCENARIOS {
            match Script::parse(scenario.script) {
                Err(errors) => wrong.push(format!("{}: {errors}", scenario.name)),
                Ok(script) => {
                    let runner = Runner::new(script);
                    let mut session = runner.script().session(None).expect("valid options");
                    let verdict = { runner }.run(&mut session);
                    if !matches!(verdict, Verdict::Passed) {
                        wrong.push(format!("{}: {verdict:?}", scenario.name));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
