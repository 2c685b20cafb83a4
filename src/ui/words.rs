//! What the catalogue's strings are filled with: numbers, ranges, names of members, labels for screen readers.

use crate::kv::KvError;
use crate::raft::{Index, NodeId, Term};
use crate::sim::SimTime;
use crate::view::{BallotView, CellState, MemberView, RoleView, Vitals};
use crate::words::{key, say, tell};
use std::cmp::Ordering;

/// A word that opens its definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// A term.
    Term,
    /// The leader.
    Leader,
    /// The quorum.
    Quorum,
    /// The store's revision.
    Revision,
    /// To commit; the commit index.
    Commit,
    /// To apply.
    Applied,
    /// Match and next index.
    Progress,
    /// A serializable read.
    Local,
    /// The seed.
    Seed,
    /// A cut of the network.
    Cut,
}

/// What a word means, in one sentence.
pub fn definition(word: Word) -> &'static str {
    say(match word {
        Word::Term => key!("word.term"),
        Word::Leader => key!("word.leader"),
        Word::Quorum => key!("word.quorum"),
        Word::Revision => key!("word.revision"),
        Word::Commit => key!("word.commit"),
        Word::Applied => key!("word.applied"),
        Word::Progress => key!("word.progress"),
        Word::Local => key!("word.local"),
        Word::Seed => key!("word.seed"),
        Word::Cut => key!("word.cut"),
    })
}

/// Write form: etcd's words, and what to change.
pub fn request_error(error: KvError) -> String {
    match error {
        KvError::EmptyKey => tell(key!("write.type-a-key"), &[("error", &error)]),
        KvError::TooLarge => tell(key!("write.too-large"), &[("error", &error)]),
        _ => error.to_string(),
    }
}

/// `infra4`.
pub fn member(id: NodeId) -> String {
    format!("infra{id}")
}

/// `3 of 5`.
pub fn quorum(vitals: &Vitals) -> String {
    tell(
        key!("vital.quorum-of"),
        &[("quorum", &vitals.quorum), ("voters", &vitals.voters)],
    )
}

/// `1 more`.
pub fn can_lose(vitals: &Vitals) -> String {
    match vitals.can_lose() {
        Some(more) => tell(key!("vital.more"), &[("n", &more)]),
        None => say(key!("vital.no-quorum")).to_owned(),
    }
}

/// `leader of term 3`.
pub fn role(role: RoleView, term: Term) -> String {
    let key = match role {
        RoleView::Follower => key!("role.follower-in"),
        RoleView::PreCandidate => key!("role.pre-candidate-in"),
        RoleView::Candidate => key!("role.candidate-for"),
        RoleView::Leader => key!("role.leader-of"),
        RoleView::Crashed => key!("role.crashed"),
    };
    tell(key, &[("term", &term)])
}

/// The accessible name of a member: `infra4, leader of term 3, log up to 8, committed 7`.
pub fn member_label(view: &MemberView, side: Option<char>) -> String {
    let log = match view.log {
        Some((_, last)) => tell(
            key!("stage.log"),
            &[("last", &last), ("commit", &view.commit)],
        ),
        None => say(key!("stage.no-log")).to_owned(),
    };
    let granted = |ballot: &&(NodeId, BallotView)| ballot.1 == BallotView::Granted;
    let (votes, voters) = (view.ballots.iter().filter(granted), view.ballots.len());
    let key = match voters {
        0 => key!("stage.member"),
        _ => key!("stage.member-votes"),
    };
    let mut label = tell(
        key,
        &[
            ("name", &view.name),
            ("role", &role(view.role, view.term)),
            ("votes", &votes.count()),
            ("voters", &voters),
            ("log", &log),
        ],
    );
    if let Some(side) = side {
        label += &tell(key!("stage.side"), &[("side", &side)]);
    }
    label
}

/// The accessible name of the stage.
pub fn stage_label(vitals: &Vitals, groups: &[Vec<NodeId>]) -> String {
    let leader = match vitals.leader {
        Some(leader) => tell(
            key!("stage.leads"),
            &[("member", &member(leader)), ("term", &vitals.term)],
        ),
        None => tell(key!("stage.nobody-leads"), &[("term", &vitals.term)]),
    };
    let members: usize = groups.iter().map(Vec::len).sum();
    let key = match members {
        1 => key!("stage.label-one"),
        _ => key!("stage.label"),
    };
    let mut label = tell(key, &[("n", &members), ("leader", &leader)]);
    if groups.len() > 1 {
        let sides = groups.iter().map(|group| names(group)).collect::<Vec<_>>();
        let sides = sides.join(&format!(" {} ", say(key!("stage.and"))));
        label += &tell(key!("stage.label-cut"), &[("sides", &sides)]);
    }
    label
}

