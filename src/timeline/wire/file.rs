//! The file of a session: JSON that a person can read, one action on a line.

use super::FORMAT_VERSION;
use super::action::WireAction;
use super::error::OpenError;
use super::options::WireOptions;
use crate::sim::SimTime;
use crate::timeline::position::Position;
use crate::timeline::recording::RecordedAction;
use crate::timeline::saved::{Saved, SavedBranch};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What the field `format` of every file says.
const FORMAT: &str = "quorum recording";

/// What every version of the format has.
#[derive(Deserialize)]
struct Probe {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u32,
    seed: u64,
    #[serde(default)]
    options: WireOptions,
    #[serde(default)]
    current: usize,
    playhead: Option<Place>,
    branches: Vec<Branch>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    step: u64,
    time_us: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Branch {
    name: String,
    parent: Option<usize>,
    fork: Option<Place>,
    end: Place,
    actions: Vec<Placed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
    step: u64,
    time_us: u64,
    #[serde(rename = "do")]
    action: WireAction,
}

/// Writes a session.
pub(super) fn write(saved: &Saved) -> String {
    let mut out = String::new();
    write_lines(saved, &mut out).expect("a string takes everything");
    out
}

fn write_lines(saved: &Saved, out: &mut String) -> std::fmt::Result {
    let options = json(&WireOptions::from(&saved.options));
    let playhead = json(&Place::from(saved.playhead));
    writeln!(out, "{{")?;
    writeln!(out, "  \"format\": {},", json(&FORMAT))?;
    writeln!(out, "  \"version\": {FORMAT_VERSION},")?;
    writeln!(out, "  \"seed\": {},", saved.seed)?;
    writeln!(out, "  \"options\": {options},")?;
    writeln!(out, "  \"current\": {},", saved.current)?;
    writeln!(out, "  \"playhead\": {playhead},")?;
    writeln!(out, "  \"branches\": [")?;
    for (number, branch) in saved.branches.iter().enumerate() {
        let comma = comma(number, &saved.branches);
        write_branch(branch, out)?;
        writeln!(out, "    }}{comma}")?;
    }
    writeln!(out, "  ]")?;
    writeln!(out, "}}")
}

fn write_branch(branch: &SavedBranch, out: &mut String) -> std::fmt::Result {
    writeln!(out, "    {{")?;
    writeln!(out, "      \"name\": {},", json(&branch.name))?;
    if let Some(parent) = branch.parent {
        writeln!(out, "      \"parent\": {parent},")?;
        writeln!(out, "      \"fork\": {},", json(&Place::from(branch.fork)))?;
    }
    writeln!(out, "      \"end\": {},", json(&Place::from(branch.end)))?;
    writeln!(out, "      \"actions\": [")?;
    for (number, action) in branch.actions.iter().enumerate() {
        let comma = comma(number, &branch.actions);
        let placed = Placed {
            step: action.step,
            time_us: action.time.0,
            action: WireAction::from(&action.action),
        };
        writeln!(out, "        {}{comma}", json(&placed))?;
    }
    writeln!(out, "      ]")
}

/// What comes between this item of a list and the next.
fn comma<T>(number: usize, list: &[T]) -> &'static str {
    if number + 1 < list.len() { "," } else { "" }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("these types have no part that JSON cannot hold")
}

/// Reads a session.
pub(super) fn read(text: &str) -> Result<Saved, OpenError> {
    let syntax = |error: serde_json::Error| OpenError::Syntax(error.to_string());
    let Ok(probe) = serde_json::from_str::<Probe>(text) else {
        // Either no JSON at all, which is worth telling, or that of something else.
        serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(syntax)?;
        return Err(OpenError::Foreign);
    };
    if probe.format != FORMAT {
        return Err(OpenError::Foreign);
    }
    if probe.version > FORMAT_VERSION {
        return Err(OpenError::Newer(probe.version));
    }
    let file: File = serde_json::from_str(text).map_err(syntax)?;
    let branches: Vec<SavedBranch> = file
        .branches
        .into_iter()
        .map(SavedBranch::try_from)
        .collect::<Result<_, _>>()?;
    let current = branches.get(file.current);
    let end = current
        .ok_or(OpenError::Value("there is no such current branch"))?
        .end;
    Ok(Saved {
        options: file.options.try_into()?,
        seed: file.seed,
        branches,
        current: file.current,
        playhead: file.playhead.map_or(end, Position::from),
    })
}

impl TryFrom<Branch> for SavedBranch {
    type Error = OpenError;

    fn try_from(branch: Branch) -> Result<SavedBranch, OpenError> {
        let actions = branch.actions.into_iter().map(|placed| {
            Ok(RecordedAction {
                step: placed.step,
                time: SimTime(placed.time_us),
                action: placed.action.try_into()?,
            })
        });
        Ok(SavedBranch {
            name: branch.name,
            parent: branch.parent,
            fork: branch.fork.map_or(Position::START, Position::from),
            actions: actions.collect::<Result<_, OpenError>>()?,
            end: branch.end.into(),
        })
    }
}

impl From<Position> for Place {
    fn from(Position { step, time }: Position) -> Place {
        Place {
            step,
            time_us: time.0,
        }
    }
}

impl From<Place> for Position {
    fn from(Place { step, time_us }: Place) -> Position {
        Position {
            step,
            time: SimTime(time_us),
        }
    }
}
