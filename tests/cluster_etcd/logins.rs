//! Users: who may do what.

use crate::support::{Etcd, SECOND, answer, endpoints};
use quorum::cluster::{
    Action, Answer, AnswerBody, Call, ClientError, EDITION, End, Job, Login, Program, ProgramError,
    ProgramEvent, WatchRequest, WorldOptions,
};
use quorum::kv::{
    AuthRequest, Credentials, KvError, Permission, Request, RolePermission, UserAddRequest,
    UserRole, password_digest,
};
use quorum::raft::NodeId;

fn auth(etcd: &mut Etcd, request: AuthRequest) {
    let (said, _) = etcd.run(&[1], Job::Patient(Call::Store(Request::Auth(request))));
    answer(&said).unwrap();
}

fn as_user(
    etcd: &mut Etcd,
    user: &str,
    password: &str,
    request: Request,
) -> Result<Answer, ProgramError> {
    let mut program = Program::request(endpoints(&[2]), request);
    program.user = Some(Login {
        name: user.to_owned(),
        password: password.to_owned(),
    });
    let (said, _) = etcd.run_program(program);
    match said.last() {
        Some(ProgramEvent::Ended(End::Failed(error))) => Err(error.clone()),
        _ => Ok(answer(&said).unwrap()),
    }
}

/// Root, and alice, who may read `foo`.
fn protected(edition: u64) -> Etcd {
    let mut etcd = Etcd::with(WorldOptions {
        edition,
        ..WorldOptions::etcd()
    });
    for (name, password) in [("root", "rootpw"), ("alice", "secret")] {
        let user = UserAddRequest {
            name: name.to_owned(),
            password: Some(password_digest(password)),
        };
        auth(&mut etcd, AuthRequest::UserAdd(user));
    }
    auth(&mut etcd, AuthRequest::RoleAdd("reader".to_owned()));
    let permission = Permission {
        key: "foo".into(),
        ..Permission::default()
    };
    let role = "reader".to_owned();
    auth(
        &mut etcd,
        AuthRequest::RoleGrantPermission(RolePermission { role, permission }),
    );
    let (user, role) = ("alice".to_owned(), "reader".to_owned());
    auth(
        &mut etcd,
        AuthRequest::UserGrantRole(UserRole { user, role }),
    );
    let (said, _) = etcd.run(&[1], Job::AuthEnable);
    answer(&said).unwrap();
    etcd
}

#[test]
fn users_may_do_what_their_roles_allow() {
    let mut etcd = protected(EDITION);
    let (put, get) = (Request::put("foo", "bar"), Request::get("foo", false));
    assert_eq!(
        etcd.get(&[1], "foo").unwrap_err(),
        "etcdserver: user name is empty"
    );
    as_user(&mut etcd, "root", "rootpw", put.clone()).unwrap();
    as_user(&mut etcd, "alice", "secret", get.clone()).unwrap();
    let denied = ClientError::Refused(KvError::PermissionDenied);
    assert_eq!(
        as_user(&mut etcd, "alice", "secret", put),
        Err(ProgramError::Call(denied))
    );
    let failed = ClientError::Refused(KvError::AuthFailed);
    assert_eq!(
        as_user(&mut etcd, "alice", "wrong", get),
        Err(ProgramError::Login(failed))
    );
}

#[test]
fn a_member_that_is_behind_lets_nobody_in_before_it_has_caught_up() {
    let mut etcd = protected(EDITION);
    let groups = vec![vec![NodeId(3)]];
    etcd.act(Action::Partition { groups });
    let add = UserAddRequest {
        name: "bob".to_owned(),
        password: Some(password_digest("new")),
    };
    let change = Credentials {
        name: "root".to_owned(),
        password: password_digest("changed"),
    };
    for request in [
        AuthRequest::UserAdd(add),
        AuthRequest::UserChangePassword(change),
    ] {
        as_user(&mut etcd, "root", "rootpw", Request::Auth(request)).unwrap();
    }
    let mut begin = |name: &str, password: &str| {
        let get = Request::Auth(AuthRequest::UserGet(name.to_owned()));
        let mut program = Program::request(endpoints(&[3]), get);
        program.user = Some(Login {
            name: name.to_owned(),
            password: password.to_owned(),
        });
        etcd.begin_program(program)
    };
    let (bob, root) = (begin("bob", "new"), begin("root", "rootpw"));
    etcd.pass(SECOND);
    assert_eq!((etcd.said(bob), etcd.said(root)), (vec![], vec![]));
    etcd.act(Action::Heal);
    etcd.pass(3 * SECOND);
    assert!(answer(&etcd.said(bob)).is_ok());
    let failed = ClientError::Refused(KvError::AuthFailed);
    let end = End::Failed(ProgramError::Login(failed));
    assert_eq!(etcd.said(root), [ProgramEvent::Ended(end)]);
}

#[test]
fn a_user_and_its_roles_are_asked_for_in_a_row() {
    let mut etcd = Etcd::new();
    let name = "alice".to_owned();
    let user = UserAddRequest {
        name: name.clone(),
        password: None,
    };
    auth(&mut etcd, AuthRequest::UserAdd(user));
    for role in ["one", "two"] {
        auth(&mut etcd, AuthRequest::RoleAdd(role.to_owned()));
        let (user, role) = (name.clone(), role.to_owned());
        auth(
            &mut etcd,
            AuthRequest::UserGrantRole(UserRole { user, role }),
        );
    }
    let (said, _) = etcd.run(&[1], Job::UserDetail(name));
    assert_eq!(said.len(), 4, "the user, two roles, the end");
}

/// clientv3 asks for a token whenever it opens a stream.
#[test]
fn a_watch_that_begins_again_logs_in_again() {
    for edition in [EDITION, 0] {
        let mut etcd = protected(edition);
        let request = WatchRequest {
            key: "foo".into(),
            ..WatchRequest::default()
        };
        let mut program = Program::new(endpoints(&[2, 3]), Job::Watch(vec![request]));
        program.user = Some(Login {
            name: "alice".to_owned(),
            password: "secret".to_owned(),
        });
        let run = etcd.begin_program(program);
        etcd.pass(SECOND);
        assert_eq!(etcd.said(run), [ProgramEvent::Ready]);
        // The users change: what alice was told when she was let in is not enough any more.
        let role = Request::Auth(AuthRequest::RoleAdd("other".to_owned()));
        as_user(&mut etcd, "root", "rootpw", role).unwrap();
        // For longer than a login takes at most.
        etcd.crash(2);
        etcd.crash(3);
        etcd.pass(20 * SECOND);
        etcd.start(2);
        etcd.start(3);
        etcd.pass(20 * SECOND);
        let put = Request::put("foo", "bar");
        as_user(&mut etcd, "root", "rootpw", put).unwrap();
        etcd.pass(SECOND);
        let said = etcd.said(run);
        let told = said.iter().filter_map(|event| match event {
            ProgramEvent::Watched { answer, .. } => match &answer.body {
                AnswerBody::Watch(part) => Some((part.events.len(), part.canceled.clone())),
                other => panic!("{other:?}"),
            },
            _ => None,
        });
        let refused = KvError::AuthOldRevision.to_string();
        let wanted = match edition {
            0 => (0, Some(refused)),
            _ => (1, None),
        };
        assert_eq!(told.collect::<Vec<_>>(), [wanted]);
    }
}
