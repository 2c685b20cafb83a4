//! Small scripted runs for the rules that protect progress and steady leaders. Raft is safe
//! without them, so the checkers of a random run have nothing to say: each script tells in words
//! what went wrong, or nothing.

use crate::cluster::{Action, TICK_US, World, WorldOptions};
use crate::raft::rules::{Rule, Rules};
use crate::raft::{NodeId, Role, Term};

/// A script: from the seed and the rules that are in force to what went wrong.
pub type Script = fn(u64, Rules) -> Option<String>;

/// The script that shows what a rule is good for, if there is one.
pub fn script_for(rule: Rule) -> Option<Script> {
    match rule {
        Rule::PreVote => Some(a_member_comes_back),
        Rule::LeaderStickiness => Some(a_member_campaigns),
        Rule::CheckQuorum => Some(the_leader_is_alone),
        _ => None,
    }
}

/// A member that was cut off for a while comes back: the leader stays.
fn a_member_comes_back(seed: u64, rules: Rules) -> Option<String> {
    let mut world = settled(seed, rules)?;
    let (leader, before) = reign(&world)?;
    let lost = follower(&world, leader)?;
    let groups = vec![vec![lost]];
    world.act(Action::Partition { groups }).ok()?;
    pass(&mut world, 10);
    world.act(Action::Heal).ok()?;
    pass(&mut world, 5);
    deposed(&world, (leader, before), &format!("infra{lost} came back"))
}

/// A member campaigns although everybody hears from the leader: the leader stays.
fn a_member_campaigns(seed: u64, rules: Rules) -> Option<String> {
    let mut world = settled(seed, rules)?;
    let (leader, before) = reign(&world)?;
    let member = follower(&world, leader)?;
    world.act(Action::TimeOutNow { member }).ok()?;
    pass(&mut world, 5);
    deposed(
        &world,
        (leader, before),
        &format!("infra{member} campaigned"),
    )
}

/// A leader that is cut off from everybody notices that it does not lead any more.
fn the_leader_is_alone(seed: u64, rules: Rules) -> Option<String> {
    let mut world = settled(seed, rules)?;
    let (leader, term) = reign(&world)?;
    let groups = vec![vec![leader]];
    world.act(Action::Partition { groups }).ok()?;
    pass(&mut world, 10);
    let node = world.member(leader)?.server()?.node();
    let still = (node.role(), node.term()) == (Role::Leader, term);
    still.then(|| {
        format!("infra{leader} was cut off ten election timeouts ago and still leads term {term}")
    })
}

/// Five members that have had time to elect a leader.
fn settled(seed: u64, rules: Rules) -> Option<World> {
    let mut options = WorldOptions::with_members(5);
    options.raft.rules = rules;
    let mut world = World::new(options, seed).ok()?;
    pass(&mut world, 5);
    Some(world)
}

/// Lets so many of the longest election timeouts pass.
fn pass(world: &mut World, election_timeouts: u64) {
    let timeout = world.options().raft.election_timeout_max * TICK_US;
    world.advance_to(world.now().after(timeout * election_timeouts));
    world.take_trace();
}

/// Who leads, and in which term.
fn reign(world: &World) -> Option<(NodeId, Term)> {
    let leader = world.leader()?;
    Some((leader.id(), leader.server()?.node().term()))
}

fn follower(world: &World, leader: NodeId) -> Option<NodeId> {
    let mut ids = world.members().map(|member| member.id());
    ids.find(|id| *id != leader)
}

fn deposed(world: &World, (leader, term): (NodeId, Term), after: &str) -> Option<String> {
    let now = reign(world);
    (now != Some((leader, term))).then(|| {
        let now = now.map_or("nobody leads".to_owned(), |(leader, term)| {
            format!("infra{leader} leads term {term}")
        });
        format!("infra{leader} led term {term} and nothing was wrong with it; after {after}, {now}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_all_rules_no_script_goes_wrong_and_without_its_rule_each_does() {
        for rule in Rule::ALL {
            let Some(script) = script_for(rule) else {
                continue;
            };
            for seed in 0..20 {
                assert_eq!(script(seed, Rules::all()), None, "{rule:?}, seed {seed}");
            }
            let without = Rules::all().without(rule);
            assert!(
                (0..20).any(|seed| script(seed, without).is_some()),
                "{rule:?}"
            );
        }
    }
}
