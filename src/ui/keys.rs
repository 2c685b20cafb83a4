//! What the keys do. Which key was pressed where comes from the browser; the rest is here, pure.

use super::console::Key;
use super::left;
use super::message::{Message, Panel};
use super::parts::Text;
use super::timeline::Time;
use super::why::Ask;
use crate::raft::NodeId;
use crate::timeline::Landmark;
use crate::view::deeds::Deed;
use crate::words::{key, say};

/// What has the focus, as far as keys care.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Focus {
    /// Nothing that uses keys itself.
    Page,
    /// A button or a check box: it is operated with the space bar.
    Button,
    /// A slider: it is operated with the arrows.
    Slider,
    /// A field or a list: it takes every key.
    Field,
    /// A dialog that covers the page.
    Dialog,
}

/// The name of a key with what is held together with it: `shift+ArrowLeft`, `ctrl+z`.
pub fn name(key: &str, shift: bool, command: bool) -> String {
    // Letters tell by themselves that shift is held.
    let shift = if shift && key.len() > 1 { "shift+" } else { "" };
    let command = if command { "ctrl+" } else { "" };
    format!("{command}{shift}{key}")
}

/// What a key, by its [`name`], asks for.
pub fn message(key: &str, focus: Focus, selected: NodeId) -> Option<Message> {
    // A dialog is told by the browser itself when it shall close.
    if key == "Escape" && focus != Focus::Dialog {
        return Some(Message::Escape);
    }
    let taken = match focus {
        Focus::Page => false,
        Focus::Button => key == " ",
        Focus::Slider => {
            key.contains("Arrow") || ["Home", "End", "PageUp", "PageDown"].contains(&key)
        }
        Focus::Field | Focus::Dialog => true,
    };
    if taken {
        return None;
    }
    Some(match key {
        " " => Message::TogglePlay,
        "ArrowRight" => Message::Step,
        "ArrowLeft" => Message::StepBack,
        "shift+ArrowRight" => Time::Step(Landmark::Commit, true).into(),
        "shift+ArrowLeft" => Time::Step(Landmark::Commit, false).into(),
        "d" => Time::Step(Landmark::Message, true).into(),
        "D" => Time::Step(Landmark::Message, false).into(),
        "e" => Time::Step(Landmark::Election, true).into(),
        "E" => Time::Step(Landmark::Election, false).into(),
        "." => Time::StepChosen(true).into(),
        "," => Time::StepChosen(false).into(),
        "PageDown" => Time::Page(true).into(),
        "PageUp" => Time::Page(false).into(),
        "Home" => Time::Start.into(),
        "End" => Time::Live.into(),
        "+" => Time::Zoom(2).into(),
        "-" => Time::Zoom(-2).into(),
        "ctrl+z" => Time::Undo.into(),
        "ctrl+Z" | "ctrl+y" => Time::Redo.into(),
        "y" => Ask::All.into(),
        "s" => Message::ToggleStage,
        "q" => left::Ask::Toggle(left::Tab::Planner).into(),
        "r" => left::Ask::Toggle(left::Tab::Real).into(),
        "l" => left::Ask::Toggle(left::Tab::Scenarios).into(),
        "[" => Message::Slower,
        "]" => Message::Faster,
        "c" => Message::Switch(Deed::Crash, selected),
        "p" => Message::Switch(Deed::Pause, selected),
        "i" => Message::Switch(Deed::Isolate, selected),
        "t" => Message::Switch(Deed::TimeOut, selected),
        "n" => Message::LookAtNextMessage,
        "N" => Message::LookAtNextLink,
        "x" => Message::TogglePanel(Panel::Cut),
        "w" => Message::Write,
        "/" => Key::Open(true).into(),
        "?" => Message::TogglePanel(Panel::Help),
        _ => match key.parse::<u64>() {
            Ok(id @ 1..=9) => Message::Select(NodeId(id)),
            _ => return None,
        },
    })
}

/// All keys with what they do, for the help dialog.
pub const HELP: [(&[&str], Text); 25] = [
    (&["space"], || say(key!("key.play"))),
    (&["←", "→"], || say(key!("key.step"))),
    (&["shift ←", "shift →"], || say(key!("time.key.commit"))),
    (&["D", "d"], || say(key!("time.key.message"))),
    (&["E", "e"], || say(key!("time.key.election"))),
    (&[",", "."], || say(key!("time.key.chosen"))),
    (&["home", "end", "page up", "page down"], || {
        say(key!("time.key.far"))
    }),
    (&["+", "-"], || say(key!("time.key.zoom"))),
    (&["ctrl Z", "ctrl Y"], || say(key!("time.key.undo"))),
    (&["y"], || say(key!("why.key"))),
    (&["s"], || say(key!("sequence.key"))),
    (&["l"], || say(key!("left.key"))),
    (&["q"], || say(key!("planner.key"))),
    (&["r"], || say(key!("real.key"))),
    (&["[", "]"], || say(key!("key.speed"))),
    (&["1", "…", "9"], || say(key!("key.select"))),
    (&["n", "N"], || say(key!("key.next"))),
    (&["c"], || say(key!("key.crash"))),
    (&["p"], || say(key!("key.pause"))),
    (&["i"], || say(key!("key.isolate"))),
    (&["t"], || say(key!("key.time-out"))),
    (&["x"], || say(key!("key.cut"))),
    (&["w"], || say(key!("key.write"))),
    (&["/"], || say(key!("console.key"))),
    (&["?", "esc"], || say(key!("key.help"))),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_keys() {
        for key in [" ", "c", "1", "ArrowRight", "?"] {
            assert_eq!(message(key, Focus::Field, NodeId(1)), None);
        }
        let escape = message("Escape", Focus::Field, NodeId(1));
        assert_eq!(escape, Some(Message::Escape));
    }

    #[test]
    fn a_focused_button_keeps_the_space_bar_only() {
        assert_eq!(message(" ", Focus::Button, NodeId(1)), None);
        let step = message("ArrowRight", Focus::Button, NodeId(1));
        assert_eq!(step, Some(Message::Step));
        assert_eq!(message("ArrowRight", Focus::Slider, NodeId(1)), None);
    }

    #[test]
    fn digits_select_and_letters_act_on_the_selected_member() {
        let select = message("3", Focus::Page, NodeId(1));
        assert_eq!(select, Some(Message::Select(NodeId(3))));
        assert_eq!(message("0", Focus::Page, NodeId(1)), None);
        let crash = message("c", Focus::Page, NodeId(5));
        assert_eq!(crash, Some(Message::Switch(Deed::Crash, NodeId(5))));
    }
}
