//! One word for one thing, in names, documentation and messages.
//!
//! A file is read as the sequence of its words: a name of several is several (`odd_item`,
//! `OddItem`), signs and line ends are none, so that a phrase is found where a comment is broken
//! in it. Case does not matter. What the table (`vocabulary.rs`) says is searched for in
//! that sequence, and nothing is guessed: an inflected form is another entry.

use super::{
    tree::{Tree, is_below},
    vocabulary::{PLACES, Place, WORDS, Word},
};
use crate::finding::{Finding, Location};

/// The table and its tests say the words themselves.
const TABLE: &str = "xtask/src/tidy";

/// What says a word that is not used here.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let words = WORDS.iter().map(Entry::of).collect::<Vec<_>>();
    tree.hand_written()
        .filter(|(path, _)| !is_below(path, TABLE))
        .flat_map(|(path, text)| found(path, text, &words))
        .collect()
}

/// A row of the table, read as files are.
struct Entry {
    word: &'static Word,
    not: Vec<Vec<String>>,
    right: Vec<Vec<String>>,
}

impl Entry {
    fn of(word: &'static Word) -> Self {
        let read = |phrases: &[&str]| -> Vec<Vec<String>> {
            let phrases = phrases.iter().map(|phrase| spoken(phrase));
            phrases
                .map(|words| words.into_iter().map(|word| word.text).collect())
                .collect()
        };
        Self {
            word,
            not: read(word.not),
            right: read(word.but),
        }
    }
}

fn found(path: &str, text: &str, entries: &[Entry]) -> Vec<Finding> {
    let spoken = spoken(text);
    let allowed = |phrase: &str| {
        let mut places = PLACES.iter();
        places.any(|Place { below, words, .. }| {
            (path == *below || is_below(path, below)) && words.contains(&phrase)
        })
    };
    let mut findings = Vec::new();
    for Entry { word, not, right } in entries {
        for (phrase, searched) in word.not.iter().zip(not) {
            if allowed(phrase) {
                continue;
            }
            for (index, at) in occurrences(&spoken, searched) {
                // Where the word stands within what is right, as "of course".
                let is_right = right.iter().any(|right| {
                    (0..right.len()).any(|back| {
                        let start = index.checked_sub(back);
                        start.is_some_and(|start| begins(&spoken, start, right))
                            && back + searched.len() <= right.len()
                    })
                });
                if !is_right {
                    findings.push(Finding::new(
                        "word",
                        path,
                        at,
                        "",
                        format!("\"{phrase}\" is not said here"),
                        format!("say {}", word.say),
                    ));
                }
            }
        }
    }
    findings
}

fn occurrences<'a>(
    spoken: &'a [Spoken],
    phrase: &'a [String],
) -> impl Iterator<Item = (usize, Location)> {
    let starts = spoken.iter().enumerate();
    starts
        .filter(|(index, _)| begins(spoken, *index, phrase))
        .map(|(index, word)| (index, word.at))
}

fn begins(spoken: &[Spoken], start: usize, phrase: &[String]) -> bool {
    let words = spoken.get(start..start + phrase.len());
    words.is_some_and(|words| words.iter().zip(phrase).all(|(word, p)| word.text == *p))
}

/// A word of a text, lowered, and where it stands.
struct Spoken {
    text: String,
    at: Location,
}

fn spoken(text: &str) -> Vec<Spoken> {
    let mut words: Vec<Spoken> = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let mut before = ' ';
        for (column, letter) in (1..).zip(content.chars()) {
            if letter.is_alphanumeric() {
                let is_new =
                    !before.is_alphanumeric() || (before.is_lowercase() && letter.is_uppercase());
                let lowered = letter.to_lowercase();
                match words.last_mut().filter(|_| !is_new) {
                    Some(word) => word.text.extend(lowered),
                    None => words.push(Spoken {
                        text: lowered.collect(),
                        at: Location { line, column },
                    }),
                }
            }
            before = letter;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[Word] = &[
        Word {
            not: &["lesson", "hold still"],
            say: "\"rate hint\"",
            but: &[],
        },
        Word {
            not: &["course"],
            say: "\"call statistics\"",
            but: &["of course"],
        },
    ];

    fn places(text: &str) -> Vec<(u64, u64)> {
        let entries = ROWS.iter().map(Entry::of).collect::<Vec<_>>();
        let findings = found("a.rs", text, &entries);
        let places = findings.iter();
        places.map(|found| (found.line, found.column)).collect()
    }

    #[test]
    fn a_word_is_found_in_names_and_in_messages() {
        assert_eq!(places("struct LessonPlan;"), [(1, 8)]);
        assert_eq!(places("fn\n  first_lesson() {}"), [(2, 9)]);
        assert_eq!(places("\"A LESSON.\""), [(1, 4)]);
    }

    #[test]
    fn a_phrase_is_found_where_a_comment_is_broken_in_it() {
        assert_eq!(places("// it does not hold\n// still"), [(1, 16)]);
    }

    #[test]
    fn another_word_with_the_same_letters_is_another_word() {
        assert!(places("lessons lessen upholds stillness").is_empty());
    }

    #[test]
    fn what_is_right_is_no_finding() {
        assert_eq!(places("of course; the course"), [(1, 16)]);
    }

    #[test]
    fn a_finding_says_what_to_say_instead() {
        let entries = ROWS.iter().map(Entry::of).collect::<Vec<_>>();
        let findings = found("a.rs", "lesson", &entries);
        assert_eq!(
            findings[0].to_string(),
            "a.rs:1:1: error[word]: \"lesson\" is not said here\n  help: say \"rate hint\""
        );
    }

    /// An exception for a file that is gone, or for a word that it does not say, is none.
    #[test]
    fn places_name_words_of_the_table_and_say_why() {
        for Place { below, words, why } in PLACES {
            assert!(!why.is_empty(), "{below}");
            for word in *words {
                assert!(WORDS.iter().any(|row| row.not.contains(word)), "{word}");
            }
        }
    }
}
