//! Whether a condition holds, and what is the case instead.

use super::cast::{Cast, name, names, role};
use super::script::{
    Answer, Condition, EntryState, Equality, Members, Number, Quantifier, Quantity, RoleWord, Test,
    Trait,
};
use super::state::{Glance, entry_words, request_words, word};
use crate::cluster::{self, ClientId, Command, Fact, Member, Operation, Outcome};
use crate::kv::{Request, ResponseBody};
use crate::raft::{Entry, Index, Node, NodeId, Payload, Role, Term};
use crate::timeline::Session;

/// A moment to be judged.
pub(super) struct Judge<'a> {
    pub(super) cast: Cast<'a>,
    /// What has happened before.
    pub(super) session: &'a Session,
}

/// Whether something holds; or why that cannot be said, because nobody is meant.
type Judged = Result<bool, String>;

impl Judge<'_> {
    /// Whether all tests of a condition hold. A test about nobody (the leader while there is
    /// none) does not, and neither does its negation.
    pub(super) fn holds(&self, condition: &Condition) -> bool {
        let mut tests = condition.tests.iter();
        tests.all(|(negated, test)| self.test(test) == Ok(!negated))
    }

    /// What is the case instead, for each test that does not hold.
    pub(super) fn found(&self, condition: &Condition) -> String {
        let failed = condition
            .tests
            .iter()
            .filter_map(|(negated, test)| match self.test(test) {
                Ok(holds) if holds != *negated => None,
                Ok(_) => Some(self.seen(test)),
                Err(nobody) => Some(nobody),
            });
        failed.collect::<Vec<_>>().join("; ")
    }

    fn glance(&self, id: NodeId) -> Result<Glance<'_>, String> {
        match self.cast.world.member(id) {
            Some(member) => Ok(Glance { member }),
            None => Err(format!("there is no {}", name(id))),
        }
    }

    fn glances(&self) -> impl Iterator<Item = Glance<'_>> {
        self.cast.world.members().map(|member| Glance { member })
    }

    fn test(&self, test: &Test) -> Judged {
        match test {
            Test::LeaderKnown => Ok(self.leader_known()),
            Test::Same(one, other) => Ok(self.cast.one(one)? == self.cast.one(other)?),
            Test::Members(who, what) => {
                let mut holds = Vec::new();
                for id in self.cast.who(who)? {
                    holds.push(self.has(self.glance(id)?, what)?);
                }
                Ok(match who.quantifier {
                    Quantifier::All => holds.iter().all(|holds| *holds),
                    Quantifier::Any => holds.iter().any(|holds| *holds),
                    Quantifier::None => !holds.iter().any(|holds| *holds),
                })
            }
            Test::Highest(number) => Ok(self
                .highest(number.quantity)
                .is_some_and(|(highest, _)| number.comparison.holds(highest, number.number))),
            Test::Equal(what, members) => Ok(self.difference(*what, members)?.is_none()),
            Test::Safe => Ok(!self.session.checker().is_violated()),
            Test::Answer(client, answer) => Ok(self.answer(*client, answer)),
        }
    }

    /// What is the case, said about the same things as the test.
    fn seen(&self, test: &Test) -> String {
        match test {
            Test::LeaderKnown => self.roles(),
            Test::Same(one, other) => match (self.cast.one(one), self.cast.one(other)) {
                (Ok(one), Ok(other)) if one == other => format!("both are {}", name(one)),
                (Ok(one), Ok(other)) => {
                    format!("the first is {}, the second is {}", name(one), name(other))
                }
                (Err(nobody), _) | (_, Err(nobody)) => nobody,
            },
            Test::Members(who, what) => {
                let ids = self.cast.who(who).unwrap_or_default();
                let seen = ids.iter().filter_map(|id| {
                    let glance = self.glance(*id).ok()?;
                    // Of many members only those are named that spoil it.
                    let spoils = match (who.quantifier, self.has(glance, what)) {
                        (Quantifier::All, has) => has != Ok(true),
                        (Quantifier::None, has) => has != Ok(false),
                        (Quantifier::Any, _) => true,
                    };
                    spoils.then(|| self.seen_at(glance, what))
                });
                let seen: Vec<String> = seen.collect();
                if seen.is_empty() {
                    // A negated test: it holds for everybody.
                    format!("it is so at {}", names(&ids))
                } else {
                    seen.join(", ")
                }
            }
            Test::Highest(number) => match self.highest(number.quantity) {
                Some((highest, id)) => {
                    format!("the highest is {highest}, at {}", name(id))
                }
                None => "no member runs".to_owned(),
            },
            Test::Equal(what, members) => match self.difference(*what, members) {
                Ok(Some(difference)) | Err(difference) => difference,
                Ok(None) => "they are equal".to_owned(),
            },
            Test::Safe => match violation(self.session) {
                Some(violation) => violation,
                None => "no promise of Raft was broken".to_owned(),
            },
            Test::Answer(client, _) => self.answer_seen(*client),
        }
    }

    fn roles(&self) -> String {
        let roles: Vec<String> = self.glances().map(Glance::role).collect();
        roles.join(", ")
    }

    /// Whether a running member leads and a majority of all members, itself included, run, know
    /// it as the leader of its term, and are not cut off from it.
    fn leader_known(&self) -> bool {
        let Some(leader) = self.cast.world.leader() else {
            return false;
        };
        let (id, term) = (leader.id(), Glance { member: leader }.term());
        let knows = |glance: &Glance<'_>| {
            let (world, other) = (self.cast.world, glance.member.id());
            let known = |node: &Node| node.leader() == Some(id) && node.term() == term;
            glance.node().is_some_and(known)
                && world.connected(id, other)
                && world.connected(other, id)
        };
        self.glances().filter(knows).count() >= self.cast.quorum()
    }

    fn highest(&self, quantity: Quantity) -> Option<(u64, NodeId)> {
        self.glances()
            .filter_map(|glance| Some((number_of(glance, quantity)?, glance.member.id())))
            .max_by_key(|(number, id)| (*number, std::cmp::Reverse(*id)))
    }

    /// Whether a member has what is asked for.
    fn has(&self, glance: Glance<'_>, what: &Trait) -> Judged {
        Ok(match what {
            Trait::Role(word) => has_role(glance.member, *word),
            Trait::Follows(leader) => {
                let leader = match leader {
                    Some(leader) => Some(self.cast.one(leader)?),
                    None => None,
                };
                glance.node().is_some_and(|node| {
                    node.role() == Role::Follower
                        && node.leader().is_some()
                        && (leader.is_none() || node.leader() == leader)
                })
            }
            Trait::Reaches(others) => {
                let from = glance.member.id();
                let others = self.cast.members(others)?;
                others.iter().all(|to| self.cast.world.connected(from, *to))
            }
            Trait::Number(number) => has_number(glance, *number),
            Trait::Value(key, wanted) => glance
                .store()
                .is_some_and(|store| store.get(key).map(|kv| &kv.value) == wanted.as_ref()),
            Trait::Entry(index, term, state) => has_entry(glance, *index, *term, *state),
            Trait::LogHas(request) => glance.entries().any(|entry| is_entry_of(entry, request)),
        })
    }

    /// What is the case at a member.
    fn seen_at(&self, glance: Glance<'_>, what: &Trait) -> String {
        let name = glance.name();
        match what {
            Trait::Role(_) | Trait::Follows(_) => glance.role(),
            Trait::Reaches(_) => {
                let from = glance.member.id();
                let reached = |id: &NodeId| *id != from && self.cast.world.connected(from, *id);
                let ids = self.cast.world.members().map(Member::id);
                let reached: Vec<NodeId> = ids.filter(reached).collect();
                format!("{name} reaches {}", names(&reached))
            }
            Trait::Number(number) => match number_of(glance, number.quantity) {
                Some(value) => format!("{} is {value} at {name}", number.quantity),
                None => format!("{name} is crashed"),
            },
            Trait::Value(key, _) => match glance.store().map(|store| store.get(key)) {
                Some(Some(kv)) => format!("{} = {} at {name}", word(key), word(&kv.value)),
                Some(None) => format!("no value {} at {name}", word(key)),
                None => format!("{name} is crashed"),
            },
            Trait::Entry(index, ..) => entry_seen(glance, *index),
            Trait::LogHas(request) => {
                let wanted = |entry: &&Entry| is_entry_of(entry, request);
                match glance.entries().find(wanted) {
                    Some(entry) => format!(
                        "the log of {name} has {} as entry {}",
                        request_words(request),
                        entry.index
                    ),
                    None => format!(
                        "the log of {name} has {} entries, none of them {}",
                        glance.entries().count(),
                        request_words(request)
                    ),
                }
            }
        }
    }

    /// The first difference between members; `None` if they are equal.
    fn difference(&self, what: Equality, members: &Members) -> Result<Option<String>, String> {
        let ids = self.cast.members(members)?;
        let mut glances = Vec::new();
        for id in ids {
            glances.push(self.glance(id)?);
        }
        let Some((first, others)) = glances.split_first() else {
            return Ok(None);
        };
        let mut differences = others.iter().map(|other| match what {
            Equality::Logs => log_difference(*first, *other),
            Equality::Stores => store_difference(*first, *other),
        });
        if others.is_empty() && what == Equality::Stores && first.store().is_none() {
            return Ok(Some(format!("{} is crashed", first.name())));
        }
        Ok(differences.find_map(|difference| difference))
    }

    fn latest(&self, client: ClientId) -> Option<&Operation> {
        let mut operations = self.session.operations().iter().rev();
        operations.find(|operation| operation.client == client)
    }

    fn answer(&self, client: ClientId, answer: &Answer) -> bool {
        let Some(operation) = self.latest(client) else {
            return false;
        };
        match (answer, &operation.returned) {
            (Answer::Pending, returned) => returned.is_none(),
            (_, None) => false,
            (Answer::Given, Some(_)) => true,
            (Answer::Is(wanted), Some((_, Outcome::Answered(response)))) => {
                answer_text(response).is_some_and(|text| text == wanted.as_bytes())
            }
            (Answer::Nothing, Some((_, Outcome::Answered(response)))) => {
                answer_text(response).is_none()
            }
            (Answer::Fails(wanted), Some((_, Outcome::Failed(error)))) => wanted
                .as_ref()
                .is_none_or(|wanted| *wanted == error.to_string()),
            (_, Some(_)) => false,
        }
    }

    fn answer_seen(&self, client: ClientId) -> String {
        let Some(operation) = self.latest(client) else {
            return format!("{client} has asked for nothing yet");
        };
        let asked = operation.request().map_or_else(String::new, request_words);
        match &operation.returned {
            None => format!("{client} waits for the answer to {asked}"),
            Some((_, Outcome::Failed(error))) => format!("{asked} failed: {error}"),
            Some((_, Outcome::Answered(response))) => match answer_text(response) {
                Some(text) => format!("the answer to {asked} is {}", word(&text.into())),
                None => format!("the answer to {asked} is nothing"),
            },
        }
    }
}

