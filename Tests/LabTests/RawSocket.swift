import Glibc
import Synchronization

/// A socket that answers whatever comes with the same bytes, on a thread of its own.
final class RawServer: Sendable {
  static let wellFormed = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

  let port: Int
  private let listener: Int32
  private let connections: Mutex<[Int32]>

  /// Those that are open.
  var connectionCount: Int { connections.withLock { $0.count } }

  /// - Parameters:
  ///   - answer: Sent for each piece that comes in; nil means never.
  ///   - closes: After the first answer.
  init(answer: String?, closes: Bool = false) {
    (listener, port) = RawSocket.listen()
    connections = Mutex([])
    RawSocket.onThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        connections.withLock { $0.append(connection) }
        RawSocket.onThread { [self] in
          while RawSocket.receive(connection) != nil {
            guard let answer else { continue }
            RawSocket.send(answer, to: connection)
            if closes { shutdown(connection, Int32(SHUT_RDWR)) }
          }
          connections.withLock { connections in
            connections.removeAll { $0 == connection }
            Glibc.close(connection)
          }
        }
      }
      Glibc.close(listener)
    }
  }

  /// Ends the threads and closes every socket.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    for connection in connections.withLock({ $0 }) { shutdown(connection, Int32(SHUT_RDWR)) }
  }
}

/// Sends bytes and reads everything until the peer closes.
enum RawClient {
  struct Failed: Error {}

  static func send(_ text: String, to port: Int) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      RawSocket.onThread {
        let connection = RawSocket.connect(to: port)
        guard connection >= 0 else { return continuation.resume(throwing: Failed()) }
        RawSocket.send(text, to: connection)
        var answer = ""
        while let bytes = RawSocket.receive(connection) {
          answer += String(decoding: bytes, as: UTF8.self)
          // Nobody closes after a refused body of which nothing more is read.
          if answer.hasPrefix("HTTP/1.1 413") { break }
        }
        Glibc.close(connection)
        continuation.resume(returning: answer)
      }
    }
  }
}

/// Blocking sockets on 127.0.0.1 with a limit of thirty seconds.
enum RawSocket {
  static func listen() -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = bind(descriptor, address, length)
        _ = Glibc.listen(descriptor, 64)
        _ = getsockname(descriptor, address, &length)
      }
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  static func connect(to port: Int) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_RCVTIMEO,
      &limit,
      socklen_t(MemoryLayout<timeval>.size)
    )
    var address = address(port: port)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return result == 0 ? descriptor : -1
  }

  static func send(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      offset += count
    }
  }

  /// The next piece; nil at the end and after thirty seconds.
  static func receive(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// A thread of its own: blocking calls on the pools' threads would starve everybody else.
  static func onThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(run: body))
    pthread_create(
      &thread,
      nil,
      { context in
        // Safe: the pointer is the box above, handed over to this thread alone.
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      },
      box.toOpaque()
    )
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return address
  }
}
