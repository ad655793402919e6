import JSONText

/// A table with all its columns, to be written in some format.
struct TableExport: Sendable {
  /// The names of the columns, as in filters and in the config file.
  var columns: [String]
  /// As many cells each as there are columns.
  var rows: [[FieldValue]]

  /// All rows of a kind.
  ///
  /// - Parameters:
  ///   - type: Whose columns.
  ///   - indices: Of what ``TableRow/init(at:in:)`` reads, in the order that is wanted.
  ///   - picture: What the rows are of.
  init<Row: TableRow>(_ type: Row.Type, _ indices: [Int], of picture: Picture) {
    let fields = Array(Row.Field.allCases)
    columns = fields.map(\.rawValue)
    rows = indices.compactMap { Row(at: $0, in: picture) }.map { row in
      fields.map { row.value(of: $0) }
    }
  }

  /// The lines of a CSV file, the columns' names first.
  var csv: String {
    ([columns.map(FieldValue.text)] + rows).map(CSVText.row).joined()
  }

  /// An array with an object for each row; texts are as they came from the network.
  var json: JSON {
    .array(
      rows.map { row in
        .object(zip(columns, row).map { JSON.Member(name: $0, value: $1.json) })
      }
    )
  }
}

extension FieldValue {
  /// No data is null.
  var json: JSON {
    switch self {
    case .none: return .null
    case .text(let text): return .string(text)
    case .number(let number):
      guard number.isFinite else { return .null }
      switch ExportNumber(number) {
      case .whole(let whole): return .integer(whole)
      case .fraction(let fraction): return .number(fraction)
      }
    }
  }
}

extension Model {
  /// The table that has the keys, as it is filtered and sorted; nil when there is none.
  var tableInView: TableExport? {
    func table<Row: TableRow>(_ type: Row.Type) -> TableExport {
      TableExport(type, arrangements[focus]?.rows ?? [], of: shown)
    }
    return switch focus {
    case .queues: table(QueueRow.self)
    case .consumers: table(ConsumerTableRow.self)
    case .events: table(EventRow.self)
    case .exchanges: table(ExchangeRow.self)
    case .connections: table(ConnectionRow.self)
    case .bindings: table(BindingRow.self)
    case .messages: table(MessageRow.self)
    case .held: table(HeldRow.self)
    case .channels: table(ChannelRow.self)
    case .publishers: table(PublisherRow.self)
    case .lab, .services, .topology, .ways, .ledger, .lesson, .faults, .verdict, .nodes: nil
    }
  }
}
