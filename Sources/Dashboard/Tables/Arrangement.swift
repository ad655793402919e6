import Telemetry

/// Which rows of a table are shown, and in what order.
struct Arrangement: Sendable {
  /// Indices for the table's row type, those shown alone.
  private(set) var rows: [Int] = []
  /// All of them in the order that is wanted.
  private var order: [Int] = []
  private var sortedAt: Instant?
  private var basis: Basis?
  /// Why the filter's text is none; rows are then as if there were none.
  private(set) var mistake: String?
  /// The words of the filter, to be shown where they were found.
  private(set) var words: [String] = []
  /// How many rows there are, whatever the filter.
  var total: Int { order.count }

  /// What an order depends on, besides the numbers of the rows.
  private struct Basis: Sendable, Hashable {
    var subject: Subject
    var version: UInt64
    var sortedBy: String?
    var isReversed: Bool
  }

  /// Arranges the rows of a picture.
  ///
  /// Rows change places at most every ``Limits/reorderSeconds``, when one comes or goes, and when
  /// the person asks for another order: nothing moves while somebody reads.
  ///
  /// - Complexity: O(rows), and O(rows · log rows) when they change places.
  mutating func arrange<Row: TableRow>(
    _ type: Row.Type,
    of picture: Picture,
    about subject: Subject,
    version: UInt64,
    settings: TableSettings,
    at now: Instant
  ) {
    let next = Basis(
      subject: subject,
      version: version,
      sortedBy: settings.sortedBy,
      isReversed: settings.isReversed
    )
    let isDue = sortedAt.map { now.seconds(since: $0) >= Limits.reorderSeconds } ?? true
    if isDue || next != basis {
      order = Self.sorted(type, picture, subject, settings)
      sortedAt = now
      basis = next
    }
    show(type, picture, settings)
  }

  private static func sorted<Row: TableRow>(
    _ type: Row.Type,
    _ picture: Picture,
    _ subject: Subject,
    _ settings: TableSettings
  ) -> [Int] {
    let natural = Row.rows(in: picture, about: subject)
    if settings.sortedBy == nil, !Row.putsTroubleFirst {
      return settings.isReversed ? natural.reversed() : natural
    }
    let field = settings.sortedBy.flatMap { Row.Field(rawValue: $0) }
    guard let field else { return bySeverity(type, picture, natural, settings) }
    let values = natural.map { index -> FieldValue in
      Row(at: index, in: picture)?.value(of: field) ?? .none
    }
    let largestFirst = field.startsWithLargest != settings.isReversed
    let places = natural.indices.sorted { left, right in
      if values[left].precedes(values[right], largestFirst: largestFirst) { return true }
      if values[right].precedes(values[left], largestFirst: largestFirst) { return false }
      return left < right
    }
    return places.map { natural[$0] }
  }

  /// The most wrong first, else as they come; nearly all are equally well.
  private static func bySeverity<Row: TableRow>(
    _ type: Row.Type,
    _ picture: Picture,
    _ natural: [Int],
    _ settings: TableSettings
  ) -> [Int] {
    var groups: [Int: [Int]] = [:]
    for index in natural { groups[Row.trouble(at: index, in: picture), default: []].append(index) }
    let order = groups.keys.sorted { settings.isReversed ? $0 < $1 : $0 > $1 }
    return order.flatMap { groups[$0] ?? [] }
  }

  private mutating func show<Row: TableRow>(
    _ type: Row.Type,
    _ picture: Picture,
    _ settings: TableSettings
  ) {
    var filter = Filter()
    mistake = nil
    do {
      filter = try Filter(settings.filter, fields: Row.Field.allCases.map(\.rawValue))
    } catch {
      mistake = error.text
    }
    words = filter.words
    if filter.terms.isEmpty, !settings.isTroubleOnly {
      rows = order
      return
    }
    let matcher = FilterMatcher(filter)
    rows = order.filter { index in
      guard let row = Row(at: index, in: picture) else { return false }
      return (!settings.isTroubleOnly || row.trouble > 0) && matcher.matches(row)
    }
  }
}
