//! How a client asks again, as etcd's client library does: what reads is asked again if a member
//! could not answer; what writes only if it has reached nobody, since it may have been carried out.
//!
//! The client of a load knows several members: it goes on to the next one, and passes over one whose
//! connection is gone until it is tried again. Each of its tries is an operation of its own. Whoever
//! asks by hand names one member: the same operation is sent there again until it is answered or its
//! time is over.

use super::super::call::Call;
use super::super::client::{ClientError, ClientId, Operation, OperationId, Outcome};
use super::super::trace::{Address, Packet};
use super::{Pending, World};
use crate::raft::NodeId;
use crate::sim::SimTime;
use std::sync::Arc;

/// How many times a request is asked (clientv3's `defaultUnaryMaxRetries`).
const MAX_ATTEMPTS: u32 = 100;

/// How long a client waits before it asks a quorum of members again, in microseconds (clientv3's
/// `defaultBackoffWaitBetween`).
const BACKOFF_US: u64 = 25_000;

/// How long a client waits before it tries to connect again the first time, in microseconds (gRPC's
/// base delay). Each further wait is 1.6 times as long, up to two minutes.
const REDIAL_US: u64 = 1_000_000;
const REDIAL_MAX_US: u64 = 120_000_000;

/// An operation that was asked in vain, and will be asked again.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Retry {
    /// How many times it was asked in vain.
    attempts: u32,
    /// How many times in a row nobody was there.
    refusals: u32,
    /// When it is asked again, while the client waits for that.
    at: Option<SimTime>,
}

/// A request of a load that has no answer yet.
#[derive(Clone, Debug)]
pub(super) struct Try {
    /// Which request of the load.
    pub turn: u64,
    /// The operation that is under way.
    pub operation: OperationId,
    /// What is asked.
    pub call: Arc<Call>,
    /// When it was asked first.
    pub begun: SimTime,
    /// How many times it was asked.
    pub attempts: u32,
}

/// A member whose connection is gone.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    member: NodeId,
    /// How many times it was not there.
    failures: u32,
    /// When it is tried again.
    until: SimTime,
}

/// The connections of a load's client.
#[derive(Clone, Default, Debug)]
pub(super) struct Connections(Vec<Gone>);

impl Connections {
    /// The member whose turn it is, or the next one that is there.
    pub fn pick(&self, members: &[NodeId], turn: u64, now: SimTime) -> NodeId {
        let count = members.len();
        let first = turn as usize % count;
        let is_gone = |id: &NodeId| self.0.iter().any(|g| g.member == *id && now < g.until);
        let mut order = (0..count).map(|n| members[(first + n) % count]);
        order.find(|id| !is_gone(id)).unwrap_or(members[first])
    }

    fn lost(&mut self, member: NodeId, now: SimTime) {
        let place = self.0.iter().position(|gone| gone.member == member);
        let gone = match place {
            Some(place) => &mut self.0[place],
            None => {
                self.0.push(Gone {
                    member,
                    failures: 0,
                    until: now,
                });
                self.0.last_mut().expect("it was just added")
            }
        };
        if now < gone.until {
            // It is the same loss, heard of once more.
            return;
        }
        gone.until = now.after(redial_wait(gone.failures));
        gone.failures += 1;
    }

    fn answered(&mut self, member: NodeId) {
        self.0.retain(|gone| gone.member != member);
    }
}

/// How long a client waits before it connects again, after so many failures before this one.
fn redial_wait(failures: u32) -> u64 {
    let mut wait = REDIAL_US;
    for _ in 0..failures.min(16) {
        wait = (wait * 8 / 5).min(REDIAL_MAX_US);
    }
    wait
}

impl World {
    /// When an operation that was asked in vain is asked again.
    pub fn next_try(&self, operation: OperationId) -> Option<SimTime> {
        self.retries.get(&operation)?.at
    }

    /// The only member that was asked could not answer: whether the client will ask it again.
    pub(super) fn will_try_again(&mut self, id: OperationId, error: ClientError) -> bool {
        let Some(operation) = self.waiting.get(&id) else {
            return false;
        };
        let repeatable = !operation.call.is_write();
        if !self.options.client_retries
            || self.is_of_load(operation.client, id)
            || !error.is_worth_another_try(repeatable)
        {
            return false;
        }
        let mut retry = self.retries.get(&id).copied().unwrap_or_default();
        if retry.at.is_some() {
            // It is the same failure, heard of once more.
            return true;
        }
        retry.attempts += 1;
        if retry.attempts >= MAX_ATTEMPTS {
            return false;
        }
        let wait = match error {
            ClientError::ConnectionRefused => {
                retry.refusals += 1;
                redial_wait(retry.refusals - 1)
            }
            _ => {
                retry.refusals = 0;
                BACKOFF_US
            }
        };
        let at = self.outside.now.after(wait);
        retry.at = Some(at);
        self.retries.insert(id, retry);
        self.outside.queue.schedule(at, Pending::Retry(id));
        true
    }

