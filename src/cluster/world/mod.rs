//! The world: members and clients, the network between them, and the queue of what comes next.
//!
//! A run is a pure function of options, seed and actions. Time passes in steps: a step is either
//! the next event of the queue ([`World::step`]) or an action from outside ([`World::act`]), and
//! each leaves its facts in the trace.

mod act;
mod again;
mod check;
mod loads;
mod members;
mod messages;
mod outside;
mod runs;
mod timed;

pub(super) use outside::Out;
pub use runs::RunningProgram;
pub use timed::ActiveFault;

use super::call::Call;
use super::client::{ClientError, ClientId, Operation, OperationId, Outcome};
use super::member::{Alarm, Effect, Member};
use super::options::{WorldOptions, WorldOptionsError};
use super::program::RunId;
use super::run::{Run, RunTimer};
use super::trace::{Address, Fact, Packet, TraceEvent};
use crate::kv::Caller;
use crate::raft::{NodeId, Role};
use crate::sim::{
    EventKey, FaultId, Flight, FlightId, Link, LinkOptions, SimTime, SmallMap, stream,
};
use again::Retry;
use loads::Working;
use members::Members;
use outside::Outside;
use std::sync::Arc;
use timed::Timed;

/// What the network carries. Copies and facts share it.
type Parcel = Arc<Packet>;

/// A cluster, its clients and everything around them.
#[derive(Clone, Debug)]
pub struct World {
    options: WorldOptions,
    seed: u64,
    outside: Outside,
    members: Members,
    waiting: SmallMap<OperationId, Box<Operation>>,
    /// Which of them were asked in vain.
    retries: SmallMap<OperationId, Retry>,
    calls: u64,
    /// The programs that run.
    runs: SmallMap<RunId, Run>,
    run_count: u64,
    /// What clients send by themselves.
    loads: SmallMap<ClientId, Working>,
    load_count: u64,
    /// When a link between members was mended the last time.
    mended_at: SimTime,
    /// What was given for a while, and what is planned.
    timed: SmallMap<FaultId, Timed>,
    given: u64,
}

/// What the queue holds.
#[derive(Clone, Copy, Debug)]
enum Pending {
    /// A message arrives.
    Land(FlightId),
    /// Something that a member's process wanted to be called for. A process that started later
    /// does not care.
    Alarm(NodeId, u64, Alarm),
    /// A client has waited long enough.
    ClientTimeout(OperationId),
    /// A client asks once more.
    Retry(OperationId),
    /// A client's load makes up the next request.
    Load(ClientId, u64),
    /// A client's load asks a request once more.
    LoadAgain(ClientId, u64, u64),
    /// A program wanted to be called.
    Run(RunId, RunTimer),
    /// A plan is due, or a fault ends.
    Timed(FaultId),
}

impl World {
    /// A new cluster at time 0: all members have just started.
    ///
    /// # Errors
    /// Options that make no sense.
    pub fn new(options: WorldOptions, seed: u64) -> Result<World, WorldOptionsError> {
        options.validate()?;
        let mut world = World {
            seed,
            outside: Outside::default(),
            members: Members::default(),
            waiting: SmallMap::default(),
            retries: SmallMap::default(),
            calls: 0,
            runs: SmallMap::default(),
            run_count: 0,
            loads: SmallMap::default(),
            load_count: 0,
            mended_at: SimTime::ZERO,
            timed: SmallMap::default(),
            given: 0,
            options,
        };
        let ids: Vec<NodeId> = world.options.member_ids().collect();
        world.wire_members(&ids);
        for id in world.options.member_ids() {
            world.add_member(id, None);
        }
        Ok(world)
    }

