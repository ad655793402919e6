import JSONText
import Testing

@testable import ManagementServer

/// Sorting, columns and pages of lists.
@Suite struct ListQueryTests {
  private let items: [JSON] = [
    ["name": "b", "messages": 2, "stats": ["rate": 1]], ["name": "a", "messages": 10],
    ["name": "cab", "messages": 2, "stats": ["rate": 5]],
  ]

  private func answer(_ query: [String: String]) throws -> JSON {
    let answer = try ListQuery(query).answer(items) {
      $0["name"]?.text ?? ""
    } build: {
      $0
    }
    guard case .json(let json) = answer else {
      Issue.record("no JSON: \(answer)")
      return .null
    }
    return json
  }

  private func names(_ json: JSON) -> [String] {
    guard case .array(let elements) = json else { return [] }
    return elements.compactMap { $0["name"]?.text }
  }

  @Test func theOrderIsThatOfTheItemsUnlessItIsSorted() throws {
    #expect(names(try answer([:])) == ["b", "a", "cab"])
    #expect(names(try answer(["sort": "name"])) == ["a", "b", "cab"])
    #expect(names(try answer(["sort": "name", "sort_reverse": "true"])) == ["cab", "b", "a"])
    // Equal ones stay in their order.
    #expect(names(try answer(["sort": "messages"])) == ["b", "cab", "a"])
    // What is not there counts as 0.
    #expect(names(try answer(["sort": "stats.rate"])) == ["a", "b", "cab"])
  }

  @Test func columnsReachIntoObjects() throws {
    #expect(
      try answer(["columns": "name,stats.rate"]) == [
        ["name": "b", "stats": ["rate": 1]], ["name": "a"],
        ["name": "cab", "stats": ["rate": 5]],
      ]
    )
    #expect(try answer(["columns": ""]) == .array(items))
  }

  @Test func aPageSaysHowManyThereAre() throws {
    let page = try answer(["page": "1", "page_size": "1", "name": "a", "sort": "name"])
    #expect(
      page == [
        "filtered_count": 2, "item_count": 1, "items": [["name": "a", "messages": 10]],
        "page": 1, "page_count": 2, "page_size": 1, "total_count": 3,
      ]
    )
    let pattern = try answer(["page": "1", "name": "^[ab]$", "use_regex": "true"])
    #expect(pattern["filtered_count"] == 2)
    #expect(pattern["page_size"] == 100)
  }

  @Test(arguments: [
    (["page": "0"], "invalid_pagination_parameters"),
    (["page": "1", "page_size": "501"], "invalid_pagination_parameters"),
    (["page": "2", "page_size": "10"], "page_out_of_range"), (["page": "one"], "bad_request"),
    (["page": "1", "name": "(", "use_regex": "true"], "bad_request"),
  ])
  func whatMeansNothingIsRefused(query: [String: String], error: String) throws {
    let refusal = #expect(throws: Refusal.self) { try answer(query) }
    #expect(refusal?.status == 400)
    #expect(refusal?.error == error)
  }
}
