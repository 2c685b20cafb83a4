//! Who is meant: targets and groups at a given moment.

use super::script::{Group, Members, MembersItem, Quantifier, Target, Who};
use crate::cluster::{Member, World};
use crate::raft::{NodeId, Role};
use std::collections::BTreeMap;

/// The members at a moment, and the names that the script has given them.
pub(super) struct Cast<'a> {
    pub(super) world: &'a World,
    pub(super) names: &'a BTreeMap<String, NodeId>,
}

/// Why nobody is meant, as the end of a sentence.
pub(super) type Nobody = String;

impl Cast<'_> {
    /// How many members make a majority.
    pub(super) fn quorum(&self) -> usize {
        self.world.members().count() / 2 + 1
    }

    /// One member.
    pub(super) fn one(&self, target: &Target) -> Result<NodeId, Nobody> {
        match target {
            Target::Member(id) => Ok(*id),
            Target::Leader => match self.world.leader() {
                Some(leader) => Ok(leader.id()),
                None => Err("no running member leads".to_owned()),
            },
            Target::LeaderOf(term) => {
                let leads = |member: &&Member| {
                    role(member) == Some(Role::Leader)
                        && member.server().is_some_and(|s| s.node().term() == *term)
                };
                match self.world.members().find(leads) {
                    Some(leader) => Ok(leader.id()),
                    None => Err(format!("no running member leads in term {term}")),
                }
            }
            Target::Nth(group, place) => {
                let all = self.group(*group)?;
                all.get(place - 1).copied().ok_or_else(|| match all.len() {
                    0 => format!("no member is {}", one_of(*group)),
                    1 => format!("only {} is {}", name(all[0]), one_of(*group)),
                    n => format!("only {n} members are {}", many_of(*group)),
                })
            }
            Target::Name(name) => self
                .names
                .get(name)
                .copied()
                .ok_or_else(|| format!("nobody was given the name {name} yet")),
        }
    }

    /// A group, in the order of the ids.
    pub(super) fn group(&self, group: Group) -> Result<Vec<NodeId>, Nobody> {
        let of = |test: &dyn Fn(&Member) -> bool| {
            let members = self.world.members();
            members.filter(|m| test(m)).map(Member::id).collect()
        };
        Ok(match group {
            Group::All => of(&|_| true),
            Group::Running => of(&|member| member.server().is_some()),
            Group::Crashed => of(&|member| member.server().is_none()),
            Group::Followers => of(&|member| role(member) == Some(Role::Follower)),
            Group::Candidates => {
                of(&|member| matches!(role(member), Some(Role::Candidate | Role::PreCandidate)))
            }
            Group::Majority => self.majority()?,
            Group::Minority => {
                let majority = self.majority()?;
                of(&|member| !majority.contains(&member.id()))
            }
        })
    }

    /// The side of the present cut that has a majority of the members, running or not.
    fn majority(&self) -> Result<Vec<NodeId>, Nobody> {
        let ids: Vec<NodeId> = self.world.members().map(Member::id).collect();
        let sides = ids.iter().map(|one| {
            let together = |other: &NodeId| {
                self.world.connected(*one, *other) && self.world.connected(*other, *one)
            };
            ids.iter().copied().filter(together).collect::<Vec<_>>()
        });
        let largest = sides.max_by_key(Vec::len).unwrap_or_default();
        if largest.len() == ids.len() {
            Err("the network is whole and has no sides".to_owned())
        } else if largest.len() < self.quorum() {
            Err("no side of the cut has a majority".to_owned())
        } else {
            Ok(largest)
        }
    }

    /// Several members, in the order in which the script names them, each once.
    pub(super) fn members(&self, members: &Members) -> Result<Vec<NodeId>, Nobody> {
        let except = self.items(&members.except)?;
        let mut all = self.items(&members.items)?;
        all.retain(|id| !except.contains(id));
        if all.is_empty() {
            return Err("no member is meant".to_owned());
        }
        Ok(all)
    }

    /// The members of whom something is said. Nobody is fine if it is said of none.
    pub(super) fn who(&self, who: &Who) -> Result<Vec<NodeId>, Nobody> {
        match who.quantifier {
            Quantifier::All | Quantifier::Any => self.members(&who.members),
            Quantifier::None => Ok(self.members(&who.members).unwrap_or_default()),
        }
    }

    fn items(&self, items: &[MembersItem]) -> Result<Vec<NodeId>, Nobody> {
        let mut all = Vec::new();
        for item in items {
            let ids = match item {
                MembersItem::One(target) => vec![self.one(target)?],
                MembersItem::Group(group) => self.group(*group)?,
            };
            for id in ids {
                if !all.contains(&id) {
                    all.push(id);
                }
            }
        }
        Ok(all)
    }
}

/// What a member is doing; `None` while it is crashed.
pub(super) fn role(member: &Member) -> Option<Role> {
    Some(member.server()?.node().role())
}

/// `infra2`
pub(super) fn name(id: NodeId) -> String {
    format!("infra{id}")
}

/// `infra1, infra2 and infra3`
pub(super) fn names(ids: &[NodeId]) -> String {
    let all: Vec<String> = ids.iter().copied().map(name).collect();
    match all.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn one_of(group: Group) -> &'static str {
    match group {
        Group::All => "a member",
        Group::Running => "running",
        Group::Crashed => "crashed",
        Group::Followers => "a follower",
        Group::Candidates => "a candidate",
        Group::Majority => "on the majority's side",
        Group::Minority => "on the minority's side",
    }
}

fn many_of(group: Group) -> &'static str {
    match group {
        Group::All => "there",
        Group::Followers => "followers",
        Group::Candidates => "candidates",
        other => one_of(other),
    }
}
