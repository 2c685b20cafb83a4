//! A few members in memory, with every step under the test's control: nothing is delivered,
//! synced or ticked by itself.

use bytes::Bytes;
use quorum::raft::*;
use rand_pcg::Pcg32;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A member: a node, its disk, its state machine.
pub struct Member {
    /// `None` while it is crashed.
    pub node: Option<Node>,
    pub options: Options,
    pub disk: Stored,
    /// What the disk was told and has not synced yet.
    pub writes: VecDeque<Write>,
    /// What was applied, since the beginning or the last snapshot.
    pub applied: Vec<Entry>,
    pub reads: Vec<ReadState>,
    pub events: Vec<Event>,
    starts: u64,
}

/// Members and the messages between them.
pub struct Cluster {
    pub members: BTreeMap<NodeId, Member>,
    /// On their way, in the order in which they were sent.
    pub network: VecDeque<Envelope>,
    /// Links that lose everything.
    pub cut: BTreeSet<(NodeId, NodeId)>,
    /// Whether writes become durable as soon as somebody stabilizes.
    pub auto_sync: bool,
}

pub fn id(number: u64) -> NodeId {
    NodeId(number)
}

/// Options with etcd's example numbers: an election timeout of 10 ticks, a heartbeat each tick.
pub fn options() -> Options {
    Options {
        election_timeout: 10,
        election_timeout_max: 20,
        heartbeat_interval: 1,
        compaction_tail: 0,
        ..Options::default()
    }
}

/// The same without what came after the paper.
pub fn plain() -> Options {
    Options {
        pre_vote: false,
        check_quorum: false,
        ..options()
    }
}

impl Member {
    pub fn new(id: NodeId, options: Options, disk: Stored) -> Member {
        let mut member = Member {
            node: None,
            options,
            disk,
            writes: VecDeque::new(),
            applied: Vec::new(),
            reads: Vec::new(),
            events: Vec::new(),
            starts: 0,
        };
        member.start(id);
        member
    }

    pub fn start(&mut self, id: NodeId) {
        self.starts += 1;
        let rng = Pcg32::new(id.0 * 1000 + self.starts, id.0);
        let node = Node::new(id, self.options.clone(), self.disk.clone(), rng);
        self.node = Some(node.expect("the options and the disk are valid"));
        self.applied.clear();
    }
}

impl Cluster {
    pub fn new(voters: u64, options: Options) -> Cluster {
        let mut cluster = Cluster::empty();
        let ids = (1..=voters).map(NodeId);
        for id in ids.clone() {
            let disk = Stored::new(ConfState::voters(ids.clone()));
            cluster.add(id, options.clone(), disk);
        }
        cluster
    }

    pub fn empty() -> Cluster {
        Cluster {
            members: BTreeMap::new(),
            network: VecDeque::new(),
            cut: BTreeSet::new(),
            auto_sync: true,
        }
    }

    pub fn add(&mut self, id: NodeId, options: Options, disk: Stored) {
        self.members.insert(id, Member::new(id, options, disk));
    }

    pub fn member(&mut self, number: u64) -> &mut Member {
        self.members.get_mut(&id(number)).expect("a known member")
    }

    /// The node of a running member.
    pub fn node(&mut self, number: u64) -> &mut Node {
        let member = self.member(number);
        member.node.as_mut().expect("a running member")
    }

    /// Carries out everything that this node asks for; its writes wait for `sync`.
    pub fn process_ready(&mut self, id: NodeId) -> Option<Ready> {
        let member = self.members.get_mut(&id)?;
        let node = member.node.as_mut()?;
        let has_ready = node.has_ready();
        let ready = node.ready();
        assert!(has_ready || ready == Ready::default(), "{ready:?}");
        if !has_ready {
            return None;
        }
        self.network.extend(ready.messages.iter().cloned());
        member.writes.extend(ready.write.clone());
        if ready.snapshot.is_some() {
            member.applied.clear();
        }
        member.applied.extend(ready.committed.iter().cloned());
        member.reads.extend(&ready.reads);
        member.events.extend(ready.events.iter().cloned());
        if let Some(last) = ready.committed.last() {
            node.applied(last.index);
        }
        Some(ready)
    }

