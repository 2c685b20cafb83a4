//! A small map, kept as a sorted list.

/// A map for keys that mostly come in rising order. For the handful of items that the checkers
/// keep it is quicker than a tree, and it adds less to the weight of the page.
#[derive(Clone, Debug)]
pub(super) struct Sorted<K, V> {
    /// `None` is what was removed and still has its place.
    items: Vec<(K, Option<V>)>,
    /// How many of those there are.
    removed: usize,
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Sorted {
            items: Vec::new(),
            removed: 0,
        }
    }
}

impl<K: Ord + Copy, V> Sorted<K, V> {
    /// What is known of the key; `first` becomes that if nothing is.
    pub fn get_or_insert(&mut self, key: K, first: V) -> &V {
        let place = match self.place_of(key) {
            Ok(place) => {
                self.removed -= usize::from(self.items[place].1.is_none());
                place
            }
            Err(place) => {
                self.items.insert(place, (key, None));
                place
            }
        };
        self.items[place].1.get_or_insert(first)
    }

    /// Forgets the key, and returns what was known of it.
    pub fn remove(&mut self, key: K) -> Option<V> {
        let place = self.place_of(key).ok()?;
        let value = self.items[place].1.take()?;
        self.removed += 1;
        // Everything behind it moves up, so that is done for many at a time.
        if self.removed * 2 > self.items.len() {
            self.items.retain(|(_, value)| value.is_some());
            self.removed = 0;
        }
        Some(value)
    }

    /// All from this key on.
    pub fn from(&self, key: K) -> impl Iterator<Item = (K, &V)> {
        let start = self.items.partition_point(|(other, _)| *other < key);
        let rest = self.items[start..].iter();
        rest.filter_map(|(key, value)| Some((*key, value.as_ref()?)))
    }

    fn place_of(&self, key: K) -> Result<usize, usize> {
        match self.items.last() {
            Some((last, _)) if *last < key => Err(self.items.len()),
            _ => self.items.binary_search_by_key(&key, |(other, _)| *other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_a_key_stays_until_it_is_removed() {
        let mut map = Sorted::default();
        for (key, value) in [(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (1, 'e')] {
            map.get_or_insert(key, value);
        }
        let items = |map: &Sorted<i32, char>| -> String { map.from(0).map(|(_, v)| v).collect() };
        assert_eq!(items(&map), "bda");
        assert_eq!(map.from(2).count(), 2);
        assert_eq!((map.remove(2), map.remove(2)), (Some('d'), None));
        assert_eq!(items(&map), "ba");
    }

    #[test]
    fn what_is_removed_is_gone_and_may_come_again() {
        let (mut map, mut tree) = (Sorted::default(), std::collections::BTreeMap::new());
        for step in 0u32..4_000 {
            let key = step / 20 + step.wrapping_mul(2_654_435_761) % 40;
            if step % 2 == 0 {
                let first = *tree.entry(key).or_insert(step);
                assert_eq!(*map.get_or_insert(key, step), first);
            } else {
                assert_eq!(map.remove(key), tree.remove(&key));
            }
            let known = tree.range(key..).map(|(key, value)| (*key, value));
            assert!(map.from(key).eq(known));
            assert!(
                map.items.len() <= 2 * tree.len() && map.removed + tree.len() == map.items.len()
            );
        }
        assert!(tree.len() > 5);
    }
}
