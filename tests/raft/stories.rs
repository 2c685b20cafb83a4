//! The stories in `tests/raft_stories`: scripts that a person can read, with what comes of them.
//!
//! To see what a changed story would say: `UPDATE_GOLDENFILES=1 cargo test stories`. A story is
//! regenerated only by somebody who can say why it changed.

use crate::cluster::*;
use crate::print;
use ::quorum::raft::rules::Rule;
use ::quorum::raft::*;
use bytes::Bytes;
use goldenscript::{ArgumentConsumer, Command, Context};
use std::collections::BTreeSet;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

type Outcome = Result<(), Box<dyn Error>>;

/// A cluster that does what a script says and writes down what happens.
struct Story {
    cluster: Cluster,
    /// Messages that were put aside, to arrive late.
    stash: Vec<Envelope>,
    text: String,
}

#[test]
fn stories() {
    let folder = std::path::Path::new("tests/raft_stories");
    let files = std::fs::read_dir(folder).expect("the stories are there");
    let mut paths: Vec<_> = files.map(|file| file.expect("readable").path()).collect();
    paths.sort();
    assert!(paths.len() >= 60, "only {} stories", paths.len());
    let fails = |path: &std::path::PathBuf| {
        let run = || goldenscript::run(&mut Story::new(), path).expect("a readable story");
        catch_unwind(AssertUnwindSafe(run)).is_err()
    };
    let failed: Vec<_> = paths.iter().filter(|path| fails(path)).collect();
    assert!(
        failed.is_empty(),
        "these stories went another way: {failed:#?}"
    );
}

impl goldenscript::Runner for Story {
    type Command = Command;

    fn run(&mut self, command: &Command, _: &Context) -> Result<String, Box<dyn Error>> {
        self.text.clear();
        let mut args = command.consume_args();
        self.setup(&command.name, &mut args)
            .or_else(|| self.request(&command.name, &mut args))
            .or_else(|| self.happen(&command.name, &mut args))
            .or_else(|| self.show(&command.name, &mut args))
            .ok_or_else(|| format!("unknown command {}", command.name))??;
        args.reject_next()?;
        Ok(std::mem::take(&mut self.text))
    }
}

// Setting up.

impl Story {
    fn new() -> Story {
        Story {
            cluster: Cluster::empty(),
            stash: Vec::new(),
            text: String::new(),
        }
    }

    fn setup(&mut self, name: &str, args: &mut ArgumentConsumer) -> Option<Outcome> {
        Some(match name {
            "add-nodes" => self.add_nodes(args),
            "add-node" => self.add_node(args),
            "disk" => self.disk(args),
            _ => return None,
        })
    }

    /// `add-nodes 3 voters="1,2,3" learners="4"`: that many members with empty logs. The voters
    /// are all of them if nothing else is said.
    fn add_nodes(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        let count: u64 = number(args)?;
        let known = self.cluster.members.len() as u64;
        let new = known + 1..=known + count;
        let all = new.clone().map(NodeId).collect();
        let conf = ConfState {
            voters: list(args.take_key("voters"))?.unwrap_or(all),
            learners: list(args.take_key("learners"))?.unwrap_or_default(),
            ..ConfState::default()
        };
        let options = story_options(args)?;
        for number in new {
            self.cluster
                .add(NodeId(number), options.clone(), Stored::new(conf.clone()));
        }
        Ok(())
    }

    /// `add-node 1 log="1,1,2" term=3 vote=2 commit=1 voters="1,2,3"`: a member that has been
    /// running before, with entries of these terms.
    fn add_node(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        let id = NodeId(number(args)?);
        let conf = ConfState {
            voters: list(args.take_key("voters"))?.unwrap_or_default(),
            ..ConfState::default()
        };
        let mut disk = Stored::new(conf);
        let terms = list(args.take_key("log"))?.unwrap_or_default();
        disk.entries = (terms.iter().enumerate())
            .map(|(place, term)| Entry {
                term: Term(term.0),
                index: Index(place as u64 + 1),
                payload: Payload::Command(Bytes::from(format!("x{}", term.0))),
            })
            .collect();
        let last = disk.entries.last().map_or(0, |entry| entry.term.0);
        disk.hard_state = HardState {
            term: Term(key(args, "term")?.unwrap_or(last)),
            vote: key(args, "vote")?.map(NodeId),
            commit: Index(key(args, "commit")?.unwrap_or(0)),
        };
        self.cluster.add(id, story_options(args)?, disk);
        Ok(())
    }

