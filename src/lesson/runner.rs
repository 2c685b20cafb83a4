//! Plays a script to a session.

use super::cast::{Cast, Nobody};
use super::judge::{Judge, violation};
use super::script::{
    Condition, Group, Members, Membership, Script, Statement, StatementKind, Target,
};
use super::state::Glance;
use crate::cluster::{
    Action, ActionError, Call, ClientId, Job, NewMember, Program, WorldOptionsError, member_id,
    usual_peer_url,
};
use crate::raft::NodeId;
use crate::sim::SimTime;
use crate::timeline::Session;
use std::collections::BTreeMap;
use std::fmt;

/// A script being played.
///
/// The runner owns no world and no clock: [`Runner::next`] is handed the session and a limit in
/// virtual time, and does the next small thing within it. Between two calls others may look at the
/// session, draw it, even act on it.
#[derive(Clone, Debug)]
pub struct Runner {
    script: Script,
    speaks_of_safety: bool,
    /// The place of the statement to be played next, or being played.
    at: usize,
    /// How far that statement has come; `None` before it has begun.
    stage: Option<Stage>,
    names: BTreeMap<String, NodeId>,
    verdict: Option<Verdict>,
}

/// How far a statement has come.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// It takes no time, and has not been carried out yet.
    Due,
    /// It takes until this moment at most.
    Until(SimTime),
    /// It takes so many more events.
    Events(u64),
}

/// Where a statement stands after a step of it.
enum Step {
    /// There is more to do.
    More(Stage),
    /// The limit is reached.
    Paused,
    /// It has been played.
    Done,
}

/// How a statement failed, and what was found.
type Failed = (FailureKind, String);

/// What a call of [`Runner::next`] did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    /// The statement of this line is about to be played: nothing has happened yet.
    Began {
        /// The line.
        line: usize,
    },
    /// The session has moved on: an event happened, an action was carried out, or the clock was
    /// moved.
    Moved,
    /// The limit is reached: nothing more can happen until it is raised.
    Paused,
    /// The script is at its end. Further calls change nothing.
    Finished(Verdict),
}

/// How a script ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Everything was done, and every expectation held.
    Passed,
    /// A statement could not be played, or demanded what was not the case.
    Failed(Box<Failure>),
}

/// The statement at which a script failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Its line.
    pub line: usize,
    /// The statement as it was written.
    pub statement: String,
    /// How it failed.
    pub kind: FailureKind,
    /// What was the case instead, or why it was impossible.
    pub found: String,
    /// The moment.
    pub time: SimTime,
    /// How the members were at that moment, one line each.
    pub state: Vec<String>,
}

/// How a statement can fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// An `expect` did not hold.
    Expectation,
    /// A `wait until` did not come true in time.
    Timeout {
        /// How long it could take, in microseconds.
        within_us: u64,
    },
    /// What the statement asks for is impossible now.
    Impossible,
    /// A promise of Raft was broken, and the script does not say that it would be.
    Violation,
}

/// A failure in several lines, without the script's name.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure {
            line, statement, ..
        } = self;
        match self.kind {
            FailureKind::Expectation => {
                writeln!(f, "line {line}: this is not so: {statement}")?;
                writeln!(f, "  found: {}", self.found)?;
            }
            FailureKind::Timeout { within_us } => {
                let within = SimTime(within_us);
                writeln!(
                    f,
                    "line {line}: this did not happen within {within}: {statement}"
                )?;
                writeln!(f, "  found: {}", self.found)?;
            }
            FailureKind::Impossible => {
                writeln!(f, "line {line}: this is impossible now: {statement}")?;
                writeln!(f, "  because {}", self.found)?;
            }
            FailureKind::Violation => {
                writeln!(f, "line {line}: a promise of Raft is broken: {statement}")?;
                writeln!(f, "  found: {}", self.found)?;
            }
        }
        write!(f, "  at {}:", self.time)?;
        for member in &self.state {
            write!(f, "\n    {member}")?;
        }
        Ok(())
    }
}

impl Script {
    /// The session in which this script plays, at time 0. `seed` replaces the script's own.
    ///
    /// # Errors
    /// None for a script that was parsed: its options have been validated.
    pub fn session(&self, seed: Option<u64>) -> Result<Session, WorldOptionsError> {
        Session::new(self.start.options.clone(), seed.unwrap_or(self.start.seed))
    }
}

impl Runner {
    /// A runner at the beginning of a script.
    pub fn new(script: Script) -> Runner {
        Runner {
            speaks_of_safety: script.speaks_of_safety(),
            script,
            at: 0,
            stage: None,
            names: BTreeMap::new(),
            verdict: None,
        }
    }

    /// The script.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The statement that is played next or being played; `None` at the end.
    pub fn statement(&self) -> Option<&Statement> {
        self.script.statements.get(self.at)
    }

