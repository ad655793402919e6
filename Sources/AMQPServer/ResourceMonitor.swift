import Broker
import Telemetry

#if canImport(Glibc)
import Glibc
#endif

/// What the server saw of the machine's resources; nil where the system would not say.
struct ResourceReadings: Hashable {
  /// Memory of this process that no file stands behind, in bytes.
  var usedMemoryBytes: Int?
  /// Space that is left on the disk, in bytes.
  var freeDiskBytes: Int?
}

/// Compares what is used of memory and disk with the limits, and raises and clears the alarms.
///
/// - Isolation: the broker's loop; each look takes a few system calls.
struct ResourceMonitor {
  /// nil when the machine does not say what it has.
  let memoryLimitBytes: Int?
  let diskFreeLimitBytes: Int
  /// The directory whose disk is looked at.
  var directory: String
  private var passedAtLastLook: UInt64 = 0
  private var isTrimDue = false

  /// Memory is not given back while less than this is used: there is nothing to gain.
  private static let trimBytes = 16 << 20

  init(
    _ limits: ServerLimits,
    directory: String = ".",
    machineBytes: Int? = ResourceReadings.machineMemoryBytes
  ) {
    self.directory = directory
    switch limits.memory {
    case .bytes(let bytes): memoryLimitBytes = bytes
    case .fraction(let fraction):
      memoryLimitBytes = machineBytes.map { Int(Double($0) * fraction) }
    }
    diskFreeLimitBytes = limits.diskFreeBytes
  }

  /// Looks, gives unused memory back, and tells the engine.
  mutating func look(for broker: Broker) {
    var readings = ResourceReadings.now(directory)
    if let used = readings.usedMemoryBytes, used > Self.trimBytes {
      let isOver = used > memoryLimitBytes ?? .max
      if shouldTrim(isOver: isOver, passed: broker.passedCount) {
        Heap.trim()
        readings.usedMemoryBytes = ResourceReadings.anonymousBytes
      }
    }
    apply(readings, to: broker)
  }

  /// What a drained backlog leaves behind is given back in a quiet second, not between messages.
  private mutating func shouldTrim(isOver: Bool, passed: UInt64) -> Bool {
    defer { passedAtLastLook = passed }
    guard passed == passedAtLastLook else {
      isTrimDue = true
      return isOver
    }
    defer { isTrimDue = false }
    return isTrimDue
  }

  func apply(_ readings: ResourceReadings, to broker: Broker) {
    if let used = readings.usedMemoryBytes, let limit = memoryLimitBytes {
      if used > limit {
        let text = "\(used >> 20) MB used, the limit is \(limit >> 20) MB"
        broker.raise(.memory, by: .measurement, because: text)
      } else {
        broker.clear(.memory, by: .measurement)
      }
    }
    if let free = readings.freeDiskBytes {
      if free < diskFreeLimitBytes {
        let text = "\(free >> 20) MB free, the limit is \(diskFreeLimitBytes >> 20) MB"
        broker.raise(.disk, by: .measurement, because: text)
      } else {
        broker.clear(.disk, by: .measurement)
      }
    }
  }
}

/// The C library's heap.
private enum Heap {
  /// nil with a C library that has none.
  private static let trimming = dlsym(nil, "malloc_trim").map { symbol in
    // Safe: this is glibc's `int malloc_trim(size_t)`, whose header Swift does not import.
    unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
  }

  /// Gives pages that hold nothing back to the system.
  static func trim() { _ = trimming?(0) }
}

extension ResourceReadings {
  /// As things are now.
  static func now(_ directory: String) -> ResourceReadings {
    ResourceReadings(usedMemoryBytes: anonymousBytes, freeDiskBytes: freeBytes(of: directory))
  }

  /// The anonymous memory of this process: without the libraries, which are not the broker's doing.
  static var anonymousBytes: Int? {
    guard let status = text(of: "/proc/self/status") else { return nil }
    return kilobytes(after: "RssAnon:", in: status).map { $0 * 1_024 }
  }

  /// What this process may use: the machine's memory, or its control group's if that is less.
  static var machineMemoryBytes: Int? {
    let machine = text(of: "/proc/meminfo").flatMap { kilobytes(after: "MemTotal:", in: $0) }
    let group = text(of: "/sys/fs/cgroup/memory.max").flatMap { text in
      Int(text.prefix { $0.isNumber })
    }
    return [machine.map { $0 * 1_024 }, group].compactMap { $0 }.min()
  }

  /// The number that follows a label, in a file of `/proc` that lists kilobytes.
  static func kilobytes(after label: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix(label) {
      return Int(
        line.dropFirst(label.count).drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber }
      )
    }
    return nil
  }

  static func freeBytes(of path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let (bytes, isTooMany) = Int(status.f_bavail).multipliedReportingOverflow(
      by: Int(status.f_frsize)
    )
    return isTooMany ? .max : bytes
  }

  private static func text(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    // The files of interest are shorter, and what is looked for stands near their beginning.
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(file, &bytes, bytes.count)
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