    /// `disk manual`: writes become durable only on `sync`. `disk auto`: as soon as possible.
    fn disk(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        self.cluster.auto_sync = args.next_pos().ok_or("manual or auto?")? == "auto";
        Ok(())
    }
}

// What clients and operators do.

impl Story {
    fn request(&mut self, name: &str, args: &mut ArgumentConsumer) -> Option<Outcome> {
        let known = [
            "campaign",
            "propose",
            "propose-conf-change",
            "leave-joint",
            "transfer-leadership",
            "read",
            "compact",
            "report-unreachable",
            "report-snapshot",
        ];
        if !known.contains(&name) {
            return None;
        }
        Some(self.node_request(name, args))
    }

    fn node_request(&mut self, name: &str, args: &mut ArgumentConsumer) -> Outcome {
        let id: u64 = number(args)?;
        let node = self.cluster.node(id);
        match name {
            "campaign" => node.campaign(),
            "propose" => {
                while let Some(data) = args.next_pos() {
                    if let Err(reason) = node.propose(Bytes::from(data.to_string())) {
                        self.text += &format!("dropped: {reason:?}\n");
                    }
                }
            }
            "propose-conf-change" => {
                if let Err(reason) = node.propose_conf_change(change(args)?) {
                    self.text += &format!("refused: {reason}\n");
                }
            }
            "leave-joint" => {
                if let Err(reason) = node.propose_conf_change(ConfChange::leave()) {
                    self.text += &format!("refused: {reason}\n");
                }
            }
            "transfer-leadership" => node.transfer_leader(NodeId(number(args)?)),
            "read" => {
                if let Err(reason) = node.read_index(number(args)?) {
                    self.text += &format!("dropped: {reason:?}\n");
                }
            }
            "compact" => {
                if let Err(reason) = node.compact(Index(number(args)?), Image::default()) {
                    self.text += &format!("refused: {reason}\n");
                }
            }
            "report-unreachable" => node.report_unreachable(NodeId(number(args)?)),
            _ => {
                let to = NodeId(number(args)?);
                let ok = args.next_pos().ok_or("arrived or lost?")? == "arrived";
                node.report_snapshot(to, ok);
            }
        }
        Ok(())
    }
}

// What happens to the members.

impl Story {
    fn happen(&mut self, name: &str, args: &mut ArgumentConsumer) -> Option<Outcome> {
        Some(match name {
            "stabilize" => self.stabilize(args),
            "process-ready" => self.each(args, |story, id| story.process_ready(id)),
            "sync" => self.each(args, |story, id| story.sync(id)),
            "deliver-msgs" => self.deliver(args),
            "drop-msgs" => self.take(args).map(|taken| self.tell_lost(&taken)),
            "stash" => self.take(args).map(|taken| self.stash.extend(taken)),
            "duplicate" => self.duplicate(args),
            "unstash" => {
                self.cluster.network.extend(self.stash.drain(..));
                Ok(())
            }
            "tick" => self.tick(args),
            "tick-heartbeat" => self.tick_timer(args, |options| options.heartbeat_interval),
            "tick-election" => self.tick_timer(args, |options| options.election_timeout_max),
            "isolate" => ids(args).map(|ids| self.cluster.isolate(&ids)),
            "cut" => self.cut(args),
            "heal" => {
                self.cluster.heal();
                Ok(())
            }
            "crash" => self.each(args, |story, id| story.cluster.crash(id.0)),
            "restart" => self.each(args, |story, id| story.cluster.restart(id.0)),
            _ => return None,
        })
    }

    fn each(&mut self, args: &mut ArgumentConsumer, act: impl Fn(&mut Story, NodeId)) -> Outcome {
        for id in ids(args)? {
            act(self, NodeId(id));
        }
        Ok(())
    }

    /// `stabilize`, or `stabilize 1 2` for these members alone.
    fn stabilize(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        let chosen = ids(args)?;
        let of = |id: &NodeId| chosen.is_empty() || chosen.contains(&id.0);
        let members: Vec<NodeId> = self.cluster.members.keys().copied().filter(of).collect();
        for _ in 0..1000 {
            let before = self.text.len();
            let mut busy = false;
            for id in &members {
                busy |= self.has_ready(*id);
                self.process_ready(*id);
                if self.cluster.auto_sync {
                    self.sync(*id);
                    busy |= self.has_ready(*id);
                    self.process_ready(*id);
                }
            }
            for envelope in self.select(|envelope| members.contains(&envelope.to)) {
                self.deliver_one(envelope);
            }
            if !busy && self.text.len() == before {
                return Ok(());
            }
        }
        Err("no rest".into())
    }

