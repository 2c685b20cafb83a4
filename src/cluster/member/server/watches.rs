//! Watches: streams of what happens to keys.

use super::Server;
use crate::cluster::call::{Answer, AnswerBody, V2Wait, WatchAnswer, WatchCall};
use crate::cluster::client::{ClientError, OperationId};
use crate::cluster::member::{Alarm, Effect};
use crate::cluster::trace::{Address, Packet, Upstream};
use crate::cluster::world::Out;
use crate::kv::{Caller, KeyRange, KvError, V2Response, WatchFilter};
use crate::sim::SimTime;

/// Why nobody can watch a range that ends before it begins.
const EMPTY_RANGE: &str = "mvcc: watcher range is empty";

/// A stream that is under way.
#[derive(Clone, Debug)]
pub(super) struct Watcher {
    operation: OperationId,
    to: Address,
    what: What,
    /// How many parts were sent.
    parts: u64,
}

#[derive(Clone, Debug)]
enum What {
    Keys {
        filter: WatchFilter,
        require_leader: bool,
        /// The first revision that was not told.
        next: i64,
    },
    /// One change of the store of version 2, after the index `seen`; `index` was the store's when
    /// the wait began.
    V2 { wait: V2Wait, seen: u64, index: u64 },
}

impl Server {
    /// A client wants to watch.
    pub(super) fn watch(
        &mut self,
        to: Address,
        operation: OperationId,
        (call, caller): (&WatchCall, &Caller),
        out: &mut Out,
    ) {
        let send = |result, out: &mut Out| {
            out.push(Effect::send(to, Packet::response(operation, result)));
        };
        if call.require_leader && self.node.leader().is_none() {
            return send(Err(ClientError::NoLeader), out);
        }
        let request = &call.request;
        let range = KeyRange::new(&request.key, &request.range_end);
        if let Err(error) = self.store.check_range(caller, &range) {
            return send(Ok(self.canceled(&error, 0)), out);
        }
        if !range.is_point() && range.bounds().is_none() {
            return send(Ok(self.canceled(&EMPTY_RANGE, 0)), out);
        }
        let current = self.store.revision().0;
        let next = match request.start_revision {
            wanted if wanted > 0 => wanted,
            _ => current as i64 + 1,
        };
        let mut watcher = Watcher {
            operation,
            to,
            what: What::Keys {
                filter: WatchFilter {
                    range,
                    prev_kv: request.prev_kv,
                    no_put: request.no_put,
                    no_delete: request.no_delete,
                },
                require_leader: call.require_leader,
                next,
            },
            parts: 0,
        };
        let created = WatchAnswer {
            created: true,
            ..WatchAnswer::default()
        };
        let created = self.answer_of(AnswerBody::Watch(created.into()), current);
        watcher.send(created, out);
        if self.tell(&mut watcher, out) {
            self.watchers.push(watcher);
        }
    }

    fn canceled(&self, error: &dyn std::fmt::Display, compact_revision: u64) -> Answer {
        let part = WatchAnswer {
            canceled: Some(error.to_string()),
            compact_revision,
            ..WatchAnswer::default()
        };
        let body = AnswerBody::Watch(part.into());
        self.answer_of(body, 0)
    }

    /// Tells a watcher what it does not know yet. `false` if that is not there any more: a snapshot
    /// has passed the watcher by.
    fn tell(&self, watcher: &mut Watcher, out: &mut Out) -> bool {
        let current = self.store.revision().0;
        let What::Keys { filter, next, .. } = &mut watcher.what else {
            return true;
        };
        let mut parts = Vec::new();
        while *next <= current as i64 {
            match self.store.watch(filter, *next) {
                Ok(batch) => {
                    *next = batch.next;
                    if !batch.events.is_empty() {
                        parts.push(batch.events);
                    }
                }
                Err(compacted) => {
                    let (operation, to) = (watcher.operation, watcher.to);
                    let result = Ok(self.canceled(&KvError::Compacted, compacted as u64));
                    out.push(Effect::send(to, Packet::response(operation, result)));
                    return false;
                }
            }
        }
        for events in parts {
            let part = WatchAnswer {
                events,
                ..WatchAnswer::default()
            };
            let answer = self.answer_of(AnswerBody::Watch(part.into()), current);
            watcher.send(answer, out);
        }
        true
    }

    /// Something was applied: the watchers are told, revision by revision.
    pub(super) fn tell_watchers(&mut self, out: &mut Out) {
        if self.watchers.is_empty() {
            return;
        }
        let mut watchers = std::mem::take(&mut self.watchers);
        watchers.retain_mut(|watcher| self.tell(watcher, out));
        self.watchers = watchers;
    }

