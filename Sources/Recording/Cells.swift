internal import Telemetry

/// How the next value of a column is guessed; only what differs from the guess costs space.
enum CellKind {
  /// It stays.
  case plain
  /// It goes on at the pace of the last frames.
  case counter
  /// It stays, or keeps its distance from now; whatever it did last.
  case instant
}

/// Something that walks through the fields of a row in their fixed order: to read them, to write
/// them, or to learn what kinds they are.
///
/// A row has one description for all three, so that they cannot differ.
protocol CellVisitor: SendableMetatype {
  /// Whether the fields are given their values.
  var isReading: Bool { get }
  mutating func cell(_ value: inout Int64, _ kind: CellKind)
  mutating func string(_ value: inout String)
  /// Walks through a value that may be missing; one that is takes no space.
  mutating func optional<Value>(
    _ value: inout Value?,
    blank: Value,
    _ body: (inout Value, inout Self) -> Void
  )
  /// Says that a value was read that cannot be.
  mutating func refuse()
}

extension CellVisitor {
  mutating func integer(_ value: inout Int) {
    var cell = Int64(value)
    self.cell(&cell, .plain)
    value = Int(cell)
  }

  /// An integer that goes up most of the time.
  mutating func count(_ value: inout Int) {
    var cell = Int64(value)
    self.cell(&cell, .counter)
    value = Int(cell)
  }

  mutating func count(_ value: inout UInt64) {
    var cell = Int64(bitPattern: value)
    self.cell(&cell, .counter)
    value = UInt64(bitPattern: cell)
  }

  /// A number that names something.
  mutating func identifier(_ value: inout UInt64) {
    var cell = Int64(bitPattern: value)
    self.cell(&cell, .plain)
    value = UInt64(bitPattern: cell)
  }

  mutating func short(_ value: inout UInt16) {
    var cell = Int64(value)
    self.cell(&cell, .plain)
    guard isReading else { return }
    if let short = UInt16(exactly: cell) { value = short } else { refuse() }
  }

  mutating func flag(_ value: inout Bool) {
    var cell: Int64 = value ? 1 : 0
    self.cell(&cell, .plain)
    value = cell != 0
  }

  mutating func choice<Choice: CaseIterable & Equatable>(_ value: inout Choice)
  where Choice.AllCases == [Choice] {
    let cases = Choice.allCases
    var cell = Int64(cases.firstIndex(of: value) ?? 0)
    self.cell(&cell, .plain)
    guard isReading else { return }
    if cell >= 0, cell < cases.count { value = cases[Int(cell)] } else { refuse() }
  }

  /// An instant, to the millisecond.
  mutating func instant(_ value: inout Instant) {
    var cell = value.nanoseconds / 1_000_000
    self.cell(&cell, .instant)
    guard isReading else { return }
    let (nanoseconds, isTooLarge) = cell.multipliedReportingOverflow(by: 1_000_000)
    if isTooLarge { refuse() } else { value = Instant(nanoseconds: nanoseconds) }
  }

  mutating func instant(_ value: inout Instant?) {
    optional(&value, blank: .zero) { value, visitor in visitor.instant(&value) }
  }

  mutating func wallTime(_ value: inout WallTime) {
    cell(&value.milliseconds, .plain)
  }

  /// A sum of nanoseconds, to the millisecond.
  mutating func sum(nanoseconds value: inout UInt64) {
    var cell = Int64(value / 1_000_000)
    self.cell(&cell, .counter)
    guard isReading else { return }
    let (nanoseconds, isTooLarge) = UInt64(bitPattern: cell)
      .multipliedReportingOverflow(by: 1_000_000)
    if isTooLarge { refuse() } else { value = nanoseconds }
  }

  mutating func integer(_ value: inout Int?) {
    optional(&value, blank: 0) { value, visitor in visitor.integer(&value) }
  }

  mutating func string(_ value: inout String?) {
    optional(&value, blank: "") { value, visitor in visitor.string(&value) }
  }

  /// A setting, exactly.
  mutating func exact(_ value: inout Double) {
    var cell = Int64(bitPattern: value.bitPattern)
    self.cell(&cell, .plain)
    value = Double(bitPattern: UInt64(bitPattern: cell))
  }

  /// A measured time of at least 0, to three digits.
  ///
  /// - Parameters:
  ///   - value: In any unit.
  ///   - unit: How many of the finest steps it has; what is finer is lost.
  mutating func measured(_ value: inout Double, unit: Double = 1_000) {
    var cell = ThreeDigits.code(value * unit)
    self.cell(&cell, .plain)
    guard isReading else { return }
    if let number = ThreeDigits.number(cell) { value = number / unit } else { refuse() }
  }
}

/// Numbers of at least 0 as small integers, in steps that are nowhere wider than a 512th of the
/// number: what a screen can show of a percentile.
enum ThreeDigits {
  /// Up to here every whole number has a code of its own.
  private static let exact = 1_024
  private static let half = 512
  /// Above the highest code that a number has.
  private static let codes = 54 * 512

  static func code(_ number: Double) -> Int64 {
    // Not a number and all that is below 0 become 0.
    guard number > 0 else { return 0 }
    let whole = UInt64(min(number, 1e15).rounded())
    guard whole >= exact else { return Int64(whole) }
    var shift = UInt64.bitWidth - whole.leadingZeroBitCount - 10
    var digits = (whole + 1 << UInt64(shift - 1)) >> UInt64(shift)
    if digits == exact {
      shift += 1
      digits = UInt64(half)
    }
    return Int64(half * shift) + Int64(digits)
  }

  /// - Returns: nil when no number has that code.
  static func number(_ code: Int64) -> Double? {
    guard code >= 0, code < codes else { return nil }
    guard code >= exact else { return Double(code) }
    let shift = Int(code) / half - 1
    return Double(UInt64(Int(code) - half * shift) << UInt64(shift))
  }
}
