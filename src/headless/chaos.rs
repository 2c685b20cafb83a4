//! `quorum-headless chaos`: random runs under all checkers.

use crate::chaos::{Campaign, Case, Finding, Outcome, Profile, Tally};
use crate::raft::rules::{Rule, Rules};
use crate::timeline::Saved;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::ops::Range;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// What `chaos` is told.
#[derive(clap::Args, Debug)]
pub(super) struct Chaos {
    /// The seeds to try: from the first one up to, but not including, the second
    #[arg(long, value_name = "A..B", value_parser = parse_seeds, default_value = "0..1000")]
    seeds: Range<u64>,
    /// How many steps each storm takes
    #[arg(long, value_name = "N", default_value_t = 2000)]
    events: u64,
    /// How many members the clusters start with; several numbers take turns
    #[arg(
        long,
        value_name = "M",
        value_delimiter = ',',
        default_value = "5",
        value_parser = clap::value_parser!(u64).range(1..=crate::cluster::MAX_MEMBERS as u64)
    )]
    members: Vec<u64>,
    /// What happens in the storms
    #[arg(long, value_name = "P", default_value_t = Profile::Everything)]
    profile: Profile,
    /// A rule of Raft that is switched off, by its name in `quorum-headless rules`
    #[arg(long, value_name = "RULE", value_parser = parse_rule)]
    without: Option<Rule>,
    /// How many threads to use; by default one for each core
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Where the page is, for the links to runs that fail
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080/")]
    page: String,
    /// Try all seeds, even if one fails
    #[arg(long)]
    keep_going: bool,
}

const PASSED: u8 = 0;
const FAILED: u8 = 1;

/// So many failures are told in full.
const TOLD: usize = 3;

/// Runs the campaigns, and tells what they found.
pub(super) fn run(options: &Chaos, out: &mut impl Write) -> io::Result<u8> {
    let mut failed = false;
    for members in &options.members {
        let campaign = options.campaign(*members as usize);
        let started = Instant::now();
        let tally = with_progress(&campaign);
        tell(&campaign, &tally, started.elapsed(), out)?;
        for finding in tally.findings.iter().take(TOLD) {
            tell_finding(finding, &options.page, out)?;
        }
        failed |= !tally.findings.is_empty();
    }
    Ok(if failed { FAILED } else { PASSED })
}

impl Chaos {
    fn campaign(&self, members: usize) -> Campaign {
        let rules = self
            .without
            .map_or(Rules::all(), |rule| Rules::all().without(rule));
        Campaign {
            case: Case {
                seed: 0,
                members,
                events: self.events,
                profile: self.profile,
                rules,
            },
            seeds: self.seeds.clone(),
            threads: self.threads.unwrap_or_else(all_cores),
            stop_at_failure: !self.keep_going,
        }
    }
}

/// As many threads as there are cores.
pub(super) fn all_cores() -> usize {
    available_parallelism().map_or(1, |cores| cores.get())
}

/// Runs a campaign behind a progress bar (drawn on a terminal only).
fn with_progress(campaign: &Campaign) -> Tally {
    let seeds = campaign.seeds.end.saturating_sub(campaign.seeds.start);
    let bar = ProgressBar::new(seeds);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} seeds, {per_sec}, {eta} left");
    bar.set_style(style.expect("the template is one"));
    let tally = campaign.run(|_| bar.inc(1));
    bar.finish_and_clear();
    tally
}

fn tell(
    campaign: &Campaign,
    tally: &Tally,
    took: Duration,
    out: &mut impl Write,
) -> io::Result<()> {
    let Case {
        members, profile, ..
    } = campaign.case;
    let seconds = took.as_secs_f64().max(1e-9);
    writeln!(
        out,
        "{profile}, {members} members: {} seeds, {} events in {seconds:.1} s ({:.0} seeds/s, {:.0} events/s), {} failed",
        tally.seeds,
        tally.events,
        tally.seeds as f64 / seconds,
        tally.events as f64 / seconds,
        tally.findings.len(),
    )?;
    Ok(())
}

/// Tells a failure: what, how to see it again, and the shortest run that fails so.
fn tell_finding(finding: &Finding, page: &str, out: &mut impl Write) -> io::Result<()> {
    let case = &finding.case;
    writeln!(out, "\nseed {} fails: {}", case.seed, finding.failure)?;
    writeln!(out, "  again: {}", command_line(case))?;
    let Some(shrunk) = finding.shrink() else {
        return Ok(());
    };
    tell_story(&shrunk, page, out)
}

fn tell_story(shrunk: &Outcome, page: &str, out: &mut impl Write) -> io::Result<()> {
    let story = &shrunk.story;
    let (members, deeds) = (story.options.members, story.deeds.len());
    writeln!(
        out,
        "  shrunk to {members} members, {deeds} actions, {}:",
        story.end
    )?;
    for deed in &story.deeds {
        writeln!(out, "    {}  {:?}", deed.time, deed.action)?;
    }
    if let Some(failure) = &shrunk.failure {
        writeln!(out, "    {failure}")?;
    }
    match Saved::from(shrunk.recording.clone()).to_link() {
        Ok(link) => writeln!(out, "  in the page: {page}{link}"),
        Err(error) => writeln!(out, "  in the page: {error}"),
    }
}

/// The command that plays one case.
pub(super) fn command_line(case: &Case) -> String {
    let Case {
        seed,
        members,
        events,
        profile,
        rules,
    } = case;
    let without = rules
        .switched_off()
        .map(|rule| format!(" --without {}", rule.info().name));
    format!(
        "quorum-headless chaos --seeds {seed}..{} --events {events} --members {members} --profile {profile}{}",
        seed + 1,
        without.collect::<String>()
    )
}

fn parse_seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(start, end)| {
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        (start < end).then_some(start..end)
    });
    range.ok_or_else(|| "write two numbers, the smaller one first, like 0..1000".to_owned())
}

pub(super) fn parse_rule(name: &str) -> Result<Rule, String> {
    Rule::by_name(name).ok_or_else(|| {
        let names = Rule::ALL.map(|rule| rule.info().name).join(", ");
        format!("there is no rule {name}; the rules are {names}")
    })
}
