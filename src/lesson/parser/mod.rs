//! From text to a [`Script`]: a recursive descent over the tokens of each line. The grammar is in
//! `docs/script.md`; each function here reads the rule of its name.
//!
//! A bad line does not hide another one: every line is read on its own, and each can contribute
//! one error.

mod conditions;
mod cursor;
mod faults;
mod members;
mod membership;
mod start;

use super::error::{Place, ScriptError, ScriptErrors};
use super::faults::{Fault, LinkFault, Side};
use super::script::{Script, Start, Statement, StatementKind};
use super::token::{TokenKind, tokens};
use crate::cluster::{ClientId, MAX_MEMBERS};
use crate::kv::{KvError, Request};
use bytes::Bytes;
use cursor::{Cursor, Parsed};
use std::collections::BTreeSet;

/// The largest script, in bytes: room for some values of etcd's limit.
pub const MAX_SCRIPT_BYTES: usize = 4 * 1024 * 1024;

/// The most statements that a script can have.
pub const MAX_STATEMENTS: usize = 10_000;

/// The longest time that can be written, in microseconds: one hour.
const MAX_DURATION_US: u64 = 3_600_000_000;

/// How a duration is asked for.
const A_DURATION: &str = "a duration (200ms, 1.5s)";

/// The most events of one `step`.
const MAX_EVENTS: u64 = 1_000_000;

/// How long `wait until` waits if the script does not say, in microseconds.
const DEFAULT_WITHIN_US: u64 = 5_000_000;

/// The words that begin a statement, besides `start`.
const STATEMENTS: [&str; 14] = [
    "put", "get", "delete", "crash", "restart", "cut", "heal", "time-out", "let", "wait", "step",
    "expect", "network", "deliver",
];

/// What is known from the lines above.
struct Known {
    /// How many members the cluster has; the most there can be if `start` is bad.
    members: u64,
    /// The names that were given.
    names: BTreeSet<String>,
    /// Whether there was a `start`, good or bad.
    started: bool,
}

/// Reads a script.
pub(super) fn parse(text: &str) -> Result<Script, ScriptErrors> {
    if text.len() > MAX_SCRIPT_BYTES {
        return Err(whole(format!(
            "this script has {} bytes; the limit is {MAX_SCRIPT_BYTES}",
            text.len()
        )));
    }
    let mut known = Known {
        members: MAX_MEMBERS as u64,
        names: BTreeSet::new(),
        started: false,
    };
    let mut start = None;
    let mut statements = Vec::new();
    let mut errors = Vec::new();
    for (number, source) in (1..).zip(text.lines()) {
        match line(number, source, &mut known) {
            Ok(None) => {}
            Ok(Some(Line::Start(read))) => start = Some(read),
            Ok(Some(Line::Statement(read))) => statements.push(read),
            Err(error) => errors.push(error),
        }
        if statements.len() > MAX_STATEMENTS {
            return Err(whole(format!(
                "this script has more than {MAX_STATEMENTS} statements; split it"
            )));
        }
    }
    if !errors.is_empty() {
        return Err(ScriptErrors { errors });
    }
    match start {
        Some(start) => Ok(Script { start, statements }),
        None => Err(whole(
            "this script is empty; begin with a cluster: start 5 members seed 7".to_owned(),
        )),
    }
}

/// An error of the whole script.
fn whole(message: String) -> ScriptErrors {
    let place = Place {
        line: 1,
        column: 1,
        length: 1,
    };
    ScriptErrors {
        errors: vec![ScriptError {
            place,
            source: String::new(),
            message,
            help: None,
        }],
    }
}

enum Line {
    Start(Start),
    Statement(Statement),
}

