//! What was done, as a shell script.

use super::faults::{Faults, seconds};
use super::files::{by_name, units};
use super::{Form, Server, comment, quoted};
use crate::cluster::{Action, Call, Fact, Job, Program, TraceEvent, World, member_id};
use crate::kv::Request;
use crate::raft::{NodeId, Term};
use crate::sim::SimTime;
use crate::timeline::RecordedAction;
use crate::view::{describe, plain};
use crate::words::{key, say, tell};
use std::fmt::Write;

/// A comment is cut off after so many characters.
const LONGEST_COMMENT: usize = 160;

/// The script. Each action is a comment with its moment, and what does it for real, if something does.
pub(super) fn script(
    servers: &[Server],
    form: Form,
    actions: &[RecordedAction],
    world: &World,
) -> String {
    let mut faults = Faults::new(servers, form);
    let mut body = String::new();
    let mut before = SimTime::ZERO;
    for done in actions {
        let gap = done.time.since(before);
        before = done.time;
        let words = comment(&words(done));
        let _ = match words.is_empty() {
            true => writeln!(body, "\n# {}", done.time),
            false => writeln!(body, "\n# {}: {words}", done.time),
        };
        // What is shorter nobody sees.
        if gap >= 10_000 {
            let _ = writeln!(body, "sleep {}", seconds(gap));
        }
        let lines = match client_command(&done.action, world, servers) {
            Some(Some(line)) if form == Form::Compose => Some(by_name(&line, servers) + " &\n"),
            Some(Some(line)) => Some(line + " &\n"),
            Some(None) => None,
            None => faults.action(&done.action, done.time),
        };
        match lines {
            Some(lines) => body.push_str(&lines),
            None => {
                let _ = writeln!(body, "# {}", comment(say(key!("real.no-way"))));
            }
        }
    }
    let until = tell(key!("real.script"), &[("time", &before)]);
    let start = match form {
        Form::Procfile => say(key!("real.start-procfile")),
        Form::Systemd => &tell(key!("real.start-units"), &[("units", &units(servers))]),
        Form::Compose => say(key!("real.start-compose")),
    };
    let mut text = format!("#!/bin/sh\n# {}\n# {}\n", comment(&until), comment(start));
    if body.is_empty() {
        let _ = writeln!(text, "\n# {}", comment(say(key!("real.nothing"))));
        return text;
    }
    let _ = writeln!(text, "# {}", comment(say(key!("real.behind"))));
    text.push_str(&faults.helpers());
    text.push_str(&id_of(&body, servers));
    text.push_str(&body);
    text.push_str("\nwait\n");
    text
}

