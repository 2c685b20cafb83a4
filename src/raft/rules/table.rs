//! The table of the rules.

use super::Rule;

/// What is worth knowing about a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleInfo {
    /// The rule.
    pub rule: Rule,
    /// A short stable name, for share codes, lessons and scripts.
    pub name: &'static str,
    /// The rule in one sentence.
    pub sentence: &'static str,
    /// Where it comes from.
    pub section: &'static str,
    /// The property that it protects.
    pub property: &'static str,
    /// What goes wrong without it.
    pub without: &'static str,
}

macro_rules! table {
    ($($rule:ident, $name:literal, $section:literal, $property:literal,
       $sentence:literal, $without:literal;)*) => {
        impl Rule {
            /// All rules, in the order of the table.
            pub const ALL: [Rule; [$($name),*].len()] = [$(Rule::$rule),*];

            /// What is worth knowing about the rule.
            pub const fn info(self) -> &'static RuleInfo {
                match self {
                    $(Rule::$rule => &RuleInfo {
                        rule: Rule::$rule,
                        name: $name,
                        sentence: $sentence,
                        section: $section,
                        property: $property,
                        without: $without,
                    },)*
                }
            }

            /// The rule with this name.
            pub fn by_name(name: &str) -> Option<Rule> {
                Rule::ALL.into_iter().find(|rule| rule.info().name == name)
            }
        }
    };
}

