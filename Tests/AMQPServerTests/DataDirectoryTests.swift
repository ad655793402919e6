import AMQP
import AMQPClient
import Broker
import Definitions
import Dispatch
import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AMQPServer

/// A server that keeps what it has in a directory.
@Suite struct DataDirectoryTests {
  /// A directory for the servers of one test, and what they said.
  private final class Home: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "data-\(UUID())")
    let faults = FaultyDisk.Faults()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let events = Mutex<[String]>([])

    deinit {
      // A test that failed early has made none.
      try? FileManager.default.removeItem(at: url)
    }

    func start(_ definitions: Definitions? = nil) async throws -> BrokerServer {
      let configuration = ServerConfiguration(
        port: 0,
        snapshotInterval: .milliseconds(20),
        definitions: definitions,
        dataDirectory: url.path
      )
      return try await BrokerServer.start(
        configuration,
        logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() },
        onEvent: { event in self.events.withLock { $0.append(event.text) } },
        disks: { path throws(StoreError) in
          let disk = try RealDisk(path: path)
          return DataDirectory.Disks(
            reader: AnyDisk(FaultyDisk(disk: disk, faults: FaultyDisk.Faults())),
            writer: AnyDisk(FaultyDisk(disk: disk.forAnotherThread, faults: self.faults)),
            compactor: AnyDisk(disk.forAnotherThread)
          )
        }
      )
    }

    func connect(_ server: BrokerServer) async throws -> (AMQPConnection, AMQPChannel) {
      let endpoint = ClientEndpoint(host: "127.0.0.1", port: server.port)
      let connection = try await AMQPConnection.open(endpoint, name: "client", group: group)
      let channel = try await connection.openChannel()
      try await channel.confirmSelect()
      return (connection, channel)
    }

    func says(_ text: String) -> Bool {
      events.withLock { $0.contains { $0.contains(text) } }
    }
  }

  private static let persistent = BasicProperties(deliveryMode: 2)

  private func publish(_ text: String, on channel: AMQPChannel) async throws {
    try await channel.publishConfirmed(
      Array(text.utf8),
      exchange: "",
      routingKey: "q",
      properties: Self.persistent
    )
  }

  private func texts(_ channel: AMQPChannel) async throws -> [String] {
    var texts: [String] = []
    while let message = try await channel.get("q", noAck: true) {
      texts.append(String(buffer: message.body))
    }
    return texts
  }

  @Test func everythingDurableIsThereAgain() async throws {
    let home = Home()
    let definitions = try Definitions(
      parsing: Array(
        """
        {"users":[{"name":"ann","password":"secret","tags":["administrator"]}],
         "vhosts":[{"name":"/"},{"name":"other"}],
         "permissions":[{"user":"ann","vhost":"other","configure":".*","write":"w.*","read":".*"}],
         "policies":[{"vhost":"other","name":"short","pattern":"^q","apply-to":"queues",
                      "definition":{"max-length":5},"priority":3}],
         "parameters":[{"vhost":"other","component":"vhost-limits","name":"limits",
                        "value":{"max-queues":7}}],
         "queues":[{"name":"q1","vhost":"other","durable":true,"auto_delete":false,
                    "arguments":{"x-message-ttl":60000}},
                   {"name":"fleeting","vhost":"other","durable":false,"auto_delete":false,
                    "arguments":{}}],
         "exchanges":[{"name":"e1","vhost":"other","type":"topic","durable":true,
                       "auto_delete":false,"internal":true,"arguments":{}},
                      {"name":"e2","vhost":"other","type":"fanout","durable":true,
                       "auto_delete":false,"internal":false,
                       "arguments":{"alternate-exchange":"e1"}}],
         "bindings":[{"source":"e1","vhost":"other","destination":"q1","destination_type":"queue",
                      "routing_key":"a.#","arguments":{"x":1}},
                     {"source":"e2","vhost":"other","destination":"e1",
                      "destination_type":"exchange","routing_key":"","arguments":{}},
                     {"source":"e2","vhost":"other","destination":"fleeting",
                      "destination_type":"queue","routing_key":"","arguments":{}}]}
        """.utf8
      )
    )
    let first = try await home.start(definitions)
    var expected = try #require(await first.definitions())
    await first.stop()
    // A queue that is not durable ends with the broker, and its binding with it.
    expected.queues.removeAll { !$0.declaration.isDurable }
    expected.bindings.removeAll { $0.binding.destination == Name("fleeting") }
    try #require(expected.queues.count == 1 && expected.bindings.count == 2)
    for _ in 1...2 {
      let next = try await home.start()
      #expect(await next.definitions() == expected)
      await next.stop()
    }
  }

  @Test func changesSinceTheLastStartAreThereToo() async throws {
    let home = Home()
    let first = try await home.start()
    let (_, channel) = try await home.connect(first)
    for name in ["kept", "deleted", "q"] { try await channel.declareQueue(name, durable: true) }
    for name in ["e1", "e2"] {
      try await channel.declareExchange(name, type: "topic", durable: true)
    }
    for key in ["kept", "gone"] {
      try await channel.bindQueue("kept", exchange: "e1", routingKey: key)
    }
    try await channel.bindQueue("deleted", exchange: "e1", routingKey: "x")
    try await channel.unbindQueue("kept", exchange: "e1", routingKey: "gone")
    try await channel.deleteQueue("deleted")
    try await channel.deleteExchange("e2")
    try await publish("x", on: channel)
    await first.stop()
    let second = try await home.start()
    let definitions = try #require(await second.definitions())
    #expect(definitions.queues.map(\.declaration.name.text) == ["kept", "q"])
    #expect(definitions.exchanges.map(\.declaration.name.text) == ["e1"])
    #expect(definitions.bindings.map(\.binding.routingKey.text) == ["kept"])
    let (_, again) = try await home.connect(second)
    #expect(try await texts(again) == ["x"])
    await second.stop()
  }

  @Test(arguments: [ENOSPC, EDQUOT, EMFILE, ENFILE])
  func aFullDiskLetsPublishersWaitAndRecovers(code: Int32) async throws {
    let home = Home()
    let server = try await home.start()
    let (_, channel) = try await home.connect(server)
    try await channel.declareQueue("q", durable: true)
    try await publish("before", on: channel)
    home.faults.set { _ in code }
    let waiting = Task { try await self.publish("while full", on: channel) }
    try await wait(for: "the alarm") { server.snapshots.take()?.alarms == [.disk] }
    try await wait(for: "some attempts") { home.faults.refusedCount.withLock { $0 } > 2 }
    // Consumers drain what is there.
    let (_, consumer) = try await home.connect(server)
    #expect(try await consumer.get("q", noAck: true).map { String(buffer: $0.body) } == "before")
    home.faults.set(nil)
    try await waiting.value
    try await wait(for: "the end of the alarm") { server.snapshots.take()?.alarms == [] }
    try await publish("after", on: channel)
    await server.stop()
    let next = try await home.start()
    let (_, reader) = try await home.connect(next)
    #expect(try await texts(reader) == ["while full", "after"])
    await next.stop()
  }

  /// On an append, when a segment is begun, when the disk is to have it.
  @Test(arguments: ["create", "write", "sync"])
  func aDiskThatIsFullAtOneStepLosesNothing(step: String) async throws {
    let home = Home()
    let server = try await home.start()
    let (_, channel) = try await home.connect(server)
    try await channel.declareQueue("q", durable: true)
    home.faults.set { operation in
      switch operation {
      case .create: step == "create" ? ENOSPC : nil
      case .write: step == "write" ? ENOSPC : nil
      case .sync: step == "sync" ? ENOSPC : nil
      case .extend, .punch, .syncDirectory, .rename, .delete: nil
      }
    }
    let waiting = Task { try await self.publish("x", on: channel) }
    try await wait(for: "some attempts") { home.faults.refusedCount.withLock { $0 } > 1 }
    home.faults.set(nil)
    try await waiting.value
    await server.stop()
    let next = try await home.start()
    let (_, reader) = try await home.connect(next)
    #expect(try await texts(reader) == ["x"])
    await next.stop()
  }

  @Test func anErrorOfTheDiskEndsPersistentPublishingAndSaysSo() async throws {
    let home = Home()
    let server = try await home.start()
    let (_, channel) = try await home.connect(server)
    try await channel.declareQueue("q", durable: true)
    try await publish("before", on: channel)
    home.faults.set { operation in if case .sync = operation { EIO } else { nil } }
    await #expect(throws: ClientError.self) { try await self.publish("x", on: channel) }
    home.faults.set(nil)
    // It is not tried again: nobody knows what the disk has.
    await #expect(throws: ClientError.self) { try await self.publish("y", on: channel) }
    #expect(home.says("the message store failed"))
    #expect(home.faults.refusedCount.withLock { $0 } == 1)
    try await channel.publishConfirmed([1], exchange: "", routingKey: "q")
    await server.stop()
    let next = try await home.start()
    let (_, reader) = try await home.connect(next)
    #expect(try await texts(reader).first == "before")
    await next.stop()
  }

  @Test func aCommitWaitsForTheDisk() async throws {
    let home = Home()
    let server = try await home.start()
    let group = home.group
    let raw = try await RawClient.connect(port: server.port, group: group)
    try await raw.open()
    home.faults.set { _ in ENOSPC }
    var bytes = ByteBuffer()
    bytes.writeMethod(QueueDeclare(queue: "q", durable: true), channel: 1)
    bytes.writeMethod(TxSelect(), channel: 1)
    bytes.writeMethod(BasicPublish(exchange: "", routingKey: "q"), channel: 1)
    bytes.writeContent(
      header: ContentHeader(classID: 60, bodyBytes: 1, properties: Self.persistent),
      body: ByteBuffer(string: "x"),
      channel: 1,
      maximumFrameBytes: Limits.defaultFrameBytes
    )
    bytes.writeMethod(TxCommit(), channel: 1)
    try await raw.send(bytes)
    try await wait(for: "an attempt") { home.faults.refusedCount.withLock { $0 } > 0 }
    #expect(!raw.methods.contains(.txCommitOk(TxCommitOk())))
    home.faults.set(nil)
    try await wait(for: "the answer") { raw.methods.last == .txCommitOk(TxCommitOk()) }
    await server.stop()
  }

  @Test func aCrashOnPurposeKeepsWhatWasConfirmedAndNothingElse() async throws {
    let home = Home()
    let server = try await home.start()
    let (connection, channel) = try await home.connect(server)
    try await channel.declareQueue("q", durable: true)
    try await channel.declareQueue("fleeting")
    for number in 1...20 { try await publish("\(number)", on: channel) }
    try await channel.publishConfirmed([1], exchange: "", routingKey: "q")
    try await channel.publishConfirmed([1], exchange: "", routingKey: "fleeting")
    let before = try await channel.get("q").map { String(buffer: $0.body) }
    #expect(before == "1")
    let result = await server.crash()
    guard case .success(let text) = result else { throw DeadlineMissed(description: "\(result)") }
    #expect(text.hasPrefix("crashed and back: 20 of 22 messages survived, 2 lost, 1 connections"))
    #expect(await connection.waitUntilClosed() != nil)
    try await wait(for: "the new life") {
      server.snapshots.take()?.queues.map(\.name) == ["q"]
    }
    let (_, again) = try await home.connect(server)
    #expect(try await texts(again) == (1...20).map { "\($0)" })
    try await publish("after", on: again)
    await server.stop()
    let next = try await home.start()
    let (_, reader) = try await home.connect(next)
    #expect(try await texts(reader) == ["after"])
    await next.stop()
  }

  /// What waits for a disk that hangs must not fill memory.
  @Test func publishersWaitForASlowDisk() async throws {
    let home = Home()
    let server = try await home.start()
    let (_, channel) = try await home.connect(server)
    try await channel.declareQueue("q", durable: true)
    try await publish("x", on: channel)
    let gate = DispatchSemaphore(value: 0)
    home.faults.set { _ in
      // The writer's thread hangs in the call, as in one to a disk that does not answer.
      gate.wait()
      gate.signal()
      return nil
    }
    let count = 150
    let flood = Task {
      let body = [UInt8](repeating: 7, count: 1 << 20)
      for _ in 1...count {
        try await channel.publish(
          body,
          exchange: "",
          routingKey: "q",
          properties: Self.persistent
        )
      }
    }
    var seen: BrokerSnapshot?
    try await wait(for: "a publisher that waits") {
      seen = server.snapshots.take() ?? seen
      return seen?.connections.contains { $0.isFlowControlled } == true
    }
    #expect(seen?.connections.contains { $0.isBlocked } == false, "no resource is low")
    #expect(seen?.queues.first?.ready ?? count < 60)
    #expect(seen?.alarms == [])
    gate.signal()
    try await flood.value
    try await wait(for: "all messages", deadline: .seconds(30)) {
      server.snapshots.take()?.queues.first?.ready == count + 1
    }
    await server.stop()
  }

  @Test func oneCrashAtATime() async throws {
    let home = Home()
    let server = try await home.start()
    let (_, channel) = try await home.connect(server)
    try await channel.declareQueue("q", durable: true)
    try await publish("x", on: channel)
    async let first = server.crash()
    async let second = server.crash()
    let results = await [first, second]
    let refusal = OperatorRefusal(message: "the broker is down already")
    let refusals = results.filter { $0 == .failure(refusal) }
    #expect(refusals.count == 1, "\(results)")
    let (_, again) = try await home.connect(server)
    #expect(try await texts(again) == ["x"])
    await server.stop()
  }

  /// A person must hear of it, though all else that a start does is not told.
  @Test func messagesOfALostQueueAreSalvagedAndThatIsSaid() async throws {
    let home = Home()
    let server = try await home.start()
    let (_, channel) = try await home.connect(server)
    try await channel.declareQueue("q", durable: true)
    try await channel.declareQueue("r", durable: true)
    try await publish("x", on: channel)
    await server.stop()
    let file = home.url.appending(path: "topology")
    var bytes = try Data(contentsOf: file)
    let place = try #require(bytes.firstRange(of: Data("\u{6}numberl".utf8)))
    bytes[place.upperBound + 7] ^= 0x40
    try bytes.write(to: file)
    let next = try await home.start()
    let definitions = try #require(await next.definitions())
    #expect(definitions.queues.map(\.declaration.name.text) == ["r", "sluice.salvaged.1"])
    #expect(home.says("messages of an unknown queue were put into 'sluice.salvaged.1'"))
    #expect(home.says("topology, bytes"))
    await next.stop()
  }

  @Test func aCrashOnPurposeNeedsADirectory() async throws {
    try await withServer { server, _ in
      guard case .failure(let refusal) = await server.crash() else {
        Issue.record("there is nothing that could come back")
        return
      }
      #expect(refusal.message.contains("no data directory"))
    }
  }

  @Test func aDirectoryBelongsToOneServer() async throws {
    let home = Home()
    let server = try await home.start()
    await #expect(throws: ServerError.dataDirectoryInUse(path: home.url.path)) {
      _ = try await home.start()
    }
    await server.stop()
    let next = try await home.start()
    await next.stop()
  }
}
