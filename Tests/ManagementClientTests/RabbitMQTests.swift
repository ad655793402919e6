import Glibc
import JSONText
import Telemetry
import TestSupport
import Testing
import Trust

@testable import ManagementClient

/// A session on a real RabbitMQ that the test starts itself.
@Suite(.serialized, .enabled(if: RabbitMQ.isUsable), .timeLimit(.minutes(5)))
struct RabbitMQTests {
  private static let orders = QueueIdentity(virtualHost: "/", name: "orders, a/b?")

  private func session(_ rabbit: RabbitMQ) throws -> ManagementSession {
    ManagementSession(
      try ManagementAddress(rabbit.address),
      trust: TrustSettings(),
      stepSeconds: 1,
      clock: .ofTests
    )
  }

  /// Runs a session until it has told something that is wanted.
  private func news<Value: Sendable>(
    _ session: ManagementSession,
    where isWanted: @escaping @Sendable (ManagementSession.News) async throws -> Value?
  ) async throws -> Value {
    let (stream, told) = AsyncStream.makeStream(of: ManagementSession.News.self)
    let task = Task { await session.run { told.yield($0) } }
    defer { task.cancel() }
    let deadline = Task {
      // The deadline of the wait below; it is cancelled when that is over.
      try await Task.sleep(for: .seconds(60))
      told.finish()
    }
    defer { deadline.cancel() }
    for await item in stream {
      if let value = try await isWanted(item) { return value }
    }
    throw DeadlineMissed(description: "the session never told what was wanted")
  }

  @Test func whatIsDoneIsDoneAndSeen() async throws {
    let rabbit = try await RabbitMQ()
    let session = try session(rabbit)
    #expect(try await session.greet().hasPrefix("RabbitMQ 3."))
    try await declareAndBind(session)
    try await publishAndPeek(session)
    try await seeIt(session)
    try await takeAway(session)
  }

