//! The statement `start`.

use super::super::error::nearest;
use super::super::script::Start;
use super::cursor::{Cursor, Parsed};
use super::{duration, duration_us};
use crate::cluster::{MAX_MEMBERS, WorldOptions, WorldOptionsError};
use crate::raft::ReadMode;
use crate::raft::rules::{Rule, Rules};

/// `start NUMBER members [seed NUMBER] [with OPTION { OPTION }]`
pub(super) fn start(cursor: &mut Cursor<'_>, line: usize) -> Parsed<Start> {
    let place = cursor.place();
    let count = cursor.number("the number of members", 0, u64::MAX)?;
    let members = usize::try_from(count).unwrap_or(usize::MAX);
    if !(1..=MAX_MEMBERS).contains(&members) {
        let error = WorldOptionsError::Members(members);
        return Err(cursor.error_at(place, error.to_string()));
    }
    let noun = cursor.keyword("members") || (count == 1 && cursor.keyword("member"));
    if !noun {
        return Err(cursor.unexpected());
    }
    let seed = if cursor.keyword("seed") {
        cursor.number("the seed", 0, u64::MAX)?
    } else {
        1
    };
    let mut options = WorldOptions::with_members(members);
    if cursor.keyword("with") {
        let first = cursor.position();
        option(cursor, &mut options)?;
        while !cursor.at_end() {
            option(cursor, &mut options)?;
        }
        let all = cursor.place_since(first);
        options
            .validate()
            .map_err(|refused| cursor.error_at(all, refused.to_string()))?;
    }
    cursor.end()?;
    Ok(Start {
        line,
        options,
        seed,
    })
}

fn option(cursor: &mut Cursor<'_>, options: &mut WorldOptions) -> Parsed<()> {
    if cursor.keyword("heartbeat") {
        options.raft.heartbeat_interval = ticks(cursor)?;
    } else if cursor.keyword("election") {
        let (shortest, longest) = range(cursor)?;
        options.raft.election_timeout = shortest;
        options.raft.election_timeout_max = longest;
    } else if cursor.keyword("latency") {
        options.network.latency_us = duration(cursor)?;
        jitter(cursor, &mut options.network.jitter_us)?;
    } else if cursor.keyword("client-latency") {
        options.client_network.latency_us = duration(cursor)?;
        jitter(cursor, &mut options.client_network.jitter_us)?;
    } else if cursor.keyword("sync") {
        options.disk.sync_us = duration(cursor)?;
        jitter(cursor, &mut options.disk.jitter_us)?;
    } else if cursor.keyword("client-timeout") {
        options.client_timeout_us = duration(cursor)?;
    } else if cursor.keyword("request-timeout") {
        options.request_timeout_us = duration(cursor)?;
    } else if cursor.keyword("client-retries") {
        options.client_retries = switch(cursor)?;
    } else if cursor.keyword("pre-vote") {
        options.raft.pre_vote = switch(cursor)?;
    } else if cursor.keyword("check-quorum") {
        options.raft.check_quorum = switch(cursor)?;
    } else if cursor.keyword("forwarding") {
        options.raft.forward_proposals = switch(cursor)?;
    } else if cursor.keyword("snapshot-count") {
        options.raft.compaction_distance = cursor.number("a number of entries", 1, u64::MAX)?;
        options.raft.compaction_tail = if cursor.keyword("tail") {
            cursor.number("a number of entries", 0, u64::MAX)?
        } else {
            0
        };
    } else if cursor.keyword("reads") {
        let modes = [("safe", ReadMode::Safe), ("lease", ReadMode::LeaseBased)];
        options.raft.read_mode = cursor.one_of(&modes).ok_or_else(|| cursor.unexpected())?;
    } else if cursor.keyword("rule") {
        options.raft.rules = without_rule(cursor, options.raft.rules)?;
    } else {
        return Err(cursor.unexpected());
    }
    Ok(())
}

/// `RULE off`
fn without_rule(cursor: &mut Cursor<'_>, rules: Rules) -> Parsed<Rules> {
    let place = cursor.place();
    let (name, _) = cursor.text("a rule of Raft")?;
    let Some(rule) = Rule::by_name(name) else {
        let mut error = cursor.error_at(place, format!("Raft has no rule `{name}` here"));
        let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.info().name).collect();
        error.help = Some(match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("rules are: {}", names.join(", ")),
        });
        return Err(error);
    };
    cursor.need("off")?;
    Ok(rules.without(rule))
}

/// `[jitter DURATION]`. An option without it has none.
pub(super) fn jitter(cursor: &mut Cursor<'_>, jitter_us: &mut u64) -> Parsed<()> {
    *jitter_us = if cursor.keyword("jitter") {
        duration(cursor)?
    } else {
        0
    };
    Ok(())
}

fn switch(cursor: &mut Cursor<'_>) -> Parsed<bool> {
    cursor
        .one_of(&[("on", true), ("off", false)])
        .ok_or_else(|| cursor.unexpected())
}

/// A duration in whole milliseconds, which are the ticks of the members' clocks.
fn ticks(cursor: &mut Cursor<'_>) -> Parsed<u64> {
    let place = cursor.place();
    let us = duration(cursor)?;
    match us % 1_000 {
        0 => Ok(us / 1_000),
        _ => Err(cursor.error_at(
            place,
            "members count in milliseconds; write a whole number of them",
        )),
    }
}

/// `150ms..300ms`
fn range(cursor: &mut Cursor<'_>) -> Parsed<(u64, u64)> {
    let parsed = cursor.peek_word().and_then(|word| {
        let (low, high) = word.split_once("..")?;
        Some((duration_us(low).ok()?, duration_us(high).ok()?))
    });
    match parsed {
        Some((low, high)) if low % 1_000 == 0 && high % 1_000 == 0 => {
            cursor.advance();
            Ok((low / 1_000, high / 1_000))
        }
        Some(_) => {
            Err(cursor.error_here("members count in milliseconds; write whole numbers of them"))
        }
        None => {
            cursor.could_be("a range of durations (150ms..300ms)");
            Err(cursor.unexpected())
        }
    }
}
