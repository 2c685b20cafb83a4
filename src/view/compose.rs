//! Makes a [`Frame`] of a session.

use super::frame::*;
use super::labels::{MessageLabel, call_line, client_name, packet_label, response_lines, text};
use super::log_matrix::log_matrix;
use super::machine;
use super::sentence::{recent_events, sentence};
use crate::cluster::{
    Address, Fact, LossReason, Member, Operation, Outcome, Packet, Server, World,
};
use crate::raft::electorate::majority;
use crate::raft::{Ballot, Entry, Index, Message, Node, NodeId, Payload, Role, Term};
use crate::sim::{Flight, FlightId, SimTime};
use crate::timeline::Session;
use crate::words::{key, say, tell};
use std::sync::Arc;

/// How long a lost message stays in sight, in microseconds of virtual time.
const LOSS_SHOWN_US: u64 = 25_000;

/// How long a client's latest operation stays in sight after it ended, in microseconds.
const ANSWER_SHOWN_US: u64 = 400_000;

/// How many of the latest operations are looked at to find what each client waits for.
const OPERATIONS_SEEN: usize = 400;

/// How many keys a frame holds of each member; `view::keys` has all.
const KEYS_SHOWN: usize = 12;

/// How many columns of the log a frame holds: the latest ones.
pub const LOG_COLUMNS: u64 = 100;

/// Everything to be drawn of the session's present moment.
pub fn frame(session: &Session) -> Frame {
    let world = session.world();
    let groups = groups(world);
    let last = world.members().map(last_index).max().unwrap_or_default();
    let first = Index(last.0.saturating_sub(LOG_COLUMNS - 1).max(1));
    Frame {
        time: world.now(),
        step: world.steps(),
        vitals: Vitals {
            violated: session.checker().is_violated(),
            ..vitals(world, &groups)
        },
        members: world
            .members()
            .map(|member| member_view(world, member))
            .collect(),
        groups,
        links: machine::links(world),
        unstarted: world.unstarted(),
        faults: machine::faults(world),
        flights: world.flights().map(under_way).collect(),
        losses: losses(session),
        clients: clients(session),
        sentence: sentence(session),
        log: log_matrix(world, first, last),
        recent: recent_events(session),
    }
}

/// A message that is under way.
pub(super) fn under_way((id, flight): (FlightId, &Flight<Address, Arc<Packet>>)) -> FlightView {
    let times = (flight.departs, flight.arrives);
    let view = flight_view(id, flight.from, flight.to, times, &flight.payload);
    FlightView {
        stopped: flight.held.map(|hold| hold.since),
        ..view
    }
}

/// The members that reach each other both ways, directly or through others; the largest side
/// first.
pub(super) fn groups(world: &World) -> Vec<Vec<NodeId>> {
    let mut left: Vec<NodeId> = world.members().map(Member::id).collect();
    let mut groups = Vec::new();
    while !left.is_empty() {
        let mut group = vec![left.remove(0)];
        let mut seen = 0;
        while let Some(from) = group.get(seen).copied() {
            seen += 1;
            let near: Vec<NodeId> = left
                .iter()
                .copied()
                .filter(|to| world.connected(from, *to) && world.connected(*to, from))
                .collect();
            left.retain(|id| !near.contains(id));
            group.extend(near);
        }
        group.sort();
        groups.push(group);
    }
    groups.sort_by_key(|group| (usize::MAX - group.len(), group[0]));
    groups
}

fn vitals(world: &World, groups: &[Vec<NodeId>]) -> Vitals {
    let awake = |member: &Member| member.server().is_some() && !member.settings().paused;
    let voters = voters(world);
    let running = |id: &&NodeId| voters.contains(id) && world.member(**id).is_some_and(awake);
    let nodes = || world.members().filter_map(Member::server);
    Vitals {
        term: nodes().map(|s| s.node().term()).max().unwrap_or_default(),
        leader: world.leader().map(Member::id),
        quorum: majority(voters.len()),
        voters: voters.len(),
        reachable: groups
            .iter()
            .map(|group| group.iter().filter(running).count())
            .max()
            .unwrap_or(0),
        revision: nodes().map(|s| s.store().revision().0).max().unwrap_or(1),
        modified: super::settings::modified(world.options()),
        violated: false,
    }
}

