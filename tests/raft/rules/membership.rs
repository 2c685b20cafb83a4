//! What goes wrong when the membership changes.

use super::*;

fn add(number: u64) -> ConfChange {
    ConfChange::single(ConfChangeStep::AddVoter(id(number)))
}

fn remove(number: u64) -> ConfChange {
    ConfChange::single(ConfChangeStep::Remove(id(number)))
}

/// Voters 1 to 3, and 4 and 5 that know the cluster and are no members yet.
fn with_two_more(options: &Options, voters: u64) -> Cluster {
    let mut cluster = Cluster::new(voters, options.clone());
    for number in voters + 1..=5 {
        let conf = ConfState::voters((1..=voters).map(NodeId));
        cluster.add(id(number), options.clone(), Stored::new(conf));
    }
    cluster
}

pub fn two_changes_at_once(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 3);
    cluster.elect(3);
    // Member 1 stores the changes and does not learn that they are committed.
    cluster.isolate(&[2]);
    let _ = cluster.node(3).propose_conf_change(add(4));
    let _ = cluster.node(3).propose_conf_change(add(5));
    cluster.process_ready(id(3));
    while cluster.deliver_one() {}
    cluster.heal();
    cluster.isolate(&[3, 4, 5]);
    cluster.process_ready(id(1));
    while cluster.sync_one(id(1)) {}
    for envelope in std::mem::take(&mut cluster.network) {
        cluster.node(3).step(envelope);
    }
    cluster.stabilize();
    cluster.node(1).campaign();
    cluster.node(4).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 1, 4)
}

pub fn change_before_own_commit(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 4);
    cluster.elect(1);
    cluster.isolate(&[1, 5]);
    let _ = cluster.node(1).propose_conf_change(add(5));
    cluster.stabilize();
    cluster.node(2).campaign();
    settle_with(&mut cluster, |e| !is_append(e));
    assert!(leads(&mut cluster, 2));
    let _ = cluster.node(2).propose_conf_change(remove(1));
    cluster.heal();
    cluster.isolate(&[2, 3]);
    cluster.node(2).tick(1);
    cluster.stabilize();
    let committed = cluster.node(2).commit_index();
    let kept = cluster.node(2).entry(committed).cloned();
    cluster.heal();
    cluster.isolate(&[1, 4, 5]);
    for _ in 0..2 {
        cluster.node(1).campaign();
        cluster.stabilize();
    }
    leads(&mut cluster, 1) && cluster.node(1).entry(committed).cloned() != kept
}

pub fn joint_halves_elect(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 3);
    cluster.elect(1);
    cluster.isolate(&[3]);
    let steps = [add(4), add(5), remove(2), remove(3)];
    let change = ConfChange {
        transition: Transition::JointExplicit,
        changes: steps
            .into_iter()
            .flat_map(|change| change.changes)
            .collect(),
        context: Bytes::new(),
    };
    cluster.node(1).propose_conf_change(change).expect("valid");
    // Member 2 stores the change and does not learn that it is committed.
    cluster.process_ready(id(1));
    while cluster.deliver_one() {}
    cluster.process_ready(id(2));
    while cluster.sync_one(id(2)) {}
    for envelope in std::mem::take(&mut cluster.network) {
        cluster.node(1).step(envelope);
    }
    cluster.heal();
    cluster.isolate(&[2, 3]);
    cluster.stabilize();
    cluster.tick(1);
    assert!(cluster.node(4).conf().is_joint());
    cluster.node(2).campaign();
    cluster.node(4).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 2, 4)
}

pub fn truncated_change_stays(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1]);
    let _ = cluster.node(1).propose_conf_change(remove(3));
    cluster.stabilize();
    cluster.elect(2);
    cluster.heal();
    cluster.tick(2);
    assert_eq!(cluster.terms(1), cluster.terms(2));
    cluster.node(1).conf().clone() != cluster.node(2).conf().clone()
}

pub fn candidate_has_not_applied(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 3);
    cluster.elect(1);
    // Members 4 and 5 are added, one after the other. Member 2 hears all of it and carries out nothing.
    let prompt = [1, 3, 4, 5];
    for change in [add(4), add(5)] {
        cluster.node(1).propose_conf_change(change).expect("valid");
        settle_only(&mut cluster, &prompt);
    }
    assert_eq!(cluster.node(2).commit_index(), Index(3));
    assert_eq!(cluster.node(4).conf().voters.len(), 5);
    cluster.heal();
    cluster.isolate(&[2, 3]);
    // Its disk keeps up; its state machine does not.
    cluster.node(2).campaign();
    write_without_applying(&mut cluster, 2);
    settle_only(&mut cluster, &[3]);
    write_without_applying(&mut cluster, 2);
    assert_eq!(cluster.node(2).conf().voters.len(), 3);
    cluster.node(4).campaign();
    settle_only(&mut cluster, &[1, 4, 5]);
    lead_together(&mut cluster, 2, 4)
}

/// Everything happens at these members; the others only receive.
fn settle_only(cluster: &mut Cluster, numbers: &[u64]) {
    for _ in 0..100 {
        for number in numbers {
            cluster.process_ready(id(*number));
            while cluster.sync_one(id(*number)) {}
        }
        while cluster.deliver_one() {}
    }
}

/// The member stores and sends what it has to, but applies nothing.
fn write_without_applying(cluster: &mut Cluster, number: u64) {
    while cluster.node(number).has_ready() {
        let ready = cluster.node(number).ready();
        cluster.network.extend(ready.messages);
        cluster.member(number).writes.extend(ready.write);
        while cluster.sync_one(id(number)) {}
    }
}
