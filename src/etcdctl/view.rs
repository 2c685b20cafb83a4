//! What a running command prints: from the events of its program to text and exit code.

use super::failures::error_text;
use super::go;
use super::output::{Output, Stop, exit, fail};
use super::show;
use super::task::Format;
use super::v2::V2View;
use super::v3::TLS;
use crate::cluster::{
    Answer, AnswerBody, End, Header, MemberInfo, ProgramError, ProgramEvent, Status, WatchAnswer,
};
use crate::kv::{AlarmMember, LeaseId};

/// A command that is running, as far as its printing goes.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(super) what: What,
    pub(super) format: Format,
    pub(super) hex: bool,
}

/// What the command is, with what it needs to remember.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// `get`
    Get {
        value_only: bool,
        complaint: Option<&'static str>,
    },
    /// `put`
    Put,
    /// `del`
    Del,
    /// `txn`
    Txn,
    /// `compaction`
    Compaction(i64),
    /// `watch`, with the command of each watch to run at its events
    Watch {
        commands: Vec<Vec<String>>,
        interactive: bool,
    },
    /// `lease grant`
    Grant,
    /// `lease revoke`
    Revoke(LeaseId),
    /// `lease timetolive`
    TimeToLive { keys: bool },
    /// `lease list`
    Leases,
    /// `lease keep-alive --once`
    KeepAliveOnce,
    /// `lease keep-alive`
    KeepAlive,
    /// `lock`, with the command to run while it is held
    Lock { command: Vec<String>, held: bool },
    /// `elect`
    Elect { listens: bool, held: bool },
    /// `endpoint health`, with the endpoints as they were named
    Health {
        endpoints: Vec<String>,
        rows: Vec<Health>,
    },
    /// `endpoint status`
    Status {
        rows: Vec<(String, Header, Box<Status>)>,
        failed: bool,
    },
    /// `endpoint hashkv`
    HashKv {
        rows: Vec<(String, Header, u32, i64)>,
        error: Option<String>,
    },
    /// `defrag`
    Defrag { failures: u64 },
    /// `member list`
    MemberList,
    /// `member add`
    MemberAdd { name: String, urls: String },
    /// The other changes of a member
    MemberChange { id: u64, done: &'static str },
    /// `move-leader`
    MoveLeader { target: u64, endpoints: Vec<String> },
    /// `alarm list`
    Alarms,
    /// `alarm disarm`, with those that were disarmed
    Disarm(Vec<AlarmMember>),
    /// `snapshot save`
    Save { path: String },
    /// What says the same in every format
    Said(String),
    /// A change of users or roles, with what the simple format says
    Auth(String),
    /// `auth status`
    AuthStatus,
    /// `user get`
    UserGet(String),
    /// `user list`
    UserList,
    /// `user get --detail`, with the roles that are still to come
    UserDetail {
        name: String,
        roles: Option<Vec<String>>,
    },
    /// `role get`
    RoleGet(String),
    /// `role list`
    RoleList,
    /// A command of version 2
    V2(V2View),
}

/// A row of `endpoint health`.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    /// The endpoint.
    pub endpoint: String,
    /// How long it took, as Go writes it.
    pub took: String,
    /// What is wrong, or nothing.
    pub error: String,
}

/// What comes of an event besides text.
#[derive(Default, Debug)]
pub(crate) struct Effects {
    /// Commands to run, one after the other, each with variables of its environment.
    pub commands: Vec<Spawn>,
    /// A file to write.
    pub file: Option<(String, SavedFile)>,
}

/// A command to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Spawn {
    /// Its words.
    pub words: Vec<String>,
    /// What its environment has besides.
    pub env: Vec<(String, String)>,
}

/// A file that `snapshot save` has written: what `snapshot status` says about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedFile {
    /// The hash of what is in it.
    pub hash: u32,
    /// The revision of the store.
    pub revision: u64,
    /// How many keys it holds, with their history.
    pub keys: u64,
    /// Its size in bytes.
    pub size: u64,
}

