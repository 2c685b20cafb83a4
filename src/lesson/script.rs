//! What a script says, as typed values. Whatever can be checked without running it has been
//! checked: member names exist, keys and values keep etcd's limits, options fit together.

use super::error::ScriptErrors;
use super::faults::{Fault, Timing};
use crate::cluster::{ClientId, WorldOptions};
use crate::kv::Request;
use crate::raft::{Index, NodeId, Term};
use bytes::Bytes;
use std::fmt;

/// A whole script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Script {
    /// The cluster that it starts.
    pub start: Start,
    /// Everything after that, in order.
    pub statements: Vec<Statement>,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Script, ScriptErrors> {
        super::parser::parse(text)
    }

    /// Whether it says itself where Raft's promises hold and where not.
    pub(super) fn speaks_of_safety(&self) -> bool {
        self.statements
            .iter()
            .any(|statement| match &statement.kind {
                StatementKind::Expect(condition) | StatementKind::WaitUntil { condition, .. } => {
                    let mut tests = condition.tests.iter();
                    tests.any(|(_, test)| *test == Test::Safe)
                }
                _ => false,
            })
    }
}

/// The first statement: `start 5 members seed 7`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Start {
    /// Its line, from 1.
    pub line: usize,
    /// The options of the world; they have been validated.
    pub options: WorldOptions,
    /// The seed; 1 if none is given.
    pub seed: u64,
}

/// A statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its line, from 1.
    pub line: usize,
    /// As it was written, without comment and surrounding space.
    pub text: String,
    /// What it says.
    pub kind: StatementKind,
}

/// What a statement says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementKind {
    /// `put`, `get`, `delete`: a client sends a request.
    Request {
        /// What is asked for.
        request: Request,
        /// The member that is asked.
        via: Target,
        /// Who asks.
        client: ClientId,
    },
    /// `add`, `remove`, `promote`: a client asks for a change of the membership.
    Membership {
        /// Which.
        change: Membership,
        /// The member that is asked.
        via: Target,
        /// Who asks.
        client: ClientId,
    },
    /// `join`: members that were added start for the first time.
    Join(Members),
    /// `crash`
    Crash(Members),
    /// `restart`
    Restart(Members),
    /// `cut`: at least two groups; `None` stands for `others`, all members not named.
    Cut(Vec<Option<Members>>),
    /// `heal`
    Heal,
    /// `time-out`
    TimeOut(Target),
    /// Something goes wrong, or goes right again.
    Fault(Fault),
    /// A statement that is done later, or undone later.
    Timed(Box<StatementKind>, Timing),
    /// `let`: a name for whoever the target is now.
    Let {
        /// The name.
        name: String,
        /// Whom it shall mean from now on.
        target: Target,
    },
    /// `wait`: time passes, in microseconds.
    Wait(u64),
    /// `wait until`
    WaitUntil {
        /// What must become true.
        condition: Condition,
        /// How long it may take, in microseconds.
        within_us: u64,
    },
    /// `step`: so many events happen.
    Step(u64),
    /// `expect`
    Expect(Condition),
}

/// A change of the membership.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Membership {
    /// `add`
    Add {
        /// Which number it will have.
        member: NodeId,
        /// Whether it is a learner at first.
        learner: bool,
    },
    /// `remove`
    Remove(Target),
    /// `promote`
    Promote(Target),
}

/// One member, named or described. Who that is, is decided when the statement runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// `infra2`
    Member(NodeId),
    /// `leader`: the running leader of the highest term.
    Leader,
    /// `leader of term 3`: the running member that leads in this term.
    LeaderOf(Term),
    /// `follower:1`: the nth of a group in the order of the ids, from 1.
    Nth(Group, usize),
    /// A name that an earlier `let` gave.
    Name(String),
}

/// Several members by what they have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Every member, running or not.
    All,
    /// All that run.
    Running,
    /// All that are crashed.
    Crashed,
    /// All that run and follow, in their own eyes.
    Followers,
    /// All that campaign, pre-vote included.
    Candidates,
    /// The side of the present cut that has a majority of the members.
    Majority,
    /// All members that are not on that side.
    Minority,
}

/// Several members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Members {
    /// These,
    pub items: Vec<MembersItem>,
    /// but not these.
    pub except: Vec<MembersItem>,
}

