import Broker
import Definitions
import NIOCore
import NIOPosix
import Store
import Telemetry

#if canImport(Glibc)
import Glibc
#endif

/// Keeps a broker in a directory: brings back what is there, and writes down what changes.
///
/// Exchanges, queues and the rest of the topology are written at the end of the turn that changed
/// them, so that whoever is told of a queue finds it after a crash of the process. Messages go to a
/// ``DiskThread`` in batches; those that come while it works share the next sync.
///
/// - Isolation: the broker's loop.
final class DataDirectory {
  let store: MessageStore
  private let broker: Broker
  private let eventLoop: any EventLoop
  /// The loop's own, beside the writer's.
  private var disk: AnyDisk
  private var thread: DiskThread?
  /// For what may take long and nobody waits for.
  private let secondThread: NIOThreadPool
  private var journal: Journal
  /// How long the journal was when it was written anew.
  private var journalBytes = 0
  private var isJournalSynced = true
  /// Changes that could not be written.
  private var unwrittenChanges: [ByteBuffer] = []
  /// Batches that the thread has and that are not done.
  private var batchesInFlight = 0
  private var isBusy: Bool { batchesInFlight > 0 }
  private var settledAt = NIODeadline.uptimeNanoseconds(0)
  private var isCompacting = false
  private let compactor: AnyDisk
  private var isScheduled = false
  private var isRetryScheduled = false
  /// Set while it is not certain which of two journals is there, the old one or the new.
  private var mustRewriteJournal = false
  private var whenIdle: EventLoopPromise<Void>?
  /// Set when nothing is to be written any more, as if the process had died.
  private var isAbandoned = false
  /// Told after each batch, so that what waited goes out.
  var onProgress: (() -> Void)?

  /// Settlements alone may wait for others: nobody is told when they are on the disk.
  private static let gatherMilliseconds: Int64 = 5
  /// The thread has this many batches at most.
  ///
  /// While there are fewer, what is published need not wait for the loop to hear of the sync before;
  /// beyond it, it is gathered into longer ones.
  private static let mostBatchesInFlight = 16
  /// How soon a disk that took nothing is tried again.
  private static let retryMilliseconds: Int64 = 500
  /// Publishers wait while so much waits for the disk.
  private static let waitingBytes = 32 << 20
  /// The journal is written anew when it is longer than this and four times what it was then.
  private static let journalSlackBytes = 1 << 20

  /// A directory for two threads.
  struct Disks: Sendable {
    /// What the loop reads from, and writes the topology to.
    var reader: AnyDisk
    var writer: AnyDisk
    /// For the second thread, which makes old segments sparse.
    var compactor: AnyDisk

    static func open(_ path: String) throws(StoreError) -> Disks {
      let disk = try RealDisk(path: path)
      return Disks(
        reader: AnyDisk(disk),
        writer: AnyDisk(disk.forAnotherThread),
        compactor: AnyDisk(disk.forAnotherThread)
      )
    }
  }

  /// Opens a directory and makes the broker what it was.
  ///
  /// - Throws: ``StoreError``, before anything is changed when it is of an unknown version.
  init(_ disks: Disks, broker: Broker, eventLoop: any EventLoop) throws(StoreError) {
    var disk = disks.reader
    let contents = try Journal.read(disk)
    let epoch = broker.epochMilliseconds
    let restoring = MessageStore(SegmentLog.empty, on: disk, epochMilliseconds: epoch)
    broker.keep(in: restoring)
    Self.replay(contents, into: broker)
    let outcome = try Recovery.run(disk) { broker.restore($0) }
    restoring.goOn(with: outcome.log)
    broker.finishRestoring()
    broker.forgetReplay()
    journal = try Journal(of: broker.allDurable { Self.management(of: broker) }, on: &disk)
    journalBytes = journal.endBytes
    (contents.faults + outcome.faults).forEach { Self.report($0, to: broker) }
    store = restoring
    self.broker = broker
    self.eventLoop = eventLoop
    self.disk = disk
    compactor = disks.compactor
    secondThread = NIOThreadPool(numberOfThreads: 1)
    secondThread.start()
    let directory = NIOLoopBound(WeakDirectory(value: self), eventLoop: eventLoop)
    thread = DiskThread(disks.writer) { news in
      eventLoop.execute { directory.value.value?.heard(news) }
    }
    let count = broker.totals.recovered
    if count > 0 { broker.record(.information, "\(count) messages restored") }
  }

