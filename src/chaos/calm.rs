//! The calm: the world is healed, and the cluster has to get on.

use super::membership::{conf, is_busy};
use super::run::Run;
use crate::cluster::{Action, ClientId, TICK_US, TraceEvent, World};
use crate::kv::Request;
use crate::raft::{Node, NodeId, Role};
use crate::sim::ClockRate;
use std::fmt;

/// One leader must be there after so many election timeouts.
const ELECTION_TIMEOUTS: u64 = 10;

/// How often whoever was added is given time to come.
const JOINS: usize = 3;

/// How long a watch may take to find a member again and to be told everything, in microseconds: a
/// client that nobody answered waits longer from time to time before it tries again.
const WATCHES_PATIENCE_US: u64 = 20_000_000;

/// The key of the last questions.
const KEY: &str = "calm";

/// How a healed cluster failed to get on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stuck {
    /// There is not one leader whom all follow.
    NoLeader {
        /// What each member says: its role and its term.
        members: String,
    },
    /// A request of a client was not answered.
    Unanswered {
        /// How many.
        requests: usize,
    },
    /// The logs are not equal.
    LogsDiffer {
        /// What each member says: its last entry and its commit index.
        members: String,
    },
    /// Watches were not told of everything.
    WatchesBehind {
        /// How many.
        watches: usize,
    },
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stuck::NoLeader { members } => write!(
                f,
                "no leader {ELECTION_TIMEOUTS} election timeouts after everything was healed: {members}"
            ),
            Stuck::Unanswered { requests } => write!(
                f,
                "{requests} requests were not answered although everything was healed"
            ),
            Stuck::LogsDiffer { members } => write!(
                f,
                "the logs still differ although everything was healed: {members}"
            ),
            Stuck::WatchesBehind { watches } => write!(
                f,
                "{watches} watches were not told of everything although everything was healed"
            ),
        }
    }
}

/// Heals the world and demands progress.
pub(super) fn calm<W: FnMut(&[TraceEvent])>(run: &mut Run<W>) -> Result<(), Stuck> {
    heal(run);
    let options = run.world.options();
    let timeout = options.raft.election_timeout_max * TICK_US;
    let patience = options.client_timeout_us.max(timeout * ELECTION_TIMEOUTS);
    if !wait(run, timeout * ELECTION_TIMEOUTS, one_leader) {
        let members = describe(&run.world, |node| {
            format!("{:?} in term {}", node.role(), node.term())
        });
        return Err(Stuck::NoLeader { members });
    }
    // What was asked in the storm may have been lost in it, and a leader refuses requests while
    // too much waits to be committed: those who ask now ask after that.
    let nobody_waits = |world: &World| world.waiting().next().is_none() && !is_busy(world);
    let storm_is_over = wait(run, patience, nobody_waits);
    // What was asked in the storm may add a member even now.
    for _ in 0..JOINS {
        join(run);
        if wait(run, patience, |world| one_leader(world) && all_serve(world)) {
            break;
        }
    }
    // And remove one, who then answers nobody any more: what is in the logs comes into force first.
    wait(run, patience, equal_logs);
    run.expect_answers();
    // A new leader must be able to answer reads without a write that helps it on.
    ask_everybody(run, |_| read());
    let all_ended = wait(run, patience, nobody_waits);
    ask_everybody(run, write);
    let all_ended = wait(run, patience, nobody_waits) && all_ended;
    let requests = run.timed_out() + run.world.waiting().count();
    if !storm_is_over || !all_ended || requests > 0 {
        return Err(Stuck::Unanswered { requests });
    }
    if !wait(run, patience, equal_logs) {
        let members = describe(&run.world, |node| {
            format!(
                "ends at {}, committed {}",
                node.last_index(),
                node.commit_index()
            )
        });
        return Err(Stuck::LogsDiffer { members });
    }
    let until = run.world.now().after(WATCHES_PATIENCE_US);
    while run.watches_behind() > 0 {
        if run.world.next_time().is_none_or(|next| next > until) || !run.step() {
            let watches = run.watches_behind();
            return match run.failure {
                Some(_) => Ok(()),
                None => Err(Stuck::WatchesBehind { watches }),
            };
        }
    }
    Ok(())
}