/// The first broken promise of Raft, in words.
pub(super) fn violation(session: &Session) -> Option<String> {
    if !session.checker().is_violated() {
        return None;
    }
    let mut facts = session.trace().iter().map(|event| &event.fact);
    let found = facts.find_map(|fact| match fact {
        Fact::Violated(violation) => Some(violation.to_string()),
        _ => None,
    });
    Some(found.unwrap_or_else(|| "a promise of Raft was broken".to_owned()))
}

/// The text that stands for an answer; `None` for a key without value.
fn answer_text(answer: &cluster::Answer) -> Option<Vec<u8>> {
    match &answer.response()?.body {
        ResponseBody::Put(_) => Some(b"OK".to_vec()),
        ResponseBody::Range(range) => range.kvs.first().map(|kv| kv.value.to_vec()),
        ResponseBody::DeleteRange(delete) => Some(delete.deleted.to_string().into_bytes()),
        _ => None,
    }
}

fn has_role(member: &Member, word: RoleWord) -> bool {
    let is = role(member);
    match word {
        RoleWord::Leader => is == Some(Role::Leader),
        RoleWord::Follower => is == Some(Role::Follower),
        RoleWord::Candidate => is == Some(Role::Candidate),
        RoleWord::PreCandidate => is == Some(Role::PreCandidate),
        RoleWord::Running => is.is_some(),
        RoleWord::Crashed => is.is_none(),
    }
}

