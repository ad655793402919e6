import AMQP
import AMQPClient
import Foundation
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

extension EndToEndTests {
  /// The broker is killed at any moment, again and again, in the midst of publishers with confirms
  /// and consumers with acknowledgements; what it told them must be true of what is there after.
  @Suite struct CrashTests {
    /// `SLUICE_CRASH_ROUNDS=500` is for a person with time.
    private static let rounds =
      ProcessInfo.processInfo.environment["SLUICE_CRASH_ROUNDS"].flatMap { Int($0) } ?? 20

    @Test(.timeLimit(.minutes(30))) func nothingConfirmedIsLost() async throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "crash-\(UUID())")
      // Nothing is there when the first start fails.
      defer { try? FileManager.default.removeItem(at: folder) }
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      let seed = UInt64.random(in: 0 ... .max)
      var random = SplitMix(seed: seed)
      let history = CrashHistory()
      for round in 1...Self.rounds {
        let broker = try await serve(folder.path)
        let endpoint = try ClientEndpoint(url: broker.url)
        try await history.checkWhatIsLeft(at: endpoint, on: group)
        #expect(history.findings == [], "before round \(round), seed \(seed)")
        guard history.findings.isEmpty else { break }
        let target = Int.random(in: 1...1_500, using: &random)
        try await history.work(at: endpoint, on: group, untilConfirmed: target) {
          broker.program.child.signal(SIGKILL)
        }
        _ = try await broker.program.finish()
      }
      print(history.summary(rounds: Self.rounds))
      try await group.shutdownGracefully()
    }

    private func serve(_ folder: String) async throws -> (program: Program, url: String) {
      let program = try Program(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "0", "--data", folder]
      )
      try await program.waitForOutput("\n", deadline: .seconds(60))
      let address = program.output.text.split(separator: " ").first { $0.hasPrefix("amqp=") }
      return (program, "amqp://" + (address?.dropFirst("amqp=".count) ?? ""))
    }
  }
}

/// What publishers and consumers were told over many lives of a broker.
private final class CrashHistory: Sendable {
  private struct State {
    /// By publisher: the newest message that was sent, and those that were confirmed.
    var sent: [Int: Int] = [:]
    var confirmed: [Int: Set<Int>] = [:]
    /// Acknowledged and certainly on the disk, since something was confirmed after it.
    var gone: [Int: Set<Int>] = [:]
    var acknowledged: [Int: Set<Int>] = [:]
    var confirmedInRound = 0
    var findings: [String] = []
    var (confirmedCount, acknowledgedCount, backCount, foundCount) = (0, 0, 0, 0)
  }

  private let state = Mutex(State())
  private static let publisherCount = 6
  private static let consumerCount = 2
  private static let queue = "crash"

  var findings: [String] { state.withLock { $0.findings } }

  func summary(rounds: Int) -> String {
    state.withLock { state in
      "\(rounds) rounds: \(state.confirmedCount) confirmed, \(state.acknowledgedCount) acknowledged, "
        + "\(state.foundCount) found after a crash, \(state.backCount) of them acknowledged before"
    }
  }

