//! JSON pointers (RFC 6901): building, splitting, following.

use super::node::{Entry, Node};

/// `pointer` with one more step.
pub fn join(pointer: &str, step: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + step.len() + 1);
    longer.push_str(pointer);
    longer.push('/');
    for c in step.chars() {
        match c {
            '~' => longer.push_str("~0"),
            '/' => longer.push_str("~1"),
            other => longer.push(other),
        }
    }
    longer
}

/// What a pointer leads to, with the entry it was reached by if its last step is a key.
pub(crate) fn follow<'a>(root: &'a Node, pointer: &str) -> Option<(&'a Node, Option<&'a Entry>)> {
    if pointer.is_empty() {
        return Some((root, None));
    }
    let mut node = root;
    let mut entry = None;
    for step in pointer.strip_prefix('/')?.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        if let Some(found) = node.entry(&step) {
            node = &found.value;
            entry = Some(found);
        } else {
            node = node.items().get(step.parse::<usize>().ok()?)?;
            entry = None;
        }
    }
    Some((node, entry))
}
