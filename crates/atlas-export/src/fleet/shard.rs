//! Which part of the clusters a worker has, so that many workers need no word between them.

use atlas_export_types::{ClusterName, ProjectId};

use crate::Error;

/// A worker, of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    /// From 0.
    pub(super) index: u32,
    pub(super) workers: u32,
}

impl Shard {
    pub(super) fn check(self) -> Result<(), Error> {
        let Self { index, workers } = self;
        if index < workers {
            return Ok(());
        }
        Err(Error::config(format!(
            "shard {index} of {workers} is none: shards count from 0, so give one below the number \
             of workers"
        )))
    }

    /// Whether a cluster is this worker's. It depends on nothing that changes while workers plan,
    /// as the place in a list would.
    pub(super) fn has(self, project: &ProjectId, cluster: &ClusterName) -> bool {
        let key = format!("{}/{cluster}", project.as_str().to_ascii_lowercase());
        // The sum of a cluster's letters is spread by a step of SplitMix64: FNV alone leaves the
        // low bits of names that differ in a digit close together.
        let spread = scattered(fnv(key.as_bytes()));
        let workers = u64::from(self.workers.max(1));
        spread % workers == u64::from(self.index)
    }
}

/// Fowler, Noll and Vo's hash of 64 bits, FNV-1a.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The mixing step of Steele and Vigna's `SplitMix64`.
fn scattered(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(n: usize) -> (ProjectId, ClusterName) {
        let project = format!("{:024x}", n / 50).parse().unwrap();
        (project, format!("Cluster{n}").parse().unwrap())
    }

    #[test]
    fn each_cluster_is_one_worker_s_and_the_parts_are_about_equal() {
        for workers in [1, 2, 3, 10] {
            let mut sizes = vec![0_u32; workers as usize];
            for (project, name) in (0..10_000).map(cluster) {
                let of = |index: &u32| {
                    Shard {
                        index: *index,
                        workers,
                    }
                    .has(&project, &name)
                };
                let owners: Vec<u32> = (0..workers).filter(of).collect();
                assert_eq!(owners.len(), 1);
                sizes[owners[0] as usize] += 1;
            }
            let mean = 10_000 / workers;
            assert!(
                sizes.iter().all(|size| size.abs_diff(mean) < mean / 5),
                "{sizes:?}"
            );
        }
    }

    #[test]
    fn the_parts_stay_the_same_in_every_release() {
        let mine = |index| Shard { index, workers: 4 };
        let part = |n| (0..4).find(|index| mine(*index).has(&cluster(n).0, &cluster(n).1));
        let parts: Vec<Option<u32>> = (0..8).map(part).collect();
        assert_eq!(parts, PARTS.map(Some));
        let (project, name) = cluster(16 * 50);
        let in_capitals = project.as_str().to_uppercase().parse().unwrap();
        for index in 0..4 {
            assert_eq!(
                mine(index).has(&project, &name),
                mine(index).has(&in_capitals, &name)
            );
        }
    }

    /// Of the first eight clusters, computed by another program: workers of two releases may share
    /// a fleet.
    const PARTS: [u32; 8] = [0, 2, 3, 2, 2, 2, 2, 1];

    #[test]
    fn a_worker_that_is_none_is_refused() {
        for (index, workers) in [(0, 0), (3, 3), (7, 3)] {
            let message = Shard { index, workers }.check().unwrap_err().to_string();
            assert!(message.contains("count from 0"), "{message}");
        }
        assert!(
            Shard {
                index: 2,
                workers: 3
            }
            .check()
            .is_ok()
        );
    }
}
