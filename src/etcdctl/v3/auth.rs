//! `auth …`, `user …`, `role …`.

use super::{ask, connect, exactly, timeout};
use crate::cluster::{self, Job};
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::task::Step;
use crate::etcdctl::view::What;
use crate::kv::{
    AuthRequest, Credentials, Permission, PermissionType, Request, RolePermission, UserAddRequest,
    UserRole, password_digest, prefix_end,
};

pub(crate) static AUTH: Command = Command {
    name: "auth",
    usage: "<enable or disable>",
    about: "Authentication: whether users need to log in",
    sub: &[&ENABLE, &DISABLE, &STATUS],
    ..Command::EMPTY
};

static ENABLE: Command = Command {
    name: "enable",
    about: "Switch authentication on",
    run: Some(|call| {
        switch(call, "enable")?;
        let limit = timeout(call);
        let client = connect(call)?;
        client.run(
            call,
            limit,
            Job::AuthEnable,
            What::Said("Authentication Enabled".into()),
        )
    }),
    ..Command::EMPTY
};

static DISABLE: Command = Command {
    name: "disable",
    about: "Switch authentication off",
    run: Some(|call| {
        switch(call, "disable")?;
        let limit = timeout(call);
        let what = What::Said("Authentication Disabled".into());
        request(call, AuthRequest::Disable, Some(limit), what)
    }),
    ..Command::EMPTY
};

static STATUS: Command = Command {
    name: "status",
    about: "Print whether authentication is on",
    run: Some(|call| {
        switch(call, "status")?;
        let limit = timeout(call);
        request(call, AuthRequest::Status, Some(limit), What::AuthStatus)
    }),
    ..Command::EMPTY
};

fn switch(call: &Call, name: &str) -> Result<(), Stop> {
    if call.args().is_empty() {
        return Ok(());
    }
    let message = format!("auth {name} command does not accept any arguments");
    fail(exit::BAD_ARGS, message)
}

pub(crate) static USER: Command = Command {
    name: "user",
    usage: "<subcommand>",
    about: "Users",
    sub: &[
        &USER_ADD,
        &USER_DELETE,
        &USER_GET,
        &USER_LIST,
        &USER_PASSWD,
        &USER_GRANT_ROLE,
        &USER_REVOKE_ROLE,
    ],
    ..Command::EMPTY
};

static USER_ADD: Command = Command {
    name: "add",
    usage: "<user name or user:password> [options]",
    about: "Add a user",
    flags: &[
        Flag::new(
            "interactive",
            Kind::Bool,
            "true",
            "ask for the password twice; false: read it",
        ),
        Flag::new("new-user-password", Kind::Text, "", "the password"),
        Flag::off("no-password", "a user who cannot log in with a password"),
    ],
    run: Some(|call| {
        let [arg] = exactly(call, "user add command requires user name as its argument")?;
        let given = call.text("new-user-password").to_owned();
        let (name, password) = if call.on("no-password") {
            (arg, None)
        } else if !given.is_empty() {
            (arg, Some(given))
        } else if let Some((name, password)) = arg.split_once(':') {
            if name.is_empty() {
                return fail(exit::BAD_ARGS, "empty user name is not allowed");
            }
            (name.to_owned(), Some(password.to_owned()))
        } else {
            let password = read_password(call, &arg)?;
            (arg, Some(password))
        };
        let password = password.map(|password| password_digest(&password));
        let what = What::Auth(format!("User {name} created"));
        let add = UserAddRequest { name, password };
        request(call, AuthRequest::UserAdd(add), None, what)
    }),
    ..Command::EMPTY
};

static USER_DELETE: Command = Command {
    name: "delete",
    usage: "<user name>",
    about: "Delete a user",
    run: Some(|call| {
        let [name] = exactly(
            call,
            "user delete command requires user name as its argument",
        )?;
        let what = What::Auth(format!("User {name} deleted"));
        request(call, AuthRequest::UserDelete(name), None, what)
    }),
    ..Command::EMPTY
};

static USER_GET: Command = Command {
    name: "get",
    usage: "<user name> [options]",
    about: "Print the roles of a user",
    flags: &[Flag::off("detail", "print what the roles allow")],
    run: Some(|call| {
        let [name] = exactly(call, "user get command requires user name as its argument")?;
        if call.on("detail") {
            let client = connect(call)?;
            let what = What::UserDetail {
                name: name.clone(),
                roles: None,
            };
            return client.run(call, 0, Job::UserDetail(name), what);
        }
        let what = What::UserGet(name.clone());
        request(call, AuthRequest::UserGet(name), None, what)
    }),
    ..Command::EMPTY
};

