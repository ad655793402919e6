import AMQPClient
import Host

/// The process of a broker on this machine.
package struct BrokerProcess: Sendable, Hashable {
  package let processIdentifier: Int
  /// Its command, as the system has it: `beam.smp`.
  package let name: String

  package init(processIdentifier: Int, name: String) {
    self.processIdentifier = processIdentifier
    self.name = name
  }

  /// What was found of the process behind a port.
  package enum Finding: Sendable, Hashable {
    case found(BrokerProcess)
    /// As the rest of a sentence.
    case unknown(reason: String)
  }

  /// Looks for who listens where a broker is.
  static func find(_ target: BrokerTarget) -> Finding {
    guard target.isLocal else { return .unknown(reason: "not on this machine") }
    let inodes = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path in
      HostFiles.text(path, bytesLimit: Limits.procFileBytes)
        .map { SocketTable.listeners(port: target.endpoint.port, in: $0) } ?? []
    }
    guard !inodes.isEmpty else { return .unknown(reason: "nobody here listens at its port") }
    let wanted = Set(inodes.map { "socket:[\($0)]" })
    for identifier in processIdentifiers() {
      let folder = "/proc/\(identifier)/fd"
      guard let names = HostFiles.names(in: folder) else { continue }
      guard
        names.contains(where: { HostFiles.link("\(folder)/\($0)").map(wanted.contains) == true })
      else { continue }
      let name = ProcessStatus.read(identifier)?.name ?? "?"
      return .found(BrokerProcess(processIdentifier: identifier, name: name))
    }
    return .unknown(reason: "its process belongs to another user; ask as root")
  }

  private static func processIdentifiers() -> [Int] {
    (HostFiles.names(in: "/proc") ?? []).compactMap { Int($0) }.sorted()
  }

  /// CPU time and memory of the process and all below it; nil when it is gone.
  func usage() -> (cpuSeconds: Double, memoryBytes: Int)? {
    let all = Self.processIdentifiers().compactMap(ProcessStatus.read)
    guard all.contains(where: { $0.identifier == processIdentifier }) else { return nil }
    let family = ProcessStatus.family(of: processIdentifier, in: all)
    let ticks = family.reduce(0) { $0 + $1.ticks }
    let pages = family.reduce(0) { $0 + $1.residentPages }
    return (Double(ticks) / HostUsage.ticksPerSecond, pages * HostUsage.pageBytes)
  }
}

/// The kernel's table of TCP sockets (proc_net_tcp of its documentation).
package enum SocketTable {
  /// The state of a socket that listens.
  private static let listening: Substring = "0A"

  /// Finds the inodes of the sockets that listen at a port of this machine.
  ///
  /// - Parameters:
  ///   - port: 1 to 65535.
  ///   - text: What `/proc/net/tcp` or `/proc/net/tcp6` contains.
  /// - Returns: None for a text that is no such table.
  package static func listeners(port: Int, in text: String) -> [UInt64] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      guard fields.count > 9, fields[3] == listening,
        let colon = fields[1].lastIndex(of: ":"),
        Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port
      else { return nil }
      return UInt64(fields[9])
    }
  }
}

/// One process, as `/proc/PID/stat` has it (proc(5)).
package struct ProcessStatus: Sendable, Hashable {
  package let identifier: Int
  package let name: String
  package let parent: Int
  /// CPU time in user and system mode.
  package let ticks: Int
  package let residentPages: Int

  /// Reads a line of it; nil when it is none.
  ///
  /// - Parameter text: The content of the file.
  package init?(_ text: String) {
    // The name may have spaces and brackets in it; what follows its last bracket has none.
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close,
      let identifier = Int(text[..<open].drop { $0 == " " }.prefix { $0 != " " })
    else { return nil }
    let fields = text[text.index(after: close)...].split { $0 == " " || $0 == "\n" }
    guard fields.count > 21, let parent = Int(fields[1]), let user = Int(fields[11]),
      let system = Int(fields[12]), let pages = Int(fields[21])
    else { return nil }
    self.identifier = identifier
    name = PlainText.ascii(
      String(text[text.index(after: open)..<close]),
      limit: Limits.nameCharacters
    )
    self.parent = parent
    ticks = user + system
    residentPages = pages
  }

  static func read(_ identifier: Int) -> ProcessStatus? {
    HostFiles.text("/proc/\(identifier)/stat", bytesLimit: Limits.procFileBytes)
      .flatMap { ProcessStatus($0) }
  }

  /// A process and all that descend from it.
  ///
  /// - Parameters:
  ///   - root: Its identifier.
  ///   - all: The processes of the machine.
  /// - Returns: The family; empty when `root` is not among `all`.
  package static func family(of root: Int, in all: [ProcessStatus]) -> [ProcessStatus] {
    let children = Dictionary(grouping: all, by: \.parent)
    var family = all.filter { $0.identifier == root }
    var next = 0
    while next < family.count {
      let parent = family[next].identifier
      family += (children[parent] ?? []).filter { $0.identifier != root }
      next += 1
    }
    return family
  }
}
