import AMQPClient
import Telemetry
import Trust

/// What a service process is told on its command line.
///
///     lab-service --service notification --name notification --number 1
///       --broker amqp://guest@127.0.0.1:5672/ --queue-type classic --run 7c41 --start 1 --seed 42 --time-scale 1
///       --directory /tmp/sluice-lab-x --joined coupon --knob 20
///
/// To an `amqps://` broker come `--cacert FILE` or `--insecure true`, as a person gave them.
///
/// The password travels in the environment (``passwordVariable``): everybody on the machine may
/// read a command line. The scenario comes as the first command.
struct ServiceArguments: Sendable, Hashable {
  /// The scenario's name for it, or ``customers``.
  var service: String
  /// Its own name, for people and for the broker.
  var name: String
  /// The way of calling of an entry service.
  var way: CallWay?
  /// Which process of its kind it is, from 1.
  var number = 1
  /// The nodes of the broker in the order in which they are tried; never empty.
  var endpoints: [ClientEndpoint]
  var queueType = QueueType.classic
  var run: UInt32
  /// Which start of a process it is in this run, from 1.
  var start: Int
  var seed: UInt64
  /// How many seconds of the scenario pass in one of the clock.
  var timeScale = 1.0
  /// Where the services keep what outlives their processes; it belongs to this run.
  var directory: String
  /// Optional services that are called as well.
  var joined: [String] = []
  /// What the scenario's knob stands at; nil when it has none.
  var knob: Int?

  /// The process that the customers are.
  static let customers = "customers"

  /// The environment variable with the password for the broker.
  static let passwordVariable = "SLUICE_LAB_PASSWORD"

  private static let options = [
    "--service", "--name", "--way", "--number", "--broker", "--queue-type", "--run", "--start",
    "--seed", "--time-scale", "--directory", "--joined", "--knob", "--cacert", "--insecure",
  ]

  /// What is wrong with a command line, as one sentence with the mend.
  struct Problem: Error, Sendable, Hashable {
    var text: String
  }

  /// Everything after `lab-service`, without the password.
  var commandLine: [String] {
    var line = [
      "--service", service, "--name", name, "--number", String(number),
      "--broker", endpoints.map(Self.address(of:)).joined(separator: ","),
      "--queue-type", queueType.rawValue, "--run", String(run, radix: 16), "--start", String(start),
      "--seed", String(seed), "--time-scale", String(timeScale), "--directory", directory,
    ]
    if let way { line += ["--way", way.rawValue] }
    if !joined.isEmpty { line += ["--joined", joined.joined(separator: ",")] }
    if let knob { line += ["--knob", String(knob)] }
    // One cluster is trusted in one way.
    if let file = endpoints[0].trust?.authorityFile { line += ["--cacert", file] }
    if endpoints[0].trust?.isInsecure == true { line += ["--insecure", "true"] }
    return line
  }

  /// An address without its password; a comma in its parts is encoded.
  private static func address(of endpoint: ClientEndpoint) -> String {
    let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : encoded(endpoint.host)
    let virtualHost = encoded(endpoint.virtualHost)
    return "\(endpoint.scheme)\(encoded(endpoint.user))@\(host):\(endpoint.port)/\(virtualHost)"
  }

  init(
    service: String,
    name: String,
    way: CallWay? = nil,
    number: Int = 1,
    endpoints: [ClientEndpoint],
    queueType: QueueType = .classic,
    run: UInt32,
    start: Int,
    seed: UInt64,
    timeScale: Double = 1,
    directory: String,
    joined: [String] = [],
    knob: Int? = nil
  ) {
    self.service = service
    self.name = name
    self.way = way
    self.number = number
    self.endpoints = endpoints
    self.queueType = queueType
    self.run = run
    self.start = start
    self.seed = seed
    self.timeScale = timeScale
    self.directory = directory
    self.joined = joined
    self.knob = knob
  }

  /// Reads a command line.
  ///
  /// - Parameters:
  ///   - commandLine: Everything after `lab-service`.
  ///   - password: From the environment; nil means that of the address.
  /// - Throws: ``Problem`` with a sentence about the first thing that is wrong.
  init(commandLine: [String], password: String?) throws(Problem) {
    var values: [String: String] = [:]
    var rest = commandLine[...]
    while let option = rest.popFirst() {
      guard ServiceArguments.options.contains(option) else {
        throw Problem(text: "lab-service knows no '\(option)'; it is started by sluice itself")
      }
      guard let value = rest.popFirst() else { throw Problem(text: "\(option) needs a value") }
      values[option] = value
    }
    func value<Value>(_ option: String, _ read: (String) -> Value?) throws(Problem) -> Value {
      guard let text = values[option] else { throw Problem(text: "\(option) is missing") }
      guard let value = read(text) else { throw Problem(text: "\(option) cannot be '\(text)'") }
      return value
    }
    func optional<Value>(_ option: String, _ read: (String) -> Value?) throws(Problem) -> Value? {
      values[option] == nil ? nil : try value(option, read)
    }
    service = try value("--service") { $0.isEmpty ? nil : $0 }
    name = try value("--name") { $0.isEmpty ? nil : $0 }
    way = try optional("--way", CallWay.init(rawValue:))
    number = try value("--number") { Int($0).flatMap { $0 > 0 ? $0 : nil } }
    run = try value("--run") { UInt32($0, radix: 16) }
    start = try value("--start") { Int($0).flatMap { (1...Limits.starts).contains($0) ? $0 : nil } }
    seed = try value("--seed") { UInt64($0) }
    timeScale = try value("--time-scale") {
      Double($0).flatMap { Limits.timeScales.contains($0) ? $0 : nil }
    }
    directory = try value("--directory") { $0.isEmpty ? nil : $0 }
    joined = try optional("--joined") { $0.split(separator: ",").map(String.init) } ?? []
    knob = try optional("--knob") { Int($0) }
    queueType = try optional("--queue-type", QueueType.init(rawValue:)) ?? .classic
    endpoints = try value("--broker") { text in
      let addresses = text.split(separator: ",", omittingEmptySubsequences: false)
      // Only that it is no address matters here; the sentence repeats what was given.
      let read = addresses.compactMap { try? ClientEndpoint(url: String($0)) }
      return read.count == addresses.count ? read : nil
    }
    let trust = TrustSettings(
      authorityFile: try optional("--cacert") { $0.isEmpty ? nil : $0 },
      isInsecure: try optional("--insecure", Bool.init) ?? false
    )
    for index in endpoints.indices where endpoints[index].trust != nil {
      endpoints[index].trust = trust
    }
    if let password {
      for index in endpoints.indices { endpoints[index].password = password }
    }
  }

  /// Percent-encodes everything but letters, digits and `-._~`.
  private static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789-._~".contains(Character(scalar)))
      {
        encoded.unicodeScalars.append(scalar)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }
}
