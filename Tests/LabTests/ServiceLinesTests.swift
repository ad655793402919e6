import Glibc
import JSONText
import Telemetry
import Testing

@testable import Lab

struct ServiceLinesTests {
  static let identity = MessageIdentity(run: 0x7C41, start: 2, sequence: 99)
  static let events: [ServiceEvent] = [
    .ready(port: 40_311, processIdentifier: 4711), .ready(port: nil, processIdentifier: 1),
    .failed(reason: "it cannot \"listen\"\n"),
    .published(
      PublishedLine(identity: identity, exchange: "payments", key: "payment.ü", beganAt: 12_345)
    ),
    .published(
      PublishedLine(identity: identity.copied(3), exchange: "", key: "", copies: 20, beganAt: 0)
    ),
    .handled(HandledLine(identity: identity, isRedelivered: true, milliseconds: 112.4)),
    .handled(HandledLine(identity: identity.copied(1_000), isApplied: false)),
    .handled(HandledLine(identity: nil)), .dead(identity.copied(2)), .faultOver(17),
    .knobTurned(500), .arrived([]), .arrived([0, 123_456_789_012_345]),
    .counters(
      ServiceCounters(
        done: 1,
        callsAnswered: 2,
        published: 3,
        returned: 4,
        unconfirmed: 5,
        givenBack: 7,
        inHand: 6
      )
    ),
    .entry(EntryReport()),
    .entry(
      EntryReport(
        busyThreads: 40,
        threads: 41,
        waitingRequests: 7,
        waitsFor: "points",
        waterfall: [
          RequestStep(name: "user", startMilliseconds: 0, milliseconds: 62.5),
          RequestStep(
            name: "points",
            startMilliseconds: 62.5,
            milliseconds: 2_000,
            outcome: .failed
          ),
          RequestStep(name: "x", startMilliseconds: 1, milliseconds: 0.25, outcome: .declined),
        ]
      )
    ),
    .customers(
      CustomersReport(
        outstanding: 7,
        isOpen: false,
        ways: [
          .init(way: .synchronous, offered: 5, succeeded: 1, declined: 2, failed: 2, latency: nil),
          .init(
            way: .alternative,
            offered: 1,
            failed: 1,
            refused: 1,
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
  static let faults = FaultKind.allCases.enumerated().map { number, kind in
    ServiceCommand.fault(
      StepFault(
        identifier: number,
        kind: kind,
        amount: kind.usualAmount,
        percent: 1 + number,
        count: number % 2 == 0 ? nil : number,
        seed: .max - UInt64(number)
      )
    )
  }
  static let shapes = LoadShapeKind.allCases.map { kind in
    ServiceCommand.shape(
      LoadShape(kind: kind, factor: 2.5, seconds: 0.1, arrivals: kind == .replay ? [0, 0.125] : [])
    )
  }
  static let commands: [ServiceCommand] =
    [
      .scenario("name = \"shop\"\n# 商店\n"), .peer(name: "user", ports: [65_535]),
      .peer(name: "points", ports: [1, 2, 3]), .peer(name: "nobody", ports: []), .mode(.both),
      .load(perSecond: 12.5), .load(perSecond: 0), .burst(customers: 100), .messageBytes(65_536),
      .knob(1_000), .heal(fault: 4), .poisons([]), .poisons([3, 12]), .tellArrivals, .drop, .goHome,
      .stop,
    ] + faults + shapes

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
    "", "hello", "[]", "{}", #"{"event":"unknown"}"#, #"{"event":"published"}"#,
    #"{"event":"published","id":"7c41-0-1","exchange":"","key":"","copies":1,"began":1}"#,
    #"{"event":"published","id":"7c41-1-1","exchange":"","key":"","copies":-1,"began":1}"#,
    #"{"event":"dead"}"#, #"{"event":"dead","id":"x"}"#, #"{"event":"customers","ways":7}"#,
    #"{"event":"ready","port":1}"#, #"{"event":"faultOver","id":-1}"#, #"{"event":"knobTurned"}"#,
  ])
  func aLineThatIsNoEventIsNotTakenForOne(line: String) {
    #expect(ServiceEvent(line: Array(line.utf8)) == nil)
  }

  @Test(arguments: [
    "", "{}", #"{"command":"peer","name":"user"}"#,
    #"{"command":"peer","name":"user","ports":[0]}"#,
    #"{"command":"peer","name":"user","ports":[80,65536]}"#,
    #"{"command":"peer","name":"user","ports":["80"]}"#, #"{"command":"mode","mode":"up"}"#,
    #"{"command":"load","perSecond":-1}"#, #"{"command":"load","perSecond":1e9}"#,
    #"{"command":"burst","customers":-5}"#, #"{"command":"burst","customers":100000000}"#,
    #"{"command":"messageBytes","bytes":65537}"#, #"{"command":"knob","value":-1}"#,
    #"{"command":"shape","kind":"round","factor":1,"seconds":1,"arrivals":[]}"#,
    #"{"command":"shape","kind":"step","factor":1,"seconds":1}"#,
    #"{"command":"fault","id":1,"kind":"latency","amount":1,"percent":0,"seed":"1"}"#,
    #"{"command":"fault","id":1,"kind":"latency","amount":1,"percent":101,"seed":"1"}"#,
    #"{"command":"fault","id":1,"kind":"flood","amount":1,"percent":1,"seed":"1"}"#,
    #"{"command":"fault","id":1,"kind":"latency","amount":1,"percent":1,"seed":1}"#,
    #"{"command":"heal"}"#, #"{"command":"scenario"}"#,
  ])
  func aLineThatIsNoCommandIsNotTakenForOne(line: String) {
    #expect(ServiceCommand(line: Array(line.utf8)) == nil)
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
    for number in 0..<20_000 { writer.write(report: [.faultOver(number)]) }
    pipe.closeWriteEnd()
    let bytes = pipe.readAll()
    var lines = LineSplitter()
    let events = lines.append(bytes).compactMap(ServiceEvent.init(line:))
    #expect(events.count < 20_000)
    #expect(events == events.indices.map { .faultOver($0) })
    #expect(bytes.last == UInt8(ascii: "\n"))
  }

  @Test func aReportIsWrittenWhenItSaysSomethingNew() throws {
    let pipe = try Pipe()
    defer { pipe.close() }
    let writer = EventWriter(fileDescriptor: pipe.writeEnd) {}
    let reports = [1, 1, 1, 2, 2, 1].map { done in
      [ServiceEvent.counters(ServiceCounters(done: done)), .faultOver(1)]
    }
    for report in reports { writer.write(report: report) }
    pipe.closeWriteEnd()
    var lines = LineSplitter()
    let events = lines.append(pipe.readAll()).compactMap(ServiceEvent.init(line:))
    #expect(events == reports[0] + reports[3] + reports[5])
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