  private static func replay(_ contents: Journal.Contents, into broker: Broker) {
    if let management = contents.entries.compactMap(Broker.management).last {
      do {
        let definitions = try Definitions(parsing: management)
        broker.forgetManagement()
        try definitions.apply(to: broker) { PasswordHash(of: Array($0.utf8)) }
      } catch {
        broker.record(.critical, "users or policies could not be restored: \(error)")
      }
    }
    broker.store?.keepsUnknownQueues = contents.faults.contains(where: \.isLoss)
    let failed = contents.entries.count { !broker.replay($0) }
    if failed > 0 {
      broker.record(.critical, "\(failed) exchanges, queues or bindings could not be restored")
      broker.store?.keepsUnknownQueues = true
    }
  }

  private static func management(of broker: Broker) -> [UInt8] {
    var definitions = Definitions(of: broker)
    definitions.queues = []
    definitions.exchanges = []
    definitions.bindings = []
    return definitions.bytes
  }

  private static func report(_ fault: StoreFault, to broker: Broker) {
    broker.record(fault.isLoss ? .critical : .warning, fault.description)
  }

  // MARK: - At the end of each turn

  /// Writes down what changed, and gives the thread its next batch.
  func work() {
    guard !isAbandoned else { return }
    if broker.hasDurableChanges { writeChanges() }
    guard store.hasWork || !isJournalSynced else { return }
    if store.isUrgent {
      if batchesInFlight < Self.mostBatchesInFlight { startBatch() }
    } else if !isBusy, !isScheduled {
      isScheduled = true
      schedule(in: Self.gatherMilliseconds) { directory in
        directory.isScheduled = false
        if !directory.isBusy { directory.startBatch() }
      }
    }
  }

  /// Publishers must wait: the disk is slower than they are.
  var isFlooded: Bool { store.waitingBytes > Self.waitingBytes }

  /// All is written when this is done.
  func finish() -> EventLoopFuture<Void> {
    store.close()
    let promise = eventLoop.makePromise(of: Void.self)
    whenIdle = promise
    if !isBusy { goOn() }
    return promise.futureResult.assumeIsolated().flatMap { [self] in endThreads() }.nonisolated()
  }

  /// Done when each thread has ended what it was doing.
  private func endThreads() -> EventLoopFuture<Void> {
    let first = eventLoop.makePromise(of: Void.self)
    let second = eventLoop.makePromise(of: Void.self)
    thread?.shutDown { first.succeed() }
    secondThread.shutdownGracefully { _ in second.succeed() }
    let ended = [first.futureResult, second.futureResult]
    return EventLoopFuture.andAllSucceed(ended, on: eventLoop)
  }

  /// Writes nothing more: what waits is lost, as when the process dies.
  ///
  /// - Returns: Done when the disk has ended what it was doing.
  func abandon() -> EventLoopFuture<Void> {
    isAbandoned = true
    thread?.stop()
    return endThreads()
  }

