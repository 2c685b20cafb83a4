//! What a command line turns into.

use super::view::{SavedFile, View};
use crate::cluster::{Input, Program};

/// What a command comes to once its arguments are understood.
pub(crate) enum Step {
    /// Nothing is to be asked: it has said all.
    Done,
    /// Nothing is to be asked: it has said all, and written this file.
    Saved(String, SavedFile),
    /// It has to ask the cluster.
    Run(Box<Task>),
}

/// A command that asks the cluster.
pub(crate) struct Task {
    /// What to ask.
    pub program: Program,
    /// How to show what comes back.
    pub view: View,
    /// What else it is told as soon as it has begun.
    pub feed: Vec<Input>,
}

/// The form of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// For people, briefly.
    Simple,
    /// A field per line.
    Fields,
    /// JSON.
    Json,
    /// Protocol buffers: bytes that no terminal can show.
    Protobuf,
    /// A table.
    Table,
}

impl Format {
    /// The names, for `-w`.
    pub const NAMES: [&str; 5] = ["simple", "fields", "json", "protobuf", "table"];

    /// The form of this name.
    pub fn named(name: &str) -> Option<Format> {
        Some(match name {
            "simple" => Format::Simple,
            "fields" => Format::Fields,
            "json" => Format::Json,
            "protobuf" => Format::Protobuf,
            "table" => Format::Table,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Format::NAMES[self as usize]
    }
}
