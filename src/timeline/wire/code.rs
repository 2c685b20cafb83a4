//! The code of a session: see `docs/recording.md` for the bytes.

use super::FORMAT_VERSION;
use super::action::WireAction;
use super::error::OpenError;
use super::options::WireOptions;
use crate::sim::SimTime;
use crate::timeline::position::Position;
use crate::timeline::recording::RecordedAction;
use crate::timeline::replay::{MAX_ACTIONS, MAX_BRANCHES};
use crate::timeline::saved::{Saved, SavedBranch};
use crate::timeline::session::Session;
use data_encoding::BASE64URL_NOPAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use prost::Message;
use xxhash_rust::xxh3::xxh3_64;

/// The longest body of a code, decompressed, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// How hard to compress: as hard as possible, since codes are made for people who are waiting for
/// nothing else.
const COMPRESSION: u8 = 10;

/// How many bytes of the checksum are kept.
const CHECKSUM: usize = 4;

/// The first message.
#[derive(Clone, PartialEq, Message)]
struct Head {
    #[prost(uint64, tag = "1")]
    seed: u64,
    #[prost(message, optional, tag = "2")]
    options: Option<WireOptions>,
    /// How many branches there are besides the first.
    #[prost(uint64, tag = "3")]
    more_branches: u64,
    /// The current branch.
    #[prost(uint64, tag = "4")]
    current: u64,
    /// How many steps, and microseconds, the playhead is before the end of the current branch.
    #[prost(uint64, tag = "5")]
    steps_before_end: u64,
    #[prost(uint64, tag = "6")]
    us_before_end: u64,
}

/// The message at the beginning of each branch. Its actions follow.
#[derive(Clone, PartialEq, Message)]
struct Branch {
    /// Empty for the name that a first branch has by itself.
    #[prost(string, tag = "1")]
    name: String,
    /// The branch that it leaves; of no meaning for the first one.
    #[prost(uint64, tag = "2")]
    parent: u64,
    #[prost(uint64, tag = "3")]
    fork_step: u64,
    #[prost(uint64, tag = "4")]
    fork_us: u64,
    #[prost(uint64, tag = "5")]
    actions: u64,
    /// How many steps, and microseconds, there are after the last action (or the fork).
    #[prost(uint64, tag = "6")]
    more_steps: u64,
    #[prost(uint64, tag = "7")]
    more_us: u64,
}

/// An action and its place.
#[derive(Clone, PartialEq, Message)]
struct Placed {
    /// How many steps there are between the last action (or the fork) and this one.
    #[prost(uint64, tag = "1")]
    steps: u64,
    /// How many microseconds after that one this one is.
    #[prost(uint64, tag = "2")]
    us: u64,
    #[prost(
        oneof = "WireAction",
        tags = "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42"
    )]
    action: Option<WireAction>,
}

/// Writes a session.
pub(super) fn write(saved: &Saved) -> String {
    let body = write_body(saved);
    let packed = compress_to_vec(&body, COMPRESSION);
    let is_packed = packed.len() < body.len();
    let version = u8::try_from(FORMAT_VERSION).expect("there are few versions");
    let mut bytes = vec![version * 2 + u8::from(is_packed)];
    bytes.extend(if is_packed { packed } else { body });
    let checksum = xxh3_64(&bytes).to_le_bytes();
    bytes.extend(&checksum[..CHECKSUM]);
    BASE64URL_NOPAD.encode(&bytes)
}

/// Reads a session.
pub(super) fn read(text: &str) -> Result<Saved, OpenError> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !text.chars().all(is_letter) {
        return Err(OpenError::Foreign);
    }
    let bytes = BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| OpenError::Damaged)?;
    let split = bytes.split_last_chunk::<CHECKSUM>();
    let (bytes, checksum) = split.ok_or(OpenError::Damaged)?;
    if !xxh3_64(bytes).to_le_bytes().starts_with(checksum) {
        return Err(OpenError::Damaged);
    }
    let (kind, body) = bytes.split_first().ok_or(OpenError::Damaged)?;
    let version = u32::from(kind / 2);
    if version > FORMAT_VERSION {
        return Err(OpenError::Newer(version));
    }
    if kind % 2 == 0 {
        return if body.len() <= MAX_BODY {
            read_body(body)
        } else {
            Err(OpenError::TooLong)
        };
    }
    let body =
        decompress_to_vec_with_limit(body, MAX_BODY).map_err(|error| match error.status {
            TINFLStatus::HasMoreOutput => OpenError::TooLong,
            _ => OpenError::Damaged,
        })?;
    read_body(&body)
}