/// Those who vote, whether they run or were ever started: as the leader has it; if nobody leads, as whoever has applied
/// most; if nobody runs, as the disks say.
pub(super) fn voters(world: &World) -> Vec<NodeId> {
    let furthest = || {
        let servers = world.members().filter_map(Member::server);
        servers.max_by_key(|server| server.node().applied_index())
    };
    let leader = world.leader().and_then(Member::server);
    if let Some(server) = leader.or_else(furthest) {
        return server.node().conf().voters.clone();
    }
    let disks = world.members().map(Member::stored);
    let furthest = disks.max_by_key(|stored| stored.hard_state.commit);
    let Some(stored) = furthest else {
        return Vec::new();
    };
    let mut conf = stored.snapshot.conf.clone();
    let committed = |entry: &&Entry| entry.index <= stored.hard_state.commit;
    for entry in stored.entries.iter().filter(committed) {
        if let Payload::ConfChange(change) = &entry.payload
            && let Ok(changed) = conf.changed(change)
        {
            conf = changed;
        }
    }
    conf.voters
}

/// The last index of a member's log, in memory or, if it is crashed, on disk.
pub(super) fn last_index(member: &Member) -> Index {
    match member.server() {
        Some(server) => server.node().last_index(),
        None => {
            let stored = member.stored();
            let last = stored.entries.last().map(|entry| entry.index);
            last.unwrap_or(stored.snapshot.index)
        }
    }
}

fn member_view(world: &World, member: &Member) -> MemberView {
    let id = member.id();
    let mut view = MemberView {
        id,
        name: member.name(),
        address: client_address(id),
        role: RoleView::Crashed,
        term: member.stored().hard_state.term,
        voted_for: member.stored().hard_state.vote,
        leader: None,
        log: None,
        commit: member.stored().hard_state.commit,
        applied: Index(0),
        synced: last_index(member),
        revision: 1,
        timer: None,
        ballots: Vec::new(),
        note: say(key!("state.crashed")),
        learner: is_learner(world, member),
        machine: machine::machine(world, member),
        progress: None,
        keys: Vec::new(),
    };
    if member.was_removed() {
        view.note = say(key!("label.removed"));
    } else if member.failure().is_some() {
        view.note = say(key!("state.refuses-to-start"));
    }
    let last = last_index(member);
    if last > Index(0) {
        let stored = member.stored().entries.first().map(|entry| entry.index);
        let first = match member.server() {
            Some(server) => server.node().first_index(),
            None => stored.unwrap_or(last),
        };
        view.log = Some((first, last));
    }
    view.progress = world
        .leader()
        .filter(|leader| leader.id() != id)
        .and_then(Member::server)
        .and_then(|leader| leader.node().progress(id))
        .map(|progress| (progress.match_index, progress.next_index));
    if let Some(server) = member.server() {
        fill_running(world, member, server, &mut view);
    }
    view
}

/// Whether the leader counts a member among the learners; without a leader, whether it does so itself.
fn is_learner(world: &World, member: &Member) -> bool {
    let leader = world.leader().and_then(Member::server);
    let server = leader.or(member.server());
    server.is_some_and(|server| server.node().conf().learners.contains(&member.id()))
}

