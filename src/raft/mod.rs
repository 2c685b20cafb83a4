//! Raft: a replicated log that survives crashes, lost messages and slow disks.
//!
//! # The idea
//!
//! A few members each keep a log of commands. If the logs agree, and every member applies its log
//! in order, all their state machines agree too. To make the logs agree, the members elect a
//! **leader**; the leader alone decides what comes next and brings everybody's log into line with
//! its own. What a majority has stored is **committed**: it will be in the log of every later
//! leader, since any two majorities share a member and nobody votes for a candidate whose log is
//! behind their own. Time is cut into **terms**, at most one leader each; whoever meets a higher
//! term knows that its own is over.
//!
//! That is all of it. The rest (and there is some) makes it quick, bounds what it keeps, lets the
//! members change, and answers reads without writing. The sources are Ongaro and Ousterhout's
//! paper *In Search of an Understandable Consensus Algorithm* (the extended version), here «the
//! paper»; Ongaro's dissertation *Consensus: Bridging Theory and Practice*; and, where the two
//! leave a choice, the behaviour of etcd's raft library.
//!
//! # Sans-IO
//!
//! A [`Node`] is one member, as a plain value. It owns no socket, no file, no clock and no thread.
//! Messages, ticks and requests go in through methods; what is to be done comes out of
//! [`Node::ready`] as a [`Ready`], whose documentation lists the duties of the driver. The same
//! inputs and the same seed give the same outputs, bit by bit. So a test can be any network, any
//! disk and any schedule, and a page can show each step.
//!
//! # The life of a write
//!
//! 1. A client gives a command to a member, [`Node::propose`]. A follower passes it on to the
//!    leader.
//! 2. The leader appends it to its own log. The next `Ready` carries a write for its disk *and*,
//!    at the same time, [`Message::AppendRequest`]s to the followers: the disks work in parallel.
//! 3. A follower checks that the entry attaches to its log, cuts off what conflicts, and takes it.
//!    Its [`Message::AppendAccepted`] is part of its own write, and leaves when that is durable.
//! 4. The leader counts: itself when its own disk is done ([`Node::stored`]), a follower when it
//!    accepts. On a majority, and if the entry is of its own term, the entry is committed.
//! 5. The leader hands it out in [`Ready::committed`], the application applies it and answers the
//!    client. With the next message the followers learn of the commit, and do the same.
//!
//! # The files, in reading order
//!
//! | file | what is there |
//! |---|---|
//! | [`types`](self) | ids, terms, indexes, entries, what a disk holds |
//! | [`message`] | what members say to each other |
//! | [`ready`] | what a node asks of its driver, and what it reports |
//! | [`rules`] | the safety argument: every rule, what it protects, what goes wrong without it |
//! | [`electorate`] | majorities and joint majorities, as arithmetic |
//! | [`progress`] | what a leader knows about one follower |
//! | `log` | the log in memory, and how much of it is durable, committed, applied |
//! | [`node`](Node) | the state of a member |
//! | `node/step.rs` | a message arrives: its term first, then who handles it |
//! | `node/election.rs` | campaigns, votes, roles (paper §5.2, §5.4.1) |
//! | `node/follower.rs` | taking entries and snapshots (paper §5.3, §7) |
//! | `node/leader.rs` | proposals and commits (paper §5.3, §5.4.2) |
//! | `node/replication.rs` | what followers answer, and what they are sent |
//! | `node/reads.rs` | reads without a log entry (dissertation §6.4) |
//! | `node/transfer.rs` | handing over the leadership (dissertation §3.10) |
//! | [`membership`](ConfChange), `node/conf.rs` | learners, changes, joint consensus (paper §6) |
//! | `node/timer.rs`, `node/output.rs` | ticks in, `Ready` out |
//! | [`options`](Options) | everything that can be chosen |
//!
//! # Where this differs from the paper, and from etcd
//!
//! - **A configuration comes into force when its entry is applied**, as in etcd, and not when it
//!   is appended, as in the paper. Nothing has to be rolled back; the price is explained in
//!   `node/conf.rs`.
//! - **Votes are asked for after the candidate's own disk is done**, as in the paper and in etcd
//!   the server. (etcd's library with asynchronous writes lets the requests go at once. A
//!   candidate that then crashes may campaign again in the same term, with a shorter log, and
//!   count answers that were given to the longer one.)
//! - **A new member gets a snapshot first**, even if nothing was ever compacted: its log is empty,
//!   but it does not know the configuration with which the others' logs began.
//! - **A change of the commit index alone is not written.** It goes with the next write; a member
//!   that restarts before learns it again.
//! - **Membership changes wait for an entry of the leader's own term**; etcd only asks that the
//!   leader has applied everything that may hold an earlier change.
//! - **A lease is measured** from the sending of the heartbeats that a quorum has answered, and
//!   shortened by the drift of the clocks; etcd trusts in CheckQuorum alone. Restarted voters wait,
//!   and a transfer ends the lease for the rest of the term.
//! - **A sleep is seen at once**: the timers of a process that was stopped have run out when it
//!   goes on. etcd's go on where they stood, see `node/timer.rs`.
//! - **Stale candidates are answered**, as the paper wants it, so that they learn the term.
//!
//! Not covered: snapshots in chunks (one message carries all), witnesses, flexible quorums, and
//! any form of authentication. A node does not panic at what a liar sends, but Raft does not
//! protect a cluster against members that lie.
//!
//! # Three members in memory
//!
//! ```
//! use bytes::Bytes;
//! use quorum::raft::*;
//! use rand_pcg::Pcg32;
//!
//! /// A member: the node, its disk, and what its state machine has applied.
//! struct Member {
//!     node: Node,
//!     disk: Stored,
//!     applied: Vec<Bytes>,
//! }
//!
//! /// Carries out what the node asks for. Its messages are returned.
//! fn drive(member: &mut Member) -> Vec<Envelope> {
//!     let mut messages = Vec::new();
//!     while member.node.has_ready() {
//!         let ready = member.node.ready();
//!         messages.extend(ready.messages);
//!         if let Some(write) = ready.write {
//!             // This disk is quick: the write is durable at once, and what waits for it can go.
//!             member.disk.write(&write);
//!             messages.extend(write.after_sync);
//!             member.node.stored(write.done);
//!         }
//!         for entry in ready.committed {
//!             if let Payload::Command(command) = entry.payload {
//!                 member.applied.push(command);
//!             }
//!             member.node.applied(entry.index);
//!         }
//!     }
//!     messages
//! }
//!
//! /// Lets everything happen until nobody has anything to say any more.
//! fn settle(members: &mut [Member]) {
//!     loop {
//!         let messages: Vec<Envelope> = members.iter_mut().flat_map(drive).collect();
//!         if messages.is_empty() {
//!             return;
//!         }
//!         for envelope in messages {
//!             let place = envelope.to.0 as usize - 1;
//!             members[place].node.step(envelope);
//!         }
//!     }
//! }
//!
//! let conf = ConfState::voters((1..=3).map(NodeId));
//! let mut members = Vec::new();
//! for id in 1..=3 {
//!     let disk = Stored::new(conf.clone());
//!     let rng = Pcg32::new(id, 0);
//!     let node = Node::new(NodeId(id), Options::default(), disk.clone(), rng)?;
//!     members.push(Member { node, disk, applied: Vec::new() });
//! }
//!
//! // Time passes at the first member alone, until it campaigns and wins.
//! let ticks = members[0].node.ticks_until_timer().expect("a voter waits for a leader");
//! members[0].node.tick(ticks);
//! settle(&mut members);
//! assert_eq!(members[0].node.role(), Role::Leader);
//!
//! // A client writes at another member, which passes it on.
//! members[2].node.propose(Bytes::from("x = 1")).expect("the leader is known");
//! settle(&mut members);
//! assert!(members.iter().all(|member| member.applied == ["x = 1"]));
//! # Ok::<(), OptionsError>(())
//! ```

pub mod electorate;
pub mod message;
pub mod progress;
pub mod ready;
pub mod rules;

mod image;
mod log;
mod membership;
mod node;
mod options;
mod types;

pub use image::{Frozen, Image};
pub use membership::*;
pub use message::*;
pub use node::*;
pub use options::*;
pub use progress::*;
pub use ready::*;
pub use types::*;
