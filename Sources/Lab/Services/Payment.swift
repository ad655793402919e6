import JSONText
import Telemetry

/// One payment, as it goes through requests and messages.
struct Payment: Sendable, Hashable {
  var identity: MessageIdentity
  var account: Int
  var cents: Int64

  init(identity: MessageIdentity, account: Int, cents: Int64) {
    self.identity = identity
    self.account = account
    self.cents = cents
  }

  /// Reads the body of a request or of a message; nil when it is no payment.
  init?(body: some Sequence<UInt8>) {
    // Anyone may publish anything; what is no payment is told apart by the nil.
    guard let json = try? JSON(parsing: body),
      let identity = json["payment"]?.text.flatMap(MessageIdentity.init),
      let account = json["account"]?.count, account <= UInt64(UInt32.max),
      let cents = json["cents"]?.integer
    else { return nil }
    self.init(identity: identity, account: Int(account), cents: cents)
  }

  var body: [UInt8] {
    let json: JSON = [
      "payment": .string(identity.text), "account": .integer(Int64(account)),
      "cents": .integer(cents), "currency": "EUR",
    ]
    return json.bytes
  }
}

/// How a payment ended, as the customer is told.
enum PaymentOutcome: Sendable, Hashable {
  case succeeded
  /// Too little balance: the right answer, and nothing else happens.
  case declined
  /// The step that did not do its part, and why in one sentence.
  case failed(step: String, reason: String)
}

/// What a called service answers.
enum StepAnswer: Sendable, Hashable {
  case done
  case declined
  case failed(reason: String)
}

/// What became of a publish.
enum PublishAnswer: Sendable, Hashable {
  case confirmed
  case failed(reason: String)
}

/// The order of a payment's steps, for both ways of calling.
///
///     synchronous    deduct ─ update ─ trade ─ notification ─ points ─ answer
///     asynchronous   deduct ─ update ─ publish, confirmed ─ answer
///                                        └─▶ trade, notification, points, each when it can
///
/// A synchronous payment that fails half-way has been deducted all the same: undoing it would be a
/// chain of calls of its own, which is the point of the comparison.
struct PaymentFlow: Sendable {
  /// Calls one service and waits for its answer.
  let call: @Sendable (_ service: String, _ payment: Payment) async -> StepAnswer
  /// Publishes `payment.succeeded` and waits for the broker's confirm.
  let publish: @Sendable (_ payment: Payment) async -> PublishAnswer

  func pay(_ payment: Payment, _ way: CallWay) async -> PaymentOutcome {
    let called =
      switch way {
      case .synchronous: Scenario.payment.calledServices
      case .asynchronous: Scenario.payment.awaitedServices
      }
    for service in called {
      switch await call(service, payment) {
      case .done: continue
      case .declined: return .declined
      case .failed(let reason): return .failed(step: service, reason: reason)
      }
    }
    guard way == .asynchronous else { return .succeeded }
    switch await publish(payment) {
    case .confirmed: return .succeeded
    case .failed(let reason): return .failed(step: "publish", reason: reason)
    }
  }
}
