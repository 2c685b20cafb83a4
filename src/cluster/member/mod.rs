//! A member: a Raft node, a store and a disk behind the requests of clients.
//!
//! What survives a crash is in [`Member`]; what a process keeps in memory is in [`Server`], and a
//! crash drops it whole. A member never touches the world: each of its methods takes the time and
//! hands its [`Effect`]s to an [`Out`], behind which is the world.

mod inbox;
mod life;
mod record;
mod server;
mod settings;

pub use record::{Receipt, Record};
pub use server::{Roster, Server, StateCopy};
pub(super) use settings::MemberChange;
pub use settings::MemberSettings;

use super::client::OperationId;
use super::identity;
use super::options::WorldOptions;
use super::trace::{Address, Fact, Packet, WaitReason};
use super::world::Out;
use crate::raft::{Entry, Envelope, Index, Message, NodeId, Ready, Stored};
use crate::sim::{Clock, Disk, FlightId, Layered, SimTime, Wal, stream};
use inbox::Item;
use std::sync::Arc;

/// The length of a tick of a member's clock, in microseconds.
pub const TICK_US: u64 = 1_000;

/// A member of the cluster, running or crashed.
#[derive(Clone, Debug)]
pub struct Member {
    id: NodeId,
    name: Arc<str>,
    client_url: Arc<str>,
    /// When its process started the last time.
    started_at: SimTime,
    /// It was removed from the cluster, and knows it.
    removed: bool,
    disk: Disk<Record, Receipt>,
    settings: Layered<MemberSettings, MemberChange>,
    clock: Clock,
    /// What an empty disk stands for: the first configuration, and nothing else.
    empty: Stored,
    /// What the durable part of the disk comes to.
    stored: Stored,
    failure: Option<Arc<str>>,
    server: Option<Server>,
    /// The bytes of the database when the process ended: free room stays part of it.
    db_size: u64,
    /// How many times the member has started.
    starts: u64,
    /// Empty between steps: kept for its room.
    ready: Ready,
}

/// What a member wants to happen, in order.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// A fact for the trace.
    Note(Fact),
    /// A message to be sent.
    Send(Address, Arc<Packet>),
    /// Something to be called later, unless the member crashes before.
    Alarm(SimTime, Alarm),
    /// The member was removed from the cluster: its process ends.
    Leave,
}

impl Effect {
    pub(super) fn send(to: Address, packet: Packet) -> Effect {
        Effect::Send(to, Arc::new(packet))
    }
}

/// What a member wants to be called for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alarm {
    /// The oldest write is durable.
    Synced,
    /// The process has time for the next thing that waits in its inbox.
    TakeIn,
    /// A request has waited long enough.
    RequestTimedOut(OperationId),
    /// A read index was asked for and there is no answer yet.
    RetryRead(OperationId),
    /// There has been no leader since then, for a while.
    Leaderless(SimTime),
    /// The process says its name, if that was lost.
    Introduce,
    /// The process ends, since the member was removed.
    Leave,
}

/// A message that has come to a member.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) flight: FlightId,
    pub(super) from: Address,
    pub(super) sent: SimTime,
    pub(super) packet: Arc<Packet>,
}

impl Member {
    /// A member that is new: running, with an empty disk. It has these addresses, or the usual ones.
    pub(super) fn new(
        id: NodeId,
        (now, addresses): (SimTime, Option<NodeId>),
        options: &WorldOptions,
        seed: u64,
        out: &mut Out,
    ) -> Member {
        let like = addresses.unwrap_or(id);
        let conf = crate::raft::ConfState::voters(options.member_ids());
        let empty = Stored::new(conf);
        let mut member = Member {
            id,
            name: identity::usual_name(like).into(),
            client_url: identity::usual_client_url(like).into(),
            started_at: SimTime::ZERO,
            removed: false,
            disk: Disk::new(options.disk, stream(seed, "disk", [id.0, 0])),
            settings: Layered::new(MemberSettings::new(options.disk)),
            clock: Clock::default(),
            stored: empty.clone(),
            empty,
            failure: None,
            server: None,
            db_size: 0,
            starts: 0,
            ready: Ready::default(),
        };
        member.start(now, options, seed, out);
        member
    }

    /// Its identity.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Its name, as etcd's documentation names members: `infra1`.
    pub fn name(&self) -> String {
        self.name.as_ref().to_owned()
    }

    /// Where clients reach it.
    pub fn client_url(&self) -> &str {
        &self.client_url
    }