    /// It is time to ask once more.
    pub(super) fn retry(&mut self, id: OperationId) {
        if let Some(retry) = self.retries.get_mut(&id)
            && let Some(operation) = self.waiting.get(&id)
        {
            retry.at = None;
            let operation = operation.clone();
            self.send_again(&operation);
        }
    }

    /// An operation has ended: if it was a load's, the client may ask again.
    pub(super) fn ask_again(&mut self, ended: &Operation, outcome: &Outcome) {
        let (now, patience) = (self.outside.now, self.options.client_timeout_us);
        let client = ended.client;
        let Some(working) = self.loads.get_mut(&client) else {
            return;
        };
        let place = working
            .tries
            .iter()
            .position(|tried| tried.operation == ended.id);
        let Some(place) = place else {
            return;
        };
        let error = match outcome {
            Outcome::Answered(_) => None,
            Outcome::Failed(error) => Some(*error),
        };
        match error {
            Some(ClientError::ConnectionLost | ClientError::ConnectionRefused) => {
                working.connections.lost(ended.member, now)
            }
            Some(_) => {}
            None => working.connections.answered(ended.member),
        }
        let tried = &mut working.tries[place];
        let repeatable = ended.call.may_be_repeated(self.options.edition);
        let again = error.is_some_and(|error| error.is_worth_another_try(repeatable))
            && tried.attempts < MAX_ATTEMPTS
            && now < tried.begun.after(patience);
        if !again {
            working.tries.swap_remove(place);
            return;
        }
        let (turn, attempts, number) = (tried.turn, tried.attempts, working.number);
        let members = match working.load.members.len() {
            0 => self.members.len(),
            some => some,
        };
        let quorum = members as u32 / 2 + 1;
        if attempts.is_multiple_of(quorum) {
            let at = now.after(BACKOFF_US);
            let again = Pending::LoadAgain(client, number, turn);
            self.outside.queue.schedule(at, again);
        } else {
            self.work_again(client, number, turn);
        }
    }

    /// A request of a load is asked once more.
    pub(super) fn work_again(&mut self, client: ClientId, number: u64, turn: u64) {
        let all: Vec<NodeId> = self.members.ids().collect();
        let (now, patience) = (self.outside.now, self.options.client_timeout_us);
        let Some(working) = self.loads.get_mut(&client) else {
            return;
        };
        let place = working.tries.iter().position(|tried| tried.turn == turn);
        let Some(place) = place.filter(|_| working.number == number) else {
            return;
        };
        let members = working.members(&all).to_vec();
        let tried = &mut working.tries[place];
        let deadline = tried.begun.after(patience);
        if now >= deadline {
            working.tries.swap_remove(place);
            return;
        }
        let next = turn + u64::from(tried.attempts);
        tried.attempts += 1;
        let call = tried.call.clone();
        let member = working.connections.pick(&members, next, now);
        let operation = self.call(client, member, call, deadline);
        if let Some(working) = self.loads.get_mut(&client) {
            working.tries[place].operation = operation;
        }
    }

    /// The machine of a member tells a client that nobody is there any more, or that nobody was.
    fn tell(
        &mut self,
        member: NodeId,
        client: ClientId,
        operation: OperationId,
        error: ClientError,
    ) {
        let packet = Packet::response(operation, Err(error));
        let (from, to) = (Address::Member(member), Address::Client(client));
        self.send(from, to, packet.into());
    }

    /// A request came to a machine on which nobody listens. Whether the machine says so.
    pub(super) fn refuse(
        &mut self,
        member: NodeId,
        client: ClientId,
        operation: OperationId,
    ) -> bool {
        if self.waiting.get(&operation).is_none() || !self.hears(client, operation) {
            return false;
        }
        let error = match self.options.client_retries && !self.copy_came(operation) {
            true => ClientError::ConnectionRefused,
            false => ClientError::ConnectionLost,
        };
        if error.is_certain() && self.is_of_load(client, operation) {
            // It is never sent again, and what was refused does not come later.
            self.refuse_copies(operation);
        }
        self.tell(member, client, operation, error);
        true
    }

    /// Whether a client is told that a process is gone.
    fn hears(&self, client: ClientId, operation: OperationId) -> bool {
        self.options.client_retries || self.is_of_load(client, operation)
    }

    /// A process is gone: whoever waits for an answer of it hears that.
    pub(super) fn cut_off(&mut self, member: NodeId) {
        let asked = self.waiting.values().filter(|o| o.member == member);
        let asked = asked.map(|o| (o.client, o.id));
        let hears = |(client, id): &(ClientId, OperationId)| {
            self.hears(*client, *id) && self.next_try(*id).is_none()
        };
        let asked: Vec<_> = asked.filter(hears).collect();
        for (client, operation) in asked {
            self.tell(member, client, operation, ClientError::ConnectionLost);
        }
    }

    /// Whether an operation is a load's.
    fn is_of_load(&self, client: ClientId, operation: OperationId) -> bool {
        let working = self.loads.get(&client);
        working.is_some_and(|w| w.tries.iter().any(|tried| tried.operation == operation))
    }
}
