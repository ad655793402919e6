import JSONText
import Telemetry
import TestSupport
import Testing

@testable import Lab

struct HTTPTests {
  private func client(timeout: Duration = .seconds(60)) -> PeerClient {
    PeerClient(name: "peer", timeout: timeout, loop: LabProcess.anyLoop)
  }

  /// A server that answers with what it was asked.
  private func echo() async throws -> HTTPServer {
    try await HTTPServer.start(group: LabProcess.anyLoop) { request in
      ServiceResponse(
        status: 200,
        [
          "method": .string(request.method), "path": .string(request.path),
          "body": .string(String(decoding: request.body, as: UTF8.self)),
        ]
      )
    }
  }

  @Test func aCallGoesThereAndBack() async throws {
    let server = try await echo()
    let client = client()
    client.setPorts([server.port])
    for round in 0..<3 {
      let response = try await client.post("/pay?round=\(round)", Array("ü \(round)".utf8))
      #expect(response.status == 200)
      let body = try JSON(parsing: response.body)
      #expect(
        body == [
          "method": "POST", "path": .string("/pay?round=\(round)"), "body": .string("ü \(round)"),
        ]
      )
    }
    await server.stop()
  }

  @Test func manyCallsAtOnceGetTheirOwnAnswers() async throws {
    let server = try await echo()
    let client = client()
    client.setPorts([server.port])
    await withTaskGroup { group in
      for number in 0..<200 {
        group.addTask {
          // A failed call has no body, and then the expectation says so.
          let response = try? await client.post("/", Array("\(number)".utf8))
          // So does a body that is not JSON.
          let body = response.flatMap { try? JSON(parsing: $0.body) }
          #expect(body?["body"]?.text == "\(number)")
        }
      }
    }
    await server.stop()
  }

  @Test func aConnectionIsUsedAgain() async throws {
    let server = RawServer(answer: RawServer.wellFormed)
    defer { server.close() }
    let client = client()
    client.setPorts([server.port])
    for _ in 0..<5 { #expect(try await client.post("/", []).status == 200) }
    #expect(server.connectionCount == 1)
  }

  @Test func aPeerWithoutAnAddressIsNotCalled() async {
    await #expect(throws: PeerError.addressUnknown) { try await client().post("/", []) }
  }

  @Test func aPeerThatIsDeadIsNoticedAtOnce() async throws {
    let server = try await echo()
    await server.stop()
    let client = client()
    client.setPorts([server.port])
    await #expect(throws: PeerError.notListening) { try await client.post("/", []) }
  }

  @Test(.timeLimit(.minutes(1))) func aPeerThatDoesNotAnswerIsGivenUpInTime() async throws {
    let server = RawServer(answer: nil)
    defer { server.close() }
    let client = client(timeout: .milliseconds(200))
    client.setPorts([server.port])
    let began = MonotonicClock.now()
    await #expect(throws: PeerError.timedOut) { try await client.post("/", []) }
    let waited = MonotonicClock.now().seconds(since: began)
    #expect(waited >= 0.2)
  }

  @Test func aPeerThatBreaksOffIsNoticed() async throws {
    let server = RawServer(answer: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", closes: true)
    defer { server.close() }
    let client = client()
    client.setPorts([server.port])
    await #expect(throws: PeerError.connectionLost) { try await client.post("/", []) }
  }

  @Test(arguments: [
    "What?\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
    "\0\0\0\0\0\0\0\0",
  ])
  func anAnswerThatIsNoHTTPIsAnError(answer: String) async throws {
    let server = RawServer(answer: answer)
    defer { server.close() }
    let client = client()
    client.setPorts([server.port])
    await #expect(throws: PeerError.malformedResponse) { try await client.post("/", []) }
  }

  @Test func anAnswerBeyondTheLimitIsAnError() async throws {
    let body = String(repeating: "x", count: Limits.bodyBytes + 1)
    let head = "HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
    let server = RawServer(answer: head + body)
    defer { server.close() }
    let client = client()
    client.setPorts([server.port])
    await #expect(throws: PeerError.malformedResponse) { try await client.post("/", []) }
  }

  @Test func afterAFailureTheNextCallGetsANewConnection() async throws {
    let broken = RawServer(answer: "What?\r\n\r\n")
    defer { broken.close() }
    let server = try await echo()
    let client = client()
    client.setPorts([broken.port])
    await #expect(throws: PeerError.malformedResponse) { try await client.post("/", []) }
    client.setPorts([server.port])
    #expect(try await client.post("/", []).status == 200)
    await server.stop()
  }

  @Test(arguments: [
    "What?\r\n\r\n", "POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "GET\r\n\r\n",
    "POST / HTTP/1.1\r\nno colon\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
  ])
  func aRequestThatIsNoHTTPIsRefusedAndTheServerGoesOn(request: String) async throws {
    let server = try await echo()
    let answer = try await RawClient.send(request, to: server.port)
    #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))
    let client = client()
    client.setPorts([server.port])
    #expect(try await client.post("/", []).status == 200)
    await server.stop()
  }

  @Test func aRequestBeyondTheLimitIsRefused() async throws {
    let server = try await echo()
    let body = String(repeating: "x", count: Limits.bodyBytes + 1)
    let request = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: \(body.utf8.count)\r\n\r\n" + body
    #expect(try await RawClient.send(request, to: server.port).hasPrefix("HTTP/1.1 413"))
    await server.stop()
  }

  @Test func aServerClosesWhenTheCallerAsksForIt() async throws {
    let server = try await echo()
    let request = "POST /x HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    // It would wait for its deadline and fail if the connection stayed open.
    #expect(try await RawClient.send(request, to: server.port).hasPrefix("HTTP/1.1 200"))
    await server.stop()
  }

  @Test func severalProcessesOfAPeerTakeTurns() async throws {
    var servers: [HTTPServer] = []
    for number in 0..<3 {
      servers.append(
        try await HTTPServer.start(group: LabProcess.anyLoop) { _ in
          ServiceResponse(status: 200 + number, [:])
        }
      )
    }
    let client = client()
    client.setPorts(servers.map(\.port))
    var answers: [Int] = []
    for _ in 0..<9 { answers.append(try await client.post("/", []).status) }
    #expect(Set(answers[..<3]) == [200, 201, 202])
    #expect(answers[3...] == answers[..<6])
    // One leaves, and nobody goes there any more.
    client.setPorts([servers[0].port, servers[2].port])
    for _ in 0..<6 { #expect(try await client.post("/", []).status != 201) }
    for server in servers { await server.stop() }
  }

  @Test func aConnectionToAPortThatIsNoneOfThePeersAnyMoreIsClosed() async throws {
    let old = RawServer(answer: RawServer.wellFormed)
    defer { old.close() }
    let server = try await echo()
    let client = client()
    client.setPorts([old.port])
    #expect(try await client.post("/", []).status == 200)
    #expect(old.connectionCount == 1)
    client.setPorts([server.port])
    try await wait(for: "the end of the connection", deadline: .seconds(50)) {
      old.connectionCount == 0
    }
    #expect(try await client.post("/", []).status == 200)
    await server.stop()
  }

  @Test func connectionsThatAreDroppedFailTheirCallsAndNewOnesAreTaken() async throws {
    let (started, begin) = AsyncStream<Void>.makeStream()
    let (held, letGo) = AsyncStream<Void>.makeStream()
    let server = try await HTTPServer.start(group: LabProcess.anyLoop) { request in
      if request.path == "/held" {
        begin.finish()
        for await _ in held {}
      }
      return ServiceResponse(status: 200, [:])
    }
    let client = client()
    client.setPorts([server.port])
    let call = Task { try await client.post("/held", []) }
    for await _ in started {}
    server.dropConnections()
    await #expect(throws: PeerError.connectionLost) { try await call.value }
    letGo.finish()
    #expect(try await client.post("/", []).status == 200)
    await server.stop()
  }
}
