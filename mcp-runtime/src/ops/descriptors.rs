//! The number of files and sockets that the process may have open.
//!
//! The soft limit is often 1,024, from the days of `select`; the hard one is set by the system. A server that accepts
//! connections until descriptors run out cannot open files either, so connections get 80 % of them, and 32 are always
//! reserved.

/// The part of the descriptors that connections may take, in percent.
const CONNECTIONS: u64 = 80;
/// The minimum number of descriptors reserved for everything else: probes, logs, files and dependencies.
const KEPT: u64 = 32;
/// The maximum to which the soft limit is raised: some programs try each descriptor below it.
const MOST: u64 = 1 << 20;

/// Raises the soft limit to the hard one, and returns the number of the `wanted` connections that fit.
#[cfg(unix)]
pub(crate) fn for_connections(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(mut soft) = current else {
        return wanted;
    };
    let hard = maximum.unwrap_or(MOST).min(MOST);
    if soft < hard {
        let raised = Rlimit {
            current: Some(hard),
            maximum,
        };
        match setrlimit(Resource::Nofile, raised) {
            Ok(()) => {
                tracing::info!(from = soft, to = hard, "the limit of open files was raised");
                soft = hard;
            }
            Err(error) => {
                tracing::warn!(%error, soft, hard, "the limit of open files could not be raised");
            }
        }
    }
    let fit = fitting(wanted, soft);
    if fit < wanted {
        tracing::warn!(
            limit = soft,
            wanted,
            connections = fit,
            "fewer connections are accepted than limits.connections permits; raise the limit of open files (RLIMIT_NOFILE, ulimit -n)"
        );
    }
    fit
}

/// Returns `wanted`: the limit is unknown.
#[cfg(not(unix))]
pub(crate) fn for_connections(wanted: usize) -> usize {
    wanted
}

/// Returns the number of the `wanted` connections that fit into `limit` descriptors; at least one.
#[cfg(unix)]
fn fitting(wanted: usize, limit: u64) -> usize {
    let most = (limit / 100 * CONNECTIONS + limit % 100 * CONNECTIONS / 100)
        .min(limit.saturating_sub(KEPT))
        .max(1);
    usize::try_from(most).map_or(wanted, |most| most.min(wanted))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_a_fifth_and_32_at_least() {
        for (wanted, limit, fit) in [
            (10_000, 1_048_576, 10_000),
            (10_000, 1_024, 819),
            (10_000, 100, 68),
            (10_000, 20, 1),
            (5, 1_024, 5),
            (
                usize::MAX,
                u64::MAX,
                usize::try_from(u64::MAX / 100 * 80 + 12).unwrap(),
            ),
        ] {
            assert_eq!(fitting(wanted, limit), fit, "{limit}");
        }
    }
}