impl View {
    /// A command that is about to run.
    pub fn new(what: What, format: Format, hex: bool) -> View {
        View { what, format, hex }
    }

    /// Prints what an event has to say.
    ///
    /// # Errors
    /// The end of the command, with the exit code; also a good one.
    pub fn see(
        &mut self,
        event: &ProgramEvent,
        out: &mut Output,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        if let What::V2(view) = &mut self.what {
            return view.see(event, out, effects);
        }
        match event {
            ProgramEvent::Ready => Ok(()),
            ProgramEvent::Answered { endpoint, answer } => {
                self.answered(typed(endpoint), answer, out, effects)
            }
            ProgramEvent::Watched { watch, answer } => {
                let number = usize::try_from(*watch).unwrap_or_default();
                match &answer.body {
                    AnswerBody::Watch(watch) => {
                        self.watched(number, &answer.header, watch, out, effects)
                    }
                    _ => Ok(()),
                }
            }
            ProgramEvent::Failed { endpoint, error } => {
                let error = error_text(error);
                self.failed(typed(endpoint), error, out);
                Ok(())
            }
            ProgramEvent::Health {
                endpoint,
                took_us,
                error,
            } => {
                if let What::Health { rows, .. } = &mut self.what {
                    rows.push(Health {
                        endpoint: typed(endpoint).to_owned(),
                        took: go::duration(*took_us),
                        error: error.clone().unwrap_or_default(),
                    });
                }
                Ok(())
            }
            ProgramEvent::Locked { answer, key } => self.locked(answer, key, out, effects),
            ProgramEvent::KeptAlive { header, id, ttl } => {
                show::kept_alive(self, header, *id, *ttl, out)
            }
            ProgramEvent::LeaseGone { id } => match &self.what {
                What::Lock { .. } => fail(exit::ERROR, "session expired"),
                What::Elect { listens: false, .. } => fail(exit::ERROR, "elect: session expired"),
                What::KeepAlive if self.format == Format::Simple => {
                    out.line(&format!("lease {id} expired or revoked."));
                    Ok(())
                }
                _ => Ok(()),
            },
            ProgramEvent::Moved { from, to } => show::moved(self, *from, *to, out),
            ProgramEvent::NoLeaderEndpoint => {
                let What::MoveLeader { endpoints, .. } = &self.what else {
                    return Ok(());
                };
                let all = endpoints.join(" ");
                fail(
                    exit::BAD_ARGS,
                    format!("no leader endpoint given at [{all}]"),
                )
            }
            ProgramEvent::Ended(end) => Err(self.ended(end, out).err().unwrap_or(Stop::Exit(0))),
        }
    }

    /// The command that it starts.
    pub fn command(&self) -> &[String] {
        match &self.what {
            What::Lock { command, .. } => command,
            What::Watch { commands, .. } => commands.first().map_or(&[], |command| command),
            _ => &[],
        }
    }

    fn watched(
        &mut self,
        number: usize,
        header: &Header,
        watch: &WatchAnswer,
        out: &mut Output,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let What::Watch { commands, .. } = &self.what else {
            return Ok(());
        };
        if watch.created && watch.canceled.is_none() {
            return Ok(());
        }
        if let Some(why) = &watch.canceled {
            out.error(&format!("watch was canceled ({why})"));
        } else if watch.events.is_empty() {
            out.line(&format!("progress notify: {}", header.revision));
        }
        if let Some(command) = commands.get(number).filter(|command| !command.is_empty()) {
            effects
                .commands
                .extend(show::spawns(command, header, watch));
        }
        show::watch(self, header, watch, out)
    }

    fn failed(&mut self, endpoint: &str, why: String, out: &mut Output) {
        match &mut self.what {
            What::Status { failed, .. } => {
                *failed = true;
                out.error(&format!(
                    "Failed to get the status of endpoint {endpoint} ({why})"
                ));
            }
            What::HashKv { error, .. } => {
                out.error(&format!(
                    "Failed to get the hash of endpoint {endpoint} ({why})"
                ));
                *error = Some(why);
            }
            What::Defrag { failures, .. } => {
                *failures += 1;
                out.error(&format!(
                    "Failed to defragment etcd member[{endpoint}] ({why})"
                ));
            }
            _ => {}
        }
    }