    /// A client says something about a stream.
    pub(in crate::cluster::member) fn upstream(
        &mut self,
        from: Address,
        operation: OperationId,
        note: Upstream,
        out: &mut Out,
    ) {
        if note == Upstream::Cancel {
            self.pending.remove(&operation);
        }
        let place = self.watchers.iter().position(|w| w.operation == operation);
        let Some(place) = place else {
            if note != Upstream::Cancel {
                // Another process began it.
                let result = Err(ClientError::ConnectionLost);
                out.push(Effect::send(from, Packet::response(operation, result)));
            }
            return;
        };
        let current = self.store.revision().0;
        match note {
            Upstream::Cancel => {
                self.watchers.remove(place);
            }
            Upstream::Ping => {
                let answer = self.answer_of(AnswerBody::Done, current);
                let number = self.watchers[place].parts;
                out.push(Effect::send(
                    from,
                    Packet::Streamed {
                        operation,
                        number,
                        answer: answer.into(),
                    },
                ));
            }
            Upstream::Progress => {
                let part = AnswerBody::Watch(Box::default());
                let answer = self.answer_of(part, current);
                self.watchers[place].send(answer, out);
            }
        }
    }

    /// There is no leader any more, or there is one again.
    pub(super) fn judge_leaderless(&mut self, now: SimTime, out: &mut Out) {
        let leaderless = self.node.leader().is_none();
        if leaderless == self.leaderless_since.is_some() {
            return;
        }
        self.leaderless_since = leaderless.then_some(now);
        let minds = |watcher: &Watcher| {
            let What::Keys { require_leader, .. } = &watcher.what else {
                return false;
            };
            *require_leader
        };
        if leaderless && self.watchers.iter().any(minds) {
            out.push(Effect::Alarm(self.give_up_at(now), Alarm::Leaderless(now)));
        }
    }

    /// etcd looks once per election timeout whether there is a leader, and gives up at the third
    /// time without one.
    fn give_up_at(&self, now: SimTime) -> SimTime {
        now.after(3 * self.limits.election_us)
    }

    /// There has been no leader for a while: streams that want one end.
    pub(in crate::cluster::member) fn end_leaderless(&mut self, since: SimTime, out: &mut Out) {
        if self.leaderless_since != Some(since) {
            return;
        }
        self.watchers.retain(|watcher| {
            let ends = matches!(
                &watcher.what,
                What::Keys {
                    require_leader: true,
                    ..
                }
            );
            if ends {
                let (operation, result) = (watcher.operation, Err(ClientError::NoLeader));
                let packet = Packet::response(operation, result);
                out.push(Effect::send(watcher.to, packet));
            }
            !ends
        });
    }
}

// Version 2.

impl Server {
    /// A client waits for the next change of a key.
    pub(super) fn wait_v2(
        &mut self,
        to: Address,
        operation: OperationId,
        wait: &V2Wait,
        out: &mut Out,
    ) {
        let index = self.store.v2().index();
        let mut watcher = Watcher {
            operation,
            to,
            what: What::V2 {
                wait: wait.clone(),
                seen: index.max(wait.index.unwrap_or(0).saturating_sub(1)),
                index,
            },
            parts: 0,
        };
        // The header of the answer comes at once: the watch is set up.
        let created = WatchAnswer {
            created: true,
            ..WatchAnswer::default()
        };
        let revision = self.store.revision().0;
        let set_up = self.answer_of(AnswerBody::Watch(created.into()), revision);
        watcher.send(set_up, out);
        let since = wait.index.unwrap_or(0);
        let found = self.store.v2().watch(&wait.key, wait.recursive, since);
        let response = match found {
            Ok(None) => return self.watchers.push(watcher),
            Ok(Some(event)) => V2Response::Event(Box::new(event)),
            Err(error) => V2Response::Error(error),
        };
        let result = Ok(self.answer_of(AnswerBody::V2(response), revision));
        out.push(Effect::send(to, Packet::response(operation, result)));
    }

    /// Tells the change that a client waits for, if it has happened.
    fn tell_v2(&self, watcher: &Watcher, out: &mut Out) -> bool {
        let What::V2 { wait, seen, index } = &watcher.what else {
            return false;
        };
        let found = self.store.v2().next_event(&wait.key, wait.recursive, *seen);
        let Some(mut event) = found else {
            return false;
        };
        event.etcd_index = *index;
        let operation = watcher.operation;
        let body = AnswerBody::V2(V2Response::Event(Box::new(event)));
        let result = Ok(self.answer_of(body, self.store.revision().0));
        out.push(Effect::send(
            watcher.to,
            Packet::response(operation, result),
        ));
        true
    }

    /// The store of version 2 has changed.
    pub(super) fn tell_v2_watchers(&mut self, out: &mut Out) {
        if self.watchers.is_empty() {
            return;
        }
        let mut watchers = std::mem::take(&mut self.watchers);
        watchers.retain(|watcher| !self.tell_v2(watcher, out));
        self.watchers = watchers;
    }
}

impl Watcher {
    fn send(&mut self, answer: Answer, out: &mut Out) {
        self.parts += 1;
        let packet = Packet::Streamed {
            operation: self.operation,
            number: self.parts,
            answer: answer.into(),
        };
        out.push(Effect::send(self.to, packet));
    }
}
