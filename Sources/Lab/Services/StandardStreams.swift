import Dispatch
import Glibc
import Synchronization
import Telemetry

/// Writes events as lines, each whole, straight into a descriptor.
final class EventWriter: Sendable {
  private let fileDescriptor: Int32
  private let onBroken: @Sendable () -> Void
  private let turn = Mutex(())
  private let latestReport = Mutex<[ServiceEvent]>([])

  /// - Parameters:
  ///   - fileDescriptor: A pipe's end, in blocking mode; it stays open.
  ///   - onBroken: Called when the reader is gone.
  init(fileDescriptor: Int32, onBroken: @escaping @Sendable () -> Void) {
    self.fileDescriptor = fileDescriptor
    self.onBroken = onBroken
  }

  /// Writes one event and returns when it is in the pipe.
  ///
  /// It blocks while the pipe is full: what the ledger counts by is never dropped, and a reader
  /// that has stopped holds up the work instead.
  func write(_ event: ServiceEvent) {
    write(line: event.line)
  }

  /// Writes what a service says of itself, unless it said just that before or the pipe is full: the
  /// next report says it all.
  func write(report: [ServiceEvent]) {
    latestReport.withLock { latest in
      guard report != latest else { return }
      for event in report where !writeIfThereIsRoom(event) { return }
      latest = report
    }
  }

  private func writeIfThereIsRoom(_ event: ServiceEvent) -> Bool {
    var descriptor = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&descriptor, 1, 0) == 1, descriptor.revents & Int16(POLLOUT) != 0 else {
      return false
    }
    write(line: event.line)
    return true
  }

  private func write(line: [UInt8]) {
    let bytes = line + [UInt8(ascii: "\n")]
    let isWritten = turn.withLock { _ in
      var offset = 0
      while offset < bytes.count {
        // Safe: `write` reads the bytes before it returns.
        // Safe: the pointer is used during the call only.
        let count = bytes[offset...].withUnsafeBytes {
          Glibc.write(fileDescriptor, $0.baseAddress, $0.count)
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        offset += count
      }
      return true
    }
    if !isWritten { onBroken() }
  }
}

/// Reads commands from a descriptor as they come, on a thread of its own.
enum CommandReader {
  /// Starts to read.
  ///
  /// - Parameters:
  ///   - fileDescriptor: A pipe's end, in blocking mode.
  ///   - onAbandoned: Called when the input ends without a ``ServiceCommand/stop``: the writer is
  ///     gone. It is called even when everything else in the process hangs.
  /// - Returns: The commands, to the end of the input; the descriptor may be closed after the last.
  static func start(
    fileDescriptor: Int32,
    onAbandoned: @escaping @Sendable () -> Void
  ) -> AsyncStream<ServiceCommand> {
    let (commands, continuation) = AsyncStream.makeStream(
      of: ServiceCommand.self,
      bufferingPolicy: .bufferingNewest(Limits.pendingCommands)
    )
    // Not a dispatch source: when data and the end come together, libdispatch reports them as one
    // event and then never again, and the end would be missed. A serial queue has a thread of its
    // own while it blocks, and this one blocks as long as the process lives.
    DispatchQueue(label: "lab.commands").async {
      var lines = LineSplitter(longest: Limits.commandBytes)
      var isToldToStop = false
      while let bytes = CommandReader.read(fileDescriptor) {
        for command in lines.append(bytes).compactMap(ServiceCommand.init(line:)) {
          if command == .stop { isToldToStop = true }
          continuation.yield(command)
        }
      }
      if !isToldToStop { onAbandoned() }
      continuation.finish()
    }
    return commands
  }

  /// Reads what is there; nil at the end of the input.
  private static func read(_ fileDescriptor: Int32) -> [UInt8]? {
    var count = 0
    // Safe: exactly the bytes that the call has written are declared initialized.
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initializedCount in
      repeat {
        count = Glibc.read(fileDescriptor, buffer.baseAddress, buffer.count)
      } while count < 0 && errno == EINTR
      initializedCount = max(count, 0)
    }
    return count > 0 ? bytes : nil
  }
}

/// The clock that the lab measures on.
enum MonotonicClock {
  /// `CLOCK_MONOTONIC`, the clock that every process of this machine shares.
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
