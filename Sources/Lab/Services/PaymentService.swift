import JSONText
import Synchronization
import Telemetry

/// Takes customers' payments, both ways, and has their steps done.
final class PaymentService: Service {
  private struct State {
    var counters = ServiceCounters()
    var lastSequence: UInt64 = 0
  }

  private let context: ServiceContext
  private let peers: [String: PeerClient]
  private let publisher: PaymentPublisher
  private let gates: [CallWay: Gate]
  private let flow: PaymentFlow
  private let state = Mutex(State())

  init(context: ServiceContext) {
    self.context = context
    let peers = Dictionary(
      uniqueKeysWithValues: context.arguments.role.peers.map {
        (
          $0.rawValue,
          PeerClient(name: $0.rawValue, timeout: Limits.peerTimeout, loop: context.loop)
        )
      }
    )
    let publisher = PaymentPublisher(context: context)
    self.peers = peers
    self.publisher = publisher
    gates = Dictionary(
      uniqueKeysWithValues: CallWay.allCases.map { ($0, Gate(places: Limits.concurrentPayments)) }
    )
    flow = PaymentFlow(
      call: { service, payment in await PaymentService.call(peers[service], payment) },
      publish: { payment in await publisher.publish(payment) }
    )
  }

  /// The path that a way of calling has.
  static func path(of way: CallWay) -> String {
    switch way {
    case .synchronous: "/pay/sync"
    case .asynchronous: "/pay/async"
    }
  }

  func prepare() async throws(ServiceFailure) {
    try await publisher.start()
  }

  func receive(_ command: ServiceCommand) {
    guard case .peer(let name, let port) = command else { return }
    peers[name]?.setPort(port)
  }

  func answer(_ request: ServiceRequest) async -> ServiceResponse {
    state.withLock { $0.counters.inHand += 1 }
    let response = await paid(request)
    state.withLock { state in
      state.counters.inHand -= 1
      state.counters.callsAnswered += 1
      if response.status == 200 { state.counters.done += 1 }
    }
    return response
  }

  func finish() async {
    // The customers have gone home by now; what is still in hand may finish.
    while state.withLock({ $0.counters.inHand > 0 }) {
      await context.pause(for: .milliseconds(10))
    }
    await publisher.finish()
  }

  func report() -> ServiceEvent {
    var counters = state.withLock { $0.counters }
    publisher.count(into: &counters)
    return .counters(counters)
  }

  private func paid(_ request: ServiceRequest) async -> ServiceResponse {
    guard request.method == "POST" else { return Answers.wrongMethod }
    guard let way = CallWay.allCases.first(where: { PaymentService.path(of: $0) == request.path }),
      let gate = gates[way]
    else { return Answers.unknownPath }
    guard let payment = payment(from: request.body) else { return Answers.badRequest }
    do {
      switch try await gate.withPlace({ await flow.pay(payment, way) }) {
      case .succeeded: return Answers.succeeded
      case .declined: return Answers.declined
      case .failed(let step, let reason): return Answers.failed(step: step, reason: reason)
      }
    } catch {
      return Answers.busy
    }
  }

  /// Gives a customer's request its identity; nil when it is no payment, or when this process has
  /// numbered as many as the ledger can hold.
  private func payment(from body: [UInt8]) -> Payment? {
    // A body that cannot be read is answered with 400.
    guard let json = try? JSON(parsing: body),
      let account = json["account"]?.count, account < UInt64(Accounts.count),
      let cents = json["cents"]?.integer, cents > 0
    else { return nil }
    let sequence = state.withLock { state in
      state.lastSequence += 1
      return state.lastSequence
    }
    guard sequence <= Limits.sequence else { return nil }
    let identity = MessageIdentity(
      run: context.arguments.run,
      start: context.arguments.start,
      sequence: sequence
    )
    return Payment(identity: identity, account: Int(account), cents: cents)
  }

  private static func call(_ peer: PeerClient?, _ payment: Payment) async -> StepAnswer {
    guard let peer else { return .failed(reason: "there is no such service") }
    do {
      let response = try await peer.post(StepService.path, payment.body)
      switch response.status {
      case 200: return .done
      case 402: return .declined
      case let status: return .failed(reason: "it answered \(status)")
      }
    } catch {
      return .failed(reason: "\(error)")
    }
  }
}
