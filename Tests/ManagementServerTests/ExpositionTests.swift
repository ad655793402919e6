import Testing

@testable import ManagementServer

/// Prometheus' text format.
@Suite struct ExpositionTests {
  private func text(_ family: Family, _ rows: [Family.Row], areSums: Bool) -> String {
    var text = Exposition()
    if areSums {
      family.writeSums(rows, prefix: "p_", to: &text)
    } else {
      family.write(rows, prefix: "p_", to: &text)
    }
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private let family = Family(
    name: "test",
    columns: [
      .init("depth", .gauge, "How deep"), .init("head", .gauge, "When", isForSingles: true),
    ]
  )

  private let rows = [
    Family.Row(labels: [("queue", "a\"b\\c\nd\u{1B}e")], values: [2, .nan]),
    Family.Row(labels: [("queue", "b")], values: [3.5, nil]),
  ]

  @Test func eachObjectHasALine() {
    #expect(
      text(family, rows, areSums: false) == #"""
        # TYPE p_depth gauge
        # HELP p_depth How deep
        p_depth{queue="a\"b\\c\nd�e"} 2
        p_depth{queue="b"} 3.5
        # TYPE p_head gauge
        # HELP p_head When
        p_head{queue="a\"b\\c\nd�e"} NaN

        """#
    )
  }

  @Test func sumsAreWhereTheyMeanSomething() {
    #expect(
      text(family, rows, areSums: true) == """
        # TYPE p_depth gauge
        # HELP p_depth How deep
        p_depth 5.5

        """
    )
  }
}
