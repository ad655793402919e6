import AMQP
import Broker
import JSONText

/// Why a request is not done, as RabbitMQ's management says it.
struct Refusal: Error, Hashable {
  var status: Int
  /// RabbitMQ's word: `bad_request`, `not_authorised` and so on; nil for an answer without a body.
  var error: String?
  var reason: JSON = .null
  /// What stands in the body in place of the two.
  var body: JSON?
  /// Methods that the path has, for 405.
  var allowed: [String] = []
  var asksForPassword = false

  static func badRequest(_ reason: String) -> Refusal {
    Refusal(status: 400, error: "bad_request", reason: .string(reason))
  }

  /// For a value of the wrong kind: RabbitMQ gives a word and the value.
  static func badRequest(_ word: String, _ value: String) -> Refusal {
    Refusal(status: 400, error: "bad_request", reason: [.string(word), .string(value)])
  }

  static let notJSON = badRequest("not_json")

  /// Members that have to be there and are not.
  static func missing(_ names: [String]) -> Refusal {
    badRequest("[" + names.map { "{key_missing,\($0)}" }.joined(separator: ",") + "]")
  }

  static let notFound = Refusal(
    status: 404,
    error: "Object Not Found",
    reason: "Not Found"
  )

  static func notFound(_ reason: String) -> Refusal {
    Refusal(status: 404, error: "not_found", reason: .string(reason))
  }

  static func notAuthorised(_ reason: String) -> Refusal {
    Refusal(status: 401, error: "not_authorised", reason: .string(reason))
  }

  static let accessRefused = notAuthorised("Access refused.")

  /// No name and password were given.
  static let anonymous = Refusal(status: 401, asksForPassword: true)

  static let loginFailed = Refusal(
    status: 401,
    error: "not_authorized",
    reason: "Login failed",
    asksForPassword: true
  )

  static func methodNotAllowed(_ allowed: [String]) -> Refusal {
    Refusal(status: 405, allowed: allowed)
  }

  /// The broker is about to stop, or to come back.
  static let brokerIsDown = Refusal(
    status: 503,
    error: "service_unavailable",
    reason: "the broker is down"
  )

  var json: JSON? {
    body ?? error.map { ["error": .string($0), "reason": reason] }
  }
}

extension Refusal {
  /// What a client would have got, as RabbitMQ's management passes it on.
  init(_ refusal: OperationRefusal) {
    switch refusal.code {
    case .accessRefused: self = .accessRefused
    case .notFound: self = .notFound(refusal.message)
    default: self = .badRequest(refusal.message)
    }
  }
}

extension Result where Failure == OperationRefusal {
  /// The value, or what management answers.
  func orRefusal() throws(Refusal) -> Success {
    switch self {
    case .success(let value): return value
    case .failure(let refusal): throw Refusal(refusal)
    }
  }
}
