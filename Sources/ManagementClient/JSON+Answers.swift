import JSONText
import Telemetry

/// Reading what a management writes, which leaves out what it does not know and writes an empty
/// object as an empty list.
extension JSON {
  /// What lies at the end of a path of names; nil when a part of it is missing.
  func at(_ path: String...) -> JSON? {
    var value: JSON? = self
    for name in path { value = value?[name] }
    return value
  }

  /// A sum or a size; 0 where it is missing, negative or no number.
  func sum(_ path: String...) -> UInt64 {
    var value: JSON? = self
    for name in path { value = value?[name] }
    return value?.wholeCount ?? 0
  }

  /// The same as a signed number.
  func size(_ path: String...) -> Int {
    var value: JSON? = self
    for name in path { value = value?[name] }
    return Int(clamping: value?.wholeCount ?? 0)
  }

  /// A whole number that is not negative, also one that was written as `1.0` or `1e3`.
  var wholeCount: UInt64? {
    if let count { return count }
    guard let number, number >= 0, number < 9e18 else { return nil }
    return UInt64(number)
  }

  /// The text of a member; empty where it is missing or no text.
  func name(_ member: String) -> String { self[member]?.text ?? "" }

  /// Whether a member is there and true.
  func flag(_ member: String) -> Bool { self[member]?.boolean ?? false }

  /// The elements of a list; of a page of one too; none of anything else.
  var elements: [JSON] {
    switch self {
    case .array(let elements): elements
    case .object: self["items"]?.elements ?? []
    case .null, .boolean, .integer, .number, .string: []
    }
  }

  /// The members of an object; none of anything else.
  var members: [Member] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  /// A value as one short text for a person.
  var shown: String {
    switch self {
    case .null: ""
    case .boolean(let boolean): boolean ? "true" : "false"
    case .integer(let integer): String(integer)
    case .number(let number): "\(number)"
    case .string(let text): text
    case .array(let elements): elements.map(\.shown).joined(separator: " ")
    case .object(let members):
      members.map { $0.name + "=" + $0.value.shown }.joined(separator: ",")
    }
  }
}

/// When something was measured, by both clocks, so that what a management says in milliseconds since
/// 1970 becomes an instant.
struct MeasuringTime: Sendable, Hashable {
  var instant: Instant
  var wallTime: WallTime

  /// Returns the instant of a time of day; one that lies before our clock's origin, or after now
  /// because the clocks differ, is the nearest that is possible.
  func instant(ofMilliseconds milliseconds: Int64) -> Instant {
    let (passed, isTooLong) = wallTime.milliseconds.subtractingReportingOverflow(milliseconds)
    guard !isTooLong, passed > 0 else { return instant }
    let (nanoseconds, isTooFar) = passed.multipliedReportingOverflow(by: 1_000_000)
    return Instant(nanoseconds: isTooFar ? 0 : max(0, instant.nanoseconds - nanoseconds))
  }
}
