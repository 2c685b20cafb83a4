//! Streams: watches that survive the member that they began at, and leases that are kept alive.

use super::ask::{Ask, To};
use super::{Deed, Port, Purpose, Run, RunTimer};
use crate::cluster::call::{Answer, AnswerBody, Call, WatchCall, WatchRequest};
use crate::cluster::client::{ClientError, OperationId};
use crate::cluster::program::{End, Job, ProgramError, ProgramEvent};
use crate::cluster::trace::{Packet, Upstream};
use crate::sim::SimTime;

/// A stream on which nothing comes for so long is asked whether it is still there, in
/// microseconds (etcdctl's `--keepalive-time`).
const PING_US: u64 = 2_000_000;

/// A stream on which nothing comes for so much longer is gone, in microseconds (etcdctl's
/// `--keepalive-timeout`).
const PONG_US: u64 = 6_000_000;

// What all streams have in common.

impl Run {
    /// A question that is a stream is under way: is the other end still there?
    pub(super) fn listen(&mut self, port: &mut Port, number: u64) {
        if let Some(place) = self.place_of(number)
            && matches!(self.asks[place].call, Call::Watch(_) | Call::V2Wait(_))
            && !std::mem::replace(&mut self.asks[place].pinging, true)
        {
            let at = port.now.after(PING_US);
            port.deeds.push(Deed::Timer(at, RunTimer::Ping(number)));
        }
    }

    pub(super) fn ping(&mut self, port: &mut Port, number: u64) {
        let Some(place) = self.place_of(number) else {
            return;
        };
        let ask = &mut self.asks[place];
        let Some(operation) = ask.operation else {
            ask.pinging = false;
            return;
        };
        let silent = port.now.since(ask.heard);
        if silent >= PING_US + PONG_US {
            // The connection is as good as gone. (An old timer of an earlier stream cannot tell
            // so: then something was heard since.)
            let over = ask.over;
            ask.pinging = false;
            return self.broken_silently(port, over, operation);
        }
        let mut next = ask.heard.after(PING_US);
        if silent >= PING_US {
            self.tell(port, place, operation, Upstream::Ping);
            next = port.now.after(PING_US);
        }
        port.deeds.push(Deed::Timer(next, RunTimer::Ping(number)));
    }

    fn broken_silently(&mut self, port: &mut Port, over: usize, operation: OperationId) {
        if let Some(place) = self
            .asks
            .iter()
            .position(|a| a.operation == Some(operation))
        {
            self.hang_up(port, &self.asks[place].clone());
        }
        self.broken(port, over);
        self.send_waiting(port);
    }

    /// Says something about a stream.
    fn tell(&self, port: &mut Port, place: usize, operation: OperationId, note: Upstream) {
        if let Some(member) = self.connections[self.asks[place].over].member {
            let packet = Packet::Upstream { operation, note };
            port.deeds.push(Deed::Send(member, packet));
        }
    }

    /// Tells the member that nobody waits for the answer any more. What it has not proposed yet,
    /// it will not.
    pub(super) fn hang_up(&self, port: &mut Port, ask: &Ask) {
        let Some(operation) = ask.operation else {
            return;
        };
        if let Some(member) = self.connections[ask.over].member {
            let note = Upstream::Cancel;
            let packet = Packet::Upstream { operation, note };
            port.deeds.push(Deed::Send(member, packet));
        }
    }

    /// A part of a stream.
    pub(in crate::cluster) fn streamed(
        &mut self,
        port: &mut Port,
        operation: OperationId,
        number: u64,
        answer: Answer,
    ) {
        let under_way = |ask: &Ask| ask.operation == Some(operation);
        let Some(place) = self.asks.iter().position(under_way) else {
            return;
        };
        let ask = &mut self.asks[place];
        ask.heard = port.now;
        if number > ask.parts + 1 || (number == ask.parts + 1 && is_pong(&answer)) {
            // A part was lost on the way, as never happens to TCP: begin again from there.
            let ask = self.asks[place].clone();
            self.hang_up(port, &ask);
            return self.response(port, operation, Err(ClientError::ConnectionLost));
        }
        if number <= ask.parts {
            return;
        }
        ask.parts = number;
        let purpose = ask.purpose;
        self.part(port, place, purpose, answer);
    }

    /// Makes a stream that is begun again go on where it was.
    pub(super) fn resume(&mut self, place: usize) {
        let ask = &mut self.asks[place];
        if let Call::Watch(watch) = &mut ask.call
            && ask.created
        {
            watch.request.start_revision = ask.next_revision;
        }
    }
}

/// An answer to [`Upstream::Ping`] is no part: it has the number of the last one.
fn is_pong(answer: &Answer) -> bool {
    matches!(answer.body, AnswerBody::Done)
}

// Watches of `etcdctl watch`.

impl Run {
    pub(super) fn watch_all(&mut self, port: &mut Port, watches: Vec<WatchRequest>) {
        if watches.is_empty() {
            self.say(port, ProgramEvent::Ready);
        }
        for request in watches {
            self.add_watch(port, request);
        }
    }

    pub(super) fn add_watch(&mut self, port: &mut Port, request: WatchRequest) {
        let number = self.memo.place as u64;
        self.memo.place += 1;
        self.memo.unready += 1;
        self.memo.open += 1;
        let call = Call::Watch(WatchCall {
            request,
            require_leader: true,
        });
        self.ask(port, Purpose::Watch(number), call, To::Any, None);
    }

