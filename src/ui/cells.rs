//! The cells of the log matrix under pointer and keyboard: a cell under the pointer, or with the
//! focus, shows the life of its entry, and a click asks about it.
//!
//! The matrix listens for all of its cells, since there are many of them.

use super::message::Message;
use super::web;
use super::why::Ask;
use crate::raft::{Index, NodeId, Term};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// A cell's entry, and where the cell stands.
fn entry(target: Option<web_sys::EventTarget>) -> Option<(Element, Index, Term)> {
    let cell = target?
        .dyn_into::<Element>()
        .ok()?
        .closest(".cell")
        .ok()??;
    if cell.get_attribute("data-state")? == "missing" {
        return None;
    }
    let number = |name: &str| cell.get_attribute(name)?.parse::<u64>().ok();
    let (index, term) = (number("data-index")?, number("data-term")?);
    Some((cell, Index(index), Term(term)))
}

fn show(target: Option<web_sys::EventTarget>) -> Message {
    let hover = entry(target).map(|(cell, index, term)| {
        let edges = cell.get_bounding_client_rect();
        (index, term, (edges.left() as i32, edges.bottom() as i32))
    });
    Ask::Hover(hover).into()
}

/// A click asks about the entry.
pub fn click(send: &Callback<Message>) -> Callback<MouseEvent> {
    let send = send.clone();
    Callback::from(move |event: MouseEvent| ask(&send, event.target()))
}

fn ask(send: &Callback<Message>, target: Option<web_sys::EventTarget>) {
    let Some((_, index, term)) = entry(target) else {
        return;
    };
    send.emit(match term {
        Term(0) => Ask::Entry(index).into(),
        term => Ask::About(crate::view::why::Topic::Entry(index, term)).into(),
    });
}

/// The pointer over a cell shows the entry's life.
pub fn hover(send: &Callback<Message>) -> Callback<MouseEvent> {
    send.reform(|event: MouseEvent| show(event.target()))
}

/// So does the focus.
pub fn focus(send: &Callback<Message>) -> Callback<FocusEvent> {
    send.reform(|event: FocusEvent| show(event.target()))
}

/// Nothing is under the pointer any more.
pub fn leave(send: &Callback<Message>) -> Callback<MouseEvent> {
    send.reform(|_| Ask::Hover(None).into())
}

/// The arrows go from cell to cell, Enter and space ask, Escape closes the card.
pub fn key(send: &Callback<Message>, selected: NodeId) -> Callback<KeyboardEvent> {
    let send = send.clone();
    Callback::from(move |event: KeyboardEvent| {
        let key = event.key();
        let target = event.target();
        match &key[..] {
            "Enter" | " " if entry(target.clone()).is_some() => ask(&send, target),
            "Escape" => return send.emit(Ask::Hover(None).into()),
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" => {
                let Some(cell) = next(target, &key, selected) else {
                    return;
                };
                // It scrolls into sight by itself.
                let _ = cell.focus();
            }
            _ => return,
        }
        event.prevent_default();
    })
}

/// The cell beside one; the last cell of the selected member if none has the focus.
fn next(target: Option<web_sys::EventTarget>, key: &str, selected: NodeId) -> Option<HtmlElement> {
    let target = target?.dyn_into::<Element>().ok()?;
    let Ok(Some(cell)) = target.closest(".cell") else {
        let last = format!(".logrow[data-member=\"{selected}\"] .cell:last-child");
        return web::find(&last)?.dyn_into().ok();
    };
    let number = |element: &Element, name: &str| element.get_attribute(name)?.parse::<u64>().ok();
    let index = number(&cell, "data-index")?;
    let row = cell.closest(".logrow").ok()??;
    let (row, index) = match key {
        "ArrowLeft" => (row, index.checked_sub(1)?),
        "ArrowRight" => (row, index + 1),
        "ArrowUp" => (row.previous_element_sibling()?, index),
        _ => (row.next_element_sibling()?, index),
    };
    let beside = row
        .query_selector(&format!("[data-index=\"{index}\"]"))
        .ok()??;
    beside.dyn_into().ok()
}
