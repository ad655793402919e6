import AMQPServer
import Canvas
import Definitions
import Glibc

/// A file of definitions, and the one line that a mistake in it costs.
enum DefinitionsFile {
  /// What is wrong, as one line that names the file.
  struct Fault: Error, CustomStringConvertible {
    var description: String

    init(_ path: String, _ problem: String) {
      description = SafeText.clean("\(path): \(problem)")
    }
  }

  /// A definitions file of a large installation has some megabytes.
  private static let bytesLimit = 256 << 20
  private static let pieceBytes = 1 << 16

  /// Reads a file; nil when there is none to read.
  static func read(_ path: String?) throws(Fault) -> Definitions? {
    guard let path else { return nil }
    do {
      return try Definitions(parsing: try bytes(of: path))
    } catch let fault as Fault {
      throw fault
    } catch {
      throw Fault(path, "\(error)")
    }
  }

  private static func bytes(of path: String) throws(Fault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= bytesLimit else {
        throw Fault(path, "has more than \(bytesLimit >> 20) MiB; give a file of definitions")
      }
    }
  }

  private static func unreadable(_ path: String) -> Fault {
    Fault(path, "\(String(cString: strerror(errno))); give --definitions a file that can be read")
  }

  /// Writes a file whole or not at all.
  static func write(_ definitions: Definitions, to path: String) throws(Fault) {
    let new = path + ".new"
    // Password hashes are nobody else's business.
    let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable(path) }
    var rest = definitions.bytes[...]
    while !rest.isEmpty {
      // Safe: the buffer is only read during the call.
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let fault = unwritable(path)
        close(descriptor)
        unlink(new)
        throw fault
      }
      rest = rest.dropFirst(count)
    }
    guard close(descriptor) == 0, rename(new, path) == 0 else {
      let fault = unwritable(path)
      unlink(new)
      throw fault
    }
  }

  private static func unwritable(_ path: String) -> Fault {
    Fault(
      path,
      "\(String(cString: strerror(errno))); give --export-definitions a file that can be written"
    )
  }
}

extension Announcement {
  /// Says in one line why a server did not start.
  ///
  /// - Returns: 78 for a mistake in a file, 1 for all else.
  static func complain(_ error: ServerError, definitions file: String?) -> ExitStatus {
    switch error {
    case .badDefinitions(let fault):
      complain(SafeText.clean("\(file ?? "definitions"): \(fault)"))
      return .configuration
    case .badTLSFile, .badDataDirectory:
      complain(SafeText.clean(error.description))
      return .configuration
    case .addressInUse, .cannotListen, .dataDirectoryInUse:
      complain(SafeText.clean(error.description))
      return .failure
    }
  }
}
