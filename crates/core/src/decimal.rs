//! Decimal fractions as people write them, such as `0.25` or `1e-3`, to the nearest float.
//!
//! The way of Nigel Tao's "simple decimal conversion": a list of decimal digits is doubled or halved until its whole part
//! has 53 bits. The standard library is some hundred times faster, by a table of powers of ten that no compression makes
//! smaller than 10 KB: more than a page should carry to read a dozen settings. Costs: some hundred passes over the
//! digits.

use std::cmp::Ordering;

/// More digits than this cannot change a float.
const DIGITS: usize = 800;

/// As an exponent, beyond all floats.
const FAR: i32 = 1 << 29;

/// What the standard library reads from `text`, apart from `infinity` and capital letters; `None` if it is no number.
pub fn read(text: &str) -> Option<f64> {
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let size = match text {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => Decimal::read(text)?.nearest(),
    };
    Some(if negative { -size } else { size })
}

/// `0.d₀d₁d₂… × 10^point`, without zeros at either end.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if !is_digits(whole) || !is_digits(fraction) || whole.len() + fraction.len() == 0 {
            return None;
        }
        if !is_digits(unsigned) || unsigned.is_empty() {
            return None;
        }
        // An exponent beyond all bounds makes nothing or infinity, like the largest.
        let limit = if exponent.starts_with('-') { -FAR } else { FAR };
        let exponent = exponent.parse().unwrap_or(limit).clamp(-FAR, FAR);
        let mut decimal = Self {
            digits: whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect(),
            point: i32::try_from(whole.len()).ok()?.saturating_add(exponent),
        };
        decimal.trim();
        Some(decimal)
    }

    fn trim(&mut self) {
        let zeros = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..zeros);
        self.point = self.point.saturating_sub_unsigned(zeros as u32);
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.len() > DIGITS {
            // That there was more is all that still matters.
            self.digits.truncate(DIGITS);
            self.digits.push(1);
        }
    }

    fn nearest(mut self) -> f64 {
        if self.digits.is_empty() || self.point < -330 {
            return 0.0;
        }
        if self.point > 310 {
            return f64::INFINITY;
        }
        let mut power = 0;
        while self.point > 16 || self.whole() >= 1 << 53 {
            self.halve();
            power += 1;
        }
        // The smallest float there is, is 2^-1074.
        while self.whole() < 1 << 52 && power > -1074 {
            self.double();
            power -= 1;
        }
        self.rounded() as f64 * power_of_two(power)
    }

    /// The digits before the point, of which there are at most 16.
    fn whole(&self) -> u64 {
        let digits =
            (0..self.point.max(0) as usize).map(|place| self.digits.get(place).copied().unwrap_or(0));
        digits.fold(0, |whole, digit| whole * 10 + u64::from(digit))
    }

    /// The nearest whole number, of two the even one.
    fn rounded(&self) -> u64 {
        let whole = self.whole();
        let rest = match usize::try_from(self.point) {
            Ok(place) => self.digits.get(place..).unwrap_or_default(),
            // Below a tenth.
            Err(_) => &[],
        };
        match rest.cmp(&[5]) {
            Ordering::Less => whole,
            Ordering::Equal => whole + whole % 2,
            Ordering::Greater => whole + 1,
        }
    }

    fn double(&mut self) {
        let mut carry = 0;
        for digit in self.digits.iter_mut().rev() {
            let doubled = *digit * 2 + carry;
            (*digit, carry) = (doubled % 10, doubled / 10);
        }
        self.digits.insert(0, carry);
        self.point += 1;
        self.trim();
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for digit in &mut self.digits {
            let whole = *digit + carry * 10;
            (*digit, carry) = (whole / 2, whole % 2);
        }
        self.digits.push(carry * 5);
        self.trim();
    }
}

/// 2 to the power of -1074 to 971.
fn power_of_two(power: i32) -> f64 {
    match u64::try_from(power + 1023) {
        Ok(exponent @ 1..) => f64::from_bits(exponent << 52),
        _ => f64::from_bits(1 << (power + 1074)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the standard library makes of the same text.
    fn check(text: &str) {
        let wanted: Option<f64> = text.parse().ok();
        let found = read(text);
        let same = match (found, wanted) {
            (Some(found), Some(wanted)) => found.to_bits() == wanted.to_bits(),
            (None, None) => true,
            _ => false,
        };
        assert!(same, "{text}: {found:?}, not {wanted:?}");
    }

    #[test]
    fn reads_what_the_standard_library_reads() {
        let long = ["0.", &"3".repeat(2_000)].concat();
        for text in [
            "0",
            "-0",
            "+1",
            "007",
            "1.",
            ".5",
            "0.1",
            "1_0",
            "1e3",
            "1E+3",
            "1e-3",
            "12.5e-1",
            "inf",
            "-inf",
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1e-",
            "1.2.3",
            "1e1.5",
            " 1",
            "1 ",
            "0x1",
            "ten",
            "--1",
            "1e99999999999",
            "1e-99999999999",
            "0e99999999999",
            // The largest, beyond it, the smallest, half of that and a little more, the smallest that is normal.
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "5e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            // Between two floats: to the even one, unless there is anything more.
            "9007199254740993",
            "9007199254740995",
            "9007199254740993.0000000000000000000000000000001",
            "123456789012345678901234567890",
            &long,
        ] {
            check(text);
        }
        assert!(read("nan").is_some_and(f64::is_nan));
    }

    #[test]
    fn ties_are_broken_by_what_stands_very_far_behind() {
        check(&["9007199254740993.", &"0".repeat(3_000), "1"].concat());
        check(&["9007199254740993.", &"0".repeat(3_000)].concat());
    }

    proptest! {
        #[test]
        fn every_float_is_read_as_it_is_written(bits: u64) {
            let float = f64::from_bits(bits);
            if !float.is_nan() {
                check(&format!("{float:e}"));
                check(&format!("{float}"));
                check(&format!("{float:.3}"));
            }
        }

        #[test]
        fn any_digits_are_rounded_as_they_should_be(text in "[0-9]{0,30}(\\.[0-9]{0,30})?(e[+-]?[0-9]{1,3})?") {
            check(&text);
        }
    }
}
