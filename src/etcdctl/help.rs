//! What `--help` prints, and what is printed after a wrong flag.

use super::cobra::{Command, Path};
use super::flags::{Flag, HELP, Kind};
use std::fmt::Write;

/// The help of a command.
pub(crate) fn usage(path: &Path) -> String {
    let names: Vec<&str> = path.iter().map(|command| command.name).collect();
    let line = names.join(" ");
    let Some((here, above)) = path.split_last() else {
        return String::new();
    };
    let name = if above.is_empty() {
        &line
    } else {
        &names[1..].join(" ")
    };
    let mut text = format!("NAME:\n\t{name} - {}\n\nUSAGE:\n\t{line}", here.about);
    if !here.sub.is_empty() && here.usage.is_empty() {
        text.push_str(" <command>");
    } else if !here.usage.is_empty() {
        let _ = write!(text, " {}", here.usage);
    }
    text.push('\n');
    if !here.sub.is_empty() {
        let mut rows = Vec::new();
        commands(here, "", &mut rows);
        section(&mut text, "COMMANDS", &rows);
    }
    let own: Vec<&Flag> = here
        .flags
        .iter()
        .chain(here.persistent)
        .chain([&HELP])
        .collect();
    section(&mut text, "OPTIONS", &flag_rows(&own));
    let inherited: Vec<&Flag> = above
        .iter()
        .flat_map(|command| command.persistent)
        .collect();
    if !inherited.is_empty() {
        section(&mut text, "GLOBAL OPTIONS", &flag_rows(&inherited));
    }
    text.push('\n');
    text
}

/// The commands below one, those that can be called.
fn commands(here: &Command, before: &str, rows: &mut Vec<(String, String)>) {
    for sub in here.sub {
        let name = format!("{before}{}", sub.name);
        if sub.run.is_some() {
            rows.push((name.clone(), sub.about.to_owned()));
        }
        commands(sub, &format!("{name} "), rows);
    }
}

fn flag_rows(flags: &[&Flag]) -> Vec<(String, String)> {
    let row = |flag: &&Flag| {
        let short = flag
            .short
            .map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        let value = match (flag.kind, flag.default) {
            (Kind::Bool, "false") => String::new(),
            (_, "") => "=\"\"".to_owned(),
            (_, default) => format!("={default}"),
        };
        (
            format!("{short}--{}{value}", flag.name),
            flag.about.to_owned(),
        )
    };
    flags.iter().map(row).collect()
}

fn section(text: &mut String, title: &str, rows: &[(String, String)]) {
    let _ = write!(text, "\n{title}:\n");
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, about) in rows {
        let _ = writeln!(text, "\t{name:width$}  {about}");
    }
}

/// How a request of a transaction is written.
pub(crate) fn short_usage(path: &Path) -> String {
    let here = path.last();
    let (name, usage) = here.map_or(("", ""), |command| (command.name, command.usage));
    let flags: Vec<&Flag> = here.into_iter().flat_map(|command| command.flags).collect();
    let mut text = format!("Usage:\n  {name} {usage}\n");
    section(&mut text, "Flags", &flag_rows(&flags));
    text.push('\n');
    text
}
