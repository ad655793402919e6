import ArgumentParser

/// A size on the command line: `800000000`, `800MB`, `1.5GiB`; as RabbitMQ writes its limits.
struct ByteSize: ExpressibleByArgument, Hashable {
  var bytes: Int

  private static let units: [(String, Double)] = [
    ("kib", 1_024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
    ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12),
    ("k", 1_024), ("m", 1_048_576), ("g", 1_073_741_824), ("b", 1), ("", 1),
  ]

  init(bytes: Int) {
    self.bytes = bytes
  }

  init?(argument: String) {
    let text = argument.lowercased()
    guard
      let (unit, factor) = Self.units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count)),
      number >= 0, number * factor < Double(Int.max)
    else { return nil }
    bytes = Int(number * factor)
  }

  var defaultValueDescription: String {
    bytes > 0 && bytes.isMultiple(of: 1_000_000) ? "\(bytes / 1_000_000)MB" : "\(bytes)"
  }
}
