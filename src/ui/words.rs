//! Every string that a person sees, in one place, so that the page can be translated.
//!
//! The terms are those of the Raft paper and of etcd. A member is "crashed", a message "lost".

use crate::kv::KvError;
use crate::raft::{Index, NodeId, Term};
use crate::sim::SimTime;
use crate::view::{BallotView, CellState, MemberView, RoleView, Vitals};

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
    match word {
        Word::Term => {
            "A term is a numbered period of time with at most one leader; every election starts a new one."
        }
        Word::Leader => {
            "The leader takes all writes, appends them to its log and copies them to the other members."
        }
        Word::Quorum => {
            "A quorum is a majority of all members, running or not; an election and every commit need one."
        }
        Word::Revision => {
            "The revision counts the changes of the store; every member reaches the same revision by applying the same entries."
        }
        Word::Commit => {
            "An entry is committed once it, or a later entry of the present leader's own term, is stored on a majority; from then on it is never lost."
        }
        Word::Applied => {
            "A committed entry is applied when the member has carried it out on its key-value store."
        }
        Word::Progress => {
            "Match is the last entry that the leader knows this member to have; next is the one that it will send."
        }
        Word::Local => {
            "A local (serializable) read is answered from the member's own store at once, and may be out of date."
        }
        Word::Seed => {
            "The seed decides every random choice: the same seed and the same actions give the same run."
        }
        Word::Cut => {
            "A cut lets no message through between its two sides; members of one side still reach each other."
        }
    }
}

/// The name of the program.
pub const BRAND: &str = "Quorum";
/// Top bar.
pub const NEW_CLUSTER: &str = "New cluster";
/// Top bar.
pub const TO_DARK: &str = "Dark theme";
/// Top bar.
pub const TO_LIGHT: &str = "Light theme";
/// Top bar, help dialog.
pub const KEYS: &str = "Keys";
/// Vitals.
pub const VITALS: &str = "State of the cluster";
/// Vitals.
pub const TERM: &str = "term";
/// Vitals, inspector.
pub const LEADER: &str = "leader";
/// Vitals.
pub const QUORUM: &str = "quorum";
/// Vitals.
pub const CAN_LOSE: &str = "can lose";
/// Vitals, inspector.
pub const REVISION: &str = "revision";
/// Where there is nothing.
pub const NONE: &str = "none";

/// New cluster.
pub const MEMBERS: &str = "Members";
/// New cluster.
pub const SEED: &str = "Seed";
/// New cluster.
pub const FRESH_SEED: &str = "Fresh seed";
/// New cluster.
pub const CANCEL: &str = "Cancel";
/// New cluster.
pub const START: &str = "Start";
/// New cluster.
pub const NO_RANDOMNESS: &str = "The browser gives no random number. Type a seed.";
/// New cluster.
pub const SEED_MISSING: &str = "Type a seed: a whole number, such as 7.";
/// New cluster.
pub const START_NOTE: &str = "The present run ends.";

/// Stage.
pub const CUT: &str = "Cut";
/// Stage, cut panel.
pub const HEAL: &str = "Heal";
/// Cut panel.
pub const CUT_TITLE: &str = "Cut the network";
/// Cut panel.
pub const CUT_SIDES: &str = "Choose each member's side";
/// Cut panel.
pub const CUT_HINT: &str = "Or drag a stroke across the ring.";
/// Stage.
pub const WALL_LABEL: &str = "cut · click to heal";
/// Any panel.
pub const CLOSE: &str = "Close";

/// Logs.
pub const LOG_TITLE: &str = "Replicated log";
/// Logs.
pub const LOG_LEGEND: &str =
    "filled = committed here · outline = stored · gap below = not yet on disk · dashed = missing";
/// Logs.
pub const LOG_EMPTY: &str = "All logs are empty. The first leader writes the first entry.";
/// Logs.
pub const PROGRESS: &str = "match · next";

/// Write form.
pub const WRITE_TITLE: &str = "Write and read";
/// Write form.
pub const KEY: &str = "key";
/// Write form.
pub const VALUE: &str = "value";
/// Write form.
pub const THROUGH: &str = "through";
/// Write form.
pub const PUT: &str = "Put";
/// Write form.
pub const GET: &str = "Get";
/// Write form.
pub const DELETE: &str = "Delete";
/// Write form.
pub const LOCAL_READ: &str = "local read";
/// Write form.
pub const ANSWERS: &str = "Answers";
/// Write form.
pub const ANSWERS_EMPTY: &str = "Answers of the cluster appear here.";
/// Write form.
pub const UNKNOWN_OUTCOME: &str = "unknown outcome: the change may have happened or may yet happen";
/// Write form.
pub const REFUSED: &str = "refused: nothing has changed";

