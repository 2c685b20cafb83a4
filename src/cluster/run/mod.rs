//! Running programs: what etcd's client library does between a command and its answers.
//!
//! A [`Run`] connects to its endpoints, asks over any connection that is ready, asks again where
//! that can do no harm, and gives up when its time is over. It touches nothing outside itself: it
//! leaves [`Deed`]s behind, which the world carries out. What a program wants to do with an answer
//! is the [`Purpose`] of the question, so a program is written as one step per answer.

mod ask;
mod jobs;
mod recipes;
mod v2;
mod watching;

use super::call::{Answer, AnswerBody, Call};
use super::client::{ClientError, ClientId, OperationId};
use super::identity;
use super::program::{End, Input, Program, ProgramError, ProgramEvent, RunId, V2Failure};
use super::trace::{Fact, Packet};
use crate::kv::{AuthRequest, Caller, Credentials, LeaseId, Request};
use crate::raft::NodeId;
use crate::sim::SimTime;
use ask::{Ask, To};
use bytes::Bytes;
use std::sync::Arc;

/// How long a client waits before it tries to connect again the first time, in microseconds
/// (gRPC's base delay). Each further wait is 1.6 times as long, up to two minutes.
const REDIAL_US: u64 = 1_000_000;
const REDIAL_MAX_US: u64 = 120_000_000;

/// How long logging in may take, in microseconds (etcdctl's `--dial-timeout`).
const LOGIN_US: u64 = 2_000_000;

/// A program that runs.
#[derive(Clone, Debug)]
pub(super) struct Run {
    id: RunId,
    client: ClientId,
    program: Arc<Program>,
    started: SimTime,
    connections: Vec<Connection>,
    asks: Vec<Ask>,
    /// The number of the next question.
    next: u64,
    /// In whose name is asked.
    caller: Caller,
    memo: Memo,
    /// Somebody has interrupted it, and it tidies up.
    interrupted: bool,
    ended: bool,
}

/// What a program keeps in mind from one answer to the next. Each uses what it needs.
#[derive(Clone, Debug, Default)]
struct Memo {
    /// The connection, alarm or name whose turn it is.
    place: usize,
    /// The last connection of the list, itself excluded.
    end: usize,
    lease: LeaseId,
    ttl: i64,
    /// When the lease will be gone if no answer comes.
    lease_ends: SimTime,
    /// The own key of a lock or an election.
    key: Bytes,
    /// The revision that created it, or the one after which a leader is watched.
    revision: u64,
    /// Whether the own key is there, so that it has to be deleted in the end.
    owns: bool,
    /// Whether the lock or the office is held.
    holds: bool,
    /// Whether the lease was gone while it was still waited for.
    orphaned: bool,
    names: Vec<String>,
    failures: Vec<(String, V2Failure)>,
    synced: bool,
    /// How many watches are not set up, and how many have not ended.
    unready: usize,
    open: usize,
}

/// The way to a member.
#[derive(Clone, Debug)]
struct Connection {
    endpoint: String,
    member: Option<NodeId>,
    state: Link,
    /// How many times in a row nobody answered.
    failures: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Link {
    /// Nobody has wanted it so far.
    Idle,
    Dialing,
    Ready,
    /// Nobody listens; it is tried again later.
    Down,
}

/// What a program wants to happen.
#[derive(Debug)]
pub(super) enum Deed {
    Note(Fact),
    Send(NodeId, Packet),
    Timer(SimTime, RunTimer),
}

/// What a program wants to be called for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RunTimer {
    /// A question has waited long enough.
    Deadline(u64),
    /// A question is asked again.
    Again(u64),
    /// Is the other end of a stream still there?
    Ping(u64),
    /// A connection is tried again.
    Redial(usize),
    /// A lease is to be kept alive.
    KeepAlive,
}

/// What a program does with an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Purpose {
    Login,
    Relogin,
    Single,
    Members,
    Each,
    Health(usize),
    HealthAlarms(usize),
    Watch(u64),
    KeepAlive,
    Grant,
    Enter,
    Check,
    Await,
    Hold,
    Own,
    Leave,
    Winner,
    NextWinner,
    Reign,
    LeaderOf(usize),
    Move,
    Added,
    AddedList,
    Alarms,
    Lift,
    User,
    Role,
    Enable,
    RootRole,
    RootGrant,
    V2Sync,
    V2Do,
    V2List,
    V2Then,
    V2Leader,
    V2Health(usize),
}

