//! Time: a run can be rewound, played again, branched and saved, and stays the same run.

mod branches;
mod chronicle;
mod files;
mod fuzz;
mod hostile;
mod links;
mod playhead;
mod random;
mod support;
