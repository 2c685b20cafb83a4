//! What members put into the log: a client's request with the name of the operation, or something
//! of the cluster's own.

use super::call::MemberUrls;
use super::client::OperationId;
use crate::kv::code::{Code, choices, decode, decode_shared, encode_owned, fields};
use crate::kv::{Caller, Request};
use bytes::Bytes;

/// The data of a log entry.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Command {
    /// The operation, so that the member that took the request recognises its own entry when it
    /// is applied (etcd's request id); 0 for what no client asked for.
    pub operation: OperationId,
    /// In whose name.
    pub caller: Caller,
    /// What to do.
    pub order: Order,
}

/// What an entry asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// Something of the store.
    Request(Request),
    /// A member has started and says how it is called.
    Publish(Publish),
    /// A member moves to other URLs.
    MoveMember(MemberUrls),
    /// All members run this version: the first leader says so.
    #[default]
    ClusterVersion,
}

/// How a member is called (etcd's `ClusterMemberAttrSet`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Publish {
    /// The member.
    pub member: u64,
    /// The number of its start.
    pub start: u64,
    /// Its name.
    pub name: String,
    /// Where clients reach it.
    pub client_urls: Vec<String>,
}

/// What goes with a change of the membership.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct ChangeNote {
    /// The operation.
    pub operation: OperationId,
    /// Where a new member will be reached.
    pub peer_urls: Vec<String>,
}

impl Code for OperationId {
    fn code(&mut self, coder: &mut crate::kv::code::Coder<'_>) {
        self.0.code(coder);
    }
}

choices! {
    Order { 0 => Request(it), 1 => Publish(it), 2 => MoveMember(it), 3 => ClusterVersion }
}

fields! {
    Command { operation, caller, order }
    Publish { member, start, name, client_urls }
    ChangeNote { operation, peer_urls }
}

impl Command {
    /// The bytes of an entry, without room for more: it is kept for long.
    pub fn encode(self) -> Bytes {
        encode_owned(self).into_boxed_slice().into()
    }

    /// Reads the bytes of an entry; `None` if they are no command.
    pub fn decode(data: &Bytes) -> Option<Command> {
        decode_shared(data)
    }

    /// What a client asked of the store, if that is it.
    pub fn request(&self) -> Option<&Request> {
        match &self.order {
            Order::Request(request) => Some(request),
            _ => None,
        }
    }
}

impl ChangeNote {
    pub fn encode(self) -> Bytes {
        encode_owned(self).into()
    }

    pub fn decode(data: &[u8]) -> Option<ChangeNote> {
        decode(data).ok()
    }
}
