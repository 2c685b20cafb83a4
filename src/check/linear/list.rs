//! A list from which operations are lifted, and to which they come back in the reverse order.

/// No place.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The calls and returns that are still to come, as a doubly linked list.
pub(super) struct List {
    /// For each place the one before and the one after; the last pair is both ends.
    links: Vec<(u32, u32)>,
}

impl List {
    pub fn new(len: usize) -> List {
        let len = len as u32;
        let before = |at: u32| at.checked_sub(1).unwrap_or(len);
        let after = |at: u32| if at == len { 0 } else { at + 1 };
        List {
            links: (0..=len).map(|at| (before(at), after(at))).collect(),
        }
    }

    /// The first place.
    pub fn first(&self) -> u32 {
        self.next(self.links.len() as u32 - 1)
    }

    pub fn next(&self, at: u32) -> u32 {
        self.links[at as usize].1
    }

    /// Takes a call and its return out. Returns how many returns are gone by it.
    pub fn lift(&mut self, (call, back): (u32, u32)) -> usize {
        self.unlink(call);
        self.unlink(back);
        usize::from(back != NOWHERE)
    }

    /// Puts what was taken out last back in. Returns how many returns are there again by it.
    pub fn put_back(&mut self, (call, back): (u32, u32)) -> usize {
        self.link(back);
        self.link(call);
        usize::from(back != NOWHERE)
    }

    fn unlink(&mut self, at: u32) {
        if at != NOWHERE {
            let (before, after) = self.links[at as usize];
            self.links[before as usize].1 = after;
            self.links[after as usize].0 = before;
        }
    }

    fn link(&mut self, at: u32) {
        if at != NOWHERE {
            let (before, after) = self.links[at as usize];
            self.links[before as usize].1 = at;
            self.links[after as usize].0 = at;
        }
    }
}
