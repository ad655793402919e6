/// What a queue must do, said as plainly as possible: an array sorted by place.
struct NaiveQueue {
  struct Item: Hashable {
    var place: Int
    var text: String
    var isRedelivered = false
  }

  private(set) var ready: [Item] = []
  private var lastPlace = 0

  mutating func enqueue(_ text: String) {
    lastPlace += 1
    ready.append(Item(place: lastPlace, text: text))
  }

  mutating func requeue(_ item: Item) {
    var item = item
    item.isRedelivered = true
    ready.insert(item, at: ready.firstIndex { $0.place > item.place } ?? ready.count)
  }

  /// Takes out the item at the head.
  mutating func take() -> Item? {
    ready.isEmpty ? nil : ready.removeFirst()
  }

  /// Takes out a delivered item; nil unless it is among the first `count`.
  mutating func take(_ text: String, amongFirst count: Int) -> Item? {
    guard let index = ready.prefix(count).firstIndex(where: { $0.text == text }) else { return nil }
    return ready.remove(at: index)
  }

  mutating func purge() -> Int {
    defer { ready = [] }
    return ready.count
  }
}

/// What one simulated client must hold.
struct NaiveClient {
  struct Held {
    var queue: String
    var item: NaiveQueue.Item
    /// nil for a message that was fetched with `basic.get`.
    var consumer: String?
  }

  var prefetch: [String: Int] = [:]
  var queueOf: [String: String] = [:]
  var held: [UInt64: Held] = [:]

  func heldCount(by tag: String) -> Int {
    held.values.count { $0.consumer == tag }
  }

  func hasCredit(_ tag: String) -> Bool {
    guard let limit = prefetch[tag] else { return false }
    return limit == 0 || heldCount(by: tag) < limit
  }
}
