//! Users, roles and permissions (`auth`).

use super::support::*;
use bytes::Bytes;
use quorum::kv::{
    AuthRequest, AuthResponse, Caller, Compare, Credentials, DeleteRangeRequest, KeyRange, KvError,
    Permission, PermissionType, PutRequest, Request, RequestOp, ResponseBody, RolePermission,
    Store, TxnRequest, UserAddRequest, UserRole, password_digest, prefix_end,
};

fn user(name: &str, password: &str) -> AuthRequest {
    AuthRequest::UserAdd(UserAddRequest {
        name: name.to_owned(),
        password: (!password.is_empty()).then(|| password_digest(password)),
    })
}

fn role_of(user: &str, role: &str) -> UserRole {
    UserRole {
        user: user.to_owned(),
        role: role.to_owned(),
    }
}

fn permission(role: &str, kind: PermissionType, key: &str, end: &[u8]) -> RolePermission {
    RolePermission {
        role: role.to_owned(),
        permission: Permission {
            kind,
            key: key.to_owned().into(),
            range_end: Bytes::copy_from_slice(end),
        },
    }
}

fn ask(store: &mut Store, request: AuthRequest) -> Result<AuthResponse, KvError> {
    let answer = store.apply(&Request::Auth(request))?;
    match answer.body {
        ResponseBody::Auth(answer) => Ok(answer),
        other => panic!("{other:?}"),
    }
}

fn words(store: &mut Store, request: AuthRequest) -> String {
    refused(store, Request::Auth(request))
}

fn names(store: &mut Store, request: AuthRequest) -> Vec<String> {
    match ask(store, request) {
        Ok(AuthResponse::Names(names)) => names,
        other => panic!("{other:?}"),
    }
}

/// root, alice and bob; alice has the role `reader`, which reads `foo` and may do everything with
/// what begins with `/app/`. Authentication is off.
fn store() -> Store {
    let mut store = Store::default();
    for request in [
        user("root", "rootpw"),
        user("alice", "secret"),
        user("bob", "pw"),
        user("carol", ""),
        AuthRequest::RoleAdd("reader".into()),
        AuthRequest::RoleGrantPermission(permission("reader", PermissionType::Read, "foo", b"")),
        AuthRequest::RoleGrantPermission(permission(
            "reader",
            PermissionType::ReadWrite,
            "/app/",
            b"/app0",
        )),
        AuthRequest::UserGrantRole(role_of("alice", "reader")),
    ] {
        ask(&mut store, request).unwrap();
    }
    store
}

fn enabled() -> Store {
    let mut store = store();
    let root = AuthRequest::UserGrantRole(role_of("root", "root"));
    ask(&mut store, root).unwrap();
    ask(&mut store, AuthRequest::Enable).unwrap();
    store
}

fn tried(store: &mut Store, who: &str, request: Request) -> Result<(), String> {
    let caller = caller(who, store);
    let answer = store.apply_as(&caller, &request);
    answer.map(drop).map_err(|error| error.to_string())
}

const DENIED: &str = "etcdserver: permission denied";

#[test]
fn it_is_off_at_first_and_each_change_counts() {
    let mut store = Store::default();
    let status = store.auth_status();
    assert_eq!((status.enabled, status.revision), (false, 1));
    assert_eq!(
        ask(&mut store, AuthRequest::Status),
        Ok(AuthResponse::Status(status))
    );
    ask(&mut store, user("root", "x")).unwrap();
    assert_eq!(store.auth_status().revision, 2);
    // What changes nothing does not count; nor does it make a revision of the keys.
    ask(&mut store, AuthRequest::UserList).unwrap();
    ask(&mut store, AuthRequest::Disable).unwrap();
    assert_eq!(store.auth_status().revision, 2);
    assert_eq!(store.revision().0, 1);
}

#[test]
fn users_and_roles_are_listed_in_order() {
    let mut store = store();
    let users = names(&mut store, AuthRequest::UserList);
    assert_eq!(users, ["alice", "bob", "carol", "root"]);
    ask(&mut store, AuthRequest::RoleAdd("admin".into())).unwrap();
    assert_eq!(
        names(&mut store, AuthRequest::RoleList),
        ["admin", "reader"]
    );
    let roles = names(&mut store, AuthRequest::UserGet("alice".into()));
    assert_eq!(roles, ["reader"]);
    let Ok(AuthResponse::Permissions(permissions)) =
        ask(&mut store, AuthRequest::RoleGet("reader".into()))
    else {
        panic!("a role has permissions");
    };
    let keys: Vec<&[u8]> = permissions.iter().map(|known| &known.key[..]).collect();
    assert_eq!(keys, [&b"/app/"[..], b"foo"]);
}

