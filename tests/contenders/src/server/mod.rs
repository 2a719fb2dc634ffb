//! An Atlas on loopback: Digest as strict as Jetty's, pages of jobs, and a round trip that takes
//! as long as is wanted.

mod delay;
mod digest;
mod pages;
mod tls;
mod traffic;

use std::{
    io::{self, Read as _, Write as _},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::{
    Failure,
    work::{BUCKET, PAGE, SNAPSHOT},
};
use delay::Delayed;
use digest::Digest;
use traffic::Traffic;

/// What all connections share.
#[derive(Default)]
struct State {
    digest: Digest,
    traffic: Traffic,
}

/// Serves until standard input ends.
pub(crate) fn serve(round_trip: &str, security: &str) -> Result<(), Failure> {
    let round_trip = Duration::from_millis(round_trip.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let tls = match security {
            "plain" => None,
            "tls" => Some(tls::Tls::new()?),
            _ => return Err(format!("{security} is neither plain nor tls").into()),
        };
        let control = TcpListener::bind("127.0.0.1:0").await?;
        let told = control.local_addr()?;
        match &tls {
            None => println!("http://127.0.0.1:{port} {told}"),
            Some(tls) => println!("https://localhost:{port} {told} {}", tls.root_file()),
        }
        io::stdout().flush()?;
        std::thread::spawn(|| {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            std::process::exit(0);
        });
        let state = Arc::new(State::default());
        tokio::spawn(tell_traffic(control, state.clone()));
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            state.traffic.connection();
            let (state, acceptor) = (state.clone(), tls.as_ref().map(tls::Tls::acceptor));
            tokio::spawn(async move {
                let socket = Delayed::new(socket, round_trip);
                match acceptor {
                    None => http1(socket, state).await,
                    Some(acceptor) => {
                        if let Ok(socket) = acceptor.accept(socket).await {
                            http2(socket, state).await;
                        }
                    }
                }
            });
        }
    })
}

/// Tells whoever connects what was seen since the last one did.
async fn tell_traffic(control: TcpListener, state: Arc<State>) {
    while let Ok((mut socket, _)) = control.accept().await {
        let _ = socket.write_all(state.traffic.take().as_bytes()).await;
    }
}

async fn http1(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, state: Arc<State>) {
    let service = service_fn(|request| answer(request, state.clone()));
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .await;
}

async fn http2(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, state: Arc<State>) {
    let service = service_fn(|request| answer(request, state.clone()));
    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(socket), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    state.traffic.request(&request);
    let method = request.method().clone();
    let target = request
        .uri()
        .path_and_query()
        .map_or_else(String::new, ToString::to_string);
    let authorization = request.headers().get(header::AUTHORIZATION);
    let refused = state.digest.refuse(method.as_str(), &target, authorization);
    let body = request.into_body().collect().await?.to_bytes();
    state.traffic.body(body.len());
    if let Some(challenge) = refused {
        let mut refusal = Response::new(Full::default());
        *refusal.status_mut() = StatusCode::UNAUTHORIZED;
        refusal
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
        return Ok(refusal);
    }
    let path = target.split('?').next().unwrap_or_default();
    let is_list = path.ends_with("/exports");
    Ok(match (method, is_list) {
        (Method::GET, true) => {
            let (jobs, page) = (pages::jobs_of(&target), pages::number_of(&target));
            json(pages::page(jobs, page))
        }
        (Method::GET, false) => json(pages::job(0).into()),
        _ => {
            let sent: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            let is_right = sent["snapshotId"] == SNAPSHOT && sent["exportBucketId"] == BUCKET;
            if is_right {
                json(pages::job(state.traffic.created() % PAGE).into())
            } else {
                let mut refusal = Response::new(Full::default());
                *refusal.status_mut() = StatusCode::BAD_REQUEST;
                refusal
            }
        }
    })
}

fn json(body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    let media_type = header::HeaderValue::from_static("application/vnd.atlas.2023-01-01+json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}
