import Telemetry

/// The names of measured numbers that the texts of a scenario may hold.
struct ScenarioMeasure {
  /// What is known of one way of calling, behind `sync.`, `async.` or `alternative.`.
  static let ofWay = endings(LabMeasurements.names(ways: [.synchronous], queues: []))
  /// What is known of one queue, behind its name.
  static let ofQueue = endings(LabMeasurements.names(ways: [], queues: ["queue"]))
  /// What is known of the whole.
  static let ofAll = LabMeasurements.names(ways: [], queues: [])

  private static func endings(_ names: [String]) -> [String] {
    names.compactMap { name in
      let words = name.split(separator: ".")
      return words.count == 2 ? String(words[1]) : nil
    }
  }

  private let ways: [String]
  private let queues: [String]
  private let phases: Set<String>

  init(of scenario: Scenario) {
    ways = scenario.ways.map(\.measurementName)
    queues = scenario.services.compactMap { $0.queue?.name }
    phases = Set(scenario.phases.map(\.name) + scenario.steps.map(\.phase))
  }

  /// Returns nil for a known name, else what a person should know.
  func complaint(about name: String) -> String? {
    var words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if words.count > 1, phases.contains(words[0]) { words.removeFirst() }
    switch words.count {
    case 1 where Self.ofAll.contains(words[0]): return nil
    case 2 where ways.contains(words[0]):
      return Self.ofWay.contains(words[1]) ? nil : unknown(name, words[1], Self.ofWay)
    case 2 where queues.contains(words[0]):
      return Self.ofQueue.contains(words[1]) ? nil : unknown(name, words[1], Self.ofQueue)
    case 1: return unknown(name, words[0], Self.ofAll)
    case _: return unknown(name, words[0], ways + queues + phases.sorted())
    }
  }

  private func unknown(_ name: String, _ word: String, _ words: [String]) -> String {
    "nothing is measured as \(ScenarioText.quoted(name)); \(ScenarioTable.mend(word, words))"
  }
}
