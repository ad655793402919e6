/// The scenarios that can be named on the command line.
package enum Scenarios {
  /// Every scenario's name.
  package static let names = [Scenario.payment.name]

  /// Looks a scenario up.
  static func named(_ name: String) throws(LabError) -> Scenario {
    guard name == Scenario.payment.name else {
      throw LabError(
        code: .unknownScenario,
        message: "unknown scenario '\(name)'; choose one of: \(names.joined(separator: ", "))"
      )
    }
    return Scenario.payment
  }
}

/// What a process of the scenario does.
enum Role: String, Sendable, Hashable, CaseIterable {
  case customers
  case payment
  case user
  case status
  case trade
  case notification
  case points

  /// The queue that the role consumes from; nil for a role that is only called.
  var queue: String? {
    switch self {
    case .customers, .payment, .user, .status: nil
    case .trade, .notification, .points: rawValue
    }
  }

  /// The roles whose addresses the role must know.
  var peers: [Role] {
    switch self {
    case .customers: [.payment]
    case .payment: [.user, .status, .trade, .notification, .points]
    case .user, .status, .trade, .notification, .points: []
    }
  }
}

/// A scenario: who takes part and where messages go.
struct Scenario: Sendable {
  var name: String
  /// In the order of the payment's way through them; each is one process.
  var roles: [Role]
  /// A durable topic exchange.
  var exchange: String
  var routingKey: String

  /// Customers pay; see ``PaymentFlow``.
  static let payment = Scenario(
    name: "payment",
    roles: Role.allCases,
    exchange: "payments",
    routingKey: "payment.succeeded"
  )

  /// The queues, in the scenario's order.
  ///
  /// They are durable and stay when their consumer dies.
  var queues: [String] {
    roles.compactMap(\.queue)
  }

  /// The services that a customer waits for in any case, in order.
  var awaitedServices: [String] {
    [Role.user, .status].map(\.rawValue)
  }

  /// All services that a synchronous payment calls, in order.
  var calledServices: [String] {
    awaitedServices + queues
  }
}
