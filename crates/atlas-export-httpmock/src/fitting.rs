//! Bodies of mocks, held against the types of the contract.

/// A body as JSON.
///
/// # Panics
/// Where it does not read as `M`, so that no test passes with an answer that the service cannot give.
pub(crate) fn fitting<M: serde::de::DeserializeOwned>(
    body: &(impl serde::Serialize + ?Sized),
) -> serde_json::Value {
    let json = serde_json::to_value(body);
    let read = json.and_then(|json| serde_json::from_value::<M>(json.clone()).map(|_| json));
    match read {
        Ok(json) => json,
        Err(why) => panic!(
            "the body does not fit {} of the contract: {why}",
            std::any::type_name::<M>()
                .rsplit("::")
                .next()
                .unwrap_or_default()
        ),
    }
}