#[test]
fn what_cannot_be_is_refused_in_etcds_words() {
    let mut store = store();
    for (request, expected) in [
        (user("alice", "x"), "etcdserver: user name already exists"),
        (user("", "x"), "etcdserver: user name is empty"),
        (
            AuthRequest::UserGet("nobody".into()),
            "etcdserver: user name not found",
        ),
        (
            AuthRequest::UserDelete("nobody".into()),
            "etcdserver: user name not found",
        ),
        (
            AuthRequest::RoleGet("nothing".into()),
            "etcdserver: role name not found",
        ),
        (
            AuthRequest::RoleAdd("reader".into()),
            "etcdserver: role name already exists",
        ),
        (
            AuthRequest::RoleAdd("".into()),
            "etcdserver: role name is empty",
        ),
        (
            AuthRequest::UserGrantRole(role_of("alice", "nothing")),
            "etcdserver: role name not found",
        ),
        (
            AuthRequest::UserRevokeRole(role_of("bob", "reader")),
            "etcdserver: role is not granted to the user",
        ),
        (
            AuthRequest::RoleRevokePermission(permission(
                "reader",
                PermissionType::Read,
                "/app/",
                b"",
            )),
            "etcdserver: permission is not granted to the role",
        ),
        (
            AuthRequest::RoleGrantPermission(permission("reader", PermissionType::Read, "b", b"a")),
            "etcdserver: invalid auth management",
        ),
        (
            AuthRequest::Enable,
            "etcdserver: root user does not have root role",
        ),
        (
            AuthRequest::Authenticate(Credentials::default()),
            "etcdserver: authentication is not enabled",
        ),
    ] {
        assert_eq!(words(&mut store, request.clone()), expected, "{request:?}");
    }
    let no_root = words(&mut Store::default(), AuthRequest::Enable);
    assert_eq!(no_root, "etcdserver: root user does not exist");
}

#[test]
fn once_it_is_on_nobody_may_do_nothing() {
    let mut store = enabled();
    let nobody = Caller::default();
    for request in [
        Request::get("foo", false),
        Request::put("foo", "bar"),
        Request::Auth(AuthRequest::Status),
    ] {
        let error = store.apply_as(&nobody, &request).unwrap_err();
        assert_eq!(error.to_string(), "etcdserver: user name is empty");
    }
}

#[test]
fn root_may_do_everything_and_others_what_their_roles_permit() {
    let mut store = enabled();
    assert_eq!(
        tried(&mut store, "root", Request::put("foo", "bar")),
        Ok(())
    );
    assert_eq!(
        tried(&mut store, "alice", Request::get("foo", false)),
        Ok(())
    );
    let denied = Err(DENIED.to_owned());
    for request in [
        Request::put("foo", "bar"),
        Request::get("fo", false),
        Request::get("foo1", false),
        Request::delete("foo"),
        Request::Range(range("/app/", "/app1")),
        Request::Range(everything()),
        Request::Auth(AuthRequest::UserList),
        Request::Auth(AuthRequest::UserGet("bob".into())),
        Request::Auth(AuthRequest::RoleGet("root".into())),
    ] {
        assert_eq!(
            tried(&mut store, "alice", request.clone()),
            denied,
            "{request:?}"
        );
    }
    for request in [
        Request::put("/app/x", "1"),
        Request::Range(prefix("/app/")),
        Request::Range(range("/app/a", "/app/b")),
        Request::DeleteRange(del("/app/", "/app0")),
        Request::Auth(AuthRequest::UserGet("alice".into())),
        Request::Auth(AuthRequest::RoleGet("reader".into())),
    ] {
        assert_eq!(
            tried(&mut store, "alice", request.clone()),
            Ok(()),
            "{request:?}"
        );
    }
    assert_eq!(tried(&mut store, "bob", Request::get("foo", false)), denied);
    let unknown = tried(&mut store, "mallory", Request::Auth(AuthRequest::UserList));
    assert_eq!(unknown, Err("etcdserver: user name not found".to_owned()));
}

