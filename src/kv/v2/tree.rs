//! The files and directories, in the order of their paths.
//!
//! The list is flat: no path is so deep that going down would not end. It is copied when it is
//! changed while a clone shares it, which for the few files of this old interface is quick enough.

use super::request::V2Node;
use crate::kv::code::fields;
use std::sync::Arc;

/// A file or a directory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct File {
    /// Its path, without a slash at the end; that of the root is empty.
    pub path: String,
    /// Its value; empty for a directory.
    pub value: String,
    /// Whether it is a directory.
    pub dir: bool,
    /// When it vanishes, in microseconds since 1970; 0 for never.
    pub expiration: u64,
    /// The index that created it.
    pub created: u64,
    /// The index that last changed it.
    pub modified: u64,
}

/// All files and directories but the root.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Tree {
    files: Arc<Vec<Arc<File>>>,
}

fields! {
    File { path, value, dir, expiration, created, modified }
    Tree { files }
}

impl File {
    /// Its name in its directory.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// As clients see it at a time, without what is in it.
    pub fn shown(&self, time: u64) -> V2Node {
        V2Node {
            key: self.path.clone(),
            value: (!self.dir).then(|| self.value.clone()),
            dir: self.dir,
            expiration: self.expiration,
            ttl: ttl(self.expiration, time),
            nodes: Vec::new(),
            modified_index: self.modified,
            created_index: self.created,
        }
    }
}

/// The seconds left until something vanishes, rounded up; 0 if it does not.
pub(super) fn ttl(expiration: u64, time: u64) -> i64 {
    const SECOND: u64 = 1_000_000;
    match expiration {
        0 => 0,
        _ => expiration.saturating_sub(time).div_ceil(SECOND) as i64,
    }
}

/// The directory that a path lies in.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl Tree {
    /// What is at a path.
    pub fn get(&self, path: &str) -> Option<&Arc<File>> {
        self.files.get(self.place_of(path).ok()?)
    }

    /// Puts a file or directory where its path says, in place of what is there.
    pub fn insert(&mut self, file: File) {
        let place = self.place_of(&file.path);
        let files = Arc::make_mut(&mut self.files);
        match place {
            Ok(place) => files[place] = Arc::new(file),
            Err(place) => files.insert(place, Arc::new(file)),
        }
    }

    /// What is below a path, as deep as it goes.
    pub fn below(&self, path: &str) -> &[Arc<File>] {
        let first = format!("{path}/");
        let start = self.files.partition_point(|file| file.path < first);
        let rest = &self.files[start..];
        let end = rest.partition_point(|file| file.path.starts_with(&first));
        &rest[..end]
    }

    /// Removes what is at a path with all below it, and returns the paths, its own last.
    pub fn remove(&mut self, path: &str) -> Vec<String> {
        let below = self.below(path).iter().map(|file| file.path.clone());
        let mut removed: Vec<String> = below.collect();
        removed.push(path.to_owned());
        let gone = |file: &File| {
            let rest = file.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        Arc::make_mut(&mut self.files).retain(|file| !gone(file));
        removed
    }

    /// What vanishes first, if anything does.
    pub fn first_to_expire(&self) -> Option<&Arc<File>> {
        let expiring = self.files.iter().filter(|file| file.expiration > 0);
        expiring.min_by_key(|file| file.expiration)
    }

    /// What is in a directory, as clients see it at a time: the names that begin with `_` are
    /// hidden, and directories are empty unless all is to be shown.
    pub fn list(&self, path: &str, recursive: bool, time: u64) -> Vec<V2Node> {
        let children = self
            .below(path)
            .iter()
            .filter(|file| parent(&file.path) == path && !file.name().starts_with('_'))
            .map(|file| {
                let mut node = file.shown(time);
                if recursive && file.dir {
                    node.nodes = self.list(&file.path, recursive, time);
                }
                node
            });
        children.collect()
    }

    fn place_of(&self, path: &str) -> Result<usize, usize> {
        self.files
            .binary_search_by(|file| file.path.as_str().cmp(path))
    }
}
