//! The code of a session: see `docs/recording.md` for the bytes.

use super::FORMAT_VERSION;
use super::action::action;
use super::coder::Coder;
use super::error::OpenError;
use super::options::options;
use crate::cluster::{Action, WorldOptions};
use crate::sim::SimTime;
use crate::timeline::position::Position;
use crate::timeline::recording::RecordedAction;
use crate::timeline::replay::{MAX_ACTIONS, MAX_BRANCHES};
use crate::timeline::saved::{Saved, SavedBranch};
use crate::timeline::session::Session;
use base64ct::{Base64UrlUnpadded, Encoding};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use xxhash_rust::xxh3::xxh3_64;

/// The longest body of a code, decompressed, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// How hard to compress: as hard as possible, since codes are made for people who are waiting for
/// nothing else.
const COMPRESSION: u8 = 10;

/// How many bytes of the checksum are kept.
const CHECKSUM: usize = 4;

/// The first message.
#[derive(Default)]
struct Head {
    seed: u64,
    options: WorldOptions,
    /// How many branches there are besides the first.
    more_branches: u64,
    /// The current branch.
    current: u64,
    /// How many steps, and microseconds, the playhead is before the end of the current branch.
    steps_before_end: u64,
    us_before_end: u64,
}

impl Head {
    fn code(&mut self, coder: &mut Coder<'_>) {
        coder.framed(&mut |coder| {
            coder.number(1, &mut self.seed);
            coder.message(2, &mut |coder| options(coder, &mut self.options));
            coder.number(3, &mut self.more_branches);
            coder.number(4, &mut self.current);
            coder.number(5, &mut self.steps_before_end);
            coder.number(6, &mut self.us_before_end);
        });
    }
}

/// The message at the beginning of each branch. Its actions follow.
#[derive(Default)]
struct Branch {
    /// Empty for the name that a first branch has by itself.
    name: String,
    /// The branch that it leaves; of no meaning for the first one.
    parent: u64,
    fork_step: u64,
    fork_us: u64,
    actions: u64,
    /// How many steps, and microseconds, there are after the last action (or the fork).
    more_steps: u64,
    more_us: u64,
}

impl Branch {
    fn code(&mut self, coder: &mut Coder<'_>) {
        coder.framed(&mut |coder| {
            coder.text(1, &mut self.name);
            coder.number(2, &mut self.parent);
            coder.number(3, &mut self.fork_step);
            coder.number(4, &mut self.fork_us);
            coder.number(5, &mut self.actions);
            coder.number(6, &mut self.more_steps);
            coder.number(7, &mut self.more_us);
        });
    }
}

/// An action and its place.
struct Placed {
    /// How many steps there are between the last action (or the fork) and this one.
    steps: u64,
    /// How many microseconds after that one this one is.
    us: u64,
    action: Action,
}

impl Placed {
    fn code(&mut self, coder: &mut Coder<'_>) {
        coder.framed(&mut |coder| {
            coder.number(1, &mut self.steps);
            coder.number(2, &mut self.us);
            action(coder, &mut self.action);
        });
    }
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
    Base64UrlUnpadded::encode_string(&bytes)
}

/// Reads a session.
pub(super) fn read(text: &str) -> Result<Saved, OpenError> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !text.chars().all(is_letter) {
        return Err(OpenError::Foreign);
    }
    let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| OpenError::Damaged)?;
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
    let mut coder = Coder::writer();
    let end = saved.branches.get(saved.current);
    let end = end.map_or(saved.playhead, |branch| branch.end);
    let mut head = Head {
        seed: saved.seed,
        options: saved.options.clone(),
        more_branches: (saved.branches.len() as u64).saturating_sub(1),
        current: saved.current as u64,
        steps_before_end: end.step.saturating_sub(saved.playhead.step),
        us_before_end: end.time.since(saved.playhead.time),
    };
    head.code(&mut coder);
    for branch in &saved.branches {
        write_branch(branch, &mut coder);
    }
    coder.written()
}

fn write_branch(branch: &SavedBranch, coder: &mut Coder<'_>) {
    let last = branch.actions.last().map_or(branch.fork, place);
    let is_usual = branch.parent.is_none() && branch.name == Session::FIRST_BRANCH;
    let mut head = Branch {
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
    head.code(coder);
    let mut last = branch.fork;
    for action in &branch.actions {
        let mut placed = Placed {
            steps: action.step.saturating_sub(last.step.saturating_add(1)),
            us: action.time.since(last.time),
            action: action.action.clone(),
        };
        placed.code(coder);
        last = place(action);
    }
}

fn place(action: &RecordedAction) -> Position {
    Position {
        step: action.step,
        time: action.time,
    }
}

fn read_body(body: &[u8]) -> Result<Saved, OpenError> {
    let mut coder = Coder::reader(body);
    let mut head = Head::default();
    head.code(&mut coder);
    coder.check()?;
    let more = count(head.more_branches, MAX_BRANCHES - 1)?;
    let mut branches = Vec::new();
    let mut actions_left = MAX_ACTIONS;
    for number in 0..=more {
        let branch = read_branch(&mut coder, number, actions_left)?;
        actions_left -= branch.actions.len();
        branches.push(branch);
    }
    coder.finish()?;
    let current = count(head.current, more)?;
    let end = branches[current].end;
    let playhead = Position {
        step: difference(end.step, head.steps_before_end)?,
        time: SimTime(difference(end.time.0, head.us_before_end)?),
    };
    Ok(Saved {
        options: head.options,
        seed: head.seed,
        branches,
        current,
        playhead,
    })
}

fn read_branch(
    coder: &mut Coder<'_>,
    number: usize,
    actions_left: usize,
) -> Result<SavedBranch, OpenError> {
    let mut head = Branch::default();
    head.code(coder);
    coder.check()?;
    let fork = Position {
        step: head.fork_step,
        time: SimTime(head.fork_us),
    };
    let mut last = fork;
    let mut actions = Vec::new();
    for _ in 0..count(head.actions, actions_left)? {
        let mut placed = Placed {
            steps: 0,
            us: 0,
            action: Action::Heal,
        };
        placed.code(coder);
        coder.check()?;
        last = Position {
            step: sum(sum(last.step, placed.steps)?, 1)?,
            time: SimTime(sum(last.time.0, placed.us)?),
        };
        actions.push(RecordedAction {
            step: last.step,
            time: last.time,
            action: placed.action,
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
