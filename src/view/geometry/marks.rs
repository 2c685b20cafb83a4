//! The names of marks on the stage, such as the crosses where messages were lost.

use super::{Area, Point, StageLayout};

/// The size of a mark, and the height of its name.
const MARK: f64 = 13.0;
/// How far from the middle of a mark its name begins.
pub const NAME_OFF: f64 = 11.0;

/// Left or right of something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// On its left.
    Left,
    /// On its right.
    Right,
}

impl Side {
    fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }

    fn sign(self) -> f64 {
        match self {
            Side::Left => -1.0,
            Side::Right => 1.0,
        }
    }
}

/// Something small on the stage that has a name.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mark {
    /// Its middle.
    pub at: Point,
    /// The width of its name; 0 if it has none.
    pub name: f64,
    /// Where its name would rather stand.
    pub side: Side,
}

impl Mark {
    fn name_at(&self, side: Side) -> Area {
        let off = side.sign() * (NAME_OFF + self.name / 2.0);
        Area::around(self.at.moved(off, 0.0), self.name, MARK)
    }
}

impl StageLayout {
    /// Which side of each mark has room for its name, if one has. A name lies on the stage and covers no member, no
    /// card of a client, no mark, and no name of a mark before it.
    pub fn sides(&self, marks: &[Mark], cards: &[Point]) -> Vec<Option<Side>> {
        let mut taken = self.taken(cards);
        taken.extend(marks.iter().map(|mark| Area::around(mark.at, MARK, MARK)));
        let side = |mark: &Mark| {
            let mut sides = [mark.side, mark.side.other()].into_iter();
            let side = sides.find(|side| {
                let name = mark.name_at(*side);
                let is_free = taken.iter().all(|area| area.overlap(&name) == 0.0);
                is_free && self.area().contains(&name)
            })?;
            taken.push(mark.name_at(side));
            Some(side)
        };
        marks.iter().map(side).collect()
    }
}
