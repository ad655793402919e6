/// What a theme file and a folder of them may be at most.
package enum Limits {
  /// More than any theme needs; a larger file is a mistake.
  package static let fileBytes = 64 * 1024
  /// Files in a row of inheritance, the first one included.
  package static let inheritanceFiles = 4
  /// Names that an error message lists.
  package static let namesListed = 30
  /// Themes of one folder; a folder with more holds something else.
  package static let themesInFolder = 1000
  /// Characters of a wrong word that are shown; more do not help to find it.
  package static let quotedCharacters = 40
  /// Characters of a name or an author, which stand in a table.
  package static let nameCharacters = 80
}