fn number_of(glance: Glance<'_>, quantity: Quantity) -> Option<u64> {
    Some(match quantity {
        Quantity::Term => glance.term().0,
        Quantity::Commit => glance.commit().0,
        Quantity::Applied => glance.applied()?.0,
        Quantity::Last => glance.last().0,
        Quantity::Synced => glance.synced().0,
        Quantity::Revision => glance.store()?.revision().0,
    })
}

fn has_number(glance: Glance<'_>, number: Number) -> bool {
    number_of(glance, number.quantity)
        .is_some_and(|value| number.comparison.holds(value, number.number))
}

fn has_entry(glance: Glance<'_>, index: Index, term: Option<Term>, state: EntryState) -> bool {
    let entry = glance.entry(index);
    let same = entry.is_some_and(|entry| term.is_none_or(|term| entry.term == term));
    match state {
        EntryState::Missing => !same,
        EntryState::Stored => same,
        EntryState::Synced => same && index <= glance.synced(),
        EntryState::Committed => same && index <= glance.commit(),
        EntryState::Applied => same && glance.applied().is_some_and(|applied| index <= applied),
    }
}

fn entry_seen(glance: Glance<'_>, index: Index) -> String {
    let name = glance.name();
    let Some(entry) = glance.entry(index) else {
        return format!("{name} has no entry {index} (last {})", glance.last());
    };
    let state = if glance.applied().is_some_and(|applied| index <= applied) {
        "applied"
    } else if index <= glance.commit() {
        "committed"
    } else if index <= glance.synced() {
        "synced"
    } else {
        "stored"
    };
    format!(
        "entry {index} at {name} is {state} ({})",
        entry_words(entry)
    )
}

