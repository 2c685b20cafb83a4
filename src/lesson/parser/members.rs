//! Members by name or by description.

use super::super::error::{ScriptError, nearest};
use super::super::script::{Group, Members, MembersItem, Quantifier, Target, Who};
use super::Known;
use super::cursor::{Cursor, Parsed};
use crate::raft::{NodeId, Term};

/// The groups, and how one member of them is called before the colon.
const GROUPS: [(&str, &str, Group); 7] = [
    ("all", "member", Group::All),
    ("running", "running", Group::Running),
    ("crashed", "crashed", Group::Crashed),
    ("followers", "follower", Group::Followers),
    ("candidates", "candidate", Group::Candidates),
    ("majority", "majority", Group::Majority),
    ("minority", "minority", Group::Minority),
];

/// Words that end a list of members. Neither they nor the words of [`GROUPS`] can be names.
const RESERVED: [&str; 37] = [
    "leader", "of", "term", "except", "any", "none", "others", "at", "and", "not", "no", "is",
    "are", "lead", "leads", "follow", "follows", "reach", "reaches", "within", "until", "via",
    "as", "be", "local", "has", "value", "entry", "log", "logs", "stores", "equal", "answer",
    "client", "safe", "or", "for",
];

/// Whether a word has a meaning of its own among members and conditions.
pub(super) fn is_reserved(word: &str) -> bool {
    let group = |(many, one, _): &(&str, &str, Group)| word == *many || word == *one;
    RESERVED.contains(&word) || GROUPS.iter().any(group)
}

/// `leader [of term NUMBER]`, `infra2`, `follower:1`, or a name
pub(super) fn target(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Target> {
    let word = match cursor.peek_word() {
        Some(word) if could_be_target(word) => word,
        _ => {
            cursor.could_be("a member");
            cursor.could_be("`leader`");
            let mut error = cursor.unexpected();
            if let Some((many, one, _)) = GROUPS
                .iter()
                .find(|(many, ..)| cursor.peek_word() == Some(many))
            {
                error.help = Some(format!(
                    "one member is needed here; of all `{many}` you may take the first: `{one}:1`"
                ));
            }
            return Err(error);
        }
    };
    if word == "leader" {
        cursor.advance();
        if cursor.peek_word() == Some("of") && cursor.peek_second_word() == Some("term") {
            cursor.advance();
            cursor.advance();
            let term = cursor.number("the term", 1, u64::MAX)?;
            return Ok(Target::LeaderOf(Term(term)));
        }
        return Ok(Target::Leader);
    }
    let read = named(cursor, word, known)?;
    cursor.advance();
    Ok(read)
}

fn could_be_target(word: &str) -> bool {
    word == "leader" || !is_reserved(word)
}

/// Any target but `leader`.
fn named(cursor: &Cursor<'_>, word: &str, known: &Known) -> Parsed<Target> {
    let members = known.members;
    if known.names.contains(word) {
        return Ok(Target::Name(word.to_owned()));
    }
    if let Some(number) = word.strip_prefix("infra").and_then(plain_number) {
        if (1..=members).contains(&number) {
            return Ok(Target::Member(NodeId(number)));
        }
        let last = match members {
            1 => "its only member is infra1".to_owned(),
            n => format!("it has infra1 to infra{n}"),
        };
        return Err(cursor.error_here(format!("this cluster has no {word}; {last}")));
    }
    if let Some((group, place)) = word.split_once(':') {
        let found = GROUPS.iter().find(|(_, one, _)| *one == group);
        return match (found, plain_number(place)) {
            (Some((.., group)), Some(place @ 1..)) if place <= members => Ok(Target::Nth(
                *group,
                usize::try_from(place).unwrap_or(usize::MAX),
            )),
            (Some(_), _) => Err(cursor.error_here(format!(
                "after the colon of `{group}:` there has to be a number from 1 to {members}"
            ))),
            (None, _) => Err(unknown(cursor, word, known)),
        };
    }
    Err(unknown(cursor, word, known))
}

/// A number without sign and leading zeros.
fn plain_number(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}

fn unknown(cursor: &Cursor<'_>, word: &str, known: &Known) -> ScriptError {
    let mut error = cursor.error_here(format!("there is no member or name `{word}` here"));
    let numbered = (1..=known.members).map(|n| format!("infra{n}"));
    let described = GROUPS.iter().map(|(_, one, _)| format!("{one}:1"));
    let words = RESERVED.iter().map(|word| (*word).to_owned());
    let groups = GROUPS.iter().map(|(many, ..)| (*many).to_owned());
    let all: Vec<String> = numbered
        .chain(known.names.iter().cloned())
        .chain(described)
        .chain(words)
        .chain(groups)
        .collect();
    let near = nearest(word, all.iter().map(String::as_str));
    error.help = Some(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "members are called infra1 to infra{}, leader, follower:1, or as an earlier `let` says",
            known.members
        ),
    });
    error
}

/// `MEMBER { MEMBER } [except MEMBER { MEMBER }]`, where a member can be a whole group
pub(super) fn members(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Members> {
    let items = items(cursor, known)?;
    Ok(Members {
        items,
        except: except(cursor, known)?,
    })
}

fn except(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Vec<MembersItem>> {
    if cursor.keyword("except") {
        items(cursor, known)
    } else {
        Ok(Vec::new())
    }
}

fn items(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Vec<MembersItem>> {
    let mut items = vec![item(cursor, known)?];
    while let Some(word) = cursor.peek_word() {
        if !could_be_target(word) && group(word).is_none() {
            break;
        }
        items.push(item(cursor, known)?);
    }
    Ok(items)
}

fn item(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<MembersItem> {
    if let Some(group) = cursor.peek_word().and_then(group) {
        cursor.advance();
        return Ok(MembersItem::Group(group));
    }
    Ok(MembersItem::One(target(cursor, known)?))
}

fn group(word: &str) -> Option<Group> {
    let found = GROUPS.iter().find(|(many, ..)| *many == word)?;
    Some(found.2)
}

/// Whether a word can begin what [`who`] reads.
pub(super) fn begins_who(word: &str) -> bool {
    matches!(word, "any" | "none") || could_be_target(word) || group(word).is_some()
}

/// `MEMBERS`, `any [of MEMBERS]`, `none [of MEMBERS]`
pub(super) fn who(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Who> {
    let quantifiers = [("any", Quantifier::Any), ("none", Quantifier::None)];
    let Some(quantifier) = cursor.one_of(&quantifiers) else {
        return Ok(Who {
            quantifier: Quantifier::All,
            members: members(cursor, known)?,
        });
    };
    let members = if cursor.keyword("of") {
        members(cursor, known)?
    } else {
        Members {
            items: vec![MembersItem::Group(Group::All)],
            except: except(cursor, known)?,
        }
    };
    Ok(Who {
        quantifier,
        members,
    })
}
