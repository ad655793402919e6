/// How a person wants a table.
package struct TableSettings: Sendable, Hashable {
  /// The column that rows are sorted by; nil puts trouble first, then the order of names.
  package var sortedBy: String?
  /// Whether the order is turned round.
  package var isReversed = false
  /// The columns in their order; nil means those that fit.
  package var columns: [String]?
  /// Whether all columns are there, and the table moves along.
  package var isWide = false
  /// What was typed after `/`.
  var filter = ""
  var isTroubleOnly = false

  package init(
    sortedBy: String? = nil,
    isReversed: Bool = false,
    columns: [String]? = nil,
    isWide: Bool = false
  ) {
    self.sortedBy = sortedBy
    self.isReversed = isReversed
    self.columns = columns
    self.isWide = isWide
  }

  /// Whether rows may be missing because the person wants it so.
  var hidesRows: Bool { isTroubleOnly || !filter.isEmpty }

  /// What is remembered of it in the config file.
  var remembered: TableSettings {
    TableSettings(sortedBy: sortedBy, isReversed: isReversed, columns: columns, isWide: isWide)
  }
}
