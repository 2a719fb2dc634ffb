//! Following `$ref`s within a document, whatever it is held in.

/// How many `$ref`s are followed one after another; more is a cycle, which has its own rule.
const LONGEST_CHAIN: usize = 32;

/// What a value stands for once its `$ref`s are followed.
pub(crate) struct Meant<'a, T> {
    pub(crate) value: &'a T,
    /// The pointer that led there; none where there was no `$ref`.
    pub(crate) pointer: Option<&'a str>,
}

/// Follows the `$ref`s of a value, however many lead on.
///
/// # Errors
/// The last value that there is, where a `$ref` leads nowhere, out of the document, or round.
pub(crate) fn resolve<'a, T>(
    value: &'a T,
    reference: impl Fn(&'a T) -> Option<&'a str>,
    at: impl Fn(&'a str) -> Option<&'a T>,
) -> Result<Meant<'a, T>, &'a T> {
    let mut meant = Meant {
        value,
        pointer: None,
    };
    for _ in 0..LONGEST_CHAIN {
        let Some(target) = reference(meant.value) else {
            return Ok(meant);
        };
        let pointer = target.strip_prefix('#').ok_or(meant.value)?;
        meant = Meant {
            value: at(pointer).ok_or(meant.value)?,
            pointer: Some(pointer),
        };
    }
    Err(meant.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn resolved<'a>(document: &'a Value) -> Result<(&'a Value, Option<&'a str>), &'a Value> {
        let reference = |value: &'a Value| value.get("$ref")?.as_str();
        let meant = resolve(&document["start"], reference, |at| document.pointer(at));
        meant.map(|meant| (meant.value, meant.pointer))
    }

    #[test]
    fn a_chain_is_followed_to_its_end() {
        let document = json!({ "start": { "$ref": "#/a" }, "a": { "$ref": "#/b" }, "b": 7 });
        assert_eq!(resolved(&document), Ok((&json!(7), Some("/b"))));
        assert_eq!(resolved(&json!({ "start": 7 })), Ok((&json!(7), None)));
    }

    #[test]
    fn what_leads_nowhere_is_the_last_that_there_is() {
        for last in [
            json!({ "$ref": "#/gone" }),
            json!({ "$ref": "other.yaml#/a" }),
            json!({ "$ref": "#/a" }),
        ] {
            let document = json!({ "start": { "$ref": "#/a" }, "a": last });
            assert_eq!(resolved(&document), Err(&last));
        }
    }
}
