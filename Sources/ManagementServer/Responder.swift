import HTTPTypes
import Hummingbird
import JSONText
import NIOCore
import Telemetry

/// What is known of a request beside its bytes.
struct Visit: InitializableFromSource {
  /// `address:port`.
  let peer: String

  init(source: ApplicationRequestContextSource) {
    let address = source.channel.remoteAddress
    peer = address.map { "\($0.ipAddress ?? "?"):\($0.port ?? 0)" } ?? "?"
  }
}

/// From Hummingbird's request to an answer and back.
struct Responder: HTTPResponder {
  let desk: Desk

  func respond(to request: Request, context: Visit) async throws -> Response {
    let isHead = request.method == .head
    do {
      let answer = try await self.answer(request, context.peer)
      return isHead ? response(answer).createHeadResponse() : response(answer)
    } catch let refusal as Refusal {
      return isHead ? response(refusal).createHeadResponse() : response(refusal)
    }
  }

  private func answer(_ request: Request, _ peer: String) async throws -> Answer {
    var inquiry = Inquiry(method: request.method.rawValue, target: request.uri.string)
    inquiry.peer = peer
    inquiry.authorization = request.headers[.authorization]
    inquiry.reason = request.headers[Self.reasonHeader]
    do {
      let limit = ManagementConfiguration.bodyBytesLimit
      inquiry.body = Array(try await request.body.collect(upTo: limit).readableBytesView)
    } catch {
      throw Refusal.badRequest("Exceeded HTTP request body size limit")
    }
    return try await desk.answer(inquiry)
  }

  /// Why something is closed, for the client and the log, as RabbitMQ's management takes it.
  private static let reasonHeader = HTTPField.Name("X-Reason") ?? .from

  // MARK: Responses

  private static let jsonType = "application/json"

  private func response(_ answer: Answer) -> Response {
    switch answer {
    case .json(let json): return Self.response(200, json.bytes, Self.jsonType)
    case .status(let status, let json):
      return Self.response(status, json.bytes, Self.jsonType)
    case .bytes(let bytes, let type): return Self.response(200, bytes, type)
    case .done: return Self.response(204)
    case .created(let location):
      var response = Self.response(201)
      if let location { response.headers[.location] = location }
      return response
    case .events(let stream):
      var response = Response(status: .ok, body: stream.body)
      response.headers[.contentType] = "text/event-stream"
      response.headers[.cacheControl] = "no-cache"
      return response
    }
  }

  private func response(_ refusal: Refusal) -> Response {
    var response = Self.response(refusal.status, refusal.json?.bytes ?? [], Self.jsonType)
    if refusal.json == nil { response.headers[.contentType] = nil }
    if !refusal.allowed.isEmpty {
      response.headers[.allow] = refusal.allowed.joined(separator: ", ")
    }
    if refusal.asksForPassword {
      response.headers[.wwwAuthenticate] = #"Basic realm="RabbitMQ Management""#
    }
    return response
  }

  private static func response(
    _ status: Int,
    _ bytes: [UInt8] = [],
    _ type: String? = nil
  ) -> Response {
    var response = Response(status: .init(code: status))
    if !bytes.isEmpty { response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
    if status != 204 { response.headers[.contentLength] = "\(bytes.count)" }
    if let type { response.headers[.contentType] = type }
    response.headers[.cacheControl] = "no-cache"
    return response
  }
}
