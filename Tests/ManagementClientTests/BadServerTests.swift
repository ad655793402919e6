import JSONText
import NIOPosix
import Telemetry
import TestSupport
import Testing
import Trust

@testable import ManagementClient

/// What is not a broker's management, or a broken one.
@Suite struct BadServerTests {
  private func ask(
    _ port: Int,
    scheme: String = "http",
    patienceSeconds: Int = 10
  ) async -> Result<ManagementResponse, ManagementError> {
    do {
      let address = try ManagementAddress("\(scheme)://127.0.0.1:\(port)")
      let connection = ManagementConnection(
        address,
        trust: TrustSettings(),
        loop: MultiThreadedEventLoopGroup.singleton.next()
      )
      let response = try await connection.ask(
        .get("/api/overview"),
        patienceSeconds: patienceSeconds
      )
      await connection.close()
      return .success(response)
    } catch let error as ManagementError {
      return .failure(error)
    } catch {
      return .failure(.notHTTP)
    }
  }

  private func problem(_ habit: OddServer.Habit) async throws -> ManagementError? {
    let server = try await OddServer(habit)
    switch await ask(server.port) {
    case .failure(let error): return error
    case .success(let response):
      do {
        _ = try response.json()
        return nil
      } catch {
        return error
      }
    }
  }

  @Test(arguments: [
    (
      OddServer.http(status: "401 Unauthorized", "{\"error\":\"not_authorised\"}"),
      ManagementError.wrongPassword
    ),
    (OddServer.http(status: "404 Not Found", "{}"), .notFound),
    (OddServer.http(status: "404 Not Found", type: "text/html", "<html>"), .page),
    (OddServer.http(type: "text/html", "<!doctype html><p>Hello</p>"), .page),
    (OddServer.http(status: "302 Found", ""), .redirected),
    (OddServer.http("{\"cluster_name\":\"ra"), .cutOff),
    (OddServer.http("hello"), .notJSON),
    (
      OddServer.http(status: "500 Internal Server Error", "<h1>x"),
      .refused(status: 500, reason: "")
    ),
    (
      OddServer.http(
        status: "400 Bad Request",
        "{\"error\":\"bad_request\",\"reason\":\"no such type\"}"
      ),
      .refused(status: 400, reason: "no such type")
    ),
    (.says("220 mail.example ESMTP\r\n"), .notHTTP),
    (.hangsUp, .connectionLost),
    (.says("HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\n"), .notHTTP),
  ])
  func eachIsToldFromTheOthers(habit: OddServer.Habit, error: ManagementError) async throws {
    #expect(try await problem(habit) == error)
  }

  @Test func anAnswerThatEndsInTheMiddleIsCutOff() async throws {
    let server = try await OddServer(
      .says("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"half\":")
    )
    #expect(await ask(server.port).failure == .cutOff)
  }

  @Test func aServerThatSaysNothingIsGivenUp() async throws {
    let server = try await OddServer(.saysNothing)
    #expect(await ask(server.port, patienceSeconds: 1).failure == .timedOut(seconds: 1))
  }

  @Test func aServerThatNeverEndsIsGivenUp() async throws {
    let server = try await OddServer(
      .startsWith("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{")
    )
    #expect(await ask(server.port, patienceSeconds: 1).failure == .timedOut(seconds: 1))
  }

  @Test func whereNobodyListensThatIsSaid() async throws {
    let port = try FreePort.next()
    #expect(await ask(port).failure == .unreachable("nobody listens at 127.0.0.1:\(port)"))
  }

  @Test func aPlainServerIsNoEncryptedOne() async throws {
    let server = try await OddServer(OddServer.http("{}"))
    let error = await ask(server.port, scheme: "https").failure
    #expect(error == .encryption("it does not speak TLS there; try http://"))
  }

