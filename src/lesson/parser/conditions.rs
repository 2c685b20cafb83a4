//! Conditions: what `wait until` waits for and `expect` demands.

use super::super::script::{
    Answer, Comparison, Condition, EntryState, Equality, Group, Members, MembersItem, Number,
    Quantity, RoleWord, Test, Trait,
};
use super::cursor::{Cursor, Parsed};
use super::members::{begins_who, members, target, who};
use super::{Known, bytes, checked, client};
use crate::cluster::ClientId;
use crate::kv::Request;
use crate::raft::{Index, Term};

const QUANTITIES: [(&str, Quantity); 6] = [
    ("term", Quantity::Term),
    ("commit", Quantity::Commit),
    ("applied", Quantity::Applied),
    ("last", Quantity::Last),
    ("synced", Quantity::Synced),
    ("revision", Quantity::Revision),
];

const ROLES: [(&str, RoleWord); 5] = [
    ("crashed", RoleWord::Crashed),
    ("running", RoleWord::Running),
    ("follower", RoleWord::Follower),
    ("candidate", RoleWord::Candidate),
    ("pre-candidate", RoleWord::PreCandidate),
];

const STATES: [(&str, EntryState); 5] = [
    ("stored", EntryState::Stored),
    ("synced", EntryState::Synced),
    ("committed", EntryState::Committed),
    ("applied", EntryState::Applied),
    ("missing", EntryState::Missing),
];

