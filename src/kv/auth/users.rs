//! Users and roles, and how they change.

use super::request::{
    AuthRequest, AuthResponse, AuthStatus, Caller, Credentials, Permission, RoleName,
    RolePermission, UserAddRequest, UserName, UserRole,
};
use crate::kv::code::fields;
use crate::kv::error::KvError;
use bytes::Bytes;

/// The user that there must be before authentication can be switched on, and the role that may do
/// everything.
const ROOT: &str = "root";

/// Users and roles.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Auth {
    status: AuthStatus,
    /// In the order of their names, as are the roles.
    users: Vec<User>,
    roles: Vec<Role>,
}

/// A user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct User {
    name: UserName,
    /// `None` for one that cannot log in with a password.
    password: Option<u64>,
    /// In order.
    pub roles: Vec<RoleName>,
}

/// A role.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Role {
    name: RoleName,
    /// In the order of their keys.
    pub permissions: Vec<Permission>,
}

fields! {
    Auth { status, users, roles }
    User { name, password, roles }
    Role { name, permissions }
}

impl Default for Auth {
    fn default() -> Self {
        let (enabled, revision) = (false, 1);
        Auth {
            status: AuthStatus { enabled, revision },
            users: Vec::new(),
            roles: Vec::new(),
        }
    }
}

impl User {
    /// Whether the user may do everything.
    pub fn is_root(&self) -> bool {
        self.has(ROOT)
    }

    /// Whether the user has the role.
    pub fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|known| known == role)
    }
}

impl Auth {
    /// Whether authentication is on, and the revision of users and roles.
    pub fn status(&self) -> AuthStatus {
        self.status
    }

    /// Whether the password is the user's, which a member asks before it lets the user in.
    /// Returns in whose name the user's requests are made then.
    ///
    /// # Errors
    /// When authentication is off, or the password is not the user's.
    pub fn check_password(&self, credentials: &Credentials) -> Result<Caller, KvError> {
        if !self.status.enabled {
            return Err(KvError::AuthNotEnabled);
        }
        let user = self.user(&credentials.name).ok_or(KvError::AuthFailed)?;
        match user.password {
            None => Err(KvError::NoPasswordUser),
            Some(password) if password != credentials.password => Err(KvError::AuthFailed),
            Some(_) => Ok(Caller {
                user: user.name.clone(),
                revision: self.status.revision,
            }),
        }
    }

    pub(super) fn user(&self, name: &str) -> Option<&User> {
        self.users.get(place_of_user(&self.users, name).ok()?)
    }

    pub(super) fn role(&self, name: &str) -> Option<&Role> {
        self.roles.get(place_of_role(&self.roles, name).ok()?)
    }

    /// Carries out a request of somebody who may ask for it.
    pub(in crate::kv) fn apply(&mut self, request: &AuthRequest) -> Result<AuthResponse, KvError> {
        let revision = self.status.revision;
        let changed = match request {
            AuthRequest::Status => return Ok(AuthResponse::Status(self.status)),
            AuthRequest::Enable => return self.enable(),
            AuthRequest::Disable => {
                let was_enabled = self.status.enabled;
                self.status.enabled = false;
                was_enabled
            }
            AuthRequest::Authenticate(credentials) => return self.authenticate(credentials),
            AuthRequest::UserGet(name) => {
                let user = self.user(name).ok_or(KvError::UserNotFound)?;
                return Ok(AuthResponse::Names(user.roles.clone()));
            }
            AuthRequest::UserList => {
                let names = self.users.iter().map(|user| user.name.clone());
                return Ok(AuthResponse::Names(names.collect()));
            }
            AuthRequest::RoleGet(name) => {
                let role = self.role(name).ok_or(KvError::RoleNotFound)?;
                return Ok(AuthResponse::Permissions(role.permissions.clone()));
            }
            AuthRequest::RoleList => {
                let names = self.roles.iter().map(|role| role.name.clone());
                return Ok(AuthResponse::Names(names.collect()));
            }
            AuthRequest::UserAdd(add) => self.add_user(add)?,
            AuthRequest::UserDelete(name) => self.delete_user(name)?,
            AuthRequest::UserChangePassword(change) => self.change_password(change)?,
            AuthRequest::UserGrantRole(grant) => self.grant_role(grant)?,
            AuthRequest::UserRevokeRole(revoke) => self.revoke_role(revoke)?,
            AuthRequest::RoleAdd(name) => self.add_role(name)?,
            AuthRequest::RoleDelete(name) => self.delete_role(name)?,
            AuthRequest::RoleGrantPermission(grant) => self.grant_permission(grant)?,
            AuthRequest::RoleRevokePermission(revoke) => self.revoke_permission(revoke)?,
        };
        self.status.revision = revision + u64::from(changed);
        Ok(AuthResponse::Done)
    }

    fn enable(&mut self) -> Result<AuthResponse, KvError> {
        let root = self.user(ROOT).ok_or(KvError::RootUserNotExist);
        if !self.status.enabled && !root?.is_root() {
            return Err(KvError::RootRoleNotExist);
        }
        self.status.enabled = true;
        Ok(AuthResponse::Done)
    }

    /// The member that took the request has checked the password.
    fn authenticate(&self, credentials: &Credentials) -> Result<AuthResponse, KvError> {
        if !self.status.enabled {
            return Err(KvError::AuthNotEnabled);
        }
        let user = self.user(&credentials.name).ok_or(KvError::AuthFailed)?;
        user.password.ok_or(KvError::AuthFailed)?;
        Ok(AuthResponse::Done)
    }

