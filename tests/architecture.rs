//! Imports point downwards: what `ARCHITECTURE.md` says about the folders of `src`, read from its
//! map and compared with every `use` and every path in the code.
//!
//! A folder may import what its row names, and whatever those may import. Re-exports need no care
//! of their own, then: to re-export something is to import it, which is checked where it happens.

mod sources;

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::{self, Visit};

/// For each folder, everything that it may import.
type Allowed = BTreeMap<String, BTreeSet<String>>;

#[test]
fn imports_point_downwards() {
    let allowed = allowed(&sources::text("ARCHITECTURE.md"));
    let aliases = aliases(&sources::text("src/lib.rs"));
    let files = sources::files("src");
    assert!(files.len() > 20, "the source files were found");
    let violations: Vec<String> = files
        .iter()
        .filter_map(|(path, text)| Some((path, modules(path)?, text)))
        .flat_map(|(path, modules, text)| {
            violations(
                &path.display().to_string(),
                &modules,
                text,
                &allowed,
                &aliases,
            )
        })
        .collect();
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// The module that a file of the library holds, from the root of the crate. The root itself is none, and the binaries are
/// other crates, which may import everything.
fn modules(file: &Path) -> Option<Vec<String>> {
    let below = file.strip_prefix("src").ok()?.with_extension("");
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    let mut modules: Vec<String> = parts.collect();
    modules.pop_if(|last| last == "mod");
    let elsewhere = modules == ["lib"] || modules.first().is_some_and(|first| first == "bin");
    (!elsewhere).then_some(modules)
}

#[test]
fn files_are_modules() {
    for (file, expected) in [
        ("src/raft/mod.rs", Some(vec!["raft"])),
        ("src/raft/log.rs", Some(vec!["raft", "log"])),
        ("src/raft/node/mod.rs", Some(vec!["raft", "node"])),
        ("src/lib.rs", None),
        ("src/bin/quorum-page.rs", None),
    ] {
        let expected = expected.map(|parts| parts.into_iter().map(str::to_owned).collect());
        assert_eq!(modules(Path::new(file)), expected, "{file}");
    }
}

/// Reads the map: its rows begin with a folder and end with the imports.
fn allowed(map: &str) -> Allowed {
    let mut rows: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in map.lines() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').collect();
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else {
            continue;
        };
        let Some(folder) = first.trim().strip_prefix("`src/") else {
            continue;
        };
        let folder = folder.trim_end_matches('`').to_owned();
        let above = || rows.iter().map(|(folder, _)| folder.clone());
        let mut imports: BTreeSet<String> = match last.trim() {
            "–" => BTreeSet::new(),
            "all of the above" | "everything" => above().collect(),
            named => named.split(',').map(|one| one.trim().to_owned()).collect(),
        };
        for import in imports.clone() {
            let row = rows.iter().find(|(folder, _)| *folder == import);
            let (_, lower) = row.unwrap_or_else(|| {
                panic!("ARCHITECTURE.md: {folder} imports {import}, which is not above it")
            });
            imports.extend(lower.iter().cloned());
        }
        rows.push((folder, imports));
    }
    assert!(!rows.is_empty(), "ARCHITECTURE.md has a map");
    rows.into_iter().collect()
}

/// Names that the root re-exports, and the folders that they come from.
fn aliases(lib: &str) -> BTreeMap<String, String> {
    let file = syn::parse_file(lib).expect("lib.rs can be parsed");
    let mut aliases = BTreeMap::new();
    for item in &file.items {
        if let syn::Item::Use(item) = item {
            for (path, name) in leaves(&item.tree) {
                let path: Vec<&String> = path
                    .iter()
                    .filter(|part| !matches!(part.as_str(), "self" | "crate"))
                    .collect();
                assert_ne!(
                    name, "*",
                    "lib.rs re-exports by name, so that this test can see it"
                );
                if let Some(first) = path.first() {
                    aliases.insert(name, (*first).clone());
                }
            }
        }
    }
    aliases
}

