//! The log matrix: every member's log, aligned on the index.

use super::compose::last_index;
use super::frame::{CellState, LogCell, LogMatrix, LogRow};
use super::labels::entry_label;
use crate::cluster::{Member, World};
use crate::raft::{Index, Term};

/// The columns `first` to `last` of all members' logs.
pub fn log_matrix(world: &World, first: Index, last: Index) -> LogMatrix {
    let rows = world
        .members()
        .map(|member| LogRow {
            member: member.id(),
            cells: (first.0..=last.0).map(|i| cell(member, Index(i))).collect(),
        })
        .collect();
    LogMatrix { first, last, rows }
}

fn cell(member: &Member, index: Index) -> LogCell {
    let (entry, commit, synced) = match member.server() {
        Some(server) => {
            let node = server.node();
            (node.entry(index), node.commit_index(), node.stored_index())
        }
        None => {
            let stored = member.stored();
            (
                stored.entry(index),
                stored.hard_state.commit,
                last_index(member),
            )
        }
    };
    let Some(entry) = entry else {
        let compacted = index <= last_index(member);
        return LogCell {
            state: if compacted {
                CellState::Snapshot
            } else {
                CellState::Missing
            },
            term: Term(0),
            label: String::new(),
        };
    };
    let state = if index <= commit {
        CellState::Committed
    } else if index <= synced {
        CellState::Stored
    } else {
        CellState::Unsynced
    };
    LogCell {
        state,
        term: entry.term,
        label: entry_label(entry),
    }
}
