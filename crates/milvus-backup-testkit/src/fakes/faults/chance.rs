//! [`Chance`]: faults at random, which a seed repeats.

/// A sequence of numbers that a seed begins (xorshift), and how often something goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chance {
    state: u64,
    percent: u64,
}

impl Chance {
    pub(super) fn new(seed: u64, percent: u64) -> Self {
        Self { state: seed | 1, percent }
    }

    /// The next number of the sequence.
    pub(super) fn next(&mut self) -> u64 {
        let before = self.state;
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        before >> 11
    }

    /// Whether something goes wrong this time.
    pub(super) fn hit(&mut self) -> bool {
        self.percent > 0 && self.next() % 100 < self.percent
    }

    /// Returns true half of the time.
    pub(super) fn flip(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_sequence_and_the_share_is_about_right() {
        let (mut one, mut other) = (Chance::new(7, 20), Chance::new(7, 20));
        let hits = (0..10_000).filter(|_| one.hit()).count();
        assert_eq!(hits, (0..10_000).filter(|_| other.hit()).count());
        assert!((1_500..2_500).contains(&hits), "{hits}");
        assert!(!Chance::new(7, 0).hit());
    }
}
