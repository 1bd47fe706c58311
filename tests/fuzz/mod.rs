//! Mutated input, from a seed: none of it may panic, hang or affect later input.
//!
//! A target runs [`ROUNDS`] rounds, or for `FUZZ_SECONDS`, with the seed of `FUZZ_SEED`. A failure prints the input;
//! saved in `corpus/`, it is a starting point of later runs.

mod arguments;
mod http;
mod lines;
mod mutate;
mod wire;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use mutate::Random;

/// The number of inputs of a target, unless `FUZZ_SECONDS` sets its duration.
const ROUNDS: usize = 1_500;

/// The inputs of one target.
pub(crate) struct Inputs {
    corpus: Vec<Vec<u8>>,
    random: Random,
    round: usize,
    ends: Option<Instant>,
}

impl Inputs {
    /// Inputs based on the files of `corpus/<name>`.
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new("fuzz/corpus").join(name);
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "no corpus in {}", folder.display());
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
        Self {
            corpus: files.iter().map(|file| fs::read(file).unwrap()).collect(),
            random: Random::new(number("FUZZ_SEED").unwrap_or(0x5eed)),
            round: 0,
            ends: number("FUZZ_SECONDS")
                .map(|seconds| Instant::now() + Duration::from_secs(seconds)),
        }
    }

    /// The next input: first each of the corpus unchanged, then mutations.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        let is_over = match self.ends {
            Some(end) => Instant::now() >= end && self.round >= self.corpus.len(),
            None => self.round >= ROUNDS,
        };
        if is_over {
            return None;
        }
        self.round += 1;
        Some(match self.corpus.get(self.round - 1) {
            Some(input) => input.clone(),
            None => self.random.mutate(&self.corpus),
        })
    }

    /// Chooses one of `choices`.
    pub(crate) fn choose<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        self.random.choose(choices)
    }
}

/// The form of an input in a failure message.
pub(crate) fn shown(input: &[u8]) -> String {
    String::from_utf8_lossy(input).escape_debug().to_string()
}
