package import Diagnosis
package import JSONText

extension FindingRecord {
  /// The record as an object; the names stand in the order of ``fields``.
  package var json: JSON { .object(fields.map(\.member)) }
}

extension FindingRecord.Field {
  fileprivate var member: JSON.Member { JSON.Member(name: name, value: value.json) }
}

extension FindingRecord.Value {
  fileprivate var json: JSON {
    switch self {
    case .none: .null
    case .text(let text): .string(text)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .list(let values): .array(values.map(\.json))
    case .fields(let fields): .object(fields.map(\.member))
    }
  }
}
