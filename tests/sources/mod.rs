//! The project's own source, for the tests that read it.

use std::path::{Path, PathBuf};

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project, by its path in it.
pub fn text(file: impl AsRef<Path>) -> String {
    let path = root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Rust files below a folder of the project: their paths in the project, in order, and what is in them.
pub fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let path = path.strip_prefix(root()).expect("it is in the project");
                paths.push(path.to_owned());
            }
        }
    }
    paths.sort();
    let with_text = |path: PathBuf| (path.clone(), text(path));
    paths.into_iter().map(with_text).collect()
}
