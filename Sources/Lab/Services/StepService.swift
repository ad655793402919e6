import Synchronization
import Telemetry

/// A service that does one step of a payment for each request: user, status and, for the
/// synchronous way, trade, notification and points.
final class StepService: Service {
  private struct State {
    var counters = ServiceCounters()
    var accounts = Accounts()
  }

  /// The path of a step.
  static let path = "/work"

  private let context: ServiceContext
  private let bench: WorkBench
  private let state = Mutex(State())
  /// Set for the roles that have a queue.
  private let consumer: QueueConsumer?

  init(context: ServiceContext, work: Duration = Limits.work) {
    self.context = context
    bench = WorkBench(places: Limits.concurrentSteps, duration: work, loop: context.loop)
    consumer = context.arguments.role.queue.map { QueueConsumer(context: context, queue: $0) }
  }

  func prepare() async throws(ServiceFailure) {
    try await consumer?.start()
  }

  func receive(_ command: ServiceCommand) {
    // A called service takes no orders.
  }

  func answer(_ request: ServiceRequest) async -> ServiceResponse {
    state.withLock { $0.counters.inHand += 1 }
    let response = await worked(request)
    state.withLock { state in
      state.counters.inHand -= 1
      state.counters.callsAnswered += 1
    }
    return response
  }

  func finish() async {
    await consumer?.finish()
  }

  func report() -> ServiceEvent {
    var counters = state.withLock { $0.counters }
    // The runner counts the consumer's work itself, by its lines.
    if let consumer { counters.inHand += consumer.inHand }
    return .counters(counters)
  }

  private func worked(_ request: ServiceRequest) async -> ServiceResponse {
    guard request.method == "POST" else { return Answers.wrongMethod }
    guard request.path == StepService.path else { return Answers.unknownPath }
    guard let payment = Payment(body: request.body) else { return Answers.badRequest }
    do {
      try await bench.work()
    } catch {
      return Answers.busy
    }
    return state.withLock { state in
      state.counters.done += 1
      guard context.arguments.role == .user else { return Answers.done }
      return switch state.accounts.deduct(cents: payment.cents, from: payment.account) {
      case .deducted: Answers.done
      case .tooLittle: Answers.declined
      case .unknownAccount: Answers.badRequest
      }
    }
  }
}
