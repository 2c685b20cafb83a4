//! Watches: streams of what happens to keys.

use super::Server;
use crate::cluster::call::{Answer, AnswerBody, Call, V2Wait, WatchAnswer, WatchCall};
use crate::cluster::client::{ClientError, OperationId};
use crate::cluster::member::{Alarm, Effect};
use crate::cluster::trace::{Address, Packet, Upstream};
use crate::kv::{Caller, Event, EventType, KeyRange, KvError, Revision};
use crate::sim::SimTime;

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
        call: WatchCall,
        range: KeyRange,
        /// The first revision that was not told.
        next: u64,
    },
    /// One change of the store of version 2.
    V2(V2Wait),
}

impl Server {
    /// A client wants to watch.
    pub(super) fn watch(
        &mut self,
        to: Address,
        operation: OperationId,
        (call, caller): (&WatchCall, &Caller),
        out: &mut Vec<Effect>,
    ) {
        let send = |result, out: &mut Vec<Effect>| {
            out.push(Effect::Send(to, Packet::Response { operation, result }));
        };
        if call.require_leader && self.node.leader().is_none() {
            return send(Err(ClientError::NoLeader), out);
        }
        let request = &call.request;
        let range = KeyRange::new(&request.key, &request.range_end);
        if let Err(error) = self.store.may_read(caller, &range) {
            return send(Ok(self.canceled(error, 0)), out);
        }
        let current = self.store.revision().0;
        let next = match u64::try_from(request.start_revision) {
            Ok(0) | Err(_) => current + 1,
            Ok(wanted) => wanted,
        };
        let mut watcher = Watcher {
            operation,
            to,
            what: What::Keys {
                call: call.clone(),
                range,
                next,
            },
            parts: 0,
        };
        let created = WatchAnswer {
            created: true,
            ..WatchAnswer::default()
        };
        let created = self.answer_of(AnswerBody::Watch(created), current);
        watcher.send(created, out);
        let compacted = self.store.compact_revision().0;
        if next < compacted {
            return send(Ok(self.canceled(KvError::Compacted, compacted)), out);
        }
        self.tell(&mut watcher, out);
        self.watchers.push(watcher);
    }

    fn canceled(&self, error: KvError, compact_revision: u64) -> Answer {
        let body = AnswerBody::Watch(WatchAnswer {
            canceled: Some(error.to_string()),
            compact_revision,
            ..WatchAnswer::default()
        });
        self.answer_of(body, 0)
    }

    /// Tells a watcher what it does not know yet.
    fn tell(&self, watcher: &mut Watcher, out: &mut Vec<Effect>) {
        let current = self.store.revision().0;
        let What::Keys { call, range, next } = &mut watcher.what else {
            return;
        };
        if *next > current {
            return;
        }
        let events = self.store.events(range, Revision(*next), Revision(current));
        *next = current + 1;
        let request = &call.request;
        let wanted = |event: &Event| match event.kind {
            EventType::Put => !request.no_put,
            EventType::Delete => !request.no_delete,
        };
        let events: Vec<Event> = events
            .into_iter()
            .filter(wanted)
            .map(|mut event| {
                if !request.prev_kv {
                    event.prev_kv = None;
                }
                event
            })
            .collect();
        if !events.is_empty() {
            let part = WatchAnswer {
                events,
                ..WatchAnswer::default()
            };
            let answer = self.answer_of(AnswerBody::Watch(part), current);
            watcher.send(answer, out);
        }
    }

    /// Something was applied: the watchers are told, revision by revision.
    pub(super) fn tell_watchers(&mut self, out: &mut Vec<Effect>) {
        if self.watchers.is_empty() {
            return;
        }
        let mut watchers = std::mem::take(&mut self.watchers);
        for watcher in &mut watchers {
            self.tell(watcher, out);
        }
        self.watchers = watchers;
    }

