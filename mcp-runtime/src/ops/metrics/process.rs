//! `process_*`, as the client libraries of Prometheus name them, from `/proc/self`.

use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::param::{clock_ticks_per_second, page_size};

/// Reads the resources of this process at each scrape. Values that the system does not provide are omitted.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let mut write =
            |name: &str, help: &str, metric: &dyn Encode| metric.encode(&mut encoder, name, help);
        if let Some(usage) = Usage::read() {
            write(
                "process_cpu_seconds",
                "CPU time, of the user and the system",
                &ConstCounter::new(usage.cpu_seconds),
            )?;
            write(
                "process_resident_memory_bytes",
                "Resident memory",
                &ConstGauge::new(usage.resident),
            )?;
            write(
                "process_virtual_memory_bytes",
                "Virtual memory",
                &ConstGauge::new(usage.virtual_memory),
            )?;
            if let Some(start) = usage.start_time() {
                write(
                    "process_start_time_seconds",
                    "Start of the process, since 1970",
                    &ConstGauge::new(start),
                )?;
            }
        }
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            // Reading the directory opens one more.
            let open = i64::try_from(open.count().saturating_sub(1)).unwrap_or(i64::MAX);
            write(
                "process_open_fds",
                "Open file descriptors",
                &ConstGauge::new(open),
            )?;
        }
        if let Some(most) = max_open() {
            write(
                "process_max_fds",
                "Maximum number of open file descriptors",
                &ConstGauge::new(most),
            )?;
        }
        Ok(())
    }
}

/// A metric of any type, as a collector writes it.
trait Encode {
    fn encode(&self, to: &mut DescriptorEncoder<'_>, name: &str, help: &str) -> std::fmt::Result;
}

impl<M: EncodeMetric> Encode for M {
    fn encode(&self, to: &mut DescriptorEncoder<'_>, name: &str, help: &str) -> std::fmt::Result {
        let encoder = to.encode_descriptor(name, help, None, self.metric_type())?;
        EncodeMetric::encode(self, encoder)
    }
}

/// The relevant fields of `/proc/self/stat`.
#[derive(Debug)]
struct Usage {
    cpu_seconds: f64,
    resident: i64,
    virtual_memory: i64,
    /// Since the system started.
    started: f64,
}

impl Usage {
    fn read() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/self/stat").ok()?)
    }

    /// Parses the text described in proc(5). The second field is the name of the program, in parentheses, which may
    /// contain any characters.
    fn parse(stat: &str) -> Option<Self> {
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        // Fields are counted from 1 there, and the first of these is the third.
        let ticks = |number: usize| fields.get(number - 3)?.parse::<u32>().ok().map(f64::from);
        let size = |number: usize| fields.get(number - 3)?.parse::<i64>().ok();
        let per_second = f64::from(u32::try_from(clock_ticks_per_second()).ok()?);
        let page = i64::try_from(page_size()).ok()?;
        Some(Self {
            cpu_seconds: (ticks(14)? + ticks(15)?) / per_second,
            started: size(22).and_then(seconds)? / per_second,
            virtual_memory: size(23)?,
            resident: size(24)?.saturating_mul(page),
        })
    }

    /// The start in seconds since 1970.
    fn start_time(&self) -> Option<f64> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let booted = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
        Some(seconds(booted.trim().parse().ok()?)? + self.started)
    }
}

/// A number of seconds or ticks, within the range that a float represents exactly.
fn seconds(whole: i64) -> Option<f64> {
    let (high, low) = (whole.div_euclid(1 << 31), whole.rem_euclid(1 << 31));
    Some(
        f64::from(i32::try_from(high).ok()?) * f64::from(1_u32 << 31)
            + f64::from(i32::try_from(low).ok()?),
    )
}

/// The soft limit of open file descriptors.
fn max_open() -> Option<i64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_and_spaces_does_not_move_the_fields() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 9 0 1000 4096000 25 0";
        let usage = Usage::parse(&format!("42 (a ) b (c) {rest}")).unwrap();
        let per_second = f64::from(u32::try_from(clock_ticks_per_second()).unwrap());
        assert!((usage.cpu_seconds - 200.0 / per_second).abs() < 1e-9);
        assert!((usage.started - 1000.0 / per_second).abs() < 1e-9);
        assert_eq!(usage.virtual_memory, 4_096_000);
        assert_eq!(usage.resident, 25 * i64::try_from(page_size()).unwrap());
        assert!(Usage::parse("").is_none());
    }

    #[test]
    fn this_process_is_seen() {
        let usage = Usage::read().unwrap();
        assert!(usage.resident > 1 << 20 && usage.virtual_memory > usage.resident);
        let now = std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_secs_f64();
        let start = usage.start_time().unwrap();
        assert!(start < now && now - start < 3_600.0, "{start} of {now}");
        assert!(max_open().unwrap() > 2);
    }
}
