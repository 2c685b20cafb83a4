//! Statements about faults.

use super::super::faults::{Ends, Fault, LinkFault, MemberFault, MessageFault, Side, Timing, When};
use super::super::script::StatementKind;
use super::super::token::TokenKind;
use super::cursor::{Cursor, Parsed};
use super::start::jitter;
use super::{Known, client, duration, members};
use crate::sim::{ClockRate, DiskOptions, PPM};

/// The words that begin a statement about a fault.
pub(super) const VERBS: [&str; 19] = [
    "isolate",
    "rejoin",
    "pause",
    "resume",
    "slow",
    "clock",
    "disk",
    "stall",
    "unstall",
    "tear",
    "damage",
    "wipe",
    "mend",
    "hold",
    "release",
    "delay",
    "lose",
    "duplicate",
    "drop",
];

/// Words of [`VERBS`] that are followed by members and by nothing else.
const MEMBERS_ONLY: [(&str, MemberFault); 8] = [
    ("isolate", MemberFault::Isolate),
    ("rejoin", MemberFault::Rejoin),
    ("pause", MemberFault::Pause),
    ("resume", MemberFault::Resume),
    ("stall", MemberFault::Stall),
    ("unstall", MemberFault::Unstall),
    ("tear", MemberFault::Tear),
    ("wipe", MemberFault::Wipe),
];

/// How a percentage is asked for.
const A_PERCENTAGE: &str = "a percentage (10%, 0.5%)";

/// Everything after the verb.
pub(super) fn fault(
    cursor: &mut Cursor<'_>,
    known: &Known,
    verb: &'static str,
) -> Parsed<StatementKind> {
    if let Some((_, fault)) = MEMBERS_ONLY.iter().find(|(word, _)| *word == verb) {
        return on_members(cursor, known, *fault);
    }
    match verb {
        "slow" => {
            let delay_us = duration(cursor)?;
            on_members(cursor, known, MemberFault::Slow(delay_us))
        }
        "clock" => {
            let fault = clock(cursor)?;
            on_members(cursor, known, fault)
        }
        "disk" => {
            let disk = disk(cursor)?;
            on_members(cursor, known, MemberFault::Disk(disk))
        }
        "damage" => {
            let back = if cursor.keyword("record") {
                cursor.number("the record, counted back from the newest, 0,", 0, u64::MAX)?
            } else {
                0
            };
            on_members(cursor, known, MemberFault::Damage(back))
        }
        "mend" => on_links(cursor, known, LinkFault::Mend),
        "hold" if cursor.keyword("messages") => on_messages(cursor, known, MessageFault::Hold),
        "hold" => on_links(cursor, known, LinkFault::Hold),
        "release" if cursor.keyword("messages") => {
            on_messages(cursor, known, MessageFault::Release)
        }
        "release" => on_links(cursor, known, LinkFault::Release),
        "delay" => {
            let latency_us = duration(cursor)?;
            let mut jitter_us = 0;
            jitter(cursor, &mut jitter_us)?;
            on_links(cursor, known, LinkFault::Delay(latency_us, jitter_us))
        }
        "lose" => {
            let ppm = percentage(cursor)?;
            on_links(cursor, known, LinkFault::Lose(ppm))
        }
        "duplicate" if cursor.keyword("messages") => {
            on_messages(cursor, known, MessageFault::Duplicate)
        }
        "duplicate" => {
            let ppm = percentage(cursor)?;
            on_links(cursor, known, LinkFault::Duplicate(ppm))
        }
        "drop" => {
            cursor.need("messages")?;
            on_messages(cursor, known, MessageFault::Drop)
        }
        _ => Err(cursor.unexpected()),
    }
}

