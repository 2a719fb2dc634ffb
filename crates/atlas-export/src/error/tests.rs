use atlas_export_api::operations;
use atlas_export_types::{Entry, TolerantList};

use super::*;

#[test]
fn an_error_is_as_large_as_a_pointer_and_crosses_threads() {
    fn crosses_threads<T: Send + Sync + 'static>() {}
    crosses_threads::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn only_what_may_pass_and_does_no_harm_twice_is_retryable() {
    for (status, retryable) in [(400, false), (404, false), (429, true), (503, true)] {
        assert_eq!(
            Error::of_status(status, None, None).is_retryable(),
            retryable,
            "{status}"
        );
    }
    assert!(Error::new(ErrorKind::Connect, "").is_retryable());
    assert!(!Error::new(ErrorKind::Ambiguous, "").is_retryable());
    assert!(!Error::config("").is_retryable());
    let broken = Error::new(ErrorKind::Transport, "");
    assert!(!broken.is_retryable());
    assert!(broken.with(|inner| inner.transient = true).is_retryable());
}

#[test]
fn an_item_that_does_not_decode_is_named_by_an_id_and_by_nothing_else() {
    let id = "604f6322dc786a5341d4f7fb";
    for (item, named) in [
        (format!(r#"{{"_id":"{id}"}}"#), true),
        (format!(r#"{{"id":"{id}"}}"#), true),
        (r#"{"id":"s3cret"}"#.to_owned(), false),
        (r#"{"id":7}"#.to_owned(), false),
        (r#""s3cret""#.to_owned(), false),
    ] {
        let list = serde_json::from_str::<TolerantList<u8>>(&format!("[{item}]")).unwrap();
        let Some(Entry::Undecodable(item)) = list.into_iter().next() else {
            panic!("{item} decodes");
        };
        let message = Error::undecodable(operations::LIST_EXPORT_JOBS.id, None, *item).to_string();
        assert!(
            message.contains(operations::LIST_EXPORT_JOBS.id),
            "{message}"
        );
        assert_eq!(message.contains(id), named, "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}