    /// The oldest write of this member becomes durable.
    pub fn sync_one(&mut self, id: NodeId) -> bool {
        let Some(member) = self.members.get_mut(&id) else {
            return false;
        };
        let Some(write) = member.writes.pop_front() else {
            return false;
        };
        member.disk.write(&write);
        self.network.extend(write.after_sync);
        if let Some(node) = &mut member.node {
            node.stored(write.done);
        }
        true
    }

    /// The oldest message arrives, or is lost on a cut link.
    pub fn deliver_one(&mut self) -> bool {
        let Some(envelope) = self.network.pop_front() else {
            return false;
        };
        self.deliver(envelope);
        true
    }

    /// This message arrives, or is lost on a cut link.
    pub fn deliver(&mut self, envelope: Envelope) {
        if self.cut.contains(&(envelope.from, envelope.to)) {
            return;
        }
        if let Some(member) = self.members.get_mut(&envelope.to)
            && let Some(node) = &mut member.node
        {
            node.step(envelope);
        }
    }

    /// Everything happens until nothing is left to happen.
    pub fn stabilize(&mut self) {
        let ids: Vec<NodeId> = self.members.keys().copied().collect();
        for _ in 0..10_000 {
            let mut busy = false;
            for id in &ids {
                while self.process_ready(*id).is_some() {
                    busy = true;
                }
                while self.auto_sync && self.sync_one(*id) {
                    busy = true;
                }
            }
            while self.deliver_one() {
                busy = true;
            }
            if !busy {
                return;
            }
        }
        panic!("the cluster does not come to rest");
    }

    /// So many single ticks at everybody, with rest after each.
    pub fn tick(&mut self, ticks: u64) {
        for _ in 0..ticks {
            for member in self.members.values_mut() {
                if let Some(node) = &mut member.node {
                    node.tick(1);
                }
            }
            self.stabilize();
        }
    }

    /// The member campaigns, and everything happens that follows.
    pub fn elect(&mut self, number: u64) {
        self.node(number).campaign();
        self.stabilize();
        assert_eq!(self.node(number).role(), Role::Leader);
    }

    pub fn propose(&mut self, number: u64, data: &'static str) {
        let data = Bytes::from_static(data.as_bytes());
        self.node(number).propose(data).expect("a leader");
    }

    /// The process ends; what was not synced is lost.
    pub fn crash(&mut self, number: u64) {
        let member = self.member(number);
        member.node = None;
        member.writes.clear();
    }

    pub fn restart(&mut self, number: u64) {
        self.crash(number);
        self.member(number).start(id(number));
    }

    /// Nothing passes between these members and the others.
    pub fn isolate(&mut self, numbers: &[u64]) {
        let ids: Vec<NodeId> = self.members.keys().copied().collect();
        for one in &ids {
            for other in &ids {
                if numbers.contains(&one.0) != numbers.contains(&other.0) {
                    self.cut.insert((*one, *other));
                }
            }
        }
    }

    pub fn heal(&mut self) {
        self.cut.clear();
    }

    /// The commands that the member has applied.
    pub fn commands(&mut self, number: u64) -> Vec<String> {
        commands(&self.member(number).applied)
    }

    /// The terms of the member's log.
    pub fn terms(&mut self, number: u64) -> Vec<u64> {
        self.node(number).entries(..).map(|e| e.term.0).collect()
    }

    pub fn leader(&self) -> Option<NodeId> {
        let leads = |(_, member): &(&NodeId, &Member)| {
            (member.node.as_ref()).is_some_and(|node| node.role() == Role::Leader)
        };
        let term = |(_, member): &(&NodeId, &Member)| member.node.as_ref().map(Node::term);
        let leaders = self.members.iter().filter(leads);
        leaders.max_by_key(term).map(|(id, _)| *id)
    }
}

/// The commands among these entries.
pub fn commands(entries: &[Entry]) -> Vec<String> {
    let data = entries.iter().filter_map(|entry| match &entry.payload {
        Payload::Command(data) => Some(String::from_utf8_lossy(data).into_owned()),
        _ => None,
    });
    data.collect()
}