    /// Plays the whole script.
    pub fn run(&mut self, session: &mut Session) -> Verdict {
        loop {
            if let Progress::Finished(verdict) = self.next(session, SimTime(u64::MAX)) {
                return verdict;
            }
        }
    }

    /// Does the next small thing: begins a statement, carries it out, or lets one event happen
    /// that it waits for. The session's clock never passes `limit`.
    pub fn next(&mut self, session: &mut Session, limit: SimTime) -> Progress {
        if let Some(verdict) = &self.verdict {
            return Progress::Finished(verdict.clone());
        }
        if session.checker().is_violated()
            && !self.speaks_of_safety
            && let Some(found) = violation(session)
        {
            let failure = self.failure(session, (FailureKind::Violation, found));
            return self.finish(Verdict::Failed(Box::new(failure)));
        }
        let Some(statement) = self.script.statements.get(self.at) else {
            return self.finish(Verdict::Passed);
        };
        let Some(stage) = self.stage else {
            let line = statement.line;
            self.stage = Some(first_stage(&statement.kind, session.now()));
            return Progress::Began { line };
        };
        match self.go_on(session, limit, stage) {
            Ok(Step::More(stage)) => {
                self.stage = Some(stage);
                Progress::Moved
            }
            Ok(Step::Paused) => Progress::Paused,
            Ok(Step::Done) => {
                self.at += 1;
                self.stage = None;
                Progress::Moved
            }
            Err(failed) => {
                let failure = self.failure(session, failed);
                self.finish(Verdict::Failed(Box::new(failure)))
            }
        }
    }

    fn finish(&mut self, verdict: Verdict) -> Progress {
        self.verdict = Some(verdict.clone());
        Progress::Finished(verdict)
    }

    fn failure(&self, session: &Session, (kind, found): Failed) -> Failure {
        let last = self.script.statements.last();
        let (line, statement) = match self.statement().or(last) {
            Some(statement) => (statement.line, statement.text.clone()),
            None => (0, String::new()),
        };
        let members = session.world().members();
        Failure {
            line,
            statement,
            kind,
            found,
            time: session.now(),
            state: members.map(|member| Glance { member }.summary()).collect(),
        }
    }

    /// Plays a step of the present statement.
    fn go_on(
        &mut self,
        session: &mut Session,
        limit: SimTime,
        stage: Stage,
    ) -> Result<Step, Failed> {
        let statement = &self.script.statements[self.at];
        match (&statement.kind, stage) {
            (StatementKind::Let { name, target }, _) => {
                let (name, target) = (name.clone(), target.clone());
                let member = self.cast(session).one(&target).map_err(impossible)?;
                self.names.insert(name, member);
                Ok(Step::Done)
            }
            (StatementKind::Expect(condition), _) => match self.miss(session, condition) {
                Some(found) => Err((FailureKind::Expectation, found)),
                None => Ok(Step::Done),
            },
            (
                StatementKind::WaitUntil {
                    condition,
                    within_us,
                },
                Stage::Until(end),
            ) => {
                let judge = self.judge(session);
                if judge.holds(condition) {
                    return Ok(Step::Done);
                }
                let within_us = *within_us;
                match pass(session, end, limit) {
                    Passed::Event => Ok(Step::More(stage)),
                    Passed::Limit => Ok(Step::Paused),
                    Passed::End => {
                        let found = self.judge(session).found(condition);
                        Err((FailureKind::Timeout { within_us }, found))
                    }
                }
            }
            (_, Stage::Until(end)) => Ok(match pass(session, end, limit) {
                Passed::Event => Step::More(stage),
                Passed::Limit => Step::Paused,
                Passed::End => Step::Done,
            }),
            (_, Stage::Events(0)) => Ok(Step::Done),
            (_, Stage::Events(left)) => {
                if session.world().next_time().is_none() {
                    let found = "nothing will ever happen again by itself".to_owned();
                    return Err((FailureKind::Impossible, found));
                }
                Ok(match pass(session, limit, limit) {
                    Passed::Event => Step::More(Stage::Events(left - 1)),
                    Passed::End | Passed::Limit => Step::Paused,
                })
            }
            (kind, Stage::Due) => {
                for action in self.actions(session, kind).map_err(impossible)? {
                    let refused = |error: ActionError| impossible(error.to_string());
                    session.act(action).map_err(refused)?;
                }
                Ok(Step::Done)
            }
        }
    }

    fn cast<'a>(&'a self, session: &'a Session) -> Cast<'a> {
        Cast {
            world: session.world(),
            names: &self.names,
        }
    }

    fn judge<'a>(&'a self, session: &'a Session) -> Judge<'a> {
        Judge {
            cast: self.cast(session),
            session,
        }
    }

    /// What is the case instead of a condition; `None` if it holds.
    fn miss(&self, session: &Session, condition: &Condition) -> Option<String> {
        let judge = self.judge(session);
        (!judge.holds(condition)).then(|| judge.found(condition))
    }

