import Glibc
import JSONText
import Telemetry
import Testing

@testable import Lab

struct ServiceLinesTests {
  static let identity = MessageIdentity(run: 0x7C41, start: 2, sequence: 99)
  static let events: [ServiceEvent] = [
    .ready(port: 40_311, processIdentifier: 4711), .ready(port: nil, processIdentifier: 1),
    .failed(reason: "it cannot \"listen\"\n"), .confirmed(identity),
    .handled(identity, isRedelivered: true), .handled(nil, isRedelivered: false),
    .counters(
      ServiceCounters(
        done: 1,
        callsAnswered: 2,
        published: 3,
        returned: 4,
        unconfirmed: 5,
        inHand: 6
      )
    ),
    .customers(
      CustomersReport(
        outstanding: 7,
        isOpen: false,
        ways: [
          .init(way: .synchronous, offered: 5, succeeded: 1, declined: 2, failed: 2, latency: nil),
          .init(
            way: .asynchronous,
            offered: 1,
            latency: LatencySnapshot(
              p50: 102.5,
              p95: 110,
              p99: 121.25,
              sampleCount: 50,
              windowSeconds: 10
            )
          ),
        ]
      )
    ),
  ]
  static let commands: [ServiceCommand] = [
    .peer(name: "user", port: 65_535), .mode(.both), .load(perSecond: 12.5),
    .burst(customers: 100), .goHome, .stop,
  ]

  @Test(arguments: events)
  func anEventSurvivesItsLine(event: ServiceEvent) {
    #expect(ServiceEvent(line: event.line) == event)
    #expect(!event.line.contains(UInt8(ascii: "\n")))
  }

  @Test(arguments: commands)
  func aCommandSurvivesItsLine(command: ServiceCommand) {
    #expect(ServiceCommand(line: command.line) == command)
  }

  @Test(arguments: [
    "", "hello", "[]", "{}", #"{"event":"unknown"}"#, #"{"event":"confirmed"}"#,
    #"{"event":"confirmed","payment":"7c41-0-1"}"#, #"{"event":"customers","ways":7}"#,
    #"{"event":"ready","port":1}"#,
  ])
  func aLineThatIsNoEventIsNotTakenForOne(line: String) {
    #expect(ServiceEvent(line: Array(line.utf8)) == nil)
  }

  @Test(arguments: [
    "", "{}", #"{"command":"peer","name":"user","port":0}"#, #"{"command":"mode","mode":"up"}"#,
    #"{"command":"load","perSecond":-1}"#, #"{"command":"load","perSecond":1e9}"#,
    #"{"command":"burst","customers":-5}"#, #"{"command":"burst","customers":100000000}"#,
  ])
  func aLineThatIsNoCommandIsNotTakenForOne(line: String) {
    #expect(ServiceCommand(line: Array(line.utf8)) == nil)
  }

  @Test func aMessagePublishedByHandHasNoIdentity() {
    #expect(Payment(body: #"{"note":"published by hand"}"#.utf8) == nil)
    #expect(Payment(body: "no JSON".utf8) == nil)
    let payment = Payment(identity: Self.identity, account: 3, cents: 1250)
    #expect(Payment(body: payment.body) == payment)
  }

  @Test func whatIsWrittenComesOutAsLines() throws {
    let pipe = try Pipe()
    defer { pipe.close() }
    let writer = EventWriter(fileDescriptor: pipe.writeEnd) {}
    for event in Self.events { writer.write(event) }
    pipe.closeWriteEnd()
    var lines = LineSplitter()
    #expect(lines.append(pipe.readAll()).map(ServiceEvent.init(line:)) == Self.events)
  }

  @Test func aReportIsLeftOutWhileThePipeIsFull() throws {
    let pipe = try Pipe()
    defer { pipe.close() }
    let writer = EventWriter(fileDescriptor: pipe.writeEnd) {}
    // Far more than a pipe holds: it would block here if it were not left out.
    for _ in 0..<20_000 { writer.writeIfThereIsRoom(Self.events[0]) }
    pipe.closeWriteEnd()
    let bytes = pipe.readAll()
    var lines = LineSplitter()
    let events = lines.append(bytes).compactMap(ServiceEvent.init(line:))
    #expect(events.count < 20_000)
    #expect(events.allSatisfy { $0 == Self.events[0] })
    #expect(bytes.last == UInt8(ascii: "\n"))
  }

  @Test func aReaderThatIsGoneIsNoticed() async throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = try Pipe()
    defer { pipe.close() }
    pipe.closeReadEnd()
    await confirmation { noticed in
      EventWriter(fileDescriptor: pipe.writeEnd) { noticed() }.write(Self.events[0])
    }
  }

  @Test func commandsAreReadToTheirEnd() async throws {
    let pipe = try Pipe()
    defer { pipe.close() }
    let commands = CommandReader.start(fileDescriptor: pipe.readEnd) {
      Issue.record("it was told to stop")
    }
    for command in Self.commands { pipe.write(command.line + [UInt8(ascii: "\n")]) }
    pipe.closeWriteEnd()
    var received: [ServiceCommand] = []
    for await command in commands { received.append(command) }
    #expect(received == Self.commands)
  }

  @Test func anInputThatEndsWithoutAStopMeansThatTheRunnerIsGone() async throws {
    let pipe = try Pipe()
    defer { pipe.close() }
    await confirmation { abandoned in
      let commands = CommandReader.start(fileDescriptor: pipe.readEnd) { abandoned() }
      pipe.write(ServiceCommand.goHome.line)
      pipe.closeWriteEnd()
      for await _ in commands {}
    }
  }
}

/// A pipe.
private final class Pipe {
  let readEnd: Int32
  let writeEnd: Int32
  private var isReadEndOpen = true
  private var isWriteEndOpen = true

  struct NoPipe: Error {}

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw NoPipe() }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  /// Closes what is still open.
  func close() {
    closeReadEnd()
    closeWriteEnd()
  }

  func closeReadEnd() {
    if isReadEndOpen { Glibc.close(readEnd) }
    isReadEndOpen = false
  }

  func closeWriteEnd() {
    if isWriteEndOpen { Glibc.close(writeEnd) }
    isWriteEndOpen = false
  }

  func write(_ bytes: [UInt8]) {
    let count = bytes.withUnsafeBytes { Glibc.write(writeEnd, $0.baseAddress, $0.count) }
    #expect(count == bytes.count)
  }

  /// Everything up to the end; the write end must be closed.
  func readAll() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(readEnd, $0.baseAddress, $0.count) }
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }
}