table! {
    MajorityQuorum, "majority-quorum", "paper §5.1, §5.4.3", "Election Safety",
        "A leader is elected, and an entry committed, by a majority of the voters.",
        "Two groups can decide without sharing a member, so two leaders exist in one term.";
    OneVotePerTerm, "one-vote-per-term", "paper §5.2", "Election Safety",
        "A member votes for at most one candidate in a term.",
        "One member can help two candidates to a majority in the same term.";
    DurableVote, "durable-vote", "paper Figure 2 (persistent state)", "Election Safety",
        "A member's term and vote are on its disk before anybody hears of them.",
        "A member that crashes forgets its vote and votes a second time in the same term.";
    VotesOfOwnTerm, "votes-of-own-term", "paper §5.1", "Election Safety",
        "A candidate counts only votes that were given in the term of its campaign.",
        "A late vote of an earlier campaign makes a leader whom no majority chose in this term.";
    UpToDateLog, "up-to-date-log", "paper §5.4.1", "Leader Completeness",
        "A member votes only for a candidate whose log is at least as up to date as its own: first the last term counts, then the length.",
        "A member that missed committed entries becomes leader and overwrites them.";
    StepDown, "step-down", "paper §5.1", "Leader Append-Only",
        "Whoever hears of a higher term becomes a follower of that term at once.",
        "A deposed leader goes on as if it led, and never learns what the rest decides.";
    CommitOwnTerm, "commit-own-term", "paper §5.4.2, Figure 8", "Leader Completeness",
        "Only entries of the leader's own term are committed by counting copies.",
        "An old entry is taken for committed on a majority and still overwritten by a later leader.";
    ConsistencyCheck, "consistency-check", "paper §5.3", "Log Matching",
        "A follower takes entries only if it holds the entry before them, with the same term.",
        "Two logs agree at an index and differ before it.";
    TruncateOnConflict, "truncate-on-conflict", "paper §5.3, Figure 2", "Leader Completeness",
        "A follower cuts off its log only where an entry conflicts with the leader's.",
        "A late message makes a follower drop entries that it has acknowledged.";
    CommitWithinMatch, "commit-within-match", "paper Figure 2 (AppendEntries, 5)", "State Machine Safety",
        "A follower commits nothing beyond the last entry that it knows to match the leader's log.",
        "A follower applies leftovers of an old leader that happen to lie below the commit index.";
    SafeHeartbeatCommit, "safe-heartbeat-commit", "etcd raft (heartbeat)", "State Machine Safety",
        "A heartbeat carries no commit index beyond what the follower is known to have.",
        "A follower applies leftovers of an old leader on the word of a heartbeat, which checks no log.";
    MonotonicCommit, "monotonic-commit", "paper Figure 2 (commitIndex)", "State Machine Safety",
        "A commit index never goes back.",
        "A late message makes a member forget that something is committed.";
    MonotonicMatch, "monotonic-match", "paper Figure 2 (matchIndex)", "Progress",
        "What a follower is known to have never becomes less.",
        "A late answer makes the leader forget what a follower has acknowledged, and an entry on a majority stays uncommitted.";
    LearnersDoNotCount, "learners-do-not-count", "dissertation §4.2.1", "Leader Completeness",
        "Learners count neither for elections nor for commits.",
        "An entry is committed on members that cannot prevent a leader without it.";
    DurableAck, "durable-ack", "paper Figure 2 (persistent state)", "Leader Completeness",
        "A member acknowledges entries, and a leader counts itself, only when they are on its disk.",
        "A committed entry is lost when those who acknowledged it crash.";
    ApplyDurable, "apply-durable", "etcd raft (asynchronous storage writes)", "State Machine Safety",
        "A member applies a committed entry only when it is on its own disk.",
        "After a crash the state machine is ahead of the member's own log.";
    NoopAtStart, "noop-at-start", "paper §8, dissertation §6.4", "Progress",
        "A leader opens its term with an entry of its own that asks for nothing.",
        "Entries of earlier terms stay uncommitted, and reads wait, until a client writes something.";
    ReadAfterOwnCommit, "read-after-own-commit", "paper §8, dissertation §6.4", "Linearizable Reads",
        "A leader answers reads only after an entry of its own term is committed.",
        "A new leader does not know yet what its predecessor committed, and reads miss it.";
    ReadFreshRound, "read-fresh-round", "dissertation §6.4", "Linearizable Reads",
        "A read is answered after a quorum has confirmed the leader in a round that began after the read arrived.",
        "A deposed leader that has not noticed it yet answers reads from the past.";
    BoundedLease, "bounded-lease", "dissertation §6.4.1", "Linearizable Reads",
        "A lease ends an election timeout, less the drift of the clocks, after the last confirmed heartbeat was sent.",
        "A leader that was cut off answers reads while its successor already takes writes.";
    LeaseEndsOnTransfer, "lease-ends-on-transfer", "dissertation §6.4.1", "Linearizable Reads",
        "A leader that told another member to take over relies on no lease any more.",
        "The successor is elected within the lease, and both answer reads.";
    RestartedVoterWaits, "restarted-voter-waits", "dissertation §6.4.1", "Linearizable Reads",
        "Where leases are used, a restarted member votes for nobody for one election timeout.",
        "A member that forgot its promise elects another leader within the lease.";
    OneChangeAtATime, "one-change-at-a-time", "dissertation §4.1", "Election Safety",
        "A membership change is proposed only when the one before it has been applied.",
        "Members two changes apart form majorities that share nobody.";
    ChangeAfterOwnCommit, "change-after-own-commit", "Ongaro, raft-dev 2015", "Election Safety",
        "A leader changes the membership only after an entry of its own term is committed.",
        "Where a change comes into force when it is appended, changes of two leaders, each one step from the old configuration, are two steps apart.";
    JointMajorities, "joint-majorities", "paper §6", "Election Safety",
        "While a configuration is joint, decisions need a majority of the old and one of the new voters.",
        "The old and the new voters elect a leader each, in the same term.";
    ConfAtApply, "conf-at-apply", "etcd raft (apply-time configuration)", "Election Safety",
        "A configuration comes into force when its entry is applied, and thus committed.",
        "A change whose entry is truncated later stays in force on members that had it.";
    CampaignAfterConf, "campaign-after-conf", "etcd raft (campaign)", "Election Safety",
        "A member campaigns only when it has applied every committed configuration change that it knows.",
        "A candidate counts a majority of a configuration that has been replaced.";
    SnapshotOnlyNewer, "snapshot-only-newer", "paper Figure 13", "State Machine Safety",
        "A member takes over a snapshot only if it is ahead of what is committed here.",
        "A late snapshot takes the state machine back into the past.";
    RandomTimeouts, "random-timeouts", "paper §5.2", "Progress",
        "Election timeouts are drawn at random.",
        "Members campaign at the same moment, split the votes, and do so again.";
    PreVote, "pre-vote", "dissertation §9.6", "Stable Leader",
        "A member campaigns only after a quorum said that it would vote for it.",
        "A member that comes back from a partition with a high term deposes a healthy leader.";
    LeaderStickiness, "leader-stickiness", "paper §6, dissertation §4.2.3", "Stable Leader",
        "A member ignores candidates while it hears from a leader.",
        "A removed member that does not know it disturbs the cluster with campaigns.";
    CheckQuorum, "check-quorum", "dissertation §6.2", "Progress",
        "A leader that has not heard from a quorum for an election timeout steps down.",
        "A leader that was cut off keeps its clients waiting for ever.";
}
