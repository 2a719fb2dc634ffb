use super::*;
use crate::Client;

fn builder() -> ClientBuilder {
    Client::builder().credentials(Credentials::api_key("abcdefgh", "x"))
}

#[test]
fn credentials_are_required_and_the_message_says_how() {
    let message = Client::builder().build().unwrap_err().to_string();
    assert!(
        message.contains("MONGODB_ATLAS_PUBLIC_API_KEY"),
        "{message}"
    );
}

#[test]
fn bounds_of_zero_are_refused_by_name() {
    for (builder, name) in [
        (builder().connect_timeout(Duration::ZERO), "connect_timeout"),
        (builder().attempt_timeout(Duration::ZERO), "attempt_timeout"),
        (builder().call_timeout(Duration::ZERO), "call_timeout"),
        (builder().max_response_bytes(0), "max_response_bytes"),
        (builder().max_in_flight(0), "max_in_flight"),
        (builder().max_pages(0), "max_pages"),
    ] {
        let message = builder.build().unwrap_err().to_string();
        assert!(message.starts_with(name), "{message}");
    }
}

#[cfg(feature = "__rustls")]
#[test]
fn invalid_options_of_the_connection_are_named() {
    for (builder, name) in [
        (builder().application("tool\r\nX: y"), "application"),
        (builder().application(""), "application"),
        (builder().proxy("not a url"), "the proxy"),
        (
            builder().root_certificates("no PEM"),
            "the root certificates",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        assert!(error.to_string().starts_with(name), "{error}");
    }
}

#[test]
fn what_comes_from_the_environment_is_refused_by_the_name_of_its_variable() {
    let build = |name: &str, value: &str| {
        let variables = Variables::read(|wanted| match wanted {
            wanted if wanted == name => Some(value.to_owned()),
            "MCLI_PUBLIC_API_KEY" => Some("abcdefgh".to_owned()),
            "MCLI_PRIVATE_API_KEY" => Some("x".to_owned()),
            _ => None,
        });
        let builder = ClientBuilder::default().variables(variables.unwrap());
        builder.build().unwrap_err().to_string()
    };
    let message = build("MCLI_OPS_MANAGER_URL", "cloud.mongodb.com");
    assert!(
        message.starts_with("MCLI_OPS_MANAGER_URL: the base URL"),
        "{message}"
    );
    let message = build("MCLI_PRIVATE_API_KEY", "s3cret\n");
    assert!(
        message.starts_with("MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY: "),
        "{message}"
    );
    assert!(!message.contains("s3cret"), "{message}");
}

#[test]
fn a_proxy_s_password_is_not_repeated() {
    let builder = builder().proxy("http://me:s3cret@[proxy");
    assert!(!format!("{builder:?}").contains("s3cret"));
    assert!(!builder.build().unwrap_err().to_string().contains("s3cret"));
}

#[test]
fn nothing_of_a_builder_or_client_shows_the_private_key() {
    let builder = Client::builder().credentials(Credentials::api_key("abcdefgh", "s3cret"));
    assert!(!format!("{builder:?}").contains("s3cret"));
    let with_url = builder.clone().base_url("https://me:s3cret@host");
    assert!(!format!("{with_url:?}").contains("s3cret"));
    let built = builder.base_url("http://127.0.0.1:1").build().unwrap();
    assert!(!format!("{built:?}").contains("s3cret"));
}
