//! Cores, the time spent on them, and memory. Elsewhere than on Linux nothing is pinned and no time is known.

use std::time::Duration;

use serde::Serialize;

use crate::error::Error;

/// The core of each side, when the machine lets us choose.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Cores {
    /// The servers' core.
    pub(crate) server: usize,
    /// The load generator's core.
    pub(crate) load: usize,
}

impl Cores {
    /// The first and the last core this process may use: two threads of one physical core are neighbours or half the
    /// machine apart, so on more than two cores these never share one. `None` on a single core.
    pub(crate) fn choose() -> Result<Option<Self>, Error> {
        let allowed = allowed()?;
        Ok(match allowed[..] {
            [server, .., load] => Some(Self { server, load }),
            _ => None,
        })
    }
}

/// Keeps this process, and the threads and children it starts from here on, on one core.
#[cfg(target_os = "linux")]
pub(crate) fn pin(core: usize) -> Result<(), Error> {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).map_err(|errno| Error::io("pinning to a core")(errno.into()))
}

/// Does nothing here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn pin(_core: usize) -> Result<(), Error> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn allowed() -> Result<Vec<usize>, Error> {
    use rustix::thread::{CpuSet, sched_getaffinity};

    let set = sched_getaffinity(None)
        .map_err(|errno| Error::io("asking for the allowed cores")(errno.into()))?;
    Ok((0..CpuSet::MAX_CPU)
        .filter(|&core| set.is_set(core))
        .collect())
}

#[cfg(not(target_os = "linux"))]
fn allowed() -> Result<Vec<usize>, Error> {
    Ok(Vec::new())
}

/// The processor time of a process so far, in the kernel and out of it.
///
/// It is that of its living threads, in nanoseconds, or that of all threads that it ever had, in ticks of the kernel, if
/// that is more because threads have ended. `None` where the kernel keeps neither.
pub(crate) fn used(pid: u32) -> Option<Duration> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let living: Option<Duration> = tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
        .map(|line| scheduled(&line))
        .sum();
    // The fields `utime` and `stime`.
    living.max(ticks(&format!("/proc/{pid}/stat"), 11))
}

/// The processor time of a process's first thread, which is the worker of a server whose runtime has one thread.
pub(crate) fn used_by_worker(pid: u32) -> Option<Duration> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/schedstat")).ok()?;
    scheduled(&line)
}

fn scheduled(line: &str) -> Option<Duration> {
    let nanoseconds = line.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// The processor time of this thread so far, which others on its core do not add to.
pub(crate) fn used_here() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// The processor time of all children that have ended so far.
pub(crate) fn used_by_children() -> Option<Duration> {
    // The fields `cutime` and `cstime`.
    ticks("/proc/self/stat", 13)
}

/// Two adjacent fields of a `stat` file, counted from that behind the program's name, as a time.
fn ticks(file: &str, place: usize) -> Option<Duration> {
    let line = std::fs::read_to_string(file).ok()?;
    let (_, behind_name) = line.rsplit_once(')')?;
    let mut fields = behind_name.split_whitespace().skip(place);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(
        ticks * 1000 / rustix::param::clock_ticks_per_second(),
    ))
}

/// An entry of `/proc/<pid>/status` in MiB, such as `VmHWM`, the most memory that a process has had.
pub(crate) fn memory(pid: u32, entry: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(entry)?.strip_prefix(':'))?;
    let kib: u32 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(f64::from(kib) / 1024.0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Duration;

    use super::{used, used_here};

    #[test]
    fn the_time_of_a_thread_that_has_ended_is_kept() {
        const LONG: Duration = Duration::from_millis(100);
        let before = used(std::process::id());
        let ended = std::thread::spawn(|| while used_here() < LONG {}).join();
        assert!(ended.is_ok());
        let after = used(std::process::id());
        let spent = after
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        assert!(spent >= Some(LONG / 2), "{spent:?}");
    }
}
