import JSONText
import Telemetry

/// What a customer wants, as it goes through requests and messages.
struct CustomerRequest: Sendable, Hashable {
  var identity: MessageIdentity
  var way: CallWay
  var account: Int
  var cents: Int64
  /// What is special about the customer.
  var traits: [String] = []
  /// When the customer arrived, on the machine's monotonic clock, in nanoseconds.
  var arrivedAt: Int64
  /// How many copies of the event there are; 1 when it is no broadcast.
  var copies = 1
  /// The fault that put it into a queue; nil for what a customer wants.
  ///
  /// While that fault is in force nobody can work on it.
  var poison: Int?

  init(
    identity: MessageIdentity,
    way: CallWay,
    account: Int,
    cents: Int64,
    traits: [String] = [],
    arrivedAt: Int64,
    copies: Int = 1,
    poison: Int? = nil
  ) {
    self.identity = identity
    self.way = way
    self.account = account
    self.cents = cents
    self.traits = traits
    self.arrivedAt = arrivedAt
    self.copies = copies
    self.poison = poison
  }

  /// Reads the body of a request or of a message; nil when it is none of the lab's.
  init?(body: some Sequence<UInt8>) {
    // Anyone may publish anything; what is not ours is told apart by the nil.
    guard let json = try? JSON(parsing: body),
      let identity = json["id"]?.text.flatMap(MessageIdentity.init),
      let way = json["way"]?.text.flatMap(CallWay.init(rawValue:)),
      let account = json["account"]?.count, account <= UInt64(UInt32.max),
      let cents = json["cents"]?.integer, let arrivedAt = json["arrived"]?.integer,
      let copies = json["copies"]?.count, (1...UInt64(Limits.copies)).contains(copies)
    else { return nil }
    var traits: [String] = []
    if case .array(let list) = json["traits"] { traits = list.compactMap(\.text) }
    self.init(
      identity: identity,
      way: way,
      account: Int(account),
      cents: cents,
      traits: traits,
      arrivedAt: arrivedAt,
      copies: Int(copies),
      poison: json["poison"]?.count.map { Int(clamping: $0) }
    )
  }

  /// The body with so many bytes of filling.
  func body(filling: Int = 0) -> [UInt8] {
    var members: [JSON.Member] = [
      .init(name: "id", value: .string(identity.text)),
      .init(name: "way", value: .string(way.rawValue)),
      .init(name: "account", value: .integer(Int64(account))),
      .init(name: "cents", value: .integer(cents)),
      .init(name: "currency", value: "EUR"),
      .init(name: "arrived", value: .integer(arrivedAt)),
      .init(name: "copies", value: .integer(Int64(copies))),
    ]
    if !traits.isEmpty {
      members.append(.init(name: "traits", value: .array(traits.map(JSON.string))))
    }
    if let poison { members.append(.init(name: "poison", value: .integer(Int64(poison)))) }
    if filling > 0 {
      members.append(.init(name: "filling", value: .string(String(repeating: "x", count: filling))))
    }
    return JSON.object(members).bytes
  }

  /// Since the arrival, in seconds.
  func age(at now: Instant) -> Double {
    now.seconds(since: Instant(nanoseconds: arrivedAt))
  }
}
