import Broker
import JSONText

/// Which part of a list is wanted, and how (RabbitMQ, "HTTP API Pagination" and its `sort`,
/// `columns` and `name` parameters).
struct ListQuery: Sendable {
  var columns: [[String]]?
  var sort: [String]?
  var isReversed = false
  var page: Page?

  /// One page of a list, of the items whose names match.
  struct Page: Sendable, Hashable {
    var number: Int
    var size: Int
    var name: String?
    var isPattern: Bool
  }

  /// The most that one page may have.
  static let pageSizeLimit = 500
  private static let usualPageSize = 100

  /// - Throws: 400 as RabbitMQ words it.
  init(_ query: [String: String]) throws(Refusal) {
    columns = Self.paths(query["columns"])
    sort = query["sort"].flatMap { $0.isEmpty ? nil : Self.path($0[...]) }
    isReversed = query["sort_reverse"] == "true"
    guard let text = query["page"] else { return }
    let sizeText = query["page_size"]
    guard let number = Int(text), let size = sizeText.map({ Int($0) }) ?? Self.usualPageSize else {
      throw .badRequest("Pagination parameters are invalid")
    }
    guard number >= 1, (1...Self.pageSizeLimit).contains(size) else {
      throw Refusal(
        status: 400,
        error: "invalid_pagination_parameters",
        reason: .string("Invalid pagination parameters: page number \(number), page size \(size)")
      )
    }
    let name = query["name"].flatMap { $0.isEmpty ? nil : $0 }
    page = Page(number: number, size: size, name: name, isPattern: query["use_regex"] == "true")
  }

  private static func paths(_ text: String?) -> [[String]]? {
    guard let text, !text.isEmpty else { return nil }
    return text.split(separator: ",").map(path)
  }

  private static func path(_ text: Substring) -> [String] {
    text.split(separator: ".").map(String.init)
  }

  /// Whether the columns ask for something under one of the names.
  func wants(_ names: String...) -> Bool {
    guard let columns else { return true }
    return (columns + [sort].compactMap { $0 }).contains { names.contains($0.first ?? "") }
  }

  /// The answer to a request for a list.
  ///
  /// What is not shown is not built, unless it is sorted by what only building tells.
  ///
  /// - Parameters:
  ///   - items: All, in the usual order.
  ///   - name: What the name filter looks at.
  ///   - build: Makes the JSON of one.
  /// - Returns: The items, or an object with one page of them.
  /// - Throws: 400 for a page that is not there, or a pattern that is none.
  func answer<Item>(
    _ items: [Item],
    name: (Item) -> String,
    build: (Item) -> JSON
  ) throws(Refusal) -> Answer {
    guard let page else {
      return .json(.array(sorted(items, build).map(shown)))
    }
    let matching = try page.filter(items, name)
    let first = (page.number - 1) * page.size
    guard first < matching.count || page.number == 1 else {
      throw Refusal(
        status: 400,
        error: "page_out_of_range",
        reason: .string(
          "Page out of range, page: \(page.number) page size: \(page.size), len: \(matching.count)"
        )
      )
    }
    let built: [JSON]
    if sort == nil {
      let ordered = isReversed ? matching.reversed() : matching
      built = ordered.dropFirst(first).prefix(page.size).map(build)
    } else {
      built = Array(sorted(matching, build).dropFirst(first).prefix(page.size))
    }
    return .json([
      "filtered_count": .integer(Int64(matching.count)),
      "item_count": .integer(Int64(built.count)), "items": .array(built.map(shown)),
      "page": .integer(Int64(page.number)),
      "page_count": .integer(Int64((matching.count + page.size - 1) / page.size)),
      "page_size": .integer(Int64(page.size)), "total_count": .integer(Int64(items.count)),
    ])
  }

  private func sorted<Item>(_ items: [Item], _ build: (Item) -> JSON) -> [JSON] {
    let built = items.map(build)
    guard let sort else { return isReversed ? built.reversed() : built }
    let keyed = built.map { (key: $0.value(at: sort), item: $0) }
    let ordered = keyed.enumerated().sorted { left, right in
      let order = JSON.order(left.element.key, right.element.key)
      return order == 0 ? left.offset < right.offset : order < 0
    }.map(\.element.item)
    return isReversed ? ordered.reversed() : ordered
  }

  /// An item with the wanted columns alone.
  func shown(_ item: JSON) -> JSON {
    guard let columns else { return item }
    return item.only(columns)
  }
}

extension ListQuery.Page {
  fileprivate func filter<Item>(
    _ items: [Item],
    _ nameOf: (Item) -> String
  ) throws(Refusal) -> [Item] {
    guard let name else { return items }
    guard isPattern else { return items.filter { nameOf($0).contains(name) } }
    do {
      let pattern = try Pattern(policy: name)
      return items.filter { pattern.matches(nameOf($0)) }
    } catch {
      throw .badRequest("Pagination parameters are invalid")
    }
  }
}

extension JSON {
  /// What lies at a path of names; null when there is nothing.
  func value(at path: [String]) -> JSON {
    path.reduce(self) { $0[$1] ?? .null }
  }

  /// The members at the paths alone.
  func only(_ paths: [[String]]) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(
      members.compactMap { member in
        let rests = paths.filter { $0.first == member.name }.map { Array($0.dropFirst()) }
        if rests.isEmpty { return nil }
        if rests.contains([]) { return member }
        return Member(name: member.name, value: member.value.only(rests))
      }
    )
  }

  /// Below 0, 0 or above 0, as two values are sorted; numbers come before texts, and nothing counts
  /// as the number 0.
  static func order(_ left: JSON, _ right: JSON) -> Int {
    switch (left, right) {
    case (.string(let left), .string(let right)): left < right ? -1 : left == right ? 0 : 1
    case (.string, _): 1
    case (_, .string): -1
    default:
      left.sortNumber < right.sortNumber ? -1 : left.sortNumber == right.sortNumber ? 0 : 1
    }
  }

  private var sortNumber: Double {
    boolean.map { $0 ? 1 : 0 } ?? number ?? 0
  }
}