fn is_entry_of(entry: &Entry, request: &Request) -> bool {
    match &entry.payload {
        Payload::Command(data) => {
            Command::decode(data).is_some_and(|command| command.request() == Some(request))
        }
        Payload::Noop | Payload::ConfChange(_) => false,
    }
}

fn log_difference(one: Glance<'_>, other: Glance<'_>) -> Option<String> {
    let last = one.last().max(other.last());
    let differs = |index: &Index| one.entry(*index) != other.entry(*index);
    let index = (1..=last.0).map(Index).find(differs)?;
    let words = |glance: Glance<'_>| match glance.entry(index) {
        Some(entry) => entry_words(entry),
        None => "nothing".to_owned(),
    };
    Some(format!(
        "entry {index} is `{}` at {} and `{}` at {}",
        words(one),
        one.name(),
        words(other),
        other.name()
    ))
}

fn store_difference(one: Glance<'_>, other: Glance<'_>) -> Option<String> {
    let (Some(left), Some(right)) = (one.store(), other.store()) else {
        let crashed = if one.store().is_none() { one } else { other };
        return Some(format!("{} is crashed", crashed.name()));
    };
    if left == right {
        return None;
    }
    let (revision, other_revision) = (left.revision().0, right.revision().0);
    let mut keys = left.iter().chain(right.iter()).map(|kv| &kv.key);
    let key = keys.find(|key| left.get(key) != right.get(key));
    Some(format!(
        "the stores of {} (revision {revision}) and {} (revision {other_revision}) differ{}",
        one.name(),
        other.name(),
        key.map_or(String::new(), |key| format!(" in {}", word(key)))
    ))
}
