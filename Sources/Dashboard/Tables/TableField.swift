import Canvas
import Telemetry

/// A column of a table: its raw value is its name in filters and in the config file.
protocol TableField: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {
  /// The head of the column.
  var title: String { get }
  var alignment: TableColumn<Self>.Alignment { get }
  var width: StackItem { get }
  /// From which width of the table on it is shown unasked; nil never.
  var shownFrom: Int? { get }
}

extension TableField {
  var column: TableColumn<Self> { TableColumn(self, title, alignment, width: width) }

  /// Whether a large value is more interesting than a small one.
  var startsWithLargest: Bool { alignment == .right }
}

/// What a cell is worth in a comparison.
enum FieldValue: Sendable, Hashable {
  /// There is no data, which is never the same as 0.
  case none
  case number(Double)
  case text(String)

  init(_ number: Double?) {
    self = number.map { .number($0) } ?? .none
  }

  init(_ count: Int) {
    self = .number(Double(count))
  }

  init(_ sum: UInt64) {
    self = .number(Double(sum))
  }

  /// Whether this stands before another one; nothing known stands last in either order.
  func precedes(_ other: FieldValue, largestFirst: Bool) -> Bool {
    switch (self, other) {
    case (.number(let left), .number(let right)): largestFirst ? left > right : left < right
    case (.text(let left), .text(let right)): largestFirst ? left > right : left < right
    case (.none, _): false
    case (_, .none): true
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}

/// A row of a table.
protocol TableRow {
  associatedtype Field: TableField

  /// Whether what is wrong stands first when no column was chosen to sort by.
  static var putsTroubleFirst: Bool { get }

  /// The rows that belong to what a screen is about, as indices into what ``init(at:in:)`` reads.
  static func rows(in picture: Picture, about subject: Subject) -> [Int]

  /// The columns that say the same in every row of such a screen.
  static func redundant(in picture: Picture, about subject: Subject) -> Set<Field>

  /// How wrong a row is, without making it where that is cheap.
  static func trouble(at index: Int, in picture: Picture) -> Int

  /// Makes the row of an index that ``rows(in:about:)`` gave for the same picture.
  init?(at index: Int, in picture: Picture)

  var identity: RowIdentity { get }
  /// What the words of a filter are looked for in; a name from the network, not yet made safe.
  var name: String { get }
  /// How wrong it is: 0 is well, and the largest stands first.
  var trouble: Int { get }

  func value(of field: Field) -> FieldValue

  /// What the cell says, and its role.
  func text(of field: Field, glyphs: Glyphs) -> (String, Role)

  /// What the cell says where ``text(of:glyphs:)`` does not fit, the longest first.
  func shorterTexts(of field: Field, glyphs: Glyphs) -> [String]

  /// A history that is drawn in the cell instead of a text.
  func series(of field: Field) -> (TimeSeries, Role)?

  /// What stands in the row from some column on instead of its cells; nil for most rows.
  func note(glyphs: Glyphs) -> (after: Set<Field>, text: [Span])?
}

extension TableRow {
  static var putsTroubleFirst: Bool { true }

  static func redundant(in picture: Picture, about subject: Subject) -> Set<Field> { [] }

  static func trouble(at index: Int, in picture: Picture) -> Int {
    Self(at: index, in: picture)?.trouble ?? 0
  }

  func shorterTexts(of field: Field, glyphs: Glyphs) -> [String] { [] }

  func series(of field: Field) -> (TimeSeries, Role)? { nil }

  func note(glyphs: Glyphs) -> (after: Set<Field>, text: [Span])? { nil }

  /// A rate as a cell: muted when nothing comes.
  static func rateText(_ rate: Double?, _ role: Role) -> (String, Role) {
    (Format.rate(rate), (rate ?? 0) > 0 ? role : .muted)
  }

  /// A count as a cell: muted when there is none.
  static func countText(_ count: Int, _ role: Role = .base) -> (String, Role) {
    (Format.count(count), count > 0 ? role : .muted)
  }

  /// A sum as a cell: muted when there is none.
  static func countText(_ sum: UInt64, _ role: Role = .base) -> (String, Role) {
    (Format.count(sum), sum > 0 ? role : .muted)
  }
}

/// What a screen is about.
enum Subject: Sendable, Hashable {
  case everything
  case queue(QueueIdentity)
  case exchange(ExchangeIdentity)
  case consumer(UInt64)
  case connection(UInt64)
}
