import AMQPClient

/// What a service process is told on its command line.
///
///     lab-service --role notification --name notification --broker amqp://guest@127.0.0.1:5672/
///       --run 7c41 --start 1 --seed 42
///
/// The password travels in the environment (``passwordVariable``): everybody on the machine may
/// read a command line.
struct ServiceArguments: Sendable, Hashable {
  var role: Role
  /// Its name for people and for the broker.
  var name: String
  var endpoint: ClientEndpoint
  var run: UInt32
  /// Which start of this service it is in this run, from 1.
  var start: Int
  var seed: UInt64

  /// The environment variable with the password for the broker.
  static let passwordVariable = "SLUICE_LAB_PASSWORD"

  /// What is wrong with a command line, as one sentence with the mend.
  struct Problem: Error, Sendable, Hashable {
    var text: String
  }

  /// Everything after `lab-service`, without the password.
  var commandLine: [String] {
    [
      "--role", role.rawValue, "--name", name, "--broker", brokerAddress,
      "--run", String(run, radix: 16), "--start", String(start), "--seed", String(seed),
    ]
  }

  private var brokerAddress: String {
    let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : Self.encoded(endpoint.host)
    let virtualHost = Self.encoded(endpoint.virtualHost)
    return "amqp://\(Self.encoded(endpoint.user))@\(host):\(endpoint.port)/\(virtualHost)"
  }

  init(
    role: Role,
    name: String,
    endpoint: ClientEndpoint,
    run: UInt32,
    start: Int,
    seed: UInt64
  ) {
    self.role = role
    self.name = name
    self.endpoint = endpoint
    self.run = run
    self.start = start
    self.seed = seed
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
      guard ["--role", "--name", "--broker", "--run", "--start", "--seed"].contains(option) else {
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
    role = try value("--role", Role.init(rawValue:))
    name = try value("--name") { $0.isEmpty ? nil : $0 }
    run = try value("--run") { UInt32($0, radix: 16) }
    start = try value("--start") { Int($0).flatMap { (1...Limits.starts).contains($0) ? $0 : nil } }
    seed = try value("--seed") { UInt64($0) }
    // Only that it is no address matters here; the sentence repeats what was given.
    endpoint = try value("--broker") { try? ClientEndpoint(url: $0) }
    if let password { endpoint.password = password }
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
