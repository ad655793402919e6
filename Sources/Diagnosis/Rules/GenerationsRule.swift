import Telemetry

/// Consumers of two builds take messages from one queue.
///
/// Only versions that differ say so: a client that was started again has the same one.
enum GenerationsRule {
  static func findings(in window: Window) -> [Finding] {
    let mixed = Self.mixedProducts(in: window)
    if mixed.isEmpty { return [] }
    var places: [UInt64: Int] = [:]
    for index in window.newest.connections.indices
    where mixed.contains(window.newest.connections[index].clientProduct) {
      places[window.newest.connections[index].identifier] = index
    }
    var findings: [Finding] = []
    for index in window.newest.queues.indices where window.consumersOfQueue[index].count > 1 {
      let connections = window.consumersOfQueue[index].compactMap {
        places[window.newest.consumers[$0].connectionIdentifier]
      }
      if connections.count < 2 || isOneVersion(connections, in: window) { continue }
      if let finding = finding(at: index, connections, in: window) { findings.append(finding) }
      // Of notes no more are listed.
      if findings.count >= Limits.findings { break }
    }
    return findings
  }

  /// Products of which connections with different versions are there: nearly always none.
  private static func mixedProducts(in window: Window) -> Set<String> {
    var versions: [String: String] = [:]
    var mixed: Set<String> = []
    let connections = window.newest.connections
    for index in connections.indices where !connections[index].clientVersion.isEmpty {
      let product = connections[index].clientProduct
      let known = versions[product]
      if let known, known != connections[index].clientVersion {
        mixed.insert(product)
      } else if known == nil {
        versions[product] = connections[index].clientVersion
      }
    }
    return mixed
  }

  /// Those that connected just now are a deployment and not yet counted.
  private static func isOneVersion(_ connections: [Int], in window: Window) -> Bool {
    let all = window.newest.connections
    func isNew(_ place: Int) -> Bool {
      window.now.seconds(since: all[place].connectedAt) < Limits.deploymentSeconds
    }
    guard let first = connections.first(where: { !isNew($0) }) else { return true }
    return connections.allSatisfy {
      all[$0].clientVersion == all[first].clientVersion || isNew($0)
    }
  }

  private struct Build: Hashable {
    var product: String
    /// What its instances have in common.
    var stem: String
  }

  private struct Generation {
    var version: String
    var consumers = 0
    var names: [String] = []
    var first: Instant
    var last: Instant
  }

  private static func finding(
    at index: Int,
    _ connections: [Int],
    in window: Window
  ) -> Finding? {
    var builds: [Build: [Generation]] = [:]
    for place in connections {
      let connection = window.newest.connections[place]
      if connection.clientVersion.isEmpty { continue }
      let stem = connection.hasOwnName ? ClientName.stem(of: connection.name) : ""
      let build = Build(product: connection.clientProduct, stem: stem)
      add(connection, to: &builds[build, default: []])
    }
    let mixed = builds.values.filter { $0.count > 1 }
    // The build with most consumers; of equals the one whose oldest came first.
    let most = mixed.max { left, right in
      let (few, many) = (
        left.reduce(0) { $0 + $1.consumers }, right.reduce(0) { $0 + $1.consumers }
      )
      if few != many { return few < many }
      return (left.map(\.first).min() ?? .zero) > (right.map(\.first).min() ?? .zero)
    }
    guard let generations = most?.sorted(by: { ($0.last, $0.version) < ($1.last, $1.version) }),
      let oldest = generations.first, let newest = generations.last,
      window.now.seconds(since: newest.first) >= Limits.deploymentSeconds
    else { return nil }
    return finding(of: window.newest.queues[index].identity, oldest, generations, in: window)
  }

  private static func add(_ connection: ConnectionSnapshot, to generations: inout [Generation]) {
    let version = connection.clientVersion
    let place =
      generations.firstIndex { $0.version == version }
      ?? {
        generations.append(
          Generation(
            version: version,
            first: connection.connectedAt,
            last: connection.connectedAt
          )
        )
        return generations.count - 1
      }()
    generations[place].consumers += 1
    generations[place].first = min(generations[place].first, connection.connectedAt)
    generations[place].last = max(generations[place].last, connection.connectedAt)
    if !generations[place].names.contains(connection.placeName) {
      generations[place].names.append(connection.placeName)
    }
  }

  private static func finding(
    of queue: QueueIdentity,
    _ oldest: Generation,
    _ generations: [Generation],
    in window: Window
  ) -> Finding {
    let all = generations.reduce(0) { $0 + $1.consumers }
    let others = generations.dropFirst().map(\.version)
    let age = Format.age(window.now.seconds(since: oldest.last))
    let run = oldest.consumers == 1 ? "runs" : "run"
    let these = oldest.consumers == 1 ? "the old one" : "the old ones"
    let rest = all - oldest.consumers == 1 ? "the other" : "the others"
    return Finding(
      rule: .generations,
      subject: .queue(queue),
      triage: .consumer,
      text: "\(oldest.consumers) of \(all) consumers \(run) \(oldest.version), "
        + "\(rest) \(others.joined(separator: " and ")); \(these) connected \(age) ago",
      since: generations.dropFirst().map(\.first).min(),
      evidence: generations.map { "\($0.version): \(Examples.list($0.names))." },
      advice: [
        Finding.Advice(
          "stop what is left of the old build, unless two builds are meant to run"
        ),
        Finding.Advice(action: "consumers", "see what each of them does"),
      ]
    )
  }
}
