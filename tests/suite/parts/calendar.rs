//! Seconds since 1970 as a date.

use super::clock::{date, time, utc};

#[test]
fn known_moments() {
    for (seconds, words) in [
        (0, "1970-01-01 00:00:00 UTC"),
        (951_782_399, "2000-02-28 23:59:59 UTC"),
        (951_782_400, "2000-02-29 00:00:00 UTC"),
        (1_234_567_890, "2009-02-13 23:31:30 UTC"),
        (1_709_251_199, "2024-02-29 23:59:59 UTC"),
        (1_795_356_309, "2026-11-22 14:05:09 UTC"),
        (4_107_542_400, "2100-03-01 00:00:00 UTC"),
    ] {
        assert_eq!(utc(seconds), words);
    }
    assert!(time() > utc(1_700_000_000), "{}", time());
}

/// Counts the days of 1,000 years one by one, by the rule that everybody knows.
#[test]
fn every_day_until_2970() {
    let mut days = 0;
    for year in 1970..2970 {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let february = if is_leap { 29 } else { 28 };
        let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (1..).zip(lengths) {
            for day in 1..=length {
                assert_eq!(date(days), (year, month, day));
                days += 1;
            }
        }
    }
}
