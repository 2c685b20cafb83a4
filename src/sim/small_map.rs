//! A small map, kept as a sorted list.

use std::ops::Index;

/// A map with few entries, or with keys that come in rising order: links, members, requests that
/// wait. For those it is quicker than a tree, and it adds less to the weight of the page.
#[derive(Clone, Debug)]
pub struct SmallMap<K, V> {
    items: Vec<(K, V)>,
}

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        SmallMap { items: Vec::new() }
    }
}

impl<K: Ord, V> SmallMap<K, V> {
    /// What is known of the key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let place = self.place_of(key).ok()?;
        Some(&self.items[place].1)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place_of(key).ok()?;
        Some(&mut self.items[place].1)
    }

    /// Makes this known of the key, in place of what was known before.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place_of(&key) {
            Ok(place) => self.items[place].1 = value,
            Err(place) => self.items.insert(place, (key, value)),
        }
    }

    /// Forgets the key, and returns what was known of it.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place_of(key).ok()?;
        Some(self.items.remove(place).1)
    }

    /// Forgets what is not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.items.retain_mut(|(key, value)| keep(key, value));
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.items.iter().map(|(key, value)| (key, value))
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.items.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.items.iter().map(|(key, _)| key)
    }

    /// What is known, in the order of the keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.items.iter().map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.items.iter_mut().map(|(_, value)| value)
    }

    fn place_of(&self, key: &K) -> Result<usize, usize> {
        match self.items.last() {
            Some((last, _)) if last < key => Err(self.items.len()),
            _ => self.items.binary_search_by(|(other, _)| other.cmp(key)),
        }
    }
}

impl<K: Ord, V> Index<&K> for SmallMap<K, V> {
    type Output = V;

    /// # Panics
    /// If nothing is known of the key.
    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key is known")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn it_does_what_a_tree_does() {
        let (mut map, mut tree) = (SmallMap::default(), BTreeMap::new());
        for step in 0u32..2_000 {
            let key = step.wrapping_mul(2_654_435_761) >> 26;
            match step % 3 {
                0 => assert_eq!(map.remove(&key), tree.remove(&key)),
                _ => {
                    map.insert(key, step);
                    tree.insert(key, step);
                }
            }
            assert_eq!(map.get(&key), tree.get(&key));
            assert_eq!(map.len(), tree.len());
        }
        assert!(!map.is_empty() && map.iter().eq(tree.iter()));
        assert!(map.keys().eq(tree.keys()) && map.values().eq(tree.values()));
        map.retain(|key, value| {
            *value += 1;
            key % 2 == 0
        });
        tree.retain(|key, value| {
            *value += 1;
            key % 2 == 0
        });
        assert!(map.iter_mut().eq(tree.iter_mut()));
        assert!(map.values_mut().eq(tree.values_mut()));
        let first = *map.keys().next().unwrap();
        *map.get_mut(&first).unwrap() = 7;
        assert_eq!(map[&first], 7);
    }
}
