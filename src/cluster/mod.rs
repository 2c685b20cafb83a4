//! Members, clients and the world that they live in.
//!
//! [`World`] is the whole simulated cluster. [`Action`] is the only way into it, the trace of
//! [`TraceEvent`]s the only way out. A [`Member`] joins a Raft node, a store and a disk; clients
//! send requests to any member and wait for answers.
//!
//! The life of a write: a client's packet reaches a member; the member puts the request into an
//! entry and proposes it, through the leader if it is not the leader itself; Raft stores it on a
//! majority and commits it; every member applies it to its store; the member that took the request
//! recognises its own entry and answers the client.

mod action;
mod action_error;
mod call;
mod claim;
mod client;
mod command;
mod flags;
mod identity;
mod load;
mod member;
mod options;
mod program;
mod recent;
mod run;
mod trace;
mod violation;
mod world;

pub use action::{Action, Links, MAX_DELAY_US, MAX_JUMP_US};
pub use action_error::ActionError;
pub use call::{
    Answer, AnswerBody, Call, Header, MemberUrls, NewMember, Status, TimeToLive, V2Wait,
    WatchAnswer, WatchCall, WatchRequest,
};
pub use claim::{Claim, Counter};
pub use client::{ClientError, ClientId, Operation, OperationId, Outcome};
pub use command::{Command, Order, Publish};
pub use flags::flags;
pub use identity::{
    CLUSTER_ID, MemberInfo, member_id, usual_client_url, usual_name, usual_peer_url,
};
pub use load::{KeyChoice, Load, LoadError};
pub use member::{Member, MemberSettings, Receipt, Record, Roster, Server, StateCopy, TICK_US};
pub use options::{EDITION, MAX_DURATION_US, MAX_MEMBERS, WorldOptions, WorldOptionsError};
pub use program::{
    Elect, End, Input, Job, Lock, Login, Program, ProgramError, ProgramEvent, ProgramRefusal,
    Question, RunId, V2Failure, V2Job,
};
pub use trace::{Address, Fact, LossReason, Packet, TraceEvent, Upstream, WaitReason};
pub use violation::{Evidence, Property, Violation};
pub use world::{ActiveFault, RunningProgram, World};
