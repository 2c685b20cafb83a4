//! Answers about users and roles.

use super::{not_fields, write};
use crate::cluster::Header;
use crate::etcdctl::go;
use crate::etcdctl::output::{Output, Stop};
use crate::etcdctl::view::{View, What};
use crate::etcdctl::writer::Value;
use crate::kv::{AuthStatus, Permission, PermissionType, prefix_end};

/// What a change of leases, users or roles says: its sentence, or its header.
pub(in crate::etcdctl) fn done(
    view: &View,
    header: &Header,
    said: &str,
    out: &mut Output,
) -> Result<(), Stop> {
    write(view, out, |writer| writer.header(header)).unwrap_or_else(|| {
        out.line(said);
        Ok(())
    })
}

pub(in crate::etcdctl) fn auth_status(
    view: &View,
    header: &Header,
    status: &AuthStatus,
    out: &mut Output,
) -> Result<(), Stop> {
    not_fields(view)?;
    let written = write(view, out, |writer| {
        writer.header(header);
        writer.field("enabled", "", Value::Flag(status.enabled));
        writer.number("authRevision", "", status.revision);
    });
    written.unwrap_or_else(|| {
        out.line(&format!("Authentication Status: {}", status.enabled));
        out.line(&format!("AuthRevision: {}", status.revision));
        Ok(())
    })
}

/// The roles of a user, all users, or all roles.
pub(in crate::etcdctl) fn names(
    view: &View,
    header: &Header,
    names: &[String],
    out: &mut Output,
) -> Result<(), Stop> {
    let of_users = matches!(view.what, What::UserList);
    let all_roles = matches!(view.what, What::RoleList);
    if !all_roles {
        not_fields(view)?;
    }
    let written = write(view, out, |writer| {
        writer.header(header);
        match writer.json() {
            Some(json) => {
                json.some_texts(if of_users { "users" } else { "roles" }, names);
            }
            None => {
                let names: String = names
                    .iter()
                    .map(|name| format!(" {}", go::quote(name.as_bytes())))
                    .collect();
                writer.plain(&format!("\"Roles\" :{names}"));
            }
        }
    });
    written.unwrap_or_else(|| {
        match &view.what {
            What::UserGet(user) => {
                out.line(&format!("User: {user}"));
                let names: String = names.iter().map(|name| format!(" {name}")).collect();
                out.line(&format!("Roles:{names}"));
            }
            _ => names.iter().for_each(|name| out.line(name)),
        }
        Ok(())
    })
}

pub(in crate::etcdctl) fn role(
    view: &View,
    header: &Header,
    role: &str,
    permissions: &[Permission],
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header(header);
        if permissions.is_empty() {
            return;
        }
        writer.begin_list("perm");
        for permission in permissions {
            writer.begin("");
            writer.number("permType", "", permission.kind as i64);
            let name = ["READ", "WRITE", "READWRITE"][permission.kind as usize];
            writer.plain(&format!("\"PermType\" :  {name}"));
            writer.field("key", "Key", Value::Bytes(&permission.key));
            writer.field("range_end", "RangeEnd", Value::Bytes(&permission.range_end));
            writer.end();
        }
        writer.end_list();
    });
    written.unwrap_or_else(|| {
        out.line(&format!("Role {role}"));
        let kinds = [
            ("KV Read:", PermissionType::Write),
            ("KV Write:", PermissionType::Read),
        ];
        for (title, other) in kinds {
            out.line(title);
            for permission in permissions
                .iter()
                .filter(|permission| permission.kind != other)
            {
                out.line(&format!("\t{}", permission_text(permission)));
            }
        }
        Ok(())
    })
}

fn permission_text(permission: &Permission) -> String {
    let key = String::from_utf8_lossy(&permission.key);
    let end = String::from_utf8_lossy(&permission.range_end);
    let mut text = match &permission.range_end[..] {
        [] => return key.into_owned(),
        [0] => format!("[{key}, <open ended>"),
        _ => format!("[{key}, {end})"),
    };
    if prefix_end(&permission.key) == permission.range_end {
        text.push_str(&format!(" (prefix {key})"));
    }
    text
}
