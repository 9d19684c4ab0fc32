//! The time of day, in UTC. The standard library knows how many seconds have passed since 1970, but has no calendar.

use std::time::SystemTime;

/// The time now, as in `2026-11-22 14:05:09 UTC`. A clock that is set to before 1970 counts as 1970.
pub fn time() -> String {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    utc(since_1970.unwrap_or_default().as_secs())
}

/// Seconds since the start of 1970, leap seconds aside, as a date and a time of day.
pub fn utc(seconds: u64) -> String {
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// The year, month and day so many days after 1970-01-01.
///
/// This is `civil_from_days` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>. Its trick is to let years begin in March:
/// the leap day comes last, where it shifts no other day. The calendar repeats every 400 years, an era.
pub fn date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + 719_468; // Since 0000-03-01, the start of an era of 146,097 days.
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153; // Five months have 153 days, as from March to July.
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}
