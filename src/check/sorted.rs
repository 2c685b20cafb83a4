//! A small map, kept as a sorted list.

/// A map for keys that mostly come in rising order. For the handful of items that the checkers
/// keep it is quicker than a tree, and it adds less to the weight of the page.
#[derive(Clone, Debug)]
pub(super) struct Sorted<K, V> {
    items: Vec<(K, V)>,
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Sorted { items: Vec::new() }
    }
}

impl<K: Ord + Copy, V> Sorted<K, V> {
    /// What is known of the key; `first` becomes that if nothing is.
    pub fn get_or_insert(&mut self, key: K, first: V) -> &V {
        let place = match self.place_of(key) {
            Ok(place) => place,
            Err(place) => {
                self.items.insert(place, (key, first));
                place
            }
        };
        &self.items[place].1
    }

    /// Forgets the key, and returns what was known of it.
    pub fn remove(&mut self, key: K) -> Option<V> {
        let place = self.place_of(key).ok()?;
        Some(self.items.remove(place).1)
    }

    /// All from this key on.
    pub fn from(&self, key: K) -> impl Iterator<Item = (K, &V)> {
        let start = self.items.partition_point(|(other, _)| *other < key);
        self.items[start..].iter().map(|(key, value)| (*key, value))
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
}
