import Glibc
import Synchronization

/// What a service has worked on already, in a file that outlives its processes: the table that an
/// idempotent consumer looks into before it works.
///
/// Every process of the service appends to the same file; each appended line is one identity.
final class SeenStore: Sendable {
  fileprivate struct State {
    var descriptor: Int32 = -1
    var seen = IdentitySet()
    var readBytes = 0
    var rest: [UInt8] = []
  }

  private let run: UInt32
  private let state: Mutex<State>

  /// - Parameters:
  ///   - path: The service's file; without one nothing is remembered.
  ///   - run: Whose identities count.
  init(path: String?, run: UInt32) {
    self.run = run
    var first = State()
    if let path { first.descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }
    state = Mutex(first)
  }

  deinit {
    state.withLock { state in
      if state.descriptor >= 0 { close(state.descriptor) }
    }
  }

  /// Whether somebody has worked on the message.
  func contains(_ identity: MessageIdentity) -> Bool {
    state.withLock { state in
      if state.seen.contains(identity) { return true }
      state.readOn(run)
      return state.seen.contains(identity)
    }
  }

  /// Notes that the message was worked on.
  func insert(_ identity: MessageIdentity) {
    guard identity.run == run else { return }
    state.withLock { state in
      guard state.descriptor >= 0 else { return }
      let line = Array((identity.text + "\n").utf8)
      // Safe: `write` reads the bytes before it returns.
      // Safe: the pointer is used during the call only.
      _ = line.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
      state.seen.insert(identity)
    }
  }
}

extension SeenStore.State {
  /// Reads what was appended since the last look.
  fileprivate mutating func readOn(_ run: UInt32) {
    guard descriptor >= 0 else { return }
    while true {
      var count = 0
      let offset = readBytes
      let source = descriptor
      // Safe: exactly the bytes that the call has written are declared initialized.
      let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initializedCount in
        count = pread(source, buffer.baseAddress, buffer.count, off_t(offset))
        initializedCount = max(count, 0)
      }
      guard count > 0 else { return }
      readBytes += count
      rest += bytes
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let text = String(decoding: rest[..<end], as: UTF8.self)
        if let identity = MessageIdentity(text), identity.run == run { seen.insert(identity) }
        rest.removeFirst(end + 1)
      }
    }
  }
}
