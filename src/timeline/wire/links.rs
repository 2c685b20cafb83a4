//! Links of the network as numbered fields.

use super::coder::Coder;
use super::error::OpenError;
use crate::cluster::{Address, ClientId, Links, MAX_MEMBERS};
use crate::raft::NodeId;

/// So many links can be between everybody and everybody.
const MAX_LINKS: usize = (MAX_MEMBERS + ClientId::COUNT as usize).pow(2);

/// Some links.
pub(super) fn links(coder: &mut Coder<'_>, links: &mut Links) {
    let number = coder.choice(match links {
        Links::BetweenMembers => 1,
        Links::Of(_) => 2,
        Links::From(_) => 3,
        Links::To(_) => 4,
        Links::List(_) => 5,
    });
    if coder.reads() {
        *links = match number {
            1 => Links::BetweenMembers,
            2 => Links::Of(NodeId(0)),
            3 => Links::From(NodeId(0)),
            4 => Links::To(NodeId(0)),
            5 => Links::List(Vec::new()),
            _ => return coder.fail(OpenError::Unknown),
        };
    }
    match links {
        Links::BetweenMembers => {
            let mut yes = 1;
            coder.always(number, &mut yes);
            if yes != 1 {
                coder.fail(OpenError::Unknown);
            }
        }
        Links::Of(member) | Links::From(member) | Links::To(member) => {
            coder.always(number, &mut member.0);
        }
        Links::List(list) => coder.message(number, &mut |coder| {
            let nobody = Address::Member(NodeId(0));
            let most = (MAX_LINKS, "a list of links is too long");
            coder.messages(1, list, (nobody, nobody), most, |coder, (from, to)| {
                coder.message(1, &mut |coder| address(coder, from));
                coder.message(2, &mut |coder| address(coder, to));
            });
        }),
    }
}

fn address(coder: &mut Coder<'_>, address: &mut Address) {
    let number = coder.choice(match address {
        Address::Member(_) => 1,
        Address::Client(_) => 2,
    });
    let mut value = match address {
        Address::Member(member) => member.0,
        Address::Client(client) => client.0.into(),
    };
    coder.always(number, &mut value);
    *address = match number {
        1 => Address::Member(NodeId(value)),
        2 => Address::Client(client_of(coder, value)),
        _ => return coder.fail(OpenError::Unknown),
    };
}

/// The client that does something.
pub(super) fn client(coder: &mut Coder<'_>, client: &mut ClientId) {
    let mut value = u64::from(client.0);
    coder.number(1, &mut value);
    *client = client_of(coder, value);
}

fn client_of(coder: &mut Coder<'_>, value: u64) -> ClientId {
    let number = u8::try_from(value);
    ClientId(number.unwrap_or_else(|_| {
        coder.fail(OpenError::Value("the number of a client"));
        0
    }))
}
