//! `user …`, `role …` and `auth …` of version 2. Its users are others than those of version 3, and the
//! simulated members have none: what is typed wrongly is refused as etcdctl does, all else with a
//! sentence.

use super::connect::say;
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::output::Stop;
use crate::etcdctl::task::Step;

pub(super) static USER: Command = Command {
    name: "user",
    about: "Users (not in the simulation)",
    sub: &[
        &named("add", "<user>", with_user),
        &named("get", "<user>", with_user),
        &named("list", "", without_arguments),
        &named("remove", "<user>", with_user),
        &USER_GRANT,
        &USER_REVOKE,
        &named("passwd", "<user>", with_user),
    ],
    ..Command::EMPTY
};

static USER_GRANT: Command = Command {
    flags: &[ROLES],
    ..named("grant", "<user>", with_roles)
};

static USER_REVOKE: Command = Command {
    flags: &[ROLES],
    ..named("revoke", "<user>", with_roles)
};

const ROLES: Flag = Flag::new("roles", Kind::Text, "", "a role; can be given again");

pub(super) static ROLE: Command = Command {
    name: "role",
    about: "Roles of users (not in the simulation)",
    sub: &[
        &named("add", "<role>", with_role),
        &named("get", "<role>", with_role),
        &named("list", "", without_arguments),
        &named("remove", "<role>", with_role),
        &ROLE_GRANT,
        &ROLE_REVOKE,
    ],
    ..Command::EMPTY
};

static ROLE_GRANT: Command = Command {
    flags: PERMISSION,
    ..named("grant", "<role>", with_permission)
};

static ROLE_REVOKE: Command = Command {
    flags: PERMISSION,
    ..named("revoke", "<role>", with_permission)
};

const PERMISSION: &[Flag] = &[
    Flag::new(
        "path",
        Kind::Text,
        "",
        "the keys: a path, or its beginning and *",
    ),
    Flag::off("read", "reading alone"),
    Flag::off("write", "writing alone"),
    Flag::off("readwrite", "both"),
    Flag::off("rw", "both"),
];

pub(super) static AUTH: Command = Command {
    name: "auth",
    about: "Whether users need to log in (not in the simulation)",
    sub: &[
        &named("enable", "", without_arguments),
        &named("disable", "", without_arguments),
    ],
    ..Command::EMPTY
};

const fn named(
    name: &'static str,
    usage: &'static str,
    run: fn(&mut Call) -> Result<Step, Stop>,
) -> Command {
    Command {
        name,
        usage,
        about: "not in the simulation",
        run: Some(run),
        ..Command::EMPTY
    }
}

fn without_arguments(call: &mut Call) -> Result<Step, Stop> {
    match call.args() {
        [] => not_here(call),
        _ => say(call, "No arguments accepted"),
    }
}

fn with_user(call: &mut Call) -> Result<Step, Stop> {
    match call.args() {
        [_] => not_here(call),
        _ => say(call, "Please provide a username"),
    }
}

fn with_roles(call: &mut Call) -> Result<Step, Stop> {
    match call.values.given("roles") {
        true => with_user(call),
        false => say(call, "No roles specified; please use `--roles`"),
    }
}

fn with_role(call: &mut Call) -> Result<Step, Stop> {
    match call.args() {
        [_] => not_here(call),
        _ => say(call, "Please provide a role name"),
    }
}

fn with_permission(call: &mut Call) -> Result<Step, Stop> {
    let path = call.text("path").to_owned();
    if path.is_empty() {
        return say(call, "No path specified; please use `--path`");
    }
    let canonical = super::curl::canonical(&path);
    if canonical != path {
        let message = format!("Not canonical path; please use `--path={canonical}`");
        return say(call, &message);
    }
    let both = call.on("readwrite") || call.on("rw");
    let kinds = [call.on("read"), call.on("write"), both];
    if kinds.iter().filter(|kind| **kind).count() != 1 {
        let message = "Please specify exactly one of --read, --write or --readwrite";
        return say(call, message);
    }
    with_role(call)
}

fn not_here(call: &mut Call) -> Result<Step, Stop> {
    say(
        call,
        "the members know users of version 3 only: leave ETCDCTL_API=2 out",
    )
}
