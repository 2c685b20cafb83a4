//! The arithmetic of majorities: how many members, what they stand, and what a cut leaves standing.
//!
//! Everything is exact: chances are whole numbers of 10 000ⁿ, for `n` members that each fail with a chance given in
//! ten-thousandths.

use crate::cluster::{Action, Member, WorldOptions, WorldOptionsError};
use crate::raft::NodeId;
use crate::raft::electorate::majority;
use crate::timeline::Session;

/// The most members that are planned for.
pub const MOST: usize = 9;

/// The chances of a member's failure that can be chosen, in ten-thousandths.
pub const CHANCES: [u32; 14] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 3000, 4000, 5000,
];

/// Where [`CHANCES`] is at first: one percent.
pub const USUAL_CHANCE: usize = 6;

/// The seed of the clusters that are tried.
const SEED: u64 = 7;

/// Seconds of a year (365¼ days).
const YEAR: u128 = 31_557_600;

/// How many of so many members may fail.
pub fn tolerated(members: usize) -> usize {
    members - majority(members)
}

/// A way to split a cluster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Split {
    /// How many members each side has, the largest first.
    pub sides: Vec<usize>,
    /// In how many ways the members can be split like this.
    pub ways: u64,
    /// How many more failures the side stands that has a quorum; `None` if no side has one.
    pub spare: Option<usize>,
}

/// All ways to split so many members into so many sides, those that leave the least standing last.
pub fn splits(members: usize, sides: usize) -> Vec<Split> {
    let mut found = Vec::new();
    let mut chosen = Vec::new();
    choose(members, sides, members, &mut chosen, &mut found);
    let split = |sides: Vec<usize>| Split {
        ways: ways(&sides),
        spare: sides[0].checked_sub(majority(members)),
        sides,
    };
    found.into_iter().map(split).collect()
}

/// Fills `found` with all lists of `sides` numbers that add up to `left`, none larger than `most` or than the one before.
fn choose(
    left: usize,
    sides: usize,
    most: usize,
    chosen: &mut Vec<usize>,
    found: &mut Vec<Vec<usize>>,
) {
    if sides == 0 {
        if left == 0 {
            found.push(chosen.clone());
        }
        return;
    }
    for size in (1..=most.min(left)).rev() {
        chosen.push(size);
        choose(left - size, sides - 1, size, chosen, found);
        chosen.pop();
    }
}

/// In how many ways members can be put into groups of these sizes, the largest first.
fn ways(sides: &[usize]) -> u64 {
    let mut left = sides.iter().sum::<usize>() as u64;
    let (mut ways, mut alike) = (1, 1);
    for (place, size) in sides.iter().enumerate() {
        ways *= binomial(left, *size as u64);
        left -= *size as u64;
        // Groups of the same size can be swapped, and it is the same split.
        alike = match place > 0 && sides[place - 1] == *size {
            true => alike + 1,
            false => 1,
        };
        ways /= alike;
    }
    ways
}

/// In how many ways `chosen` of `all` can be chosen.
fn binomial(all: u64, chosen: u64) -> u64 {
    (0..chosen).fold(1, |ways, i| ways * (all - i) / (i + 1))
}

/// How often so many members are without a quorum, out of 10 000ⁿ, when each of them fails with this chance (in
/// ten-thousandths), whatever the others do.
pub fn outage(members: usize, chance: u32) -> u128 {
    let (fails, works) = (u128::from(chance), u128::from(10_000 - chance));
    let all = members as u32;
    let too_many = tolerated(members) as u32 + 1..=all;
    too_many
        .map(|failed| {
            let ways = binomial(all.into(), failed.into());
            u128::from(ways) * fails.pow(failed) * works.pow(all - failed)
        })
        .sum()
}

