//! Runs that come and go: links, files, and what the browser keeps.
//!
//! - `state` is what the page knows of it, without a browser.
//! - `keep` writes the run to the browser's storage whenever it has changed.
//! - `files` saves files and takes what is dropped on the page.

mod files;
mod keep;
mod panel;
mod state;

pub use files::{DropTarget, read, save};
pub use keep::{Keeper, Kept};
pub use panel::{Opening, SharePanel, Trouble, share_button};
pub use state::{Origin, Recording, RecordingState, Wish};

#[cfg(test)]
mod tests;