/// An action in words.
fn words(done: &RecordedAction) -> String {
    let event = TraceEvent {
        step: done.step,
        time: done.time,
        fact: Fact::Acted(Box::new(done.action.clone())),
    };
    let described = describe(&event, &|_: NodeId| Term::default());
    let text = described.map_or_else(String::new, |described| plain(&described.sentence));
    match text.char_indices().nth(LONGEST_COMMENT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What a client does, as a command. `None` if it is no client that acts; `Some(None)` if no command does it.
fn client_command(action: &Action, world: &World, servers: &[Server]) -> Option<Option<String>> {
    match action {
        Action::Request {
            member, request, ..
        } => {
            let address = world.member(*member)?.client_url();
            let timeout = world.options().client_timeout_us / 1_000;
            let words = request_words(request);
            Some(words.map(|words| {
                let endpoint = quoted(address);
                format!("etcdctl --endpoints {endpoint} --command-timeout {timeout}ms {words}")
            }))
        }
        Action::Run { program, typed, .. } => Some(typed_command(program, typed, servers)),
        Action::Feed { .. } | Action::Interrupt { .. } | Action::SetLoad { .. } => Some(None),
        _ => None,
    }
}

/// A request as `etcdctl` takes it; `None` for what it has no plain command for.
fn request_words(request: &Request) -> Option<String> {
    let (name, mut words, flags) = match request {
        Request::Put(put) if put.lease.0 == 0 => ("put", vec![&put.key, &put.value], ""),
        Request::Range(range) if range.revision == 0 => {
            let local = if range.serializable {
                " --consistency=s"
            } else {
                ""
            };
            ("get", vec![&range.key, &range.range_end], local)
        }
        Request::DeleteRange(delete) => ("del", vec![&delete.key, &delete.range_end], ""),
        _ => return None,
    };
    if name != "put" && words[1].is_empty() {
        words.pop();
    }
    let mut text = format!("{name}{flags} --");
    for word in words {
        let word = std::str::from_utf8(word).ok()?;
        if word.contains('\0') {
            return None;
        }
        text.push(' ');
        text.push_str(&quoted(word));
    }
    Some(text)
}

/// A command as somebody typed it here: an `etcdctl` with its words, each quoted, and nothing else but
/// what it reads.
fn typed_command(program: &Program, typed: &str, servers: &[Server]) -> Option<String> {
    let (line, input) = typed.split_once('\n').unwrap_or((typed, ""));
    let (line, end) = match line.split_once("<<") {
        Some((line, end)) if !input.is_empty() => (line, end.trim().trim_matches(['\'', '"'])),
        _ => (line, ""),
    };
    // Variables are of the shell in the page.
    if line.contains(['$', '`']) || line.contains("<<") {
        return None;
    }
    let mut words = shlex::split(line)?;
    let settings = words.iter().take_while(|word| word.starts_with("ETCDCTL_"));
    let settings = settings.count();
    if words.get(settings).is_none_or(|word| word != "etcdctl") {
        words.insert(settings, "etcdctl".to_owned());
    }
    let has = |names: &[&str]| {
        let mut all = words.iter();
        all.any(|word| names.iter().any(|name| word.starts_with(name)))
    };
    let mut more = Vec::new();
    if !has(&["--endpoint", "--peers", "-C", "ETCDCTL_ENDPOINT"]) {
        more.extend(["--endpoints".to_owned(), program.endpoints.join(",")]);
    }
    // A script of the page says only who is added.
    if let Job::MemberAdd(new) | Job::Call(Call::MemberAdd(new)) = &program.job
        && !has(&["--peer-urls"])
    {
        more.extend(["--peer-urls".to_owned(), new.peer_urls.join(",")]);
        more.extend(new.learner.then(|| "--learner".to_owned()));
    }
    words.splice(settings + 1..settings + 1, more);
    let mut text = String::new();
    if !input.is_empty() {
        text.push_str("printf '%s\\n'");
        let lines = input
            .lines()
            .take_while(|line| end.is_empty() || *line != end);
        lines.for_each(|line| text.extend([" ", &quoted(line)]));
        text.push_str(" |");
    }
    if settings > 0 {
        text.push_str(if text.is_empty() { "env" } else { " env" });
    }
    for word in &words {
        let named = servers
            .iter()
            .find(|server| *word == format!("{:x}", member_id(server.id)));
        if !text.is_empty() {
            text.push(' ');
        }
        match named {
            // Ids are others there.
            Some(server) => text.push_str(&format!("\"$({ID_OF} {})\"", server.name)),
            None => text.push_str(&quoted(word)),
        }
    }
    (!text.contains(char::is_control)).then_some(text)
}

/// The helper that finds the id of a member by its name.
const ID_OF: &str = "id_of";

/// The helper, if a script uses it.
fn id_of(body: &str, servers: &[Server]) -> String {
    if !body.contains("$(id_of ") {
        return String::new();
    }
    let urls = servers
        .iter()
        .filter(|server| !server.is_late)
        .flat_map(|server| &server.flags);
    let urls = urls.filter(|(flag, _)| *flag == "--advertise-client-urls");
    let urls: Vec<&str> = urls.map(|(_, url)| url.as_str()).collect();
    format!(
        "{ID_OF}() {{ etcdctl --endpoints {} member list | sed -n \"s/^\\([0-9a-f]*\\), [a-z]*, $1, .*/\\1/p\"; }}\n",
        quoted(&urls.join(","))
    )
}
