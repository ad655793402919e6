/// Numbers for what a management knows by name only.
///
/// A number is never used again, so that what comes back under its old name is another one.
struct Numbering<Name: Hashable & Sendable>: Sendable {
  private var numbers: [Name: UInt64] = [:]
  private var last: UInt64 = 0

  /// Returns the number of a name, a new one when it has none.
  mutating func number(of name: Name) -> UInt64 {
    if let number = numbers[name] { return number }
    last += 1
    numbers[name] = last
    return last
  }

  /// Returns the number of a name; nil when it has none.
  func known(_ name: Name) -> UInt64? { numbers[name] }

  /// Returns who has a number.
  ///
  /// - Complexity: O(names).
  func name(of number: UInt64) -> Name? { numbers.first { $0.value == number }?.key }

  /// Forgets all that are no longer there.
  mutating func keep(_ names: Set<Name>) {
    if numbers.count > names.count { numbers = numbers.filter { names.contains($0.key) } }
  }
}