#[test]
fn permissions_add_up_over_roles_and_ranges() {
    let mut store = enabled();
    let root = caller("root", &store);
    for request in [
        AuthRequest::RoleAdd("more".into()),
        AuthRequest::RoleGrantPermission(permission("more", PermissionType::Read, "/app0", b"/b")),
        AuthRequest::RoleGrantPermission(permission("more", PermissionType::Write, "w", b"\0")),
        AuthRequest::UserGrantRole(role_of("alice", "more")),
    ] {
        store.apply_as(&root, &Request::Auth(request)).unwrap();
    }
    let both = Request::Range(range("/app/", "/b"));
    assert_eq!(tried(&mut store, "alice", both), Ok(()));
    let too_far = Request::Range(range("/app/", "/b1"));
    assert_eq!(tried(&mut store, "alice", too_far), Err(DENIED.to_owned()));
    let to_the_end = |key: &'static str, prev_kv| {
        Request::DeleteRange(DeleteRangeRequest {
            prev_kv,
            ..del(key, "\0")
        })
    };
    assert_eq!(tried(&mut store, "alice", to_the_end("x", false)), Ok(()));
    assert_eq!(
        tried(&mut store, "alice", to_the_end("v", false)),
        Err(DENIED.to_owned())
    );
    // To see what is deleted is to read it.
    assert_eq!(
        tried(&mut store, "alice", to_the_end("x", true)),
        Err(DENIED.to_owned())
    );
    let prev = PutRequest {
        prev_kv: true,
        ..put_with("x", "1")
    };
    assert_eq!(
        tried(&mut store, "alice", Request::Put(prev)),
        Err(DENIED.to_owned())
    );
    assert_eq!(tried(&mut store, "alice", Request::put("x", "1")), Ok(()));
}

#[test]
fn a_transaction_needs_the_permission_for_each_part_of_it() {
    let mut store = enabled();
    let compare = |key: &'static str| Compare {
        key: key.into(),
        ..Compare::default()
    };
    let txn = |compared, put: &'static str| TxnRequest {
        compare: vec![compare(compared)],
        success: vec![RequestOp::Put(put_with(put, "1"))],
        failure: vec![],
    };
    let allowed = txn("foo", "/app/x");
    for (txn, expected) in [
        (allowed.clone(), Ok(())),
        (txn("secret", "/app/x"), Err(DENIED.to_owned())),
        (txn("foo", "foo"), Err(DENIED.to_owned())),
        (
            TxnRequest {
                failure: vec![RequestOp::DeleteRange(del("foo", ""))],
                ..allowed.clone()
            },
            Err(DENIED.to_owned()),
        ),
        (
            TxnRequest {
                failure: vec![RequestOp::Txn(txn("foo", "foo"))],
                ..allowed
            },
            Err(DENIED.to_owned()),
        ),
    ] {
        assert_eq!(tried(&mut store, "alice", Request::Txn(txn)), expected);
    }
}

#[test]
fn a_lease_is_in_the_hands_of_those_who_may_write_its_keys() {
    let mut store = enabled();
    let root = caller("root", &store);
    let lease = {
        let mut granted = store.clone();
        let id = quorum::kv::LeaseId(7);
        let request = quorum::kv::LeaseGrantRequest { ttl: 60, id };
        let answer = granted.apply_as(&root, &Request::LeaseGrant(request));
        answer.unwrap();
        store = granted;
        id
    };
    let leased = |key| {
        Request::Put(PutRequest {
            lease,
            ..put_with(key, "1")
        })
    };
    assert_eq!(tried(&mut store, "alice", leased("/app/x")), Ok(()));
    assert_eq!(
        store.check_lease_keys(&caller("alice", &store), lease),
        Ok(())
    );
    assert_eq!(tried(&mut store, "root", leased("other")), Ok(()));
    let denied = Err(DENIED.to_owned());
    assert_eq!(tried(&mut store, "alice", leased("/app/y")), denied);
    assert_eq!(
        tried(&mut store, "alice", Request::LeaseRevoke(lease)),
        denied
    );
    let seen = store.check_lease_keys(&caller("alice", &store), lease);
    assert_eq!(seen, Err(KvError::PermissionDenied));
    assert_eq!(
        tried(&mut store, "root", Request::LeaseRevoke(lease)),
        Ok(())
    );
}

