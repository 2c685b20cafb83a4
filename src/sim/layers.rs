//! Settings that faults change for a while.

use serde::Serialize;

/// The identity of a fault that ends by itself, unique in a run, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct FaultId(pub u64);

/// A change of one setting among those that `S` holds.
pub trait Change<S>: Copy {
    /// Makes the change.
    fn apply(self, settings: &mut S);

    /// Whether the other one changes the same setting.
    fn same_setting(self, other: Self) -> bool;
}

/// Settings, and what lies above them for a while.
///
/// A change for good replaces what was there, and everything above it. A change for a while lies
/// above what was there; when it ends, what is below shows again. So changes may end in any order,
/// and each of them takes back what it did and nothing else.
#[derive(Clone, Debug)]
pub struct Layered<S, C> {
    base: S,
    now: S,
    layers: Vec<(FaultId, C)>,
}

impl<S: Copy, C: Change<S>> Layered<S, C> {
    /// Settings that nothing lies above.
    pub fn new(base: S) -> Self {
        Layered {
            base,
            now: base,
            layers: Vec::new(),
        }
    }

    /// The settings that are in force.
    pub fn now(&self) -> &S {
        &self.now
    }

    /// A change for good.
    pub fn set(&mut self, change: C) {
        self.layers.retain(|(_, above)| !above.same_setting(change));
        change.apply(&mut self.base);
        self.settle();
    }

    /// A change until [`Layered::lift`].
    pub fn lay(&mut self, fault: FaultId, change: C) {
        self.layers.push((fault, change));
        self.settle();
    }

    /// Ends what the fault changed. `false` if there is nothing left of it.
    pub fn lift(&mut self, fault: FaultId) -> bool {
        let before = self.layers.len();
        self.layers.retain(|(above, _)| *above != fault);
        self.settle();
        self.layers.len() < before
    }

    /// Whether anything of the fault is left.
    pub fn bears(&self, fault: FaultId) -> bool {
        self.layers.iter().any(|(above, _)| *above == fault)
    }

    fn settle(&mut self) {
        self.now = self.base;
        for (_, change) in &self.layers {
            change.apply(&mut self.now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum Set {
        Left(u8),
        Right(u8),
    }

    impl Change<(u8, u8)> for Set {
        fn apply(self, settings: &mut (u8, u8)) {
            match self {
                Set::Left(value) => settings.0 = value,
                Set::Right(value) => settings.1 = value,
            }
        }

        fn same_setting(self, other: Self) -> bool {
            std::mem::discriminant(&self) == std::mem::discriminant(&other)
        }
    }

    #[test]
    fn changes_for_a_while_may_end_in_any_order() {
        for first_ends_first in [true, false] {
            let mut settings = Layered::new((1, 1));
            settings.lay(FaultId(1), Set::Left(2));
            settings.lay(FaultId(2), Set::Left(3));
            assert_eq!(*settings.now(), (3, 1));
            let (one, other, between) = match first_ends_first {
                true => (FaultId(1), FaultId(2), (3, 1)),
                false => (FaultId(2), FaultId(1), (2, 1)),
            };
            assert!(settings.lift(one));
            assert_eq!(*settings.now(), between);
            assert!(settings.bears(other) && settings.lift(other));
            assert_eq!(*settings.now(), (1, 1));
            assert!(!settings.lift(other), "it has ended");
        }
    }

    #[test]
    fn a_change_for_good_ends_those_for_a_while_of_the_same_setting_only() {
        let mut settings = Layered::new((1, 1));
        settings.lay(FaultId(1), Set::Left(2));
        settings.lay(FaultId(2), Set::Right(2));
        settings.set(Set::Left(5));
        assert_eq!(*settings.now(), (5, 2));
        assert!(!settings.lift(FaultId(1)));
        assert!(settings.lift(FaultId(2)));
        assert_eq!(*settings.now(), (5, 1));
    }
}
