import Telemetry

/// A thing that has sums.
protocol Measured: Sendable {
  /// As they were measured, always as many.
  var sums: [UInt64] { get }
  /// Whether the broker says that they grow.
  var isMoving: Bool { get }
}

extension QueueAnswer: Measured {}
extension ExchangeAnswer: Measured {}
extension ChannelAnswer: Measured {}

/// The rows of a list, with how their sums are given out, sorted as the list of a snapshot is.
struct MeasuredRows<Name: Hashable & Sendable & Comparable, Answer: Measured>: Sendable {
  struct Row: Sendable {
    var name: Name
    var answer: Answer
    var sums: EvenSums
    /// When it was measured.
    var at: Instant
  }

  private(set) var rows: [Row] = []
  private var places: [Name: Int] = [:]

  /// Takes a whole list; what is not in it is gone.
  ///
  /// - Complexity: O(rows · log rows).
  mutating func take(_ list: [(Name, Answer)], stepSeconds: Double, at now: Instant) {
    var next = list.map { name, answer in
      guard let place = places[name] else {
        return Row(name: name, answer: answer, sums: EvenSums(answer.sums, at: now), at: now)
      }
      return Self.row(rows[place], taking: answer, stepSeconds: stepSeconds, at: now)
    }
    next.sort { $0.name < $1.name }
    rows = next
    places = Dictionary(
      next.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// Takes one row anew; one that is not there is left out.
  mutating func take(one answer: Answer, of name: Name, stepSeconds: Double, at now: Instant) {
    guard let place = places[name] else { return }
    rows[place] = Self.row(rows[place], taking: answer, stepSeconds: stepSeconds, at: now)
  }

  private static func row(
    _ row: Row,
    taking answer: Answer,
    stepSeconds: Double,
    at now: Instant
  ) -> Row {
    var row = row
    row.sums.measure(
      answer.sums,
      isMoving: answer.isMoving,
      stepSeconds: stepSeconds,
      at: now
    )
    row.answer = answer
    row.at = now
    return row
  }

  /// Gives out sums as they are from now on.
  mutating func resume() {
    for index in rows.indices {
      rows[index].sums = EvenSums(rows[index].answer.sums, at: rows[index].at)
    }
  }

  subscript(name: Name) -> Answer? { places[name].map { rows[$0].answer } }

  func measuredAt(_ name: Name) -> Instant? { places[name].map { rows[$0].at } }

  func sums(of name: Name, at now: Instant, stepSeconds: Double) -> [UInt64] {
    places[name].map { rows[$0].sums.given(at: now, stepSeconds: stepSeconds) } ?? []
  }

  /// Makes something of each row and its sums as they are given out.
  func given<Result>(
    at now: Instant,
    stepSeconds: Double,
    _ make: (Answer, [UInt64]) -> Result
  ) -> [Result] {
    rows.map { make($0.answer, $0.sums.given(at: now, stepSeconds: stepSeconds)) }
  }
}
