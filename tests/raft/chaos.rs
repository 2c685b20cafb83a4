//! Random runs with everything that can go wrong, under the properties of the paper's Figure 3.
//!
//! The checks look on from outside: they share nothing with the protocol but its types.

use crate::cluster::*;
use ::quorum::raft::rules::{Rule, Rules};
use ::quorum::raft::*;
use bytes::Bytes;
use rand::RngExt;
use rand_pcg::Pcg32;
use std::collections::BTreeMap;

/// A cluster, a source of accidents, and what was seen.
pub struct Chaos {
    pub cluster: Cluster,
    rng: Pcg32,
    kinds: Kinds,
    /// The leader of each term.
    leaders: BTreeMap<Term, NodeId>,
    /// Every committed entry, and the term in which it was first seen to be committed.
    committed: Vec<(Entry, Term)>,
    /// For each read under way: what had been applied somewhere when it began.
    reads: BTreeMap<(NodeId, u64), Index>,
    next_number: u64,
    steps: u64,
    /// How many reads and commits there were: a run that does nothing shows nothing.
    pub answered: usize,
}

/// Which accidents happen.
#[derive(Clone, Copy)]
pub struct Kinds {
    pub crashes: bool,
    pub losses: bool,
    pub membership: bool,
    pub compaction: bool,
    /// Clocks go at one pace, as leases need.
    pub even_clocks: bool,
}

pub const EVERYTHING: Kinds = Kinds {
    crashes: true,
    losses: true,
    membership: true,
    compaction: true,
    even_clocks: false,
};