  private func schedule(in milliseconds: Int64, _ body: @escaping (DataDirectory) -> Void) {
    // What is put off must not keep the directory from who comes after a crash.
    eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
      if let self, !isAbandoned { body(self) }
    }
  }

  // MARK: - The topology

  private func writeChanges() {
    unwrittenChanges += broker.takeDurableChanges { Self.management(of: broker) }
    let slack = max(Self.journalSlackBytes, 3 * journalBytes)
    do throws(StoreError) {
      if mustRewriteJournal || journal.endBytes > journalBytes + slack {
        mustRewriteJournal = true
        journal = try Journal(of: broker.allDurable { Self.management(of: broker) }, on: &disk)
        journalBytes = journal.endBytes
        mustRewriteJournal = false
        unwrittenChanges = []
      }
      while let change = unwrittenChanges.first {
        var longer = journal
        try disk.perform(longer.append(change))
        journal = longer
        isJournalSynced = false
        unwrittenChanges.removeFirst()
      }
    } catch {
      waitForDisk(error)
    }
  }

  // MARK: - Batches

  private func startBatch() {
    // No message may be on the disk before its queue.
    guard unwrittenChanges.isEmpty else { return }
    let first = isJournalSynced ? [] : [Journal.file]
    // Each batch would have a few settlements, and a write and a wake-up more for them.
    let now = NIODeadline.now()
    let isTime = now - settledAt >= .milliseconds(Self.gatherMilliseconds)
    let settling = isTime || !store.isUrgent || whenIdle != nil || !first.isEmpty
    guard let batch = store.takeBatch(afterSyncOf: first, settling: settling) else { return }
    if settling { settledAt = now }
    isJournalSynced = true
    batchesInFlight += 1
    thread?.add(batch)
  }

  private func heard(_ news: DiskThread.News) {
    guard !isAbandoned else { return }
    switch news {
    case .durable(let batches):
      batches.forEach(broker.diskFinished)
      onProgress?()
    case .done(let batches): finished(batches)
    case .failed(let error): failed(error)
    }
  }

  private func finished(_ batches: [SegmentLog.Batch]) {
    batchesInFlight -= batches.count
    broker.clear(.disk, by: .store)
    batches.forEach(broker.diskFinished)
    goOn()
  }

  /// Gives back room of an old segment, beside the batches; called once a second.
  func compact() {
    guard !isCompacting, let segment = store.takeSparse() else { return }
    isCompacting = true
    let done = secondThread.runIfActive(eventLoop: eventLoop) { [compactor] in
      var disk = compactor
      // It is only for the sake of room; a disk that fails says so when messages are written.
      _ = try? Compaction.run(segment, on: &disk)
    }
    done.assumeIsolated().whenComplete { [self] _ in isCompacting = false }
  }

  private func failed(_ error: StoreError) {
    if error.mayPass, whenIdle == nil {
      waitForDisk(error)
      schedule(in: Self.retryMilliseconds) { $0.thread?.goOn() }
    } else {
      thread?.drop()
      batchesInFlight = 0
      broker.diskFailed(because: error.text)
      isJournalSynced = true
      goOn()
    }
    onProgress?()
  }

  private func goOn() {
    onProgress?()
    guard !isBusy, let whenIdle else { return }
    if store.hasWork || !isJournalSynced { startBatch() }
    guard !isBusy else { return }
    self.whenIdle = nil
    whenIdle.succeed()
  }

  private func waitForDisk(_ error: StoreError) {
    guard error.mayPass else {
      broker.diskFailed(because: error.text)
      return
    }
    broker.raise(.disk, by: .store, because: error.text)
    guard !unwrittenChanges.isEmpty, !isRetryScheduled else { return }
    isRetryScheduled = true
    schedule(in: Self.retryMilliseconds) { directory in
      directory.isRetryScheduled = false
      directory.writeChanges()
      if directory.unwrittenChanges.isEmpty { directory.broker.clear(.disk, by: .store) }
      directory.onProgress?()
    }
  }
}

/// What is told of the disk must not keep the directory from who comes after a crash.
private final class WeakDirectory {
  weak var value: DataDirectory?

  init(value: DataDirectory) { self.value = value }
}

extension StoreError {
  /// Whether the same may go well later: room comes back, files are closed.
  var mayPass: Bool {
    guard case .system(_, _, let code) = self else { return false }
    return [ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM].contains(code)
  }
}
