/// What one target may import: the table of the architecture, as a value.
struct Layer {
  /// Our own targets and the modules of packages; `Module.Symbol` allows that symbol alone.
  var modules: Set<String>
  /// Modules of the operating system and the toolchain.
  var system: Set<String> = []
  /// A pure target computes values from its arguments: no clock, no chance, no input or output.
  var isPure = false

  var summary: String {
    let names = modules.union(system).sorted()
    return names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }

  /// Whether an import path is allowed, as a whole module or as a symbol of an allowed module.
  func allows(_ path: String) -> Bool {
    let allowed = modules.union(system)
    if allowed.contains(path) { return true }
    guard let dot = path.firstIndex(of: ".") else { return false }
    return allowed.contains(String(path[..<dot]))
  }

  /// Every target under Sources.
  static let all: [String: Layer] = [
    "AMQP": Layer(modules: ["NIOCore.ByteBuffer"], isPure: true),
    "Telemetry": Layer(modules: [], isPure: true),
    "JSONText": Layer(modules: [], isPure: true),
    "CChecksum": Layer(modules: []),
    "Store": Layer(modules: ["CChecksum", "NIOCore"], system: ["Glibc", "Synchronization"]),
    "WebText": Layer(modules: [], isPure: true),
    "Definitions": Layer(modules: ["AMQP", "Broker", "JSONText", "WebText"], isPure: true),
    // Glibc for malloc and memcpy of the message block; the purity rule bars the rest of it.
    "Broker": Layer(
      modules: ["AMQP", "Store", "Telemetry", "NIOCore.ByteBuffer", "DequeModule", "HeapModule"],
      system: ["Glibc"],
      isPure: true
    ),
    "AMQPServer": Layer(
      modules: [
        "AMQP", "Broker", "Definitions", "Store", "Telemetry", "NIOCore", "NIOPosix", "NIOSSL",
        "Crypto", "Logging",
      ],
      system: ["Dispatch", "Synchronization", "Glibc"]
    ),
    "Trust": Layer(modules: ["NIOCore", "NIOSSL"]),
    "AMQPClient": Layer(
      modules: ["AMQP", "Trust", "NIOCore", "NIOPosix", "NIOSSL"],
      system: ["Synchronization", "Glibc"]
    ),
    "Lab": Layer(
      modules: [
        "AMQP", "AMQPClient", "Host", "JSONText", "TOMLText", "Telemetry", "Trust", "NIOCore",
        "NIOPosix",
        "NIOHTTP1", "Subprocess", "SystemPackage", "Histogram",
      ],
      system: ["Dispatch", "Synchronization", "Glibc"]
    ),
    "ManagementClient": Layer(
      modules: [
        "JSONText", "Telemetry", "Trust", "WebText", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL",
        "NIOTLS",
      ],
      system: ["Glibc"]
    ),
    "Compare": Layer(
      modules: [
        "AMQP", "AMQPClient", "Host", "JSONText", "Telemetry", "NIOCore", "NIOPosix", "Histogram",
      ],
      system: ["Synchronization"]
    ),
    "Host": Layer(modules: [], system: ["Glibc"]),
    "ManagementServer": Layer(
      modules: [
        "AMQP", "AMQPServer", "Broker", "Definitions", "JSONText", "Telemetry", "WebText",
        "Hummingbird",
        "HTTPTypes", "NIOCore", "NIOPosix", "Logging", "ServiceLifecycle",
      ],
      system: ["Synchronization", "Glibc"]
    ),
    // Joins the two, which know nothing of each other.
    "LabBroker": Layer(modules: ["AMQPServer", "Lab", "Telemetry"]),
    "Canvas": Layer(modules: [], isPure: true),
    "Recording": Layer(modules: ["CChecksum", "Telemetry"], isPure: true),
    "RecordingFile": Layer(
      modules: ["Recording", "Telemetry"],
      system: ["Glibc", "Synchronization"]
    ),
    "Diagnosis": Layer(modules: ["Telemetry"], isPure: true),
    "Dashboard": Layer(
      modules: ["Canvas", "Diagnosis", "JSONText", "Recording", "Telemetry"],
      isPure: true
    ),
    "CNcurses": Layer(modules: []),
    "Curses": Layer(modules: ["Canvas", "CNcurses"], system: ["Dispatch", "Glibc"]),
    "ThemeFiles": Layer(modules: ["Canvas", "TOMLText"], system: ["Glibc"]),
    "TOMLText": Layer(modules: ["TOMLKit"], isPure: true),
    "ConfigFile": Layer(
      modules: ["Canvas", "Dashboard", "Diagnosis", "TOMLText"],
      system: ["Glibc"]
    ),
    "sluice": Layer(
      modules: [
        "AMQP", "AMQPClient", "AMQPServer", "Broker", "Canvas", "Compare", "ConfigFile",
        "Curses", "Dashboard", "Definitions", "Diagnosis", "Host", "JSONText", "Lab", "LabBroker",
        "ManagementClient", "ManagementServer", "Recording", "RecordingFile", "Store", "Telemetry",
        "ThemeFiles", "Trust",
        "ArgumentParser", "Logging", "NIOCore", "NIOPosix", "Subprocess",
        "SystemPackage",
      ],
      system: ["Dispatch", "Synchronization", "Glibc"]
    ),
  ]
}
