//! Why a job is in its state, read however it is written.
//!
//! A reason that does not fit must not hide the state: whoever waits for a job has to learn that
//! it failed, whatever became of the words for it. So what is no text is told as its JSON.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// Why a job is in its state. Version 2 only.
///
/// ```
/// use atlas_export_types::ExportStateReason;
///
/// let reason: ExportStateReason = serde_json::from_str(r#"{"errorCode": 7, "message": "gone"}"#)?;
/// assert_eq!(reason.error_code.as_deref(), Some("7"));
/// let reason: ExportStateReason = serde_json::from_str(r#""gone""#)?;
/// assert_eq!(reason.message.as_deref(), Some("gone"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExportStateReason {
    /// A code out of an open set. What is no text is here as its JSON.
    #[serde(rename = "errorCode", skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// A text for people. What is no text is here as its JSON; so is a reason that is no object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What else Atlas sent.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for ExportStateReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Object(mut extra) => Self {
                error_code: extra.remove("errorCode").and_then(text),
                message: extra.remove("message").and_then(text),
                extra,
            },
            other => Self {
                message: text(other),
                ..Self::default()
            },
        })
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_fits_is_written_as_it_was_read() {
        let written = json!({"errorCode": "E1", "message": "gone", "more": [1]});
        let read: ExportStateReason = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(read.error_code.as_deref(), Some("E1"));
        assert_eq!(serde_json::to_value(read).unwrap(), written);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        let key = prop_oneof![
            Just("errorCode".to_owned()),
            Just("message".to_owned()),
            ".*"
        ];
        leaf.prop_recursive(3, 16, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_it_is_it_is_read_and_written_and_read_again(value in any_value()) {
            let read: ExportStateReason = serde_json::from_str(&value.to_string()).unwrap();
            let again = serde_json::to_value(&read).unwrap();
            prop_assert_eq!(serde_json::from_value::<ExportStateReason>(again).unwrap(), read);
        }
    }
}
