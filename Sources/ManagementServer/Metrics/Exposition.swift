/// Text in the format of Prometheus (prometheus.io, "Exposition formats", text version 0.0.4).
struct Exposition {
  private(set) var bytes: [UInt8] = []

  static let contentType = "text/plain; version=0.0.4"

  /// What a metric counts or measures.
  struct Metric: Sendable {
    let name: String
    let kind: Kind
    let help: String

    enum Kind: String, Sendable {
      case counter
      case gauge
      /// A constant whose labels matter.
      case untyped
    }

    init(_ name: String, _ kind: Kind, _ help: String) {
      self.name = name
      self.kind = kind
      self.help = help
    }
  }

  typealias Labels = [(name: String, value: String)]

  /// Writes what a metric is; its values have to follow at once.
  mutating func begin(_ metric: Metric, prefix: String) {
    let name = prefix + metric.name
    append("# TYPE \(name) \(metric.kind.rawValue)\n# HELP \(name) \(metric.help)\n")
  }

  /// Writes one value.
  mutating func add(_ metric: Metric, prefix: String, _ value: Double, _ labels: Labels = []) {
    append(prefix + metric.name)
    if !labels.isEmpty {
      let texts = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
      append("{" + texts.joined(separator: ",") + "}")
    }
    append(" \(Self.text(value))\n")
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  /// Names come from the network: backslash, quote and line feed have escapes, other control
  /// characters become U+FFFD.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default:
        escaped.unicodeScalars.append(
          scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
        )
      }
    }
    return escaped
  }
}