fn line(number: usize, source: &str, known: &mut Known) -> Parsed<Option<Line>> {
    let tokens = tokens(number, source);
    if !matches!(&tokens, Ok(tokens) if tokens.is_empty()) && !known.started {
        known.started = true;
        let tokens = tokens?;
        let mut cursor = Cursor::new(number, source, &tokens);
        if !cursor.keyword("start") {
            let mut error = cursor.unexpected();
            error.message =
                "the first statement has to start a cluster: start 5 members seed 7".to_owned();
            return Err(error);
        }
        let start = start::start(&mut cursor, number)?;
        known.members = start.options.members as u64;
        return Ok(Some(Line::Start(start)));
    }
    let tokens = tokens?;
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut cursor = Cursor::new(number, source, &tokens);
    let kind = statement(&mut cursor, known)?;
    cursor.end()?;
    Ok(Some(Line::Statement(Statement {
        line: number,
        text: cursor.text_since(0),
        kind,
    })))
}

/// `[when] STATEMENT [for DURATION]`
fn statement(cursor: &mut Cursor<'_>, known: &mut Known) -> Parsed<StatementKind> {
    let when = faults::when(cursor)?;
    let start = cursor.position();
    let kind = plain_statement(cursor, known)?;
    if when.is_some() && !faults::can_wait(&kind) {
        let place = cursor.place_of(start);
        return Err(cursor.error_at(place, "this is no action that could be done later"));
    }
    faults::timed(cursor, kind, when)
}

fn plain_statement(cursor: &mut Cursor<'_>, known: &mut Known) -> Parsed<StatementKind> {
    if cursor.peek_word() == Some("start") {
        return Err(cursor.error_here("a script starts one cluster, in its first statement"));
    }
    let verb = STATEMENTS.into_iter().find(|word| cursor.keyword(word));
    match verb {
        Some("put" | "get" | "delete") => request(cursor, known, verb),
        Some("crash") => Ok(StatementKind::Crash(members::members(cursor, known)?)),
        Some("restart") => Ok(StatementKind::Restart(members::members(cursor, known)?)),
        Some("cut") => cut(cursor, known),
        Some("heal") => Ok(StatementKind::Heal),
        Some("time-out") => Ok(StatementKind::TimeOut(members::target(cursor, known)?)),
        Some("let") => name(cursor, known),
        Some("wait") => wait(cursor, known),
        Some("step") => step(cursor),
        Some("expect") => {
            let condition = conditions::condition(cursor, known)?;
            Ok(StatementKind::Expect(condition))
        }
        Some("network") => {
            cursor.need("reset")?;
            Ok(StatementKind::Fault(Fault::ResetNetwork))
        }
        Some("deliver") => faults::deliver(cursor, known),
        _ => {
            let mut verb = membership::VERBS
                .into_iter()
                .filter(|word| cursor.keyword(word));
            if let Some(verb) = verb.next() {
                return membership::membership(cursor, known, verb);
            }
            match faults::VERBS.into_iter().find(|word| cursor.keyword(word)) {
                Some(verb) => faults::fault(cursor, known, verb),
                None => Err(unknown_statement(cursor)),
            }
        }
    }
}

/// The words of other programs for what is called otherwise here.
const OTHER_WORDS: [(&str, &str); 10] = [
    ("kill", "crash"),
    ("stop", "crash"),
    ("partition", "cut"),
    ("del", "delete"),
    ("set", "put"),
    ("write", "put"),
    ("read", "get"),
    ("assert", "expect"),
    ("sleep", "wait"),
    ("timeout", "time-out"),
];

fn unknown_statement(cursor: &Cursor<'_>) -> ScriptError {
    let mut error = cursor.unexpected();
    if let Some(token) = cursor.peek() {
        error.message = format!("no statement begins with {}", token.shown());
    }
    let other = OTHER_WORDS
        .iter()
        .find(|(word, _)| Some(*word) == cursor.peek_word());
    if let Some((_, word)) = other {
        error.help = Some(format!("did you mean `{word}`?"));
    }
    if error.help.is_none() {
        let all = [&STATEMENTS[..], &membership::VERBS, &faults::VERBS].concat();
        error.help = Some(format!("statements are: {}", all.join(", ")));
    }
    error
}

