//! A session as something to put away: what links, files and the browser's storage hold.

use super::line::Line;
use super::position::Position;
use super::recording::{RecordedAction, Recording};
use super::session::{BranchId, Session};
use crate::cluster::WorldOptions;

/// Everything that is needed to have a session again: with all its branches, and the playhead
/// where it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Saved {
    /// The options of the world.
    pub options: WorldOptions,
    /// Its seed.
    pub seed: u64,
    /// The branches, at least one. A branch comes after the one that it left.
    pub branches: Vec<SavedBranch>,
    /// The branch that the playhead is on, as a position in `branches`.
    pub current: usize,
    /// Where the playhead is.
    pub playhead: Position,
}

/// A branch of a [`Saved`] session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedBranch {
    /// Its name.
    pub name: String,
    /// The branch that it left, as a position in the list of branches; `None` for the first.
    pub parent: Option<usize>,
    /// Where it left it.
    pub fork: Position,
    /// What was done after that.
    pub actions: Vec<RecordedAction>,
    /// Where it ends.
    pub end: Position,
}

impl SavedBranch {
    fn new(name: String, parent: Option<usize>, fork: Position, line: &Line) -> SavedBranch {
        let before = line.actions_until(fork.step);
        SavedBranch {
            name,
            parent,
            fork,
            actions: line.actions_from(before).collect(),
            end: line.end(),
        }
    }
}

impl From<Recording> for Saved {
    /// A session of one branch, at its end.
    fn from(recording: Recording) -> Saved {
        Saved {
            options: recording.options,
            seed: recording.seed,
            branches: vec![SavedBranch {
                name: Session::FIRST_BRANCH.to_owned(),
                parent: None,
                fork: Position::START,
                actions: recording.actions,
                end: recording.end,
            }],
            current: 0,
            playhead: recording.end,
        }
    }
}

impl Session {
    /// All branches and the playhead: for a file, and for the browser's storage.
    pub fn save(&self) -> Saved {
        let infos: Vec<_> = self.branches().collect();
        let place = |id: BranchId| infos.iter().position(|info| info.id == id);
        let branches = infos.iter().filter_map(|info| {
            let parent = info.parent.and_then(place);
            let line = self.line_of(info.id).ok()?;
            Some(SavedBranch::new(info.name.clone(), parent, info.fork, line))
        });
        Saved {
            options: self.options().clone(),
            seed: self.seed(),
            branches: branches.collect(),
            current: place(self.current_branch()).unwrap_or(0),
            playhead: self.position(),
        }
    }

    /// The branch of the playhead alone, and the playhead: for a link.
    pub fn save_branch(&self) -> Saved {
        Saved {
            playhead: self.position(),
            ..self.recording().into()
        }
    }
}
