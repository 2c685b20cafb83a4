//! What of the page is drawn in a frame.
//!
//! Under a steady load there is more news than anybody can follow, and drawing everything takes longer than a frame of
//! the screen. So the stage, the sentence and the logs are drawn each time, and of the rest one half at a time.

use std::cell::RefCell;
use yew::prelude::*;

/// A place of the page that takes turns.
#[derive(Clone, Copy)]
pub enum Slot {
    /// The first half.
    Inspector,
    /// The others are the second half.
    TopBar,
    Write,
    Timeline,
    Clock,
}

const SLOTS: usize = 5;

/// Which half it is, and what was drawn of both.
#[derive(Default)]
pub struct Turns {
    halves: bool,
    second: bool,
    /// There was something new that one half has not drawn.
    behind: bool,
    shown: RefCell<[Html; SLOTS]>,
}

impl Turns {
    /// Everything is drawn.
    pub fn all(&mut self) {
        self.halves = false;
    }

    /// A frame in which something is `new` or not: one half is drawn if the run is `busy`. Returns whether there is
    /// anything to draw.
    pub fn frame(&mut self, busy: bool, new: bool) -> bool {
        let draw = new || self.behind;
        if draw {
            self.halves = busy;
            self.second ^= busy;
            self.behind = busy && new;
        }
        draw
    }

    /// What is to be seen in a place: drawn anew if it is its turn.
    pub fn show(&self, slot: Slot, draw: impl FnOnce() -> Html) -> Html {
        let shown = &mut self.shown.borrow_mut()[slot as usize];
        let second = !matches!(slot, Slot::Inspector);
        if !self.halves || second == self.second {
            *shown = draw();
        }
        shown.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each half is drawn.
    fn drawn(turns: &Turns) -> [bool; 2] {
        [Slot::Inspector, Slot::Clock].map(|slot| {
            let mut drawn = false;
            let _ = turns.show(slot, || {
                drawn = true;
                Html::default()
            });
            drawn
        })
    }

    #[test]
    fn under_load_one_half_is_drawn_at_a_time() {
        let mut turns = Turns::default();
        assert_eq!(drawn(&turns), [true, true]);
        assert!(turns.frame(true, true));
        let first = drawn(&turns);
        assert_ne!(first[0], first[1]);
        assert!(turns.frame(true, true));
        assert_eq!(drawn(&turns), [first[1], first[0]]);
        assert!(turns.frame(false, true));
        assert_eq!(drawn(&turns), [true, true]);
    }

    #[test]
    fn when_nothing_is_new_any_more_the_other_half_is_drawn_and_then_none() {
        let mut turns = Turns::default();
        assert!(!turns.frame(true, false));
        turns.frame(true, true);
        let first = drawn(&turns);
        assert!(turns.frame(true, false));
        assert_eq!(drawn(&turns), [first[1], first[0]]);
        assert!(!turns.frame(true, false));
    }

    #[test]
    fn who_acts_sees_all_of_it_at_once() {
        let mut turns = Turns::default();
        turns.frame(true, true);
        turns.all();
        assert_eq!(drawn(&turns), [true, true]);
    }
}
