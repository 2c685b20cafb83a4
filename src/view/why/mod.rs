//! Why? For whatever a person may ask about: a chain of facts of the run, each with its moment,
//! that ends in a rule of Raft.
//!
//! Everything is read from the trace and from the state at the playhead. One module per kind of
//! question; `case` looks up facts and names what stands between two members.

mod case;
mod entry;
mod leader;
mod life;
mod message;
mod offers;
mod operation;
mod start;
mod violation;
mod vote;

pub use life::{Copy, CopyState, Life, life};
pub use offers::{Offer, offers};

use super::frame::Span;
use crate::cluster::{OperationId, Property};
use crate::raft::rules::Rule;
use crate::raft::{Index, NodeId, Term};
use crate::sim::FlightId;
use crate::timeline::{Position, Session};
use crate::view::rules;
use case::Case;

/// Something that a person can ask about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// An entry: why it is committed, or not. Term 0 for one that is only in snapshots.
    Entry(Index, Term),
    /// A message: what it says, and what became of it.
    Message(FlightId),
    /// A vote: why it was refused, or is not there.
    Vote {
        /// Who asks for the vote.
        candidate: NodeId,
        /// Who gives it, or not.
        voter: NodeId,
        /// The term of the campaign.
        term: Term,
        /// Whether it is a pre-vote.
        pre: bool,
    },
    /// The leader: why there is none, or why it leads.
    Leader,
    /// A command of a client: why it waits, failed, or shows an old state.
    Operation(OperationId),
    /// Why a member refuses to start.
    Start(NodeId),
    /// The violation that was found in this step.
    Violation(u64),
}

/// An answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Why {
    /// What is asked.
    pub question: Vec<Span>,
    /// How it stands.
    pub tone: Tone,
    /// The facts, each the reason of the next.
    pub chain: Vec<Reason>,
    /// The rule behind it.
    pub rule: Option<RuleView>,
}

/// How something stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// It is well: committed, granted, answered.
    Good,
    /// It waits, or nobody knows.
    Open,
    /// It was refused or lost, or breaks a promise.
    Bad,
}

/// A link of the chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Reason {
    /// What is so.
    pub sentence: Vec<Span>,
    /// When it came to be so; `None` for what just follows.
    pub at: Option<Position>,
    /// What else can be asked about it.
    pub topic: Option<Topic>,
}

/// A rule or a property, as it is shown below a chain.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleView {
    /// The rule in one sentence.
    pub sentence: &'static str,
    /// The property that it protects.
    pub property: &'static str,
    /// Where it comes from.
    pub section: &'static str,
    /// What goes wrong without it, if it is switched off in this run.
    pub off: Option<&'static str>,
}

/// Why it is so, as far as has happened before the playhead.
pub fn why(session: &Session, topic: Topic) -> Why {
    let case = Case::new(session);
    match topic {
        Topic::Entry(index, term) => entry::why(&case, index, term),
        Topic::Message(flight) => message::why(&case, flight),
        Topic::Vote {
            candidate,
            voter,
            term,
            pre,
        } => vote::why(&case, (candidate, voter), term, pre),
        Topic::Leader => leader::why(&case),
        Topic::Operation(id) => operation::why(&case, id),
        Topic::Start(member) => start::why(&case, member),
        Topic::Violation(step) => violation::why(&case, step),
    }
}

impl Why {
    /// An answer that has no facts yet.
    fn new(question: Vec<Span>) -> Why {
        Why {
            question,
            tone: Tone::Open,
            chain: Vec::new(),
            rule: None,
        }
    }

    fn toned(mut self, tone: Tone) -> Why {
        self.tone = tone;
        self
    }
}

impl RuleView {
    fn of(case: &Case, rule: Rule) -> Option<RuleView> {
        let info = rule.info();
        let off = !case.session.options().raft.rules.on(rule);
        Some(RuleView {
            sentence: rules::sentence(rule),
            property: info.property,
            section: info.section,
            off: off.then(|| rules::without(rule)),
        })
    }

    fn of_property(property: Property) -> Option<RuleView> {
        Some(RuleView {
            sentence: rules::demand(property),
            property: property.name(),
            section: section(property),
            off: None,
        })
    }
}

/// Where a property comes from.
fn section(property: Property) -> &'static str {
    match property {
        Property::ElectionSafety => "paper §5.2, Figure 3",
        Property::OneVotePerTerm => "paper §5.2, Figure 2",
        Property::LeaderAppendOnly | Property::LogMatching => "paper §5.3, Figure 3",
        Property::LeaderCompleteness => "paper §5.4, Figure 3",
        Property::StateMachineSafety => "paper §5.4.3, Figure 3",
        Property::CommittedIsDurable => "paper §5.3",
        Property::NothingGoesBack | Property::MatchIsTrue => "paper Figure 2",
        Property::QuorumsOverlap => "dissertation §4.1",
        Property::NothingUnsent => "paper §2",
        Property::FreshAnswers => "dissertation §6.4",
        Property::Linearizability => "Herlihy and Wing 1990",
        Property::OneRevision | Property::WholeWatches => "etcd, API guarantees",
    }
}
