//! The log matrix: one row per member, columns aligned on the index.
//!
//! Only the columns in view exist as elements, however long the logs are.

use super::cells;
use super::drawn::{Part, drawn, drawn_as};
use super::hue::term_style;
use super::message::{Message, Sheet};
use super::parts::{define, sheet_head};
use super::slices::{Shared, SharedList};
use super::web::SizeWatch;
use super::words::{self, Word};
use crate::raft::{Index, NodeId, Term};
use crate::ui::dom::{classes, html};
use crate::view::{CellState, LogRow, MemberView, RoleView};
use crate::words::{key, say};
use web_sys::Element;
use yew::prelude::*;

/// The width of a column with its gap, in CSS pixels; the style sheet agrees.
const COLUMN: f64 = 59.0;
/// The columns beyond the edge of the view that exist all the same.
const MARGIN: usize = 4;

/// What the matrix shows.
#[derive(Properties, PartialEq)]
pub struct LogsProps {
    /// The first and last column.
    pub columns: (Index, Index),
    /// The rows.
    pub rows: SharedList<LogRow>,
    /// The members, for the ends of the rows.
    pub members: SharedList<MemberView>,
    /// The selected member.
    pub selected: NodeId,
    /// The entry that is asked about.
    pub entry: Option<Index>,
    /// Whether the sheet is open, where there are sheets.
    pub open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// The columns that exist as elements: positions from the first column on.
#[derive(Clone, Copy, PartialEq)]
struct View {
    from: usize,
    to: usize,
}

impl View {
    /// The columns in view when the element is scrolled by `left` and `width` wide.
    fn new(left: f64, width: f64) -> View {
        let first = (left / COLUMN) as usize;
        let count = (width / COLUMN) as usize + 1;
        // Rounded, so that not every pixel of scrolling draws anew.
        let from = first.saturating_sub(MARGIN) / MARGIN * MARGIN;
        View {
            from,
            to: (first + count + 2 * MARGIN) / MARGIN * MARGIN,
        }
    }
}

/// What happens to the matrix itself.
pub enum Event {
    /// It was scrolled, or there is more or less room for it.
    Look,
    /// It is wider now, or narrower.
    Grown,
}

/// The matrix.
pub struct Logs {
    scroller: NodeRef,
    matrix: NodeRef,
    view: View,
    stuck: bool,
    /// How wide it was when it was scrolled to its end, or could have been.
    wide: i32,
    watches: Option<[SizeWatch; 2]>,
}

impl Component for Logs {
    type Message = Event;
    type Properties = LogsProps;

    fn create(_: &Context<Self>) -> Self {
        Logs {
            scroller: NodeRef::default(),
            matrix: NodeRef::default(),
            view: View::new(0.0, 1200.0),
            stuck: true,
            wide: 0,
            watches: None,
        }
    }

