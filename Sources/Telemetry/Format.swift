/// How numbers, times and ages are written.
package enum Format {
  /// What stands for "no data".
  package static let none = "-"

  /// Returns a count with a thin grouping: `4 230`; from ten million on in millions: `12.3M`.
  package static func count(_ value: Int) -> String {
    if value < 0 { return "-" + count(value == .min ? .max : -value) }
    if value < 1_000 { return String(value) }
    if value < 10_000_000 { return grouped(value) }
    for (unit, letter) in [(1_000_000_000, "G"), (1_000_000, "M")] where value >= unit {
      let tenths = value / (unit / 10)
      return grouped(tenths / 10) + "." + String(tenths % 10) + letter
    }
    return grouped(value)
  }

  /// Returns a count; a sum too large for `Int` is written as the largest one.
  package static func count(_ value: UInt64) -> String {
    count(Int(clamping: value))
  }

  /// Returns a rate with one decimal below 1 000, and `-` when nothing is known.
  package static func rate(_ value: Double?) -> String {
    guard let value, value.isFinite else { return none }
    let tenths = Int(min(max(0, value), 1e15) * 10 + 0.5)
    if tenths >= 10_000 { return count((tenths + 5) / 10) }
    return String(tenths / 10) + "." + String(tenths % 10)
  }

  /// Returns a number in at most four characters: `7.5`, `4581`, `812k`, `1.2M`.
  package static func short(_ value: Double?) -> String {
    guard let value, value.isFinite else { return none }
    let bounded = min(max(0, value), 999e12)
    if bounded < 9.95, bounded != Double(Int(bounded)) {
      let tenths = Int(bounded * 10 + 0.5)
      return String(tenths / 10) + "." + String(tenths % 10)
    }
    if bounded < 9_999.5 { return String(Int(bounded + 0.5)) }
    var scaled = bounded
    for unit in ["k", "M", "G"] {
      scaled /= 1_000
      if scaled < 9.95 {
        let tenths = Int(scaled * 10 + 0.5)
        return String(tenths / 10) + "." + String(tenths % 10) + unit
      }
      if scaled < 999.5 { return String(Int(scaled + 0.5)) + unit }
    }
    return String(Int(scaled / 1_000 + 0.5)) + "T"
  }

  /// Returns a number as it was written out, or shorter when it does not fit: `9 527 263`, `9.5M`.
  ///
  /// A number that is cut reads as a smaller one. Of two numbers with a slash between them the
  /// first stays alone when both do not fit; texts that are no numbers stay as they are.
  package static func fitted(_ text: String, columns: Int) -> String {
    guard text.utf8.count > columns else { return text }
    let numbers = text.split(separator: "/").map { part in Int(part.filter { $0 != " " }) }
    guard !numbers.contains(nil) else { return text }
    let shorter = numbers.map { short($0.map(Double.init)) }
    let both = shorter.joined(separator: "/")
    return both.utf8.count <= columns ? both : shorter.first ?? text
  }

  /// Returns milliseconds without decimals from 10 on, and `-` when nothing is known.
  package static func milliseconds(_ value: Double?) -> String {
    guard let value, value.isFinite else { return none }
    let bounded = min(max(0, value), 1e12)
    if bounded >= 9.95 { return count(Int(bounded + 0.5)) }
    let tenths = Int(bounded * 10 + 0.5)
    return String(tenths / 10) + "." + String(tenths % 10)
  }

  /// Returns a size in bytes with its unit, at most seven characters.
  package static func bytes(_ value: Int) -> String {
    var size = max(0, value)
    if size < 1_024 { return String(size) + " B" }
    for unit in ["KB", "MB", "GB"] {
      if size < 10 * 1_024 {
        let tenths = size * 10 / 1_024
        return String(tenths / 10) + "." + String(tenths % 10) + " " + unit
      }
      size /= 1_024
      if size < 1_024 { return String(size) + " " + unit }
    }
    return count(size / 1_024) + " TB"
  }

  /// Returns an age in its largest unit: `0s`, `84s`, `3m`, `2h`, `5d`.
  package static func age(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite else { return none }
    let whole = Int(min(max(0, seconds), 1e11))
    if whole < 100 { return String(whole) + "s" }
    if whole < 100 * 60 { return String(whole / 60) + "m" }
    if whole < 48 * 3_600 { return String(whole / 3_600) + "h" }
    return String(whole / 86_400) + "d"
  }

  /// Returns an age in its two largest units: `84s`, `3m12s`, `2h05m`, `5d03h`.
  package static func span(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds.isFinite ? seconds : 0), 1e11))
    if whole < 100 { return String(whole) + "s" }
    if whole < 3_600 { return String(whole / 60) + "m" + twoDigits(whole % 60) + "s" }
    if whole < 86_400 { return String(whole / 3_600) + "h" + twoDigits(whole / 60 % 60) + "m" }
    return String(whole / 86_400) + "d" + twoDigits(whole / 3_600 % 24) + "h"
  }

  /// Returns how long something runs: `00:14:22`, with days in front from one day on.
  package static func upTime(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds.isFinite ? seconds : 0), 1e11))
    let clock = clockText(whole % 86_400)
    return whole < 86_400 ? clock : String(whole / 86_400) + "d " + clock
  }

  /// Returns the time of day, `05:33:12`, some seconds east of UTC.
  package static func time(_ wallTime: WallTime, offsetSeconds: Int) -> String {
    let seconds = wallTime.milliseconds / 1_000 + Int64(offsetSeconds)
    return clockText(Int(((seconds % 86_400) + 86_400) % 86_400))
  }

  /// Returns how often something happens: `500 ms`, `2 s`.
  package static func refresh(_ seconds: Double) -> String {
    seconds < 1 ? "\(Int(seconds * 1_000 + 0.5)) ms" : "\(Int(seconds + 0.5)) s"
  }

  /// Returns a span with a decimal where it has one: `20 s`, `1.5 s`.
  package static func seconds(_ value: Double) -> String {
    let tenths = Int(min(max(0, value.isFinite ? value : 0), 1e9) * 10 + 0.5)
    let whole = count(tenths / 10)
    return (tenths % 10 == 0 ? whole : whole + "." + String(tenths % 10)) + " s"
  }

  /// Returns a number as it is typed: `20`, `1.5`.
  package static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }

  /// Returns a measured number in a lesson's text: as the lab's report writes it, with its
  /// thousands grouped as they are everywhere on the screen.
  package static func measured(_ value: Double) -> String {
    value.isFinite && abs(value) >= 1_000 && abs(value) < 0x1p53
      ? (value < 0 ? "-" : "") + grouped(Int(abs(value).rounded()))
      : LabMeasurements.format(value)
  }

  private static func clockText(_ seconds: Int) -> String {
    twoDigits(seconds / 3_600) + ":" + twoDigits(seconds / 60 % 60) + ":" + twoDigits(seconds % 60)
  }

  private static func twoDigits(_ value: Int) -> String {
    value < 10 ? "0" + String(value) : String(value)
  }

  private static func grouped(_ value: Int) -> String {
    if value < 1_000 { return String(value) }
    let rest = String(value % 1_000)
    return grouped(value / 1_000) + " " + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }
}

extension Format {
  /// Returns the day of the calendar, `2026-11-28`, some seconds east of UTC.
  package static func date(_ wallTime: WallTime, offsetSeconds: Int) -> String {
    let seconds = wallTime.milliseconds / 1_000 + Int64(offsetSeconds)
    let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
    // Years are counted from March, so that the leap day is the last of a year, and in rounds of
    // 400 years, which all have as many days.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ number: Int, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}