    /// The actions of a statement, with everybody meant by it as they are now.
    fn actions(&self, session: &Session, kind: &StatementKind) -> Result<Vec<Action>, Nobody> {
        let cast = self.cast(session);
        let each = |members: &Members, action: fn(NodeId) -> Action| {
            let members = cast.members(members)?;
            Ok(members.into_iter().map(action).collect())
        };
        match kind {
            StatementKind::Request {
                request,
                via,
                client,
            } => Ok(vec![Action::Request {
                client: *client,
                member: cast.one(via)?,
                request: request.clone(),
            }]),
            StatementKind::Membership {
                change,
                via,
                client,
            } => Ok(vec![membership(&cast, change, via, *client)?]),
            StatementKind::Join(members) => each(members, |member| Action::Join { member }),
            StatementKind::Crash(members) => each(members, |member| Action::Crash { member }),
            StatementKind::Restart(members) => each(members, |member| Action::Restart { member }),
            StatementKind::Cut(groups) => Ok(vec![cut(&cast, groups)?]),
            StatementKind::Heal => Ok(vec![Action::Heal]),
            StatementKind::TimeOut(target) => Ok(vec![Action::TimeOutNow {
                member: cast.one(target)?,
            }]),
            StatementKind::Fault(fault) => fault.actions(&cast),
            StatementKind::Timed(kind, timing) => {
                let actions = self.actions(session, kind)?;
                let now = session.now();
                Ok(actions
                    .into_iter()
                    .map(|action| timing.of(action, now))
                    .collect())
            }
            StatementKind::Let { .. }
            | StatementKind::Wait(_)
            | StatementKind::WaitUntil { .. }
            | StatementKind::Step(_)
            | StatementKind::Expect(_) => Ok(Vec::new()),
        }
    }
}

fn impossible(because: String) -> Failed {
    (FailureKind::Impossible, because)
}

fn first_stage(kind: &StatementKind, now: SimTime) -> Stage {
    match kind {
        StatementKind::Wait(us) => Stage::Until(now.after(*us)),
        StatementKind::WaitUntil { within_us, .. } => Stage::Until(now.after(*within_us)),
        StatementKind::Step(events) => Stage::Events(*events),
        _ => Stage::Due,
    }
}

/// A client asks for a change of the membership.
fn membership(
    cast: &Cast<'_>,
    change: &Membership,
    via: &Target,
    client: ClientId,
) -> Result<Action, Nobody> {
    let (call, typed) = match change {
        Membership::Add { member, learner } => {
            let peer_urls = vec![usual_peer_url(*member)];
            let learner = *learner;
            let call = Call::MemberAdd(NewMember { peer_urls, learner });
            (call, format!("member add infra{member}"))
        }
        Membership::Remove(target) => {
            let id = member_id(cast.one(target)?);
            (Call::MemberRemove(id), format!("member remove {id:x}"))
        }
        Membership::Promote(target) => {
            let id = member_id(cast.one(target)?);
            (Call::MemberPromote(id), format!("member promote {id:x}"))
        }
    };
    let asked = cast.world.member(cast.one(via)?);
    let endpoints = asked.map(|member| member.client_url().to_owned());
    let program = Program::new(endpoints.into_iter().collect(), Job::Call(call));
    Ok(Action::Run {
        client,
        program: Box::new(program),
        typed,
    })
}

/// The groups of a cut, with `others` spelled out.
fn cut(cast: &Cast<'_>, groups: &[Option<Members>]) -> Result<Action, Nobody> {
    let mut sides = Vec::new();
    for group in groups {
        sides.push(match group {
            Some(members) => cast.members(members)?,
            None => Vec::new(),
        });
    }
    let named: Vec<NodeId> = sides.iter().flatten().copied().collect();
    if let Some(others) = groups.iter().position(Option::is_none) {
        sides[others] = cast.group(Group::All)?;
        sides[others].retain(|id| !named.contains(id));
        if sides[others].is_empty() {
            return Err("there are no others: every member is named".to_owned());
        }
    }
    Ok(Action::Partition { groups: sides })
}

/// What happened while time passed.
enum Passed {
    /// An event.
    Event,
    /// Nothing, and the limit is reached.
    Limit,
    /// Nothing, and the end is reached.
    End,
}

/// Lets the next event happen if it is due until `end`, and moves the clock there otherwise; but
/// never past `limit`.
fn pass(session: &mut Session, end: SimTime, limit: SimTime) -> Passed {
    let bound = end.min(limit);
    let next = session.world().next_time();
    if next.is_some_and(|next| next <= bound) {
        session.step();
        return Passed::Event;
    }
    // Without an event there is no reason to go to the end of time.
    if bound < SimTime(u64::MAX) {
        session.advance(bound.since(session.now()));
    }
    if end <= limit {
        Passed::End
    } else {
        Passed::Limit
    }
}
