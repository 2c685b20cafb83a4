//! What commands of version 2 print.

use super::curl::{self, HttpRequest};
use super::print::{failure_text, list, value, write_node};
use crate::cluster::{AnswerBody, ClientError, End, MemberInfo, ProgramError, ProgramEvent};
use crate::etcdctl::json::Json;
use crate::etcdctl::output::{Output, Stop, exit, fail};
use crate::etcdctl::show::join_settings;
use crate::etcdctl::view::{Effects, KILLED, Spawn};
use crate::kv::{ResponseBody, V2Action, V2Error, V2Event, V2Response};

/// A command of version 2 that is running.
#[derive(Clone, Debug)]
pub(crate) struct V2View {
    /// What it is.
    pub what: V2What,
    /// The form of its output.
    pub output: String,
    /// With `--debug`: the request that comes after the members are known.
    pub request: Option<HttpRequest>,
}

/// Which command it is, with what it needs to remember.
#[derive(Clone, Debug)]
pub(crate) enum V2What {
    /// Prints a key: `set`, `mk`, `update`
    Key,
    /// Prints a key that is no directory
    Get,
    /// Prints a directory
    List { slash: bool },
    /// Prints what was removed, if it was no directory
    Removed,
    /// Makes a directory: prints it only if asked for in detail
    Directory,
    /// `watch`
    Watch { recursive: bool, forever: bool },
    /// `exec-watch`
    ExecWatch(Vec<String>),
    /// `member list`, with the list
    Members(Option<Vec<MemberInfo>>),
    /// `member add`, with the members before
    MemberAdd {
        name: String,
        members: Option<Vec<MemberInfo>>,
    },
    /// `member remove`, with whether there is such a member
    MemberRemove { typed: String, known: Option<bool> },
    /// `member update`
    MemberUpdate { typed: String },
    /// `cluster-health`
    ClusterHealth(Option<Checked>),
}

/// How far `cluster-health` has come.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    members: Vec<MemberInfo>,
    next: usize,
    healthy: usize,
}

/// Where etcd explains how a member is removed.
const REMOVING: &str = "https://github.com/etcd-io/etcd/blob/main/Documentation/runtime-configuration.md#remove-a-member";

/// The server says no.
const SERVER_ERROR: u8 = 4;
/// Not all members are well.
const NOT_HEALTHY: u8 = 5;