/// Inspector.
pub const INSPECTOR: &str = "Member";
/// Inspector.
pub const CRASH: &str = "Crash";
/// Inspector.
pub const RESTART: &str = "Restart";
/// Inspector.
pub const TIME_OUT_NOW: &str = "Time out now";
/// Inspector.
pub const LOG: &str = "log";
/// Inspector.
pub const COMMIT_INDEX: &str = "commit index";
/// Inspector.
pub const APPLIED: &str = "applied";
/// Inspector.
pub const VOTED_FOR: &str = "voted for";
/// Inspector.
pub const DISK: &str = "disk";
/// Inspector.
pub const FOLLOWS: &str = "leader";
/// Inspector.
pub const ITS_KEYS: &str = "Its keys";
/// Inspector.
pub const NO_KEYS: &str = "No keys yet.";
/// Inspector.
pub const NOT_RUNNING: &str =
    "A crashed member has nothing in memory. Restart it to see its store.";
/// Inspector.
pub const WHAT_HAPPENED: &str = "What happened";

/// Transport.
pub const TRANSPORT: &str = "Playback";
/// Transport.
pub const PLAY: &str = "Play";
/// Transport.
pub const PAUSE: &str = "Pause";
/// Transport.
pub const STEP_BACK: &str = "Step back to the event before";
/// Transport.
pub const STEP: &str = "Step";
/// Transport.
pub const STEP_EVENT: &str = "Step to the next event";
/// Transport.
pub const SPEED: &str = "Speed";
/// Transport.
pub const TIME: &str = "Virtual time";
/// Sheets.
pub const SHEETS: &str = "More";
/// Sheets.
pub const SHEET_LOG: &str = "Log";
/// Sheets.
pub const SHEET_WRITE: &str = "Write";
/// Sheets.
pub const SHEET_MEMBER: &str = "Member";

/// Help.
pub const KEY_PLAY: &str = "play or pause";
/// Help.
pub const KEY_STEP: &str = "step to the event before, to the next event";
/// Help.
pub const KEY_SPEED: &str = "slower, faster";
/// Help.
pub const KEY_SELECT: &str = "select a member";
/// Help.
pub const KEY_CRASH: &str = "crash or restart the selected member";
/// Help.
pub const KEY_TIME_OUT: &str = "let its election timer run out";
/// Help.
pub const KEY_CUT: &str = "cut the network";
/// Help.
pub const KEY_WRITE: &str = "write a key";
/// Help.
pub const KEY_HELP: &str = "these keys; close what is open";
/// Help.
pub const HELP_POINTER: &str = "With the pointer: click a member to look at it, drag a stroke across the ring to cut every link that it crosses, click the wall to heal.";

/// New cluster.
pub fn members_missing(most: usize) -> String {
    format!("Type how many members: 1 to {most}.")
}

/// New cluster.
pub fn members_out_of_range(text: &str, most: usize) -> String {
    format!("A cluster here has 1 to {most} members, not {text}.")
}

/// New cluster.
pub fn members_not_a_number(text: &str, most: usize) -> String {
    format!("“{text}” is not a whole number. Type 1 to {most}.")
}

/// New cluster.
pub fn seed_not_a_number(text: &str) -> String {
    format!("“{text}” is not a seed. Type a whole number, such as 7.")
}

/// New cluster.
pub fn seed_too_large() -> String {
    format!("The largest seed is {}.", u64::MAX)
}

/// Write form: etcd's words, and what to change.
pub fn request_error(error: KvError) -> String {
    match error {
        KvError::EmptyKey => format!("{error}. Type a key."),
        KvError::TooLarge => format!("{error}. Key and value may have 1.5 MiB together."),
        _ => error.to_string(),
    }
}

/// `infra4`.
pub fn member(id: NodeId) -> String {
    format!("infra{id}")
}

/// `3 of 5`.
pub fn quorum(vitals: &Vitals) -> String {
    format!("{} of {}", vitals.quorum, vitals.voters)
}

/// `1 more`.
pub fn can_lose(vitals: &Vitals) -> String {
    match vitals.can_lose() {
        Some(more) => format!("{more} more"),
        None => "no quorum".to_string(),
    }
}

