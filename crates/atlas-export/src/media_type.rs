//! What a media type says. Knows nothing of responses and errors, which both ask.

/// Whether a media type is JSON, in upper or lower case.
pub(crate) fn is_json(media_type: &str) -> bool {
    media_type.to_ascii_lowercase().contains("json")
}
