import AMQPClient
import Telemetry
import Testing
import Trust

@testable import Lab

struct ServiceArgumentsTests {
  private static let most = ServiceArguments(
    service: "payment",
    name: "payment-async-2",
    way: .asynchronous,
    number: 2,
    endpoints: [
      ClientEndpoint(
        host: "::1",
        port: 5690,
        user: "a:b@c,d",
        password: "s3cret/ü",
        virtualHost: "/shop %1,2"
      ),
      ClientEndpoint(host: "two.example", user: "a:b@c,d", password: "s3cret/ü", virtualHost: "x"),
    ],
    queueType: .quorum,
    run: 0xDEAD_BEEF,
    start: 3,
    seed: .max,
    timeScale: 0.1,
    directory: "/tmp/a b",
    joined: ["coupon", "audit"],
    knob: 20
  )
  private static let least = ServiceArguments(
    service: ServiceArguments.customers,
    name: "customers",
    endpoints: [ClientEndpoint(host: "broker.example", port: 5672, password: "s3cret/ü")],
    run: 0,
    start: 1,
    seed: 0,
    directory: "/tmp/x"
  )

  private static func encrypted(_ trust: TrustSettings) -> ServiceArguments {
    var arguments = least
    arguments.endpoints = ["one.example", "two.example"].map {
      ClientEndpoint(host: $0, port: 5671, password: "s3cret/ü", trust: trust)
    }
    return arguments
  }

  @Test(arguments: [
    most, least, encrypted(TrustSettings()), encrypted(TrustSettings(isInsecure: true)),
    encrypted(TrustSettings(authorityFile: "/etc/our own/ca.pem")),
  ])
  func theySurviveTheCommandLine(arguments: ServiceArguments) throws {
    let read = try ServiceArguments(commandLine: arguments.commandLine, password: "s3cret/ü")
    #expect(read == arguments)
  }

  @Test func thePasswordIsNotOnTheCommandLine() {
    #expect(!Self.most.commandLine.contains { $0.contains("s3cret") })
  }

  @Test(arguments: [
    ([], "--service is missing"), (["--service"], "--service needs a value"),
    (["--service", ""], "--service cannot be ''"),
    (["--port", "1"], "lab-service knows no '--port'; it is started by sluice itself"),
    (["--service", "user"], "--name is missing"),
  ])
  func whatIsWrongWithThemIsSaid(commandLine: [String], problem: String) {
    #expect(throws: ServiceArguments.Problem(text: problem)) {
      try ServiceArguments(commandLine: commandLine, password: nil)
    }
  }

  @Test(arguments: [
    ("--way", "sideways"), ("--number", "0"), ("--broker", "http://127.0.0.1"),
    ("--broker", "amqp://127.0.0.1,"), ("--queue-type", "stream"), ("--run", "xyz"),
    ("--run", "100000000"), ("--start", "0"), ("--start", "10001"), ("--seed", "-1"),
    ("--time-scale", "0"), ("--time-scale", "nan"), ("--time-scale", "101"), ("--directory", ""),
    ("--knob", "much"),
  ])
  func aValueThatCannotBeIsRefused(option: String, value: String) throws {
    var commandLine = Self.most.commandLine
    let index = try #require(commandLine.firstIndex(of: option))
    commandLine[index + 1] = value
    #expect(throws: ServiceArguments.Problem(text: "\(option) cannot be '\(value)'")) {
      try ServiceArguments(commandLine: commandLine, password: nil)
    }
  }
}
