package import AMQP
package import JSONText

/// A JSON value with its place in the document, for errors that say where.
struct Place {
  let value: JSON
  /// Empty for the document itself.
  let path: String

  func fault(_ problem: String, _ mend: String) -> DefinitionsError {
    DefinitionsError(path.isEmpty ? "the document" : path, problem, mend)
  }

  /// The member of an object; nil when it is missing or null.
  func optional(_ name: String) throws(DefinitionsError) -> Place? {
    guard case .object = value else { throw fault("is \(value.kind)", "give an object") }
    guard let member = value[name], member != .null else { return nil }
    return Place(value: member, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func required(_ name: String) throws(DefinitionsError) -> Place {
    if let member = try optional(name) { return member }
    throw Place(value: .null, path: path.isEmpty ? name : "\(path).\(name)")
      .fault("is missing", "add it")
  }

  func elements() throws(DefinitionsError) -> [Place] {
    guard case .array(let values) = value else {
      throw fault("is \(value.kind)", "give an array")
    }
    return values.enumerated().map { Place(value: $0.element, path: "\(path)[\($0.offset)]") }
  }

  /// The elements of a member that may be missing, each read.
  func all<Element>(
    _ name: String,
    _ read: (Place) throws(DefinitionsError) -> Element
  ) throws(DefinitionsError) -> [Element] {
    guard let member = try optional(name) else { return [] }
    var found: [Element] = []
    for place in try member.elements() { found.append(try read(place)) }
    return found
  }

  func text() throws(DefinitionsError) -> String {
    guard let text = value.text else { throw fault("is \(value.kind)", "give a string") }
    return text
  }

  /// A text that AMQP can carry as a name.
  func name() throws(DefinitionsError) -> String {
    let text = try text()
    guard text.utf8.count <= Limits.shortStringBytes else {
      throw fault(
        "has \(text.utf8.count) bytes",
        "give at most \(Limits.shortStringBytes)"
      )
    }
    return text
  }

  func boolean() throws(DefinitionsError) -> Bool {
    guard let boolean = value.boolean else {
      throw fault("is \(value.kind)", "give true or false")
    }
    return boolean
  }

  func number() throws(DefinitionsError) -> Double {
    guard let number = value.number else { throw fault("is \(value.kind)", "give a number") }
    return number
  }

  /// Arguments: an object, or what `rabbitmqctl` makes of an empty or a simple one.
  func table() throws(DefinitionsError) -> FieldTable {
    switch value {
    case .object(let members):
      var entries: [FieldTable.Entry] = []
      for member in members {
        let place = Place(value: member.value, path: "\(path).\(member.name)")
        entries.append(FieldTable.Entry(key: member.name, value: try place.fieldValue()))
      }
      return FieldTable(entries: entries)
    case .array:
      // `rabbitmqctl export_definitions` writes some objects as [["name", value], ...].
      var entries: [FieldTable.Entry] = []
      for pair in try elements() {
        let parts = try pair.elements()
        guard parts.count == 2 else { throw fault("is an array", "give an object") }
        entries.append(
          FieldTable.Entry(key: try parts[0].text(), value: try parts[1].fieldValue())
        )
      }
      return FieldTable(entries: entries)
    case .null, .boolean, .integer, .number, .string:
      throw fault("is \(value.kind)", "give an object")
    }
  }

  /// The value as an argument of AMQP has it: whole numbers have 64 bits, others are doubles.
  func fieldValue() throws(DefinitionsError) -> FieldValue {
    switch value {
    case .null: throw fault("is null", "give a value, or leave it out")
    case .boolean(let boolean): return .boolean(boolean)
    case .integer(let integer): return .signed64(integer)
    case .number(let number): return .double(number)
    case .string(let text): return .text(text)
    case .array:
      var values: [FieldValue] = []
      for element in try elements() { values.append(try element.fieldValue()) }
      return .array(values)
    case .object: return .table(try table())
    }
  }
}

extension JSON {
  /// What a person calls a value of this kind.
  fileprivate var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "a truth value"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The JSON of a value in AMQP's tables.
  package init(_ value: FieldValue) {
    switch value {
    case .boolean(let boolean): self = .boolean(boolean)
    case .float(let number): self = .number(Double(number))
    case .double(let number): self = .number(number)
    case .decimal(let scale, let number):
      let divisor = (0..<scale).reduce(1.0) { product, _ in product * 10 }
      self = .number(Double(number) / divisor)
    case .string(let bytes), .bytes(let bytes):
      self = .string(String(decoding: bytes, as: UTF8.self))
    case .array(let values): self = .array(values.map { JSON($0) })
    case .timestamp(let seconds): self = .integer(Int64(clamping: seconds))
    case .table(let table): self.init(table)
    case .void: self = .null
    case .signed8, .unsigned8, .signed16, .unsigned16, .signed32, .unsigned32, .signed64:
      self = .integer(value.integer ?? 0)
    }
  }

  /// The JSON of a table, sorted by name, as it is when two are to be compared.
  package init(_ table: FieldTable) {
    let members = table.entries.sorted { $0.key < $1.key }
    self = .object(members.map { Member(name: $0.key, value: JSON($0.value)) })
  }
}
