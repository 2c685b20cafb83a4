//! What a leader knows about one follower's log, and what it may send next.
//!
//! A follower is in one of three states (etcd's design, after paper §5.3 and dissertation
//! §10.2.1):
//!
//! ```text
//!            a refusal, a lost message
//!          ┌────────────────────────────┐
//!          ▼                            │
//!   ┌── Probe ──── an acceptance ──▶ Replicate
//!   │      ▲
//!   │      └── the snapshot arrived, or was lost
//!   └─▶ Snapshot
//!     what it needs is compacted
//! ```
//!
//! Pure bookkeeping: nothing here sends anything.

use super::types::Index;
use std::collections::VecDeque;

/// What a leader knows about one follower's log.
///
/// Invariant: `match_index < next_index`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The follower is known to have everything up to here, durably, as the leader has it.
    pub match_index: Index,
    /// The next entry to send.
    pub next_index: Index,
    /// How the follower is served.
    pub state: ProgressState,
    /// Whether the follower was heard from since the last CheckQuorum.
    pub recent_active: bool,
    /// The highest commit index that the follower was told.
    pub sent_commit: Index,
    /// The leader's clock when it sent the latest heartbeat that this follower answered.
    /// `None` before the first. For leases.
    pub confirmed_at: Option<u64>,
    /// The leader's clock when it sent its latest snapshot.
    pub(super) snapshot_sent: u64,
    /// Something shall be sent even if there is nothing new, to find out what was lost.
    pub(super) nudge: bool,
    /// The follower is new and needs the state before the first entry.
    pub(super) is_blank: bool,
}

/// How a follower is served.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProgressState {
    /// It is not known where the logs agree: one message at a time, to find out.
    Probe {
        /// A message was sent; the next one waits for its answer, or for that of a heartbeat.
        waiting: bool,
    },
    /// The logs agree up to `next_index`, optimistically: entries stream.
    Replicate(Inflight),
    /// A snapshot is under way; nothing is sent until its fate is known.
    Snapshot {
        /// The index of that snapshot.
        index: Index,
    },
}

impl Progress {
    /// Of a follower of whom nothing is known, to be asked about the entry before `next_index`.
    pub fn new(next_index: Index) -> Progress {
        Progress {
            match_index: Index(0),
            next_index,
            state: ProgressState::Probe { waiting: false },
            recent_active: false,
            sent_commit: Index(0),
            confirmed_at: None,
            snapshot_sent: 0,
            nudge: false,
            is_blank: false,
        }
    }

    /// Looks for the place where the logs agree, starting after what is known to match (or after
    /// a snapshot that was under way).
    pub fn become_probe(&mut self) {
        let snapshot = match self.state {
            ProgressState::Snapshot { index } => index,
            _ => Index(0),
        };
        self.next_index = self.match_index.max(snapshot).next();
        self.sent_commit = self.sent_commit.min(self.next_index.prev());
        self.state = ProgressState::Probe { waiting: false };
    }

    /// Streams from where the logs are known to agree.
    pub fn become_replicate(&mut self) {
        self.next_index = self.match_index.next();
        self.state = ProgressState::Replicate(Inflight::default());
    }

    /// Waits for a snapshot that is being sent.
    pub fn become_snapshot(&mut self, index: Index) {
        self.next_index = index.next();
        self.state = ProgressState::Snapshot { index };
        self.is_blank = false;
    }

    /// The snapshot that was under way is lost: what it should have brought is missing still.
    pub fn snapshot_lost(&mut self) {
        self.state = ProgressState::Probe { waiting: false };
        self.become_probe();
    }

    /// The follower acknowledged everything up to `index`. Returns whether that was news: with
    /// `may_go_back` (an experiment) anything else than the known match index is.
    pub fn matched(&mut self, index: Index, may_go_back: bool) -> bool {
        let news = index > self.match_index || (may_go_back && index < self.match_index);
        if news {
            self.match_index = index;
            self.next_index = self.next_index.max(index.next());
        }
        if let ProgressState::Replicate(inflight) = &mut self.state {
            inflight.free_up_to(index);
        }
        news
    }

    /// The follower refused entries after `prev`; the logs may agree at `hint`. Returns whether
    /// the refusal is news; one that answers an old message is not, and changes nothing.
    pub fn refused(&mut self, prev: Index, hint: Index) -> bool {
        match &mut self.state {
            ProgressState::Probe { waiting } if prev == Index(0) => {
                self.is_blank = self.match_index == Index(0);
                *waiting = false;
                self.is_blank
            }
            ProgressState::Replicate(_) => {
                if prev <= self.match_index {
                    return false;
                }
                self.become_probe();
                true
            }
            ProgressState::Probe { waiting } => {
                if prev != self.next_index.prev() || prev <= self.match_index {
                    return false;
                }
                *waiting = false;
                let lower = prev.min(hint.next()).max(self.match_index.next());
                self.next_index = lower;
                self.sent_commit = self.sent_commit.min(lower.prev());
                true
            }
            ProgressState::Snapshot { .. } => false,
        }
    }

    /// A message with entries up to `last` of so many bytes was sent (or one without entries,
    /// then `last` is the index before `next_index`), with this commit index in it.
    pub fn sent(&mut self, last: Index, bytes: u64, commit: Index) {
        let has_entries = last >= self.next_index;
        match &mut self.state {
            ProgressState::Probe { waiting } => *waiting = true,
            ProgressState::Replicate(inflight) if has_entries => {
                inflight.add(last, bytes);
                self.next_index = last.next();
            }
            _ => {}
        }
        self.sent_commit = self.sent_commit.max(commit.min(last));
        self.nudge = false;
    }

    /// The follower said something. Returns whether it had been silent since the last CheckQuorum.
    pub fn heard(&mut self) -> bool {
        !std::mem::replace(&mut self.recent_active, true)
    }

    /// The follower answered a heartbeat: it is reachable, so whatever was held back for want of
    /// an answer is tried again. `behind` tells whether it lacks entries.
    pub fn heard_heartbeat(&mut self, behind: bool) {
        match &mut self.state {
            ProgressState::Probe { waiting } => *waiting = false,
            ProgressState::Replicate(_) => self.nudge |= behind,
            ProgressState::Snapshot { .. } => {}
        }
    }

    /// Whether entries may be sent now.
    pub fn may_send_entries(&self, max_messages: usize, max_bytes: u64) -> bool {
        match &self.state {
            ProgressState::Probe { waiting } => !waiting,
            ProgressState::Replicate(inflight) => !inflight.is_full(max_messages, max_bytes),
            ProgressState::Snapshot { .. } => false,
        }
    }
}

/// The messages with entries that are on their way to a follower: for each, its last index and
/// its bytes, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Inflight {
    messages: VecDeque<(Index, u64)>,
    bytes: u64,
}

impl Inflight {
    /// A message was sent.
    pub fn add(&mut self, last: Index, bytes: u64) {
        self.messages.push_back((last, bytes));
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Everything up to `index` has arrived.
    pub fn free_up_to(&mut self, index: Index) {
        while let Some((last, bytes)) = self.messages.front().copied() {
            if last > index {
                break;
            }
            self.messages.pop_front();
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// How many messages are on their way.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The payload bytes on their way.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether a further message must wait.
    pub fn is_full(&self, max_messages: usize, max_bytes: u64) -> bool {
        self.messages.len() >= max_messages || self.bytes >= max_bytes
    }
}
