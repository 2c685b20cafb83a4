//! Questions of a program: sent over any connection that is ready, and asked again where that can
//! do no harm.

use super::{Deed, Link, Port, Purpose, Run, RunTimer};
use crate::cluster::call::{Answer, Call};
use crate::cluster::client::{ClientError, OperationId, Outcome};
use crate::cluster::program::Question;
use crate::cluster::trace::{Fact, Packet};
use crate::sim::SimTime;
use std::sync::Arc;

/// How many times a question is asked (clientv3's `defaultUnaryMaxRetries`).
const MAX_ATTEMPTS: u32 = 100;

/// How long a client waits before it asks a quorum of endpoints again, in microseconds
/// (clientv3's `defaultBackoffWaitBetween`).
const BACKOFF_US: u64 = 25_000;

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub number: u64,
    pub purpose: Purpose,
    pub call: Call,
    pub to: To,
    /// The operation, while the question is under way.
    pub operation: Option<OperationId>,
    /// The connection that it went over.
    pub over: usize,
    pub attempts: u32,
    /// It is asked again a little later.
    pub resting: bool,
    /// How many parts of the stream have come.
    pub parts: u64,
    /// When the other end was heard last.
    pub heard: SimTime,
    /// Of a watch: the first revision that is not known. Everything before was told.
    pub next_revision: i64,
    /// Of a watch: whether it was set up before.
    pub created: bool,
    /// When it was asked first.
    pub begun: SimTime,
    /// Of a stream: a timer looks after it.
    pub pinging: bool,
}

/// Who may answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum To {
    Any,
    One(usize),
}

impl Run {
    pub(super) fn ask(
        &mut self,
        port: &mut Port,
        purpose: Purpose,
        call: Call,
        to: To,
        deadline: Option<SimTime>,
    ) {
        self.next += 1;
        let number = self.next;
        if let Some(deadline) = deadline {
            let timer = RunTimer::Deadline(number);
            port.deeds.push(Deed::Timer(deadline, timer));
        }
        self.asks.push(Ask {
            number,
            purpose,
            call,
            to,
            operation: None,
            over: 0,
            attempts: 0,
            resting: false,
            parts: 0,
            heard: port.now,
            next_revision: 0,
            created: false,
            begun: port.now,
            pinging: false,
        });
        self.send_waiting(port);
    }

    pub(super) fn place_of(&self, number: u64) -> Option<usize> {
        self.asks.iter().position(|ask| ask.number == number)
    }

    /// Sends what waits for a connection, as far as there are some.
    pub(super) fn send_waiting(&mut self, port: &mut Port) {
        let numbers: Vec<u64> = self.asks.iter().map(|ask| ask.number).collect();
        for number in numbers {
            if let Some(place) = self.place_of(number)
                && self.asks[place].operation.is_none()
                && !self.asks[place].resting
            {
                self.send(port, place);
            }
        }
    }

    fn send(&mut self, port: &mut Port, place: usize) {
        let ask = &self.asks[place];
        let (to, attempts) = (ask.to, ask.attempts as usize);
        let wanted: Vec<usize> = match to {
            To::One(connection) => vec![connection],
            To::Any => {
                // The next try goes to the next endpoint.
                let count = self.program.endpoints.len().min(self.connections.len());
                (0..count).map(|n| (n + attempts) % count).collect()
            }
        };
        let ready = |place: &usize| self.connections[*place].state == Link::Ready;
        let Some(over) = wanted.iter().copied().find(ready) else {
            for connection in wanted {
                if self.connections[connection].state == Link::Idle {
                    self.connect(port, connection);
                }
            }
            return;
        };
        let Some(member) = self.connections[over].member else {
            return;
        };
        *port.calls += 1;
        let operation = OperationId(*port.calls);
        let (now, client) = (port.now, self.client);
        let ask = &mut self.asks[place];
        (ask.operation, ask.over) = (Some(operation), over);
        (ask.parts, ask.heard) = (0, now);
        ask.attempts += 1;
        let call = Arc::new(ask.call.clone());
        let question = Question {
            run: self.id,
            number: ask.number,
        };
        port.deeds.push(Deed::Note(Fact::Called {
            operation,
            client,
            member,
            call: call.clone(),
            question: Some(question),
        }));
        let caller = self.caller.clone();
        let packet = Packet::Request {
            operation,
            call,
            caller,
        };
        port.deeds.push(Deed::Send(member, packet));
        let number = self.asks[place].number;
        self.listen(port, number);
    }

