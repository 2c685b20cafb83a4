//! What goes wrong in elections.

use super::*;

pub fn two_halves_elect(options: Options) -> bool {
    let mut cluster = Cluster::new(4, options);
    cluster.isolate(&[1, 2]);
    cluster.node(1).campaign();
    cluster.node(3).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 1, 3)
}

pub fn two_candidates_ask_one_voter(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cut_both(&mut cluster, 1, 2);
    cluster.node(1).campaign();
    cluster.node(2).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 1, 2)
}

pub fn voter_crashes_after_its_answer(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cut_both(&mut cluster, 1, 2);
    cluster.node(1).campaign();
    cluster.process_ready(id(1));
    cluster.sync_one(id(1));
    cluster.process_ready(id(1));
    while cluster.deliver_one() {}
    // The vote is given, and whatever member 3 says now is said before its disk is done.
    cluster.process_ready(id(3));
    while cluster.deliver_one() {}
    cluster.process_ready(id(1));
    cluster.network.clear();
    cluster.restart(3);
    cluster.node(2).campaign();
    cluster.cut.insert((id(1), id(3)));
    cluster.stabilize();
    lead_together(&mut cluster, 1, 2)
}

pub fn late_votes_arrive(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.node(1).campaign();
    let is_answer = |e: &Envelope| matches!(e.message, Message::VoteResponse { .. });
    let late = settle_with(&mut cluster, |e| !is_answer(e));
    cluster.isolate(&[1]);
    cluster.node(1).campaign();
    cluster.node(2).campaign();
    cluster.stabilize();
    for envelope in late {
        cluster.node(1).step(envelope);
    }
    lead_together(&mut cluster, 1, 2)
}

pub fn member_without_the_entry_wins(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[3]);
    cluster.propose(1, "committed");
    cluster.stabilize();
    cluster.heal();
    cluster.crash(1);
    cluster.node(3).campaign();
    cluster.stabilize();
    leads(&mut cluster, 3)
}

pub fn deposed_leader_goes_on(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1]);
    cluster.elect(2);
    cluster.heal();
    cluster.tick(1);
    leads(&mut cluster, 1)
}

pub fn nobody_ever_wins(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.tick(300);
    cluster.leader().is_none()
}

pub fn returning_member_deposes(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[3]);
    cluster.tick(50);
    cluster.heal();
    cluster.tick(1);
    cluster.node(2).term() > Term(1) || !leads(&mut cluster, 1)
}

pub fn deaf_member_deposes(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.cut.insert((id(1), id(3)));
    cluster.cut.insert((id(3), id(1)));
    cluster.tick(25);
    !leads(&mut cluster, 1)
}

pub fn lonely_leader_stays(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1]);
    cluster.tick(20);
    leads(&mut cluster, 1)
}
