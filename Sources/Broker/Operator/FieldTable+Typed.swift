package import AMQP

/// Values that a person typed, or reads.
extension FieldValue {
  /// Reads a text as the type that it looks like: a whole number, a decimal number, `true` or
  /// `false`, else a long string.
  ///
  /// A number with needless zeros or a plus is text: it may be an account or a telephone number.
  package init(typed text: String) {
    if text == "true" || text == "false" {
      self = .boolean(text == "true")
    } else if let number = Int64(text), "\(number)" == text {
      self = .signed64(number)
    } else if let number = Self.decimal(text) {
      self = .double(number)
    } else {
      self = .text(text)
    }
  }

  private static func decimal(_ text: String) -> Double? {
    let unsigned = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let parts = unsigned.split(separator: ".", omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    let isPlain = parts.first?.count == 1 || parts.first?.first != "0"
    return parts.count == 2 && areDigits && isPlain ? Double(text) : nil
  }

  /// The value for a person: text as it is, tables as `{name=value, ...}`, bytes in hexadecimal.
  package var shown: String {
    switch self {
    case .array(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
    case .table(let table):
      "{" + table.entries.map { "\($0.key)=\($0.value.shown)" }.joined(separator: ", ") + "}"
    case .bytes(let bytes): bytes.map(Self.hexadecimal).joined()
    case .void: ""
    case .decimal(let scale, let value): Self.shown(value, scale: scale)
    case .boolean, .signed8, .unsigned8, .signed16, .unsigned16, .signed32, .unsigned32, .signed64,
      .float, .double, .timestamp, .string:
      plainText
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func shown(_ value: Int32, scale: UInt8) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.count))
    let padded = zeros + digits
    let whole = padded.dropLast(Int(scale))
    let sign = value < 0 ? "-" : ""
    return scale == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(padded.suffix(Int(scale)))"
  }
}

extension FieldTable {
  /// Arguments of queues and exchanges that are text whatever it looks like.
  private static let textArguments: Set<String> = [
    "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-overflow", "x-queue-type",
    "x-queue-mode", "x-queue-master-locator", "x-queue-leader-locator", "x-dead-letter-strategy",
    Exchange.alternateArgument, HashSource.headerArgument, HashSource.propertyArgument,
    DelayedMessages.typeArgument, HeadersRule.modeArgument,
  ]

  /// Reads names and values that a person typed.
  ///
  /// - Parameters:
  ///   - pairs: In the order in which they are written.
  ///   - kind: What they are, for the refusal: `argument` or `header`.
  /// - Returns: A refusal for a name that is empty, too long or there twice.
  package static func typed(
    _ pairs: [(name: String, value: String)],
    _ kind: String
  ) -> Result<FieldTable, OperationRefusal> {
    var table = FieldTable()
    for (name, value) in pairs {
      guard !name.isEmpty else { return .failure(OperationRefusal("\(kind) without a name")) }
      guard name.utf8.count <= Limits.shortStringBytes else {
        return .failure(OperationRefusal("\(kind) '\(name.prefix(20))...' has too long a name"))
      }
      guard table[name] == nil else {
        return .failure(OperationRefusal("\(kind) '\(name)' is there twice"))
      }
      let typed = textArguments.contains(name) ? .text(value) : FieldValue(typed: value)
      table.entries.append(Entry(key: name, value: typed))
    }
    return .success(table)
  }
}