fn fill_running(world: &World, member: &Member, server: &Server, view: &mut MemberView) {
    let node = server.node();
    view.term = node.term();
    view.voted_for = node.vote();
    view.leader = node.leader();
    view.commit = node.commit_index();
    view.applied = node.applied_index();
    view.synced = node.stored_index();
    view.revision = server.store().revision().0;
    view.keys = server
        .store()
        .iter()
        .take(KEYS_SHOWN)
        .map(|kv| KeyView {
            key: text(&kv.key),
            value: text(&kv.value),
            mod_revision: kv.mod_revision.0,
            version: kv.version,
        })
        .collect();
    (view.role, view.note) = match node.role() {
        Role::Follower if view.learner => (RoleView::Follower, say(key!("role.learner"))),
        Role::Follower => (RoleView::Follower, say(key!("role.follower"))),
        Role::PreCandidate => (RoleView::PreCandidate, say(key!("role.asks-pre-votes"))),
        Role::Candidate => (RoleView::Candidate, say(key!("role.candidate"))),
        Role::Leader if world.leader().map(Member::id) == Some(view.id) => {
            (RoleView::Leader, say(key!("role.leader")))
        }
        Role::Leader => (RoleView::Leader, say(key!("role.believes"))),
    };
    if member.settings().paused {
        view.note = say(key!("state.paused"));
    } else if view.role != RoleView::Leader {
        view.timer = node.election_timer().and_then(|timer| {
            let started = server.ticked().saturating_sub(timer.elapsed);
            Some(TimerView {
                started: member.time_of_tick(started)?,
                fires: member.time_of_tick(started + timer.timeout)?,
                scale_us: world.options().raft.election_timeout_max * crate::cluster::TICK_US,
            })
        });
    }
    if matches!(view.role, RoleView::PreCandidate | RoleView::Candidate) {
        view.ballots = node
            .ballots()
            .into_iter()
            .map(|(voter, ballot)| (voter, ballot_view(world, node, voter, ballot)))
            .collect();
    }
}

fn ballot_view(
    world: &World,
    candidate: &Node,
    voter: NodeId,
    ballot: Option<Ballot>,
) -> BallotView {
    match ballot {
        Some(Ballot::Granted) => BallotView::Granted,
        Some(Ballot::Refused) => BallotView::Refused,
        None => {
            let ends = [Address::Member(candidate.id()), Address::Member(voter)];
            let pre = candidate.role() == Role::PreCandidate;
            let in_flight = world.flights().any(|(_, flight)| {
                let between = [flight.from, flight.to] == ends || [flight.to, flight.from] == ends;
                between && is_about_votes(&flight.payload, pre)
            });
            if in_flight || voter == candidate.id() {
                BallotView::InFlight
            } else {
                BallotView::NotAsked
            }
        }
    }
}

/// Whether a message asks for a vote or answers: a pre-vote (`pre`) or a real one.
fn is_about_votes(packet: &Packet, pre: bool) -> bool {
    let Packet::Raft(envelope) = packet else {
        return false;
    };
    match envelope.message {
        Message::VoteRequest { .. } | Message::VoteResponse { .. } => !pre,
        Message::PreVoteRequest { .. } | Message::PreVoteResponse { .. } => pre,
        _ => false,
    }
}

/// The client URL of a member without the scheme: 2379, 22379, 32379 … as in etcd's documentation;
/// from the seventh member on, ports like these do not exist any more and the host changes.
fn client_address(id: NodeId) -> String {
    let place = id.0 - 1;
    let (host, tens) = (1 + place / 6, place % 6);
    let port = 2379 + if tens == 0 { 0 } else { (tens + 1) * 10_000 };
    format!("127.0.0.{host}:{port}")
}

pub(super) fn actor(address: Address) -> ActorView {
    match address {
        Address::Member(id) => ActorView::Member(id),
        Address::Client(id) => ActorView::Client(id),
    }
}

fn flight_view(
    id: FlightId,
    from: Address,
    to: Address,
    (sent, arrives): (SimTime, SimTime),
    packet: &Packet,
) -> FlightView {
    let MessageLabel {
        shape,
        term,
        label,
        description,
    } = packet_label(packet);
    FlightView {
        id,
        from: actor(from),
        to: actor(to),
        sent,
        arrives,
        stopped: None,
        shape,
        term,
        label,
        description,
    }
}

