import AMQP

/// How RabbitMQ writes a value in its error texts; clients' tests compare them.
extension FieldValue {
  /// RabbitMQ's word for the type.
  var typeName: String {
    switch self {
    case .boolean: "bool"
    case .signed8: "byte"
    case .unsigned8: "unsignedbyte"
    case .signed16: "short"
    case .unsigned16: "unsignedshort"
    case .signed32: "signedint"
    case .unsigned32: "unsignedint"
    case .signed64: "long"
    case .float: "float"
    case .double: "double"
    case .decimal: "decimal"
    case .string: "longstr"
    case .array: "array"
    case .timestamp: "timestamp"
    case .table: "table"
    case .void: "void"
    case .bytes: "binary"
    }
  }

  /// The value as an Erlang term.
  var term: String {
    switch self {
    case .string(let bytes), .bytes(let bytes): Self.term(of: bytes)
    case .array(let values):
      "[" + values.map { "{\($0.typeName),\($0.term)}" }.joined(separator: ",") + "]"
    case .table(let table):
      "["
        + table.entries.map {
          "{\(Self.term(of: Array($0.key.utf8))),\($0.value.typeName),\($0.value.term)}"
        }
        .joined(separator: ",") + "]"
    case .boolean, .signed8, .unsigned8, .signed16, .unsigned16, .signed32, .unsigned32, .signed64,
      .float, .double, .decimal, .timestamp, .void:
      plainText
    }
  }

  /// The value as RabbitMQ puts it between quotation marks: text as it is, others as terms.
  var plainText: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .signed8(let value): "\(value)"
    case .unsigned8(let value): "\(value)"
    case .signed16(let value): "\(value)"
    case .unsigned16(let value): "\(value)"
    case .signed32(let value): "\(value)"
    case .unsigned32(let value): "\(value)"
    case .signed64(let value): "\(value)"
    case .float(let value): "\(value)"
    case .double(let value): "\(value)"
    case .decimal(let scale, let value): "{\(scale),\(value)}"
    case .timestamp(let value): "\(value)"
    case .void: "undefined"
    case .string(let bytes), .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .array, .table: term
    }
  }

  /// A binary as Erlang prints it: as text when every byte is a printable Latin-1 character, else
  /// as numbers.
  static func term(of bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "<<>>" }
    let isPrintable = bytes.allSatisfy {
      (0x20...0x7E).contains($0) || $0 >= 0xA0 || escapes[$0] != nil
    }
    guard isPrintable else {
      return "<<" + bytes.map { "\($0)" }.joined(separator: ",") + ">>"
    }
    let text = bytes.flatMap { escapes[$0].map { Array("\\\($0)".utf8) } ?? [$0] }
    return "<<\"" + String(decoding: text, as: UTF8.self) + "\">>"
  }

  /// The letters behind a backslash for bytes that Erlang does not print as they are.
  private static let escapes: [UInt8: Character] = [
    8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "e", 34: "\"", 92: "\\",
  ]
}