/// `[not] TEST { and [not] TEST }`
pub(super) fn condition(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Condition> {
    let start = cursor.position();
    let mut tests = Vec::new();
    loop {
        let negated = cursor.keyword("not");
        let (inverted, test) = test(cursor, known)?;
        tests.push((negated != inverted, test));
        if !cursor.keyword("and") {
            break;
        }
    }
    Ok(Condition {
        text: cursor.text_since(start),
        tests,
    })
}

/// A test, and whether it has to fail.
fn test(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<(bool, Test)> {
    if cursor.keyword("no") {
        return no(cursor, known);
    }
    if let Some(quantity) = cursor.one_of(&QUANTITIES) {
        return Ok((false, number(cursor, known, quantity)?));
    }
    let test = if cursor.keyword("safe") {
        Test::Safe
    } else if cursor.keyword("value") {
        value(cursor, known)?
    } else if cursor.keyword("entry") {
        entry(cursor, known)?
    } else if cursor.keyword("log") {
        log(cursor, known)?
    } else if cursor.keyword("logs") {
        equal(cursor, known, Equality::Logs)?
    } else if cursor.keyword("stores") {
        equal(cursor, known, Equality::Stores)?
    } else if cursor.keyword("answer") {
        answer(cursor)?
    } else {
        about_members(cursor, known)?
    };
    Ok((false, test))
}

/// `no leader`, `no value KEY at WHO`
fn no(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<(bool, Test)> {
    if cursor.keyword("leader") {
        return Ok((true, Test::LeaderKnown));
    }
    cursor.need("value")?;
    let key = key(cursor)?;
    Ok((false, at(cursor, known, Trait::Value(key, None))?))
}

fn key(cursor: &mut Cursor<'_>) -> Parsed<bytes::Bytes> {
    let start = cursor.position();
    let key = bytes(cursor, "a key")?;
    let request = Request::delete(key.clone());
    checked(cursor, start, &request)?;
    Ok(key)
}

/// `at WHO`, which completes a test of members
fn at(cursor: &mut Cursor<'_>, known: &Known, what: Trait) -> Parsed<Test> {
    cursor.need("at")?;
    Ok(Test::Members(who(cursor, known)?, what))
}

/// `QUANTITY [COMPARISON] NUMBER [at WHO]`
fn number(cursor: &mut Cursor<'_>, known: &Known, quantity: Quantity) -> Parsed<Test> {
    let comparison = cursor.comparison().unwrap_or(Comparison::Equal);
    let number = Number {
        quantity,
        comparison,
        number: cursor.number("a number", 0, u64::MAX)?,
    };
    if cursor.keyword("at") {
        return Ok(Test::Members(who(cursor, known)?, Trait::Number(number)));
    }
    Ok(Test::Highest(number))
}

/// `value KEY = VALUE at WHO`
fn value(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Test> {
    let key = key(cursor)?;
    match cursor.comparison() {
        Some(Comparison::Equal) => {}
        Some(_) => {
            let mut error = cursor.error_here("values can only be compared with `=`");
            error.help = Some("write: not value KEY = VALUE at …".to_owned());
            return Err(error);
        }
        None => return Err(cursor.unexpected()),
    }
    let value = bytes(cursor, "a value")?;
    at(cursor, known, Trait::Value(key, Some(value)))
}

/// `entry INDEX [of term TERM] is STATE at WHO`
fn entry(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Test> {
    let index = Index(cursor.number("the index", 1, u64::MAX)?);
    let term = if cursor.keyword("of") {
        cursor.need("term")?;
        Some(Term(cursor.number("the term", 1, u64::MAX)?))
    } else {
        None
    };
    cursor.need("is")?;
    let state = cursor.one_of(&STATES).ok_or_else(|| cursor.unexpected())?;
    at(cursor, known, Trait::Entry(index, term, state))
}

/// `log has put KEY VALUE at WHO`, `log has delete KEY at WHO`
fn log(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Test> {
    cursor.need("has")?;
    let request = if cursor.keyword("put") {
        let key = key(cursor)?;
        let value = bytes(cursor, "a value")?;
        Request::put(key, value)
    } else {
        cursor.need("delete")?;
        Request::delete(key(cursor)?)
    };
    at(cursor, known, Trait::LogHas(request))
}

/// `logs equal [at MEMBERS]`, `stores equal [at MEMBERS]`
fn equal(cursor: &mut Cursor<'_>, known: &Known, what: Equality) -> Parsed<Test> {
    cursor.need("equal")?;
    let members = if cursor.keyword("at") {
        members(cursor, known)?
    } else {
        Members {
            items: vec![MembersItem::Group(Group::All)],
            except: Vec::new(),
        }
    };
    Ok(Test::Equal(what, members))
}

/// `answer [of CLIENT] [is OK | pending | nothing | TEXT]`, `answer [of CLIENT] fails [with TEXT]`
fn answer(cursor: &mut Cursor<'_>) -> Parsed<Test> {
    let client = if cursor.keyword("of") {
        client(cursor)?
    } else {
        ClientId(0)
    };
    let answer = if cursor.keyword("is") {
        match cursor.text("`OK`, `pending`, `nothing` or a text")? {
            ("pending", false) => Answer::Pending,
            ("nothing", false) => Answer::Nothing,
            (text, _) => Answer::Is(text.to_owned()),
        }
    } else if cursor.keyword("fails") {
        let with = cursor.keyword("with");
        if with || !(cursor.at_end() || matches!(cursor.peek_word(), Some("and" | "within"))) {
            Answer::Fails(Some(cursor.text("the words of the error")?.0.to_owned()))
        } else {
            Answer::Fails(None)
        }
    } else {
        Answer::Given
    };
    Ok(Test::Answer(client, answer))
}

/// `leader`, `leader is infra2`, `WHO leads`, `WHO follows [TARGET]`, `WHO is ROLE`,
/// `WHO reaches MEMBERS`
fn about_members(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Test> {
    let alone = cursor.peek_word() == Some("leader")
        && !matches!(
            cursor.peek_second_word(),
            Some(word) if !matches!(word, "and" | "within")
        );
    if alone {
        cursor.advance();
        return Ok(Test::LeaderKnown);
    }
    if !cursor.peek_word().is_some_and(begins_who) {
        let mut error = cursor.unexpected();
        error.message = format!("expected a condition, found {}", cursor.found());
        error.help.get_or_insert_with(|| {
            "for example: leader, infra1 is crashed, value name = joe at all, logs equal".to_owned()
        });
        return Err(error);
    }
    let who = who(cursor, known)?;
    if cursor.keyword("leads") || cursor.keyword("lead") {
        return Ok(Test::Members(who, Trait::Role(RoleWord::Leader)));
    }
    if cursor.keyword("follows") || cursor.keyword("follow") {
        let named = !(cursor.at_end() || matches!(cursor.peek_word(), Some("and" | "within")));
        let leader = if named {
            Some(target(cursor, known)?)
        } else {
            None
        };
        return Ok(Test::Members(who, Trait::Follows(leader)));
    }
    if cursor.keyword("reaches") || cursor.keyword("reach") {
        let others = members(cursor, known)?;
        return Ok(Test::Members(who, Trait::Reaches(others)));
    }
    if !cursor.keyword("is") && !cursor.keyword("are") {
        return Err(cursor.unexpected());
    }
    if let Some(role) = cursor.one_of(&ROLES) {
        return Ok(Test::Members(who, Trait::Role(role)));
    }
    match who.members.items.as_slice() {
        [MembersItem::One(one)] if who.members.except.is_empty() => {
            Ok(Test::Same(one.clone(), target(cursor, known)?))
        }
        _ => Err(cursor.unexpected()),
    }
}
