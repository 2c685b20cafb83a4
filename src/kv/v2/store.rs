//! What the requests do.

use super::history::History;
use super::request::{V2Action, V2Error, V2Event, V2Method, V2Node, V2Request, V2Response};
use super::tree::{File, Tree, parent};
use crate::kv::code::fields;
use std::sync::Arc;

/// The store of version 2.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct V2Store {
    index: u64,
    tree: Tree,
    history: History,
}

fields! { V2Store { index, tree, history } }

type Done = Result<V2Event, V2Error>;

impl V2Store {
    /// The index of the last change, those of etcd's own records included.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// When the first of what is to vanish does so, in microseconds since 1970.
    pub fn next_expiration(&self) -> Option<u64> {
        self.tree.first_to_expire().map(|file| file.expiration)
    }

    /// Reads what is at the path of a request.
    ///
    /// # Errors
    /// 100 and 104.
    pub fn get(&self, request: &V2Request) -> Done {
        let path = clean(&request.path);
        let root = File {
            dir: true,
            ..File::default()
        };
        let mut node = match self.find(&path)? {
            Some(file) => file.shown(request.time),
            None => root.shown(request.time),
        };
        if node.dir {
            node.nodes = self.tree.list(&path, request.recursive, request.time);
        }
        Ok(V2Event {
            action: V2Action::Get,
            node,
            prev_node: None,
            etcd_index: self.index,
            refresh: false,
        })
    }

    /// For a watch that begins: the first change of what is at a path, or anywhere below, from an
    /// index on; 0 for the next. `None` if it is yet to come, see [`V2Store::next_event`].
    ///
    /// # Errors
    /// 401 if the index is not remembered any more.
    pub fn watch(
        &self,
        path: &str,
        recursive: bool,
        since: u64,
    ) -> Result<Option<V2Event>, V2Error> {
        if since == 0 {
            return Ok(None);
        }
        let watched = clean(path);
        let found = self
            .history
            .scan((&watched, recursive), since, self.index)?;
        Ok(found.map(|event| V2Event {
            etcd_index: self.index,
            ..event.clone()
        }))
    }

    /// For a watch that waits: the first change after the index `seen`, which the watch has seen
    /// the store at. A watch that began with an index in the future has seen all before it.
    pub fn next_event(&self, path: &str, recursive: bool, seen: u64) -> Option<V2Event> {
        let watched = clean(path);
        self.history.next((&watched, recursive), seen).cloned()
    }

    pub(in crate::kv) fn count_records(&mut self, count: u64) {
        self.index += count;
    }

    /// Carries out a request.
    pub(in crate::kv) fn apply(&mut self, request: &V2Request) -> V2Response {
        let path = clean(&request.path);
        let compares = request.prev_index > 0 || !request.prev_value.is_empty();
        let done = match (request.method, request.prev_exist) {
            (V2Method::Sync, _) => {
                self.expire(request.time);
                return V2Response::Synced;
            }
            (V2Method::Get, _) => self.get(request),
            (V2Method::Post, _) => {
                let name = self.index + 1;
                self.create(&format!("{path}/{name:020}"), V2Action::Create, request)
            }
            (V2Method::Put, Some(false)) => self.create(&path, V2Action::Create, request),
            (V2Method::Put, Some(true)) if !compares => self.update(&path, request),
            (V2Method::Put, _) if compares => self.compare_and_swap(&path, request),
            (V2Method::Put, _) => self.set(&path, request),
            (V2Method::Delete, _) if compares => self.compare_and_delete(&path, request),
            (V2Method::Delete, _) => self.delete(&path, request),
        };
        match done {
            Ok(event) => V2Response::Event(Box::new(event)),
            Err(error) => V2Response::Error(error),
        }
    }

    fn error(&self, code: u64, cause: impl Into<String>) -> V2Error {
        V2Error {
            code,
            cause: cause.into(),
            index: self.index,
        }
    }

    /// What is at a path; `None` for the root.
    fn find(&self, path: &str) -> Result<Option<&Arc<File>>, V2Error> {
        let mut found = None;
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
        for end in ends.chain([path.len()]).filter(|end| *end > 0) {
            let here = &path[..end];
            if let Some(file) = self.tree.get(parent(here))
                && !file.dir
            {
                return Err(self.error(V2Error::NOT_DIR, &file.path));
            }
            let file = self.tree.get(here);
            found = Some(file.ok_or_else(|| self.error(V2Error::KEY_NOT_FOUND, here))?);
        }
        Ok(found)
    }

    /// What is at a path that is not the root's, which nobody may change.
    fn find_to_change(&self, path: &str) -> Result<Arc<File>, V2Error> {
        let file = self.find(path)?;
        file.cloned()
            .ok_or_else(|| self.error(V2Error::ROOT_READ_ONLY, "/"))
    }

    fn set(&mut self, path: &str, request: &V2Request) -> Done {
        match self.find(path) {
            Err(error) if error.code != V2Error::KEY_NOT_FOUND || request.refresh => Err(error),
            _ => self.create(path, V2Action::Set, request),
        }
    }

