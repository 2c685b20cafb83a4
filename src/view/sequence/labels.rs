//! Labels that thin out: where there is no room, the less important one is left out.

use super::frame::{GUTTER, Plot};
use super::{Form, Look, Picture};
use crate::raft::Term;
use crate::view::geometry::{Area, Point};

/// The width of a character and the height of a line.
const LETTER: (f64, f64) = (6.1, 12.0);

/// How important a label is; the first one wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Priority {
    /// What is selected.
    Selected,
    /// What happened on a lane.
    Mark,
    /// A message that was lost.
    Lost,
    /// Votes, entries, requests of clients.
    Major,
    /// Everything else.
    Minor,
}

struct Label {
    priority: Priority,
    at: Point,
    words: String,
    term: Option<Term>,
}

/// The labels of one kind.
#[derive(Default)]
pub(super) struct Labels {
    wanted: Vec<Label>,
}

impl Labels {
    /// Wants a label around a point, if that is in sight.
    pub fn place(
        &mut self,
        priority: Priority,
        at: Point,
        words: String,
        term: Option<Term>,
        plot: &Plot,
    ) {
        let half = words.chars().count() as f64 * LETTER.0 / 2.0;
        if at.x - half >= GUTTER && at.x + half <= plot.width {
            self.wanted.push(Label {
                priority,
                at,
                words,
                term,
            });
        }
    }

    /// Draws those for which there is room.
    pub fn draw(mut self, picture: &mut Picture, look: Look) {
        let texts = picture.shapes.iter().filter_map(|shape| match &shape.form {
            Form::Text(at, words) => Some(area(*at, words)),
            _ => None,
        });
        let mut taken: Vec<Area> = texts.collect();
        self.wanted.sort_by_key(|label| label.priority);
        for label in self.wanted {
            let area = area(label.at, &label.words);
            if taken.iter().all(|other| other.overlap(&area) <= 0.0) {
                taken.push(area);
                let shape = picture.add(look, Form::Text(label.at, label.words), label.term);
                shape.selected = label.priority == Priority::Selected;
            }
        }
    }
}

/// The room that a label takes.
pub(super) fn area(at: Point, words: &str) -> Area {
    let width = words.chars().count() as f64 * LETTER.0 + 2.0;
    Area::around(at.moved(0.0, -LETTER.1 / 3.0), width, LETTER.1)
}
