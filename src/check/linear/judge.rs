//! The verdict on a whole history.

use super::super::spec::{Span, State};
use super::Operation;
use super::config::Config;
use super::core::contradiction;
use super::search::{OverBudget, Problem, Search};
use super::territory::Territory;

/// The steps of the specification that a search may look at, if nobody says otherwise.
pub const BUDGET: u64 = 2_000_000;

/// The search for the shortest contradiction has a part of the budget, one of so many.
const TO_EXPLAIN: u64 = 4;

/// Whether a history is linearizable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is.
    Linearizable,
    /// It is not.
    NotLinearizable(Contradiction),
    /// The budget was too small to find out.
    Unknown,
}

/// Operations that cannot be put in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contradiction {
    /// The fewest that contradict each other, as they returned.
    pub operations: Vec<u64>,
    /// The longest order that the search found before it met the contradiction.
    pub longest: Vec<u64>,
}

/// Judges a history of which no revisions are known: the operations in the order of their calls, and
/// the number of steps that may be looked at for each group of keys that belong together.
pub fn judge(operations: &[Operation], budget: u64) -> Verdict {
    let mut verdict = Verdict::Linearizable;
    for part in apart(operations) {
        let certain = part.iter().filter(|operation| operation.returned.is_some());
        let unknown = part.iter().filter(|operation| operation.returned.is_none());
        let (certain, unknown): (Vec<_>, Vec<_>) =
            (certain.cloned().collect(), unknown.cloned().collect());
        let problem = Problem {
            certain: &certain,
            unknown: &unknown,
            until: u64::MAX,
        };
        let mut search = Search::new(problem, budget);
        match search.any(&start()) {
            Ok(true) => {}
            Ok(false) => return Verdict::NotLinearizable(explain(problem, &search, budget)),
            Err(OverBudget) => verdict = Verdict::Unknown,
        }
    }
    verdict
}

fn start() -> [Config; 1] {
    [Config::new(State::without_numbers())]
}

/// The operations on each group of keys that belong together.
fn apart(operations: &[Operation]) -> Vec<Vec<Operation>> {
    let mut territory = Territory::default();
    let spans: Vec<Vec<Span>> = operations.iter().map(|o| o.input.spans()).collect();
    for (fresh, spans) in spans.iter().enumerate() {
        territory.claim(spans, fresh, |_, _| ());
    }
    let mut parts: Vec<Vec<Operation>> = vec![Vec::new(); operations.len()];
    for (operation, spans) in operations.iter().zip(&spans) {
        let part = territory.claim(spans, 0, |_, _| ());
        parts[part].push(operation.clone());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// What is wrong with operations that a search could not put in order.
fn explain(problem: Problem<'_>, search: &Search<'_>, budget: u64) -> Contradiction {
    let until = search.blocked() + 1;
    let called = problem.certain.iter().filter(|o| o.called < until);
    let certain: Vec<Operation> = called.cloned().collect();
    let problem = Problem {
        certain: &certain,
        until,
        ..problem
    };
    let core = contradiction(problem, &start(), budget / TO_EXPLAIN);
    Contradiction {
        operations: core.iter().map(|operation| operation.id).collect(),
        longest: search.longest(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::spec::{Input, Output, Reply, Seen};
    use super::*;
    use bytes::Bytes;

    pub fn write(id: u64, value: &'static str, (called, returned): (u64, u64)) -> Operation {
        put("x", id, value, (called, Some(returned)))
    }

    pub fn read(id: u64, value: Option<&'static str>, (called, returned): (u64, u64)) -> Operation {
        get("x", id, value, (called, returned))
    }

    fn put(
        key: &'static str,
        id: u64,
        value: &'static str,
        (called, returned): (u64, Option<u64>),
    ) -> Operation {
        Operation {
            id,
            input: Input::Put {
                key: key.into(),
                value: Some(value.into()),
                lease: Some(0),
            },
            reply: Reply {
                revision: None,
                output: returned.map(|_| Output::Put { before: None }),
            },
            called,
            returned,
        }
    }

    fn get(
        key: &'static str,
        id: u64,
        value: Option<&'static str>,
        (called, returned): (u64, u64),
    ) -> Operation {
        let seen = |value: &'static str| Seen {
            value: Some(Bytes::from(value)),
            ..Seen::default()
        };
        let records = value.map(|value| (Bytes::from(key), seen(value)));
        Operation {
            id,
            input: Input::Get {
                span: Span::key(&key.into()),
                limit: 0,
                filtered: false,
            },
            reply: Reply {
                revision: None,
                output: Some(Output::Got {
                    records: records.into_iter().collect(),
                    count: None,
                }),
            },
            called,
            returned: Some(returned),
        }
    }

    fn is_linearizable(operations: &[Operation]) -> bool {
        judge(operations, BUDGET) == Verdict::Linearizable
    }

    #[test]
    fn overlapping_operations_take_place_in_either_order() {
        let both = [write(1, "a", (0, 9)), write(2, "b", (1, 8))];
        for seen in ["a", "b"] {
            let mut history = both.to_vec();
            history.push(read(3, Some(seen), (10, 11)));
            assert!(is_linearizable(&history));
        }
        let mut twice = both.to_vec();
        twice.push(read(3, Some("a"), (10, 11)));
        twice.push(read(4, Some("b"), (12, 13)));
        assert!(!is_linearizable(&twice));
    }

    #[test]
    fn an_unknown_write_may_come_late_or_never_but_only_once() {
        let unknown = put("x", 1, "a", (0, None));
        let never = [unknown.clone(), read(2, None, (1, 2))];
        assert!(is_linearizable(&never));
        let late = [
            unknown.clone(),
            read(2, None, (1, 2)),
            write(3, "b", (3, 4)),
            read(4, Some("a"), (5, 6)),
        ];
        assert!(is_linearizable(&late));
        let mut twice = late.to_vec();
        twice.push(write(5, "b", (7, 8)));
        twice.push(read(6, Some("a"), (9, 10)));
        assert!(!is_linearizable(&twice));
    }

    #[test]
    fn keys_are_judged_apart_and_the_contradiction_is_found_in_one_of_them() {
        let history = [
            put("a", 1, "1", (0, Some(1))),
            put("b", 2, "1", (2, Some(3))),
            put("b", 3, "2", (4, Some(5))),
            get("a", 4, Some("1"), (6, 7)),
            get("b", 5, Some("1"), (8, 9)),
        ];
        let Verdict::NotLinearizable(contradiction) = judge(&history, BUDGET) else {
            panic!("the last read is stale");
        };
        assert_eq!(contradiction.operations, [2, 3, 5]);
        assert_eq!(contradiction.longest, [2, 3]);
    }

    #[test]
    fn a_budget_that_is_too_small_gives_no_verdict() {
        let history = [write(1, "a", (0, 1)), read(2, Some("a"), (2, 3))];
        assert_eq!(judge(&history, 1), Verdict::Unknown);
        assert_eq!(judge(&history, 2), Verdict::Linearizable);
    }
}
