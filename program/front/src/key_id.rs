//! Access key ids as AWS writes them: four letters that say the kind, and sixteen of base 32.

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Ten bytes make sixteen letters.
pub(crate) const ENTROPY_BYTES: usize = 10;

pub(crate) fn key_id(kind: &str, entropy: [u8; ENTROPY_BYTES]) -> String {
    let number = entropy.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let letters = (0..16).rev().map(|index| {
        let digit = (number >> (5 * index)) & 31;
        char::from(ALPHABET[digit as usize])
    });
    kind.chars().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_base_32_after_the_kind() {
        assert_eq!(key_id("AKIA", [0; 10]), "AKIAAAAAAAAAAAAAAAAA");
        assert_eq!(key_id("ASIA", *b"0123456789"), "ASIAGAYTEMZUGU3DOOBZ");
    }
}
