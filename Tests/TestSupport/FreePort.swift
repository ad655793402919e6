import Glibc

/// Ports that nobody listens on.
package enum FreePort {
  /// Asks the system for a port of 127.0.0.1 that is free now.
  ///
  /// Another program may take it before the caller does; the range is large, so that is rare.
  package static func next() throws -> Int {
    let (descriptor, port) = try bound()
    close(descriptor)
    return port
  }

  /// Holds a port of 127.0.0.1 until the value goes away, so that nobody else can listen there.
  package final class Holder: Sendable {
    package let port: Int
    private let descriptor: Int32

    package init() throws {
      (descriptor, port) = try FreePort.bound()
      guard listen(descriptor, 1) == 0 else { throw FreePort.failure("listen") }
    }

    deinit { close(descriptor) }
  }

  fileprivate static func bound() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // Safe: sockaddr_in is one of the shapes that a sockaddr stands for.
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard isBound else {
      close(descriptor)
      throw failure("bind")
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  fileprivate static func failure(_ call: String) -> SpawnError {
    SpawnError(description: "\(call): \(String(cString: strerror(errno)))")
  }
}