    fn update(&mut self, _: &Context<Self>, event: Event) -> bool {
        let Some(element) = self.scroller.cast::<Element>() else {
            return false;
        };
        if let Event::Grown = event {
            self.wide = element.scroll_width();
            if self.stuck {
                element.set_scroll_left(self.wide);
            }
            return false;
        }
        let (left, width) = (element.scroll_left(), element.client_width());
        self.stuck = f64::from(self.wide - left - width) < COLUMN;
        let view = View::new(f64::from(left), f64::from(width));
        let changed = view != self.view;
        self.view = view;
        changed
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if !first {
            return;
        }
        // To ask how wide it is while it is drawn would have the browser lay out the page at once: it says so itself,
        // once it has.
        let watch = |node: &NodeRef, event: fn() -> Event| {
            let link = ctx.link().clone();
            let tell = move |_, _| link.send_message(event());
            Some(SizeWatch::new(node.cast::<Element>()?, tell))
        };
        // First how wide it is: where it ends depends on that.
        let matrix = watch(&self.matrix, || Event::Grown);
        let scroller = watch(&self.scroller, || Event::Look);
        self.watches = matrix.zip(scroller).map(<[SizeWatch; 2]>::from);
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let head = html! { <span class="legend faint">{say("log.legend")}</span> };
        let dense = props.rows.len() > 6;
        html! {
            <section class={classes!("logs", "sheet", dense.then_some("dense"))} id="sheet-log"
                data-open={props.open.to_string()} aria-label={say("log.title")}>
                {sheet_head(say(key!("log.title")), Sheet::Log, head, &props.send)}
                <div class="scroller" ref={self.scroller.clone()} tabindex="0" role="group"
                    aria-label={say("log.title")} onscroll={ctx.link().callback(|_| Event::Look)}
                    onclick={cells::click(&props.send)} onmouseover={cells::hover(&props.send)}
                    onfocusin={cells::focus(&props.send)} onmouseleave={cells::leave(&props.send)}
                    onkeydown={cells::key(&props.send, props.selected)}>
                    {self.matrix(props)}
                </div>
            </section>
        }
    }
}

impl Logs {
    fn matrix(&self, props: &LogsProps) -> Html {
        let (first, last) = (props.columns.0.0, props.columns.1.0);
        let count = (last + 1).saturating_sub(first) as usize;
        let (from, to) = (self.view.from.min(count), self.view.to.min(count));
        let head = Head {
            first,
            from,
            to,
            count,
            send: props.send.clone(),
        };
        let rows = props
            .rows
            .iter()
            .zip(props.members.iter())
            .map(|(row, member)| {
                let ends = Row {
                    row: row.clone(),
                    name: member.name.clone(),
                    term: member.term,
                    role: member.role,
                    progress: member.progress,
                    first,
                    from,
                    to,
                    selected: props.selected == row.member,
                    entry: props.entry,
                };
                drawn_as(row.member.0, ends)
            });
        html! {
            <div class="matrix" ref={self.matrix.clone()} role="grid" aria-label={say("log.title")}
                aria-colcount={(count + 2).to_string()}>
                {drawn(head)}
                {for rows}
            </div>
        }
    }
}

/// The indexes of the columns.
#[derive(PartialEq)]
struct Head {
    first: u64,
    from: usize,
    to: usize,
    count: usize,
    send: Callback<Message>,
}

impl Part for Head {
    fn view(&self) -> Html {
        let numbers = (self.from..self.to).map(|i| {
            html! { <span class="index" role="columnheader" key={self.first + i as u64}>{self.first + i as u64}</span> }
        });
        html! {
            <div class="logrow head" role="row">
                <span class="rowname" role="columnheader">{say("look.member")}</span>
                if self.count == 0 {
                    <span class="empty" role="columnheader">{say("log.empty")}</span>
                } else {
                    <div class="cells" style={offset(self.from, self.count)}>{for numbers}</div>
                }
                <span class="progress" role="columnheader">
                    {define(Word::Progress, say(key!("log.progress")), &self.send)}
                </span>
            </div>
        }
    }
}

/// For so many columns there is room if there are so many: it gets wider, and is scrolled, by some at a time.
fn room(count: usize) -> usize {
    count.next_multiple_of(MARGIN)
}

fn offset(from: usize, count: usize) -> String {
    let (left, width) = (from * COLUMN as usize, room(count) * COLUMN as usize);
    format!("padding-left:{left}px;width:{width}px")
}

/// One member's log.
#[derive(PartialEq)]
struct Row {
    row: Shared<LogRow>,
    name: String,
    term: Term,
    role: RoleView,
    progress: Option<(Index, Index)>,
    first: u64,
    from: usize,
    to: usize,
    selected: bool,
    entry: Option<Index>,
}

impl Part for Row {
    fn view(&self) -> Html {
        let cells = &self.row.cells;
        let to = self.to.min(cells.len());
        let shown = (self.from..to).map(|i| {
            let (cell, index) = (&cells[i], self.first + i as u64);
            let text = match cell.state {
                CellState::Snapshot => "snap".to_string(),
                CellState::Missing => String::new(),
                _ => cell.label.clone(),
            };
            let asked = self.entry == Some(Index(index));
            let label = words::cell_label(index, cell.term, &cell.label, cell.state);
            html! {
                <span class={classes!("cell", asked.then_some("asked"))} role="gridcell" key={index}
                    style={term_style(cell.term)} tabindex="-1"
                    data-index={index.to_string()} data-state={state_name(cell.state)}
                    data-term={cell.term.to_string()} aria-label={label}>{text}</span>
            }
        });
        let progress = match (self.role, self.progress) {
            (RoleView::Leader, None) => say(key!("vital.leader")).to_string(),
            (_, Some(progress)) => words::progress(progress),
            (_, None) => "·".to_string(),
        };
        let crashed = (self.role == RoleView::Crashed).then_some("crashed");
        html! {
            <div class={classes!("logrow", crashed, self.selected.then_some("selected"))} role="row"
                data-member={self.row.member.to_string()}>
                <span class="rowname" role="rowheader">
                    <b>{self.name.clone()}</b>{" "}
                    <span class="term" style={term_style(self.term)}>{format!("T{}", self.term)}</span>
                </span>
                <div class="cells" style={offset(self.from.min(cells.len()), cells.len())}>{for shown}</div>
                <span class="progress" role="gridcell">{progress}</span>
            </div>
        }
    }
}

/// A cell's state as a word for styles and tests.
fn state_name(state: CellState) -> &'static str {
    match state {
        CellState::Committed => "committed",
        CellState::Stored => "stored",
        CellState::Unsynced => "unsynced",
        CellState::Missing => "missing",
        CellState::Snapshot => "snapshot",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_columns_in_view_exist() {
        let view = View::new(59.0 * 1000.0, 590.0);
        assert!(view.from <= 1000 && view.from >= 990);
        assert!(view.to >= 1011 && view.to <= 1025);
    }

    #[test]
    fn a_pixel_of_scrolling_changes_nothing() {
        assert!(View::new(100.0, 590.0) == View::new(101.0, 590.0));
    }
}