/// The paths that a `use` names, each with the name that it gets.
fn leaves(tree: &syn::UseTree) -> Vec<(Vec<String>, String)> {
    fn walk(tree: &syn::UseTree, before: &[String], out: &mut Vec<(Vec<String>, String)>) {
        let with = |ident: &syn::Ident| {
            let mut path = before.to_vec();
            if ident != "self" || before.is_empty() {
                path.push(ident.to_string());
            }
            path
        };
        match tree {
            syn::UseTree::Path(path) => walk(&path.tree, &with(&path.ident), out),
            syn::UseTree::Name(name) => {
                let path = with(&name.ident);
                let last = path.last().cloned().unwrap_or_default();
                out.push((path, last));
            }
            syn::UseTree::Rename(name) => out.push((with(&name.ident), name.rename.to_string())),
            syn::UseTree::Glob(_) => out.push((before.to_vec(), "*".to_owned())),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    walk(tree, before, out);
                }
            }
        }
    }
    let mut out = Vec::new();
    walk(tree, &[], &mut out);
    out
}

/// Everything in a file that its place does not allow.
fn violations(
    name: &str,
    modules: &[String],
    text: &str,
    allowed: &Allowed,
    aliases: &BTreeMap<String, String>,
) -> Vec<String> {
    let Some(own) = modules.first() else {
        return Vec::new();
    };
    let Some(allowed) = allowed.get(own) else {
        return vec![format!(
            "{name}: src/{own} is not in the map of ARCHITECTURE.md"
        )];
    };
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut reader = Reader {
        modules: modules.to_vec(),
        found: BTreeSet::new(),
    };
    reader.visit_file(&file);
    let mut violations = Vec::new();
    for path in reader.found {
        let written = path.written.join("::");
        let problem = match path.target {
            Target::Below(first) => {
                let folder = aliases.get(&first).unwrap_or(&first);
                (folder != own && !allowed.contains(folder))
                    .then(|| format!("{own} must not import from {folder}"))
            }
            Target::Root => Some("name a folder, not the root of the crate".to_owned()),
            Target::Outside => Some("this leads out of the crate".to_owned()),
        };
        violations.extend(problem.map(|problem| format!("{name}: {written}: {problem}")));
    }
    violations
}

/// Where a path leads.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// To something below the root: its first name there.
    Below(String),
    /// To the root itself.
    Root,
    /// Further up than the root.
    Outside,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Reached {
    written: Vec<String>,
    target: Target,
}

/// Collects all paths that leave the module in which they stand.
struct Reader {
    /// The present module, inline ones included.
    modules: Vec<String>,
    found: BTreeSet<Reached>,
}

impl Reader {
    fn path(&mut self, written: Vec<String>) {
        let mut at: Vec<String> = match written.first().map(String::as_str) {
            Some("crate" | "quorum") => Vec::new(),
            Some("self" | "super") => self.modules.clone(),
            _ => return,
        };
        for part in &written {
            match part.as_str() {
                "crate" | "quorum" | "self" => {}
                "super" => {
                    if at.pop().is_none() {
                        let target = Target::Outside;
                        self.found.insert(Reached { written, target });
                        return;
                    }
                }
                name => at.push(name.to_owned()),
            }
        }
        let target = match at.into_iter().next() {
            Some(first) => Target::Below(first),
            None => Target::Root,
        };
        self.found.insert(Reached { written, target });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let moved = item.attrs.iter().any(|attr| attr.path().is_ident("path"));
        assert!(!moved, "#[path] hides where the module {} is", item.ident);
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for (path, _) in leaves(&item.tree) {
            self.path(path);
        }
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        if item.ident == "self" {
            self.path(vec!["crate".to_owned()]);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts = path.segments.iter().map(|part| part.ident.to_string());
        let parts: Vec<String> = parts.collect();
        // A bare `self` is a receiver, not a module.
        if parts.len() > 1 {
            self.path(parts);
        }
        visit::visit_path(self, path);
    }

    /// `pub(super)` and `pub(in …)` import nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    /// What a macro is given is not parsed; its words show the paths all the same.
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let mut words = Vec::new();
        flatten(mac.tokens.clone(), &mut words);
        for at in 0..words.len() {
            let first = matches!(words[at].as_str(), "crate" | "super");
            let begins = first && (at == 0 || words[at - 1] != ":");
            if begins {
                let mut path = vec![words[at].clone()];
                let mut rest = &words[at + 1..];
                while let [colon, other, name, more @ ..] = rest
                    && colon == ":"
                    && other == ":"
                {
                    path.push(name.clone());
                    rest = more;
                }
                if path.len() > 1 {
                    self.path(path);
                }
            }
        }
        visit::visit_macro(self, mac);
    }
}

