//! TLS as a client sees it that trusts the fake's authority and nobody else.

use std::error::Error;

use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, Fault, Match, Moment};
use reqwest::{Certificate, Client, ClientBuilder, Version};

use crate::peer::{VENDOR, nonce_of, sign};
use crate::raw::{CREATION, body, target};
use crate::{Outcome, PROJECT};

fn trusting(fake: &FakeAtlas) -> Result<ClientBuilder, Box<dyn Error>> {
    let root = Certificate::from_pem(fake.root_pem().ok_or("no root")?.as_bytes())?;
    Ok(plain().tls_certs_only([root]))
}

fn plain() -> ClientBuilder {
    // What a server says is what is to be seen, not what a second try makes of it.
    Client::builder().no_proxy().retry(reqwest::retry::never())
}

fn secured() -> FakeAtlasBuilder {
    FakeAtlas::builder().project(PROJECT).tls()
}

async fn challenge(fake: &FakeAtlas, client: &Client) -> Result<String, Box<dyn Error>> {
    let refused = client.get(fake.url()).send().await?;
    let challenge = refused.headers().get("www-authenticate");
    Ok(challenge.ok_or("no challenge")?.to_str()?.to_owned())
}

async fn create(fake: &FakeAtlas, client: &Client) -> Result<reqwest::Response, Box<dyn Error>> {
    let challenge = challenge(fake, client).await?;
    let nonce = nonce_of(&challenge);
    let signature = sign(fake.credentials(), "POST", &target(), nonce, 1);
    let request = client
        .post(fake.url() + &target())
        .header("authorization", signature)
        .header("accept", VENDOR)
        .header("content-type", VENDOR)
        .body(body());
    Ok(request.send().await?)
}

#[tokio::test]
async fn http2_by_alpn_on_one_connection() -> Outcome {
    let fake = secured().start().await?;
    let client = trusting(&fake)?.build()?;
    let created = create(&fake, &client).await?;
    assert_eq!(
        (created.status().as_u16(), created.version()),
        (200, Version::HTTP_2)
    );
    let text = created.text().await?;
    assert!(text.contains("\"exports\""), "{text}");
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    assert_eq!((fake.requests().len(), fake.connections()), (2, 1));
    Ok(())
}

#[tokio::test]
async fn one_version_of_http_can_be_enough() -> Outcome {
    for (builder, version) in [
        (secured().http1_only(), Version::HTTP_11),
        (secured().http2_only(), Version::HTTP_2),
    ] {
        let fake = builder.start().await?;
        let created = create(&fake, &trusting(&fake)?.build()?).await?;
        assert_eq!(
            (created.status().as_u16(), created.version()),
            (200, version)
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_certificate_is_for_the_address_too() -> Outcome {
    let fake = secured().start().await?;
    let client = trusting(&fake)?.build()?;
    let refused = client
        .get(format!("https://{}", fake.addr()))
        .send()
        .await?;
    assert_eq!(refused.status().as_u16(), 401);
    Ok(())
}

#[tokio::test]
async fn links_point_at_the_secured_origin() -> Outcome {
    let fake = secured().start().await?;
    let client = trusting(&fake)?.build()?;
    let challenge = challenge(&fake, &client).await?;
    let signature = sign(
        fake.credentials(),
        "GET",
        &target(),
        nonce_of(&challenge),
        1,
    );
    let list = client
        .get(fake.url() + &target())
        .header("authorization", signature)
        .header("accept", VENDOR);
    let text = list.send().await?.text().await?;
    assert!(
        text.contains(&format!("\"href\":\"{}/api", fake.url())),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn who_does_not_trust_the_authority_sends_nothing() -> Outcome {
    let fake = secured().start().await?;
    let other = secured().start().await?;
    let refused = trusting(&other)?.build()?.get(fake.url()).send().await;
    assert!(refused.is_err_and(|error| error.is_connect()));
    assert!(fake.requests().is_empty());
    // Names that resolve to several addresses are tried one by one; this one listens.
    assert_eq!(fake.connections(), 1);
    Ok(())
}

#[tokio::test]
async fn without_tls_there_is_no_authority_and_http1() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    assert_eq!(fake.root_pem(), None);
    let created = create(&fake, &plain().build()?).await?;
    assert_eq!(
        (created.status().as_u16(), created.version()),
        (200, Version::HTTP_11)
    );
    Ok(())
}

#[tokio::test]
async fn http2_without_tls_is_for_clients_that_know_it() -> Outcome {
    let fake = FakeAtlas::builder()
        .project(PROJECT)
        .http2_only()
        .start()
        .await?;
    let client = plain().http2_prior_knowledge().build()?;
    let created = create(&fake, &client).await?;
    assert_eq!(
        (created.status().as_u16(), created.version()),
        (200, Version::HTTP_2)
    );
    Ok(())
}

#[tokio::test]
async fn faults_cut_secured_connections_too() -> Outcome {
    for (fault, created) in [
        (Fault::reset(), 0),
        (Fault::close().at(Moment::Acted), 1),
        (Fault::reset().at(Moment::Acted), 1),
    ] {
        for builder in [secured().http1_only(), secured().http2_only()] {
            let fake = builder.start().await?;
            fake.inject_for(Match::operation(CREATION), fault.clone());
            let lost = create(&fake, &trusting(&fake)?.build()?).await;
            assert!(lost.is_err(), "{fault:?}");
            assert_eq!(fake.buckets(PROJECT).len(), created, "{fault:?}");
        }
    }
    for fault in [Fault::truncated(10), Fault::reset_in_body(10)] {
        for builder in [secured().http1_only(), secured().http2_only()] {
            let fake = builder.start().await?;
            fake.inject_for(Match::operation(CREATION), fault.clone());
            let answer = create(&fake, &trusting(&fake)?.build()?).await;
            let body = match answer {
                Ok(answer) => answer.bytes().await.map(drop).map_err(Into::into),
                Err(error) => Err(error),
            };
            assert!(body.is_err(), "{fault:?}");
            assert_eq!(fake.buckets(PROJECT).len(), 1, "{fault:?}");
        }
    }
    Ok(())
}
