//! What is measured of a run: time, processor time, allocations, memory, and that the work was
//! done.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    fs,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use crate::Failure;

/// The allocator of the system, which counts.
pub(crate) struct Counted {
    allocations: AtomicUsize,
    bytes: AtomicUsize,
    live: AtomicUsize,
    peak: AtomicUsize,
}

impl Counted {
    pub(crate) const fn new() -> Self {
        Self {
            allocations: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            live: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }

    fn more(&self, size: usize) {
        self.allocations.fetch_add(1, Relaxed);
        self.bytes.fetch_add(size, Relaxed);
        let live = self.live.fetch_add(size, Relaxed) + size;
        self.peak.fetch_max(live, Relaxed);
    }
}

// SAFETY: every call goes to the allocator of the system as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.more(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        self.live.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.live.fetch_sub(layout.size(), Relaxed);
        self.more(size);
        unsafe { System.realloc(place, layout, size) }
    }
}

/// What a contender did: how many things it has seen, and a sum over them that says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Seen {
    pub(crate) count: u64,
    pub(crate) checksum: u64,
}

impl Seen {
    /// Adds a job, by what every client has to have decoded for it.
    pub(crate) fn job(&mut self, id: &str, state: &str, created: i64) {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in id.bytes().chain(state.bytes()).chain(created.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        self.count += 1;
        self.checksum = self.checksum.wrapping_add(hash);
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.checksum = self.checksum.wrapping_add(other.checksum);
    }
}

/// What is printed of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    #[serde(flatten)]
    pub(crate) seen: Seen,
    /// How long the work took.
    nanoseconds: u64,
    /// How much processor time this process used for it.
    cpu_nanoseconds: u64,
    allocations: usize,
    allocated_bytes: usize,
    /// By how much what is allocated grew at the most.
    peak_growth: usize,
    /// The most memory that the process ever had.
    peak_resident: u64,
}

/// The beginning of what is measured.
pub(crate) struct Start {
    allocations: usize,
    bytes: usize,
    live: usize,
    cpu: Duration,
    at: Instant,
}

impl Start {
    pub(crate) fn now() -> Self {
        let counted = &crate::ALLOCATOR;
        let live = counted.live.load(Relaxed);
        counted.peak.store(live, Relaxed);
        Self {
            allocations: counted.allocations.load(Relaxed),
            bytes: counted.bytes.load(Relaxed),
            live,
            cpu: cpu(),
            at: Instant::now(),
        }
    }

    pub(crate) fn end(self, seen: Seen) -> Result<Figures, Failure> {
        let counted = &crate::ALLOCATOR;
        let took = self.at.elapsed();
        let cpu = cpu().saturating_sub(self.cpu);
        Ok(Figures {
            seen,
            nanoseconds: u64::try_from(took.as_nanos())?,
            cpu_nanoseconds: u64::try_from(cpu.as_nanos())?,
            allocations: counted.allocations.load(Relaxed) - self.allocations,
            allocated_bytes: counted.bytes.load(Relaxed) - self.bytes,
            peak_growth: counted.peak.load(Relaxed).saturating_sub(self.live),
            peak_resident: peak_resident()?,
        })
    }
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// The high-water mark of the process, in bytes, as Linux keeps it.
fn peak_resident() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.split_whitespace().next())
        .ok_or("the system tells no peak memory")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}
