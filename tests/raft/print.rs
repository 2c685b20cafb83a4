//! Messages, events and states as a person would write them down.
//!
//! `5@2` is the position of an entry: index 5, term 2.

use ::quorum::raft::*;

pub fn entry(entry: &Entry) -> String {
    let what = match &entry.payload {
        Payload::Noop => "noop".to_string(),
        Payload::Command(data) => String::from_utf8_lossy(data).into_owned(),
        Payload::ConfChange(change) => conf_change(change),
    };
    format!("{}@{} {what}", entry.index, entry.term)
}

pub fn entries(entries: &[Entry]) -> String {
    let list: Vec<String> = entries.iter().map(entry).collect();
    format!("[{}]", list.join(", "))
}

pub fn conf_change(change: &ConfChange) -> String {
    if change.is_leave() {
        return "leave-joint".into();
    }
    let step = |step: &ConfChangeStep| match step {
        ConfChangeStep::AddVoter(id) => format!("v{id}"),
        ConfChangeStep::AddLearner(id) => format!("l{id}"),
        ConfChangeStep::Remove(id) => format!("r{id}"),
    };
    let steps: Vec<String> = change.changes.iter().map(step).collect();
    let how = match change.transition {
        Transition::Auto => "",
        Transition::JointImplicit => " (joint, implicit)",
        Transition::JointExplicit => " (joint, explicit)",
    };
    format!("{}{how}", steps.join(" "))
}

fn ids(ids: &[NodeId]) -> String {
    let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("({})", list.join(" "))
}

pub fn conf(conf: &ConfState) -> String {
    let mut text = format!("voters={}", ids(&conf.voters));
    for (name, list) in [
        ("outgoing", &conf.voters_outgoing),
        ("learners", &conf.learners),
        ("learners_next", &conf.learners_next),
    ] {
        if !list.is_empty() {
            text += &format!(" {name}={}", ids(list));
        }
    }
    if conf.auto_leave {
        text += " auto_leave";
    }
    text
}

pub fn refusal(reason: &VoteRefusal) -> String {
    match reason {
        VoteRefusal::StaleTerm { current } => format!("its term is over, now is {current}"),
        VoteRefusal::AlreadyVoted { vote } => format!("the vote went to {vote}"),
        VoteRefusal::KnowsLeader { leader } => format!("{leader} leads"),
        VoteRefusal::LogBehind {
            last_index,
            last_term,
        } => format!("its log is behind {last_index}@{last_term}"),
        VoteRefusal::LeaderIsAlive { leader } => format!("leader {leader} is alive"),
        VoteRefusal::MayHavePromised => "may have promised before the restart".into(),
    }
}

fn verdict(verdict: &VoteVerdict) -> String {
    match verdict {
        VoteVerdict::Granted => "granted".into(),
        VoteVerdict::Refused(reason) => format!("refused: {}", refusal(reason)),
    }
}

fn read(read: &ReadContext) -> String {
    format!(" read={}/{}", read.node, read.id)
}

fn round(round: &Option<ReadRound>) -> String {
    round.map_or(String::new(), |round| format!(" round={}", round.0))
}

pub fn envelope(envelope: &Envelope) -> String {
    let term = envelope.term.map_or("-".into(), |term| term.to_string());
    let what = message(&envelope.message);
    format!("{}→{} t{term} {what}", envelope.from, envelope.to)
}

fn message(message: &Message) -> String {
    match message {
        Message::AppendRequest {
            prev_index,
            prev_term,
            entries: sent,
            commit,
        } => format!(
            "append after {prev_index}@{prev_term} {} commit={commit}",
            entries(sent)
        ),
        Message::AppendAccepted { match_index } => format!("accepted up to {match_index}"),
        Message::AppendRejected {
            prev_index,
            hint_index,
            hint_term,
        } => format!("rejected at {prev_index}, perhaps {hint_index}@{hint_term}"),
        Message::Heartbeat {
            commit, round: r, ..
        } => format!("heartbeat commit={commit}{}", round(r)),
        Message::HeartbeatResponse { round: r, .. } => format!("heartbeat answered{}", round(r)),
        Message::VoteRequest {
            last_index,
            last_term,
            transfer,
        } => {
            let ordered = if *transfer {
                " ordered by the leader"
            } else {
                ""
            };
            format!("vote? log ends at {last_index}@{last_term}{ordered}")
        }
        Message::VoteResponse { verdict: v } => format!("vote {}", verdict(v)),
        Message::PreVoteRequest {
            last_index,
            last_term,
        } => format!("pre-vote? log ends at {last_index}@{last_term}"),
        Message::PreVoteResponse { verdict: v } => format!("pre-vote {}", verdict(v)),
        Message::SnapshotRequest { snapshot } => {
            format!(
                "snapshot {}@{} {}",
                snapshot.index,
                snapshot.term,
                conf(&snapshot.conf)
            )
        }
        Message::TimeoutNow => "take over now".into(),
        Message::Propose { entries: sent } => {
            let list: Vec<String> = sent.iter().map(entry).collect();
            format!("please propose {}", list.join(", "))
        }
        Message::ReadIndexRequest { read: r } => format!("read index?{}", read(r)),
        Message::ReadIndexResponse { read: r, index } => {
            format!("read index {index}{}", read(r))
        }
        Message::TransferLeader { target } => format!("please hand over to {target}"),
    }
}