/// `put KEY VALUE via TARGET [as CLIENT]`, `get KEY via TARGET [local] [as CLIENT]`,
/// `delete KEY via TARGET [as CLIENT]`
fn request(
    cursor: &mut Cursor<'_>,
    known: &Known,
    verb: Option<&'static str>,
) -> Parsed<StatementKind> {
    let start = cursor.position();
    let key = bytes(cursor, "a key")?;
    let mut request = match verb {
        Some("put") => {
            let value = bytes(cursor, "a value")?;
            Request::put(key, value)
        }
        Some("get") => Request::get(key, false),
        _ => Request::delete(key),
    };
    checked(cursor, start, &request)?;
    cursor.need("via")?;
    let via = members::target(cursor, known)?;
    if let Request::Range(range) = &mut request {
        range.serializable = cursor.keyword("local");
    }
    let client = if cursor.keyword("as") {
        client(cursor)?
    } else {
        ClientId(0)
    };
    Ok(StatementKind::Request {
        request,
        via,
        client,
    })
}

fn bytes(cursor: &mut Cursor<'_>, thing: &'static str) -> Parsed<Bytes> {
    let (text, _) = cursor.text(thing)?;
    Ok(Bytes::copy_from_slice(text.as_bytes()))
}

/// Checks etcd's limits. The key was read at `start`.
fn checked(cursor: &Cursor<'_>, start: usize, request: &Request) -> Parsed<()> {
    let Err(refused) = request.validate() else {
        return Ok(());
    };
    let place = match refused {
        KvError::EmptyKey => cursor.place_of(start),
        _ => cursor.place_since(start),
    };
    let mut error = cursor.error_at(place, refused.to_string());
    error.help = Some(match refused {
        KvError::EmptyKey => "a key has at least one character".to_owned(),
        _ => format!(
            "key and value together have at most {} bytes",
            crate::kv::MAX_REQUEST_BYTES
        ),
    });
    Err(error)
}

/// `[client] LETTER`
fn client(cursor: &mut Cursor<'_>) -> Parsed<ClientId> {
    if cursor.peek_word() == Some("client") {
        cursor.advance();
    }
    let word = cursor.peek_word().unwrap_or_default();
    match word.as_bytes() {
        [letter @ b'A'..=b'Z'] => {
            cursor.advance();
            Ok(ClientId(letter - b'A'))
        }
        _ => {
            cursor.could_be("a client (a letter from A to Z)");
            let mut error = cursor.unexpected();
            if let [letter @ b'a'..=b'z'] = word.as_bytes() {
                let upper = char::from(letter.to_ascii_uppercase());
                error.help = Some(format!("did you mean `{upper}`?"));
            }
            Err(error)
        }
    }
}

/// `cut MEMBERS | MEMBERS { | MEMBERS }`, where one group may be `others`, or `cut LINKS`
fn cut(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<StatementKind> {
    let mut groups = Vec::new();
    let mut others = false;
    loop {
        if !others && cursor.keyword("others") {
            others = true;
            groups.push(None);
        } else {
            let side = faults::side(cursor, known)?;
            let arrow = cursor.peek().map(|token| &token.kind);
            let linked = matches!(arrow, Some(TokenKind::Arrow | TokenKind::BothWays));
            match side {
                Side::Members(members) if !linked || !groups.is_empty() => {
                    groups.push(Some(members));
                }
                side => {
                    let ends = faults::ends(cursor, known, side)?;
                    return Ok(StatementKind::Fault(Fault::Links(LinkFault::Cut, ends)));
                }
            }
        }
        let bar = cursor
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Bar);
        if bar {
            cursor.advance();
        } else if groups.len() < 2 {
            cursor.could_be("`|` and the other side");
            let mut error = cursor.unexpected();
            if cursor.at_end() {
                error.help = Some("name both sides: cut infra1 | others".to_owned());
            }
            return Err(error);
        } else {
            cursor.could_be("`|`");
            return Ok(StatementKind::Cut(groups));
        }
    }
}

