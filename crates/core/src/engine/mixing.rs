//! Words mixed into words: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), written out here because it
//! is part of what a seed means and of where a key belongs.
//!
//! Two multiplications a word. Not for keys that an enemy chooses: whoever knows the function can make them collide.

/// The golden ratio as a 64-bit fraction.
pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A bijection of 64-bit words in which every input bit changes about half of the output bits.
#[inline]
pub fn scramble(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Hash of an ordered pair.
#[inline]
pub fn combine(first: u64, second: u64) -> u64 {
    scramble(scramble(first.wrapping_add(GOLDEN)).wrapping_add(second))
}

/// A float above 0 and at most 1, with 53 random bits: safe under a logarithm.
#[inline]
pub fn unit(word: u64) -> f64 {
    ((word >> 11) + 1) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// A whole number below `bound` by widening multiplication (Lemire, 2019, without the rejection step: the bias is
/// below `bound` / 2^64). 0 where `bound` is 0.
#[inline]
pub fn below(word: u64, bound: u64) -> u64 {
    let Ok(small) = u32::try_from(bound) else {
        return ((u128::from(word) * u128::from(bound)) >> 64) as u64;
    };
    // The same product by halves: WebAssembly multiplies no wider than 64 bits.
    let (high, low) = (word >> 32, word & u64::from(u32::MAX));
    (high * u64::from(small) + ((low * u64::from(small)) >> 32)) >> 32
}
