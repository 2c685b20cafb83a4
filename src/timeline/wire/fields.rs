//! What belongs to an action, as numbered fields.

use super::action::WireAction;
use super::bytes_text;
use super::links::WireLinks;
use bytes::Bytes;
use prost::Message;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Put {
    #[prost(uint32, tag = "1")]
    pub client: u32,
    #[prost(uint64, tag = "2")]
    pub member: u64,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(with = "bytes_text")]
    pub key: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(with = "bytes_text")]
    pub value: Bytes,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Get {
    #[prost(uint32, tag = "1")]
    pub client: u32,
    #[prost(uint64, tag = "2")]
    pub member: u64,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(with = "bytes_text")]
    pub key: Bytes,
    #[prost(bool, tag = "4")]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub serializable: bool,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delete {
    #[prost(uint32, tag = "1")]
    pub client: u32,
    #[prost(uint64, tag = "2")]
    pub member: u64,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(with = "bytes_text")]
    pub key: Bytes,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    #[prost(uint32, tag = "1")]
    pub client: u32,
    #[prost(uint64, tag = "2")]
    pub member: u64,
    /// As the store encodes it.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(with = "bytes_text")]
    pub request: Bytes,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunProgram {
    #[prost(uint32, tag = "1")]
    pub client: u32,
    /// As the cluster encodes it.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(with = "bytes_text")]
    pub program: Bytes,
    #[prost(string, tag = "3")]
    pub typed: String,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Feed {
    #[prost(uint64, tag = "1")]
    pub run: u64,
    /// As the cluster encodes it.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(with = "bytes_text")]
    pub input: Bytes,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetLoad {
    #[prost(uint32, tag = "1")]
    pub client: u32,
    /// As the cluster encodes it; empty to stop.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(with = "bytes_text")]
    pub load: Bytes,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Groups {
    #[prost(message, repeated, tag = "1")]
    pub groups: Vec<Group>,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Group {
    #[prost(uint64, repeated, tag = "1")]
    pub members: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetDelay {
    #[prost(message, required, tag = "1")]
    pub links: WireLinks,
    #[prost(uint64, tag = "2")]
    pub latency_us: u64,
    #[prost(uint64, tag = "3")]
    pub jitter_us: u64,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetShare {
    #[prost(message, required, tag = "1")]
    pub links: WireLinks,
    #[prost(uint32, tag = "2")]
    pub ppm: u32,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DamageDisk {
    #[prost(uint64, tag = "1")]
    pub member: u64,
    #[prost(uint64, tag = "2")]
    pub back: u64,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetDisk {
    #[prost(uint64, tag = "1")]
    pub member: u64,
    #[prost(uint64, tag = "2")]
    pub write_us: u64,
    #[prost(uint64, tag = "3")]
    pub sync_us: u64,
    #[prost(uint64, tag = "4")]
    pub jitter_us: u64,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlowDown {
    #[prost(uint64, tag = "1")]
    pub member: u64,
    #[prost(uint64, tag = "2")]
    pub delay_us: u64,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetClockRate {
    #[prost(uint64, tag = "1")]
    pub member: u64,
    #[prost(sint32, tag = "2")]
    pub ppm: i32,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JumpClock {
    #[prost(uint64, tag = "1")]
    pub member: u64,
    #[prost(sint64, tag = "2")]
    pub by_us: i64,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct During {
    #[prost(uint64, tag = "1")]
    pub for_us: u64,
    #[prost(
        oneof = "WireAction",
        tags = "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42"
    )]
    #[serde(rename = "do")]
    pub action: Option<WireAction>,
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    #[prost(uint64, tag = "1")]
    pub time_us: u64,
    #[prost(
        oneof = "WireAction",
        tags = "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42"
    )]
    #[serde(rename = "do")]
    pub action: Option<WireAction>,
}