fn write_body(saved: &Saved) -> Vec<u8> {
    let mut body = Vec::new();
    let end = saved.branches.get(saved.current);
    let end = end.map_or(saved.playhead, |branch| branch.end);
    let head = Head {
        seed: saved.seed,
        options: Some(WireOptions::from(&saved.options)),
        more_branches: (saved.branches.len() as u64).saturating_sub(1),
        current: saved.current as u64,
        steps_before_end: end.step.saturating_sub(saved.playhead.step),
        us_before_end: end.time.since(saved.playhead.time),
    };
    put(&head, &mut body);
    for branch in &saved.branches {
        write_branch(branch, &mut body);
    }
    body
}

fn write_branch(branch: &SavedBranch, body: &mut Vec<u8>) {
    let last = branch.actions.last().map_or(branch.fork, place);
    let is_usual = branch.parent.is_none() && branch.name == Session::FIRST_BRANCH;
    let head = Branch {
        name: if is_usual {
            String::new()
        } else {
            branch.name.clone()
        },
        parent: branch.parent.unwrap_or(0) as u64,
        fork_step: branch.fork.step,
        fork_us: branch.fork.time.0,
        actions: branch.actions.len() as u64,
        more_steps: branch.end.step.saturating_sub(last.step),
        more_us: branch.end.time.since(last.time),
    };
    put(&head, body);
    let mut last = branch.fork;
    for action in &branch.actions {
        let placed = Placed {
            steps: action.step.saturating_sub(last.step.saturating_add(1)),
            us: action.time.since(last.time),
            action: Some(WireAction::from(&action.action)),
        };
        put(&placed, body);
        last = place(action);
    }
}

fn place(action: &RecordedAction) -> Position {
    Position {
        step: action.step,
        time: action.time,
    }
}

fn put(message: &impl Message, body: &mut Vec<u8>) {
    message
        .encode_length_delimited(body)
        .expect("a vector has room");
}

fn read_body(mut body: &[u8]) -> Result<Saved, OpenError> {
    let head: Head = take(&mut body)?;
    let more = count(head.more_branches, MAX_BRANCHES - 1)?;
    let mut branches = Vec::new();
    let mut actions_left = MAX_ACTIONS;
    for number in 0..=more {
        let branch = read_branch(&mut body, number, actions_left)?;
        actions_left -= branch.actions.len();
        branches.push(branch);
    }
    if !body.is_empty() {
        return Err(OpenError::Unknown);
    }
    let current = count(head.current, more)?;
    let end = branches[current].end;
    let playhead = Position {
        step: difference(end.step, head.steps_before_end)?,
        time: SimTime(difference(end.time.0, head.us_before_end)?),
    };
    Ok(Saved {
        options: head.options.unwrap_or_default().try_into()?,
        seed: head.seed,
        branches,
        current,
        playhead,
    })
}

fn read_branch(
    body: &mut &[u8],
    number: usize,
    actions_left: usize,
) -> Result<SavedBranch, OpenError> {
    let head: Branch = take(body)?;
    let fork = Position {
        step: head.fork_step,
        time: SimTime(head.fork_us),
    };
    let mut last = fork;
    let mut actions = Vec::new();
    for _ in 0..count(head.actions, actions_left)? {
        let placed: Placed = take(body)?;
        last = Position {
            step: sum(sum(last.step, placed.steps)?, 1)?,
            time: SimTime(sum(last.time.0, placed.us)?),
        };
        actions.push(RecordedAction {
            step: last.step,
            time: last.time,
            action: placed.action.ok_or(OpenError::Unknown)?.try_into()?,
        });
    }
    Ok(SavedBranch {
        name: if head.name.is_empty() {
            Session::FIRST_BRANCH.to_owned()
        } else {
            head.name
        },
        parent: match number {
            0 => None,
            _ => Some(count(head.parent, number - 1)?),
        },
        fork,
        actions,
        end: Position {
            step: sum(last.step, head.more_steps)?,
            time: SimTime(sum(last.time.0, head.more_us)?),
        },
    })
}

/// Reads a message. What is there has to be exactly what writing the message again gives: there
/// may be fields that this version does not know, and to ignore them would give another run.
fn take<M: Message + Default>(body: &mut &[u8]) -> Result<M, OpenError> {
    let before = *body;
    let message = M::decode_length_delimited(&mut *body).map_err(|_| OpenError::Damaged)?;
    let read = before.len() - body.len();
    if message.encode_length_delimited_to_vec() == before[..read] {
        Ok(message)
    } else {
        Err(OpenError::Unknown)
    }
}

fn count(value: u64, limit: usize) -> Result<usize, OpenError> {
    let count = usize::try_from(value).ok().filter(|count| *count <= limit);
    count.ok_or(OpenError::Value(
        "a number of branches or actions is too large",
    ))
}

fn sum(value: u64, more: u64) -> Result<u64, OpenError> {
    value
        .checked_add(more)
        .ok_or(OpenError::Value("a step or a moment is too late"))
}

fn difference(value: u64, less: u64) -> Result<u64, OpenError> {
    value
        .checked_sub(less)
        .ok_or(OpenError::Value("the playhead is before the beginning"))
}
