import AMQP
import Broker
import NIOCore
import Store
import Telemetry
import TestSupport

/// A broker over a disk in memory, which can be started again as after a crash.
final class StoredBroker {
  private(set) var broker: Broker
  private(set) var disk: SimulatedDisk
  private(set) var faults: [StoreFault] = []
  /// What was written down of exchanges and queues.
  private var changes: [ByteBuffer] = []
  private let segmentBytes: Int
  /// Counts on over restarts, as the wall clock does.
  private(set) var milliseconds: Int64 = 1_700_000_000_000

  init(segmentBytes: Int = 4_096, memoryBytes: Int? = nil) throws {
    self.segmentBytes = segmentBytes
    disk = SimulatedDisk()
    broker = makeBroker()
    try start()
    if let memoryBytes { broker.store?.memoryBytes = memoryBytes }
  }

  var client: TestClient { TestClient(broker) }

  private func start() throws {
    let epoch = broker.epochMilliseconds
    let store = MessageStore(.empty, on: disk, epochMilliseconds: epoch)
    store.keepsUnknownQueues = true
    broker.keep(in: store)
    for change in changes { _ = broker.replay(change) }
    let outcome = try Recovery.run(disk, segmentBytes: segmentBytes) { broker.restore($0) }
    disk = outcome.disk
    faults = outcome.faults
    store.goOn(with: outcome.log)
    store.disk = disk
    broker.finishRestoring()
    broker.forgetReplay()
    changes = broker.allDurable { [] }
  }

  /// Ends the turn, writes down what changed and does what waits for the disk.
  ///
  /// - Throws: What the disk says no with; nothing is then confirmed.
  func turn() throws {
    _ = broker.finishTurn()
    changes += broker.takeDurableChanges { [] }
    guard let store = broker.store, let batch = store.takeBatch() else { return }
    do throws(StoreError) {
      for operation in batch.operations { try disk.perform(operation) }
    } catch {
      broker.diskFailed(because: error.text)
      throw error
    }
    store.disk = disk
    broker.diskFinished(batch)
  }

  /// Time goes on.
  func wait(milliseconds more: Int64) {
    milliseconds += more
    broker.advance(
      to: Instant(nanoseconds: (milliseconds - 1_700_000_000_000 + 1_000) * 1_000_000),
      wallTime: WallTime(milliseconds: milliseconds)
    )
  }

  func stopDisk(at operation: Int?) {
    disk.stopsAt = operation.map { disk.operationCount + $0 }
  }

  func change(_ body: (inout SimulatedDisk) -> Void) {
    body(&disk)
    broker.store?.disk = disk
  }

  /// The power goes and comes back.
  func restart(using random: inout some RandomNumberGenerator) throws {
    disk.cutPower(using: &random)
    try restart()
  }

  /// The process dies and is started again, its clock at another instant.
  func restart(losingTopology: Bool = false) throws {
    disk.stopsAt = nil
    if losingTopology { changes = [] }
    broker = makeBroker()
    broker.advance(
      to: Instant(nanoseconds: 5_000_000),
      wallTime: WallTime(milliseconds: milliseconds)
    )
    try start()
  }
}

extension TestClient {
  /// Publishes a persistent message.
  @discardableResult
  func persist(
    _ text: String,
    to exchange: String = "",
    key: String,
    expiration: String? = nil,
    priority: UInt8? = nil,
    headers: FieldTable? = nil
  ) -> Violation? {
    let properties = BasicProperties(
      headers: headers,
      deliveryMode: 2,
      priority: priority,
      expiration: expiration
    )
    let message = QueueClient.makeMessage(
      text,
      exchange: exchange,
      key: key,
      properties,
      at: broker.now
    )
    return broker.publish(message, on: channel, isMandatory: false)
  }
}
