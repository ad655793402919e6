import Foundation
import JSONText
import Testing

@testable import ManagementServer

/// What RabbitMQ 3.10.8 answered to a run of good and bad requests, asked again here.
///
/// `Recorded/answers.jsonl` has a request and its answer on each line, in the order in which they
/// were made; long answers are left out, and of what RabbitMQ broke down on only the status is kept.
@Suite struct RecordedAnswersTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Recorded/answers.jsonl")

  /// What is answered otherwise here, and why.
  private static let others: [String: String] = [
    "PUT /api/permissions/pv/pu": "the fault of a pattern is told as text, not as Erlang's terms",
    "PUT /api/policies/%2F/pp": "likewise",
    "POST /api/definitions": "a mistake is told with its place",
  ]

  /// What is not done here, and why.
  private static let left: [String: String] = [
    "DELETE /api/auth/attempts/sluice@localhost": "attempts to log in are not counted",
    "GET /api/queues?columns=": "RabbitMQ answers with empty arrays for objects without members",
  ]

  @Test func theAnswersAreRabbitMQs() async throws {
    let lines = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 150)
    try await OpenDesk.with { desk in
      for line in lines {
        let json = try JSON(parsing: line.replacing("NODE", with: desk.node).utf8)
        let name = "\(json["method"]?.text ?? "") \(json["path"]?.text ?? "")"
        guard Self.left[name] == nil else { continue }
        let recorded = try Recorded(json)
        let seen = try await desk.ask(
          recorded.method,
          recorded.path,
          recorded.body,
          as: recorded.user
        )
        Self.compare(seen, recorded)
      }
    }
  }

  private static func compare(_ seen: OpenDesk.Seen, _ recorded: Recorded) {
    let comment = Comment(rawValue: "\(recorded.line) was answered \(seen)")
    guard recorded.status != 500 else {
      #expect((400..<500).contains(seen.status), comment)
      return
    }
    #expect(seen.status == recorded.status, comment)
    #expect(seen.allowed == recorded.allowed, comment)
    #expect(seen.asksForPassword == recorded.asksForPassword, comment)
    #expect(seen.location.map(withoutHash) == recorded.location.map(withoutHash), comment)
    guard let answer = recorded.answer else { return }
    let isOther = others["\(recorded.method) \(recorded.path)"] != nil
    if recorded.status < 400 {
      #expect(seen.json?.has(shapeOf: answer) == true, comment)
    } else if !isOther, recorded.status != 503 {
      #expect(seen.json?.plainText == answer.plainText, comment)
    } else {
      #expect(seen.json?.has(shapeOf: ["error": ""]) == true || recorded.status == 503, comment)
    }
  }

  /// The hash of arguments at the end is each broker's own.
  private static func withoutHash(_ location: String) -> String {
    location.contains("~") && !location.hasSuffix("~")
      ? String(location.prefix { $0 != "~" }) : location
  }
}

/// One line of the recording.
private struct Recorded {
  let line: String
  let method: String
  let path: String
  let body: String?
  let user: String?
  let status: Int
  let answer: JSON?
  let allowed: [String]
  let location: String?
  let asksForPassword: Bool

  init(_ json: JSON) throws {
    line = String(decoding: json.bytes, as: UTF8.self)
    method = try #require(json["method"]?.text)
    path = try #require(json["path"]?.text)
    body = json["body"]?.text
    status = Int(try #require(json["status"]?.integer))
    answer = json["answer"]
    location = json["location"]?.text
    asksForPassword = json["asks"]?.boolean == true
    allowed =
      json["allow"]?.text?.split(separator: ",").map {
        $0.trimmingCharacters(in: .whitespaces)
      } ?? []
    let name = json["user"]?.text
    user = name == "" ? nil : name ?? "guest:guest"
  }
}

extension JSON {
  /// As text, without what only RabbitMQ's printer makes: breaks in long terms, and signs of HTML.
  fileprivate var plainText: String {
    String(decoding: bytes, as: UTF8.self).replacing("\\u000a", with: "\\n")
      .replacing(",\\n ", with: ",").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
  }

  /// Whether all members of another are there too, with values of the same kinds.
  fileprivate func has(shapeOf other: JSON) -> Bool {
    switch (self, other) {
    case (.object, .object(let members)):
      return members.allSatisfy { member in
        // Quirks of RabbitMQ's node that have no meaning here.
        self[member.name].map { $0.has(shapeOf: member.value) } ?? false
      }
    case (.array(let mine), .array(let others)):
      guard let first = others.first else { return true }
      return mine.contains { $0.has(shapeOf: first) }
    // RabbitMQ writes an empty object as an empty array in places.
    case (.object(let members), .array(let others)): return members.isEmpty && others.isEmpty
    case (.string, .string), (.boolean, .boolean), (.null, .null): return true
    case (.integer, .integer), (.number, .number), (.integer, .number), (.number, .integer):
      return true
    default: return false
    }
  }
}