/// A part of a list of members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MembersItem {
    /// One member.
    One(Target),
    /// A whole group.
    Group(Group),
}

/// Members of whom something is said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Who {
    /// Of how many of them.
    pub quantifier: Quantifier,
    /// Which.
    pub members: Members,
}

/// Of how many members something is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantifier {
    /// Of each one.
    All,
    /// Of at least one.
    Any,
    /// Of none.
    None,
}

/// Something that is true or false at a moment: all of its tests hold, joined by `and`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// As it was written.
    pub text: String,
    /// The tests, each with whether `not` stands before it.
    pub tests: Vec<(bool, Test)>,
}

/// A single test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Test {
    /// `leader`: a running member leads, and a majority of the members, itself included, know it
    /// as the leader of its term and are not cut off from it.
    LeaderKnown,
    /// `leader is infra2`: both are the same member.
    Same(Target, Target),
    /// Something that each member has or has not.
    Members(Who, Trait),
    /// `term >= 2` without `at`: the highest number that any member has.
    Highest(Number),
    /// `logs equal`, `stores equal`
    Equal(Equality, Members),
    /// `safe`: no promise of Raft has been broken so far, as far as the checkers saw.
    Safe,
    /// `answer of client A …`: the client's latest request.
    Answer(ClientId, Answer),
}

/// Something that a member has or has not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trait {
    /// `leads`, `is crashed`, …
    Role(RoleWord),
    /// `follows infra2`, or just `follows`: it is a follower and knows its leader.
    Follows(Option<Target>),
    /// `reaches infra2`: messages to all of these would arrive now.
    Reaches(Members),
    /// `commit >= 3`
    Number(Number),
    /// `value name = joe`: its store has this value under the key; with `None`, no value.
    Value(Bytes, Option<Bytes>),
    /// `entry 4 of term 2 is committed`
    Entry(Index, Option<Term>, EntryState),
    /// `log has put name joe`: an entry with this command is in its log.
    LogHas(Request),
}

/// What a member is doing, in its own eyes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoleWord {
    /// It runs and leads.
    Leader,
    /// It runs and is a follower.
    Follower,
    /// It runs and asks for votes.
    Candidate,
    /// It runs and asks for pre-votes.
    PreCandidate,
    /// It runs.
    Running,
    /// It does not run.
    Crashed,
}

/// Where an entry stands at a member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryState {
    /// It is in the log, on the disk or on its way there.
    Stored,
    /// It is durable on the disk.
    Synced,
    /// The member knows that it is committed.
    Committed,
    /// It is applied to the member's store.
    Applied,
    /// It is not in the log.
    Missing,
}

/// A number of a member, compared with another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number {
    /// Which.
    pub quantity: Quantity,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub number: u64,
}

/// A number that each member has. A crashed member has what is on its disk; it has applied
/// nothing and has no revision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// The current term.
    Term,
    /// The commit index.
    Commit,
    /// The last index applied to the store.
    Applied,
    /// The last index of the log.
    Last,
    /// The last index that is durable on the disk.
    Synced,
    /// The revision of the store.
    Revision,
}

/// How two numbers are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// What of the members is equal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Equality {
    /// Their logs, entry by entry.
    Logs,
    /// Their stores, with all revisions. A crashed member has none.
    Stores,
}

/// What a client was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Anything, be it an error.
    Given,
    /// Nothing yet.
    Pending,
    /// This: `OK` for a put, the value for a get, the number of deleted keys for a delete.
    Is(String),
    /// That the key that it asked for has no value.
    Nothing,
    /// An error; with this text, if one is given.
    Fails(Option<String>),
}

impl Comparison {
    /// The comparison that is written so.
    pub(super) fn from_symbol(symbol: &str) -> Option<Comparison> {
        Some(match symbol {
            "=" => Comparison::Equal,
            "!=" => Comparison::Different,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::Greater,
            ">=" => Comparison::AtLeast,
            _ => return None,
        })
    }

    /// Compares.
    pub fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::Different => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Equal => "=",
            Comparison::Different => "!=",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Quantity::Term => "term",
            Quantity::Commit => "commit",
            Quantity::Applied => "applied",
            Quantity::Last => "last",
            Quantity::Synced => "synced",
            Quantity::Revision => "revision",
        })
    }
}
