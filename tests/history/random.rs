//! Random histories: those of a real register are accepted, and whatever is changed in them is judged
//! as the definition says.

use super::brute_force::is_linearizable;
use bytes::Bytes;
use proptest::prelude::*;
use quorum::check::linear::{BUDGET, Operation, Verdict, judge};
use quorum::check::spec::{Compare, Input, Output, Relation, Reply, Seen, Span, Target};

/// What a client does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Read,
    Write(u8),
    Cas(Option<u8>, u8),
}

/// An operation of a simulated client: what, whether its answer is lost, and in which order of
/// three moments it is called, takes place and returns, relative to the others.
#[derive(Clone, Debug)]
struct Draw {
    deed: Deed,
    lost: bool,
    moments: [u16; 3],
}

fn draws(most: usize) -> impl Strategy<Value = Vec<Draw>> {
    let deed = prop_oneof![
        Just(Deed::Read),
        (0..4u8).prop_map(Deed::Write),
        (prop::option::of(0..4u8), 0..4u8).prop_map(|(from, to)| Deed::Cas(from, to)),
    ];
    let draw = (deed, prop::bool::weighted(0.2), any::<[u16; 3]>());
    let draw = draw.prop_map(|(deed, lost, mut moments)| {
        moments.sort_unstable();
        Draw {
            deed,
            lost,
            moments,
        }
    });
    prop::collection::vec(draw, 1..=most)
}

fn value(value: u8) -> Bytes {
    value.to_string().into()
}

fn input(deed: Deed) -> Input {
    let key = Bytes::from_static(b"x");
    let put = |to| Input::Put {
        key: key.clone(),
        value: Some(value(to)),
        lease: Some(0),
    };
    match deed {
        Deed::Read => Input::Get {
            span: Span::key(&key),
            limit: 0,
            filtered: false,
        },
        Deed::Write(to) => put(to),
        Deed::Cas(from, to) => Input::Txn {
            compare: vec![Compare {
                span: Span::key(&key),
                relation: Relation::Equal,
                target: from.map_or(Target::Created(0), |from| Target::Value(value(from))),
            }],
            then: vec![put(to)],
            otherwise: Vec::new(),
        },
    }
}

fn got(register: Option<u8>) -> Output {
    let seen = |register| Seen {
        value: Some(value(register)),
        ..Seen::default()
    };
    Output::Got {
        records: register
            .map(|r| (Bytes::from_static(b"x"), seen(r)))
            .into_iter()
            .collect(),
        count: None,
    }
}

/// Lets a register serve all draws at their middle moments, and returns what clients saw.
fn simulate(draws: &[Draw]) -> Vec<Operation> {
    // All moments of all operations in one order, each with a time of its own.
    let mut moments: Vec<(u16, usize, usize)> = Vec::new();
    for (who, draw) in draws.iter().enumerate() {
        moments.extend(
            draw.moments
                .iter()
                .enumerate()
                .map(|(which, at)| (*at, who, which)),
        );
    }
    moments.sort_unstable();
    let mut times = vec![[0u64; 3]; draws.len()];
    let mut register = None;
    let mut outputs = vec![None; draws.len()];
    for (time, (_, who, which)) in (1..).zip(moments) {
        times[who][which] = time;
        if which != 1 {
            continue;
        }
        outputs[who] = Some(match draws[who].deed {
            Deed::Read => got(register),
            Deed::Write(to) => {
                register = Some(to);
                Output::Put { before: None }
            }
            Deed::Cas(from, to) => {
                let succeeded = register == from;
                if succeeded {
                    register = Some(to);
                }
                Output::Txn {
                    succeeded,
                    outputs: None,
                }
            }
        });
    }
    let mut history = Vec::new();
    for (who, draw) in draws.iter().enumerate() {
        let (id, [called, _, returned]) = (who as u64, times[who]);
        let input = input(draw.deed);
        if draw.lost {
            history.extend(Operation::unknown(id, input, called));
        } else {
            history.push(Operation {
                id,
                input,
                reply: Reply {
                    revision: None,
                    output: outputs[who].clone(),
                },
                called,
                returned: Some(returned),
            });
        }
    }
    history.sort_by_key(|operation| operation.called);
    history
}

/// Changes one answer.
fn mutate(history: &mut [Operation], place: usize, to: Option<u8>) {
    let place = place % history.len();
    match &mut history[place].reply.output {
        Some(output @ Output::Got { .. }) => *output = got(to),
        Some(Output::Txn { succeeded, .. }) if history[place].returned.is_some() => {
            *succeeded = !*succeeded;
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn what_a_register_does_is_linearizable(draws in draws(12)) {
        prop_assert_eq!(judge(&simulate(&draws), BUDGET), Verdict::Linearizable);
    }

    #[test]
    fn whatever_is_changed_is_judged_by_the_definition(
        draws in draws(7),
        changes in prop::collection::vec((any::<usize>(), prop::option::of(0..4u8)), 1..3),
    ) {
        let mut history = simulate(&draws);
        prop_assume!(!history.is_empty());
        for (place, to) in changes {
            mutate(&mut history, place, to);
        }
        let verdict = judge(&history, BUDGET);
        prop_assert_eq!(verdict == Verdict::Linearizable, is_linearizable(&history));
        if let Verdict::NotLinearizable(contradiction) = verdict {
            // What is said to contradict does so alone, whatever became of the others.
            let alone: Vec<Operation> = history
                .iter()
                .flat_map(|operation| {
                    if operation.returned.is_none() || contradiction.operations.contains(&operation.id) {
                        vec![operation.clone()]
                    } else {
                        Operation::unknown(operation.id, operation.input.clone(), operation.called)
                    }
                })
                .collect();
            prop_assert!(!is_linearizable(&alone));
            prop_assert!(!contradiction.operations.is_empty());
        }
    }
}
