#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//!
//! Start at [`FakeAtlas`].
//!
//! # Layers
//!
//! Each room knows only those above it in this table, and the files of a room do not depend on one
//! another in a circle:
//!
//! | Room | What it holds |
//! |---|---|
//! | `world` | the state: projects, clusters, buckets, snapshots, jobs, schedules, roles; ids and the clock. No version of the API, no HTTP |
//! | `rules` | what holds for every request: credentials, versions, queries, pages, schemas, rate limits, deprecations, error bodies, and the table of operations |
//! | `api` | one handler an operation, the routes to it, and the response |
//! | `faults` | what can be made to go wrong, and what a connection then does; it needs none of the rooms above |
//! | `wire` | sockets, TLS, HTTP/1.1, HTTP/2; the order of what is done about a request; the log |
//! | `control` | [`FakeAtlas`] |
//! | `builder` | [`FakeAtlasBuilder`] |
//!
//! # Operations
//!
//! | Under either base path | Methods | v2 versions |
//! |---|---|---|
//! | `/groups/{groupId}/backup/exportBuckets` | GET, POST | 2023-01-01, 2024-05-30 |
//! | `…/backup/exportBuckets/{exportBucketId}` | GET | 2023-01-01, 2024-05-30 |
//! | | PATCH, not in v1.0 | 2024-05-30 |
//! | | DELETE | 2023-01-01 |
//! | `/groups/{groupId}/clusters/{clusterName}/backup/exports` | GET, POST | 2023-01-01 |
//! | `…/backup/exports/{exportId}` | GET | 2023-01-01 |
//! | `…/clusters/{clusterName}/backup/snapshots` | GET, POST | 2023-01-01 |
//! | `…/backup/snapshots/{snapshotId}` | GET | 2023-01-01 |
//! | `…/clusters/{clusterName}/backup/schedule` | GET, PATCH | 2024-08-05 |
//! | `/groups/{groupId}/clusters` | GET | 2024-08-05 |
//! | `/groups/{groupId}/cloudProviderAccess` | GET | 2023-01-01 |
//!
//! The list of jobs may end in a slash in v1.0, as its reference page has it.
//!
//! # Credentials
//!
//! The challenge is the live service's, field for field. A nonce lives 60 seconds and 1,023 uses; its
//! counts may come in any order. A count seen before, or 0, is refused with `stale=false`; an unknown,
//! expired or used-up nonce with `stale=true`; a wrong key or `uri` with `stale=false`. Every 401 is
//! recorded like any other request.
//!
//! A [service account](FakeAtlasBuilder::service_account) gets access tokens from `POST
//! /api/oauth/token` (Basic, a form with `grant_type=client_credentials`) and gives them back at `POST
//! /api/oauth/revoke`; every operation takes such a token in place of a Digest answer. A token lives an
//! hour of the fake's clock, and an account has at most 100 of them. Faults meet these requests as any
//! other; a [`Match`] finds them by method and path, and `authenticated` means that id and secret are
//! good.
//!
//! # Faults
//!
//! A [`Fault`] is what goes wrong with one request: an answer that is lost before or after the
//! request was acted on, a body that breaks off, a gateway's page, a stale nonce, a stream that is
//! refused. Inject one for [the next request](FakeAtlas::inject), for [one that
//! fits](FakeAtlas::inject_for), or let [a function](FakeAtlas::faults_by) choose. The log says which
//! fault a request met, what went out, and whether it [took effect](RecordedRequest::took_effect).
//! Faults wait at a [`Turnstile`], never for a time.
//!
//! [Rate limits](FakeAtlasBuilder::rate_limit), [dates of
//! deprecation](FakeAtlasBuilder::deprecation) and [versions that are
//! gone](FakeAtlasBuilder::version_gone) are options of the builder: Atlas itself has them, so they are
//! not faults.
//!
//! # What is unconfirmed
//!
//! No recorded traffic and no published page shows how Atlas answers in these cases. What the fake does
//! is a choice; a test should depend on it as little as it can.
//!
//! Requests:
//!
//! - v2 without a versioned `Accept` is 406 `INVALID_VERSION_DATE`, as users report; so is a version
//!   date before all of a resource's versions, or after today by the fake's clock. v1.0 is 406 where
//!   `Accept` rules `application/json` out. v2 takes bodies of type `application/json` too.
//! - 405 and 415 carry `METHOD_NOT_ALLOWED` and `UNSUPPORTED_MEDIA_TYPE`; a body that breaks off or is
//!   larger than 16 MiB is 400 `UNREADABLE_BODY`.
//! - An id in capitals is accepted, in a path and in a body, and answered in small letters.
//! - A path with an empty segment is 404; HEAD is answered like GET.
//! - A token that is not good is 401 with `WWW-Authenticate: Bearer`; a wrong secret is 401
//!   `invalid_client`, as RFC 6749 has it. A rate limit of the token endpoint counts every request to it,
//!   and its 429 has `Retry-After`.
//! - A malformed id in the path, a parameter out of range, an unknown attribute, and a snapshot that
//!   cannot be exported are 400 `VALIDATION_ERROR`.
//! - A missing bucket, job or snapshot is 404 `RESOURCE_NOT_FOUND`, in a body as in a path.
//! - Under `envelope=true` the status line says 200 to all but a 401, errors are wrapped like results,
//!   and a DELETE answers `{"status":204,"content":{}}`.
//!
//! Clusters, buckets and jobs:
//!
//! - `providerName` is `FLEX` for Flex clusters, `TENANT` for shared ones and `SERVERLESS` for serverless
//!   instances, with `AWS` as `backingProviderName`. All three are refused with the code of Flex
//!   clusters where backups are concerned.
//! - v1.0 and version 2023-01-01 do not know the buckets of other clouds than AWS, nor private
//!   networking: both are 400 `VALIDATION_ERROR` there, as is a `serviceUrl` on another host than
//!   `blob.core.windows.net`.
//! - A second active export of a snapshot is 409 `SNAPSHOT_EXPORT_IN_PROGRESS`.
//! - `EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE` comes with 400, and for buckets that a schedule
//!   names; a schedule whose export is switched off names none, unless [the
//!   builder says otherwise](FakeAtlasBuilder::schedules_keep_export).
//!
//! Snapshots:
//!
//! - A second snapshot may be taken while the first is queued or in progress.
//! - `storageSizeBytes` is 0 until a snapshot is completed; `copyRegions` is always empty, and only
//!   replica sets have it, as published; the two `links` are the same wherever a snapshot is shown.
//! - A `retentionInDays` that is no positive int32 is 400 `VALIDATION_ERROR`; so is one whose expiry would
//!   be after the year 9999. No date that the fake writes is.
//!
//! Schedules:
//!
//! - Exports are `monthly` or `yearly`, which are published; other frequencies are 400 `VALIDATION_ERROR`
//!   unless [the organization has them](FakeAtlasBuilder::export_frequencies).
//! - An export to a bucket that does not exist is 404; one that is switched on without a bucket, or has
//!   no frequency, is 400. The members of `export` may be changed one by one.
//! - `clusterId`, `clusterName`, `nextSnapshot` and `links` are accepted in a change and ignored. Ids of
//!   policies and of their items are kept as they are sent; what has none is given one.
//! - `referenceHourOfDay` is 0 to 23 and `referenceMinuteOfHour` 0 to 59; retentions and their values are
//!   at least 1. Published are int32 without bounds.
//! - `frequencyInterval` is bounded as the published text has it for hourly, weekly and yearly items.
//!   That less frequent items keep their snapshots longer is not checked.
//! - A copy setting has either what `copyPolicyItemsEnabled` asks for or `lastNumberOfSnapshots`, and is
//!   400 otherwise. Settings of before the switch lose what no longer fits when they are shown.
//! - `nextSnapshot` is the next reference time, whatever the policies say. v1.0 has the schedule of
//!   version 2023-01-01, with `replicationSpecId` for the zone of a copy setting.
//! - A schedule does nothing: no snapshot is taken, copied, exported or deleted.
//!
//! Rates and headers:
//!
//! - Rates are limited for export buckets, export jobs, snapshots and so on apart, and in each
//!   project apart. Buckets are refilled by whole periods of the clock, unless [the
//!   builder says otherwise](FakeAtlasBuilder::refill_evenly). A 429 that says nothing about its token
//!   bucket carries `RATE_LIMITED`.
//! - [`Fault::no_challenge`] and the like have Atlas's error body, as any 401 of the live service.
//! - The `Deprecation` date and the values of `X-Java-Method` are made up.

mod api;
mod builder;
mod control;
mod faults;
mod rules;
mod wire;
mod world;

pub use api::response::EnvelopeSpelling;
pub use builder::fake_builder::{
    DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_PRIVATE_KEY, DEFAULT_PROJECT_ID,
    DEFAULT_PUBLIC_KEY, FakeAtlasBuilder,
};
pub use control::fake::FakeAtlas;
pub use faults::fault::Fault;
pub use faults::moment::Moment;
pub use faults::request_match::{Match, RequestHead};
pub use faults::turnstile::Turnstile;
pub use rules::page::TotalCount;
pub use rules::rate_limit::RateLimit;
pub use wire::log::RecordedRequest;
pub use world::access_role::AccessRole;
pub use world::bucket::Bucket;
pub use world::clock::{Clock, ManualClock, SystemClock};
pub use world::progress::{JobOutcome, JobProgress};
pub use world::snapshot::Snapshot;