  /// Publishes and consumes until so much is confirmed, then lets the broker die.
  func work(
    at endpoint: ClientEndpoint,
    on group: MultiThreadedEventLoopGroup,
    untilConfirmed target: Int,
    kill: @Sendable () -> Void
  ) async throws {
    state.withLock { $0.confirmedInRound = 0 }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for publisher in 0..<Self.publisherCount {
        tasks.addTask { await self.publish(as: publisher, at: endpoint, on: group) }
      }
      for _ in 0..<Self.consumerCount {
        tasks.addTask { await self.consume(at: endpoint, on: group) }
      }
      try await wait(
        for: "\(target) confirms",
        deadline: .seconds(60),
        interval: .microseconds(500)
      ) {
        state.withLock { $0.confirmedInRound } >= target
      }
      kill()
      try await tasks.waitForAll()
    }
  }

  /// Ends when the broker does, which is no error here.
  private func publish(
    as publisher: Int,
    at endpoint: ClientEndpoint,
    on group: MultiThreadedEventLoopGroup
  ) async {
    do {
      let connection = try await AMQPConnection.open(endpoint, name: "publisher", group: group)
      let channel = try await connection.openChannel()
      try await channel.confirmSelect()
      while true {
        let number = state.withLock { state in
          state.sent[publisher, default: 0] += 1
          return state.sent[publisher, default: 0]
        }
        let padding = String(repeating: ".", count: number % 700)
        try await channel.publishConfirmed(
          Array("\(publisher) \(number) \(padding)".utf8),
          exchange: "",
          routingKey: Self.queue,
          properties: BasicProperties(deliveryMode: 2)
        )
        state.withLock { state in
          _ = state.confirmed[publisher, default: []].insert(number)
          state.confirmedInRound += 1
          state.confirmedCount += 1
        }
      }
    } catch {}
  }

  private func consume(at endpoint: ClientEndpoint, on group: MultiThreadedEventLoopGroup) async {
    do {
      let connection = try await AMQPConnection.open(endpoint, name: "consumer", group: group)
      let channel = try await connection.openChannel()
      try await channel.setPrefetch(count: 50)
      for await delivery in try await channel.consume(Self.queue) {
        let (publisher, number) = Self.parse(delivery)
        // Half of what comes stays, so that there is something to find.
        guard number % 2 == 0 else { continue }
        state.withLock { state in
          _ = state.acknowledged[publisher, default: []].insert(number)
          state.acknowledgedCount += 1
        }
        try await channel.acknowledge(delivery.deliveryTag)
      }
    } catch {}
  }

  /// Drains the queue and compares it with what was told.
  func checkWhatIsLeft(
    at endpoint: ClientEndpoint,
    on group: MultiThreadedEventLoopGroup
  ) async throws {
    let connection = try await AMQPConnection.open(endpoint, name: "drain", group: group)
    let channel = try await connection.openChannel()
    try await channel.confirmSelect()
    let count = try await channel.declareQueue(Self.queue, durable: true).messageCount
    var found: [Int: [Int]] = [:]
    for _ in 0..<count {
      guard let delivery = try await channel.get(Self.queue) else { break }
      let (publisher, number) = Self.parse(delivery)
      found[publisher, default: []].append(number)
    }
    compare(found)
    try await channel.acknowledge(0, multiple: true)
    // What is confirmed after the acknowledgements is on the disk after them.
    let properties = BasicProperties(deliveryMode: 2)
    try await channel.declareQueue("mark", durable: true)
    try await channel.publishConfirmed(
      [1],
      exchange: "",
      routingKey: "mark",
      properties: properties
    )
    _ = try await channel.purgeQueue("mark")
    state.withLock { state in
      for (publisher, numbers) in found { state.gone[publisher, default: []].formUnion(numbers) }
      for (publisher, numbers) in state.confirmed {
        state.gone[publisher, default: []].formUnion(numbers)
      }
    }
    await connection.close()
  }

  private func compare(_ found: [Int: [Int]]) {
    state.withLock { state in
      for publisher in 0..<Self.publisherCount {
        let numbers = found[publisher] ?? []
        let there = Set(numbers)
        state.foundCount += numbers.count
        if numbers != numbers.sorted() || there.count != numbers.count {
          state.findings.append("\(publisher) is out of order or doubled: \(numbers)")
        }
        let settled = (state.acknowledged[publisher] ?? []).union(state.gone[publisher] ?? [])
        let lost = (state.confirmed[publisher] ?? []).subtracting(settled).subtracting(there)
        if !lost.isEmpty { state.findings.append("\(publisher) lost \(lost.sorted())") }
        let back = there.intersection(state.gone[publisher] ?? [])
        if !back.isEmpty { state.findings.append("\(publisher) has back \(back.sorted())") }
        let invented = there.filter { $0 > state.sent[publisher] ?? 0 }
        if !invented.isEmpty { state.findings.append("\(publisher) never sent \(invented)") }
        state.backCount += there.intersection(state.acknowledged[publisher] ?? []).count
      }
    }
  }

  private static func parse(_ delivery: Delivery) -> (publisher: Int, number: Int) {
    let parts = String(buffer: delivery.body).split(separator: " ")
    return (Int(parts[0]) ?? -1, Int(parts[1]) ?? -1)
  }
}
