//! The shortest contradiction.

use super::Operation;
use super::config::Config;
use super::search::{Problem, Search};

/// One try may use so much of the budget, one of so many parts.
const TRIALS: u64 = 10;

/// Of operations that cannot be put in order, the fewest that contradict each other already, as far
/// as the budget allows: those of which no single one can be spared. What is left out counts as an
/// operation whose outcome nobody knows: it explains whatever it can.
pub(super) fn contradiction(problem: Problem<'_>, from: &[Config], budget: u64) -> Vec<Operation> {
    let mut all: Vec<&Operation> = problem.certain.iter().collect();
    all.sort_by_key(|operation| operation.returned.unwrap_or(u64::MAX));
    let blurred: Vec<Config> = from.iter().map(Config::blurred).collect();
    let mut trial = Trial {
        problem,
        from: &blurred,
        budget,
    };
    let mut kept = trial.last_ones(&all);
    let mut size = kept.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < kept.len() && kept.len() > 1 {
            let end = (at + size).min(kept.len());
            let fewer: Vec<&Operation> = kept[..at].iter().chain(&kept[end..]).copied().collect();
            if trial.contradict(&fewer) {
                kept = fewer;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    kept.into_iter().cloned().collect()
}

/// Tries fewer operations.
struct Trial<'a> {
    problem: Problem<'a>,
    from: &'a [Config],
    budget: u64,
}

impl Trial<'_> {
    /// As few of the last operations as contradict each other: one, two, four, …
    fn last_ones<'o>(&mut self, all: &[&'o Operation]) -> Vec<&'o Operation> {
        let mut count = 1;
        while count < all.len() {
            let last = &all[all.len() - count..];
            if self.contradict(last) {
                return last.to_vec();
            }
            count *= 2;
        }
        all.to_vec()
    }

    fn contradict(&mut self, kept: &[&Operation]) -> bool {
        let is_kept = |id: u64| kept.iter().any(|operation| operation.id == id);
        let mut certain: Vec<Operation> = kept.iter().copied().cloned().collect();
        certain.sort_by_key(|operation| operation.called);
        let mut unknown = self.problem.unknown.to_vec();
        let spared = self.problem.certain.iter().filter(|o| !is_kept(o.id));
        unknown.extend(spared.flat_map(|o| Operation::unknown(o.id, o.input.clone(), o.called)));
        // The configurations speak of operations by their places in the whole list.
        let place_of = |operation: &Operation| {
            let mut all = self.problem.certain.iter();
            all.position(|other| other.id == operation.id)
        };
        let places: Vec<Option<usize>> = certain.iter().map(place_of).collect();
        let from: Vec<Config> = self
            .from
            .iter()
            .map(|config| config.with_done(&places))
            .collect();
        let problem = Problem {
            certain: &certain,
            unknown: &unknown,
            until: self.problem.until,
        };
        let budget = (self.budget / TRIALS).max(1);
        let mut search = Search::new(problem, budget);
        let found = search.any(&from);
        self.budget = self.budget.saturating_sub(budget - search.budget());
        found == Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::spec::State;
    use super::super::judge::tests::{read, write};
    use super::*;

    fn shortest(certain: &[Operation]) -> Vec<u64> {
        let problem = Problem {
            certain,
            unknown: &[],
            until: u64::MAX,
        };
        let from = [Config::new(State::without_numbers())];
        let core = contradiction(problem, &from, 100_000);
        core.iter().map(|operation| operation.id).collect()
    }

    #[test]
    fn what_has_nothing_to_do_with_it_is_left_out() {
        let mut history = Vec::new();
        for round in 0..20 {
            history.push(write(round * 2, "x", (round * 10, round * 10 + 1)));
            history.push(read(
                round * 2 + 1,
                Some("x"),
                (round * 10 + 2, round * 10 + 3),
            ));
        }
        history.push(write(100, "old", (300, 301)));
        history.push(write(101, "new", (302, 303)));
        history.push(read(102, Some("new"), (304, 305)));
        history.push(read(103, Some("old"), (306, 307)));
        // The old value was written before the new one was read, and cannot come back.
        assert_eq!(shortest(&history), [100, 102, 103]);
    }

    #[test]
    fn a_value_from_nowhere_contradicts_itself() {
        let history = [
            write(1, "a", (0, 1)),
            write(2, "b", (2, 3)),
            read(3, Some("never"), (4, 5)),
        ];
        assert_eq!(shortest(&history), [3]);
    }
}