    /// Creates a file or a directory, with the directories that it lies in. To set a file replaces
    /// the one that is there.
    fn create(&mut self, path: &str, action: V2Action, request: &V2Request) -> Done {
        if path.is_empty() {
            return Err(self.error(V2Error::ROOT_READ_ONLY, "/"));
        }
        let next = self.index + 1;
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
        let mut missing = Vec::new();
        for dir in ends.map(|end| &path[..end]) {
            match self.tree.get(dir) {
                Some(file) if !file.dir => return Err(self.error(V2Error::NOT_DIR, dir)),
                Some(_) => {}
                None => missing.push(File {
                    path: dir.to_owned(),
                    dir: true,
                    created: next,
                    modified: next,
                    ..File::default()
                }),
            }
        }
        let before = self.tree.get(path).cloned();
        match &before {
            Some(_) if action == V2Action::Create => {
                return Err(self.error(V2Error::NODE_EXIST, path));
            }
            Some(file) if file.dir => return Err(self.error(V2Error::NOT_FILE, path)),
            _ => {}
        }
        let kept = before.as_ref().filter(|_| request.refresh);
        let value = kept.map_or(&request.value, |kept| &kept.value);
        let file = File {
            path: path.to_owned(),
            value: if request.dir {
                String::new()
            } else {
                value.clone()
            },
            dir: request.dir,
            expiration: request.expiration,
            created: next,
            modified: next,
        };
        let node = file.shown(request.time);
        for dir in missing {
            self.tree.insert(dir);
        }
        self.tree.insert(file);
        let prev_node = before.map(|before| before.shown(request.time));
        let refresh = request.refresh && action == V2Action::Set;
        Ok(self.happened(action, node, prev_node, refresh, Vec::new()))
    }

    /// etcd 3.5 refuses to update a directory with words that are not meant for clients.
    fn update(&mut self, path: &str, request: &V2Request) -> Done {
        let file = self.find_to_change(path)?;
        if file.dir && !request.value.is_empty() {
            return Err(self.error(V2Error::NOT_FILE, path));
        }
        if file.dir {
            return Err(V2Error {
                code: V2Error::RAFT_INTERNAL,
                cause: format!("nodePath /1{path} : Not a file ()"),
                index: 0,
            });
        }
        Ok(self.write(V2Action::Update, &file, request))
    }

    fn compare_and_swap(&mut self, path: &str, request: &V2Request) -> Done {
        let file = self.find_to_change(path)?;
        self.compare(&file, request)?;
        Ok(self.write(V2Action::CompareAndSwap, &file, request))
    }

    /// Gives a file another value and time to live.
    fn write(&mut self, action: V2Action, file: &File, request: &V2Request) -> V2Event {
        let value = if request.refresh {
            &file.value
        } else {
            &request.value
        };
        let written = File {
            value: value.clone(),
            expiration: request.expiration,
            modified: self.index + 1,
            ..file.clone()
        };
        let node = written.shown(request.time);
        self.tree.insert(written);
        let prev_node = Some(file.shown(request.time));
        self.happened(action, node, prev_node, request.refresh, Vec::new())
    }

    fn delete(&mut self, path: &str, request: &V2Request) -> Done {
        let file = self.find_to_change(path)?;
        if file.dir && !request.dir && !request.recursive {
            return Err(self.error(V2Error::NOT_FILE, path));
        }
        if !request.recursive && !self.tree.below(path).is_empty() {
            return Err(self.error(V2Error::DIR_NOT_EMPTY, path));
        }
        Ok(self.remove(V2Action::Delete, &file, request.time))
    }

    fn compare_and_delete(&mut self, path: &str, request: &V2Request) -> Done {
        let Some(file) = self.find(path)?.cloned() else {
            return Err(self.error(V2Error::NOT_FILE, path));
        };
        self.compare(&file, request)?;
        Ok(self.remove(V2Action::CompareAndDelete, &file, request.time))
    }

    /// Only a file can be compared: its value, the index that last changed it, or both.
    fn compare(&self, file: &File, request: &V2Request) -> Result<(), V2Error> {
        if file.dir {
            return Err(self.error(V2Error::NOT_FILE, &file.path));
        }
        let (value, index) = (&request.prev_value, request.prev_index);
        let mut differs = Vec::new();
        let value_matches = value.is_empty() || *value == file.value;
        let index_matches = index == 0 || index == file.modified;
        if !value_matches {
            differs.push(format!("[{value} != {}]", file.value));
        }
        if !index_matches {
            differs.push(format!("[{index} != {}]", file.modified));
        }
        if differs.is_empty() {
            return Ok(());
        }
        Err(self.error(V2Error::TEST_FAILED, differs.join(" ")))
    }

    /// What is to vanish by now does so, one after the other.
    fn expire(&mut self, time: u64) {
        while let Some(file) = self.tree.first_to_expire().cloned() {
            if file.expiration > time {
                break;
            }
            self.remove(V2Action::Expire, &file, time);
        }
    }

    fn remove(&mut self, action: V2Action, file: &File, time: u64) -> V2Event {
        let removed = self.tree.remove(&file.path);
        let node = V2Node {
            key: file.path.clone(),
            dir: file.dir,
            created_index: file.created,
            modified_index: self.index + 1,
            ..V2Node::default()
        };
        self.happened(action, node, Some(file.shown(time)), false, removed)
    }

    /// The next index has its change.
    fn happened(
        &mut self,
        action: V2Action,
        node: V2Node,
        prev_node: Option<V2Node>,
        refresh: bool,
        removed: Vec<String>,
    ) -> V2Event {
        self.index += 1;
        let event = V2Event {
            action,
            node,
            prev_node,
            etcd_index: self.index,
            refresh,
        };
        self.history.add(event.clone(), removed);
        event
    }
}

/// A path with one slash before each name and none at the end: empty for the root. `.` and `..`
/// are what they are everywhere.
fn clean(path: &str) -> String {
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            _ => names.push(name),
        }
    }
    names.iter().map(|name| format!("/{name}")).collect()
}
