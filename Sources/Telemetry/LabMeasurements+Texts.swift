/// Texts with places for measured numbers: `{calm.async.p95}`.
extension LabMeasurements {
  /// Puts the numbers into their places.
  ///
  /// - Parameters:
  ///   - template: A text with places; braces around anything but a name stay as they are.
  ///   - values: The numbers, under their names.
  ///   - written: How a number is written.
  /// - Returns: The text, with `-` for what was not measured.
  package static func fill(
    _ template: String,
    with values: [String: Double],
    written: (Double) -> String = format
  ) -> String {
    pieces(of: template).map { piece in
      switch piece {
      case .text(let text): text
      case .place(let name): values[name].map(written) ?? unmeasured
      }
    }.joined()
  }

  /// The names in a text's places.
  ///
  /// - Parameter template: A text with places.
  /// - Returns: In the order in which they stand there, repetitions included.
  package static func names(in template: String) -> [String] {
    pieces(of: template).compactMap { piece in
      switch piece {
      case .text: nil
      case .place(let name): name
      }
    }
  }

  /// What stands for a number that was not measured.
  package static let unmeasured = "-"

  /// A number as people want to read it: whole from 100 on, below with one decimal unless that is
  /// a zero; with a space between thousands, as on the screen.
  ///
  /// - Parameter value: The number.
  /// - Returns: ``unmeasured`` for what is no number or is beyond counting.
  package static func format(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    // A Double counts one by one up to 2^53 only.
    guard tenths.isFinite, abs(tenths) < 0x1p53 else { return unmeasured }
    if abs(tenths) >= 1_000 {
      let rounded = Int64(value.rounded())
      return rounded < 0 ? "-\(grouped(-rounded))" : grouped(rounded)
    }
    let whole = Int64(abs(tenths))
    let digits = whole % 10 == 0 ? "\(whole / 10)" : "\(whole / 10).\(whole % 10)"
    return tenths < 0 ? "-\(digits)" : digits
  }

  private static func grouped(_ value: Int64) -> String {
    guard value >= 1_000 else { return String(value) }
    let rest = String(value % 1_000)
    return grouped(value / 1_000) + " " + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }

  private enum Piece {
    case text(String)
    case place(String)
  }

  private static func pieces(of template: String) -> [Piece] {
    var pieces: [Piece] = []
    var text = ""
    var rest = template[...]
    while let character = rest.first {
      let inside = rest.dropFirst().prefix(while: isNameCharacter)
      if character == "{", !inside.isEmpty, rest[inside.endIndex...].first == "}" {
        pieces.append(.text(text))
        text = ""
        pieces.append(.place(String(inside)))
        rest = rest[inside.endIndex...].dropFirst()
      } else {
        text.append(character)
        rest.removeFirst()
      }
    }
    pieces.append(.text(text))
    return pieces
  }

  /// Whether a name of a number can have it: names are made of names of phases, queues and
  /// services.
  static func isNameCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber)
      || character == "." || character == "-" || character == "_"
  }
}