fn pre(pre: bool) -> &'static str {
    if pre { "pre-vote" } else { "vote" }
}

pub fn event(event: &Event) -> String {
    match event {
        Event::RoleChanged {
            role,
            term,
            leader,
            reason,
        } => {
            let leader = leader.map_or(String::new(), |id| format!(" of {id}"));
            format!("becomes {role:?}{leader} in term {term}: {reason:?}")
        }
        Event::VoteGranted {
            candidate,
            term,
            pre: p,
        } => format!("gives its {} in term {term} to {candidate}", pre(*p)),
        Event::VoteRefused {
            candidate,
            term,
            pre: p,
            reason,
        } => format!(
            "refuses its {} in term {term} to {candidate}: {}",
            pre(*p),
            refusal(reason)
        ),
        Event::VoteCounted {
            voter,
            verdict: v,
            pre: p,
        } => format!("counts the {} of {voter}: {}", pre(*p), verdict(v)),
        Event::Appended { first, last } => format!("appends {first} to {last}"),
        Event::Accepted { last, .. } => format!("takes entries up to {last}"),
        Event::Truncated { from, to } => format!("cuts off {from} to {to}"),
        Event::AppendRefused { prev_index, .. } => format!("refuses entries after {prev_index}"),
        Event::StaleMessage { from, term } => {
            format!("hears a message of {from} from term {term}, too late")
        }
        Event::Stored { last } => format!("has stored up to {last}"),
        Event::Matched { node, match_index } => {
            format!("knows that {node} has up to {match_index}")
        }
        Event::Mismatched {
            node,
            prev_index,
            next_index,
        } => format!("knows that {node} differs at {prev_index}, tries from {next_index}"),
        Event::HeardFrom { node } => format!("hears from {node} again"),
        Event::ReadWaits { read } => {
            format!("takes read {}/{}, which must wait", read.node, read.id)
        }
        Event::Committed { index } => format!("knows that {index} is committed"),
        Event::SnapshotSent { to, index } => format!("sends its snapshot at {index} to {to}"),
        Event::Compacted { index } => format!("takes a snapshot at {index}"),
        Event::SnapshotRestored { index, term } => format!("restores the snapshot {index}@{term}"),
        Event::ReadConfirmed { read, index } => {
            format!("confirms read {}/{} at {index}", read.node, read.id)
        }
        Event::ConfChanged { conf: c } => format!("switches to {}", conf(c)),
        Event::ConfChangeIgnored { index } => format!("passes over the change at {index}"),
        Event::ConfChangeRefused { reason } => format!("refuses the change: {reason}"),
        Event::CampaignRefused { reason } => format!("does not campaign: {reason:?}"),
        Event::Nonsense { from, reason } => format!("gets nonsense from {from}: {reason:?}"),
        Event::Dropped { reason } => format!("drops a request: {reason:?}"),
        Event::TransferStarted { target } => format!("hands over to {target}"),
        Event::TransferAborted { target } => format!("gives up handing over to {target}"),
    }
}

pub fn write(write: &Write) -> String {
    let mut parts = Vec::new();
    if let Some(state) = write.hard_state {
        let vote = state.vote.map_or("-".into(), |id| id.to_string());
        parts.push(format!(
            "term={} vote={vote} commit={}",
            state.term, state.commit
        ));
    }
    if let Some(snapshot) = &write.snapshot {
        parts.push(format!("snapshot {}@{}", snapshot.index, snapshot.term));
    }
    if !write.entries.is_empty() {
        parts.push(entries(&write.entries));
    }
    if let Some(compaction) = &write.compaction {
        parts.push(format!(
            "own snapshot {}, log from {}",
            compaction.snapshot.index,
            compaction.prev_index.next()
        ));
    }
    format!("writes {}", parts.join(", "))
}

pub fn state(node: &Node) -> String {
    let vote = node.vote().map_or("-".into(), |id| id.to_string());
    let leader = node.leader().map_or("-".into(), |id| id.to_string());
    format!(
        "{} {:?} term={} vote={vote} leader={leader} log={}..{} stored={} commit={} applied={}",
        node.id(),
        node.role(),
        node.term(),
        node.first_index(),
        node.last_index(),
        node.stored_index(),
        node.commit_index(),
        node.applied_index(),
    )
}

pub fn progress(id: NodeId, progress: &Progress) -> String {
    let state = match &progress.state {
        ProgressState::Probe { waiting: true } => "Probe, waiting".to_string(),
        ProgressState::Probe { waiting: false } => "Probe".to_string(),
        ProgressState::Replicate(inflight) if inflight.is_empty() => "Replicate".to_string(),
        ProgressState::Replicate(inflight) => format!("Replicate, {} in flight", inflight.len()),
        ProgressState::Snapshot { index } => format!("Snapshot at {index}"),
    };
    let active = if progress.recent_active {
        ""
    } else {
        ", inactive"
    };
    let (matched, next) = (progress.match_index, progress.next_index);
    format!("{id}: match={matched} next={next} {state}{active}")
}