    fn locked(
        &mut self,
        answer: &Answer,
        key: &[u8],
        out: &mut Output,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let What::Lock { command, held } = &mut self.what else {
            return Ok(());
        };
        *held = true;
        if !command.is_empty() {
            effects.commands.push(Spawn {
                words: command.clone(),
                env: vec![
                    (
                        "ETCD_LOCK_KEY".into(),
                        String::from_utf8_lossy(key).into_owned(),
                    ),
                    ("ETCD_LOCK_REV".into(), answer.header.revision.to_string()),
                ],
            });
            return Ok(());
        }
        match &answer.body {
            AnswerBody::Store(response) => self.stored(&answer.header, &response.body, out),
            _ => Ok(()),
        }
    }

    /// What is said when the program has ended, and how.
    fn ended(&mut self, end: &End, out: &mut Output) -> Result<(), Stop> {
        match end {
            End::Done => self.done(out),
            End::Interrupted => match &self.what {
                What::Lock { held: true, .. } | What::Elect { held: true, .. } => Ok(()),
                What::Elect { listens: true, .. } => Ok(()),
                What::Lock { .. } | What::Elect { .. } => fail(exit::ERROR, "context canceled"),
                _ => Err(Stop::Exit(KILLED)),
            },
            End::Failed(error @ ProgramError::Login(_)) => match &mut self.what {
                // Each endpoint has a client of its own, and it is one line in the list.
                What::Health { endpoints, rows } => {
                    let failed = |endpoint: &String| Health {
                        endpoint: endpoint.clone(),
                        took: String::new(),
                        error: error_text(error),
                    };
                    *rows = endpoints.iter().map(failed).collect();
                    self.done(out)
                }
                _ => self.gave_up(error),
            },
            End::Failed(error) => self.gave_up(error),
        }
    }

    fn done(&mut self, out: &mut Output) -> Result<(), Stop> {
        match &mut self.what {
            What::Health { .. } => {
                show::health(self, out)?;
                let What::Health { rows, .. } = &self.what else {
                    return Ok(());
                };
                match rows.iter().any(|row| !row.error.is_empty()) {
                    true => fail(exit::ERROR, "unhealthy cluster"),
                    false => Ok(()),
                }
            }
            What::Status { failed, .. } => {
                let failed = *failed;
                show::status(self, out)?;
                if failed {
                    Err(Stop::Exit(exit::ERROR))
                } else {
                    Ok(())
                }
            }
            What::HashKv { .. } => {
                show::hash(self, out)?;
                match &self.what {
                    What::HashKv {
                        error: Some(error), ..
                    } => fail(exit::ERROR, error.clone()),
                    _ => Ok(()),
                }
            }
            What::Defrag { failures, .. } if *failures > 0 => Err(Stop::Exit(exit::ERROR)),
            What::Disarm(alarms) => {
                let alarms = std::mem::take(alarms);
                show::alarms(self, None, &alarms, out)
            }
            What::Said(said) => {
                out.line(said);
                Ok(())
            }
            What::Watch { .. } => fail(exit::INTERRUPTED, "watch is canceled by the server"),
            _ => Ok(()),
        }
    }
}

/// An endpoint as it was typed.
fn typed(endpoint: &str) -> &str {
    endpoint.strip_prefix(TLS).unwrap_or(endpoint)
}

/// The exit code of a command that Ctrl-C has ended, as the shell has it.
pub(crate) const KILLED: u8 = 130;

/// The state of a member in lists.
pub(crate) fn member_state(member: &MemberInfo) -> &'static str {
    if member.name.is_empty() {
        "unstarted"
    } else {
        "started"
    }
}