static USER_LIST: Command = Command {
    name: "list",
    about: "Print all users",
    run: Some(|call| {
        let [] = exactly(call, "user list command requires no arguments")?;
        request(call, AuthRequest::UserList, None, What::UserList)
    }),
    ..Command::EMPTY
};

static USER_PASSWD: Command = Command {
    name: "passwd",
    usage: "<user name> [options]",
    about: "Give a user another password",
    flags: &[Flag::new(
        "interactive",
        Kind::Bool,
        "true",
        "ask for the password twice; false: read it",
    )],
    run: Some(|call| {
        let [name] = exactly(
            call,
            "user passwd command requires user name as its argument",
        )?;
        let password = password_digest(&read_password(call, &name)?);
        let change = Credentials { name, password };
        let what = What::Auth("Password updated".into());
        request(call, AuthRequest::UserChangePassword(change), None, what)
    }),
    ..Command::EMPTY
};

static USER_GRANT_ROLE: Command = Command {
    name: "grant-role",
    usage: "<user name> <role name>",
    about: "Give a user a role",
    run: Some(|call| {
        let complaint = "user grant command requires user name and role name as its argument";
        let [user, role] = exactly(call, complaint)?;
        let what = What::Auth(format!("Role {role} is granted to user {user}"));
        request(
            call,
            AuthRequest::UserGrantRole(UserRole { user, role }),
            None,
            what,
        )
    }),
    ..Command::EMPTY
};

static USER_REVOKE_ROLE: Command = Command {
    name: "revoke-role",
    usage: "<user name> <role name>",
    about: "Take a role from a user",
    run: Some(|call| {
        let complaint = "user revoke-role requires user name and role name as its argument";
        let [user, role] = exactly(call, complaint)?;
        let what = What::Auth(format!("Role {role} is revoked from user {user}"));
        request(
            call,
            AuthRequest::UserRevokeRole(UserRole { user, role }),
            None,
            what,
        )
    }),
    ..Command::EMPTY
};

pub(crate) static ROLE: Command = Command {
    name: "role",
    usage: "<subcommand>",
    about: "Roles: what users may do",
    sub: &[
        &ROLE_ADD,
        &ROLE_DELETE,
        &ROLE_GET,
        &ROLE_LIST,
        &ROLE_GRANT,
        &ROLE_REVOKE,
    ],
    ..Command::EMPTY
};

static ROLE_ADD: Command = Command {
    name: "add",
    usage: "<role name>",
    about: "Add a role",
    run: Some(|call| {
        let [role] = exactly(call, "role add command requires role name as its argument")?;
        let what = What::Auth(format!("Role {role} created"));
        request(call, AuthRequest::RoleAdd(role), None, what)
    }),
    ..Command::EMPTY
};

static ROLE_DELETE: Command = Command {
    name: "delete",
    usage: "<role name>",
    about: "Delete a role",
    run: Some(|call| {
        let [role] = exactly(
            call,
            "role delete command requires role name as its argument",
        )?;
        let what = What::Auth(format!("Role {role} deleted"));
        request(call, AuthRequest::RoleDelete(role), None, what)
    }),
    ..Command::EMPTY
};

static ROLE_GET: Command = Command {
    name: "get",
    usage: "<role name>",
    about: "Print what a role allows",
    run: Some(|call| {
        let [role] = exactly(call, "role get command requires role name as its argument")?;
        let what = What::RoleGet(role.clone());
        request(call, AuthRequest::RoleGet(role), None, what)
    }),
    ..Command::EMPTY
};

static ROLE_LIST: Command = Command {
    name: "list",
    about: "Print all roles",
    run: Some(|call| {
        let [] = exactly(call, "role list command requires no arguments")?;
        request(call, AuthRequest::RoleList, None, What::RoleList)
    }),
    ..Command::EMPTY
};

static ROLE_GRANT: Command = Command {
    name: "grant-permission",
    usage: "[options] <role name> <read, write or readwrite> <key> [endkey]",
    about: "Allow a role something",
    flags: &[
        Flag::off("prefix", "all keys that begin with the key"),
        Flag::off("from-key", "all keys from the key on"),
    ],
    run: Some(|call| {
        let [role, kind, keys @ ..] = call.args() else {
            return fail(exit::BAD_ARGS, GRANT_NEEDS);
        };
        if keys.is_empty() {
            return fail(exit::BAD_ARGS, GRANT_NEEDS);
        }
        let kind = match kind.to_ascii_lowercase().as_str() {
            "read" => PermissionType::Read,
            "write" => PermissionType::Write,
            "readwrite" => PermissionType::ReadWrite,
            _ => return fail(exit::BAD_ARGS, format!("invalid permission type: {kind}")),
        };
        let (key, range_end) = permission_range(call, keys)?;
        let role = role.clone();
        let what = What::Auth(format!("Role {role} updated"));
        let permission = Permission {
            kind,
            key: key.into(),
            range_end: range_end.into(),
        };
        let grant = RolePermission { role, permission };
        request(call, AuthRequest::RoleGrantPermission(grant), None, what)
    }),
    ..Command::EMPTY
};