    /// The call is answered.
    pub(in crate::cluster) fn response(
        &mut self,
        port: &mut Port,
        operation: OperationId,
        result: Result<Answer, ClientError>,
    ) {
        let under_way = |ask: &Ask| ask.operation == Some(operation);
        let Some(place) = self.asks.iter().position(under_way) else {
            return;
        };
        let outcome = match &result {
            Ok(answer) => Outcome::Answered(Arc::new(answer.clone())),
            Err(error) => Outcome::Failed(*error),
        };
        self.returned(port, operation, outcome);
        self.asks[place].operation = None;
        match result {
            Err(error) if self.may_retry(port.edition, place, error) => {
                self.retry(port, place, error)
            }
            result => {
                let ask = self.asks.remove(place);
                self.done(port, ask, result);
            }
        }
    }

    /// The connection broke while the question was under way.
    pub(super) fn lost(&mut self, port: &mut Port, number: u64) {
        let Some(operation) = self.place_of(number).and_then(|p| self.asks[p].operation) else {
            return;
        };
        self.response(port, operation, Err(ClientError::ConnectionLost));
    }

    /// clientv3 asks again if the server says that it could not do it, and if asking twice does no
    /// harm: the call reads, or it was certainly not carried out.
    fn may_retry(&self, edition: u64, place: usize, error: ClientError) -> bool {
        let ask = &self.asks[place];
        if self.is_v2() || ask.attempts >= MAX_ATTEMPTS {
            return false;
        }
        let is_watch = matches!(
            ask.purpose,
            Purpose::Watch(_) | Purpose::Await | Purpose::Reign
        );
        match error {
            error if error.is_old_token() => self.program.user.is_some(),
            // The member waited for a leader until its own time was over: nothing was proposed.
            ClientError::DeadlineExceeded => true,
            ClientError::NoLeader if is_watch => false,
            ClientError::ConnectionLost if is_watch => true,
            // Another endpoint may be no learner.
            ClientError::NotSupportedForLearner if edition > 0 => {
                ask.to == To::Any && self.program.endpoints.len() > 1
            }
            error => {
                let again = ask.purpose == Purpose::Relogin && edition > 0;
                error.is_worth_another_try(again || ask.call.may_be_repeated(edition))
            }
        }
    }

    fn retry(&mut self, port: &mut Port, place: usize, error: ClientError) {
        self.resume(place);
        // A token is asked for whenever a stream is opened.
        let opens = matches!(self.asks[place].call, Call::Watch(_)) && port.edition > 0;
        if error.is_old_token() || opens && self.program.user.is_some() {
            self.asks[place].resting = true;
            return self.log_in(port, Purpose::Relogin);
        }
        let quorum = self.program.endpoints.len() as u32 / 2 + 1;
        let ask_number = self.asks[place].number;
        if self.asks[place].attempts.is_multiple_of(quorum) {
            self.asks[place].resting = true;
            let timer = RunTimer::Again(ask_number);
            port.deeds
                .push(Deed::Timer(port.now.after(BACKOFF_US), timer));
        } else {
            self.send_waiting(port);
        }
    }

    /// The time for a question is over.
    pub(super) fn out_of_time(&mut self, port: &mut Port, number: u64) {
        let Some(place) = self.place_of(number) else {
            return;
        };
        let ask = self.asks.remove(place);
        self.give_up(port, &ask, ClientError::DeadlineExceeded);
        self.done(port, ask, Err(ClientError::DeadlineExceeded));
    }

    /// Nobody waits for the answer any more.
    pub(super) fn give_up(&self, port: &mut Port, ask: &Ask, error: ClientError) {
        let Some(operation) = ask.operation else {
            return;
        };
        self.hang_up(port, ask);
        self.returned(port, operation, Outcome::Failed(error));
    }

    pub(super) fn returned(&self, port: &mut Port, operation: OperationId, outcome: Outcome) {
        port.deeds.push(Deed::Note(Fact::Returned {
            operation,
            client: self.client,
            outcome,
        }));
    }
}