impl Chaos {
    pub fn new(seed: u64, voters: u64, options: Options, kinds: Kinds) -> Chaos {
        let mut cluster = Cluster::new(voters, options.clone());
        cluster.auto_sync = false;
        if kinds.membership {
            for number in voters + 1..=voters + 2 {
                cluster.add(
                    id(number),
                    options.clone(),
                    Stored::new(ConfState::default()),
                );
            }
        }
        Chaos {
            cluster,
            rng: Pcg32::new(seed, 1),
            kinds,
            leaders: BTreeMap::new(),
            committed: Vec::new(),
            reads: BTreeMap::new(),
            next_number: 0,
            steps: 0,
            answered: 0,
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn some_id(&mut self) -> NodeId {
        id(self.rng.random_range(1..=self.cluster.members.len() as u64))
    }

    /// One random thing happens. An error names the property that is broken.
    pub fn step(&mut self) -> Result<(), String> {
        let who = self.some_id();
        match self.rng.random_range(0..1000) {
            0..400 => {
                self.deliver();
                self.deliver();
            }
            400..650 => {
                self.cluster.process_ready(who);
            }
            650..800 => {
                self.cluster.sync_one(who);
            }
            800..920 => self.tick(who),
            920..960 => self.propose(who),
            960..985 => self.read(who),
            985..988 => self.accident(who),
            988..990 => self.partition(),
            990..995 => self.change(who),
            _ => self.compact(who),
        }
        self.check()
    }

    fn deliver(&mut self) {
        let len = self.cluster.network.len();
        if len == 0 {
            return;
        }
        let place = if self.chance(70) {
            0
        } else {
            self.rng.random_range(0..len)
        };
        let envelope = self.cluster.network.remove(place).expect("in range");
        if self.kinds.losses && self.chance(3) {
            return;
        }
        if self.kinds.losses && self.chance(3) {
            self.cluster.network.push_back(envelope.clone());
        }
        self.cluster.deliver(envelope);
    }

    fn tick(&mut self, who: NodeId) {
        let ticks = self.rng.random_range(1..4);
        let even = self.kinds.even_clocks;
        for (id, member) in &mut self.cluster.members {
            if let Some(node) = &mut member.node
                && (even || *id == who)
            {
                node.tick(ticks);
            }
        }
    }

    fn propose(&mut self, who: NodeId) {
        self.next_number += 1;
        let data = Bytes::from(format!("{}", self.next_number));
        if let Some(node) = &mut self.cluster.member(who.0).node {
            let _ = node.propose(data);
        }
    }

    fn read(&mut self, who: NodeId) {
        self.next_number += 1;
        let number = self.next_number;
        let applied = |member: &Member| member.node.as_ref().map(Node::applied_index);
        let seen = self.cluster.members.values().filter_map(applied).max();
        if let Some(node) = &mut self.cluster.member(who.0).node
            && node.read_index(number).is_ok()
        {
            self.reads.insert((who, number), seen.unwrap_or_default());
        }
    }

    fn accident(&mut self, who: NodeId) {
        let crashed = self.cluster.member(who.0).node.is_none();
        if crashed || (self.kinds.crashes && self.chance(60)) {
            self.cluster.restart(who.0);
        } else if self.kinds.crashes {
            self.cluster.crash(who.0);
        }
    }

    fn partition(&mut self) {
        self.cluster.heal();
        if self.kinds.losses && self.chance(60) {
            let who = self.some_id().0;
            let other = self.some_id().0;
            self.cluster.isolate(&[who, other]);
        }
    }

    fn change(&mut self, who: NodeId) {
        let kind = self.rng.random_range(0..6);
        let target = self.some_id();
        let other = self.some_id();
        let Some(node) = &mut self.cluster.member(who.0).node else {
            return;
        };
        if kind == 0 {
            return node.transfer_leader(target);
        }
        if !self.kinds.membership {
            return;
        }
        let step = |id: NodeId, kind| match kind {
            1 | 2 => ConfChangeStep::AddVoter(id),
            3 => ConfChangeStep::AddLearner(id),
            _ => ConfChangeStep::Remove(id),
        };
        let mut change = ConfChange::single(step(target, kind));
        if self.rng.random_range(0..2) == 0 {
            change.changes.push(step(other, 1));
        }
        let _ = node.propose_conf_change(change);
    }

    fn compact(&mut self, who: NodeId) {
        if self.kinds.compaction
            && let Some(node) = &mut self.cluster.member(who.0).node
        {
            let _ = node.compact(node.applied_index(), Image::default());
        }
    }

    /// The properties of Figure 3, and that reads are linearizable.
    fn check(&mut self) -> Result<(), String> {
        for (id, member) in &mut self.cluster.members {
            let Some(node) = &member.node else { continue };
            check_commits(&mut self.committed, node)?;
            if node.role() == Role::Leader {
                let leader = *self.leaders.entry(node.term()).or_insert(*id);
                if leader != *id {
                    return Err(format!(
                        "Election Safety: {leader} and {id} lead {}",
                        node.term()
                    ));
                }
                check_leader(&self.committed, node)?;
            }
            for state in std::mem::take(&mut member.reads) {
                let seen = self.reads.get(&(*id, state.read.id));
                self.answered += 1;
                if seen.is_some_and(|seen| state.index < *seen) {
                    return Err(format!("Linearizable Reads: {state:?} misses {seen:?}"));
                }
            }
            if let Some(Event::Nonsense { from, reason }) =
                member.events.drain(..).find(is_nonsense)
            {
                return Err(format!("{id} got nonsense from {from}: {reason:?}"));
            }
        }
        // The dearest check is not made after every step: logs that differ stay so for a while.
        self.steps += 1;
        if self.steps.is_multiple_of(16) {
            self.check_log_matching()?;
        }
        Ok(())
    }

    /// If two logs hold an entry with the same index and term, they agree up to there.
    fn check_log_matching(&self) -> Result<(), String> {
        let nodes = || {
            self.cluster
                .members
                .values()
                .filter_map(|m| m.node.as_ref())
        };
        for one in nodes() {
            for other in nodes().filter(|other| other.id() > one.id()) {
                let first = one.first_index().max(other.first_index());
                let last = one.last_index().min(other.last_index());
                let mut agreed = false;
                for index in (first.0..=last.0).rev().map(Index) {
                    let same = one.entry(index) == other.entry(index);
                    let same_term = one.term_at(index) == other.term_at(index);
                    if (agreed || same_term) && !same {
                        return Err(format!(
                            "Log Matching: {} {} at {index}",
                            one.id(),
                            other.id()
                        ));
                    }
                    agreed |= same_term;
                }
            }
        }
        Ok(())
    }

    pub fn commits(&self) -> usize {
        self.committed.len()
    }
}

fn is_nonsense(event: &Event) -> bool {
    matches!(event, Event::Nonsense { .. })
}

/// What this node believes to be committed is what everybody else believes.
fn check_commits(committed: &mut Vec<(Entry, Term)>, node: &Node) -> Result<(), String> {
    let from = Index(node.commit_index().0.saturating_sub(30)).max(node.first_index());
    for entry in node.entries(from..=node.commit_index()) {
        let place = entry.index.0 as usize - 1;
        match committed.get(place) {
            Some((known, _)) if known == entry => {}
            Some((known, _)) => {
                return Err(format!(
                    "State Machine Safety: {known:?} and {entry:?} on {}",
                    node.id()
                ));
            }
            None if place == committed.len() => committed.push((entry.clone(), node.term())),
            None => {}
        }
    }
    Ok(())
}

/// A leader holds everything that was committed in earlier terms.
fn check_leader(committed: &[(Entry, Term)], node: &Node) -> Result<(), String> {
    for (entry, term) in committed.iter().rev().take(30) {
        let compacted = entry.index < node.first_index();
        if *term < node.term() && !compacted && node.entry(entry.index) != Some(entry) {
            return Err(format!(
                "Leader Completeness: {} lacks {entry:?}",
                node.id()
            ));
        }
    }
    Ok(())
}

/// Runs until the first broken property.
pub fn run(
    seed: u64,
    voters: u64,
    options: Options,
    kinds: Kinds,
    steps: u32,
) -> Result<Chaos, String> {
    let mut chaos = Chaos::new(seed, voters, options, kinds);
    for number in 0..steps {
        chaos
            .step()
            .map_err(|e| format!("seed {seed}, step {number}: {e}"))?;
    }
    Ok(chaos)
}

fn small() -> Options {
    Options {
        max_inflight_messages: 4,
        max_bytes_per_message: 8,
        compaction_tail: 3,
        election_timeout: 20,
        election_timeout_max: 40,
        heartbeat_interval: 3,
        ..options()
    }
}

fn must_hold(seeds: std::ops::Range<u64>, voters: u64, options: &Options, kinds: Kinds) {
    let (mut commits, mut answered) = (0, 0);
    // For a long night: CHAOS_FACTOR=100 cargo test --no-default-features --test raft chaos
    let factor = std::env::var("CHAOS_FACTOR").map_or(1, |f| f.parse().expect("a number"));
    let seeds = seeds.start..seeds.start + (seeds.end - seeds.start) * factor;
    for seed in seeds {
        match run(seed, voters, options.clone(), kinds, 5_000) {
            Ok(chaos) => {
                commits += chaos.commits();
                answered += chaos.answered;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(commits > 100, "only {commits} commits");
    assert!(answered > 20, "only {answered} reads");
}

#[test]
fn properties_hold_in_random_runs_of_three() {
    must_hold(0..10, 3, &small(), EVERYTHING);
}

#[test]
fn properties_hold_in_random_runs_of_five() {
    must_hold(100..105, 5, &small(), EVERYTHING);
}

#[test]
fn properties_hold_without_pre_vote_and_check_quorum() {
    let options = Options {
        pre_vote: false,
        check_quorum: false,
        ..small()
    };
    must_hold(200..208, 3, &options, EVERYTHING);
}

#[test]
fn properties_hold_with_leases_while_the_clocks_are_even() {
    let options = Options {
        read_mode: ReadMode::LeaseBased,
        election_timeout: 60,
        election_timeout_max: 120,
        heartbeat_interval: 8,
        ..small()
    };
    let kinds = Kinds {
        even_clocks: true,
        ..EVERYTHING
    };
    must_hold(300..308, 3, &options, kinds);
}

/// The checks see something: without a rule they find what the rule's table says.
#[test]
fn the_checks_notice_when_a_rule_is_off() {
    for rule in [Rule::MajorityQuorum, Rule::UpToDateLog, Rule::DurableAck] {
        let options = Options {
            rules: Rules::all().without(rule),
            ..small()
        };
        let broken = (0..40).find_map(|s| run(s, 3, options.clone(), EVERYTHING, 5_000).err());
        assert!(broken.is_some(), "{rule:?} off breaks nothing");
    }
}
