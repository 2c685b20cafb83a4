//! Walls between the sides of a cut network, and strokes that draw them.

use super::frame::{ActorView, LinkView};
use super::geometry::{Point, StageLayout, tenths};
use crate::raft::NodeId;

/// A wall: a smooth line that separates neighbours on the ring from all others.
#[derive(Clone, PartialEq, Debug)]
pub struct Wall {
    /// Points along the wall, close together.
    pub points: Vec<Point>,
    /// The members behind it.
    pub behind: Vec<NodeId>,
}

impl Wall {
    /// The wall as the `d` of an SVG path.
    pub fn path(&self) -> String {
        polyline(&self.points)
    }
}

/// Points as the `d` of an SVG path.
pub fn polyline(points: &[Point]) -> String {
    let mut path = String::with_capacity(points.len() * 14);
    for (i, point) in points.iter().enumerate() {
        path.push(if i == 0 { 'M' } else { 'L' });
        path.push_str(&tenths(point.x));
        path.push(' ');
        path.push_str(&tenths(point.y));
    }
    path
}

/// Whether nothing is delivered from one member to another.
pub fn is_cut(links: &[LinkView], from: ActorView, to: ActorView) -> bool {
    links
        .iter()
        .any(|link| link.cut && (link.from, link.to) == (from, to))
}

/// The groups that deserve a wall, each at its place: nothing gets in or out. A group that is only cut
/// off one way, or from some members only, is left empty: its links show what is cut.
pub fn walled(groups: &[Vec<NodeId>], links: &[LinkView]) -> Vec<Vec<NodeId>> {
    let sealed = |group: &&Vec<NodeId>| {
        let outside = groups.iter().filter(|other| other != group).flatten();
        let mut pairs = outside.flat_map(|a| group.iter().map(move |b| (*a, *b)));
        pairs.all(|(a, b)| {
            let (a, b) = (ActorView::Member(a), ActorView::Member(b));
            is_cut(links, a, b) && is_cut(links, b, a)
        })
    };
    let kept = |(place, group)| match place > 0 && sealed(&group) {
        true => group.clone(),
        false => Vec::new(),
    };
    groups.iter().enumerate().map(kept).collect()
}

/// Whether a wall stands between two members.
pub fn separates(walled: &[Vec<NodeId>], a: NodeId, b: NodeId) -> bool {
    let mut walled = walled.iter();
    walled.any(|group| group.contains(&a) != group.contains(&b))
}

