//! A list with an index: items in the order in which they came, each found by its id without a look at
//! the others, because a test may have a hundred thousand of them.

use std::collections::HashMap;

use crate::world::ids::lowered;

/// An item with an id. Raw JSON may have none.
pub(crate) trait Identified {
    fn id(&self) -> Option<&str>;
}

/// Of items with the same id the first is found.
#[derive(Debug, Clone)]
pub(crate) struct IndexedList<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for IndexedList<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<T: Identified> IndexedList<T> {
    pub(crate) fn push(&mut self, item: T) {
        if let Some(id) = item.id() {
            let place = self.items.len();
            self.places.entry(lowered(id)).or_insert(place);
        }
        self.items.push(item);
    }

    /// `id`: in small letters.
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.items.get(*self.places.get(id)?)
    }

    /// `id`: in small letters. The caller must not change it.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.items.get_mut(*self.places.get(id)?)
    }

    /// `id`: in small letters. What comes after it moves up, so this takes time.
    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        let place = *self.places.get(id)?;
        let removed = (place < self.items.len()).then(|| self.items.remove(place));
        let mut left = Self::default();
        for item in std::mem::take(&mut self.items) {
            left.push(item);
        }
        *self = left;
        removed
    }

    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// The caller must not change their ids.
    pub(crate) fn items_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Identified for (&str, u8) {
        fn id(&self) -> Option<&str> {
            Some(self.0).filter(|id| !id.is_empty())
        }
    }

    #[test]
    fn items_keep_their_order_and_the_first_of_an_id_is_found() {
        let mut list = IndexedList::default();
        let items = [("b", 1), ("", 2), ("a", 3), ("b", 4)];
        for item in items {
            list.push(item);
        }
        assert_eq!(list.items(), items);
        assert_eq!(list.get("b"), Some(&("b", 1)));
        assert_eq!(list.get_mut("a"), Some(&mut ("a", 3)));
        assert_eq!(list.get(""), None);
        assert_eq!(list.remove("a"), Some(("a", 3)));
        assert_eq!(list.get("a"), None);
        assert_eq!(list.remove("a"), None);
        // The next of the same id takes the place of the first.
        assert_eq!(list.remove("b"), Some(("b", 1)));
        assert_eq!(list.get("b"), Some(&("b", 4)));
        assert_eq!(list.items(), [("", 2), ("b", 4)]);
    }
}
