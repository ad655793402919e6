package import AMQP
package import JSONText

extension FieldValue {
  /// A JSON value as an argument of AMQP has it.
  ///
  /// - Parameter json: Any value but null.
  /// - Throws: ``DefinitionsError`` with the place inside the value.
  package init(_ json: JSON) throws(DefinitionsError) {
    self = try Place(value: json, path: "").fieldValue()
  }
}

extension FieldTable {
  /// A JSON object as the arguments of a declaration.
  ///
  /// - Parameter json: An object, or an array of pairs as `rabbitmqctl` writes it.
  /// - Throws: ``DefinitionsError`` with the place inside the value.
  package init(_ json: JSON) throws(DefinitionsError) {
    self = try Place(value: json, path: "").table()
  }
}
