//! Random damage, for tests of decoders.

use proptest::prelude::*;

/// A change of some bytes, at a position given as a fraction of the length.
#[derive(Debug, Clone)]
pub enum Mutation {
    /// Inverts the bit with this number.
    Flip(u16, u8),
    /// Replaces bytes with other ones.
    Replace(u16, Vec<u8>),
    /// Removes this number of bytes.
    Remove(u16, u8),
    /// Duplicates this number of bytes.
    Repeat(u16, u8),
    /// Removes all bytes after the position.
    Truncate(u16),
}

/// Generates changes that are likely to affect decoders: single bits, words of JSON, bytes, gaps, repetitions,
/// truncation.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    let text = prop::sample::select(vec!["9", "-1", "null", "\"", "{", "[[", "1e999", "..", "/", "\u{0}", "true", ","]);
    let words = text.prop_map(|text| text.as_bytes().to_vec());
    prop_oneof![
        (any::<u16>(), 0..8_u8).prop_map(|(place, bit)| Mutation::Flip(place, bit)),
        (any::<u16>(), words).prop_map(|(place, bytes)| Mutation::Replace(place, bytes)),
        (any::<u16>(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(place, b)| Mutation::Replace(place, b)),
        (any::<u16>(), any::<u8>()).prop_map(|(place, length)| Mutation::Remove(place, length)),
        (any::<u16>(), any::<u8>()).prop_map(|(place, length)| Mutation::Repeat(place, length)),
        any::<u16>().prop_map(Mutation::Truncate),
    ]
}

/// Applies these changes to the bytes, one after the other.
pub fn mutate(mut bytes: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        let place = |share: &u16| usize::from(*share) * bytes.len() / (usize::from(u16::MAX) + 1);
        let range = |share: &u16, length: usize| place(share)..(place(share) + length).min(bytes.len());
        match mutation {
            _ if bytes.is_empty() => {}
            Mutation::Flip(share, bit) => {
                let place = place(share);
                bytes[place] ^= 1 << bit;
            }
            Mutation::Replace(share, with) => {
                let range = range(share, with.len());
                bytes.splice(range, with.iter().copied());
            }
            Mutation::Remove(share, length) => {
                let range = range(share, usize::from(*length));
                bytes.drain(range);
            }
            Mutation::Repeat(share, length) => {
                let range = range(share, usize::from(*length));
                let (end, part) = (range.end, bytes[range].to_vec());
                bytes.splice(end..end, part);
            }
            Mutation::Truncate(share) => {
                let place = place(share);
                bytes.truncate(place);
            }
        }
    }
    bytes
}
