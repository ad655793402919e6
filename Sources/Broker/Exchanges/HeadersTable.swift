import AMQP

/// The bindings of a headers exchange.
///
/// - Complexity: O(1) to insert and remove; a match reads every binding with its arguments, as
///   there is no order among headers to find them by.
final class HeadersTable {
  private var rules: [ObjectIdentifier: HeadersRule] = [:]

  func insert(_ binding: Binding) {
    rules[ObjectIdentifier(binding)] = HeadersRule(binding)
  }

  func remove(_ binding: Binding) {
    rules[ObjectIdentifier(binding)] = nil
  }

  func forEachMatch(of headers: FieldTable, _ body: (Binding) -> Void) {
    for rule in rules.values where rule.matches(headers) { body(rule.binding) }
  }
}

/// What the arguments of one binding ask of a message's headers (RabbitMQ, "Headers Exchange").
struct HeadersRule {
  let binding: Binding
  private let mode: Mode
  /// What counts of the arguments, sorted by name.
  private let pattern: [FieldTable.Entry]

  /// The values of the argument `x-match`.
  enum Mode: String {
    case all
    case any
    case allWithX = "all-with-x"
    case anyWithX = "any-with-x"

    fileprivate var readsX: Bool { self == .allWithX || self == .anyWithX }
    fileprivate var needsAll: Bool { self == .all || self == .allWithX }
  }

  static let modeArgument = "x-match"

  init(_ binding: Binding) {
    self.binding = binding
    let mode = binding.arguments[Self.modeArgument]?.text.flatMap { Mode(rawValue: $0) } ?? .all
    self.mode = mode
    pattern = binding.arguments.entries.filter { entry in
      entry.key != Self.modeArgument && (mode.readsX || !entry.key.hasPrefix("x-"))
    }
  }

  /// Compares with headers that are sorted by name; names that stand more than once are compared
  /// pair by pair, as RabbitMQ does.
  func matches(_ headers: FieldTable) -> Bool {
    var index = 0
    let entries = headers.entries
    for wanted in pattern {
      while index < entries.count, entries[index].key < wanted.key { index += 1 }
      var isMatch = false
      if index < entries.count, entries[index].key == wanted.key {
        isMatch = wanted.value == .void || wanted.value.hasSameContent(as: entries[index].value)
        index += 1
      }
      if isMatch != mode.needsAll { return isMatch }
    }
    return mode.needsAll
  }

  /// Why RabbitMQ refuses these arguments.
  static func refusal(of arguments: FieldTable) -> Violation? {
    guard let value = arguments[modeArgument] else { return nil }
    guard case .string(let bytes) = value else {
      return Violation(
        .preconditionFailed,
        "Invalid x-match field type \(value.typeName) (value \(value.term)); expected longstr"
      )
    }
    guard Mode(rawValue: String(decoding: bytes, as: UTF8.self)) == nil else { return nil }
    return Violation(
      .preconditionFailed,
      "Invalid x-match field value \(value.term); expected all, any, all-with-x, or any-with-x"
    )
  }
}

extension FieldValue {
  /// Whether two values are the same to a headers exchange: types of numbers, and text or bytes,
  /// make no difference, but within arrays and tables they do.
  func hasSameContent(as other: FieldValue) -> Bool {
    if let left = number, let right = other.number { return left == right }
    if let left = content, let right = other.content { return left == right }
    return self == other
  }

  private var content: [UInt8]? {
    switch self {
    case .string(let bytes), .bytes(let bytes): bytes
    case .boolean, .signed8, .unsigned8, .signed16, .unsigned16, .signed32, .unsigned32, .signed64,
      .float, .double, .decimal, .array, .timestamp, .table, .void:
      nil
    }
  }

  private enum Number: Equatable {
    case whole(Int128)
    case real(Double)

    static func == (left: Number, right: Number) -> Bool {
      switch (left, right) {
      case (.whole(let left), .whole(let right)): left == right
      case (.real(let left), .real(let right)): left == right
      case (.whole(let whole), .real(let real)), (.real(let real), .whole(let whole)):
        Double(whole) == real
      }
    }
  }

  private var number: Number? {
    switch self {
    case .float(let value): .real(Double(value))
    case .double(let value): .real(value)
    case .timestamp(let value): .whole(Int128(value))
    case .signed8, .unsigned8, .signed16, .unsigned16, .signed32, .unsigned32, .signed64, .boolean,
      .decimal, .string, .array, .table, .void, .bytes:
      integer.map { .whole(Int128($0)) }
    }
  }
}