const GRANT_NEEDS: &str =
    "role grant command requires role name, permission type, and key [endkey] as its argument";

static ROLE_REVOKE: Command = Command {
    name: "revoke-permission",
    usage: "<role name> <key> [endkey]",
    about: "Allow a role something no longer",
    flags: &[
        Flag::off("prefix", "all keys that begin with the key"),
        Flag::off("from-key", "all keys from the key on"),
    ],
    run: Some(|call| {
        let [role, keys @ ..] = call.args() else {
            return fail(exit::BAD_ARGS, REVOKE_NEEDS);
        };
        let Some(typed) = keys.first() else {
            return fail(exit::BAD_ARGS, REVOKE_NEEDS);
        };
        let (key, range_end) = permission_range(call, keys)?;
        let end = String::from_utf8_lossy(&range_end);
        let what = What::Auth(match &range_end[..] {
            [] => format!("Permission of key {typed} is revoked from role {role}"),
            [0] => {
                format!("Permission of range [{typed}, <open ended> is revoked from role {role}")
            }
            _ => format!("Permission of range [{typed}, {end}) is revoked from role {role}"),
        });
        let permission = Permission {
            kind: PermissionType::Read,
            key: key.into(),
            range_end: range_end.into(),
        };
        let role = role.clone();
        let revoke = RolePermission { role, permission };
        request(call, AuthRequest::RoleRevokePermission(revoke), None, what)
    }),
    ..Command::EMPTY
};

const REVOKE_NEEDS: &str =
    "role revoke-permission command requires role name and key [endkey] as its argument";

/// The keys that a permission is about.
fn permission_range(call: &Call, keys: &[String]) -> Result<(Vec<u8>, Vec<u8>), Stop> {
    const EXCLUSIVE: &str = "--from-key and --prefix flags are mutually exclusive";
    let (prefix, from_key) = (call.on("prefix"), call.on("from-key"));
    let key = keys.first().map_or("", |key| key).as_bytes().to_vec();
    if key.is_empty() {
        return match (prefix, from_key) {
            (true, true) => fail(exit::BAD_ARGS, EXCLUSIVE),
            (false, false) => Ok((vec![0], Vec::new())),
            _ => Ok((vec![0], vec![0])),
        };
    }
    let end = match (keys.get(1), prefix, from_key) {
        (None, true, true) => return fail(exit::BAD_ARGS, EXCLUSIVE),
        (None, true, _) => prefix_end(&key).to_vec(),
        (None, _, true) => vec![0],
        (None, ..) => Vec::new(),
        (Some(_), true, _) => {
            return fail(
                exit::BAD_ARGS,
                "unexpected endkey argument with --prefix flag",
            );
        }
        (Some(_), _, true) => {
            return fail(
                exit::BAD_ARGS,
                "unexpected endkey argument with --from-key flag",
            );
        }
        (Some(end), ..) => end.as_bytes().to_vec(),
    };
    Ok((key, end))
}

/// Asks for a new password, twice, or reads it from standard input.
fn read_password(call: &mut Call, name: &str) -> Result<String, Stop> {
    if !call.on("interactive") {
        let line = call.input.line()?.unwrap_or_default();
        return Ok(line
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned());
    }
    let first = ask(call, &format!("Password of {name}: "))?;
    if first.is_empty() {
        return fail(exit::BAD_ARGS, "empty password");
    }
    let again = ask(
        call,
        &format!("Type password of {name} again for confirmation: "),
    )?;
    if first != again {
        return fail(exit::BAD_ARGS, "given passwords are different");
    }
    Ok(first)
}

/// A request about users and roles. Most of them have no time limit.
fn request(
    call: &mut Call,
    request: AuthRequest,
    limit: Option<u64>,
    what: What,
) -> Result<Step, Stop> {
    let client = connect(call)?;
    let request = cluster::Call::Store(Request::Auth(request));
    let job = if limit.is_some() {
        Job::Call(request)
    } else {
        Job::Patient(request)
    };
    client.run(call, limit.unwrap_or(0), job, what)
}