/// The groups when also everything between `far` and the others is cut.
pub fn refined(groups: &[Vec<NodeId>], far: &[NodeId]) -> Vec<Vec<NodeId>> {
    let parts = groups.iter().flat_map(|group| {
        let part = |inside: bool| {
            let wanted = group.iter().filter(|id| far.contains(id) == inside);
            wanted.copied().collect::<Vec<_>>()
        };
        [part(false), part(true)]
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// The groups when the wall around `run` has moved: it is around `behind` now. Whoever is let out joins
/// the largest group.
pub fn regrouped(groups: &[Vec<NodeId>], run: &[NodeId], behind: &[NodeId]) -> Vec<Vec<NodeId>> {
    let own = groups.iter().position(|group| group.contains(&run[0]));
    let mut moved: Vec<Vec<NodeId>> = groups
        .iter()
        .enumerate()
        .map(|(place, group)| {
            let stays = |id: &&NodeId| !behind.contains(id) && !run.contains(id);
            let mut next: Vec<NodeId> = group.iter().filter(stays).copied().collect();
            if Some(place) == own {
                next.extend(behind);
            }
            if place == 0 {
                next.extend(run.iter().filter(|id| !behind.contains(id)));
            }
            next.sort();
            next
        })
        .collect();
    moved.retain(|group| !group.is_empty());
    moved
}

/// The walls of a cut into `groups`, largest first: one around every run of neighbours on the
/// ring that belong to one of the smaller groups. A group whose members are not neighbours gets
/// several; members never change their places.
pub fn walls(layout: &StageLayout, groups: &[Vec<NodeId>]) -> Vec<Wall> {
    let mut walls = Vec::new();
    for group in groups.iter().skip(1) {
        for run in runs(layout, group) {
            walls.push(wall(layout, &run));
        }
    }
    walls
}

/// The maximal runs of neighbours, as positions on the ring.
fn runs(layout: &StageLayout, group: &[NodeId]) -> Vec<Vec<usize>> {
    let count = layout.members.len();
    let inside = |i: usize| group.contains(&layout.members[i % count].id);
    let starts = (0..count).filter(|i| inside(*i) && !inside(i + count - 1));
    starts
        .map(|start| {
            (start..start + count)
                .take_while(|i| inside(*i))
                .map(|i| i % count)
                .collect()
        })
        .collect()
}

fn wall(layout: &StageLayout, run: &[usize]) -> Wall {
    let first = layout.angle_before(run[0]);
    let last = layout.angle_before(run[0] + run.len());
    let middle = (first + last) / 2.0;
    let ring = layout.axes.0.min(layout.axes.1).max(1.0);
    let room = 1.0 - (layout.radius + 46.0) / ring;
    let depth = Point::at_angle((last - first) / 2.0).x.min(room.max(0.0));
    let outside = 1.0 + (layout.radius + 24.0) / ring;
    let corners = [
        layout.on_ring(first, outside),
        layout.on_ring(first, (1.0 + depth.max(0.0)) / 2.0),
        layout.on_ring(middle, depth),
        layout.on_ring(last, (1.0 + depth.max(0.0)) / 2.0),
        layout.on_ring(last, outside),
    ];
    let on_stage = |p: Point| {
        Point::new(
            p.x.clamp(4.0, (layout.width - 4.0).max(4.0)),
            p.y.clamp(4.0, (layout.height - 4.0).max(4.0)),
        )
    };
    Wall {
        points: smooth(&corners.map(on_stage)),
        behind: run.iter().map(|i| layout.members[*i].id).collect(),
    }
}

/// A centripetal-like smooth curve through the points (Catmull-Rom), sampled.
fn smooth(points: &[Point]) -> Vec<Point> {
    const SAMPLES: usize = 14;
    let mut curve = vec![points[0]];
    for i in 0..points.len() - 1 {
        let (p1, p2) = (points[i], points[i + 1]);
        let p0 = if i == 0 { p1 } else { points[i - 1] };
        let p3 = points.get(i + 2).copied().unwrap_or(p2);
        let at = |a: f64, b: f64, c: f64, d: f64, t: f64| {
            let (t2, t3) = (t * t, t * t * t);
            0.5 * (2.0 * b
                + (c - a) * t
                + (2.0 * a - 5.0 * b + 4.0 * c - d) * t2
                + (3.0 * b - a - 3.0 * c + d) * t3)
        };
        for sample in 1..=SAMPLES {
            let t = sample as f64 / SAMPLES as f64;
            curve.push(Point::new(
                at(p0.x, p1.x, p2.x, p3.x, t),
                at(p0.y, p1.y, p2.y, p3.y, t),
            ));
        }
    }
    curve
}

/// Where the way from `from` to `to` first meets a wall, as a fraction of the way.
pub fn meets_wall(walls: &[Wall], from: Point, to: Point) -> Option<f64> {
    let meetings = walls.iter().flat_map(|wall| {
        wall.points
            .windows(2)
            .filter_map(|piece| crossing(from, to, piece[0], piece[1]))
    });
    meetings.min_by(f64::total_cmp)
}

/// Where the segment `a`–`b` crosses `c`–`d`, as a fraction of `a`–`b`.
fn crossing(a: Point, b: Point, c: Point, d: Point) -> Option<f64> {
    let denominator = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x);
    if denominator == 0.0 {
        return None;
    }
    let t = ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / denominator;
    let u = ((c.x - a.x) * (b.y - a.y) - (c.y - a.y) * (b.x - a.x)) / denominator;
    // Half open, so that a line through a corner of the wall crosses it once.
    ((0.0..1.0).contains(&t) && (0.0..1.0).contains(&u)).then_some(t)
}

/// The shortest stroke that cuts; anything shorter is a click.
const SHORTEST_STROKE: f64 = 40.0;

/// A wall that is dragged by one of its points: it follows the pointer there, and the further away from
/// the middle it was grabbed, the more its other end stays where it is.
pub fn dragged(points: &[Point], grabbed: Point, to: Point) -> Vec<Point> {
    let (x, y) = (to.x - grabbed.x, to.y - grabbed.y);
    let last = points.len().saturating_sub(1).max(1) as f64;
    let nearest = (0..points.len()).min_by(|a, b| {
        f64::total_cmp(&points[*a].distance(grabbed), &points[*b].distance(grabbed))
    });
    let hand = nearest.unwrap_or(0) as f64 / last;
    let follows = |place: usize| {
        let away = (place as f64 / last - hand).abs();
        1.0 - away * (hand - 0.5).abs() * 2.0
    };
    let moved = points.iter().enumerate().map(|(place, point)| {
        let share = follows(place);
        point.moved(x * share, y * share)
    });
    moved.collect()
}

/// The members on the two sides of a stroke: every link that the stroke crosses would be cut. A
/// stroke that ends in mid-air goes on straight; one that returns to its start is a loop around
/// its members. `None` for a stroke that is too short to mean anything; a side may be empty.
pub fn sides(layout: &StageLayout, stroke: &[Point]) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
    let length: f64 = stroke.windows(2).map(|p| p[0].distance(p[1])).sum();
    let (first, last) = (*stroke.first()?, *stroke.last()?);
    if length < SHORTEST_STROKE {
        return None;
    }
    let chord = first.distance(last);
    let mut line = stroke.to_vec();
    let reference = if chord < length * 0.2 {
        line.push(first);
        Point::new(-1e4, -1.1e4)
    } else {
        let far = 4.0 * (layout.width + layout.height) / chord;
        line.insert(0, last.towards(first, 1.0 + far));
        line.push(first.towards(last, 1.0 + far));
        layout.members.first()?.at
    };
    let beyond = |at: Point| {
        let crossings = line
            .windows(2)
            .filter(|piece| crossing(piece[0], piece[1], reference, at).is_some());
        crossings.count() % 2 == 1
    };
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for member in &layout.members {
        let side = if beyond(member.at) {
            &mut far
        } else {
            &mut near
        };
        side.push(member.id);
    }
    Some((near, far))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn layout(count: u64) -> StageLayout {
        let ids: Vec<NodeId> = (1..=count).map(NodeId).collect();
        StageLayout::new(&ids, 1000.0, 500.0)
    }

    fn group(ids: &[u64]) -> Vec<NodeId> {
        ids.iter().copied().map(NodeId).collect()
    }

    /// Every way to cut `count` members in two, larger side first.
    fn cuts(count: u64) -> Vec<Vec<Vec<NodeId>>> {
        (1..(1u64 << count) - 1)
            .map(|bits| {
                let (a, b): (Vec<u64>, Vec<u64>) =
                    (1..=count).partition(|i| bits >> (i - 1) & 1 == 1);
                let mut groups = vec![group(&a), group(&b)];
                groups.sort_by_key(|g| std::cmp::Reverse(g.len()));
                groups
            })
            .collect()
    }

    #[test]
    fn every_cut_link_meets_a_wall() {
        for count in 2..=7 {
            let layout = layout(count);
            for groups in cuts(count) {
                let walls = walls(&layout, &groups);
                for a in &groups[0] {
                    for b in &groups[1] {
                        let (a, b) = (layout.member(*a).unwrap().at, layout.member(*b).unwrap().at);
                        assert!(meets_wall(&walls, a, b).is_some(), "{groups:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_link_of_the_larger_side_meets_a_wall() {
        for count in 3..=7 {
            let layout = layout(count);
            let groups = vec![group(&(3..=count).collect::<Vec<_>>()), group(&[1, 2])];
            let walls = walls(&layout, &groups);
            assert_eq!(walls.len(), 1);
            for a in &groups[0] {
                for b in &groups[0] {
                    let (a, b) = (layout.member(*a).unwrap().at, layout.member(*b).unwrap().at);
                    assert_eq!(
                        meets_wall(&walls, a, b),
                        None,
                        "{count} members, {a:?} {b:?}"
                    );
                }
            }
        }
    }

    /// Cuts as the world reports them: these members send nothing to those.
    fn cuts_of(from: &[u64], to: &[u64]) -> Vec<LinkView> {
        let pairs = from.iter().flat_map(|a| to.iter().map(move |b| (*a, *b)));
        pairs
            .map(|(a, b)| LinkView {
                from: ActorView::Member(NodeId(a)),
                to: ActorView::Member(NodeId(b)),
                cut: true,
                held: false,
                loss_ppm: 0,
                duplicate_ppm: 0,
                delay_us: None,
                label: String::new(),
            })
            .collect()
    }

    #[test]
    fn only_what_is_cut_both_ways_gets_a_wall() {
        let groups = [group(&[1, 2, 3]), group(&[4, 5])];
        let mut links = cuts_of(&[4, 5], &[1, 2, 3]);
        assert_eq!(walled(&groups, &links), [group(&[]), group(&[])]);
        links.extend(cuts_of(&[1, 2, 3], &[4, 5]));
        let both = walled(&groups, &links);
        assert_eq!(both, [group(&[]), group(&[4, 5])]);
        assert!(separates(&both, NodeId(1), NodeId(4)));
        assert!(!separates(&both, NodeId(4), NodeId(5)));
        links.pop();
        assert_eq!(walled(&groups, &links)[1], group(&[]));
    }

    #[test]
    fn a_second_stroke_cuts_further() {
        let groups = [group(&[1, 2, 3]), group(&[4, 5])];
        let parts = refined(&groups, &group(&[3, 4]));
        assert_eq!(
            parts,
            [group(&[1, 2]), group(&[3]), group(&[5]), group(&[4])]
        );
        assert_eq!(refined(&groups, &group(&[4, 5])), groups);
    }

    #[test]
    fn a_wall_that_moves_takes_members_in_and_lets_members_out() {
        let groups = [group(&[3, 4, 5]), group(&[1, 2])];
        let run = group(&[1, 2]);
        assert_eq!(
            regrouped(&groups, &run, &group(&[2, 3])),
            [group(&[1, 4, 5]), group(&[2, 3])]
        );
        assert_eq!(
            regrouped(&groups, &run, &[]),
            [group(&[1, 2, 3, 4, 5])],
            "healed"
        );
        let three = [group(&[4, 5]), group(&[1, 3]), group(&[2])];
        assert_eq!(
            regrouped(&three, &group(&[3]), &[]),
            [group(&[3, 4, 5]), group(&[1]), group(&[2])],
            "only this wall"
        );
    }

    #[test]
    fn a_dragged_wall_has_other_sides() {
        let layout = layout(5);
        let groups = [group(&[1, 2, 3]), group(&[4, 5])];
        let wall = walls(&layout, &groups).remove(0);
        let middle = wall.points[wall.points.len() / 2];
        let still = dragged(&wall.points, middle, middle);
        assert_eq!(sides(&layout, &still).unwrap().1, group(&[4, 5]));
        let one = layout.member(NodeId(1)).unwrap().at;
        let end = wall.points[wall.points.len() - 1];
        let end = match end.distance(one) < wall.points[0].distance(one) {
            true => end,
            false => wall.points[0],
        };
        let over = dragged(&wall.points, end, one.moved(90.0, -60.0));
        let (near, far) = sides(&layout, &over).unwrap();
        assert!(
            near == group(&[1, 4, 5]) || far == group(&[1, 4, 5]),
            "{near:?} {far:?}"
        );
    }

    #[test]
    fn a_whole_network_has_no_wall() {
        assert!(walls(&layout(5), &[group(&[1, 2, 3, 4, 5])]).is_empty());
    }

    #[test]
    fn members_that_are_not_neighbours_get_a_wall_each() {
        let walls = walls(&layout(5), &[group(&[2, 4, 5]), group(&[1, 3])]);
        assert_eq!(walls.len(), 2);
        assert_eq!(walls[0].behind, group(&[1]));
        assert_eq!(walls[1].behind, group(&[3]));
    }

    #[test]
    fn walls_stay_clear_of_the_members() {
        for count in 2..=9 {
            let layout = layout(count);
            for groups in cuts(count) {
                for wall in walls(&layout, &groups) {
                    for member in &layout.members {
                        let nearest = wall
                            .points
                            .iter()
                            .map(|p| p.distance(member.at))
                            .fold(f64::INFINITY, f64::min);
                        assert!(
                            nearest > layout.radius,
                            "{count} members, {groups:?}: {nearest}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_stroke_across_the_ring_has_two_sides() {
        let layout = layout(5);
        let stroke = [Point::new(430.0, 10.0), Point::new(430.0, 490.0)];
        let (near, far) = sides(&layout, &stroke).unwrap();
        assert_eq!(near, group(&[1, 2, 3]));
        assert_eq!(far, group(&[4, 5]));
    }

    #[test]
    fn a_stroke_that_ends_inside_goes_on_straight() {
        let layout = layout(5);
        let stroke = [Point::new(430.0, 200.0), Point::new(430.0, 300.0)];
        let (_, far) = sides(&layout, &stroke).unwrap();
        assert_eq!(far, group(&[4, 5]));
    }

    #[test]
    fn a_loop_cuts_off_what_it_surrounds() {
        let layout = layout(5);
        let at = layout.member(NodeId(3)).unwrap().at;
        let stroke: Vec<Point> = (0..=20)
            .map(|i| {
                let angle = TAU * f64::from(i) / 20.0;
                at.moved(60.0 * angle.cos(), 60.0 * angle.sin())
            })
            .collect();
        let (near, far) = sides(&layout, &stroke).unwrap();
        assert_eq!(far, group(&[3]));
        assert_eq!(near.len(), 4);
    }

    #[test]
    fn a_click_is_not_a_stroke() {
        let stroke = [Point::new(430.0, 200.0), Point::new(433.0, 202.0)];
        assert_eq!(sides(&layout(5), &stroke), None);
    }

    #[test]
    fn a_stroke_beside_the_ring_has_an_empty_side() {
        let stroke = [Point::new(5.0, 10.0), Point::new(5.0, 490.0)];
        let (near, far) = sides(&layout(5), &stroke).unwrap();
        assert_eq!((near.len(), far.len()), (5, 0));
    }
}
