//! Random runs with random detours are the same as straight ones.

use crate::support::{crash, put, restart, session, snapshot};
use proptest::prelude::*;
use quorum::cluster::Action;
use quorum::raft::NodeId;
use quorum::timeline::{Landmark, Session};

/// Something that somebody does with a session.
#[derive(Clone, Debug)]
enum Move {
    Act(Action),
    Advance(u64),
    Step(u8),
    /// Goes somewhere, given in thousandths of the branch, and comes back to the end.
    Detour(u64),
    Back(u8),
    /// The same, to be played on from there.
    Rewind(u64),
    Undo,
    Switch(u8),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (1..=3_u64, 0..3_u8).prop_map(|(member, key)| put(member, &key.to_string(), "v")),
        1 => (1..=3_u64).prop_map(crash),
        2 => (1..=3_u64).prop_map(restart),
        1 => (1..=3_u64).prop_map(|member| Action::Partition { groups: vec![vec![NodeId(member)]] }),
        1 => Just(Action::Heal),
        1 => (1..=3_u64).prop_map(|member| Action::TimeOutNow { member: NodeId(member) }),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        5 => action().prop_map(Move::Act),
        4 => (0..300_000_u64).prop_map(Move::Advance),
        2 => any::<u8>().prop_map(Move::Step),
        2 => (0..1100_u64).prop_map(Move::Detour),
        1 => any::<u8>().prop_map(Move::Back),
        1 => (0..1100_u64).prop_map(Move::Rewind),
        1 => Just(Move::Undo),
        1 => any::<u8>().prop_map(Move::Switch),
    ];
    prop::collection::vec(one, 1..40)
}

fn make(session: &mut Session, one: Move) {
    let place = |session: &Session, permille: u64| session.end().step * permille / 1000;
    match one {
        // Impossible actions change nothing, and that is part of the test.
        Move::Act(action) => drop(session.act(action)),
        Move::Advance(us) => session.advance(us),
        Move::Step(count) => {
            for _ in 0..count {
                session.step();
            }
        }
        Move::Detour(permille) => {
            let here = session.position();
            session.seek_step(place(session, permille));
            session.seek_position(here);
            assert_eq!(session.position(), here);
        }
        Move::Back(count) => {
            for _ in 0..count {
                session.step_back(Landmark::Step);
            }
        }
        Move::Rewind(permille) => session.seek_step(place(session, permille)),
        Move::Undo => {
            let possible = session.last_action().is_some();
            assert_eq!(session.undo(), possible);
        }
        Move::Switch(number) => {
            let ids: Vec<_> = session.branches().map(|branch| branch.id).collect();
            let id = ids[usize::from(number) % ids.len()];
            session.switch_branch(id).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn every_branch_of_a_random_session_is_a_straight_run(seed: u64, moves in moves()) {
        let mut session = session(3, seed);
        for one in moves {
            make(&mut session, one);
        }
        let back = session.save().replay().unwrap();
        prop_assert_eq!(snapshot(&back), snapshot(&session));
        let ids: Vec<_> = session.branches().map(|branch| branch.id).collect();
        for id in ids {
            session.switch_branch(id).unwrap();
            session.go_live();
            let straight = session.recording().replay().unwrap();
            prop_assert_eq!(snapshot(&straight), snapshot(&session));
        }
    }
}
