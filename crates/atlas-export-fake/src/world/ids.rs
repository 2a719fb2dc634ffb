//! Atlas's ids: 24 hexadecimal digits.
//!
//! Atlas answers in small letters, and the published pattern has those alone. An id in capitals is
//! the same id, wherever it comes from (a path, a body, the builder), and is stored and answered in
//! small letters. That Atlas accepts capitals is unconfirmed. What is no id stays as it is, and
//! is refused where an id is needed.

use serde_json::Value;

/// The digits of an id.
const DIGITS: usize = 24;

/// Whether `id` is one, in small letters or capitals.
pub(crate) fn is_object_id(id: &str) -> bool {
    id.len() == DIGITS && id.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// An id in small letters; anything else as it is.
pub(crate) fn lowered(id: &str) -> String {
    if is_object_id(id) {
        id.to_ascii_lowercase()
    } else {
        id.to_owned()
    }
}

/// Whether both are the same id.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Lowers the ids among the members of a request body, by the name of the member: a bucket's name
/// and custom data may have 24 such digits too, and stay.
pub(crate) fn lower_members(body: &mut Value) {
    match body {
        Value::Array(items) => items.iter_mut().for_each(lower_members),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(id) if names_an_id(name) => *id = lowered(id),
                    member => lower_members(member),
                }
            }
        }
        _ => {}
    }
}

fn names_an_id(name: &str) -> bool {
    matches!(name, "id" | "_id") || name.ends_with("Id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CAPITALS: &str = "32B6E34B3D91647ABB20E7B8";

    #[test]
    fn an_id_is_lowered_and_nothing_else_is() {
        assert_eq!(lowered(CAPITALS), "32b6e34b3d91647abb20e7b8");
        for other in ["", "{BUCKET-ID}", "ABC", "32B6E34B3D91647ABB20E7BG"] {
            assert!(!is_object_id(other));
            assert_eq!(lowered(other), other);
        }
    }

    #[test]
    fn ids_in_a_body_are_told_by_their_names() {
        let mut body = json!({
            "snapshotId": CAPITALS,
            "bucketName": CAPITALS,
            "customData": [{ "key": CAPITALS, "value": CAPITALS }],
            "policies": [{ "id": CAPITALS, "policyItems": [{ "id": "X" }] }],
        });
        lower_members(&mut body);
        let expected = json!({
            "snapshotId": CAPITALS.to_lowercase(),
            "bucketName": CAPITALS,
            "customData": [{ "key": CAPITALS, "value": CAPITALS }],
            "policies": [{ "id": CAPITALS.to_lowercase(), "policyItems": [{ "id": "X" }] }],
        });
        assert_eq!(body, expected);
    }
}
