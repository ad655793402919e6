import JSONText
import NIOHTTP1
import WebText

/// A question to a management, or something to be done.
struct ManagementRequest: Sendable {
  var method: HTTPMethod
  /// From `/api` on, percent-encoded.
  var path: String
  var body: [UInt8]
  var headers: [(String, String)]

  static func get(_ path: String) -> ManagementRequest {
    ManagementRequest(method: .GET, path: path, body: [], headers: [])
  }

  static func delete(_ path: String, headers: [(String, String)] = []) -> ManagementRequest {
    ManagementRequest(method: .DELETE, path: path, body: [], headers: headers)
  }

  static func put(_ path: String, _ json: JSON) -> ManagementRequest {
    ManagementRequest(method: .PUT, path: path, body: json.bytes, headers: [])
  }

  static func post(_ path: String, _ json: JSON) -> ManagementRequest {
    ManagementRequest(method: .POST, path: path, body: json.bytes, headers: [])
  }

  /// Makes a path of segments, each a name from anywhere.
  static func path(_ segments: String...) -> String {
    "/api" + segments.map { "/" + PercentCoding.encode($0) }.joined()
  }
}