/// `messages LINKS`, after `deliver`
pub(super) fn deliver(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<StatementKind> {
    cursor.need("messages")?;
    on_messages(cursor, known, MessageFault::Deliver)
}

fn on_members(cursor: &mut Cursor<'_>, known: &Known, fault: MemberFault) -> Parsed<StatementKind> {
    let members = members::members(cursor, known)?;
    Ok(StatementKind::Fault(Fault::Members(fault, members)))
}

fn on_links(cursor: &mut Cursor<'_>, known: &Known, fault: LinkFault) -> Parsed<StatementKind> {
    let from = side(cursor, known)?;
    Ok(StatementKind::Fault(Fault::Links(
        fault,
        ends(cursor, known, from)?,
    )))
}

fn on_messages(
    cursor: &mut Cursor<'_>,
    known: &Known,
    fault: MessageFault,
) -> Parsed<StatementKind> {
    let from = side(cursor, known)?;
    Ok(StatementKind::Fault(Fault::Messages(
        fault,
        ends(cursor, known, from)?,
    )))
}

/// `MEMBERS` or `client LETTER`
pub(super) fn side(cursor: &mut Cursor<'_>, known: &Known) -> Parsed<Side> {
    if cursor.peek_word() == Some("client") {
        Ok(Side::Client(client(cursor)?))
    } else {
        Ok(Side::Members(members::members(cursor, known)?))
    }
}

/// `-> SIDE` or `<-> SIDE`, after the first side
pub(super) fn ends(cursor: &mut Cursor<'_>, known: &Known, from: Side) -> Parsed<Ends> {
    let Some(both) = arrow(cursor) else {
        cursor.could_be("`->`");
        cursor.could_be("`<->`");
        let mut error = cursor.unexpected();
        error.help = Some("a link is written: infra1 -> infra2, or <-> for both ways".to_owned());
        return Err(error);
    };
    let to = side(cursor, known)?;
    Ok(Ends { from, to, both })
}

/// Takes the next token if it is an arrow, and says whether it points both ways.
pub(super) fn arrow(cursor: &mut Cursor<'_>) -> Option<bool> {
    let both = match cursor.peek()?.kind {
        TokenKind::Arrow => false,
        TokenKind::BothWays => true,
        _ => return None,
    };
    cursor.advance();
    Some(both)
}

/// `PERCENTAGE ( fast | slow )`, `right`, `forward DURATION`, `back DURATION`
fn clock(cursor: &mut Cursor<'_>) -> Parsed<MemberFault> {
    if cursor.keyword("right") {
        return Ok(MemberFault::ClockRate(ClockRate(0)));
    }
    if let Some(sign) = cursor.one_of(&[("forward", 1), ("back", -1)]) {
        let us = i64::try_from(duration(cursor)?).unwrap_or(i64::MAX);
        return Ok(MemberFault::ClockJump(sign * us));
    }
    let place = cursor.place();
    let ppm = any_percentage(cursor)?;
    let sign = cursor
        .one_of(&[("fast", 1), ("slow", -1)])
        .ok_or_else(|| cursor.unexpected())?;
    let rate = ClockRate(sign * i32::try_from(ppm).unwrap_or(i32::MAX));
    if (ClockRate::SLOWEST..=ClockRate::FASTEST).contains(&rate) {
        return Ok(MemberFault::ClockRate(rate));
    }
    Err(cursor.error_at(place, "a clock runs at most 90% too slow and 900% too fast"))
}

/// `sync DURATION [jitter DURATION] [write DURATION]`
fn disk(cursor: &mut Cursor<'_>) -> Parsed<DiskOptions> {
    let mut disk = DiskOptions::default();
    cursor.need("sync")?;
    disk.sync_us = duration(cursor)?;
    jitter(cursor, &mut disk.jitter_us)?;
    if cursor.keyword("write") {
        disk.write_us = duration(cursor)?;
    }
    Ok(disk)
}

/// A probability as parts per million.
fn percentage(cursor: &mut Cursor<'_>) -> Parsed<u32> {
    let place = cursor.place();
    let ppm = any_percentage(cursor)?;
    if ppm > PPM {
        return Err(cursor.error_at(place, "a probability is at most 100%"));
    }
    Ok(ppm)
}

/// A number with `%`, with up to four decimals, as parts per million.
fn any_percentage(cursor: &mut Cursor<'_>) -> Parsed<u32> {
    let ppm = cursor.peek_word().and_then(percentage_ppm);
    let Some(ppm) = ppm else {
        cursor.could_be(A_PERCENTAGE);
        return Err(cursor.unexpected());
    };
    cursor.advance();
    Ok(ppm)
}

fn percentage_ppm(word: &str) -> Option<u32> {
    let number = word.strip_suffix('%')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 4 {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let rest: u32 = format!("{fraction:0<4}").parse().ok()?;
    whole.checked_mul(10_000)?.checked_add(rest)
}

/// `at DURATION` or `after DURATION`, before a statement
pub(super) fn when(cursor: &mut Cursor<'_>) -> Parsed<Option<When>> {
    if cursor.keyword("at") {
        Ok(Some(When::At(duration(cursor)?)))
    } else if cursor.keyword("after") {
        Ok(Some(When::After(duration(cursor)?)))
    } else {
        Ok(None)
    }
}

/// `[for DURATION]`, after a statement; and the statement with its timing.
pub(super) fn timed(
    cursor: &mut Cursor<'_>,
    kind: StatementKind,
    when: Option<When>,
) -> Parsed<StatementKind> {
    let for_us = if can_end(&kind) && cursor.keyword("for") {
        Some(duration(cursor)?)
    } else {
        None
    };
    if for_us.is_none() && when.is_none() {
        return Ok(kind);
    }
    let timing = Timing { for_us, when };
    Ok(StatementKind::Timed(Box::new(kind), timing))
}

/// Whether a statement can be given for a while.
fn can_end(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::Crash(_) | StatementKind::Cut(_) => true,
        StatementKind::Fault(Fault::Members(fault, _)) => fault.can_end(),
        StatementKind::Fault(Fault::Links(fault, _)) => fault.can_end(),
        StatementKind::Fault(Fault::Messages(fault, _)) => fault.can_end(),
        _ => false,
    }
}

/// Whether a statement is an action, so that it can be done later.
pub(super) fn can_wait(kind: &StatementKind) -> bool {
    !matches!(
        kind,
        StatementKind::Let { .. }
            | StatementKind::Wait(_)
            | StatementKind::WaitUntil { .. }
            | StatementKind::Step(_)
            | StatementKind::Expect(_)
    )
}