/// `let NAME be TARGET`
fn name(cursor: &mut Cursor<'_>, known: &mut Known) -> Parsed<StatementKind> {
    let place = cursor.place();
    let (name, quoted) = cursor.text("a name")?;
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let well_formed =
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(letters);
    let meant = if quoted || !well_formed {
        Some("a name is written without quotes: lower-case letters, digits and hyphens")
    } else if members::is_reserved(name) || name.starts_with("infra") {
        Some("this word has a meaning already; choose another name, such as `old`")
    } else {
        None
    };
    if let Some(help) = meant {
        let mut error = cursor.error_at(place, format!("`{name}` cannot be a name"));
        error.help = Some(help.to_owned());
        return Err(error);
    }
    cursor.need("be")?;
    let target = members::target(cursor, known)?;
    known.names.insert(name.to_owned());
    Ok(StatementKind::Let {
        name: name.to_owned(),
        target,
    })
}

/// `wait DURATION` or `wait until CONDITION [within DURATION]`
fn wait(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<StatementKind> {
    if !cursor.keyword("until") {
        return Ok(StatementKind::Wait(duration(cursor)?));
    }
    let condition = conditions::condition(cursor, known)?;
    let within_us = if cursor.keyword("within") {
        duration(cursor)?
    } else {
        DEFAULT_WITHIN_US
    };
    Ok(StatementKind::WaitUntil {
        condition,
        within_us,
    })
}

/// `step [NUMBER]`
fn step(cursor: &mut Cursor<'_>) -> Parsed<StatementKind> {
    let events = if cursor.at_end() {
        1
    } else {
        cursor.number("the number of events", 1, MAX_EVENTS)?
    };
    Ok(StatementKind::Step(events))
}

/// A number with `us`, `ms` or `s`, with up to three decimals.
fn duration(cursor: &mut Cursor<'_>) -> Parsed<u64> {
    let Some(word) = cursor.peek_word() else {
        cursor.could_be(A_DURATION);
        return Err(cursor.unexpected());
    };
    match duration_us(word) {
        Ok(us) => {
            cursor.advance();
            Ok(us)
        }
        Err(Some(message)) => Err(cursor.error_here(message)),
        Err(None) => {
            cursor.could_be(A_DURATION);
            let mut error = cursor.unexpected();
            if word.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                error.help = Some(format!("with its unit: {word}ms or {word}s"));
            } else if word.starts_with(|c: char| c.is_ascii_digit()) {
                error.help = Some("the units are us, ms and s".to_owned());
            }
            Err(error)
        }
    }
}

/// The microseconds of a duration. An error with a message is a duration that cannot be.
fn duration_us(word: &str) -> Result<u64, Option<String>> {
    let digits = word
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(word.len());
    let (number, unit) = word.split_at(digits);
    let unit_us: u64 = match unit {
        "us" | "µs" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => return Err(None),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(None);
    }
    let too_long = || Some(format!("{word} is too long; the longest time is 3600s"));
    if fraction.len() > 3 || (unit_us == 1 && fraction.bytes().any(|b| b != b'0')) {
        return Err(Some(format!(
            "{word} is too exact; write at most three decimals, and whole microseconds"
        )));
    }
    let whole: u64 = whole.parse().map_err(|_| too_long())?;
    let thousandths: u64 = format!("{fraction:0<3}").parse().map_err(|_| None)?;
    let us = whole
        .checked_mul(unit_us)
        .and_then(|us| us.checked_add(thousandths * unit_us / 1_000))
        .filter(|us| *us <= MAX_DURATION_US);
    us.ok_or_else(too_long)
}
