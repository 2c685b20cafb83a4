//! The environment of commands: variables, and files that they have saved.

use super::view::SavedFile;

/// Variables and files.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Env {
    /// Sorted by name.
    variables: Vec<Variable>,
    files: Vec<(String, SavedFile)>,
    /// The member to talk to when nobody says which, instead of the first one of a machine.
    endpoint: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Variable {
    name: String,
    value: String,
    /// Whether programs see it, not the shell alone.
    exported: bool,
    /// Whether a flag that says something else may stand beside it.
    soft: bool,
}

impl Env {
    /// The value of a variable that programs see; `None` if it is empty, as for Go's `os.Getenv`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let variable = self
            .variables
            .iter()
            .find(|v| v.name == name && v.exported)?;
        (!variable.value.is_empty()).then_some(&variable.value)
    }

    /// The value of a variable, for the shell.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let variable = self.variables.iter().find(|v| v.name == name)?;
        Some(&variable.value)
    }

    pub(crate) fn is_soft(&self, name: &str) -> bool {
        self.variables.iter().any(|v| v.name == name && v.soft)
    }

    /// The member to talk to when neither a flag nor a variable names one, as `host:port`, if it
    /// is not the usual one.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// From now on commands talk to this member, given as `host:port`, unless a flag or a variable
    /// names another.
    pub fn talk_to(&mut self, endpoint: Option<String>) {
        self.endpoint = endpoint;
    }

    /// Sets a variable that programs see.
    pub fn export(&mut self, name: &str, value: &str) {
        self.put(name, value, true, false);
    }

    /// Sets a variable that a flag outdoes. (etcdctl refuses a flag and a variable that say the
    /// same.)
    pub fn suggest(&mut self, name: &str, value: &str) {
        self.put(name, value, true, true);
    }

    /// Sets a variable of the shell; programs see it if they saw it before.
    pub(crate) fn assign(&mut self, name: &str, value: &str) {
        let exported = self.get(name).is_some();
        self.put(name, value, exported, false);
    }

    /// Removes a variable.
    pub fn unset(&mut self, name: &str) {
        self.variables.retain(|v| v.name != name);
    }

    fn put(&mut self, name: &str, value: &str, exported: bool, soft: bool) {
        self.unset(name);
        let at = self.variables.partition_point(|v| v.name.as_str() < name);
        let (name, value) = (name.to_owned(), value.to_owned());
        self.variables.insert(
            at,
            Variable {
                name,
                value,
                exported,
                soft,
            },
        );
    }

    /// What `export` lists.
    pub(crate) fn exported(&self) -> impl Iterator<Item = (&str, &str)> {
        let exported = self.variables.iter().filter(|v| v.exported);
        exported.map(|v| (v.name.as_str(), v.value.as_str()))
    }

    /// A file that was saved.
    pub(crate) fn file(&self, path: &str) -> Option<&SavedFile> {
        let path = plain(path);
        let found = self.files.iter().find(|(name, _)| name == path);
        found.map(|(_, file)| file)
    }

    /// Whether there is a directory of this name: one that a file lies in.
    pub(crate) fn is_directory(&self, path: &str) -> bool {
        let path = plain(path).trim_end_matches('/');
        let inside = |name: &str| {
            name.strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        self.files.iter().any(|(name, _)| inside(name))
    }

    /// Whether a file can be written to a directory: the one that the shell is in, one that is
    /// there, or one of the machine's, which nobody looks at.
    pub(crate) fn may_hold_files(&self, directory: &str) -> bool {
        let machines = directory.is_empty() || directory.starts_with(['/', '~']);
        machines || directory == "." || directory.starts_with("..") || self.is_directory(directory)
    }

    /// Saves a file, in the place of another of its name.
    pub fn save(&mut self, path: &str, file: SavedFile) {
        let path = plain(path);
        self.files.retain(|(name, _)| name != path);
        self.files.push((path.to_owned(), file));
    }
}

/// `./name` is `name`: there is one directory.
fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}