/// The identifiers and punctuation marks of a macro's input. Groups begin with a mark of their own.
fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                words.push("(".to_owned());
                flatten(group.stream(), words);
            }
            TokenTree::Ident(ident) => words.push(ident.to_string()),
            TokenTree::Punct(mark) => words.push(mark.as_char().to_string()),
            TokenTree::Literal(_) => words.push("literal".to_owned()),
        }
    }
}

/// A map for the tests of the test.
const MAP: &str = "
| folder | owns | imports |
|---|---|---|
| `src/raft` | the protocol | – |
| `src/kv` | the store | – |
| `src/cluster` | members | raft, kv |
| `src/timeline` | runs | cluster |
| `src/view` | pictures | all of the above |
";

/// The violations of a planted text in `src/<modules>.rs`.
fn check(modules: &str, text: &str) -> Vec<String> {
    let modules: Vec<String> = modules.split("::").map(str::to_owned).collect();
    let aliases = aliases("pub mod raft; pub use view::{frame as picture, Frame};");
    violations("x.rs", &modules, text, &allowed(MAP), &aliases)
}

#[test]
fn the_test_finds_planted_violations() {
    for (modules, text) in [
        ("raft", "use crate::view::Frame;"),
        ("raft::log", "use crate::{kv::Store, raft::Entry};"),
        ("raft::log", "use super::super::kv;"),
        (
            "raft::node::tests",
            "use super::super::super::cluster::World;",
        ),
        ("raft", "mod tests { use super::super::view; }"),
        (
            "raft",
            "mod tests { mod more { fn f() { super::super::super::view::frame(); } } }",
        ),
        ("raft", "pub use crate::view::Frame;"),
        ("cluster", "fn f() -> crate::timeline::Session { todo!() }"),
        (
            "cluster",
            "fn f() { let x: Vec<Option<crate::view::Frame>> = Vec::new(); }",
        ),
        (
            "cluster",
            "fn f() { println!(\"{}\", crate::view::plain(1)); }",
        ),
        (
            "cluster",
            "macro_rules! m { () => { $crate::view::frame() } }",
        ),
        ("cluster", "use crate::Frame;"),
        ("cluster", "use crate::picture;"),
        ("cluster", "use crate::*;"),
        ("cluster", "use crate as everything;"),
        ("cluster", "use crate::{self as everything};"),
        ("cluster", "extern crate self as everything;"),
        ("cluster", "use quorum::view;"),
        ("cluster", "use super::*;"),
        ("cluster", "impl crate::view::Draw for u8 {}"),
        (
            "cluster",
            "#[derive(Clone)] struct S { s: crate::timeline::Session }",
        ),
        ("novel", "fn f() {}"),
    ] {
        assert_eq!(check(modules, text).len(), 1, "in {modules}: {text}");
    }
}

#[test]
fn the_test_accepts_what_is_allowed() {
    for (modules, text) in [
        (
            "raft::log",
            "use super::types::{self, Entry}; use std::fmt; use crate::raft::Index;",
        ),
        ("raft::node::tests", "use super::super::*; use super::Node;"),
        (
            "raft",
            "mod tests { use super::*; pub(super) fn f() {} pub(in crate::raft) fn g() {} }",
        ),
        ("cluster", "use crate::{kv, raft::{Entry, Index}};"),
        (
            "timeline",
            "use crate::raft::Index; use crate::cluster::World;",
        ),
        ("view", "use crate::{cluster, kv, raft, timeline};"),
        (
            "cluster",
            "fn f(&self) -> crate::raft::Index { self.index.super_index }",
        ),
        (
            "cluster",
            "fn f() { println!(\"see crate::view\", crate::kv::x()); }",
        ),
    ] {
        let found = check(modules, text);
        assert!(found.is_empty(), "in {modules}: {text}\n{found:?}");
    }
}

#[test]
#[should_panic(expected = "which is not above it")]
fn the_map_itself_points_downwards() {
    allowed("| `src/raft` | x | kv |\n| `src/kv` | x | – |");
}
