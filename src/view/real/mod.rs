//! The cluster for real: a Procfile, systemd units or a compose file with the flags of etcd 3.5, and a shell script that
//! does what was done here.
//!
//! Nothing of a recording, which may come from somebody else, gets into these texts unquoted: a script is run by whoever
//! saves it.

mod commands;
mod faults;
mod files;
#[cfg(test)]
mod tests;

use crate::cluster::{Action, Job, World, flags};
use crate::raft::NodeId;
use crate::timeline::{RecordedAction, Session};
use crate::words::{key, say, tell};

/// The image of the containers.
const IMAGE: &str = "gcr.io/etcd-development/etcd:v3.5.16";

/// etcd wants so many heartbeats within an election timeout, or refuses to start.
const HEARTBEATS: u64 = 5;

/// etcd's longest election timeout, in milliseconds.
const LONGEST_ELECTION: u64 = 50_000;

/// etcd 3.5 takes a snapshot after so many entries, and keeps so many before it, if nobody says otherwise.
const SNAPSHOT_COUNT: u64 = 100_000;
const SNAPSHOT_TAIL: u64 = 5_000;

/// What runs the processes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Form {
    /// goreman, as etcd's own Procfile: everything on this machine.
    #[default]
    Procfile,
    /// systemd: everything on this machine.
    Systemd,
    /// docker compose: a container for each, with a network between them that can be cut.
    Compose,
}

/// A file to be saved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Everything that is needed to run a cluster for real.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Real {
    /// The files; the last one is the script.
    pub files: Vec<File>,
    /// What is not the same there, a sentence each.
    pub remarks: Vec<String>,
}

/// A member to be started.
struct Server {
    /// Its name as a process, unit or container.
    name: String,
    id: NodeId,
    /// Its flags with their values.
    flags: Vec<(&'static str, String)>,
    /// Whether it was added to a running cluster.
    is_late: bool,
}

/// The cluster at the playhead, run in this way, and what was done to it up to there.
pub fn real(session: &Session, form: Form) -> Real {
    let world = session.world();
    let until = session.steps();
    let recording = session.recording();
    let actions: Vec<_> = recording
        .actions
        .into_iter()
        .filter(|action| action.step <= until)
        .collect();
    let old_api = actions.iter().any(|done| match &done.action {
        Action::Run { program, .. } => matches!(program.job, Job::V2(_)),
        _ => false,
    });
    let mut remarks = Vec::new();
    let servers: Vec<Server> = world
        .members()
        .map(|member| {
            let mut server = match joined(&actions, member.id()) {
                Some(step) => {
                    // It was told of the members of that moment.
                    let mut then = session.clone();
                    then.seek_step(step);
                    server(then.world(), member.id())
                }
                None => server(world, member.id()),
            };
            if old_api {
                server.flags.push(("--enable-v2", "true".to_owned()));
            }
            server
        })
        .collect();
    remark(world, form, &mut remarks);
    let mut files = match form {
        Form::Procfile => vec![files::procfile(&servers)],
        Form::Systemd => servers
            .iter()
            .map(|server| files::unit(server, &servers))
            .collect(),
        Form::Compose => vec![files::compose(&servers)],
    };
    files.push(File {
        name: "commands.sh".to_owned(),
        text: commands::script(&servers, form, &actions, world),
    });
    Real { files, remarks }
}

/// The step at which a member that was added started for the first time.
fn joined(actions: &[RecordedAction], id: NodeId) -> Option<u64> {
    let mut actions = actions.iter();
    let join = actions.find(|done| match &done.action {
        Action::Join { member } => *member == id,
        _ => false,
    });
    join.map(|done| done.step)
}

/// The command line that starts a member for real, a flag on each line.
pub fn command(world: &World, member: NodeId) -> String {
    let server = server(world, member);
    let mut text = "etcd".to_owned();
    for (flag, value) in &server.flags {
        text.push_str(" \\\n  ");
        text.push_str(flag);
        text.push(' ');
        text.push_str(&quoted(value));
    }
    text
}

fn server(world: &World, id: NodeId) -> Server {
    let mut found = flags(world, id);
    let raft = &world.options().raft;
    let election = raft.election_timeout.min(LONGEST_ELECTION);
    let heartbeat = heartbeat(world);
    for (flag, value) in &mut found {
        match *flag {
            "--election-timeout" => *value = election.to_string(),
            "--heartbeat-interval" => *value = heartbeat.to_string(),
            // A line is a line.
            _ => value.retain(|c| !c.is_control()),
        }
    }
    if raft.compaction_distance != SNAPSHOT_COUNT {
        found.push(("--snapshot-count", raft.compaction_distance.to_string()));
    }
    if raft.compaction_tail != SNAPSHOT_TAIL {
        let tail = raft.compaction_tail.to_string();
        found.push(("--experimental-snapshot-catchup-entries", tail));
    }
    Server {
        name: crate::cluster::usual_name(id),
        id,
        is_late: world.options().member_ids().all(|first| first != id),
        flags: found,
    }
}

/// The heartbeat interval that etcd would accept, in milliseconds.
fn heartbeat(world: &World) -> u64 {
    let raft = &world.options().raft;
    let most = raft.election_timeout.min(LONGEST_ELECTION) / HEARTBEATS;
    raft.heartbeat_interval.min(most).max(1)
}

/// What is not the same for real.
fn remark(world: &World, form: Form, remarks: &mut Vec<String>) {
    let raft = &world.options().raft;
    let heartbeat = heartbeat(world);
    if heartbeat != raft.heartbeat_interval {
        let values = (heartbeat, raft.heartbeat_interval);
        remarks.push(tell(
            key!("real.heartbeat"),
            &[("ms", &values.0), ("own", &values.1)],
        ));
    }
    if raft.election_timeout > LONGEST_ELECTION {
        remarks.push(tell(key!("real.longest"), &[("ms", &LONGEST_ELECTION)]));
    }
    if raft.election_timeout_max != 2 * raft.election_timeout {
        remarks.push(tell(
            key!("real.timeouts"),
            &[("least", &raft.election_timeout)],
        ));
    }
    if !raft.check_quorum {
        remarks.push(say(key!("real.check-quorum")).to_owned());
    }
    if !raft.rules.all_on() {
        remarks.push(say(key!("real.rules")).to_owned());
    }
    if form != Form::Compose {
        remarks.push(say(key!("real.one-address")).to_owned());
    }
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    // It fails only for a zero byte.
    shlex::try_quote(&text).map_or_else(|_| String::new(), |quoted| quoted.into_owned())
}

/// Text for a comment: whatever it is, it stays on its line.
fn comment(text: &str) -> String {
    text.replace(char::is_control, " ")
}
