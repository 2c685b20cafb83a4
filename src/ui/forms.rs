//! What people type into forms, parsed into typed values or a sentence that says what to change.

use crate::cluster::{ClientId, MAX_MEMBERS};
use crate::kv::Request;
use crate::raft::NodeId;
use crate::view::{ClientView, OutcomeView};
use crate::words::{key, say, tell};
use std::borrow::Borrow;

/// Reads the number of members.
///
/// # Errors
/// A sentence for the field.
pub fn parse_members(text: &str) -> Result<usize, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(tell(key!("new.members-missing"), &[("most", &MAX_MEMBERS)]));
    }
    match text.parse::<usize>() {
        Ok(members) if (1..=MAX_MEMBERS).contains(&members) => Ok(members),
        Ok(_) => Err(tell(
            key!("new.members-range"),
            &[("text", &text), ("most", &MAX_MEMBERS)],
        )),
        Err(_) => Err(tell(
            key!("new.members-number"),
            &[("text", &text), ("most", &MAX_MEMBERS)],
        )),
    }
}

/// Reads a seed: a decimal number of 64 bits.
///
/// # Errors
/// A sentence for the field.
pub fn parse_seed(text: &str) -> Result<u64, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(say(key!("new.seed-missing")).to_string());
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(tell(key!("new.seed-number"), &[("text", &text)]));
    }
    text.parse()
        .map_err(|_| tell(key!("new.seed-large"), &[("most", &u64::MAX)]))
}

/// What the write form asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Store the value.
    Put,
    /// Read the key.
    Get,
    /// Delete the key.
    Delete,
}

/// The request that the write form describes.
pub fn request(verb: Verb, key: &str, value: &str, local: bool) -> Request {
    let key = key.to_owned();
    match verb {
        Verb::Put => Request::put(key, value.to_owned()),
        Verb::Get => Request::get(key, local),
        Verb::Delete => Request::delete(key),
    }
}

/// The client that sends the next request to `member`: one that talks to the member already and
/// has nothing pending, else a new one, else (all letters are taken) any that has nothing pending.
pub fn choose_client<C: Borrow<ClientView>>(clients: &[C], member: NodeId) -> ClientId {
    let pending = |client: &ClientView| {
        let operation = client.operation.as_ref();
        operation.is_some_and(|o| o.outcome == OutcomeView::Pending)
    };
    let clients = || clients.iter().map(Borrow::borrow);
    let mut idle = clients().filter(|client| !pending(client));
    if let Some(client) = idle.clone().find(|client| client.member == member) {
        return client.id;
    }
    let unused = (0..ClientId::COUNT).map(ClientId);
    unused
        .filter(|id| clients().all(|client| client.id != *id))
        .chain(idle.next().map(|client| client.id))
        .next()
        .unwrap_or(ClientId(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::OperationId;
    use crate::sim::SimTime;
    use crate::view::OperationView;

    #[test]
    fn one_to_25_members() {
        assert_eq!(parse_members(" 5 "), Ok(5));
        assert_eq!(parse_members("1"), Ok(1));
        assert_eq!(parse_members("25"), Ok(25));
        for bad in [
            "",
            "0",
            "26",
            "-1",
            "three",
            "2.5",
            "99999999999999999999999",
        ] {
            let message = parse_members(bad).unwrap_err();
            assert!(message.contains("1 to 25"), "{bad}: {message}");
        }
    }

    #[test]
    fn seeds_are_64_bit_decimals() {
        assert_eq!(parse_seed("0"), Ok(0));
        assert_eq!(parse_seed(" 18446744073709551615 "), Ok(u64::MAX));
        for bad in ["", "-1", "0x12", "abc", "1.5", "+3"] {
            assert!(parse_seed(bad).is_err(), "{bad}");
        }
        let message = parse_seed("18446744073709551616").unwrap_err();
        assert!(message.contains("18446744073709551615"), "{message}");
    }

    fn client(id: u8, member: u64, outcome: OutcomeView) -> ClientView {
        ClientView {
            id: ClientId(id),
            name: ClientId(id).to_string(),
            member: NodeId(member),
            operation: Some(OperationView {
                id: OperationId(1),
                command: "put name joe".to_string(),
                called: SimTime(0),
                returned: None,
                outcome,
            }),
            pending: 0,
            last: None,
            load: None,
        }
    }

    #[test]
    fn each_member_gets_a_client_of_its_own() {
        let none: [ClientView; 0] = [];
        assert_eq!(choose_client(&none, NodeId(4)), ClientId(0));
        let one = [client(0, 4, OutcomeView::Done(vec![]))];
        assert_eq!(choose_client(&one, NodeId(4)), ClientId(0));
        assert_eq!(choose_client(&one, NodeId(1)), ClientId(1));
    }

    #[test]
    fn a_waiting_client_is_left_alone() {
        let waiting = [client(0, 4, OutcomeView::Pending)];
        assert_eq!(choose_client(&waiting, NodeId(4)), ClientId(1));
    }

    #[test]
    fn when_all_letters_are_taken_an_idle_client_moves() {
        let mut all: Vec<ClientView> = (0..26)
            .map(|id| client(id, 4, OutcomeView::Pending))
            .collect();
        all[7].operation = None;
        assert_eq!(choose_client(&all, NodeId(1)), ClientId(7));
    }
}