    fn has_ready(&self, id: NodeId) -> bool {
        (self.cluster.members[&id].node.as_ref()).is_some_and(Node::has_ready)
    }

    fn process_ready(&mut self, id: NodeId) {
        let Some(ready) = self.cluster.process_ready(id) else {
            return;
        };
        for event in &ready.events {
            self.text += &format!("{id} {}\n", print::event(event));
        }
        if let Some(write) = &ready.write {
            self.text += &format!("{id} {}\n", print::write(write));
        }
        if !ready.committed.is_empty() {
            self.text += &format!("{id} applies {}\n", print::entries(&ready.committed));
        }
        for read in &ready.reads {
            self.text += &format!(
                "{id} may answer read {} from {} on\n",
                read.read.id, read.index
            );
        }
    }

    fn sync(&mut self, id: NodeId) {
        while self.cluster.sync_one(id) {}
    }

    fn deliver_one(&mut self, envelope: Envelope) {
        let lost = self.cluster.cut.contains(&(envelope.from, envelope.to));
        let down = (self.cluster.members.get(&envelope.to)).is_none_or(|m| m.node.is_none());
        let fate = if lost || down { " ✗" } else { "" };
        self.text += &format!("  {}{fate}\n", print::envelope(&envelope));
        self.cluster.deliver(envelope);
        // What a message makes a member say stands right behind it.
    }

    fn select(&mut self, chosen: impl Fn(&Envelope) -> bool) -> Vec<Envelope> {
        let network = std::mem::take(&mut self.cluster.network);
        let (taken, left) = network.into_iter().partition::<Vec<_>, _>(|e| chosen(e));
        self.cluster.network = left.into();
        taken
    }

    /// `deliver-msgs from=1 to=2`, both optional.
    fn deliver(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        for envelope in self.take(args)? {
            self.deliver_one(envelope);
        }
        Ok(())
    }

    fn take(&mut self, args: &mut ArgumentConsumer) -> Result<Vec<Envelope>, Box<dyn Error>> {
        let from = key(args, "from")?.map(NodeId);
        let to = key(args, "to")?.map(NodeId);
        Ok(self.select(|envelope| {
            from.is_none_or(|id| id == envelope.from) && to.is_none_or(|id| id == envelope.to)
        }))
    }

    fn tell_lost(&mut self, envelopes: &[Envelope]) {
        for envelope in envelopes {
            self.text += &format!("  {} ✗\n", print::envelope(envelope));
        }
    }

    /// `duplicate from=1 to=2`: a copy of these messages is put aside.
    fn duplicate(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        let taken = self.take(args)?;
        self.stash.extend(taken.iter().cloned());
        self.cluster.network.extend(taken);
        Ok(())
    }

    /// `tick 5`: at everybody. `tick 5 1 2`: at these.
    fn tick(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        let ticks: u64 = number(args)?;
        let chosen: BTreeSet<u64> = ids(args)?.into_iter().collect();
        for (id, member) in &mut self.cluster.members {
            if let Some(node) = &mut member.node
                && (chosen.is_empty() || chosen.contains(&id.0))
            {
                node.tick(ticks);
            }
        }
        Ok(())
    }

    fn tick_timer(&mut self, args: &mut ArgumentConsumer, ticks: fn(&Options) -> u64) -> Outcome {
        self.each(args, |story, id| {
            let node = story.cluster.node(id.0);
            node.tick(ticks(node.options()));
        })
    }

    /// `cut 1 2`: what 1 sends to 2 is lost.
    fn cut(&mut self, args: &mut ArgumentConsumer) -> Outcome {
        let link = (NodeId(number(args)?), NodeId(number(args)?));
        self.cluster.cut.insert(link);
        Ok(())
    }
}

// What can be looked at.

