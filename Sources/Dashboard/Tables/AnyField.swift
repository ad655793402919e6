/// A column of some table, for menus that choose among them.
struct AnyField: Sendable, Hashable {
  var name: String
  var title: String
  /// Whether it is there unasked on a screen of usual width.
  var isUsual: Bool

  static func all<Field: TableField>(of type: Field.Type) -> [AnyField] {
    type.allCases.map { field in
      AnyField(
        name: field.rawValue,
        title: field.title,
        isUsual: (field.shownFrom ?? .max) <= Layout.usualColumns
      )
    }
  }
}

extension Panel {
  /// The names of its columns, as in filters and in the config file; nil when it has no table.
  package var columnNames: [String]? { tableFields?.map(\.name) }

  /// The columns of its table; nil when it has none.
  var tableFields: [AnyField]? {
    switch self {
    case .queues: AnyField.all(of: QueueField.self)
    case .consumers: AnyField.all(of: ConsumerField.self)
    case .exchanges: AnyField.all(of: ExchangeField.self)
    case .connections: AnyField.all(of: ConnectionField.self)
    case .bindings: AnyField.all(of: BindingField.self)
    case .messages: AnyField.all(of: MessageField.self)
    case .held: AnyField.all(of: HeldField.self)
    case .channels: AnyField.all(of: ChannelField.self)
    case .publishers: AnyField.all(of: PublisherField.self)
    case .events: AnyField.all(of: EventField.self)
    case .lab, .services, .topology, .ways, .ledger, .lesson, .faults, .verdict, .nodes: nil
    }
  }
}
