//! *Did you mean …?*: the nearest of the words that would have been right.

/// The candidate nearest to `word`, if one is near enough to be what was meant.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let bound = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        // A word cut short (`int`, `str`, `bool`) is meant as much as one misspelt.
        .filter(|(steps, candidate)| {
            *steps <= bound || (word.len() > 2 && candidate.starts_with(word))
        })
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, remove, replace one character; case is free) from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, a) in from.to_lowercase().chars().enumerate() {
        let mut left = index + 1;
        let mut next = vec![left];
        for (b, above) in to.iter().zip(row.windows(2)) {
            let &[diagonal, up] = above else { continue };
            left = (diagonal + usize::from(a != *b)).min(up + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let keys = ["description", "responses", "operationId", "in"];
        assert_eq!(nearest("desciption", keys), Some("description"));
        assert_eq!(nearest("operationID", keys), Some("operationId"));
        assert_eq!(nearest("respones", keys), Some("responses"));
        assert_eq!(nearest("desc", keys), Some("description"));
    }

    #[test]
    fn a_word_of_its_own_finds_nothing() {
        assert_eq!(
            nearest("webhooks", ["description", "responses", "in"]),
            None
        );
    }
}