#[test]
fn passwords_are_checked() {
    let store = enabled();
    let check = |name: &str, password: &str| {
        let credentials = Credentials {
            name: name.to_owned(),
            password: password_digest(password),
        };
        let checked = store.auth().check_password(&credentials);
        checked.map_err(|error| error.to_string())
    };
    assert_eq!(check("alice", "secret"), Ok(caller("alice", &store)));
    let failed = "etcdserver: authentication failed, invalid user ID or password";
    assert_eq!(check("alice", "wrong"), Err(failed.to_owned()));
    assert_eq!(check("nobody", "secret"), Err(failed.to_owned()));
    let no_password = check("carol", "").unwrap_err();
    assert!(no_password.contains("no password user"), "{no_password}");
}

#[test]
fn a_password_can_be_changed_and_a_user_let_in_only_while_there_is_one() {
    let mut store = enabled();
    let root = caller("root", &store);
    let alice = |password: &str| Credentials {
        name: "alice".into(),
        password: password_digest(password),
    };
    let change = AuthRequest::UserChangePassword(alice("new"));
    store.apply_as(&root, &Request::Auth(change)).unwrap();
    assert!(store.auth().check_password(&alice("new")).is_ok());
    assert!(store.auth().check_password(&alice("secret")).is_err());
    let enter = Request::Auth(AuthRequest::Authenticate(alice("new")));
    assert!(store.apply(&enter).is_ok());
    let gone = AuthRequest::UserDelete("alice".into());
    let root = caller("root", &store);
    store.apply_as(&root, &Request::Auth(gone)).unwrap();
    assert_eq!(store.apply(&enter), Err(KvError::AuthFailed));
}

#[test]
fn who_was_let_in_before_users_or_roles_changed_has_to_ask_again() {
    let mut store = enabled();
    let (root, alice) = (caller("root", &store), caller("alice", &store));
    let add = Request::Auth(user("dave", "x"));
    store.apply_as(&root, &add).unwrap();
    let old = store.apply_as(&alice, &Request::get("foo", false));
    let words = old.unwrap_err().to_string();
    assert_eq!(words, "etcdserver: revision of auth store is old");
    // The administrator's own requests about users do not mind.
    let list = Request::Auth(AuthRequest::UserList);
    assert!(store.apply_as(&root, &list).is_ok());
}

#[test]
fn nobody_can_lock_everybody_out() {
    let mut store = enabled();
    for request in [
        AuthRequest::UserDelete("root".into()),
        AuthRequest::UserRevokeRole(role_of("root", "root")),
        AuthRequest::RoleDelete("root".into()),
    ] {
        let words = tried(&mut store, "root", Request::Auth(request));
        assert_eq!(words, Err("etcdserver: invalid auth management".to_owned()));
    }
    let off = Request::Auth(AuthRequest::Disable);
    assert_eq!(
        tried(&mut store, "alice", off.clone()),
        Err(DENIED.to_owned())
    );
    assert_eq!(tried(&mut store, "root", off), Ok(()));
    ask(&mut store, AuthRequest::UserDelete("root".into())).unwrap();
}

#[test]
fn a_role_that_is_deleted_is_taken_from_all_users() {
    let mut store = store();
    ask(&mut store, AuthRequest::RoleDelete("reader".into())).unwrap();
    assert_eq!(
        names(&mut store, AuthRequest::UserGet("alice".into())),
        [""; 0]
    );
}

#[test]
fn a_permission_for_the_same_keys_is_changed_and_not_added() {
    let mut store = store();
    let again = permission("reader", PermissionType::Write, "foo", b"");
    ask(&mut store, AuthRequest::RoleGrantPermission(again.clone())).unwrap();
    let kinds = |store: &mut Store| match ask(store, AuthRequest::RoleGet("reader".into())) {
        Ok(AuthResponse::Permissions(known)) => known.iter().map(|p| p.kind).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        kinds(&mut store),
        [PermissionType::ReadWrite, PermissionType::Write]
    );
    ask(&mut store, AuthRequest::RoleRevokePermission(again)).unwrap();
    assert_eq!(kinds(&mut store), [PermissionType::ReadWrite]);
}

#[test]
fn a_watch_needs_the_permission_to_read() {
    let store = enabled();
    let alice = caller("alice", &store);
    let app = KeyRange {
        key: "/app/".into(),
        range_end: prefix_end(b"/app/"),
    };
    assert_eq!(store.check_range(&alice, &app), Ok(()));
    let all = KeyRange::prefix("");
    assert_eq!(
        store.check_range(&alice, &all),
        Err(KvError::PermissionDenied)
    );
    assert_eq!(
        store.auth().check_admin(&alice),
        Err(KvError::PermissionDenied)
    );
    assert_eq!(store.auth().check_admin(&caller("root", &store)), Ok(()));
}