/// What a run may use of the world.
pub(super) struct Port<'a> {
    pub now: SimTime,
    /// The last operation.
    pub calls: &'a mut u64,
    /// Who listens at an endpoint.
    pub listener: &'a dyn Fn(&str) -> Option<NodeId>,
    /// See [`WorldOptions::edition`](crate::cluster::WorldOptions).
    pub edition: u64,
    pub deeds: Vec<Deed>,
}

impl Run {
    pub(super) fn new(id: RunId, client: ClientId, program: Program, now: SimTime) -> Run {
        Run {
            id,
            client,
            program: Arc::new(program),
            started: now,
            connections: Vec::new(),
            asks: Vec::new(),
            next: 0,
            caller: Caller::default(),
            memo: Memo::default(),
            interrupted: false,
            ended: false,
        }
    }

    pub(super) fn client(&self) -> ClientId {
        self.client
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether it has a connection to the member.
    pub(super) fn is_connected_to(&self, member: NodeId) -> bool {
        self.connections
            .iter()
            .any(|c| c.member == Some(member) && matches!(c.state, Link::Ready | Link::Dialing))
    }

    /// Whether it waits for an answer to this operation.
    pub(super) fn asked(&self, operation: OperationId) -> bool {
        self.asks.iter().any(|ask| ask.operation == Some(operation))
    }

    pub(super) fn start(&mut self, port: &mut Port) {
        let endpoints = self.program.endpoints.clone();
        if endpoints.iter().all(|endpoint| endpoint.is_empty()) {
            return self.fail(port, ProgramError::NoEndpoints);
        }
        self.add_connections(endpoints);
        match self.program.user.clone() {
            None => self.begin(port),
            Some(_) => self.log_in(port, Purpose::Login),
        }
    }

    fn log_in(&mut self, port: &mut Port, purpose: Purpose) {
        let Some(login) = &self.program.user else {
            return;
        };
        let credentials = Credentials {
            name: login.name.clone(),
            password: crate::kv::password_digest(&login.password),
        };
        let call = Call::Store(Request::Auth(AuthRequest::Authenticate(credentials)));
        let again = purpose == Purpose::Relogin && port.edition > 0;
        if again && self.asks.iter().any(|ask| ask.purpose == purpose) {
            return;
        }
        // Who begins a stream again waits for as long as it takes.
        let deadline = (!again).then(|| port.now.after(LOGIN_US));
        self.ask(port, purpose, call, To::Any, deadline);
    }

    fn logged_in(&mut self, port: &mut Port, result: Result<Answer, ClientError>, again: bool) {
        match result {
            Ok(Answer {
                body: AnswerBody::Token(caller),
                ..
            }) => self.caller = caller,
            Err(error) if !error.is_auth_off() => {
                return self.fail(port, ProgramError::Login(error));
            }
            _ => {}
        }
        if again {
            self.send_waiting(port);
        } else {
            self.begin(port);
        }
    }

    fn add_connections(&mut self, endpoints: impl IntoIterator<Item = String>) {
        let connections = endpoints.into_iter().map(|endpoint| Connection {
            endpoint,
            member: None,
            state: Link::Idle,
            failures: 0,
        });
        self.connections.extend(connections);
    }

    /// Says something.
    fn say(&self, port: &mut Port, event: ProgramEvent) {
        port.deeds.push(Deed::Note(Fact::Ran {
            client: self.client,
            run: self.id,
            event: Box::new(event),
        }));
    }

    fn answered(&self, port: &mut Port, answer: Answer) {
        let endpoint = String::new();
        self.say(port, ProgramEvent::Answered { endpoint, answer });
    }

    fn fail(&mut self, port: &mut Port, error: ProgramError) {
        self.end(port, End::Failed(error));
    }

    /// The program ends. Whoever waits for answers to it waits no more.
    fn end(&mut self, port: &mut Port, end: End) {
        if self.ended {
            return;
        }
        self.ended = true;
        for ask in std::mem::take(&mut self.asks) {
            self.give_up(port, &ask, ClientError::Canceled);
        }
        let end = if self.interrupted {
            End::Interrupted
        } else {
            end
        };
        self.say(port, ProgramEvent::Ended(end));
    }

    /// The time limit of the whole command.
    fn deadline(&self) -> SimTime {
        self.started.after(self.program.command_timeout_us)
    }

    /// Somebody gives it something to do.
    pub(super) fn feed(&mut self, port: &mut Port, input: Input) {
        match input {
            Input::Watch(request) => self.add_watch(port, request),
            Input::Progress => self.ask_progress(port),
            Input::Exit => {
                self.interrupted = true;
                self.end(port, End::Interrupted);
            }
        }
    }

    /// Ctrl-C.
    pub(super) fn interrupt(&mut self, port: &mut Port) {
        self.interrupted = true;
        if self.memo.owns {
            // The key of a lock or an office is given back; nothing else is waited for.
            for ask in std::mem::take(&mut self.asks) {
                self.give_up(port, &ask, ClientError::Canceled);
            }
            self.leave(port);
        } else {
            self.end(port, End::Interrupted);
        }
    }

    pub(super) fn timer(&mut self, port: &mut Port, timer: RunTimer) {
        match timer {
            RunTimer::Deadline(number) => self.out_of_time(port, number),
            RunTimer::Again(number) => {
                if let Some(place) = self.place_of(number) {
                    self.asks[place].resting = false;
                    self.send_waiting(port);
                }
            }
            RunTimer::Ping(number) => self.ping(port, number),
            RunTimer::Redial(place) => self.redial(port, place),
            RunTimer::KeepAlive => self.keep_alive(port),
        }
    }
}

// Connections.

impl Run {
    fn connect(&mut self, port: &mut Port, place: usize) {
        let run = self.id;
        let connection = &mut self.connections[place];
        connection.member = (port.listener)(&connection.endpoint);
        let Some(member) = connection.member else {
            self.is_down(port, place);
            return self.refused(port, place);
        };
        connection.state = Link::Dialing;
        // A question that gets lost is repeated.
        let wait = redial_us(connection.failures);
        port.deeds.push(Deed::Send(member, Packet::Dial { run }));
        let again = port.now.after(wait);
        port.deeds.push(Deed::Timer(again, RunTimer::Redial(place)));
    }