    /// What nobody may do while authentication is on: it would leave nobody who can do anything.
    fn refuse_lockout(&self, locks_out: bool) -> Result<(), KvError> {
        if self.status.enabled && locks_out {
            return Err(KvError::InvalidAuthMgmt);
        }
        Ok(())
    }

    fn user_mut(&mut self, name: &str) -> Result<&mut User, KvError> {
        let place = place_of_user(&self.users, name).map_err(|_| KvError::UserNotFound)?;
        Ok(&mut self.users[place])
    }

    fn role_mut(&mut self, name: &str) -> Result<&mut Role, KvError> {
        let place = place_of_role(&self.roles, name).map_err(|_| KvError::RoleNotFound)?;
        Ok(&mut self.roles[place])
    }

    fn add_user(&mut self, add: &UserAddRequest) -> Result<bool, KvError> {
        if add.name.is_empty() {
            return Err(KvError::UserEmpty);
        }
        let Err(place) = place_of_user(&self.users, &add.name) else {
            return Err(KvError::UserAlreadyExists);
        };
        let user = User {
            name: add.name.clone(),
            password: add.password,
            roles: Vec::new(),
        };
        self.users.insert(place, user);
        Ok(true)
    }

    fn delete_user(&mut self, name: &str) -> Result<bool, KvError> {
        self.refuse_lockout(name == ROOT)?;
        let place = place_of_user(&self.users, name).map_err(|_| KvError::UserNotFound)?;
        self.users.remove(place);
        Ok(true)
    }

    fn change_password(&mut self, change: &Credentials) -> Result<bool, KvError> {
        let user = self.user_mut(&change.name)?;
        if let Some(password) = &mut user.password {
            *password = change.password;
        }
        Ok(true)
    }

    /// The role `root` need not be there to be granted.
    fn grant_role(&mut self, grant: &UserRole) -> Result<bool, KvError> {
        self.user_mut(&grant.user)?;
        if grant.role != ROOT {
            self.role_mut(&grant.role)?;
        }
        let user = self.user_mut(&grant.user)?;
        let Err(place) = user.roles.binary_search(&grant.role) else {
            return Ok(false);
        };
        user.roles.insert(place, grant.role.clone());
        Ok(true)
    }

    fn revoke_role(&mut self, revoke: &UserRole) -> Result<bool, KvError> {
        self.refuse_lockout(revoke.user == ROOT && revoke.role == ROOT)?;
        let user = self.user_mut(&revoke.user)?;
        let place = user.roles.binary_search(&revoke.role);
        user.roles
            .remove(place.map_err(|_| KvError::RoleNotGranted)?);
        Ok(true)
    }

    fn add_role(&mut self, name: &RoleName) -> Result<bool, KvError> {
        if name.is_empty() {
            return Err(KvError::RoleEmpty);
        }
        let Err(place) = place_of_role(&self.roles, name) else {
            return Err(KvError::RoleAlreadyExists);
        };
        let role = Role {
            name: name.clone(),
            permissions: Vec::new(),
        };
        self.roles.insert(place, role);
        Ok(true)
    }

    fn delete_role(&mut self, name: &str) -> Result<bool, KvError> {
        self.refuse_lockout(name == ROOT)?;
        let place = place_of_role(&self.roles, name).map_err(|_| KvError::RoleNotFound)?;
        self.roles.remove(place);
        for user in &mut self.users {
            user.roles.retain(|role| role != name);
        }
        Ok(true)
    }

    fn grant_permission(&mut self, grant: &RolePermission) -> Result<bool, KvError> {
        let permission = &grant.permission;
        if !is_valid(permission) {
            return Err(KvError::InvalidAuthMgmt);
        }
        let role = self.role_mut(&grant.role)?;
        let same = |known: &&mut Permission| same_keys(known, permission);
        match role.permissions.iter_mut().find(same) {
            Some(known) => known.kind = permission.kind,
            None => {
                let after = |known: &Permission| known.key <= permission.key;
                let place = role.permissions.partition_point(after);
                role.permissions.insert(place, permission.clone());
            }
        }
        Ok(true)
    }

    fn revoke_permission(&mut self, revoke: &RolePermission) -> Result<bool, KvError> {
        let role = self.role_mut(&revoke.role)?;
        let same = |known: &Permission| same_keys(known, &revoke.permission);
        let place = role.permissions.iter().position(same);
        role.permissions
            .remove(place.ok_or(KvError::PermissionNotGranted)?);
        Ok(true)
    }
}

fn place_of_user(users: &[User], name: &str) -> Result<usize, usize> {
    users.binary_search_by(|user| user.name.as_str().cmp(name))
}

fn place_of_role(roles: &[Role], name: &str) -> Result<usize, usize> {
    roles.binary_search_by(|role| role.name.as_str().cmp(name))
}

fn same_keys(one: &Permission, other: &Permission) -> bool {
    one.key == other.key && one.range_end == other.range_end
}

fn is_valid(permission: &Permission) -> bool {
    let (key, end): (&Bytes, &Bytes) = (&permission.key, &permission.range_end);
    !key.is_empty() && (end.is_empty() || end[..] == [0] || key < end)
}