/// Ends every fault.
fn heal<W: FnMut(&[TraceEvent])>(run: &mut Run<W>) {
    let disk = run.world.options().disk;
    let members: Vec<NodeId> = run.world.members().map(|member| member.id()).collect();
    let healed = members.into_iter().flat_map(|member| {
        [
            Action::Resume { member },
            Action::ResumeDisk { member },
            Action::SetDisk { member, disk },
            Action::SlowDown {
                member,
                delay_us: 0,
            },
            Action::SetClockRate {
                member,
                rate: ClockRate::default(),
            },
            Action::Restart { member },
        ]
    });
    let mut actions = vec![Action::ResetNetwork];
    // And nobody makes up requests any more.
    let clients = (0..ClientId::COUNT).map(ClientId);
    let loads = clients.filter(|client| run.world.load_of(*client).is_some());
    actions.extend(loads.map(|client| Action::SetLoad { client, load: None }));
    actions.extend(healed);
    // Who was added comes.
    let added = conf(&run.world).map(|conf| [&conf.voters[..], &conf.learners].concat());
    actions.extend(
        added
            .into_iter()
            .flatten()
            .map(|member| Action::Join { member }),
    );
    for action in actions {
        // What works already cannot be healed.
        let _ = run.act(action);
    }
    join(run);
}

/// Who was added to the cluster comes.
fn join<W: FnMut(&[TraceEvent])>(run: &mut Run<W>) {
    let added = conf(&run.world).map(|conf| [&conf.voters[..], &conf.learners].concat());
    for member in added.into_iter().flatten() {
        // Whoever is there cannot come.
        let _ = run.act(Action::Join { member });
    }
}

/// Every member of the cluster is asked for something.
fn ask_everybody<W: FnMut(&[TraceEvent])>(run: &mut Run<W>, request: impl Fn(NodeId) -> Request) {
    let voters = conf(&run.world).map(|conf| conf.voters.clone());
    for member in voters.unwrap_or_default() {
        let ask = Action::Request {
            client: ClientId(ClientId::COUNT - 1),
            member,
            request: request(member),
        };
        // A member that is there can be asked.
        let _ = run.act(ask);
    }
}

fn read() -> Request {
    Request::get(KEY, false)
}

fn write(member: NodeId) -> Request {
    Request::put(KEY, member.to_string())
}

/// Lets time pass until something holds, for so many microseconds at most. `false` if it never
/// did. A run that has failed waits for nothing.
fn wait<W: FnMut(&[TraceEvent])>(
    run: &mut Run<W>,
    patience_us: u64,
    holds: impl Fn(&World) -> bool,
) -> bool {
    let until = run.world.now().after(patience_us);
    while !holds(&run.world) {
        let due = run.world.next_time().is_some_and(|next| next <= until);
        if !due || !run.step() {
            return run.failure.is_some();
        }
    }
    true
}

/// The running members of the cluster. (One that was removed and that nobody talks to need not know.)
fn nodes(world: &World) -> impl Iterator<Item = &Node> {
    let conf = conf(world);
    let belongs = move |id: NodeId| {
        conf.is_some_and(|conf| conf.voters.contains(&id) || conf.learners.contains(&id))
    };
    let servers = world.members().filter_map(|member| member.server());
    let nodes = servers.map(|server| server.node());
    nodes.filter(move |node| belongs(node.id()))
}

/// Whether there is one leader, and everybody knows it.
fn one_leader(world: &World) -> bool {
    let mut leaders = nodes(world).filter(|node| node.role() == Role::Leader);
    let (Some(leader), None) = (leaders.next(), leaders.next()) else {
        return false;
    };
    nodes(world).all(|node| node.leader() == Some(leader.id()) && node.term() == leader.term())
}

/// Whether every member of the cluster has come and serves clients.
fn all_serve(world: &World) -> bool {
    let serves = |id: &NodeId| {
        let server = world.member(*id).and_then(|member| member.server());
        server.is_some_and(|server| server.is_serving())
    };
    conf(world).is_some_and(|conf| conf.voters.iter().all(serves))
}

/// Whether all logs end alike, and everything in them is committed and applied. (That they are
/// alike before the end is for the checkers to say.)
fn equal_logs(world: &World) -> bool {
    let ends = |node: &Node| {
        let last = node.last_index();
        (
            last,
            node.term_at(last),
            node.commit_index(),
            node.applied_index(),
        )
    };
    let mut all = nodes(world).map(ends);
    let first = all.next();
    first.is_some_and(|(last, _, commit, applied)| commit == last && applied == last)
        && all.all(|other| Some(other) == first)
}

fn describe(world: &World, words: impl Fn(&Node) -> String) -> String {
    let members = nodes(world).map(|node| format!("infra{} {}", node.id(), words(node)));
    members.collect::<Vec<_>>().join(", ")
}