    fn redial(&mut self, port: &mut Port, place: usize) {
        match self.connections.get_mut(place) {
            Some(connection) if matches!(connection.state, Link::Dialing | Link::Down) => {
                connection.failures += 1;
                self.connect(port, place);
            }
            _ => {}
        }
    }

    fn is_down(&mut self, port: &mut Port, place: usize) {
        let connection = &mut self.connections[place];
        connection.state = Link::Down;
        let again = port.now.after(redial_us(connection.failures));
        port.deeds.push(Deed::Timer(again, RunTimer::Redial(place)));
    }

    /// A member takes the program's calls.
    pub(super) fn accepted(&mut self, port: &mut Port, member: NodeId) {
        for connection in &mut self.connections {
            if connection.member == Some(member) && connection.state == Link::Dialing {
                connection.state = Link::Ready;
                connection.failures = 0;
            }
        }
        self.send_waiting(port);
    }

    /// Nobody listens at a member, or not any more.
    pub(super) fn closed(&mut self, port: &mut Port, member: NodeId) {
        for place in 0..self.connections.len() {
            let connection = &self.connections[place];
            if connection.member != Some(member) {
                continue;
            }
            match connection.state {
                Link::Dialing => {
                    self.is_down(port, place);
                    self.refused(port, place);
                }
                Link::Ready => self.broken(port, place),
                Link::Idle | Link::Down => {}
            }
        }
        self.send_waiting(port);
    }

    /// A connection that was ready is gone, and with it whatever was under way on it.
    fn broken(&mut self, port: &mut Port, place: usize) {
        self.connections[place].state = Link::Idle;
        let lost: Vec<u64> = self
            .asks
            .iter()
            .filter(|ask| ask.operation.is_some() && ask.over == place)
            .map(|ask| ask.number)
            .collect();
        for number in lost {
            self.lost(port, number);
        }
    }
}

fn redial_us(failures: u32) -> u64 {
    let mut wait = REDIAL_US;
    for _ in 0..failures.min(16) {
        wait = (wait * 8 / 5).min(REDIAL_MAX_US);
    }
    wait
}

/// The key below which the keys of a lock or an election are.
fn prefix_of(name: &Bytes) -> Bytes {
    let mut prefix = name.to_vec();
    prefix.push(b'/');
    prefix.into()
}

/// Which member listens at an address, among those with these client URLs.
pub(super) fn listens_at(endpoint: &str, client_url: &str) -> bool {
    let port = identity::port_of(endpoint);
    // Members speak no TLS.
    let scheme = endpoint.split_once("://").map_or("", |(scheme, _)| scheme);
    let tls = scheme.eq_ignore_ascii_case("https");
    !tls && port.is_some() && port == identity::port_of(client_url)
}
