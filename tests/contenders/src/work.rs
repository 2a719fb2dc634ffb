//! What is to be done, the same for each contender.

use std::{fs, str::FromStr};

use crate::Failure;

pub(crate) const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
pub(crate) const CLUSTER: &str = "Cluster0";
pub(crate) const BUCKET: &str = "5f8f0b0c0000000000000b01";
pub(crate) const SNAPSHOT: &str = "5f8f0b0c000000000000aa01";
pub(crate) const JOB: &str = "000000000000000000000000";

pub(crate) const PUBLIC_KEY: &str = "abcdefgh";
pub(crate) const PRIVATE_KEY: &str = "11111111-2222-3333-4444-555555555555";

/// How many items a page holds.
pub(crate) const PAGE: usize = 500;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// List so many jobs, 500 to a page.
    List(usize),
    /// List so many jobs by readings of the whole list that agree.
    Consistent(usize),
    /// Get a job so many times, one after the other.
    Get(usize),
    /// Create so many jobs, 32 at a time.
    Create(usize),
    /// Get a job so many times, after ten that are not measured.
    Warm(usize),
    /// Build a client so many times.
    Build(usize),
}

/// How many creations are in flight at once.
pub(crate) const AT_ONCE: usize = 32;

impl FromStr for Work {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let (name, count) = text.split_once(':').ok_or("a work is NAME:COUNT")?;
        let count = count.parse()?;
        Ok(match name {
            "list" => Self::List(count),
            "consistent" => Self::Consistent(count),
            "get" => Self::Get(count),
            "create" => Self::Create(count),
            "warm" => Self::Warm(count),
            "build" => Self::Build(count),
            _ => return Err(format!("there is no work {name}").into()),
        })
    }
}

/// Where it is done.
pub(crate) struct Place {
    /// The origin, without a slash at its end.
    pub(crate) origin: String,
    /// The root that its certificate is from.
    pub(crate) root: Option<Vec<u8>>,
}

impl Place {
    pub(crate) fn new(url: &str, root: Option<&str>) -> Result<Self, Failure> {
        Ok(Self {
            origin: url.trim_end_matches('/').to_owned(),
            root: root.map(fs::read).transpose()?,
        })
    }

    pub(crate) fn base(&self) -> String {
        format!("{}/api/atlas/v2", self.origin)
    }

    pub(crate) fn jobs(&self) -> String {
        format!(
            "{}/groups/{PROJECT}/clusters/{CLUSTER}/backup/exports",
            self.base()
        )
    }
}