    pub(super) fn ask_progress(&mut self, port: &mut Port) {
        for place in 0..self.asks.len() {
            if let Some(operation) = self.asks[place].operation {
                self.tell(port, place, operation, Upstream::Progress);
            }
        }
    }

    /// What is known after a part of a watch. `false` for what says nothing new.
    pub(super) fn follow(&mut self, place: usize, answer: &Answer) -> bool {
        let ask = &mut self.asks[place];
        let AnswerBody::Watch(part) = &answer.body else {
            return false;
        };
        let current = answer.header.revision as i64 + 1;
        if part.created {
            let again = std::mem::replace(&mut ask.created, true);
            if let Call::Watch(watch) = &ask.call
                && !again
            {
                ask.next_revision = match watch.request.start_revision {
                    0 => current,
                    wanted => wanted,
                };
            }
            return !again;
        }
        match part.events.last() {
            Some(last) => ask.next_revision = last.kv.mod_revision.0 as i64 + 1,
            None => ask.next_revision = ask.next_revision.max(current),
        }
        true
    }

    fn part(&mut self, port: &mut Port, place: usize, purpose: Purpose, answer: Answer) {
        match purpose {
            Purpose::V2Do => self.say(port, ProgramEvent::Ready),
            Purpose::Watch(watch) => {
                if !self.follow(place, &answer) {
                    return;
                }
                if matches!(&answer.body, AnswerBody::Watch(part) if part.created) {
                    self.memo.unready -= 1;
                    if self.memo.unready == 0 {
                        self.say(port, ProgramEvent::Ready);
                    }
                } else {
                    self.say(port, ProgramEvent::Watched { watch, answer });
                }
            }
            Purpose::Await | Purpose::NextWinner | Purpose::Reign
                if self.follow(place, &answer) =>
            {
                self.recipe_part(port, place, purpose, answer);
            }
            _ => {}
        }
    }

    /// A watch is cancelled by the server.
    pub(super) fn watch_ended(
        &mut self,
        port: &mut Port,
        watch: u64,
        ask: &Ask,
        result: Result<Answer, ClientError>,
    ) {
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => Answer {
                header: Default::default(),
                body: AnswerBody::Watch(Box::new(crate::cluster::WatchAnswer {
                    canceled: Some(error.to_string()),
                    ..Default::default()
                })),
            },
        };
        if !ask.created {
            self.memo.unready -= 1;
        }
        self.memo.open -= 1;
        self.say(port, ProgramEvent::Watched { watch, answer });
        if self.memo.open == 0 {
            self.end(port, End::Failed(ProgramError::WatchCanceled));
        }
    }
}

// Leases.

impl Run {
    /// Asks for a lease to be kept alive. Nothing else is done until the answer comes.
    pub(super) fn keep_alive(&mut self, port: &mut Port) {
        if self.ended {
            return;
        }
        let is_keep_alive = |ask: &Ask| ask.purpose == Purpose::KeepAlive;
        if self.asks.iter().any(is_keep_alive) {
            return;
        }
        let call = Call::LeaseKeepAlive(self.memo.lease);
        let until = match self.memo.lease_ends {
            SimTime::ZERO => None,
            ends => Some(ends),
        };
        self.ask(port, Purpose::KeepAlive, call, To::Any, until);
    }

    pub(super) fn kept_alive(&mut self, port: &mut Port, result: Result<Answer, ClientError>) {
        let (id, alone) = (self.memo.lease, self.memo.key.is_empty());
        let Ok(Answer {
            header,
            body: AnswerBody::KeptAlive { ttl, .. },
        }) = result
        else {
            // Nothing came until the lease must be gone.
            return self.lease_gone(port);
        };
        if ttl <= 0 {
            return self.lease_gone(port);
        }
        if alone {
            let first = self.memo.lease_ends == SimTime::ZERO;
            self.say(port, ProgramEvent::KeptAlive { header, id, ttl });
            if first {
                self.say(port, ProgramEvent::Ready);
            }
        }
        let ttl_us = ttl as u64 * 1_000_000;
        self.memo.lease_ends = port.now.after(ttl_us);
        let next = port.now.after(ttl_us / 3);
        port.deeds.push(Deed::Timer(next, RunTimer::KeepAlive));
    }

    fn lease_gone(&mut self, port: &mut Port) {
        if let Job::Observe(_) = self.program.job {
            // Whoever only looks on does not need it.
            return;
        }
        if matches!(self.program.job, Job::Lock(_) | Job::Elect(_)) && !self.memo.holds {
            // Whoever waits does not look at the lease.
            self.memo.orphaned = true;
            return;
        }
        self.tell_lease_gone(port);
    }

    fn tell_lease_gone(&mut self, port: &mut Port) {
        let id = self.memo.lease;
        self.say(port, ProgramEvent::LeaseGone { id });
        self.end(port, End::Done);
    }

    /// What was waited for is held: now the lease matters.
    pub(super) fn holds(&mut self, port: &mut Port) {
        self.memo.holds = true;
        if self.memo.orphaned {
            self.tell_lease_gone(port);
        }
    }
}
