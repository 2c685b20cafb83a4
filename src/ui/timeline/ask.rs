//! What a person can ask of time.

use crate::timeline::{BranchId, Landmark};

/// A pointer on the timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Finger {
    /// Its identity.
    pub id: i32,
    /// Where it is, in pixels from the left edge; at an edge if it is outside.
    pub x: u32,
}

/// What a person asks of time.
#[derive(Clone, PartialEq, Debug)]
pub enum Time {
    /// The picture has this width now, in pixels.
    Width(u32),
    /// A pointer went down.
    Down(Finger),
    /// A pointer moved, pressed or not.
    Move(Finger),
    /// A pointer went up, or the browser took it away.
    Up(i32),
    /// No pointer is over the timeline any more.
    Out,
    /// A wheel was turned: by so many pixels along and across the timeline.
    Wheel {
        /// Where the pointer is.
        x: u32,
        /// Along.
        dx: i32,
        /// Across.
        dy: i32,
    },
    /// Nearer by so many notches, or further away.
    Zoom(i32),
    /// A tenth of the picture forward, or back.
    Page(bool),
    /// To the next step of a kind, or to the one before.
    Step(Landmark, bool),
    /// To the next step of the chosen kind, or to the one before.
    StepChosen(bool),
    /// What the step buttons step to.
    StepBy(Landmark),
    /// To the beginning of the run.
    Start,
    /// To the end of the branch.
    Live,
    /// To just before the last action.
    Undo,
    /// To just after the next action.
    Redo,
    /// To another branch.
    Switch(BranchId),
    /// Give a branch another name.
    Rename(BranchId, String),
    /// Ask whether a branch shall be deleted, or stop asking.
    AskDelete(Option<BranchId>),
    /// Delete it.
    Delete(BranchId),
    /// Compare the current branch with this one, or stop comparing.
    Compare(BranchId),
}
