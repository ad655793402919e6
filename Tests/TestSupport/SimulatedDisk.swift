package import NIOCore
package import Store

/// A disk in memory that forgets what was not synced when the power is cut.
package struct SimulatedDisk: Disk {
  /// A file's bytes as they are read, and as they are after a cut.
  fileprivate struct File {
    var bytes: [UInt8] = []
    var synced: [UInt8] = []
    /// What was written since the last sync, in order.
    var writes: [(offset: Int, bytes: [UInt8])] = []
  }

  /// The names that a synced directory has; what is not here may be gone after a cut.
  private var syncedNames: [String: String] = [:]
  private var identities: [String: String] = [:]
  private var contents: [String: File] = [:]
  package private(set) var operationCount = 0
  /// The operation with that number, from 1, is not done, and none after it.
  package var stopsAt: Int?

  package init() {}

  package func list() -> [String: Int] {
    identities.mapValues { contents[$0]?.bytes.count ?? 0 }
  }

  package func read(_ file: String, at offset: Int, count: Int) throws(StoreError) -> ByteBuffer {
    guard let identity = identities[file], let content = contents[identity] else {
      throw .system(call: "open", file: file, code: 2)
    }
    let end = min(content.bytes.count, offset.addingReportingOverflow(count).partialValue)
    return ByteBuffer(bytes: content.bytes[min(offset, end)..<end])
  }

  package mutating func perform(_ operation: DiskOperation) throws(StoreError) {
    operationCount += 1
    if let stopsAt, operationCount >= stopsAt { throw .system(call: "power", file: "", code: 5) }
    switch operation {
    case .create(let file, _):
      let identity = "\(file)#\(operationCount)"
      identities[file] = identity
      contents[identity] = File()
    case .write(let file, let offset, let bytes):
      let identity = identities[file] ?? "\(file)#\(operationCount)"
      identities[file] = identity
      contents[identity, default: File()].write(Array(bytes.readableBytesView), at: offset)
    case .extend(let file, let offset, let bytes):
      guard let identity = identities[file] else {
        throw .system(call: "open", file: file, code: 2)
      }
      contents[identity]?.write([UInt8](repeating: 0, count: bytes), at: offset)
    case .punch(let file, let offset, let bytes):
      guard let identity = identities[file] else {
        throw .system(call: "open", file: file, code: 2)
      }
      contents[identity]?.write([UInt8](repeating: 0, count: bytes), at: offset)
    case .sync(let file):
      guard let identity = identities[file] else {
        throw .system(call: "fdatasync", file: file, code: 2)
      }
      contents[identity]?.sync()
    case .syncDirectory:
      syncedNames = identities
    case .rename(let from, let to):
      identities[to] = identities.removeValue(forKey: from)
    case .delete(let file):
      identities[file] = nil
    }
  }

  /// The power goes: names and bytes that were not synced are kept or lost by chance, the last
  /// write that is kept may be torn.
  package mutating func cutPower(using random: inout some RandomNumberGenerator) {
    stopsAt = nil
    for name in Set(identities.keys).union(syncedNames.keys) where Bool.random(using: &random) {
      identities[name] = syncedNames[name]
    }
    for identity in contents.keys.sorted() { contents[identity]?.cutPower(using: &random) }
    syncedNames = identities
  }

  /// Changes one byte of a file as a failing disk does.
  package mutating func flip(_ file: String, at offset: Int) {
    guard let identity = identities[file] else { return }
    contents[identity]?.bytes[offset] ^= 0x10
  }

  package mutating func truncate(_ file: String, to count: Int) {
    guard let identity = identities[file] else { return }
    contents[identity]?.bytes.removeSubrange(count...)
  }

  package mutating func lose(_ file: String) { identities[file] = nil }

  package var bytes: [String: [UInt8]] { identities.mapValues { contents[$0]?.bytes ?? [] } }
}

extension SimulatedDisk.File {
  fileprivate mutating func write(_ new: [UInt8], at offset: Int) {
    put(new, at: offset)
    writes.append((offset, new))
  }

  private mutating func put(_ new: [UInt8], at offset: Int) {
    if bytes.count < offset + new.count {
      bytes += [UInt8](repeating: 0, count: offset + new.count - bytes.count)
    }
    bytes.replaceSubrange(offset..<(offset + new.count), with: new)
  }

  fileprivate mutating func sync() {
    synced = bytes
    writes = []
  }

  fileprivate mutating func cutPower(using random: inout some RandomNumberGenerator) {
    bytes = synced
    for write in writes {
      switch Int.random(in: 0..<3, using: &random) {
      case 0: break
      case 1: put(write.bytes, at: write.offset)
      default:
        let count = Int.random(in: 0...write.bytes.count, using: &random)
        put(Array(write.bytes.prefix(count)), at: write.offset)
      }
    }
    sync()
  }
}
