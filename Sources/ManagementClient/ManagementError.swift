import JSONText
import NIOHTTP1

/// Why a question to a management brought no answer, in words that have no password in them.
package enum ManagementError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nobody listens there, or the way there is closed.
  case unreachable(String)
  case timedOut(seconds: Int)
  case connectionLost
  case encryption(String)
  case notHTTP
  case tooLong(limit: Int)
  case wrongPassword
  /// The user may log in, but not ask or do this.
  case forbidden(String)
  case notFound
  /// It sends us elsewhere.
  case redirected
  /// Any other answer than the one that was asked for, with what it says about that.
  case refused(status: Int, reason: String)
  /// A page for people, as of a proxy or another server.
  case page
  case notJSON
  /// An answer that ends in the middle.
  case cutOff
  /// JSON, but no answer of a broker.
  case notABroker
  case closed

  package var description: String {
    switch self {
    case .unreachable(let reason): reason
    case .timedOut(let seconds): "no answer within \(seconds) s"
    case .connectionLost: "the connection broke off"
    case .encryption(let reason): reason
    case .notHTTP: "what answers there does not speak HTTP"
    case .tooLong(let limit): "its answer is longer than \(limit / 1_048_576) MB"
    case .wrongPassword: "it does not know this user, or the password is wrong (401)"
    case .forbidden(let reason): "not allowed: \(reason)"
    case .notFound: "it does not know that (404)"
    case .redirected: "it sends us to another address; give that one"
    case .refused(let status, let reason): reason.isEmpty ? "it answers \(status)" : reason
    case .page: "a web page answers there, and no broker's management"
    case .notJSON: "its answer is no JSON"
    case .cutOff: "its answer ends in the middle"
    case .notABroker: "what answers there is no broker's management"
    case .closed: "it was left"
    }
  }

  /// Whether the same question can never be answered, so that a start makes no sense.
  package var isForGood: Bool {
    switch self {
    case .encryption, .notHTTP, .wrongPassword, .forbidden, .notFound, .redirected, .page,
      .notJSON, .notABroker, .tooLong:
      true
    case .unreachable, .timedOut, .connectionLost, .refused, .cutOff, .closed: false
    }
  }
}

/// An answer as it came.
struct ManagementResponse: Sendable {
  var status: Int
  var contentType: String
  var body: [UInt8]

  /// Reads the JSON in it.
  ///
  /// - Returns: The value; null for an answer without a body, as to what was only to be done.
  /// - Throws: ``ManagementError`` for every answer that is not the one that was asked for.
  func json() throws(ManagementError) -> JSON {
    switch status {
    case 200..<300: break
    case 300..<400: throw .redirected
    case 401: throw .wrongPassword
    case 403: throw .forbidden(reason)
    case 404: throw isPage ? .page : .notFound
    default: throw .refused(status: status, reason: isPage ? "" : reason)
    }
    if body.isEmpty { return .null }
    do {
      return try JSON(parsing: body)
    } catch {
      if isPage { throw .page }
      throw error.problem == .endsTooEarly ? .cutOff : .notJSON
    }
  }

  private var isPage: Bool {
    contentType.lowercased().contains("html") || body.first { $0 > 0x20 } == UInt8(ascii: "<")
  }

  /// What the broker says about a refusal: `{"error": ..., "reason": ...}`.
  private var reason: String {
    // A refusal without words is one still.
    guard let json = try? JSON(parsing: body.prefix(Self.reasonBytes)) else {
      return "it answers \(status)"
    }
    let words = json["reason"]?.text ?? json["error"]?.text ?? ""
    return words.isEmpty ? "it answers \(status)" : String(words.prefix(Self.reasonCharacters))
  }

  private static let reasonBytes = 65_536
  private static let reasonCharacters = 300
}
