//! What is asked about users, roles and permissions, and the answers.

use crate::kv::code::{choices, fields, serde_as_bytes};
use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

/// The name of a user.
pub type UserName = String;

/// The name of a role.
pub type RoleName = String;

/// In whose name a request is made: etcd's `AuthInfo`, which a request takes along into the log.
/// Nobody's (`Caller::default()`) is enough while authentication is off.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Caller {
    /// The user; empty for nobody.
    pub user: UserName,
    /// The revision of users and roles when the user was let in; 0 for nobody.
    pub revision: u64,
}

/// A request about users, roles and permissions. All of them go through the log, reads too.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum AuthRequest {
    /// From now on everybody needs to be let in.
    Enable,
    /// From now on everybody may do everything.
    Disable,
    /// Is it on?
    #[default]
    Status,
    /// Lets a user in.
    Authenticate(Credentials),
    /// Creates a user.
    UserAdd(UserAddRequest),
    /// The roles of a user.
    UserGet(UserName),
    /// All users.
    UserList,
    /// Deletes a user.
    UserDelete(UserName),
    /// Gives a user another password.
    UserChangePassword(Credentials),
    /// Gives a user a role.
    UserGrantRole(UserRole),
    /// Takes a role from a user.
    UserRevokeRole(UserRole),
    /// Creates a role.
    RoleAdd(RoleName),
    /// The permissions of a role.
    RoleGet(RoleName),
    /// All roles.
    RoleList,
    /// Deletes a role, and takes it from all users.
    RoleDelete(RoleName),
    /// Gives a role a permission, or changes the one for the same keys.
    RoleGrantPermission(RolePermission),
    /// Takes the permission for these very keys from a role.
    RoleRevokePermission(RolePermission),
}

/// A user and a password.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Credentials {
    /// The user.
    pub name: UserName,
    /// What [`password_digest`] makes of the password.
    pub password: u64,
}

/// Creates a user.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct UserAddRequest {
    /// The user, at least one character.
    pub name: UserName,
    /// What [`password_digest`] makes of the password; `None` for a user that cannot log in with
    /// one (`--no-password`).
    pub password: Option<u64>,
}

/// A user and a role.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct UserRole {
    /// The user.
    pub user: UserName,
    /// The role.
    pub role: RoleName,
}

/// A role and a permission.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RolePermission {
    /// The role.
    pub role: RoleName,
    /// The permission; its type plays no part when it is taken away.
    pub permission: Permission,
}

/// What may be done to the keys from `key` to `range_end`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Permission {
    /// What may be done.
    pub kind: PermissionType,
    /// The first key, at least one byte.
    pub key: Bytes,
    /// The end of the range, itself excluded: nothing for the one key, a single zero byte for all
    /// keys from `key` on.
    pub range_end: Bytes,
}

/// What may be done to keys.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum PermissionType {
    /// Read them.
    #[default]
    Read,
    /// Put and delete them.
    Write,
    /// Both.
    ReadWrite,
}

/// The answer to an [`AuthRequest`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum AuthResponse {
    /// Done. What it was is in the request.
    #[default]
    Done,
    /// Whether authentication is on, and the revision of users and roles.
    Status(AuthStatus),
    /// The roles of a user, in order; or all users, or all roles.
    Names(Vec<String>),
    /// The permissions of a role, in the order of their keys.
    Permissions(Vec<Permission>),
}

/// Whether authentication is on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct AuthStatus {
    /// Whether it is.
    pub enabled: bool,
    /// The revision of users and roles: it rises with each change of them.
    pub revision: u64,
}

/// What the log and the store hold of a password. etcd holds its bcrypt hash; nothing in a
/// simulation is worth the effort that takes.
pub fn password_digest(password: &str) -> u64 {
    xxh3_64(password.as_bytes())
}

choices! {
    AuthRequest {
        0 => Enable, 1 => Disable, 2 => Status, 3 => Authenticate(it), 4 => UserAdd(it),
        5 => UserGet(it), 6 => UserList, 7 => UserDelete(it), 8 => UserChangePassword(it),
        9 => UserGrantRole(it), 10 => UserRevokeRole(it), 11 => RoleAdd(it), 12 => RoleGet(it),
        13 => RoleList, 14 => RoleDelete(it), 15 => RoleGrantPermission(it),
        16 => RoleRevokePermission(it),
    }
    PermissionType { 0 => Read, 1 => Write, 2 => ReadWrite }
    AuthResponse { 0 => Done, 1 => Status(it), 2 => Names(it), 3 => Permissions(it) }
}

fields! {
    Caller { user, revision }
    Credentials { name, password }
    UserAddRequest { name, password }
    UserRole { user, role }
    RolePermission { role, permission }
    Permission { kind, key, range_end }
    AuthStatus { enabled, revision }
}

serde_as_bytes!(Caller);
