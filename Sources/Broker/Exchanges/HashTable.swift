import AMQP

#if canImport(Glibc)
import Glibc
#endif

/// What a consistent hash exchange takes the hash of.
enum HashSource: Equatable {
  case routingKey
  case header(String)
  case property(RawProperties.Property)

  static let headerArgument = "hash-header"
  static let propertyArgument = "hash-property"
  /// The properties that RabbitMQ's plugin can hash, by its names.
  static let properties: [String: RawProperties.Property] = [
    "correlation_id": .correlationID, "message_id": .messageID, "timestamp": .timestamp,
  ]

  init(_ arguments: FieldTable) {
    if let name = arguments[Self.headerArgument]?.text {
      self = .header(name)
    } else if let name = arguments[Self.propertyArgument]?.text,
      let property = Self.properties[name]
    {
      self = .property(property)
    } else {
      self = .routingKey
    }
  }

  /// What is hashed of a message; all messages without the header or property share one value.
  func bytes(of addressing: Addressing) -> [UInt8] {
    switch self {
    case .routingKey: addressing.keys[0].bytes
    case .header(let name): addressing.properties.encodedHeader(name) ?? []
    case .property(let property): addressing.properties.encoded(property) ?? []
    }
  }
}

/// The destinations of a consistent hash exchange, each with a weight.
///
/// Weighted rendezvous hashing (Thaler and Ravishankar 1998): every destination draws a number from
/// the message's hash, and the highest wins. A new destination wins its share from all others and
/// nothing else moves; one that goes leaves its share to all others.
///
/// - Complexity: O(1) to insert and remove; O(destinations) to find one, which a route remembers.
final class HashTable {
  let source: HashSource
  private var members: [Destination: Member] = [:]

  private struct Member {
    /// All bindings to the destination; the oldest gives the weight, as only the first counts in
    /// RabbitMQ.
    var bindings: Set<Binding>
    var oldest: Binding
    var weight: Double
    let seed: UInt64
  }

  init(_ source: HashSource) {
    self.source = source
  }

  func insert(_ binding: Binding) {
    if members[binding.destination]?.bindings.insert(binding) != nil { return }
    members[binding.destination] = Member(
      bindings: [binding],
      oldest: binding,
      weight: Self.weight(of: binding.key) ?? 1,
      seed: Self.hash(binding.destination.name.bytes)
    )
  }

  func remove(_ binding: Binding) {
    guard members[binding.destination]?.bindings.remove(binding) != nil else { return }
    let rest = members[binding.destination]?.bindings.min { $0.number < $1.number }
    if let rest {
      members[binding.destination]?.oldest = rest
      members[binding.destination]?.weight = Self.weight(of: rest.key) ?? 1
    } else {
      members[binding.destination] = nil
    }
  }

  /// The oldest binding to the destination that wins.
  func binding(for addressing: Addressing) -> Binding? {
    guard !members.isEmpty else { return nil }
    let hash = Self.hash(source.bytes(of: addressing))
    var best: (binding: Binding, score: Double)?
    for member in members.values {
      var generator = SplitMix64(seed: hash ^ member.seed)
      // In (0, 1]: the logarithm is never of zero.
      let share = Double((generator.next() >> 11) + 1) * 0x1p-53
      let score = log(share) / member.weight
      guard let found = best else {
        best = (member.oldest, score)
        continue
      }
      // Equal scores are all but impossible; the name makes even that the same each time.
      let name = member.oldest.destination.name
      if score > found.score || (score == found.score && name < found.binding.destination.name) {
        best = (member.oldest, score)
      }
    }
    return best?.binding
  }

  /// FNV-1a: well spread once `SplitMix64` has stirred it.
  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// The number that a binding key says; nil when it says none.
  private static func weight(of key: Name) -> Double? {
    guard integerText(key.bytes) != nil else { return nil }
    return Double(key.text).flatMap { $0 >= 1 ? min($0, Double(UInt64.max)) : nil }
  }

  /// An optional sign and decimal digits, as Erlang reads integers of any length.
  private static func integerText(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    let sign = bytes.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } ?? false
    let digits = bytes.dropFirst(sign ? 1 : 0)
    let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    return isNumber ? digits : nil
  }

  /// Why RabbitMQ refuses a binding key as a weight.
  static func refusal(ofKey key: Name) -> Violation? {
    guard let digits = integerText(key.bytes) else {
      return Violation(
        .preconditionFailed,
        "The binding key must be an integer: \(FieldValue.term(of: key.bytes))"
      )
    }
    let isPositive =
      key.bytes.first != UInt8(ascii: "-") && digits.contains { $0 != UInt8(ascii: "0") }
    return isPositive
      ? nil : Violation(.preconditionFailed, "The binding key must be greater than 0")
  }
}