impl Story {
    fn show(&mut self, name: &str, args: &mut ArgumentConsumer) -> Option<Outcome> {
        Some(match name {
            "raft-state" => self.show_nodes(args, |node| print::state(node) + "\n"),
            "raft-log" => self.show_nodes(args, |node| {
                let entries: Vec<Entry> = node.entries(..).cloned().collect();
                format!("{} {}\n", node.id(), print::entries(&entries))
            }),
            "raft-conf" => self.show_nodes(args, |node| {
                format!("{} {}\n", node.id(), print::conf(node.conf()))
            }),
            "ballots" => self.show_nodes(args, |node| {
                let one = |(id, ballot)| format!("{id}: {ballot:?}\n");
                node.ballots().into_iter().map(one).collect()
            }),
            "status" => self.show_nodes(args, |node| {
                let ids = node.conf().members();
                let one = |id| Some(print::progress(id, node.progress(id)?) + "\n");
                ids.into_iter().filter_map(one).collect()
            }),
            "network" => {
                for envelope in &self.cluster.network {
                    self.text += &format!("  {}\n", print::envelope(envelope));
                }
                Ok(())
            }
            "disk-state" => self.each(args, |story, id| {
                let disk = &story.cluster.members[&id].disk;
                let state = disk.hard_state;
                let vote = state.vote.map_or("-".into(), |id| id.to_string());
                let entries: Vec<_> = disk.entries.iter().cloned().collect();
                let log = print::entries(&entries);
                story.text += &format!("{id} term={} vote={vote} {log}\n", state.term);
            }),
            _ => return None,
        })
    }

    fn show_nodes(&mut self, args: &mut ArgumentConsumer, show: fn(&Node) -> String) -> Outcome {
        let chosen = ids(args)?;
        for (id, member) in &self.cluster.members {
            if chosen.is_empty() || chosen.contains(&id.0) {
                match &member.node {
                    Some(node) => self.text += &show(node),
                    None => self.text += &format!("{id} is down\n"),
                }
            }
        }
        Ok(())
    }
}

// Reading arguments.

fn number(args: &mut ArgumentConsumer) -> Result<u64, Box<dyn Error>> {
    Ok(args.next_pos().ok_or("a number is missing")?.parse()?)
}

fn ids(args: &mut ArgumentConsumer) -> Result<Vec<u64>, Box<dyn Error>> {
    let mut ids = Vec::new();
    while let Some(id) = args.next_pos() {
        ids.push(id.parse()?);
    }
    Ok(ids)
}

fn key(args: &mut ArgumentConsumer, name: &str) -> Result<Option<u64>, Box<dyn Error>> {
    Ok(args.take_key(name).map(str::parse).transpose()?)
}

fn list(text: Option<&str>) -> Result<Option<Vec<NodeId>>, Box<dyn Error>> {
    let Some(text) = text else { return Ok(None) };
    let parts = text.split(',').filter(|part| !part.is_empty());
    let ids: Result<Vec<NodeId>, _> = parts.map(|id| id.parse().map(NodeId)).collect();
    Ok(Some(ids?))
}

/// `v4 l5 r1 transition=explicit`: 4 as a voter, 5 as a learner, 1 removed.
fn change(args: &mut ArgumentConsumer) -> Result<ConfChange, Box<dyn Error>> {
    let mut change = ConfChange::default();
    while let Some(text) = args.next_pos() {
        let (kind, id) = text.split_at(1);
        let id = NodeId(id.parse()?);
        change.changes.push(match kind {
            "v" => ConfChangeStep::AddVoter(id),
            "l" => ConfChangeStep::AddLearner(id),
            "r" => ConfChangeStep::Remove(id),
            _ => return Err(format!("unknown step {text}").into()),
        });
    }
    change.transition = match args.take_key("transition") {
        None => Transition::Auto,
        Some("implicit") => Transition::JointImplicit,
        Some("explicit") => Transition::JointExplicit,
        Some(other) => return Err(format!("unknown transition {other}").into()),
    };
    Ok(change)
}

fn story_options(args: &mut ArgumentConsumer) -> Result<Options, Box<dyn Error>> {
    let mut options = plain();
    while let Some((name, value)) = args.next_key() {
        match name {
            "pre-vote" => options.pre_vote = value.parse()?,
            "check-quorum" => options.check_quorum = value.parse()?,
            "forward" => options.forward_proposals = value.parse()?,
            "max-inflight" => options.max_inflight_messages = value.parse()?,
            "max-inflight-bytes" => options.max_inflight_bytes = value.parse()?,
            "max-bytes" => options.max_bytes_per_message = value.parse()?,
            "max-uncommitted" => options.max_uncommitted_bytes = value.parse()?,
            "tail" => options.compaction_tail = value.parse()?,
            "drift" => options.clock_drift_permille = value.parse()?,
            "reads" if value == "lease" => options.read_mode = ReadMode::LeaseBased,
            "without" => {
                let rule = Rule::by_name(value).ok_or("no such rule")?;
                options.rules = options.rules.without(rule);
            }
            _ => return Err(format!("unknown option {name}={value}").into()),
        }
    }
    Ok(options)
}