    /// Since when its process has been running, if it runs.
    pub(super) fn running_since(&self) -> Option<SimTime> {
        self.server.as_ref().map(|_| self.started_at)
    }

    /// Tells the process which members are connected to it, and since when.
    pub(super) fn set_peers(&mut self, peers: Vec<(NodeId, SimTime)>) {
        if let Some(server) = &mut self.server {
            server.set_peers(peers);
        }
    }

    /// Its process, if it runs.
    pub fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// What is durable on its disk, damaged or not: the sum of all records.
    pub fn stored(&self) -> &Stored {
        &self.stored
    }

    /// Why it refused to start the last time, in etcd's words; `None` if it did not.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Whether it was removed from the cluster, and knows it: its process ends, and starts no more.
    pub fn was_removed(&self) -> bool {
        self.removed
    }

    /// Its disk: what is durable, and what is on its way there.
    pub fn disk(&self) -> &Disk<Record, Receipt> {
        &self.disk
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How it is set.
    pub fn settings(&self) -> &MemberSettings {
        self.settings.now()
    }

    /// When a tick of its process comes, or about when it came. `None` if it does not run.
    pub fn time_of_tick(&self, tick: u64) -> Option<SimTime> {
        let reading = self.server.as_ref()?.reading_of_tick(tick);
        Some(self.clock.when(reading))
    }

    /// Keeps what it has in common with another member only once: the log in memory and on the
    /// disk, and the store if that is equal.
    pub(super) fn share_with(
        &mut self,
        (log, disk): (&Stored, &Wal<Record>),
        store: Option<&crate::kv::Store>,
    ) {
        self.stored.share_log(log);
        let key = |record: &Record| record.entries.last().map(|entry| entry.index);
        self.disk.share_with(disk, key);
        if let Some(server) = &mut self.server {
            server.node.share_log(log);
            server.share_store(store);
        }
    }

    /// The number of the present process, from 1.
    pub(super) fn starts(&self) -> u64 {
        self.starts
    }

    /// When the node's next timer runs out.
    pub(super) fn next_timer(&self) -> Option<SimTime> {
        let server = self.server.as_ref()?;
        if self.settings().paused {
            return None;
        }
        let timer = server.node.ticks_until_timer();
        let timer = timer.map(|ticks| server.ticked().saturating_add(ticks));
        let next = timer.into_iter().chain(server.wants_tick()).min();
        self.time_of_tick(next?)
    }

    /// Time has passed: a timer may have run out.
    pub(super) fn wake(&mut self, now: SimTime, out: &mut Out) {
        self.with_server(now, out, |_, _| ());
    }

    /// What a message has to wait for that comes to this member now, if anything.
    pub(super) fn keeps_waiting(&self) -> Option<WaitReason> {
        let settings = self.settings();
        if settings.paused {
            Some(WaitReason::Paused)
        } else if settings.delay_us > 0 || self.server.as_ref().is_some_and(|s| s.waiting() > 0) {
            Some(WaitReason::Busy)
        } else {
            None
        }
    }

    /// A message arrived, and is taken in at once.
    pub(super) fn receive(&mut self, now: SimTime, from: Address, packet: &Packet, out: &mut Out) {
        self.with_server(now, out, |server, out| match packet {
            Packet::Raft(envelope) if server.was_removed(envelope.from) => {
                out.push(Effect::send(from, Packet::Removed));
            }
            Packet::Raft(envelope) => match envelope.message {
                Message::Propose { .. } => server.node.step(server.passed_on(envelope.clone())),
                _ => server.node.step(envelope),
            },
            Packet::Request {
                operation,
                call,
                caller,
            } => server.accept(now, from, *operation, (call, caller), out),
            Packet::Response { operation, result } => {
                server.passed_back(*operation, result, out);
            }
            Packet::Upstream { operation, note } => server.upstream(from, *operation, *note, out),
            Packet::Dial { run } => {
                let run = *run;
                out.push(Effect::send(
                    from,
                    match server.serving {
                        true => Packet::Accepted { run },
                        false => Packet::Closed { run },
                    },
                ));
            }
            Packet::Removed => out.push(Effect::Leave),
            Packet::Streamed { .. } | Packet::Accepted { .. } | Packet::Closed { .. } => {}
        });
    }

    /// A message arrived, and waits.
    pub(super) fn keep(&mut self, now: SimTime, delivery: Delivery, out: &mut Out) {
        self.queue_up(now, Item::Delivery(delivery), out);
    }

    /// Something that the member wanted to be called for.
    pub(super) fn alarm(&mut self, now: SimTime, alarm: Alarm, out: &mut Out) {
        match alarm {
            // The disk does not wait for the process.
            Alarm::Synced => self.synced(now, out),
            Alarm::TakeIn => self.take_in(now, out),
            _ => {
                if self.keeps_waiting().is_some() {
                    self.queue_up(now, Item::Alarm(alarm), out);
                } else {
                    self.ring(now, alarm, out);
                }
            }
        }
    }

    fn ring(&mut self, now: SimTime, alarm: Alarm, out: &mut Out) {
        self.with_server(now, out, |server, out| match alarm {
            Alarm::RequestTimedOut(operation) => server.time_out(operation, out),
            Alarm::RetryRead(operation) => server.retry_read(now, operation, out),
            Alarm::Leaderless(since) => server.end_leaderless(since, out),
            Alarm::Introduce => server.introduce(now, out),
            Alarm::Leave => out.push(Effect::Leave),
            Alarm::Synced | Alarm::TakeIn => {}
        });
    }

    /// A server by its own right is campaigning (the operator said so).
    pub(super) fn campaign(&mut self, now: SimTime, out: &mut Out) {
        self.with_server(now, out, |server, _| server.node.campaign());
    }

    /// The oldest write is durable, if its time has come.
    fn synced(&mut self, now: SimTime, out: &mut Out) {
        let Some((record, receipt)) = self.disk.sync(now) else {
            return;
        };
        out.note(Fact::Synced {
            member: self.id,
            entries: range_of(&record.entries),
        });
        record.write_to(&mut self.stored);
        if let Some(superseded) = record.supersedes() {
            self.disk.purge(|record| record.reaches_beyond(superseded));
        }
        self.await_sync(out);
        if self.keeps_waiting().is_some() {
            self.queue_up(now, Item::Receipt(receipt), out);
        } else {
            self.acknowledge(now, receipt, out);
        }
    }

    /// Asks to be called when the next write is durable.
    fn await_sync(&self, out: &mut Out) {
        if let Some(at) = self.disk.next_sync() {
            out.push(Effect::Alarm(at, Alarm::Synced));
        }
    }

    /// The process hears that a write is durable.
    fn acknowledge(&mut self, now: SimTime, receipt: Receipt, out: &mut Out) {
        send_all(receipt.after_sync.into_iter(), out);
        self.with_server(now, out, |server, _| server.node.stored(receipt.done));
    }

    /// Lets the clock catch up, does something, and carries out what becomes due by it.
    fn with_server(
        &mut self,
        now: SimTime,
        out: &mut Out,
        act: impl FnOnce(&mut Server, &mut Out),
    ) {
        let Some(server) = &mut self.server else {
            return;
        };
        server.catch_up(self.clock.read(now));
        act(server, out);
        self.pump(now, out);
    }

    /// Carries out everything that the node asks for.
    fn pump(&mut self, now: SimTime, out: &mut Out) {
        let Some(server) = &mut self.server else {
            return;
        };
        let ready = &mut self.ready;
        while server.node.has_ready() {
            server.node.ready_into(ready);
            let member = self.id;
            out.learned(member, &mut ready.events);
            server.take_in(now, ready, out);
            send_all(ready.messages.drain(..), out);
            if let Some(write) = ready.write.take() {
                let entries = range_of(&write.entries);
                let idle = self.disk.unsynced() == 0;
                let (record, receipt) = Record::of(write, server.node.hard_state());
                let times = self.disk.write(now, record, receipt);
                out.note(Fact::Wrote {
                    member,
                    entries,
                    written_at: times.written,
                    synced_at: times.synced,
                });
                if idle && let Some(at) = self.disk.next_sync() {
                    out.push(Effect::Alarm(at, Alarm::Synced));
                }
            }
            server.look_at_leader(now, out);
        }
    }
}

fn send_all(envelopes: impl Iterator<Item = Envelope>, out: &mut Out) {
    for envelope in envelopes {
        out.send(
            Address::Member(envelope.to),
            Arc::new(Packet::Raft(envelope)),
        );
    }
}

/// The first and last index of these entries.
fn range_of(entries: &[Entry]) -> Option<(Index, Index)> {
    Some((entries.first()?.index, entries.last()?.index))
}