impl V2View {
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
        match event {
            ProgramEvent::Answered { answer, .. } => match &answer.body {
                AnswerBody::Store(response) => match &response.body {
                    ResponseBody::V2(response) => self.key_answer(response, out, effects),
                    _ => Ok(()),
                },
                AnswerBody::V2(response) => self.key_answer(response, out, effects),
                AnswerBody::Members { member, members } => {
                    if let Some(request) = self.request.take() {
                        curl::after_sync(out, members, &request);
                    }
                    self.members(member.as_deref(), members, out)
                }
                AnswerBody::Leader(leader) => self.leader(leader.as_deref(), out),
                AnswerBody::Health(healthy) => {
                    self.checked(Ok(*healthy), out);
                    Ok(())
                }
                _ => Ok(()),
            },
            ProgramEvent::Failed { endpoint, error } => {
                let why = match error {
                    ProgramError::V2(failure) => failure_text(endpoint, *failure),
                    ProgramError::Call(error) => error.to_string(),
                    _ => String::new(),
                };
                self.checked(Err(format!("Get \"{endpoint}/health\": {why}")), out);
                Ok(())
            }
            ProgramEvent::Ended(end) => Err(self.ended(end, out).err().unwrap_or(Stop::Exit(0))),
            _ => Ok(()),
        }
    }

    fn key_answer(
        &mut self,
        response: &V2Response,
        out: &mut Output,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        match response {
            V2Response::Event(event) => self.key_event(event, out, effects),
            V2Response::Error(error) => self.refused(error, out),
            V2Response::Synced => Ok(()),
        }
    }

    fn key_event(
        &mut self,
        event: &V2Event,
        out: &mut Output,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let node = &event.node;
        let simple = self.output == "simple";
        match &self.what {
            V2What::Get if node.dir => {
                out.error(&format!("{}: is a directory", node.key));
                Err(Stop::Exit(exit::ERROR))
            }
            V2What::List { slash } if simple => {
                if !node.dir {
                    out.line(&node.key);
                }
                list(&node.nodes, *slash, out);
                Ok(())
            }
            V2What::Removed if node.dir && simple => Ok(()),
            V2What::Directory if simple => Ok(()),
            V2What::Watch { .. } if node.dir => Ok(()),
            V2What::Watch { recursive, forever } => {
                if *recursive {
                    out.line(&format!("[{}] {}", event.action.name(), node.key));
                }
                self.print(event, out);
                if *forever { Ok(()) } else { Err(Stop::Exit(0)) }
            }
            V2What::ExecWatch(_) if node.dir => {
                out.error(&format!("Ignored dir {} change", node.key));
                Ok(())
            }
            V2What::ExecWatch(command) => {
                effects.commands.push(Spawn {
                    words: command.clone(),
                    env: vec![
                        ("ETCD_WATCH_ACTION".into(), event.action.name().into()),
                        (
                            "ETCD_WATCH_MODIFIED_INDEX".into(),
                            node.modified_index.to_string(),
                        ),
                        ("ETCD_WATCH_KEY".into(), node.key.clone()),
                        ("ETCD_WATCH_VALUE".into(), value(node).to_owned()),
                    ],
                });
                Ok(())
            }
            _ => {
                self.print(event, out);
                Ok(())
            }
        }
    }

    /// Prints a key in the form that `-o` asks for.
    fn print(&self, event: &V2Event, out: &mut Output) {
        let deleted = event.action == V2Action::Delete;
        let node = &event.node;
        let before = event.prev_node.as_ref();
        let before_value = |out: &mut Output| {
            let value = before.map_or("", value);
            out.line(&format!("PrevNode.Value: {value}"));
        };
        match self.output.as_str() {
            "simple" if deleted => before_value(out),
            "simple" => out.line(value(node)),
            "extended" => {
                out.line(&format!("Key: {}", node.key));
                out.line(&format!("Created-Index: {}", node.created_index));
                out.line(&format!("Modified-Index: {}", node.modified_index));
                if before.is_some() {
                    before_value(out);
                }
                out.line(&format!("TTL: {}", node.ttl));
                out.line(&format!("Index: {}", event.etcd_index));
                if !deleted {
                    out.line("");
                    out.line(value(node));
                }
            }
            "json" => {
                let mut json = Json::default();
                json.open('{').name("action").text(event.action.name());
                json.name("node");
                write_node(&mut json, node);
                json.name("prevNode");
                match before {
                    Some(before) => write_node(&mut json, before),
                    None => {
                        json.plain("null");
                    }
                }
                json.close('}');
                out.line(&json.finish());
            }
            other => out.error(&format!("Unsupported output format: {other}")),
        }
    }

    fn refused(&self, error: &V2Error, out: &mut Output) -> Result<(), Stop> {
        if self.output != "json" {
            return fail(SERVER_ERROR, format!(" {error}"));
        }
        let mut json = Json::default();
        json.open('{').name("errorCode").plain(error.code);
        json.name("message").text(error.message());
        json.name("cause").text(&error.cause);
        json.name("index").plain(error.index).close('}');
        out.error(&json.finish());
        Err(Stop::Exit(SERVER_ERROR))
    }

    fn members(
        &mut self,
        member: Option<&MemberInfo>,
        members: &[MemberInfo],
        out: &mut Output,
    ) -> Result<(), Stop> {
        match &mut self.what {
            V2What::Members(list) => *list = Some(members.to_vec()),
            V2What::MemberAdd {
                name,
                members: before,
            } => match before {
                None => *before = Some(members.to_vec()),
                Some(before) => {
                    let Some(new) = member.or(members.last()) else {
                        return Ok(());
                    };
                    let id = new.id;
                    let mut all = before.clone();
                    if members.len() > 1 {
                        all = members.to_vec();
                    } else if all.iter().all(|member| member.id != id) {
                        all.push(new.clone());
                        all.sort_by_key(|member| member.id);
                    }
                    out.line(&format!(
                        "Added member named {name} with ID {id:x} to cluster"
                    ));
                    out.line("");
                    join_settings(name, id, &all)
                        .iter()
                        .for_each(|line| out.line(line));
                    out.line("ETCD_INITIAL_CLUSTER_STATE=\"existing\"");
                }
            },
            V2What::MemberRemove { typed, known } if known.is_none() => {
                for member in members.iter().filter(|member| member.name == *typed) {
                    let id = member.id;
                    out.error(&format!(
                        "Found a member named {typed}; if this is correct, please use its ID, eg:\n\tetcdctl member remove {id:x}"
                    ));
                    out.error(&format!(
                        "For more details, read the documentation at {REMOVING}\n"
                    ));
                }
                let found = members
                    .iter()
                    .any(|member| format!("{:x}", member.id) == *typed);
                *known = Some(found);
                if !found {
                    out.error(&format!(
                        "Couldn't find a member in the cluster with an ID of {typed}."
                    ));
                    return Err(Stop::Exit(exit::ERROR));
                }
            }
            V2What::ClusterHealth(checked) => {
                *checked = Some(Checked {
                    members: members.to_vec(),
                    next: 0,
                    healthy: 0,
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn leader(&mut self, leader: Option<&MemberInfo>, out: &mut Output) -> Result<(), Stop> {
        let V2What::Members(Some(members)) = &self.what else {
            return Ok(());
        };
        for member in members {
            let (id, peers) = (member.id, member.peer_urls.join(","));
            if member.name.is_empty() {
                out.line(&format!("{id:x}[unstarted]: peerURLs={peers}"));
                continue;
            }
            let (name, clients) = (&member.name, member.client_urls.join(","));
            let leads = leader.is_some_and(|leader| leader.id == id);
            out.line(&format!(
                "{id:x}: name={name} peerURLs={peers} clientURLs={clients} isLeader={leads}"
            ));
        }
        Ok(())
    }

    /// The next member of `cluster-health` was asked.
    fn checked(&mut self, result: Result<bool, String>, out: &mut Output) {
        let V2What::ClusterHealth(Some(checked)) = &mut self.what else {
            return;
        };
        skip_unstarted(checked, out);
        let Some(member) = checked.members.get(checked.next) else {
            return;
        };
        let (id, urls) = (member.id, &member.client_urls);
        let url = urls.first().map_or("", |url| url);
        match result {
            Ok(true) => {
                checked.healthy += 1;
                out.line(&format!(
                    "member {id:x} is healthy: got healthy result from {url}"
                ));
            }
            Ok(false) => {
                out.line(&format!(
                    "member {id:x} is unhealthy: got unhealthy result from {url}"
                ));
            }
            Err(why) => {
                out.line(&format!(
                    "failed to check the health of member {id:x} on {url}: {why}"
                ));
                let urls = urls.join(" ");
                out.line(&format!(
                    "member {id:x} is unreachable: [{urls}] are all unreachable"
                ));
            }
        }
        checked.next += 1;
    }

    fn ended(&mut self, end: &End, out: &mut Output) -> Result<(), Stop> {
        match end {
            End::Done => self.done(out),
            End::Interrupted => match &self.what {
                V2What::Watch { .. } | V2What::ExecWatch(_) => Ok(()),
                _ => Err(Stop::Exit(KILLED)),
            },
            End::Failed(error) => self.gave_up(error, out),
        }
    }

    fn done(&mut self, out: &mut Output) -> Result<(), Stop> {
        match &mut self.what {
            V2What::ClusterHealth(Some(checked)) => {
                skip_unstarted(checked, out);
                let all = checked.members.len();
                out.line(match checked.healthy {
                    healthy if healthy == all => "cluster is healthy",
                    0 => "cluster is unavailable",
                    _ => "cluster is degraded",
                });
                if checked.healthy == all {
                    Ok(())
                } else {
                    Err(Stop::Exit(NOT_HEALTHY))
                }
            }
            V2What::MemberRemove { typed, .. } => {
                out.line(&format!("Removed member {typed} from cluster"));
                Ok(())
            }
            V2What::MemberUpdate { typed } => {
                out.line(&format!("Updated member with ID {typed} in cluster"));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn gave_up(&mut self, error: &ProgramError, out: &mut Output) -> Result<(), Stop> {
        let (text, detail, refused_at_sync) = match error {
            ProgramError::Unavailable { at_sync, endpoints } => {
                let mut text = "client: etcd cluster is unavailable or misconfigured".to_owned();
                let mut detail = String::new();
                for (at, (endpoint, failure)) in endpoints.iter().enumerate() {
                    let line = format!("error #{at}: {}\n", failure_text(endpoint, *failure));
                    text.push_str("; ");
                    text.push_str(&line);
                    detail.push_str(&line);
                }
                (text, detail, *at_sync)
            }
            ProgramError::Call(ClientError::PeerUrlExists) => (
                "membership: peerURL exists".to_owned(),
                String::new(),
                false,
            ),
            ProgramError::Call(ClientError::MemberNotFound) => {
                let message = "membership: ID not found";
                (message.to_owned(), String::new(), false)
            }
            other => (
                super::super::failures::error_text(other),
                String::new(),
                false,
            ),
        };
        let mut code = SERVER_ERROR;
        match &self.what {
            V2What::ClusterHealth(None) => {
                out.line("cluster may be unhealthy: failed to list members");
            }
            _ if refused_at_sync => code = exit::BAD_CONNECTION,
            V2What::Members(Some(_)) => {
                out.error(&format!("Failed to get leader:  {text}"));
                return Err(Stop::Exit(exit::ERROR));
            }
            V2What::MemberRemove { known: None, .. } => {
                out.error(&format!(
                    "Error while verifying ID against known members: {text}"
                ));
                return Err(Stop::Exit(exit::ERROR));
            }
            V2What::MemberRemove { typed, .. } => {
                out.error(&format!(
                    "Received an error trying to remove member {typed}: {text}"
                ));
                return Err(Stop::Exit(exit::ERROR));
            }
            V2What::Members(None) | V2What::MemberAdd { .. } | V2What::MemberUpdate { .. } => {
                out.error(&text);
                return Err(Stop::Exit(exit::ERROR));
            }
            _ => {}
        }
        out.error(&format!("Error:  {text}"));
        if !detail.is_empty() {
            out.error(&detail);
        }
        Err(Stop::Exit(code))
    }
}

fn skip_unstarted(checked: &mut Checked, out: &mut Output) {
    while let Some(member) = checked.members.get(checked.next) {
        if !member.client_urls.is_empty() {
            return;
        }
        let id = member.id;
        out.line(&format!(
            "member {id:x} is unreachable: no available published client urls"
        ));
        checked.next += 1;
    }
}