  private func declareAndBind(_ session: ManagementSession) async throws {
    try await session.declare(
      queue: Self.orders,
      isDurable: true,
      isAutoDelete: false,
      arguments: [.init("x-max-length", "100"), .init("x-overflow", "reject-publish")]
    )
    try await session.declare(
      exchange: ExchangeIdentity(virtualHost: "/", name: "shop"),
      type: "topic",
      isDurable: true,
      isAutoDelete: false,
      arguments: []
    )
    try await session.bind(Self.binding)
    await #expect(throws: ManagementError.self) {
      try await session.declare(
        queue: Self.orders,
        isDurable: false,
        isAutoDelete: false,
        arguments: []
      )
    }
  }

  private static let binding = BindingSnapshot(
    virtualHost: "/",
    source: "shop",
    destination: .queue(orders.name),
    routingKey: "order.#",
    argumentPairs: [.init("why", "test")]
  )

  private func publishAndPeek(_ session: ManagementSession) async throws {
    let message = OutgoingMessage(
      exchange: "shop",
      routingKey: "order.paid",
      properties: [.init("content_type", "text/plain"), .init("delivery_mode", "2")],
      headers: [.init("tries", "3")],
      body: [0xFF, 0x00, 0x41]
    )
    #expect(try await session.publish(message, virtualHost: "/", count: 3) == 3)
    var lost = message
    lost.routingKey = "other"
    #expect(try await session.publish(lost, virtualHost: "/", count: 1) == 0)
    let peeked = try await session.peek(Self.orders, count: 2)
    #expect(peeked.map(\.body) == [[0xFF, 0x00, 0x41], [0xFF, 0x00, 0x41]])
    #expect(peeked[0].headers == [.init("tries", "3")])
    #expect(peeked[0].isPersistent)
    #expect(try await session.peek(Self.orders, count: 1).first?.isRedelivered == true)
  }

  private func seeIt(_ session: ManagementSession) async throws {
    await session.setWatch(.queue(virtualHost: "/", name: Self.orders.name))
    let (snapshot, state) = try await news(session) { item in
      guard case .snapshot(let snapshot, let state) = item,
        snapshot.queues.first?.ready == 3, snapshot.details?.bindings.count == 2,
        state.nodes.first?.memoryBytes != nil
      else { return nil as (BrokerSnapshot, AttachedState)? }
      return (snapshot, state)
    }
    #expect(snapshot.queues.map(\.name) == [Self.orders.name])
    #expect(snapshot.queues[0].bounds.maximumLength == 100)
    #expect(snapshot.queues[0].bounds.overflow == .rejectPublish)
    #expect(snapshot.exchanges.contains { $0.name == "shop" })
    #expect(snapshot.alarms.isEmpty)
    #expect(state.link == .connected)
    #expect(state.nodes.count == 1)
  }

  private func takeAway(_ session: ManagementSession) async throws {
    do {
      try await session.move(Self.orders, to: "other")
      Issue.record("it has no shovel, and moves messages")
    } catch {
      #expect(error.description == ManagementSession.noShovel)
    }
    try await session.unbind(Self.binding)
    await #expect(throws: ManagementError.notFound) { try await session.unbind(Self.binding) }
    try await session.purge(Self.orders)
    #expect(try await session.peek(Self.orders, count: 1).isEmpty)
    try await session.delete(queue: Self.orders)
    try await session.delete(exchange: ExchangeIdentity(virtualHost: "/", name: "shop"))
    await #expect(throws: ManagementError.notFound) { try await session.purge(Self.orders) }
  }

  @Test func anAlarmIsSeen() async throws {
    let rabbit = try await RabbitMQ(configuration: ["disk_free_limit.absolute = 900000000000000"])
    let (alarms, node) = try await news(try session(rabbit)) { item in
      guard case .snapshot(let snapshot, let state) = item, !snapshot.alarms.isEmpty,
        let node = state.nodes.first
      else { return nil as ([ResourceAlarm], NodeSnapshot)? }
      return (snapshot.alarms, node)
    }
    #expect(alarms == [.disk])
    #expect(node.hasDiskAlarm)
  }

  @Test(.enabled(if: Tool.openssl.isUsable))
  func anEncryptedManagementIsTrustedAsIsSaid() async throws {
    let certificates = try await TestCertificates.make()
    // It is in a folder of its own that nobody else uses.
    defer { try? certificates.remove() }
    let port = try FreePort.next()
    let rabbit = try await RabbitMQ(configuration: [
      "management.ssl.port = \(port)", "management.ssl.ip = 127.0.0.1",
      "management.ssl.cacertfile = \(certificates.authority)",
      "management.ssl.certfile = \(certificates.serverCertificate)",
      "management.ssl.keyfile = \(certificates.serverKey)",
    ])
    func greet(_ host: String, _ trust: TrustSettings) async throws -> String {
      let address = try ManagementAddress("https://guest:guest@\(host):\(port)")
      return try await ManagementSession(address, trust: trust, clock: .ofTests).greet()
    }
    let trusted = TrustSettings(authorityFile: certificates.authority)
    try await wait(for: "the encrypted listener", deadline: .seconds(60)) {
      // It listens a moment after the other one.
      (try? await greet("localhost", trusted)) != nil
    }
    #expect(try await greet("127.0.0.1", TrustSettings(isInsecure: true)).hasPrefix("RabbitMQ"))
    for (host, trust) in [("localhost", TrustSettings()), ("127.0.0.1", trusted)] {
      let error = await #expect(throws: ManagementError.self) { try await greet(host, trust) }
      #expect(error?.isForGood == true, "\(host): \(error?.description ?? "")")
      #expect(error?.description.contains("certificate") == true, "\(error?.description ?? "")")
    }
    withExtendedLifetime(rabbit) {}
  }

  @Test func aWrongPasswordIsSaid() async throws {
    let rabbit = try await RabbitMQ()
    var address = try ManagementAddress(rabbit.address)
    address.password = Secret("wrong")
    let session = ManagementSession(address, trust: TrustSettings(), clock: .ofTests)
    await #expect(throws: ManagementError.wrongPassword) { try await session.greet() }
  }

  @Test func aUserWhoMayNotSeeTheNodesSeesTheRest() async throws {
    let rabbit = try await RabbitMQ()
    try await rabbit.manage("PUT", "/api/users/ann", #"{"password":"p","tags":"management"}"#)
    try await rabbit.manage(
      "PUT",
      "/api/permissions/%2F/ann",
      #"{"configure":".*","write":".*","read":".*"}"#
    )
    try await rabbit.manage("PUT", "/api/queues/%2F/seen", #"{"durable":true}"#)
    var address = try ManagementAddress(rabbit.address)
    (address.user, address.password) = ("ann", Secret("p"))
    let session = ManagementSession(
      address,
      trust: TrustSettings(),
      stepSeconds: 1,
      clock: .ofTests
    )
    let state = try await news(session) { item in
      guard case .snapshot(let snapshot, let state) = item,
        snapshot.queues.map(\.name) == ["seen"]
      else { return nil as AttachedState? }
      return state
    }
    #expect(state.nodes.isEmpty)
  }

  @Test func aBrokerThatStopsAndGoesOnIsLostAndFoundAgain() async throws {
    let rabbit = try await RabbitMQ()
    let wasLost = Flag()
    let isFound = try await news(try session(rabbit)) { item in
      switch item {
      case .snapshot:
        if await wasLost.isSet { return true as Bool? }
        rabbit.child.signal(SIGSTOP)
      case .lost(let state):
        guard case .lost(_, let reason, _) = state.link else { return nil }
        #expect(reason == "no answer within 10 s")
        await wasLost.set()
        rabbit.child.signal(SIGCONT)
      }
      return nil
    }
    #expect(isFound)
  }
}

/// Whether something has happened.
private actor Flag {
  private(set) var isSet = false

  func set() { isSet = true }
}
