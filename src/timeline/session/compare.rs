//! What two branches have in common, and what not.

use super::{BranchError, BranchId, Session};
use crate::cluster::{Member, TraceEvent, World};
use crate::raft::NodeId;
use crate::sim::SimTime;
use crate::timeline::line::{Line, Target};
use crate::timeline::position::Position;
use crate::timeline::trace::Trace;

/// How many facts after the first difference a comparison holds of each branch.
const FACTS_TOLD: usize = 40;

/// Two branches, compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// The first step with facts that the other branch has not, and its moment. `None` if
    /// everything is the same.
    pub first_difference: Option<Position>,
    /// What happened from there on in the first and in the second branch: some facts of each, so
    /// that it can be told.
    pub facts: [Vec<TraceEvent>; 2],
    /// What differs at the moment that was asked for, by member.
    pub differences: Vec<Difference>,
}

/// Something about a member that is not the same in two branches at the same moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The member.
    pub member: NodeId,
    /// What differs.
    pub aspect: Aspect,
    /// What it is in the first branch; `None` if the member has no such thing there.
    pub first: Option<String>,
    /// What it is in the second branch.
    pub second: Option<String>,
}

/// What can differ.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Aspect {
    /// Whether its process runs.
    Running,
    /// Follower, candidate, leader.
    Role,
    /// The current term.
    Term,
    /// Whom it follows.
    Leader,
    /// The last index of its log.
    LastIndex,
    /// The commit index.
    Commit,
    /// The revision of its store.
    Revision,
    /// The keys and values of its store.
    Keys,
}

impl Aspect {
    /// All of them, the most telling first.
    pub const ALL: [Aspect; 8] = [
        Aspect::Running,
        Aspect::Role,
        Aspect::Term,
        Aspect::Leader,
        Aspect::LastIndex,
        Aspect::Commit,
        Aspect::Revision,
        Aspect::Keys,
    ];

    /// What this is of a member, in words.
    fn of(self, member: &Member) -> Option<String> {
        let Some(server) = member.server() else {
            return (self == Aspect::Running).then(|| "crashed".to_owned());
        };
        let node = server.node();
        match self {
            Aspect::Running => Some("running".to_owned()),
            Aspect::Role => Some(format!("{:?}", node.role())),
            Aspect::Term => Some(node.term().to_string()),
            Aspect::Leader => node.leader().map(|leader| format!("infra{leader}")),
            Aspect::LastIndex => Some(node.last_index().to_string()),
            Aspect::Commit => Some(node.commit_index().to_string()),
            Aspect::Revision => Some(server.store().revision().0.to_string()),
            Aspect::Keys => {
                let pairs = server.store().iter().map(|kv| {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    format!("{} = {}", text(&kv.key), text(&kv.value))
                });
                Some(pairs.collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

impl Session {
    /// Compares two branches: where their histories part, and what differs at a moment. A branch
    /// that ends before the moment is taken as it is at its end.
    ///
    /// # Errors
    /// There is no such branch.
    pub fn compare_branches(
        &self,
        first: BranchId,
        second: BranchId,
        at: SimTime,
    ) -> Result<Comparison, BranchError> {
        let (first, second) = (self.line_of(first)?, self.line_of(second)?);
        let lines = [first, second];
        let traces = lines.map(|line| Trace::new(line, line.head().facts(), None));
        let parted = first_difference(lines, traces);
        let facts = |trace: Trace<'_>| {
            let facts = parted.map(|from| trace.from_position(from).take(FACTS_TOLD));
            facts.into_iter().flatten().cloned().collect()
        };
        let facts: [Vec<TraceEvent>; 2] = traces.map(facts);
        let places = facts.iter().filter_map(|facts| facts.first());
        let places = places.map(|event| Position {
            step: event.step,
            time: event.time,
        });
        Ok(Comparison {
            first_difference: places.min(),
            facts,
            differences: differences(&world_at(first, at), &world_at(second, at)),
        })
    }
}

/// The position of the first fact that is not the same in both lines. Lines begin alike, and stay
/// alike until one of them has an action that the other has not, or ends.
fn first_difference(lines: [&Line; 2], traces: [Trace<'_>; 2]) -> Option<usize> {
    let [first, second] = lines.map(|line| line.actions_from(0));
    let same = first.zip(second).take_while(|(a, b)| a == b);
    let same = same.count();
    let acts = lines.map(|line| line.action(same).map(|action| action.step - 1));
    let ends = lines.map(|line| line.end().step);
    let alike = acts.into_iter().flatten().chain(ends).min()?;
    let mut position = lines[0].count_until_step(alike);
    let [mut here, mut there] = traces.map(|trace| trace.from_position(position));
    loop {
        match (here.next(), there.next()) {
            (None, None) => return None,
            (a, b) if a != b => return Some(position),
            _ => position += 1,
        }
    }
}

fn world_at(line: &Line, time: SimTime) -> World {
    let target = Target::Time(time);
    let mut machine = line.start(line.segment_at(target)).clone();
    line.replay(&mut machine, target, &mut drop, &mut |_| ());
    machine.world().clone()
}

fn differences(first: &World, second: &World) -> Vec<Difference> {
    let mut differences = Vec::new();
    let both = first.members().chain(second.members());
    let mut ids: Vec<NodeId> = both.map(Member::id).collect();
    ids.sort();
    ids.dedup();
    for id in ids {
        let [one, other] = [first, second].map(|world| world.member(id));
        for aspect in Aspect::ALL {
            let here = one.and_then(|one| aspect.of(one));
            let there = other.and_then(|other| aspect.of(other));
            if here != there {
                differences.push(Difference {
                    member: id,
                    aspect,
                    first: here,
                    second: there,
                });
            }
        }
    }
    differences
}