fn losses(session: &Session) -> Vec<LossView> {
    let since = session.now().0.saturating_sub(LOSS_SHOWN_US);
    let recent = session.trace().iter().rev();
    let mut losses: Vec<LossView> = recent
        .take_while(|event| event.time.0 >= since)
        .filter_map(|event| match &event.fact {
            Fact::Lost {
                flight,
                from,
                to,
                sent,
                packet,
                reason,
            } => Some(LossView {
                flight: flight_view(*flight, *from, *to, (*sent, event.time), packet),
                at: event.time,
                reason: match reason {
                    LossReason::Cut => say(key!("state.lost-cut")).to_owned(),
                    LossReason::ReceiverCrashed => {
                        tell(key!("state.lost-crashed"), &[("member", to)])
                    }
                    LossReason::Chance => say(key!("state.lost-chance")).to_owned(),
                    LossReason::Dropped => say(key!("state.lost-dropped")).to_owned(),
                    LossReason::Repeated => say(key!("state.lost-repeated")).to_owned(),
                },
            }),
            _ => None,
        })
        .collect();
    losses.reverse();
    // Where several were lost on the same way, only the latest is named: names on top of each other cannot be read.
    for place in 0..losses.len() {
        let (from, to) = (losses[place].flight.from, losses[place].flight.to);
        let mut later = losses[place + 1..].iter();
        if later.any(|loss| (loss.flight.from, loss.flight.to) == (from, to)) {
            losses[place].flight.label.clear();
        }
    }
    losses
}

/// Every client that has ever said something, with what it waits for and what it was told last.
fn clients(session: &Session) -> Vec<ClientView> {
    let mut clients: Vec<ClientView> = Vec::new();
    for ((from, to), _) in session.world().links() {
        if let (Address::Client(id), Address::Member(member)) = (from, to)
            && clients.last().is_none_or(|client| client.id != id)
        {
            clients.push(ClientView {
                id,
                name: client_name(id),
                member,
                operation: None,
                pending: 0,
                last: None,
                load: session.world().load_of(id).map(|load| load.per_second),
            });
        }
    }
    let operations = session.operations();
    let latest = (0..operations.len()).rev().take(OPERATIONS_SEEN);
    for operation in latest.filter_map(|place| operations.get(place)) {
        let mut found = clients.iter_mut();
        let Some(client) = found.find(|client| client.id == operation.client) else {
            continue;
        };
        let ended = operation.returned.as_ref().map(|(at, _)| *at);
        if client.pending == 0 && client.last.is_none() {
            client.member = operation.member;
            client.operation = Some(operation)
                .filter(|_| ended.is_none_or(|at| session.now().since(at) <= ANSWER_SHOWN_US))
                .map(operation_view);
        }
        match ended {
            None => client.pending += 1,
            Some(_) if client.last.is_none() => client.last = Some(operation_view(operation)),
            Some(_) => {}
        }
    }
    clients
}

/// An operation, ready to be shown.
pub fn operation_view(operation: &Operation) -> OperationView {
    OperationView {
        id: operation.id,
        command: call_line(&operation.call),
        called: operation.called,
        returned: operation.returned.as_ref().map(|(at, _)| *at),
        outcome: match operation.returned.as_ref().map(|(_, outcome)| outcome) {
            None => OutcomeView::Pending,
            Some(Outcome::Answered(response)) => OutcomeView::Done(response_lines(response)),
            Some(Outcome::Failed(error)) => {
                let message = format!("Error: {error}");
                if error.is_certain() || !operation.call.is_write() {
                    OutcomeView::Failed(message)
                } else {
                    OutcomeView::Unknown(message)
                }
            }
        },
    }
}

/// The hue of a member: its present term.
pub(super) fn term_of(world: &World, id: NodeId) -> Term {
    world
        .member(id)
        .map(|member| match member.server() {
            Some(server) => server.node().term(),
            None => member.stored().hard_state.term,
        })
        .unwrap_or_default()
}
