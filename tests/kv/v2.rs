//! The store of version 2 (`v2-keys`, `v2-directories`, `v2-watch`).

use super::support::did;
use quorum::kv::{
    Request, ResponseBody, Store, V2Action, V2Event, V2Method, V2Node, V2Request, V2Response,
};

/// A second.
const SECOND: u64 = 1_000_000;

/// A cluster of three members that has just settled.
fn fresh() -> Store {
    let mut store = Store::default();
    store.count_v2_records(7);
    store
}

fn request(method: V2Method, path: &str, value: &str) -> V2Request {
    V2Request {
        method,
        path: path.to_owned(),
        value: value.to_owned(),
        time: 100 * SECOND,
        ..V2Request::default()
    }
}

fn set(path: &str, value: &str) -> V2Request {
    request(V2Method::Put, path, value)
}

fn mkdir(path: &str) -> V2Request {
    V2Request {
        dir: true,
        prev_exist: Some(false),
        ..set(path, "")
    }
}

fn rm(path: &str) -> V2Request {
    request(V2Method::Delete, path, "")
}

fn get(path: &str) -> V2Request {
    request(V2Method::Get, path, "")
}

fn apply(store: &mut Store, request: V2Request) -> V2Response {
    match did(store, Request::V2(request)).body {
        ResponseBody::V2(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn done(store: &mut Store, request: V2Request) -> V2Event {
    match apply(store, request) {
        V2Response::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

/// `100: Key not found (/nope) [10]`
fn error(store: &mut Store, request: V2Request) -> String {
    let before = store.clone();
    let answer = apply(store, request);
    assert_eq!(*store, before, "nothing has changed");
    match answer {
        V2Response::Error(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The paths below one, a slash behind directories.
fn list(store: &Store, path: &str, recursive: bool) -> Vec<String> {
    fn walk(nodes: &[V2Node], out: &mut Vec<String>) {
        for node in nodes {
            let slash = if node.dir { "/" } else { "" };
            out.push(format!("{}{slash}", node.key));
            walk(&node.nodes, out);
        }
    }
    let asked = V2Request {
        recursive,
        sorted: true,
        ..get(path)
    };
    let mut out = Vec::new();
    walk(&store.v2().get(&asked).unwrap().node.nodes, &mut out);
    out
}

fn indices(node: &V2Node) -> (u64, u64) {
    (node.created_index, node.modified_index)
}

#[test]
fn the_first_write_of_a_fresh_cluster_gets_8() {
    let mut store = fresh();
    let event = done(&mut store, set("/message", "Hello"));
    assert_eq!(indices(&event.node), (8, 8));
    assert_eq!((event.action, event.prev_node), (V2Action::Set, None));
    assert_eq!(store.v2().index(), 8);
    assert_eq!(store.revision().0, 1, "it is not the revision of the keys");
}

#[test]
fn to_set_a_file_replaces_it_and_to_update_it_does_not() {
    let mut store = fresh();
    done(&mut store, set("/message", "Hello"));
    let event = done(&mut store, set("message", "Hello world"));
    assert_eq!(indices(&event.node), (9, 9));
    let prev = event.prev_node.unwrap();
    assert_eq!((prev.key.as_str(), indices(&prev)), ("/message", (8, 8)));
    assert_eq!(prev.value.as_deref(), Some("Hello"));
    let update = V2Request {
        prev_exist: Some(true),
        ..set("/message", "w")
    };
    let event = done(&mut store, update.clone());
    assert_eq!(
        (event.action, indices(&event.node)),
        (V2Action::Update, (9, 10))
    );
    let absent = V2Request {
        path: "/absent".into(),
        ..update
    };
    assert_eq!(
        error(&mut store, absent),
        "100: Key not found (/absent) [10]"
    );
}

#[test]
fn what_is_there_cannot_be_created_again() {
    let mut store = fresh();
    done(&mut store, mkdir("/dir"));
    assert_eq!(
        error(&mut store, mkdir("/dir")),
        "105: Key already exists (/dir) [8]"
    );
    let make = V2Request {
        dir: false,
        ..mkdir("/dir/k")
    };
    let event = done(&mut store, make.clone());
    assert_eq!(event.action, V2Action::Create);
    assert_eq!(
        error(&mut store, make),
        "105: Key already exists (/dir/k) [9]"
    );
}

#[test]
fn swaps_and_deletes_can_depend_on_the_value_or_the_index() {
    let mut store = fresh();
    done(&mut store, set("/message", "again"));
    let swap = |value: &str, index| V2Request {
        prev_value: value.to_owned(),
        prev_index: index,
        ..set("/message", "x")
    };
    let words = error(&mut store, swap("wrong", 0));
    assert_eq!(words, "101: Compare failed ([wrong != again]) [8]");
    let words = error(&mut store, swap("", 1));
    assert_eq!(words, "101: Compare failed ([1 != 8]) [8]");
    let words = error(&mut store, swap("wrong", 1));
    assert_eq!(words, "101: Compare failed ([wrong != again] [1 != 8]) [8]");
    let event = done(&mut store, swap("again", 8));
    assert_eq!(event.action, V2Action::CompareAndSwap);
    assert_eq!(indices(&event.node), (8, 9));
    let remove = |value: &str| V2Request {
        prev_value: value.to_owned(),
        ..rm("/message")
    };
    let words = error(&mut store, remove("nope"));
    assert_eq!(words, "101: Compare failed ([nope != x]) [9]");
    let event = done(&mut store, remove("x"));
    assert_eq!(event.action, V2Action::CompareAndDelete);
    done(&mut store, mkdir("/dir"));
    let dir = V2Request {
        path: "/dir".into(),
        ..swap("x", 0)
    };
    assert_eq!(error(&mut store, dir), "102: Not a file (/dir) [11]");
}

#[test]
fn a_deleted_file_is_told_with_its_last_value() {
    let mut store = fresh();
    done(&mut store, set("/message", "x"));
    let event = done(&mut store, rm("/message"));
    assert_eq!(
        (event.action, indices(&event.node)),
        (V2Action::Delete, (8, 9))
    );
    assert_eq!(event.node.value, None);
    assert_eq!(event.prev_node.unwrap().value.as_deref(), Some("x"));
    assert_eq!(
        error(&mut store, rm("/message")),
        "100: Key not found (/message) [9]"
    );
}

#[test]
fn directories_come_with_the_files_in_them() {
    let mut store = fresh();
    done(&mut store, mkdir("/dir"));
    done(&mut store, set("/dir/k1", "v1"));
    done(&mut store, set("/deep/er/key", "v"));
    done(&mut store, set("/dir-2/x", "v"));
    assert_eq!(list(&store, "/", false), ["/deep/", "/dir/", "/dir-2/"]);
    assert_eq!(list(&store, "/dir", false), ["/dir/k1"]);
    let all = list(&store, "", true);
    assert_eq!(
        all,
        [
            "/deep/",
            "/deep/er/",
            "/deep/er/key",
            "/dir/",
            "/dir/k1",
            "/dir-2/",
            "/dir-2/x"
        ]
    );
    let deep = store.v2().get(&get("/deep/er")).unwrap().node;
    assert_eq!(indices(&deep), (10, 10), "that of the file in it");
    let file = store.v2().get(&get("/dir/k1")).unwrap();
    assert_eq!(
        (file.action, file.node.value),
        (V2Action::Get, Some("v1".into()))
    );
}

#[test]
fn names_that_begin_with_an_underscore_are_not_listed() {
    let mut store = fresh();
    done(&mut store, set("/dir/_hidden", "v"));
    done(&mut store, set("/dir/shown", "v"));
    assert_eq!(list(&store, "/dir", false), ["/dir/shown"]);
    assert!(store.v2().get(&get("/dir/_hidden")).is_ok());
}

#[test]
fn files_are_no_directories_nor_the_other_way_round() {
    let mut store = fresh();
    done(&mut store, mkdir("/dir"));
    done(&mut store, set("/dir/k1", "v1"));
    for (request, words) in [
        (set("/dir", "v"), "102: Not a file (/dir) [9]"),
        (
            set("/dir/k1/child", "v"),
            "104: Not a directory (/dir/k1) [9]",
        ),
        (get("/dir/k1/child"), "104: Not a directory (/dir/k1) [9]"),
        (get("/nope"), "100: Key not found (/nope) [9]"),
        (get("/nope/deeper"), "100: Key not found (/nope) [9]"),
        (rm("/dir"), "102: Not a file (/dir) [9]"),
        (
            V2Request {
                dir: true,
                ..rm("/dir")
            },
            "108: Directory not empty (/dir) [9]",
        ),
        (
            V2Request {
                prev_exist: Some(true),
                ..set("/dir", "v")
            },
            "102: Not a file (/dir) [9]",
        ),
        (
            V2Request {
                prev_exist: Some(true),
                ..set("/dir", "")
            },
            "300: Raft Internal Error (nodePath /1/dir : Not a file ()) [0]",
        ),
    ] {
        assert_eq!(error(&mut store, request.clone()), words, "{request:?}");
    }
}

#[test]
fn nobody_may_change_the_root() {
    let mut store = fresh();
    let update = V2Request {
        prev_exist: Some(true),
        ..set("/", "x")
    };
    let all = V2Request {
        recursive: true,
        ..rm("/")
    };
    for request in [set("/", "x"), mkdir("/"), update, rm("/"), all] {
        assert_eq!(error(&mut store, request), "107: Root is read only (/) [7]");
    }
}

#[test]
fn a_directory_is_removed_when_empty_or_with_all_that_is_in_it() {
    let mut store = fresh();
    done(&mut store, mkdir("/dir2"));
    let empty = V2Request {
        dir: true,
        ..rm("/dir2")
    };
    done(&mut store, empty);
    done(&mut store, set("/dir/a/b", "v"));
    done(&mut store, set("/dirt", "v"));
    let all = V2Request {
        recursive: true,
        ..rm("/dir")
    };
    let event = done(&mut store, all);
    assert!(event.node.dir && event.node.value.is_none());
    assert_eq!(list(&store, "/", true), ["/dirt"]);
}

#[test]
fn files_in_order_are_named_by_the_index() {
    let mut store = fresh();
    let queue = request(V2Method::Post, "/queue", "a");
    let first = done(&mut store, queue.clone());
    assert_eq!(first.action, V2Action::Create);
    done(&mut store, queue);
    let files = ["/queue/00000000000000000008", "/queue/00000000000000000009"];
    assert_eq!(list(&store, "/queue", false), files);
}

#[test]
fn paths_are_cleaned() {
    let mut store = fresh();
    let event = done(&mut store, set("a//b/../c/./", "v"));
    assert_eq!(event.node.key, "/a/c");
}

#[test]
fn what_has_a_time_to_live_vanishes_by_the_leaders_clock() {
    let mut store = fresh();
    let lives = |path: &str, seconds: u64| V2Request {
        expiration: (100 + seconds) * SECOND,
        ..set(path, "v")
    };
    let event = done(&mut store, lives("/ttl", 60));
    assert_eq!((event.node.ttl, event.node.expiration), (60, 160 * SECOND));
    let dir = V2Request {
        dir: true,
        ..lives("/dir", 50)
    };
    done(&mut store, dir);
    done(&mut store, set("/dir/file", "v"));
    let later = V2Request {
        time: 100 * SECOND + 1_500_000,
        ..get("/ttl")
    };
    assert_eq!(store.v2().get(&later).unwrap().node.ttl, 59, "rounded up");
    assert_eq!(store.v2().next_expiration(), Some(150 * SECOND));
    let sync = |seconds| V2Request {
        time: seconds * SECOND,
        ..request(V2Method::Sync, "", "")
    };
    assert_eq!(apply(&mut store, sync(149)), V2Response::Synced);
    assert_eq!(store.v2().index(), 10);
    apply(&mut store, sync(150));
    assert_eq!(list(&store, "/", true), ["/ttl"]);
    assert_eq!(store.v2().index(), 11);
    apply(&mut store, sync(170));
    assert_eq!(
        error(&mut store, get("/ttl")),
        "100: Key not found (/ttl) [12]"
    );
    let expired = store.v2().watch("/ttl", false, 9).unwrap().unwrap();
    assert_eq!(expired.action, V2Action::Expire);
    assert_eq!(store.v2().next_expiration(), None);
}

#[test]
fn another_write_gives_another_time_to_live_or_none() {
    let mut store = fresh();
    let lives = V2Request {
        expiration: 160 * SECOND,
        ..set("/k", "v")
    };
    done(&mut store, lives.clone());
    let update = V2Request {
        prev_exist: Some(true),
        ..set("/k", "w")
    };
    done(&mut store, update.clone());
    assert_eq!(store.v2().next_expiration(), None);
    let refresh = V2Request {
        refresh: true,
        expiration: 200 * SECOND,
        ..update
    };
    let event = done(&mut store, refresh);
    assert_eq!(
        (event.node.value.as_deref(), event.refresh),
        (Some("w"), true)
    );
    assert_eq!(store.v2().next_expiration(), Some(200 * SECOND));
    assert_eq!(store.v2().watch("/k", false, 10).unwrap(), None, "not told");
    let absent = V2Request {
        refresh: true,
        path: "/none".into(),
        ..lives
    };
    assert_eq!(error(&mut store, absent), "100: Key not found (/none) [10]");
}

/// What a watch is told that begins with the store and waits for what comes after.
fn told(story: &[V2Request], path: &str, recursive: bool) -> Vec<String> {
    let mut store = fresh();
    done(&mut store, set("/w", "0"));
    let mut seen = store.v2().index();
    for request in story {
        done(&mut store, request.clone());
    }
    let mut told = Vec::new();
    while let Some(event) = store.v2().next_event(path, recursive, seen) {
        seen = event.node.modified_index;
        told.push(format!("{} {}", event.action.name(), event.node.key));
    }
    told
}

#[test]
fn a_watch_is_told_of_its_path_and_if_recursive_of_all_below() {
    let recursive = |path: &str| V2Request {
        recursive: true,
        ..rm(path)
    };
    let story = [
        set("/w", "1"),
        set("/tree/a", "1"),
        set("/tree/b/c", "2"),
        set("/tree/_secret", "3"),
        set("/trees", "4"),
        rm("/w"),
        recursive("/tree"),
    ];
    assert_eq!(told(&story, "/w", false), ["set /w", "delete /w"]);
    let tree = ["set /tree/a", "set /tree/b/c", "delete /tree"];
    assert_eq!(told(&story, "/tree", true), tree);
    assert_eq!(told(&story, "/tree", false), ["delete /tree"]);
    // Who watches a file hears that its directory is removed; who watches nothing does not.
    assert_eq!(
        told(&story, "/tree/a", false),
        ["set /tree/a", "delete /tree"]
    );
    assert_eq!(told(&story, "/tree/none", false), [""; 0]);
    assert_eq!(told(&story, "/tree/_secret", false).len(), 2);
    assert_eq!(told(&story, "", true).len(), 6);
}

#[test]
fn a_watch_can_begin_in_the_past() {
    let mut store = fresh();
    done(&mut store, set("/w", "0"));
    done(&mut store, set("/x", "0"));
    done(&mut store, set("/w", "1"));
    let since = |index| store.v2().watch("/w", false, index).unwrap();
    let first = since(1).unwrap();
    assert_eq!(first.node.modified_index, 8);
    assert_eq!(first.etcd_index, 10, "the index of the store now");
    assert_eq!(since(9).unwrap().node.modified_index, 10);
    assert_eq!(since(11), None);
    assert_eq!(since(0), None, "only what is yet to come");
}

#[test]
fn only_the_last_1000_changes_are_remembered() {
    let mut store = fresh();
    for _ in 0..2_000 {
        done(&mut store, set("/w", "0"));
    }
    assert_eq!(store.v2().index(), 2_007);
    assert!(store.v2().watch("/w", false, 1_008).is_ok());
    let words = store
        .v2()
        .watch("/w", false, 1_007)
        .unwrap_err()
        .to_string();
    assert_eq!(
        words,
        "401: The event in requested index is outdated and cleared \
         (the requested history has been cleared [1008/1007]) [2007]"
    );
}
