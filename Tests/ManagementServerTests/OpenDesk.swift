import AMQPServer
import Definitions
import JSONText
import Logging
import WebText

@testable import ManagementServer

/// A management over a broker of its own, asked without a socket between.
struct OpenDesk {
  let server: BrokerServer
  private let desk: Desk

  /// An answer as a client would see it.
  struct Seen {
    var status: Int
    var json: JSON?
    var text = ""
    var location: String?
    var allowed: [String] = []
    var asksForPassword = false
  }

  /// Runs something on a new broker and ends that.
  ///
  /// - Parameters:
  ///   - dataDirectory: Where the broker keeps things; nil for nowhere.
  ///   - body: What is done.
  /// - Throws: What the body throws, and what keeps the broker from starting.
  static func with(
    dataDirectory: String? = nil,
    _ body: (OpenDesk) async throws -> Void
  ) async throws {
    let configuration = ServerConfiguration(
      port: 0,
      snapshotInterval: nil,
      dataDirectory: dataDirectory
    )
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let server = try await BrokerServer.start(configuration, logger: logger)
    do {
      try await body(OpenDesk(server))
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private init(_ server: BrokerServer) {
    self.server = server
    let office = Office(
      broker: server,
      statistics: Statistics(server),
      configuration: ManagementConfiguration(findings: { [["rule": "stuck"]] })
    )
    desk = Desk(office: office, table: .all)
  }

  /// Takes a sample of all figures now, as time would.
  func sample() { desk.office.statistics.noteInterest() }

  var node: String { desk.office.node }

  /// Asks.
  ///
  /// - Parameters:
  ///   - method: As HTTP has it.
  ///   - target: Path and query.
  ///   - body: nil for none.
  ///   - user: `name:password`; nil to say nothing.
  ///   - peer: Where the request comes from.
  /// - Returns: The answer, whether it is one or a refusal.
  /// - Throws: What is no refusal.
  func ask(
    _ method: String,
    _ target: String,
    _ body: String? = nil,
    as user: String? = "guest:guest",
    from peer: String = "127.0.0.1:4000"
  ) async throws -> Seen {
    var inquiry = Inquiry(method: method, target: target)
    inquiry.body = Array((body ?? "").utf8)
    inquiry.peer = peer
    inquiry.authorization = user.map { "Basic " + Base64.encode(Array($0.utf8)) }
    do {
      return Self.seen(try await desk.answer(inquiry))
    } catch let refusal as Refusal {
      return Seen(
        status: refusal.status,
        json: refusal.json,
        allowed: refusal.allowed,
        asksForPassword: refusal.asksForPassword
      )
    }
  }

  private static func seen(_ answer: Answer) -> Seen {
    switch answer {
    case .json(let json): Seen(status: 200, json: json)
    case .status(let status, let json): Seen(status: status, json: json)
    case .created(let location): Seen(status: 201, location: location)
    case .done: Seen(status: 204)
    case .events: Seen(status: 200)
    case .bytes(let bytes, _):
      Seen(
        status: 200,
        // What is no JSON is asked for as text.
        json: try? JSON(parsing: bytes),
        text: String(decoding: bytes, as: UTF8.self)
      )
    }
  }
}
