import Dispatch
import Glibc
import NIOCore
import Store
import Synchronization
import TestSupport
import Testing

@testable import AMQPServer

/// The thread that does batches, on a disk of the test's own.
struct DiskThreadTests {
  /// Keeps what it is told to do, and can be held up or say no.
  private final class Recorder: Disk, Sendable {
    private struct State {
      var operations: [DiskOperation] = []
      var isHeldUp = false
      var isWaiting = false
      var refusal: Int32?
    }

    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    func holdUp(_ isHeldUp: Bool) {
      let mustOpen = state.withLock { state in
        defer { (state.isHeldUp, state.isWaiting) = (isHeldUp, false) }
        return state.isWaiting && !isHeldUp
      }
      if mustOpen { gate.signal() }
    }

    func refuse(_ code: Int32?) { state.withLock { $0.refusal = code } }

    /// Whether it holds somebody up.
    var isWaiting: Bool { state.withLock { $0.isWaiting } }

    var operations: [DiskOperation] { state.withLock { $0.operations } }
    var syncCount: Int { operations.count { if case .sync = $0 { true } else { false } } }

    func list() throws(StoreError) -> [String: Int] { [:] }

    func read(_ file: String, at offset: Int, count: Int) throws(StoreError) -> ByteBuffer {
      ByteBuffer()
    }

    func perform(_ operation: DiskOperation) throws(StoreError) {
      let mustWait = state.withLock { state in
        state.isWaiting = state.isHeldUp
        return state.isHeldUp
      }
      // A thread of its own waits here, as for a slow disk.
      if mustWait { gate.wait() }
      let refusal = state.withLock { state in
        if state.refusal == nil { state.operations.append(operation) }
        return state.refusal
      }
      if let refusal { throw .system(call: "write", file: "disk", code: refusal) }
    }
  }

  private final class Heard: Sendable {
    private let news = Mutex<[String]>([])

    var all: [String] { news.withLock { $0 } }

    func note(_ news: DiskThread.News) {
      let word =
        switch news {
        case .durable(let batches): "durable \(batches.count)"
        case .done(let batches): "done \(batches.count)"
        case .failed: "failed"
        }
      self.news.withLock { $0.append(word) }
    }
  }

  private func withThread(
    _ body: (DiskThread, Recorder, Heard, inout SegmentLog) async throws -> Void
  ) async throws {
    let (recorder, heard) = (Recorder(), Heard())
    let thread = DiskThread(AnyDisk(recorder)) { heard.note($0) }
    var log = SegmentLog.empty
    try append("first", to: &log, thread)
    try await wait(for: "the first") { heard.all == ["done 1"] }
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(thread, recorder, heard, &log))
    } catch {
      result = .failure(error)
    }
    recorder.holdUp(false)
    await withCheckedContinuation { continuation in
      thread.shutDown { continuation.resume() }
    }
    try result.get()
  }

  private func append(_ text: String, to log: inout SegmentLog, _ thread: DiskThread) throws {
    try Array(text.utf8).withUnsafeBytes { bytes in
      _ = try log.append(
        MessageRecord(
          isPersistent: true,
          notes: 0,
          enteredAt: 0,
          queues: [1],
          exchange: bytes,
          routingKey: bytes,
          properties: bytes,
          body: bytes
        ),
        at: 1
      )
    }
    let taken = log.takeBatch()
    thread.add(try #require(taken))
  }

  @Test func whatComesWhileItWorksSharesASync() async throws {
    try await withThread { thread, recorder, heard, log in
      let before = recorder.syncCount
      recorder.holdUp(true)
      try append("in hand", to: &log, thread)
      try await wait(for: "the thread") { recorder.isWaiting }
      for number in 1...3 { try append("\(number)", to: &log, thread) }
      recorder.holdUp(false)
      try await wait(for: "all", seen: { "\(heard.all)" }) { heard.all.count >= 3 }
      #expect(heard.all == ["done 1", "done 1", "done 3"])
      #expect(recorder.syncCount == before + 2)
    }
  }

  @Test func whatFailedIsTriedAgainWithWhatWaitsBehindIt() async throws {
    try await withThread { thread, recorder, heard, log in
      recorder.refuse(ENOSPC)
      try append("a", to: &log, thread)
      try await wait(for: "the failure") { heard.all.last == "failed" }
      try append("b", to: &log, thread)
      thread.goOn()
      try await wait(for: "the next failure") { heard.all.count == 3 }
      #expect(heard.all == ["done 1", "failed", "failed"])
      recorder.refuse(nil)
      thread.goOn()
      try await wait(for: "both", seen: { "\(heard.all)" }) { heard.all.last == "done 2" }
    }
  }

  @Test func whatIsDroppedIsNotDoneAndItGoesOn() async throws {
    try await withThread { thread, recorder, heard, log in
      recorder.refuse(EIO)
      try append("a", to: &log, thread)
      try await wait(for: "the failure") { heard.all.last == "failed" }
      thread.drop()
      recorder.refuse(nil)
      let before = recorder.operations.count
      try append("b", to: &log, thread)
      try await wait(for: "the next") { heard.all.last == "done 1" && heard.all.count == 3 }
      #expect(recorder.operations.count - before <= 3)
    }
  }

  @Test func whatWaitsWhenItIsStoppedIsNotDone() async throws {
    try await withThread { thread, recorder, heard, log in
      recorder.holdUp(true)
      try append("in hand", to: &log, thread)
      try await wait(for: "the thread") { recorder.isWaiting }
      try append("waits", to: &log, thread)
      thread.stop()
      recorder.holdUp(false)
      await withCheckedContinuation { continuation in
        thread.shutDown { continuation.resume() }
      }
      #expect(heard.all == ["done 1", "done 1"])
    }
  }
}
