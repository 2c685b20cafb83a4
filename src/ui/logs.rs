//! The log matrix: one row per member, columns aligned on the index.
//!
//! Only the columns in view exist as elements, however long the logs are.

use super::define::Define;
use super::hue::term_style;
use super::model::{Message, Sheet};
use super::sheet::SheetHead;
use super::slices::{Shared, SharedList};
use super::stick::use_stick_to_end;
use super::web::SizeWatch;
use super::words::{self, Word};
use crate::raft::{Index, NodeId, Term};
use crate::view::{CellState, LogRow, MemberView, RoleView};
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

/// Renders the matrix.
#[function_component]
pub fn Logs(props: &LogsProps) -> Html {
    let scroller = use_node_ref();
    let view = use_state(|| View::new(0.0, 1200.0));
    let look = {
        let (scroller, view) = (scroller.clone(), view.clone());
        move || {
            if let Some(element) = scroller.cast::<Element>() {
                let width = f64::from(element.client_width());
                let now = View::new(f64::from(element.scroll_left()), width);
                if now != *view {
                    view.set(now);
                }
            }
        }
    };
    let stick = use_stick_to_end(scroller.clone(), props.columns);
    {
        let view = view.clone();
        use_effect_with(scroller.clone(), move |scroller| {
            let watched = scroller.cast::<Element>();
            let watch = watched.map(|element| {
                let watched = element.clone();
                SizeWatch::new(element, move |width, _| {
                    view.set(View::new(f64::from(watched.scroll_left()), width));
                })
            });
            move || drop(watch)
        });
    }
    let onscroll = Callback::from(move |event: Event| {
        stick.emit(event);
        look();
    });

    let (first, last) = (props.columns.0.0, props.columns.1.0);
    let count = (last + 1).saturating_sub(first) as usize;
    let (from, to) = (view.from.min(count), view.to.min(count));
    let numbers = (from..to).map(|i| {
        html! { <span class="index" role="columnheader" key={i}>{first + i as u64}</span> }
    });
    let rows = props.rows.iter().zip(props.members.iter()).map(|(row, member)| {
        html! {
            <Row key={row.member.0} row={row.clone()} name={member.name.clone()} term={member.term}
                role={member.role} progress={member.progress} {first} {from} {to}
                selected={props.selected == row.member} />
        }
    });
    let dense = props.rows.len() > 6;
    html! {
        <section class={classes!("logs", "sheet", dense.then_some("dense"))} id="sheet-log"
            data-open={props.open.to_string()} aria-label={words::LOG_TITLE}>
            <SheetHead title={words::LOG_TITLE} sheet={Sheet::Log} send={props.send.clone()}>
                <span class="legend faint">{words::LOG_LEGEND}</span>
            </SheetHead>
            <div class="scroller" ref={scroller} {onscroll} tabindex="0" aria-label={words::LOG_TITLE}>
                <div class="matrix" role="table" aria-label={words::LOG_TITLE}
                    aria-colcount={(count + 2).to_string()}>
                    <div class="logrow head" role="row">
                        <span class="rowname" role="columnheader">{words::INSPECTOR}</span>
                        <div class="cells" style={offset(from, count)}>{for numbers}</div>
                        <span class="progress" role="columnheader">
                            <Define word={Word::Progress} text={words::PROGRESS} send={props.send.clone()} />
                        </span>
                    </div>
                    {for rows}
                </div>
            </div>
            if count == 0 { <p class="faint empty">{words::LOG_EMPTY}</p> }
        </section>
    }
}

fn offset(from: usize, count: usize) -> String {
    let (left, width) = (from as f64 * COLUMN, count as f64 * COLUMN);
    format!("padding-left:{left}px;width:{width}px")
}

#[derive(Properties, PartialEq)]
struct RowProps {
    row: Shared<LogRow>,
    name: String,
    term: Term,
    role: RoleView,
    progress: Option<(Index, Index)>,
    first: u64,
    from: usize,
    to: usize,
    selected: bool,
}

#[function_component]
fn Row(props: &RowProps) -> Html {
    let cells = &props.row.cells;
    let to = props.to.min(cells.len());
    let shown = (props.from..to).map(|i| {
        let (cell, index) = (&cells[i], props.first + i as u64);
        let text = match cell.state {
            CellState::Snapshot => "snap".to_string(),
            CellState::Missing => String::new(),
            _ => cell.label.clone(),
        };
        let label = words::cell_label(index, cell.term, &cell.label, cell.state);
        html! {
            <span class="cell" role="cell" key={i} style={term_style(cell.term)} title={label.clone()}
                data-index={index.to_string()} data-state={state_name(cell.state)}
                data-term={cell.term.to_string()} aria-label={label}>{text}</span>
        }
    });
    let progress = match (props.role, props.progress) {
        (RoleView::Leader, None) => words::LEADER.to_string(),
        (_, Some(progress)) => words::progress(progress),
        (_, None) => "·".to_string(),
    };
    let crashed = (props.role == RoleView::Crashed).then_some("crashed");
    html! {
        <div class={classes!("logrow", crashed, props.selected.then_some("selected"))} role="row"
            data-member={props.row.member.to_string()}>
            <span class="rowname" role="rowheader">
                <b>{props.name.clone()}</b>{" "}
                <span class="term" style={term_style(props.term)}>{format!("T{}", props.term)}</span>
            </span>
            <div class="cells" style={offset(props.from.min(cells.len()), cells.len())}>{for shown}</div>
            <span class="progress" role="cell">{progress}</span>
        </div>
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
