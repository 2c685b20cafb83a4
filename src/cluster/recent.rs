//! Commands that were read a short while ago: all members apply the same entries, one member soon after the other.

use super::command::Command;
use crate::raft::Index;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;

/// So many are kept, of entries in a row.
const KEPT: usize = 64;

/// The last commands with the bytes that they were read from.
#[derive(Default)]
pub(super) struct RecentCommands {
    slots: Vec<Option<(Bytes, Arc<Command>)>>,
}

/// What is kept is no part of the state: a copy begins with nothing.
impl Clone for RecentCommands {
    fn clone(&self) -> RecentCommands {
        RecentCommands::default()
    }
}

/// And it is not shown, so that a run looks the same however it was reached.
impl fmt::Debug for RecentCommands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecentCommands")
    }
}

impl RecentCommands {
    /// The command of an entry; `None` if its data are none.
    pub fn read(&mut self, index: Index, data: &Bytes) -> Option<Arc<Command>> {
        if self.slots.is_empty() {
            self.slots.resize(KEPT, None);
        }
        let slot = &mut self.slots[(index.0 % KEPT as u64) as usize];
        if let Some((read, command)) = slot
            && read == data
        {
            return Some(command.clone());
        }
        let command = Arc::new(Command::decode(data)?);
        *slot = Some((data.clone(), command.clone()));
        Some(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{OperationId, Order};
    use crate::kv::Request;

    fn command(number: u64) -> Command {
        Command {
            operation: OperationId(number),
            order: Order::Request(Request::delete("key")),
            ..Command::default()
        }
    }

    #[test]
    fn what_is_read_is_what_the_bytes_say_and_is_read_once() {
        let mut recent = RecentCommands::default();
        for number in (0..200).chain([199, 7, 71, 7]) {
            let data = command(number).encode();
            let read = recent.read(Index(number), &data).unwrap();
            assert_eq!(*read, command(number));
            let again = recent.read(Index(number), &data).unwrap();
            assert!(Arc::ptr_eq(&read, &again));
        }
        // Another leader may have put something else there.
        let data = command(9).encode();
        assert_eq!(*recent.read(Index(7), &data).unwrap(), command(9));
        assert!(
            recent
                .read(Index(7), &Bytes::from_static(&[9; 9]))
                .is_none()
        );
    }

    #[test]
    fn a_copy_holds_nothing_looks_the_same_and_reads_the_same() {
        let mut recent = RecentCommands::default();
        let data = command(3).encode();
        recent.read(Index(3), &data);
        let mut copy = recent.clone();
        assert!(copy.slots.is_empty());
        assert_eq!(format!("{copy:?}"), format!("{recent:?}"));
        assert_eq!(*copy.read(Index(3), &data).unwrap(), command(3));
    }
}
