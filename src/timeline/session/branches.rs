//! The tree of branches.

use super::Session;
use crate::sim::{SimTime, SmallMap};
use crate::timeline::line::Line;
use crate::timeline::position::Position;

use thiserror::Error;

/// The longest name of a branch, in characters.
pub(in crate::timeline) const MAX_NAME: usize = 60;

/// The identity of a branch, unique in a session for ever.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BranchId(pub u32);

/// What there is to know about a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchInfo {
    /// Its identity.
    pub id: BranchId,
    /// Its name, unique in the session.
    pub name: String,
    /// The branch that it left, `None` for the first one. (If that one is deleted, the one that
    /// this branch would have left instead.)
    pub parent: Option<BranchId>,
    /// Where it left its parent: both are the same up to here.
    pub fork: Position,
    /// Where it ends.
    pub end: Position,
    /// How many actions it has, those before the fork included.
    pub actions: usize,
}

/// Why something cannot be done to a branch. Nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum BranchError {
    /// There is no such branch.
    #[error("there is no such branch any more")]
    NoSuchBranch,
    /// The playhead is on it.
    #[error("this is the branch that you are on; switch to another one before you delete it")]
    IsCurrent,
    /// Names are there to tell branches apart.
    #[error("another branch is called “{0}” already")]
    NameTaken(String),
    /// Names are there to be read.
    #[error("the name of a branch has 1 to {MAX_NAME} characters")]
    NameLength,
}

/// All branches, and which one is the current.
#[derive(Clone, Debug)]
pub(super) struct Branches {
    all: SmallMap<BranchId, Branch>,
    current: BranchId,
    /// How many branches there have been.
    opened: u32,
}

#[derive(Clone, Debug)]
struct Branch {
    name: String,
    parent: Option<BranchId>,
    fork: Position,
    line: Line,
}

impl Branches {
    /// A first branch.
    pub fn new(line: Line) -> Branches {
        let first = Branch {
            name: Session::FIRST_BRANCH.to_owned(),
            parent: None,
            fork: Position::START,
            line,
        };
        let mut all = SmallMap::default();
        all.insert(BranchId(0), first);
        Branches {
            all,
            current: BranchId(0),
            opened: 1,
        }
    }

    /// The current branch.
    pub fn line(&self) -> &Line {
        &self.all[&self.current].line
    }

    /// The same, to be changed.
    pub fn line_mut(&mut self) -> &mut Line {
        let current = self.all.get_mut(&self.current);
        &mut current.expect("the current branch exists").line
    }

    /// Adds a branch that leaves the current one, and makes it the current one.
    pub fn open(&mut self, line: Line, fork: Position) {
        let id = BranchId(self.opened);
        let branch = Branch {
            name: self.free_name(),
            parent: Some(self.current),
            fork,
            line,
        };
        self.all.insert(id, branch);
        self.opened += 1;
        self.current = id;
    }

    fn free_name(&self) -> String {
        let numbers = self.opened + 1..;
        let mut names = numbers.map(|number| format!("branch {number}"));
        names
            .find(|name| !self.is_taken(name))
            .expect("there are more numbers than branches")
    }

    fn is_taken(&self, name: &str) -> bool {
        self.all.values().any(|branch| branch.name == name)
    }

    fn delete(&mut self, id: BranchId) -> Result<(), BranchError> {
        if id == self.current {
            return Err(BranchError::IsCurrent);
        }
        let gone = self.all.remove(&id).ok_or(BranchError::NoSuchBranch)?;
        let (mut heir, mut fork) = (gone.parent, gone.fork);
        for (child_id, child) in self.all.iter_mut() {
            if child.parent != Some(id) {
                continue;
            }
            child.parent = heir;
            if heir.is_some() {
                child.fork = child.fork.min(fork);
            } else {
                // The first child of a first branch takes its place.
                heir = Some(*child_id);
                fork = std::mem::replace(&mut child.fork, Position::START);
            }
        }
        Ok(())
    }
}

impl Session {
    /// All branches in the order in which they were opened.
    pub fn branches(&self) -> impl Iterator<Item = BranchInfo> {
        self.branches.all.iter().map(|(id, branch)| BranchInfo {
            id: *id,
            name: branch.name.clone(),
            parent: branch.parent,
            fork: branch.fork,
            end: branch.line.end(),
            actions: branch.line.count_actions(),
        })
    }

    /// Where the branch ends that ends last.
    pub fn longest_end(&self) -> SimTime {
        let ends = self.branches.all.values().map(|branch| branch.line.end());
        ends.map(|end| end.time).max().unwrap_or_default()
    }

    /// The branch that the playhead is on.
    pub fn current_branch(&self) -> BranchId {
        self.branches.current
    }

    /// Moves the playhead to another branch, to the same moment if that branch has it, else to
    /// its end.
    ///
    /// # Errors
    /// There is no such branch.
    pub fn switch_branch(&mut self, id: BranchId) -> Result<(), BranchError> {
        if self.branches.all.get(&id).is_none() {
            return Err(BranchError::NoSuchBranch);
        }
        let now = self.now();
        self.branches.current = id;
        self.past = None;
        self.near.forget();
        self.seek(now);
        Ok(())
    }

    /// Gives a branch another name. Space around it is cut off.
    ///
    /// # Errors
    /// A name that is empty, too long or taken, or no such branch.
    pub fn rename_branch(&mut self, id: BranchId, name: &str) -> Result<(), BranchError> {
        let name = name.trim();
        let branch = self.branches.all.get(&id);
        let branch = branch.ok_or(BranchError::NoSuchBranch)?;
        if branch.name == name {
            return Ok(());
        }
        if !(1..=MAX_NAME).contains(&name.chars().count()) {
            return Err(BranchError::NameLength);
        }
        if self.branches.is_taken(name) {
            return Err(BranchError::NameTaken(name.to_owned()));
        }
        if let Some(branch) = self.branches.all.get_mut(&id) {
            branch.name = name.to_owned();
            self.edits += 1;
        }
        Ok(())
    }

    /// Forgets a branch. Branches that left it stay whole.
    ///
    /// # Errors
    /// The current branch, or no such branch.
    pub fn delete_branch(&mut self, id: BranchId) -> Result<(), BranchError> {
        self.edits += 1;
        self.branches.delete(id)
    }

    /// The line of a branch.
    pub(in crate::timeline) fn line_of(&self, id: BranchId) -> Result<&Line, BranchError> {
        let branch = self.branches.all.get(&id);
        Ok(&branch.ok_or(BranchError::NoSuchBranch)?.line)
    }
}