/// `leader of term 3`.
pub fn role(role: RoleView, term: Term) -> String {
    match role {
        RoleView::Follower => format!("follower in term {term}"),
        RoleView::PreCandidate => format!("pre-candidate in term {term}"),
        RoleView::Candidate => format!("candidate for term {term}"),
        RoleView::Leader => format!("leader of term {term}"),
        RoleView::Crashed => "crashed".to_string(),
    }
}

/// The accessible name of a member: `infra4, leader of term 3, log up to 8, committed 7`.
pub fn member_label(view: &MemberView, side: Option<char>) -> String {
    let log = match view.log {
        Some((_, last)) => format!("log up to {last}, committed {}", view.commit),
        None => "empty log".to_string(),
    };
    let role = role(view.role, view.term);
    let side = side.map_or(String::new(), |side| format!(", side {side} of the cut"));
    let ballots = if view.ballots.is_empty() {
        String::new()
    } else {
        let granted = view
            .ballots
            .iter()
            .filter(|(_, b)| *b == BallotView::Granted)
            .count();
        format!(", {granted} of {} votes", view.ballots.len())
    };
    format!("{}, {role}{ballots}, {log}{side}", view.name)
}

/// The accessible name of the stage.
pub fn stage_label(vitals: &Vitals, groups: &[Vec<NodeId>]) -> String {
    let members = match vitals.voters {
        1 => "1 member".to_string(),
        count => format!("{count} members"),
    };
    let leader = match vitals.leader {
        Some(leader) => format!("{} leads term {}", member(leader), vitals.term),
        None => format!("no leader in term {}", vitals.term),
    };
    let sides = groups.iter().map(|group| names(group)).collect::<Vec<_>>();
    let cut = if groups.len() > 1 {
        format!("; cut between {}", sides.join(" and "))
    } else {
        String::new()
    };
    format!("The cluster: {members}, {leader}{cut}")
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
    format!("Heal the cut around {}", names(behind))
}

/// The side of a chip in the cut panel, for a screen reader.
pub fn chip_label(id: NodeId, side: char) -> String {
    format!("{} on side {side}", member(id))
}

/// The two sides of a stroke that is being drawn: `3 | 2`.
pub fn stroke_sides(near: usize, far: usize) -> String {
    format!("{near} | {far}")
}

/// The button that cuts: `Cut 3 | 2`.
pub fn cut_button(side_a: usize, side_b: usize) -> String {
    format!("Cut {side_a} | {side_b}")
}

/// The inspector's log line: `1–8 (8 not committed)`.
pub fn log_range(log: Option<(Index, Index)>, commit: Index) -> String {
    let Some((first, last)) = log else {
        return "empty".to_string();
    };
    let range = if first == last {
        format!("{first}")
    } else {
        format!("{first}–{last}")
    };
    let open = Index(commit.0.max(first.0.saturating_sub(1))).next();
    if open > last {
        range
    } else if open == last {
        format!("{range} ({last} not committed)")
    } else {
        format!("{range} ({open}–{last} not committed)")
    }
}

/// The inspector's disk line.
pub fn synced(synced: Index) -> String {
    if synced.0 == 0 {
        "nothing synced".to_string()
    } else {
        format!("synced through {synced}")
    }
}

/// Match and next index.
pub fn progress(progress: (Index, Index)) -> String {
    format!("{} · {}", progress.0, progress.1)
}

/// The state of a log cell, for tool tips and screen readers.
pub fn cell_state(state: CellState) -> &'static str {
    match state {
        CellState::Committed => "committed",
        CellState::Stored => "stored",
        CellState::Unsynced => "not yet on disk",
        CellState::Missing => "missing",
        CellState::Snapshot => "in the snapshot",
    }
}

/// The tool tip of a log cell.
pub fn cell_label(index: u64, term: Term, label: &str, state: CellState) -> String {
    match state {
        CellState::Missing | CellState::Snapshot => {
            format!("entry {index}: {}", cell_state(state))
        }
        _ => format!(
            "entry {index} of term {term}: {label}, {}",
            cell_state(state)
        ),
    }
}

/// Milliseconds below a second, seconds above: `45 ms`, `4.1 s`.
pub fn duration(us: u64) -> String {
    if us < 1_000_000 {
        format!("{} ms", us / 1_000)
    } else {
        format!("{}.{} s", us / 1_000_000, us / 100_000 % 10)
    }
}

/// Write form: how long an operation has been waiting follows.
pub const WAITING: &str = "… waiting, ";

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
    format!("{description}, lost: {reason}")
}

/// `step 412`.
pub fn step_count(step: u64) -> String {
    format!("step {step}")
}

/// `seed 7`.
pub fn seed(seed: u64) -> String {
    format!("seed {seed}")
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
