//! Links of the network as numbered fields.

use super::error::OpenError;
use crate::cluster::{Address, ClientId, Links, MAX_MEMBERS};
use crate::raft::NodeId;
use prost::{Message, Oneof};
use serde::{Deserialize, Serialize};

/// So many links can be between everybody and everybody.
const MAX_LINKS: usize = (MAX_MEMBERS + ClientId::COUNT as usize).pow(2);

/// Some links.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct WireLinks {
    #[prost(oneof = "Which", tags = "1, 2, 3, 4, 5")]
    which: Option<Which>,
}

#[derive(Clone, PartialEq, Oneof, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Which {
    #[prost(bool, tag = "1")]
    BetweenMembers(bool),
    #[prost(uint64, tag = "2")]
    Of(u64),
    #[prost(uint64, tag = "3")]
    From(u64),
    #[prost(uint64, tag = "4")]
    To(u64),
    #[prost(message, tag = "5")]
    List(List),
}

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(transparent)]
struct List {
    #[prost(message, repeated, tag = "1")]
    links: Vec<Link>,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    #[prost(message, required, tag = "1")]
    from: WireAddress,
    #[prost(message, required, tag = "2")]
    to: WireAddress,
}

#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(transparent)]
struct WireAddress {
    #[prost(oneof = "Who", tags = "1, 2")]
    who: Option<Who>,
}

#[derive(Clone, Copy, PartialEq, Oneof, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    #[prost(uint64, tag = "1")]
    Member(u64),
    #[prost(uint32, tag = "2")]
    Client(u32),
}

impl From<&Links> for WireLinks {
    fn from(links: &Links) -> WireLinks {
        let which = match links {
            Links::BetweenMembers => Which::BetweenMembers(true),
            Links::Of(member) => Which::Of(member.0),
            Links::From(member) => Which::From(member.0),
            Links::To(member) => Which::To(member.0),
            Links::List(links) => {
                let links = links.iter().map(|(from, to)| Link {
                    from: WireAddress::from(*from),
                    to: WireAddress::from(*to),
                });
                Which::List(List {
                    links: links.collect(),
                })
            }
        };
        WireLinks { which: Some(which) }
    }
}

impl TryFrom<WireLinks> for Links {
    type Error = OpenError;

    fn try_from(links: WireLinks) -> Result<Links, OpenError> {
        Ok(match links.which.ok_or(OpenError::Unknown)? {
            Which::BetweenMembers(true) => Links::BetweenMembers,
            Which::BetweenMembers(false) => return Err(OpenError::Unknown),
            Which::Of(member) => Links::Of(NodeId(member)),
            Which::From(member) => Links::From(NodeId(member)),
            Which::To(member) => Links::To(NodeId(member)),
            Which::List(List { links }) if links.len() <= MAX_LINKS => {
                let links = links
                    .into_iter()
                    .map(|link| Ok((link.from.try_into()?, link.to.try_into()?)));
                Links::List(links.collect::<Result<_, OpenError>>()?)
            }
            Which::List(_) => return Err(OpenError::Value("a list of links is too long")),
        })
    }
}

impl From<Address> for WireAddress {
    fn from(address: Address) -> WireAddress {
        let who = match address {
            Address::Member(member) => Who::Member(member.0),
            Address::Client(client) => Who::Client(client.0.into()),
        };
        WireAddress { who: Some(who) }
    }
}

impl TryFrom<WireAddress> for Address {
    type Error = OpenError;

    fn try_from(address: WireAddress) -> Result<Address, OpenError> {
        Ok(match address.who.ok_or(OpenError::Unknown)? {
            Who::Member(member) => Address::Member(NodeId(member)),
            Who::Client(number) => Address::Client(client(number)?),
        })
    }
}

/// A client by its number.
pub(super) fn client(number: u32) -> Result<ClientId, OpenError> {
    let number = u8::try_from(number);
    number
        .map(ClientId)
        .map_err(|_| OpenError::Value("the number of a client"))
}