    /// A client says something about a stream.
    pub(super) fn upstream(
        &mut self,
        from: Address,
        operation: OperationId,
        note: Upstream,
        out: &mut Vec<Effect>,
    ) {
        let place = self.watchers.iter().position(|w| w.operation == operation);
        let Some(place) = place else {
            if note != Upstream::Cancel {
                // Another process began it.
                let result = Err(ClientError::ConnectionLost);
                out.push(Effect::Send(from, Packet::Response { operation, result }));
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
                out.push(Effect::Send(
                    from,
                    Packet::Streamed {
                        operation,
                        number,
                        answer,
                    },
                ));
            }
            Upstream::Progress => {
                let part = AnswerBody::Watch(WatchAnswer::default());
                let answer = self.answer_of(part, current);
                self.watchers[place].send(answer, out);
            }
        }
    }

    /// There is no leader any more, or there is one again.
    pub(super) fn judge_leaderless(&mut self, now: SimTime, out: &mut Vec<Effect>) {
        let leaderless = self.node.leader().is_none();
        if leaderless == self.leaderless_since.is_some() {
            return;
        }
        self.leaderless_since = leaderless.then_some(now);
        if leaderless {
            out.push(Effect::Alarm(self.give_up_at(now), Alarm::Leaderless(now)));
        }
    }

    /// etcd looks once per election timeout whether there is a leader, and gives up at the third
    /// time without one.
    fn give_up_at(&self, now: SimTime) -> SimTime {
        now.after(3 * self.limits.election_us)
    }

    /// There has been no leader for a while: streams that want one end.
    pub(super) fn end_leaderless(&mut self, since: SimTime, out: &mut Vec<Effect>) {
        if self.leaderless_since != Some(since) {
            return;
        }
        self.watchers.retain(|watcher| {
            let ends = matches!(&watcher.what, What::Keys { call, .. } if call.require_leader);
            if ends {
                let (operation, result) = (watcher.operation, Err(ClientError::NoLeader));
                let packet = Packet::Response { operation, result };
                out.push(Effect::Send(watcher.to, packet));
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
        out: &mut Vec<Effect>,
    ) {
        let mut watcher = Watcher {
            operation,
            to,
            what: What::V2(wait.clone()),
            parts: 0,
        };
        // The header of the answer comes at once: the watch is set up.
        let created = WatchAnswer {
            created: true,
            ..WatchAnswer::default()
        };
        let set_up = self.answer_of(AnswerBody::Watch(created), self.store.revision().0);
        watcher.send(set_up, out);
        if !self.tell_v2(&watcher, out) {
            let index = wait.index.or(Some(self.store.v2().index() + 1));
            let key = wait.key.clone();
            watcher.what = What::V2(V2Wait {
                key,
                index,
                recursive: wait.recursive,
            });
            self.watchers.push(watcher);
        }
    }

    /// Tells the change that a client waits for, if it has happened.
    fn tell_v2(&self, watcher: &Watcher, out: &mut Vec<Effect>) -> bool {
        let What::V2(V2Wait {
            key,
            recursive,
            index: Some(index),
        }) = &watcher.what
        else {
            return false;
        };
        let Some(response) = self.store.v2().watch(key, *recursive, *index) else {
            return false;
        };
        let operation = watcher.operation;
        let result = Ok(self.answer_of(AnswerBody::V2(response), self.store.revision().0));
        out.push(Effect::Send(watcher.to, Packet::Response { operation, result }));
        true
    }

    /// The store of version 2 has changed.
    pub(super) fn tell_v2_watchers(&mut self, out: &mut Vec<Effect>) {
        if self.watchers.is_empty() {
            return;
        }
        let mut watchers = std::mem::take(&mut self.watchers);
        watchers.retain(|watcher| !self.tell_v2(watcher, out));
        self.watchers = watchers;
    }
}

impl Watcher {
    fn send(&mut self, answer: Answer, out: &mut Vec<Effect>) {
        self.parts += 1;
        let packet = Packet::Streamed {
            operation: self.operation,
            number: self.parts,
            answer,
        };
        out.push(Effect::Send(self.to, packet));
    }
}

/// Whether a call begins a stream.
pub(super) fn is_stream(call: &Call) -> bool {
    matches!(call, Call::Watch(_) | Call::V2Wait(_))
}
