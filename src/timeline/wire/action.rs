//! Actions as numbered fields.

use super::bytes_text;
use super::error::OpenError;
use crate::cluster::{Action, ClientId, MAX_MEMBERS};
use crate::kv::Request;
use crate::raft::NodeId;
use bytes::Bytes;
use prost::{Message, Oneof};
use serde::{Deserialize, Serialize};

/// An action.
#[derive(Clone, PartialEq, Oneof, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum WireAction {
    /// A client stores a value.
    #[prost(message, tag = "3")]
    Put(Put),
    /// A client reads a key.
    #[prost(message, tag = "4")]
    Get(Get),
    /// A client deletes a key.
    #[prost(message, tag = "5")]
    Delete(Delete),
    /// A member crashes.
    #[prost(uint64, tag = "6")]
    Crash(u64),
    /// A member starts again.
    #[prost(uint64, tag = "7")]
    Restart(u64),
    /// The network is cut into groups.
    #[prost(message, tag = "8")]
    Partition(Groups),
    /// The network is whole again.
    #[prost(message, tag = "9")]
    Heal(Nothing),
    /// A member's election timer runs out.
    #[prost(uint64, tag = "10")]
    TimeOutNow(u64),
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Put {
    #[prost(uint32, tag = "1")]
    client: u32,
    #[prost(uint64, tag = "2")]
    member: u64,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(with = "bytes_text")]
    key: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(with = "bytes_text")]
    value: Bytes,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Get {
    #[prost(uint32, tag = "1")]
    client: u32,
    #[prost(uint64, tag = "2")]
    member: u64,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(with = "bytes_text")]
    key: Bytes,
    #[prost(bool, tag = "4")]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    serializable: bool,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delete {
    #[prost(uint32, tag = "1")]
    client: u32,
    #[prost(uint64, tag = "2")]
    member: u64,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(with = "bytes_text")]
    key: Bytes,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Groups {
    #[prost(message, repeated, tag = "1")]
    groups: Vec<Group>,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Group {
    #[prost(uint64, repeated, tag = "1")]
    members: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl From<&Action> for WireAction {
    fn from(action: &Action) -> WireAction {
        match action {
            Action::Request {
                client,
                member,
                request,
            } => request_from(u32::from(client.0), member.0, request),
            Action::Crash { member } => WireAction::Crash(member.0),
            Action::Restart { member } => WireAction::Restart(member.0),
            Action::Partition { groups } => WireAction::Partition(groups_from(groups)),
            Action::Heal => WireAction::Heal(Nothing {}),
            Action::TimeOutNow { member } => WireAction::TimeOutNow(member.0),
        }
    }
}

fn request_from(client: u32, member: u64, request: &Request) -> WireAction {
    match request.clone() {
        Request::Put { key, value } => WireAction::Put(Put {
            client,
            member,
            key,
            value,
        }),
        Request::Range { key, serializable } => WireAction::Get(Get {
            client,
            member,
            key,
            serializable,
        }),
        Request::DeleteRange { key } => WireAction::Delete(Delete {
            client,
            member,
            key,
        }),
    }
}

fn groups_from(groups: &[Vec<NodeId>]) -> Groups {
    let groups = groups.iter().map(|group| Group {
        members: group.iter().map(|member| member.0).collect(),
    });
    Groups {
        groups: groups.collect(),
    }
}

impl TryFrom<WireAction> for Action {
    type Error = OpenError;

    fn try_from(action: WireAction) -> Result<Action, OpenError> {
        let member = NodeId;
        Ok(match action {
            WireAction::Put(Put {
                client,
                member,
                key,
                value,
            }) => request(client, member, Request::Put { key, value })?,
            WireAction::Get(Get {
                client,
                member,
                key,
                serializable,
            }) => request(client, member, Request::Range { key, serializable })?,
            WireAction::Delete(Delete {
                client,
                member,
                key,
            }) => request(client, member, Request::DeleteRange { key })?,
            WireAction::Crash(id) => Action::Crash { member: member(id) },
            WireAction::Restart(id) => Action::Restart { member: member(id) },
            WireAction::Partition(Groups { groups }) => Action::Partition {
                groups: few(groups)?
                    .into_iter()
                    .map(|group| Ok(few(group.members)?.into_iter().map(NodeId).collect()))
                    .collect::<Result<_, OpenError>>()?,
            },
            WireAction::Heal(Nothing {}) => Action::Heal,
            WireAction::TimeOutNow(id) => Action::TimeOutNow { member: member(id) },
        })
    }
}

fn request(client: u32, member: u64, request: Request) -> Result<Action, OpenError> {
    let client = u8::try_from(client).map_err(|_| OpenError::Value("the number of a client"))?;
    Ok(Action::Request {
        client: ClientId(client),
        member: NodeId(member),
        request,
    })
}

/// A list that is as short as one that names members can be.
fn few<T>(list: Vec<T>) -> Result<Vec<T>, OpenError> {
    if list.len() <= MAX_MEMBERS {
        Ok(list)
    } else {
        Err(OpenError::Value("a list of members is too long"))
    }
}
