//! How commands of version 2 refuse, and how they turn into programs.

use super::curl;
use super::view::{V2View, V2What};
use crate::cluster::{Job, Login, Program, V2Job};
use crate::etcdctl::cobra::Call;
use crate::etcdctl::go;
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::task::{Format, Step, Task};
use crate::etcdctl::view::{View, What};

/// A failure in the words of version 2: with two spaces.
pub(super) fn fail2<T>(code: u8, message: &str) -> Result<T, Stop> {
    fail(code, format!(" {message}"))
}

/// A failure without `Error:`.
pub(super) fn say(call: &mut Call, message: &str) -> Result<Step, Stop> {
    call.out.error(message);
    Err(Stop::Exit(exit::ERROR))
}

/// The members to talk to.
fn endpoints(call: &mut Call) -> Result<Vec<String>, Stop> {
    let mut all = String::new();
    for (flag, variable) in [
        ("endpoints", "ETCDCTL_ENDPOINTS"),
        ("endpoint", "ETCDCTL_ENDPOINT"),
        ("peers", "ETCDCTL_PEERS"),
    ] {
        if all.is_empty() {
            all = call.text(flag).to_owned();
        }
        if all.is_empty() {
            all = call.env.get(variable).unwrap_or_default().to_owned();
        }
    }
    if all.is_empty() {
        all = match call.env.endpoint() {
            Some(endpoint) => format!("http://{endpoint}"),
            None => "http://127.0.0.1:2379,http://127.0.0.1:4001".to_owned(),
        };
    }
    let mut endpoints = Vec::new();
    for endpoint in all.split(',') {
        let before = endpoint.split('/').next().unwrap_or_default();
        let scheme = before.split_once(':').map(|(scheme, _)| scheme);
        let starts_well = before.starts_with(|c: char| c.is_ascii_alphabetic());
        if scheme.is_some() && !starts_well {
            let quoted = go::quote(endpoint.as_bytes());
            say(
                call,
                &format!("parse {quoted}: first path segment in URL cannot contain colon"),
            )?;
        }
        endpoints.push(match scheme {
            Some(_) => endpoint.to_owned(),
            None => format!("http://{endpoint}"),
        });
    }
    Ok(endpoints)
}

/// The program that does a job, and how its results are shown.
pub(super) fn job(call: &mut Call, job: V2Job, what: V2What) -> Result<Step, Stop> {
    let endpoints = endpoints(call)?;
    let timeout = u64::try_from(call.span("total-timeout")).unwrap_or(0);
    let username = call.text("username");
    let user = username.split_once(':');
    let user = user.map(|(name, password)| Login {
        name: name.to_owned(),
        password: password.to_owned(),
    });
    let program = Program {
        user,
        command_timeout_us: timeout,
        ..Program::new(endpoints, Job::V2(job))
    };
    let debug = call.on("debug");
    if debug {
        curl::before_sync(call, &program.endpoints);
    }
    let view = V2View {
        what,
        request: debug.then(|| curl::request(&program.job)),
        output: call.text("output").to_owned(),
    };
    let view = View::new(What::V2(view), Format::Simple, false);
    Ok(Step::Run(Box::new(Task {
        program,
        view,
        feed: Vec::new(),
    })))
}
