//! The order in which go-yaml writes the keys of a mapping: numbers inside of names count as numbers.

use std::cmp::Ordering;
use std::rc::Rc;

/// Sorts by the keys.
///
/// `a10`, `a1b` and `a2` each come before the next, and the last before the first: go-yaml writes them in an order that
/// hangs on chance, and the sort of the standard library may panic. This one ends with some order.
pub(super) fn sort<T>(mut entries: Vec<(Rc<str>, T)>) -> Vec<(Rc<str>, T)> {
    if entries.len() < 2 {
        return entries;
    }
    let (mut ones, mut others) = {
        let back = sort(entries.split_off(entries.len() / 2));
        (sort(entries).into_iter().peekable(), back.into_iter().peekable())
    };
    let mut sorted = Vec::with_capacity(ones.len() + others.len());
    while let (Some((one, _)), Some((other, _))) = (ones.peek(), others.peek()) {
        let first = compare(one, other) != Ordering::Greater;
        sorted.extend(if first { ones.next() } else { others.next() });
    }
    sorted.extend(ones);
    sorted.extend(others);
    sorted
}

/// Compares two keys.
///
/// upstream: go-yaml v2, sorter.go, keyList.Less
fn compare(one: &str, other: &str) -> Ordering {
    let (ones, others): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let Some(at) = ones.iter().zip(&others).position(|(one, other)| one != other) else {
        return ones.len().cmp(&others.len());
    };
    let (Some(first), Some(second)) = (ones.get(at), others.get(at)) else {
        return Ordering::Equal;
    };
    match (first.is_alphabetic(), second.is_alphabetic()) {
        (true, true) => return first.cmp(second),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // Zeros behind other digits are part of a number that goes on.
    let continues = (*first == '0' || *second == '0')
        && ones.iter().take(at).rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
    let number = |text: &[char]| {
        let digits = text.iter().skip(at).map_while(|c| c.to_digit(10));
        let start = (u64::from(continues), at);
        digits.fold(start, |(number, end), digit| {
            (number.wrapping_mul(10).wrapping_add(u64::from(digit)), end + 1)
        })
    };
    number(&ones).cmp(&number(&others)).then_with(|| first.cmp(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_inside_of_names_count() {
        let names = ["a10", "a9", "b", "a", "A", "a-1", "1", "10", "2", "a_b", "ab", "a.b", "a01", "a1"];
        let sorted = sort(names.map(|name| (name.into(), ())).into());
        let sorted: Vec<&str> = sorted.iter().map(|(name, ())| &**name).collect();
        assert_eq!(
            sorted,
            ["1", "2", "10", "A", "a", "a-1", "a.b", "a_b", "a1", "a01", "a9", "a10", "ab", "b"]
        );
    }

    #[test]
    fn keys_without_an_order_are_no_panic() {
        let names =
            (0..60).flat_map(|number| [format!("a{number}"), format!("a{number}b"), format!("a{number}0")]);
        assert_eq!(sort(names.map(|name| (name.into(), ())).collect()).len(), 180);
    }
}