/// `infra1, infra2`.
pub fn names(ids: &[NodeId]) -> String {
    ids.iter()
        .map(|id| member(*id))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The accessible name of a wall.
pub fn wall_label(behind: &[NodeId]) -> String {
    tell(key!("stage.wall"), &[("members", &names(behind))])
}

/// The two sides of a stroke that is being drawn: `3 | 2`.
pub fn stroke_sides(near: usize, far: usize) -> String {
    format!("{near} | {far}")
}

/// The inspector's log line: `1–8 (8 not committed)`.
pub fn log_range(log: Option<(Index, Index)>, commit: Index) -> String {
    fn range(first: Index, last: Index) -> String {
        match first == last {
            true => first.to_string(),
            false => format!("{first}–{last}"),
        }
    }
    let Some((first, last)) = log else {
        return say(key!("look.log-empty")).to_owned();
    };
    let all = range(first, last);
    let open = Index(commit.0.max(first.0.saturating_sub(1))).next();
    let key = match open.cmp(&last) {
        Ordering::Greater => return all,
        Ordering::Equal => key!("look.log-open"),
        Ordering::Less => key!("look.log-open-many"),
    };
    tell(key, &[("range", &all), ("open", &range(open, last))])
}

/// The inspector's disk line.
pub fn synced(synced: Index) -> String {
    match synced.0 {
        0 => say(key!("look.nothing-synced")).to_owned(),
        _ => tell(key!("look.synced"), &[("index", &synced)]),
    }
}

/// Match and next index.
pub fn progress(progress: (Index, Index)) -> String {
    format!("{} · {}", progress.0, progress.1)
}

/// The state of a log cell, for tool tips and screen readers.
pub fn cell_state(state: CellState) -> &'static str {
    say(match state {
        CellState::Committed => key!("log.committed"),
        CellState::Stored => key!("log.stored"),
        CellState::Unsynced => key!("log.unsynced"),
        CellState::Missing => key!("log.missing"),
        CellState::Snapshot => key!("log.snapshot"),
    })
}

/// The tool tip of a log cell.
pub fn cell_label(index: u64, term: Term, label: &str, state: CellState) -> String {
    let key = match state {
        CellState::Missing | CellState::Snapshot => key!("log.cell-none"),
        _ => key!("log.cell"),
    };
    tell(
        key,
        &[
            ("index", &index),
            ("term", &term),
            ("label", &label),
            ("state", &cell_state(state)),
        ],
    )
}

/// Milliseconds below a second, seconds above: `45 ms`, `4.1 s`.
pub fn duration(us: u64) -> String {
    if us < 1_000_000 {
        format!("{} ms", us / 1_000)
    } else {
        format!("{}.{} s", us / 1_000_000, us / 100_000 % 10)
    }
}

/// `infra4 $`.
pub fn prompt(id: NodeId) -> String {
    format!("{} $", member(id))
}

/// `12.346`.
pub fn seconds(time: SimTime) -> String {
    format!("{}.{:03}", time.0 / 1_000_000, time.0 / 1_000 % 1_000)
}

/// The accessible name of a lost message.
pub fn lost(description: &str, reason: &str) -> String {
    tell(
        key!("stage.lost"),
        &[("what", &description), ("reason", &reason)],
    )
}

/// `step 412`.
pub fn step_count(step: u64) -> String {
    tell(key!("play.steps"), &[("n", &step)])
}

/// `seed 7`.
pub fn seed(seed: u64) -> String {
    tell(key!("play.seed"), &[("n", &seed)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_name_what_is_not_committed() {
        let log = |first, last| Some((Index(first), Index(last)));
        assert_eq!(log_range(None, Index(0)), "empty");
        assert_eq!(log_range(log(1, 8), Index(8)), "1–8");
        assert_eq!(log_range(log(1, 8), Index(7)), "1–8 (8 not committed)");
        assert_eq!(log_range(log(1, 8), Index(5)), "1–8 (6–8 not committed)");
        assert_eq!(log_range(log(1, 1), Index(0)), "1 (1 not committed)");
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(45_900), "45 ms");
        assert_eq!(duration(4_180_000), "4.1 s");
    }
}
