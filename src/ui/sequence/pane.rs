//! A picture over time that a person zooms and moves: by wheel, drag, pinch and keys. What it shows is
//! the business of its owner.

use super::{CLICK, Gesture, REACH};
use crate::sim::SimTime;
use crate::view::geometry::Point;
use crate::view::sequence::{GUTTER, Picture, Plot, View};

/// The part of a run in sight, and the pointers over it.
#[derive(Clone, PartialEq, Debug)]
pub struct Pane {
    /// The time in sight.
    pub view: View,
    /// The size of the picture.
    pub size: (f64, f64),
    /// The longest time in sight, in microseconds.
    longest_us: u64,
    /// The playhead stays in sight.
    pub follows: bool,
    /// What lies under the pointer: its place, and its name.
    pub tip: Option<(Point, String)>,
    pointers: Vec<(i32, Point)>,
    /// Where the pointer went down, as long as it has not moved.
    click: Option<Point>,
}

/// What came of a gesture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Did {
    /// Nothing.
    Nothing,
    /// Something else is in sight now.
    Moved,
    /// Somebody clicked there.
    Clicked(Point),
    /// The pointer is there now.
    Hovers(Point),
}

impl Pane {
    /// A pane that shows this at first, and no more than so many microseconds at once.
    pub fn new(view: View, longest_us: u64) -> Pane {
        Pane {
            view,
            longest_us,
            size: (0.0, 0.0),
            follows: true,
            tip: None,
            pointers: Vec::new(),
            click: None,
        }
    }

    /// What a person chose stays for another run.
    pub fn for_another_run(&self) -> Pane {
        Pane {
            size: self.size,
            ..Pane::new(
                View {
                    from: 0,
                    ..self.view
                },
                self.longest_us,
            )
        }
    }

    /// Where moments are.
    pub fn plot(&self) -> Plot {
        Plot::new(self.view, self.size)
    }

    /// Whether its size is known.
    pub fn is_measured(&self) -> bool {
        self.size.0 > 0.0
    }

    /// Keeps the playhead in sight, if that is wanted.
    pub fn follow(&mut self, now: SimTime) {
        if self.follows {
            self.view = self.view.following(now);
        }
    }

    /// Does what the gesture says, while the playhead is at `now` and the run ends at `end`.
    pub fn gesture(&mut self, gesture: Gesture, now: SimTime, end: SimTime) -> Did {
        match gesture {
            Gesture::Size(width, height) => self.size = (width, height),
            Gesture::Down(id, at) => {
                self.pointers.retain(|(other, _)| *other != id);
                self.pointers.push((id, at));
                self.click = (self.pointers.len() == 1).then_some(at);
                self.tip = None;
            }
            Gesture::Move(id, at) => return self.pointer_moves(id, at, now, end),
            Gesture::Up(id, at) => {
                self.pointers.retain(|(other, _)| *other != id);
                if self.click.take().is_some() {
                    return Did::Clicked(at);
                }
            }
            Gesture::Cancel(id) => {
                self.pointers.retain(|(other, _)| *other != id);
                self.click = None;
            }
            Gesture::Out => match self.tip.take() {
                Some(_) => {}
                None => return Did::Nothing,
            },
            Gesture::Wheel(at, dx, dy) => {
                if dx != 0.0 {
                    self.pan(dx / self.size.0.max(1.0), end);
                } else {
                    let thousandths = if dy > 0.0 { 1_250 } else { 800 };
                    self.zoom(thousandths, self.held_share(at, now));
                }
            }
            Gesture::Zoom(thousandths) => {
                // Without a pointer: around the playhead if it is in sight, else around the middle.
                let plot = self.plot();
                let x = plot.x(now);
                let middle = self.size.0 / 2.0;
                let held = if x == plot.x_within(now) { x } else { middle };
                self.zoom(thousandths, self.held_share(Point::new(held, 0.0), now));
            }
            Gesture::Pan(thousandths) => self.pan(f64::from(thousandths) / 1_000.0, end),
            Gesture::Follow => {
                self.follows = true;
                self.follow(now.min(end));
            }
            Gesture::Choose(_) | Gesture::Enter | Gesture::Save | Gesture::Fit => {
                return Did::Nothing;
            }
        }
        Did::Moved
    }

    /// The share of the width that stays where it is: the playhead while it is followed, else what
    /// is under the pointer.
    fn held_share(&self, at: Point, now: SimTime) -> f64 {
        let plot = self.plot();
        match self.follows {
            true => plot.share(plot.x(now)),
            false => plot.share(at.x),
        }
    }

    fn zoom(&mut self, thousandths: u64, share: f64) {
        self.view = self.view.scaled(thousandths, share, self.longest_us);
        self.tip = None;
    }

    fn pan(&mut self, share: f64, end: SimTime) {
        self.follows = false;
        self.tip = None;
        self.view = self.view.moved(share, end);
    }

    fn pointer_moves(&mut self, id: i32, at: Point, now: SimTime, end: SimTime) -> Did {
        let Some(place) = self.pointers.iter().position(|(other, _)| *other == id) else {
            return Did::Hovers(at);
        };
        if self.click.is_some_and(|down| down.distance(at) <= CLICK) {
            return Did::Nothing;
        }
        self.click = None;
        let before = self.pointers.clone();
        self.pointers[place].1 = at;
        let plot_width = (self.size.0 - GUTTER).max(1.0);
        match (&before[..], &self.pointers[..]) {
            ([(_, from)], _) => self.pan((from.x - at.x) / plot_width, end),
            ([(_, a), (_, b)], [(_, c), (_, d)]) => {
                let apart = |a: &Point, b: &Point| (a.x - b.x).abs().max(1.0);
                let thousandths = (apart(a, b) / apart(c, d) * 1_000.0) as u64;
                let middle = c.towards(*d, 0.5);
                self.follows = false;
                self.zoom(thousandths, self.held_share(middle, now));
            }
            _ => {}
        }
        Did::Moved
    }

    /// Names what lies under the pointer. Returns whether that is something else now.
    pub fn hover(&mut self, picture: Option<&Picture>, at: Point) -> bool {
        let spot = picture.and_then(|picture| picture.spot_at(at, REACH));
        let tip = spot.map(|spot| (at, spot.description.clone()));
        let same = |(_, words): &(Point, String)| tip.as_ref().is_some_and(|(_, t)| t == words);
        if self.tip.as_ref().is_some_and(same) || (self.tip.is_none() && tip.is_none()) {
            return false;
        }
        self.tip = tip;
        true
    }
}
