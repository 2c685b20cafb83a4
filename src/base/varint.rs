//! Numbers in as few bytes as they need: seven bits to a byte, the lowest first, as Protocol Buffers write them.

/// Appends a number.
pub fn write(value: u64, to: &mut Vec<u8>) {
    let mut left = value;
    while left >= 0x80 {
        to.push(left as u8 | 0x80);
        left >>= 7;
    }
    to.push(left as u8);
}

/// Takes a number from the front of the bytes; `None` if they end before it does, or if it has more than 64 bits.
#[inline]
pub fn read(from: &mut &[u8]) -> Option<u64> {
    match **from {
        // Most are small.
        [byte, ref rest @ ..] if byte < 0x80 => {
            *from = rest;
            Some(byte.into())
        }
        _ => read_long(from),
    }
}

fn read_long(from: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        let bits = u64::from(byte & 0x7f);
        if shift > 63 || (bits << shift) >> shift != bits {
            return None;
        }
        value |= bits << shift;
        if *byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

/// A number near zero, whatever its sign, as a small one: 0, -1, 1, -2, …
pub fn folded(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// What [`folded`] was made of.
pub fn unfolded(folded: u64) -> i64 {
    (folded >> 1) as i64 ^ -((folded & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back_and_leave_what_follows() {
        for (value, length) in [(0, 1), (127, 1), (128, 2), (16_383, 2), (u64::MAX, 10)] {
            let mut bytes = Vec::new();
            write(value, &mut bytes);
            assert_eq!(bytes.len(), length);
            bytes.push(7);
            let mut rest = bytes.as_slice();
            assert_eq!(read(&mut rest), Some(value));
            assert_eq!(rest, [7]);
        }
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_no_number() {
        assert_eq!(read(&mut [].as_slice()), None);
        assert_eq!(read(&mut [0x80].as_slice()), None);
        let mut too_large = [0xff; 10];
        too_large[9] = 2;
        assert_eq!(read(&mut too_large.as_slice()), None);
        let mut too_long = [0x80; 11];
        too_long[10] = 1;
        assert_eq!(read(&mut too_long.as_slice()), None);
    }

    #[test]
    fn signed_numbers_near_zero_are_small() {
        for (value, small) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (i64::MIN, u64::MAX)] {
            assert_eq!(folded(value), small);
            assert_eq!(unfolded(small), value);
        }
    }
}
