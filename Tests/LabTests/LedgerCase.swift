import Telemetry

@testable import Lab

/// A ledger's book that is filled by short sentences.
struct LedgerCase {
  static let run: UInt32 = 0xBEEF

  let scenario: Scenario
  var book: LedgerBook

  /// Every service's queue is bound from the beginning, but for those that are optional.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    book = LedgerBook(run: Self.run, scenario: scenario)
    for service in scenario.services where !service.isOptional { book.bind(service.name, at: 0) }
  }

  static func identity(_ sequence: UInt64, start: Int = 1, copy: Int = 0) -> MessageIdentity {
    MessageIdentity(run: run, start: start, sequence: sequence, copy: copy)
  }

  static func identities(_ sequences: ClosedRange<UInt64>, copy: Int = 0) -> [MessageIdentity] {
    sequences.map { identity($0, copy: copy) }
  }

  mutating func publish(_ sequences: UInt64..., copies: Int = 1, at instant: Int64 = 1) {
    for sequence in sequences { publish(Self.identity(sequence), copies: copies, at: instant) }
  }

  mutating func publish(_ sequences: ClosedRange<UInt64>, copies: Int = 1) {
    for sequence in sequences { publish(Self.identity(sequence), copies: copies) }
  }

  mutating func publish(_ identity: MessageIdentity, copies: Int = 1, at instant: Int64 = 1) {
    book.publish(
      PublishedLine(
        identity: identity,
        exchange: "payments",
        key: "payment.succeeded",
        copies: copies,
        beganAt: instant
      )
    )
  }

  mutating func handle(_ sequences: ClosedRange<UInt64>, by service: String) {
    for sequence in sequences { handle(Self.identity(sequence), by: service) }
  }

  mutating func handle(_ identity: MessageIdentity?, by service: String, isApplied: Bool = true) {
    book.handle(HandledLine(identity: identity, isApplied: isApplied), by: service)
  }

  mutating func giveUp(_ sequences: UInt64..., by service: String, copy: Int = 0) {
    for sequence in sequences { book.giveUp(Self.identity(sequence, copy: copy), by: service) }
  }

  /// What lies in a queue.
  static func queue(
    _ name: String,
    _ identities: [MessageIdentity] = [],
    foreign: Int = 0,
    waiting: Int? = nil
  ) -> QueueInspection {
    QueueInspection(
      queue: name,
      waitingCount: waiting ?? identities.count + foreign,
      identities: identities,
      foreignCount: foreign
    )
  }

  /// Balances with what lies in the queues; those that are not named are empty.
  func closed(
    _ queues: [QueueInspection] = [],
    dead: [QueueInspection] = [],
    counters: ServiceCounters = ServiceCounters(),
    ways: [CallWaySnapshot] = []
  ) -> LabLedger {
    var inspections: [ServiceInspection] = []
    for service in scenario.services {
      guard let plan = service.queue else { continue }
      let names = [plan.name, plan.retryName] + (1...20).map(plan.copyName)
      inspections.append(
        ServiceInspection(
          service: service.name,
          waiting: queues.filter { names.contains($0.queue) },
          dead: plan.hasDeadLetters
            ? dead.first { $0.queue == plan.deadName } ?? Self.queue(plan.deadName) : nil
        )
      )
    }
    return book.closed(with: inspections, counters: counters, ways: ways, scenario: "small")
  }

  /// The account of one service's queue.
  func account(
    of service: String,
    _ queues: [QueueInspection] = [],
    dead: [QueueInspection] = []
  ) -> LabLedger.Queue? {
    closed(queues, dead: dead).queues.first { $0.service == service }
  }
}
