/// Texts of people and scenario files on their way into a Markdown page.
enum MarkdownText {
  /// Makes a text come out as it was written: on one line, with nothing in it that Markdown, HTML
  /// or a terminal would act on.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in oneLine(text) {
      if special.contains(character) { result.append("\\") }
      result.append(character)
    }
    return isListMark(result) ? escapedListMark(result) : result
  }

  /// A word of a command line, quoted when a shell would take it apart.
  static func shellWord(_ text: String) -> String {
    let word = oneLine(text)
    let isPlain = word.allSatisfy { character in
      character.isASCII && (character.isLetter || character.isNumber)
        || "-_./".contains(character)
    }
    if isPlain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  private static let special: Set<Character> = [
    "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~", "&", "$",
  ]

  /// The words with one space between; what is not to be seen is gone.
  private static func oneLine(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
      case .format, .surrogate, .privateUse, .unassigned: break
      // The rest can be seen, and the categories are not ours to list.
      default: scalars.append(scalar)
      }
    }
    return String(scalars).split(separator: " ").joined(separator: " ")
  }

  /// Whether a line that begins like this is an item of a list.
  private static func isListMark(_ line: String) -> Bool {
    if let first = line.first, "-+".contains(first) { return true }
    let digits = line.prefix(while: \.isNumber)
    guard !digits.isEmpty, let mark = line.dropFirst(digits.count).first else { return false }
    return ".)".contains(mark)
  }

  private static func escapedListMark(_ line: String) -> String {
    let digits = line.prefix(while: \.isNumber)
    return digits + "\\" + line.dropFirst(digits.count)
  }
}
