import Telemetry
import Testing

@Suite struct NearestKeyTests {
  private func nearest(
    to key: String,
    among keys: [String],
    arePatterns: Bool = false,
    limit: Int = NearestKey.comparedKeys
  ) -> String? {
    var nearest = NearestKey(to: key.utf8, arePatterns: arePatterns, comparedLimit: limit)
    for key in keys { nearest.compare(Array(key.utf8)) }
    return nearest.found
  }

  @Test(arguments: [
    ("order.create", ["order.created", "order.cancelled", "payment.created"], "order.created"),
    ("oder.created", ["order.created", "order.cancelled"], "order.created"),
    ("orders", ["order", "orders.eu"], "order"),
    ("ab", ["abc", "xyz"], "abc"),
    ("größe", ["grösse", "grosse", "x"], "grösse"),
  ])
  func aSlipIsRecognised(key: String, keys: [String], expected: String) {
    #expect(nearest(to: key, among: keys) == expected)
    #expect(nearest(to: key, among: keys.reversed()) == expected)
  }

  @Test(arguments: [
    ("order.created", ["payment.failed", "x", ""]), ("a", ["b", "c"]), ("", ["a", ""]),
    ("abcdef", ["abcxyz"]), ("order.created", []),
    ("order.created", [String(repeating: "order.created", count: 40)]),
  ])
  func whatIsFarIsNotNear(key: String, keys: [String]) {
    #expect(nearest(to: key, among: keys) == (key.isEmpty && keys.contains("") ? "" : nil))
  }

  @Test func exactlyAThirdIsNear() {
    #expect(nearest(to: "abcdef", among: ["abcdxy"]) == "abcdxy")
    #expect(nearest(to: "abcdef", among: ["abcxyz"]) == nil)
  }

  @Test func ofEquallyNearOnesItIsAlwaysTheSame() {
    let keys = ["order.cat", "order.bat", "order.rat"]
    #expect(nearest(to: "order.at", among: keys) == "order.bat")
    #expect(nearest(to: "order.at", among: keys.reversed()) == "order.bat")
  }

  @Test(arguments: [
    ("orders.created.eu", ["order.*.eu", "payment.#"], "order.*.eu"),
    ("orders.eu.created", ["order.#", "orders.*"], "order.#"),
    ("payment.succeded", ["payment.vip.*", "payment.#"], "payment.#"),
    ("log.eror", ["*.error", "*.warning"], "*.error"),
  ])
  func wildcardsStandForWordsInPatterns(key: String, keys: [String], expected: String) {
    #expect(nearest(to: key, among: keys, arePatterns: true) == expected)
    #expect(nearest(to: key, among: keys.reversed(), arePatterns: true) == expected)
  }

  @Test func aStarStandsForOneWordAndOnlyInPatterns() {
    let key = "order.created.europe"
    #expect(nearest(to: key, among: ["oder.*"], arePatterns: true) == "oder.*")
    #expect(nearest(to: key, among: ["oder.*"]) == nil)
    #expect(nearest(to: "a.b.c.d.e.f", among: ["*"], arePatterns: true) == nil)
  }

  @Test func onlySoManyAreCompared() {
    var nearest = NearestKey(to: "order.created".utf8, comparedLimit: 10)
    for number in 10...30 { nearest.compare(Array("order.crea\(number)".utf8)) }
    nearest.compare(Array("order.create".utf8))
    #expect(nearest.comparedCount == 10)
    #expect(nearest.found == "order.crea10")
    // What is too long or too short costs nothing.
    nearest = NearestKey(to: "order.created".utf8, comparedLimit: 1)
    nearest.compare(Array("o".utf8))
    nearest.compare(Array("order.create".utf8))
    #expect(nearest.found == "order.create")
  }
}
