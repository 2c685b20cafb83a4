//! Changes of the membership, which a client asks for.

use super::super::script::{Membership, StatementKind};
use super::cursor::{Cursor, Parsed};
use super::{Known, client, members};
use crate::cluster::{ClientId, MAX_MEMBERS};
use crate::raft::NodeId;

/// The words that begin such a statement.
pub(super) const VERBS: [&str; 4] = ["add", "remove", "promote", "join"];

/// `add NEW [learner] via MEMBER [as CLIENT]`, `remove MEMBER via MEMBER [as CLIENT]`,
/// `promote MEMBER via MEMBER [as CLIENT]`, `join MEMBERS`
pub(super) fn membership(
    cursor: &mut Cursor<'_>,
    known: &mut Known,
    verb: &str,
) -> Parsed<StatementKind> {
    let change = match verb {
        "join" => return Ok(StatementKind::Join(members::members(cursor, known)?)),
        "add" => {
            let member = new_member(cursor, known)?;
            let learner = cursor.keyword("learner");
            Membership::Add { member, learner }
        }
        "remove" => Membership::Remove(members::target(cursor, known)?),
        _ => Membership::Promote(members::target(cursor, known)?),
    };
    cursor.need("via")?;
    let via = members::target(cursor, known)?;
    let client = match cursor.keyword("as") {
        true => client(cursor)?,
        false => ClientId(0),
    };
    Ok(StatementKind::Membership {
        change,
        via,
        client,
    })
}

/// The name of a member that is added: the next number.
fn new_member(cursor: &mut Cursor<'_>, known: &mut Known) -> Parsed<NodeId> {
    let next = known.members + 1;
    if next > MAX_MEMBERS as u64 {
        let most = format!("a script has at most {MAX_MEMBERS} members in all");
        return Err(cursor.error_here(most));
    }
    let name = format!("infra{next}");
    if cursor.peek_word() != Some(&name) {
        return Err(cursor.error_here(format!("the next member to be added is called {name}")));
    }
    cursor.advance();
    known.members = next;
    Ok(NodeId(next))
}
