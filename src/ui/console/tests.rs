//! The console without a browser.

use super::panel::key;
use super::{Key, Style};
use crate::cluster::Action;
use crate::ui::model::{Message, Model};

fn model() -> Model {
    let mut model = Model::new(3, 7).expect("valid");
    pass(&mut model, 1_000_000);
    model
}

fn pass(model: &mut Model, us: u64) {
    model.session.advance(us);
    model.refresh();
}

fn enter(model: &mut Model, line: &str) {
    model.update(Key::Type(line.to_owned()).into());
    model.update(Key::Enter.into());
}

fn text(model: &Model) -> String {
    let texts = model.console.shown.iter();
    texts
        .map(|printed| printed.text.trim_end().to_owned() + "\n")
        .collect()
}

#[test]
fn commands_take_the_time_of_the_run() {
    let mut model = model();
    enter(&mut model, "etcdctl put name joe");
    assert!(model.console.is_busy());
    assert_eq!(text(&model), "infra1 $ etcdctl put name joe\n");
    pass(&mut model, 500_000);
    enter(&mut model, "etcdctl get name");
    pass(&mut model, 500_000);
    assert_eq!(
        text(&model),
        "infra1 $ etcdctl put name joe\nOK\ninfra1 $ etcdctl get name\nname\njoe\n"
    );
    assert!(!model.console.is_busy());
}

#[test]
fn a_failure_shows_its_exit_code() {
    let mut model = model();
    enter(&mut model, "etcdctl gte name");
    assert!(
        model
            .console
            .shown
            .iter()
            .any(|printed| printed.style == Style::Err)
    );
    let last = model.console.shown.last().expect("something was printed");
    assert_eq!(last.style, Style::Remark);
}

#[test]
fn a_watch_runs_in_the_background_and_prints_as_events_come() {
    let mut model = model();
    enter(&mut model, "etcdctl watch name &");
    pass(&mut model, 300_000);
    assert!(!model.console.is_busy());
    enter(&mut model, "etcdctl put name ann");
    pass(&mut model, 500_000);
    assert!(text(&model).contains("PUT\nname\nann"), "{}", text(&model));
    model.update(Key::Interrupt.into());
    pass(&mut model, 300_000);
    let before = text(&model);
    enter(&mut model, "etcdctl put name bob");
    pass(&mut model, 500_000);
    assert_eq!(text(&model), before + "infra1 $ etcdctl put name bob\nOK\n");
}

#[test]
fn what_is_typed_while_a_command_runs_is_run_after_it() {
    let mut model = model();
    for line in ["etcdctl put name joe", "etcdctl get name", "echo done"] {
        enter(&mut model, line);
    }
    assert!(model.console.is_busy());
    pass(&mut model, 500_000);
    pass(&mut model, 500_000);
    let printed = text(&model);
    let ends = "OK\ninfra1 $ etcdctl get name\nname\njoe\ninfra1 $ echo done\ndone\n";
    assert!(printed.ends_with(ends), "{printed}");

    enter(&mut model, "etcdctl watch name");
    enter(&mut model, "echo never");
    model.update(Key::Interrupt.into());
    pass(&mut model, 300_000);
    assert!(!text(&model).contains("$ echo never"), "Ctrl-C forgets it");
}

#[test]
fn version_2_talks_to_the_same_member() {
    let mut model = model();
    enter(&mut model, "ETCDCTL_API=2 etcdctl set /a 1");
    pass(&mut model, 500_000);
    enter(&mut model, "export ETCDCTL_API=2");
    enter(&mut model, "etcdctl cluster-health");
    pass(&mut model, 500_000);
    let printed = text(&model);
    assert!(printed.contains("set /a 1\n1\n"), "{printed}");
    assert!(printed.contains("cluster is healthy"), "{printed}");
}

#[test]
fn the_past_shows_what_was_printed_then() {
    let mut model = model();
    enter(&mut model, "etcdctl put name joe");
    let step = model.session.steps();
    pass(&mut model, 500_000);
    assert!(text(&model).ends_with("OK\n"));
    model.session.seek_step(step);
    model.refresh();
    assert_eq!(text(&model), "infra1 $ etcdctl put name joe\n");
    model.session.go_live();
    model.refresh();
    assert!(text(&model).ends_with("OK\n"));
}

#[test]
fn another_branch_forgets_what_came_after_the_fork() {
    let mut model = model();
    let step = model.session.steps();
    enter(&mut model, "etcdctl put name joe");
    pass(&mut model, 500_000);
    model.session.seek_step(step);
    enter(&mut model, "etcdctl put name ann");
    pass(&mut model, 500_000);
    assert_eq!(text(&model), "infra1 $ etcdctl put name ann\nOK\n");
}

#[test]
fn words_are_completed_and_lines_recalled() {
    let mut model = model();
    model.update(Key::Type("etcdctl endp".into()).into());
    model.update(Key::Complete.into());
    assert_eq!(model.console.line, "etcdctl endpoint ");
    enter(&mut model, "echo a");
    enter(&mut model, "echo b");
    model.update(Message::from(Key::Recall(true)));
    model.update(Message::from(Key::Recall(true)));
    assert_eq!(model.console.line, "echo a");
    model.update(Message::from(Key::Recall(false)));
    assert_eq!(model.console.line, "echo b");
}

#[test]
fn transactions_read_the_lines_that_follow() {
    let mut model = model();
    enter(&mut model, "etcdctl txn -i");
    for line in ["", "put name joe", "", ""] {
        enter(&mut model, line);
    }
    pass(&mut model, 500_000);
    assert!(text(&model).contains("SUCCESS"), "{}", text(&model));
    for line in ["etcdctl txn <<EOF", "", "put name ann", "", "", "EOF"] {
        enter(&mut model, line);
    }
    pass(&mut model, 500_000);
    let typed = model.session.save().branches[0].actions.clone();
    let typed: Vec<String> = typed
        .iter()
        .filter_map(|done| match &done.action {
            Action::Run { typed, .. } => Some(typed.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(
        typed,
        [
            "etcdctl txn -i\n\nput name joe\n\n",
            "etcdctl txn <<EOF\n\nput name ann\n\n\nEOF"
        ]
    );
}

#[test]
fn keys_of_the_line() {
    assert_eq!(key("Tab", false, ""), None);
    assert_eq!(key("Tab", false, "e"), Some(Key::Complete));
    assert_eq!(key("c", true, "x"), Some(Key::Interrupt));
    assert_eq!(key("c", false, "x"), None);
}