/// How often so many members have a quorum, in percent, rounded down: behind two decimals,
/// or behind the second digit that differs from 100 %.
pub fn available(members: usize, chance: u32) -> String {
    let (whole, out) = (10_000u128.pow(members as u32), outage(members, chance));
    // A percent has so many decimals.
    let decimals = 4 * members - 2;
    let digits = format!("{:0>width$}", whole - out, width = decimals + 1);
    let (percent, rest) = digits.split_at(digits.len() - decimals);
    // The first digit of the outage stands at this decimal; 0 if it is a whole percent.
    let first = (decimals + 1).saturating_sub(out.to_string().len());
    let rest = &rest[..(first + 1).max(2).min(decimals)];
    let text = format!("{percent}.{rest}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A span of time, in the unit in which it is a small whole number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// Days.
    Days(u64),
    /// Hours.
    Hours(u64),
    /// Minutes.
    Minutes(u64),
    /// Seconds; 0 stands for less than one.
    Seconds(u64),
}

/// How long so many members are without a quorum in a year, rounded down.
pub fn yearly_outage(members: usize, chance: u32) -> Span {
    let (mut whole, mut out) = (10_000u128.pow(members as u32), outage(members, chance));
    while whole > 10_u128.pow(28) {
        whole /= 10;
        out /= 10;
    }
    let seconds = (out * YEAR / whole) as u64;
    match seconds {
        0..120 => Span::Seconds(seconds),
        120..7_200 => Span::Minutes(seconds / 60),
        7_200..172_800 => Span::Hours(seconds / 3_600),
        _ => Span::Days(seconds / 86_400),
    }
}

/// How many nines the availability has, in hundredths: −log₁₀ of the outage. 99 % has 200.
pub fn nines(members: usize, chance: u32) -> u32 {
    let (whole, mut out) = (10_000u128.pow(members as u32), outage(members, chance));
    let mut nines = 0;
    while out <= whole / 10 {
        out *= 10;
        nines += 100;
    }
    // The rest is the logarithm of a number from 1 to 10, here in millionths. Each squaring gives a binary digit.
    let mut rest = match whole < 10_u128.pow(28) {
        true => whole * 1_000_000 / out,
        false => whole / (out / 1_000_000),
    } as u64;
    let mut fraction = 0;
    for _ in 0..10 {
        rest = rest * rest / 1_000_000;
        fraction *= 2;
        if rest >= 10_000_000 {
            rest /= 10;
            fraction += 1;
        }
    }
    nines + fraction * 100 / 1024
}

/// How many steps a young cluster may take until all of it knows a leader.
const PATIENCE: u64 = 100_000;

/// A cluster that has elected a leader and was split then, with the leader on the smallest side, which is the most
/// interesting one. With one side there is no cut.
///
/// # Errors
/// A number of members that there cannot be.
pub fn split_cluster(sides: &[usize]) -> Result<Session, WorldOptionsError> {
    let members = sides.iter().sum();
    let mut session = Session::new(WorldOptions::with_members(members), SEED)?;
    let leader = |session: &Session| {
        let leader = session.world().leader()?.id();
        let mut servers = session.world().members().filter_map(Member::server);
        let known = servers.all(|server| server.node().leader() == Some(leader));
        known.then_some(leader)
    };
    for _ in 0..PATIENCE {
        if leader(&session).is_some() || !session.step() {
            break;
        }
    }
    if let (Some(leader), 2..) = (leader(&session), sides.len()) {
        let mut ids: Vec<NodeId> = session.options().member_ids().collect();
        ids.retain(|id| *id != leader);
        ids.insert(0, leader);
        let mut ids = ids.into_iter();
        let smallest_first = sides.iter().rev();
        let groups = smallest_first.map(|size| ids.by_ref().take(*size).collect());
        let groups = groups.collect();
        // It is possible: these are members, each in one group.
        let _ = session.act(Action::Partition { groups });
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Every way to put each member into one of some sides, none of which is empty.
    fn all_splits(members: usize, sides: usize) -> Vec<Vec<usize>> {
        let mut found = Vec::new();
        for code in 0..sides.pow(members as u32) {
            let mut sizes = vec![0; sides];
            let mut rest = code;
            for _ in 0..members {
                sizes[rest % sides] += 1;
                rest /= sides;
            }
            if sizes.iter().all(|size| *size > 0) {
                sizes.sort_unstable_by(|a, b| b.cmp(a));
                found.push(sizes);
            }
        }
        found
    }

    #[test]
    fn splits_are_those_that_counting_finds() {
        for members in 1..=MOST {
            for sides in 2..=3 {
                let mut counted: BTreeMap<Vec<usize>, u64> = BTreeMap::new();
                for sizes in all_splits(members, sides) {
                    *counted.entry(sizes).or_default() += 1;
                }
                let orders = if sides == 2 { 2 } else { 6 };
                let expected: BTreeMap<_, _> = counted
                    .into_iter()
                    .map(|(sizes, count)| (sizes, count / orders))
                    .collect();
                let found = splits(members, sides);
                let ways = found.iter().map(|split| (split.sides.clone(), split.ways));
                assert_eq!(ways.collect::<BTreeMap<_, _>>(), expected);
                for split in found {
                    let standing = split.sides.iter().find(|size| **size * 2 > members);
                    let spare = standing.map(|size| size - (members / 2 + 1));
                    assert_eq!(split.spare, spare, "{:?}", split.sides);
                }
            }
        }
    }

    #[test]
    fn outages_are_those_that_counting_finds() {
        for members in 1..=MOST {
            for chance in CHANCES {
                let (fails, works) = (u128::from(chance), u128::from(10_000 - chance));
                let mut out = 0;
                for running in 0..1u32 << members {
                    let up = running.count_ones();
                    if up as usize * 2 <= members {
                        out += works.pow(up) * fails.pow(members as u32 - up);
                    }
                }
                assert_eq!(outage(members, chance), out, "{members} members, {chance}");
            }
        }
    }

    #[test]
    fn an_even_number_buys_nothing() {
        for odd in (1..MOST).step_by(2) {
            assert_eq!(tolerated(odd + 1), tolerated(odd));
            // Up to the chance at which more members make things worse anyway.
            for chance in CHANCES.into_iter().filter(|chance| *chance < 5000) {
                assert!(outage(odd + 1, chance) > outage(odd, chance) * 10_000);
                if odd > 1 {
                    assert!(outage(odd, chance) < outage(odd - 2, chance) * 100_000_000);
                }
            }
            let halves = splits(odd + 1, 2).pop().unwrap();
            assert_eq!(halves.spare, None, "half of them are no quorum");
            let odd_splits = splits(odd, 2);
            assert!(odd_splits.iter().all(|split| split.spare.is_some()));
        }
    }

    #[test]
    fn availability_is_written_with_the_digits_that_matter() {
        assert_eq!(available(1, 100), "99");
        assert_eq!(available(1, 1), "99.99");
        assert_eq!(available(2, 100), "98.01");
        assert_eq!(available(3, 100), "99.97");
        assert_eq!(available(5, 100), "99.99901");
        assert_eq!(available(5, 200), "99.9922");
        assert_eq!(available(3, 5000), "50");
        assert_eq!(available(2, 5000), "25");
        for members in 1..=MOST {
            for chance in CHANCES {
                let written: f64 = available(members, chance).parse().unwrap();
                let out = outage(members, chance) as f64 / 10_000f64.powi(members as i32);
                let exact = 100.0 - out * 100.0;
                assert!(written <= exact + 1e-12, "{members}, {chance}: {written}");
                assert!(exact - written <= out * 10.0 + 1e-12, "{members}, {chance}");
                let exact = -out.log10() * 100.0;
                let near = f64::from(nines(members, chance));
                assert!((near - exact).abs() < 1.5, "{members}, {chance}: {near}");
            }
        }
    }

    #[test]
    fn a_year_has_its_outages() {
        assert_eq!(yearly_outage(1, 100), Span::Days(3));
        assert_eq!(yearly_outage(3, 100), Span::Hours(2));
        assert_eq!(yearly_outage(5, 100), Span::Minutes(5));
        assert_eq!(yearly_outage(9, 1), Span::Seconds(0));
        assert_eq!(yearly_outage(9, 5000), Span::Days(182));
    }

    #[test]
    fn what_is_tried_leaves_standing_what_was_said() {
        assert!(split_cluster(&[0]).is_err());
        for members in 1..=MOST {
            let alone = Split {
                sides: vec![members],
                ways: 1,
                spare: Some(tolerated(members)),
            };
            let shapes = [vec![alone], splits(members, 2), splits(members, 3)];
            for split in shapes.into_iter().flatten() {
                let mut session = split_cluster(&split.sides).unwrap();
                let leader = session.world().leader().unwrap().id();
                let vitals = crate::view::frame(&session).vitals;
                assert_eq!(vitals.leader, Some(leader));
                if let Some(Action::Partition { groups }) =
                    session.last_action().map(|done| done.action)
                {
                    assert!(groups[0].contains(&leader), "it is on the smallest side");
                    let sizes: Vec<usize> = groups.iter().rev().map(Vec::len).collect();
                    assert_eq!(sizes, split.sides);
                }
                assert!(session.is_live());
                session.advance(3_000_000);
                let frame = crate::view::frame(&session);
                let leads = frame.vitals.leader.is_some();
                assert_eq!(leads, split.spare.is_some(), "{:?}", split.sides);
            }
        }
    }
}