    /// The options of the run.
    pub fn options(&self) -> &WorldOptions {
        &self.options
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The present moment.
    pub fn now(&self) -> SimTime {
        self.outside.now
    }

    /// How many steps the run has had: events and actions.
    pub fn steps(&self) -> u64 {
        self.outside.steps
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<SimTime> {
        let timer = self.members.first_timer().map(|(_, key)| key);
        let event = self.outside.queue.peek().map(|(key, _)| key);
        timer.into_iter().chain(event).min().map(EventKey::time)
    }

    /// All members in the order of their ids.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }

    /// A member.
    pub fn member(&self, id: NodeId) -> Option<&Member> {
        self.members.get(id)
    }

    /// The running leader of the highest term, if there is one.
    pub fn leader(&self) -> Option<&Member> {
        self.members
            .iter()
            .filter_map(|member| Some((member, member.server()?.node())))
            .filter(|(_, node)| node.role() == Role::Leader)
            .max_by_key(|(_, node)| node.term())
            .map(|(member, _)| member)
    }

    /// Everything that is on its way, in the order of sending, except that what is or was held
    /// comes first.
    pub fn flights(&self) -> impl Iterator<Item = (FlightId, &Flight<Address, Parcel>)> {
        self.outside.network.flights()
    }

    /// Whether messages from one member to another would arrive now.
    pub fn connected(&self, from: NodeId, to: NodeId) -> bool {
        from == to
            || self
                .outside
                .network
                .link(Address::Member(from), Address::Member(to))
                .is_some_and(|link| !link.settings().cut)
    }

    /// All links, by sender and receiver. Those of a client are laid with its first request.
    pub fn links(&self) -> impl Iterator<Item = ((Address, Address), &Link)> {
        self.outside.network.links()
    }

    /// The operations that wait for an answer, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = &Operation> {
        self.waiting.values().map(|operation| &**operation)
    }

    /// Makes copies of the world cheaper: what members have in common is kept only once. Nothing
    /// that can be seen changes.
    pub fn share(&mut self) {
        let logs = self
            .members()
            .map(|member| (member.stored(), member.disk()));
        let longest = logs.max_by_key(|(log, _)| log.entries.last().map(|last| last.index));
        let servers = self.members().filter_map(Member::server);
        let newest = servers.max_by_key(|server| server.node().applied_index());
        let (log, store) = (
            longest.map(|(log, disk)| (log.clone(), disk.durable().clone())),
            newest.map(|server| server.store().clone()),
        );
        if let Some((log, disk)) = log {
            for member in self.members.iter_mut() {
                member.share_with((&log, &disk), store.as_ref());
            }
        }
    }

    /// Whether all running members have applied the same, so that [`World::share`] finds most.
    pub fn is_level(&self) -> bool {
        let servers = self.members().filter_map(Member::server);
        let mut applied = servers.map(|server| server.node().applied_index());
        let first = applied.next();
        applied.all(|index| Some(index) == first)
    }

    /// Takes the facts since the last call.
    pub fn take_trace(&mut self) -> Vec<TraceEvent> {
        std::mem::take(&mut self.outside.trace)
    }

    /// [`World::take_trace`] for whoever calls it after every step: the facts take the place of
    /// what is in the list, and the room of that is used again.
    pub fn swap_trace(&mut self, facts: &mut Vec<TraceEvent>) {
        facts.clear();
        std::mem::swap(&mut self.outside.trace, facts);
    }

    /// Lets the next event happen. `false` if there is none: nothing will ever happen again
    /// unless somebody acts.
    pub fn step(&mut self) -> bool {
        let timer = self.members.first_timer();
        let next = self.outside.queue.peek().map(|(key, _)| key);
        if let Some((id, key)) = timer
            && next.is_none_or(|next| key < next)
        {
            self.outside.now = key.time();
            self.outside.steps += 1;
            self.members.stop_timer(id);
            self.with_member(id, |member, now, out| member.wake(now, out));
        } else if let Some((time, event)) = self.outside.queue.pop() {
            self.outside.now = time;
            self.outside.steps += 1;
            self.happen(event);
        } else {
            return false;
        }
        self.drop_dead();
        true
    }

    fn happen(&mut self, event: Pending) {
        match event {
            Pending::Land(flight) => self.land(flight),
            Pending::Alarm(id, starts, alarm) => {
                if self.members[id].starts() == starts {
                    self.with_member(id, |member, now, out| member.alarm(now, alarm, out));
                }
            }
            Pending::ClientTimeout(operation) => {
                let outcome = Outcome::Failed(ClientError::DeadlineExceeded);
                self.finish(operation, outcome);
            }
            Pending::Retry(operation) => self.retry(operation),
            Pending::Load(client, number) => self.work(client, number),
            Pending::LoadAgain(client, number, turn) => self.work_again(client, number, turn),
            Pending::Run(run, timer) => self.run_timer(run, timer),
            Pending::Timed(fault) => self.timed_event(fault),
        }
    }

    /// Takes events from the front of the queue that mean nothing any more: the time limits and
    /// the next tries of operations that have ended. (To look for each when its operation ends
    /// would cost more.)
    fn drop_dead(&mut self) {
        while let Some((_, Pending::ClientTimeout(operation) | Pending::Retry(operation))) =
            self.outside.queue.peek()
            && self.waiting.get(operation).is_none()
        {
            self.outside.queue.pop();
        }
    }

    /// Lets everything happen that is due until `time`, and stays there.
    pub fn advance_to(&mut self, time: SimTime) {
        while self.next_time().is_some_and(|next| next <= time) {
            self.step();
        }
        self.outside.now = self.outside.now.max(time);
    }

    /// Lets time pass until `time` without letting events happen. `false`, and nothing has
    /// changed, if an event is due before, or if that time is over.
    pub fn wait_until(&mut self, time: SimTime) -> bool {
        let possible = time >= self.outside.now && self.next_time().is_none_or(|next| time <= next);
        if possible {
            self.outside.now = time;
        }
        possible
    }

    /// Lays the links between all members.
    fn wire_members(&mut self, ids: &[NodeId]) {
        for from in ids.iter().copied() {
            for to in ids.iter().copied().filter(|to| *to != from) {
                let (outer, inner) = (Address::Member(from), Address::Member(to));
                if self.outside.network.link(outer, inner).is_some() {
                    continue;
                }
                let rng = stream(self.seed, "member link", [from.0, to.0]);
                let options = self.options.network;
                self.outside.network.add_link(
                    Address::Member(from),
                    Address::Member(to),
                    options,
                    rng,
                );
            }
        }
    }

    /// Lays the links between a client and a member, if there are none yet.
    fn wire_client(&mut self, client: ClientId, member: NodeId) {
        let (outer, inner) = (Address::Client(client), Address::Member(member));
        if self.outside.network.link(outer, inner).is_some() {
            return;
        }
        let options: LinkOptions = self.options.client_network;
        let name = [u64::from(client.0), member.0];
        let there = stream(self.seed, "request link", name);
        self.outside.network.add_link(outer, inner, options, there);
        let back = stream(self.seed, "response link", name);
        self.outside.network.add_link(inner, outer, options, back);
    }

    /// A client sends a request.
    fn call(
        &mut self,
        client: ClientId,
        member: NodeId,
        call: Arc<Call>,
        deadline: SimTime,
    ) -> OperationId {
        self.wire_client(client, member);
        self.calls += 1;
        let id = OperationId(self.calls);
        self.note(Fact::Called {
            operation: id,
            client,
            member,
            call: call.clone(),
            question: None,
        });
        self.outside
            .queue
            .schedule(deadline, Pending::ClientTimeout(id));
        let packet = Packet::Request {
            operation: id,
            call: call.clone(),
            caller: Caller::default(),
        };
        let operation = Box::new(Operation {
            id,
            client,
            member,
            call,
            called: self.outside.now,
            returned: None,
        });
        self.waiting.insert(id, operation);
        let packet = Arc::new(packet);
        self.send(Address::Client(client), Address::Member(member), packet);
        id
    }

    /// An operation ends for its client, unless it has ended before.
    fn finish(&mut self, operation: OperationId, outcome: Outcome) {
        let Some(ended) = self.waiting.remove(&operation) else {
            return;
        };
        self.retries.remove(&operation);
        self.learn(&ended, &outcome);
        self.note(Fact::Returned {
            operation,
            client: ended.client,
            outcome: outcome.clone(),
        });
        self.ask_again(&ended, &outcome);
    }

    /// Adds a member, which starts now. It has these addresses, or the usual ones.
    fn add_member(&mut self, id: NodeId, addresses: Option<NodeId>) {
        let (start, seed) = ((self.outside.now, addresses), self.seed);
        let mut out = Out::new(&mut self.outside, id, 1);
        let member = Member::new(id, start, &self.options, seed, &mut out);
        self.members.add(member);
        self.has_acted(id);
    }

    /// Lets a member act.
    fn with_member(&mut self, id: NodeId, act: impl FnOnce(&mut Member, SimTime, &mut Out)) {
        let now = self.outside.now;
        if let Some(member) = self.members.get_mut(id) {
            let mut out = Out::new(&mut self.outside, id, member.starts());
            act(member, now, &mut out);
            self.has_acted(id);
        }
    }

    /// Carries out what had to wait, and keeps the member's timer where its node wants it.
    fn has_acted(&mut self, id: NodeId) {
        if let Some(rest) = self.outside.take_rest() {
            self.carry_out(id, rest);
        }
        let queue = &mut self.outside.queue;
        self.members
            .set_timer(id, self.outside.now, |at| queue.reserve(at));
    }

    /// Carries out what had to wait until a member had acted.
    fn carry_out(&mut self, id: NodeId, effects: Vec<Effect>) {
        let starts = self.members[id].starts();
        for effect in effects {
            match effect {
                Effect::Note(fact @ Fact::Crashed { .. }) => {
                    self.note(fact);
                    self.close_connections(id);
                }
                Effect::Leave => {
                    self.with_member(id, |member, now, out| member.leave(now, out));
                }
                other => Out::new(&mut self.outside, id, starts).push(other),
            }
        }
    }

    fn note(&mut self, fact: Fact) {
        self.outside.note(fact);
    }

    fn send(&mut self, from: Address, to: Address, packet: Parcel) {
        self.outside.send(from, to, packet);
    }
}