  @Test func anEncryptedServerThatSaysNothingIsGivenUp() async throws {
    let server = try await OddServer(.saysNothing)
    let error = await ask(server.port, scheme: "https", patienceSeconds: 1).failure
    #expect(error == .timedOut(seconds: 1))
  }

  @Test func aConnectionIsUsedAgainAndReplacedWhenItWasClosed() async throws {
    let server = try await OddServer(OddServer.http("{\"rabbitmq_version\":\"3.10.8\"}"))
    let connection = ManagementConnection(
      try ManagementAddress("http://127.0.0.1:\(server.port)"),
      trust: TrustSettings(),
      loop: MultiThreadedEventLoopGroup.singleton.next()
    )
    for _ in 0..<3 {
      let response = try await connection.ask(.get("/api/overview"), patienceSeconds: 10)
      #expect(try response.json()["rabbitmq_version"]?.text == "3.10.8")
    }
    await connection.close()
    let response = try await connection.ask(.get("/api/overview"), patienceSeconds: 10)
    #expect(response.status == 200)
    await connection.close()
  }

  @Test func aGreetingSaysWhatIsNoBroker() async throws {
    let server = try await OddServer(OddServer.http("{\"hello\":\"world\"}"))
    let session = ManagementSession(
      try ManagementAddress("http://127.0.0.1:\(server.port)"),
      trust: TrustSettings(),
      clock: .ofTests
    )
    await #expect(throws: ManagementError.notABroker) { try await session.greet() }
  }

  @Test func anotherNodeIsGreetedWhenTheFirstDoesNotAnswer() async throws {
    let second = try await OddServer(
      OddServer.http(#"{"rabbitmq_version":"3.10.8","product_name":"RabbitMQ"}"#)
    )
    let session = ManagementSession(
      try ManagementAddress("http://127.0.0.1:\(try FreePort.next())"),
      alternatives: [try ManagementAddress("http://127.0.0.1:\(second.port)")],
      trust: TrustSettings(),
      clock: .ofTests
    )
    #expect(try await session.greet() == "RabbitMQ 3.10.8")
  }

  @Test func whenNoNodeAnswersTheFirstOnesReasonIsTold() async throws {
    let second = try await OddServer(.hangsUp)
    let port = try FreePort.next()
    let session = ManagementSession(
      try ManagementAddress("http://127.0.0.1:\(port)"),
      alternatives: [try ManagementAddress("http://127.0.0.1:\(second.port)")],
      trust: TrustSettings(),
      clock: .ofTests
    )
    await #expect(
      throws: ManagementError.unreachable("nobody listens at 127.0.0.1:\(port)")
    ) { () async throws in try await session.greet() }
  }

  @Test func aSessionThatLosesItsBrokerSaysSoAndWhen() async throws {
    let server = try await OddServer(
      OddServer.http(status: "500 Oops", "{\"reason\":\"mnesia is down\"}")
    )
    let session = ManagementSession(
      try ManagementAddress("http://127.0.0.1:\(server.port)"),
      trust: TrustSettings(),
      clock: .ofTests
    )
    let (news, told) = AsyncStream.makeStream(of: ManagementSession.News.self)
    let task = Task { await session.run { told.yield($0) } }
    defer { task.cancel() }
    for await item in news {
      guard case .lost(let state) = item,
        case .lost(let since, let reason, let next) = state.link
      else { continue }
      #expect(reason == "mnesia is down")
      #expect(next > since)
      break
    }
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { return error }
    return nil
  }
}

extension SessionClock {
  /// The clock of the machine.
  static var ofTests: SessionClock {
    let origin = ContinuousClock.now
    return SessionClock(
      now: {
        let passed = origin.duration(to: .now)
        return Instant(
          nanoseconds: 1_000_000_000_000 + passed.components.seconds * 1_000_000_000
            + passed.components.attoseconds / 1_000_000_000
        )
      },
      wallTime: { WallTime(milliseconds: 1_795_923_680_000) }
    )
  }
}
