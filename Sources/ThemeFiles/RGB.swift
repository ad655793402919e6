import Canvas

/// A colour by its parts, as the files of other programs have it.
struct RGB: Hashable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Reads six hexadecimal digits.
  init?(digits: some StringProtocol) {
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
      let value = UInt32(digits, radix: 16)
    else { return nil }
    self.init(
      UInt8(truncatingIfNeeded: value >> 16),
      UInt8(truncatingIfNeeded: value >> 8),
      UInt8(truncatingIfNeeded: value)
    )
  }

  /// As `#rrggbb`.
  var text: String {
    let digits = [red, green, blue].map { part in
      let text = String(part, radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    return "#" + digits.joined()
  }

  var light: LinearColor { LinearColor(red, green, blue) }

  /// Whether it is a background for dark text.
  var isLight: Bool { AutomaticTheme.isLight(light) }

  /// How much colour there is: 0 for a grey to 1.
  var chroma: Double { Double(max(red, green, blue) - min(red, green, blue)) / 255 }

  /// Degrees on the colour circle: 0 red, 120 green, 240 blue; 0 for grey.
  var hue: Double {
    let parts = [red, green, blue].map { Double($0) }
    guard let high = parts.max(), let low = parts.min(), high > low else { return 0 }
    let range = high - low
    let sixths =
      if high == parts[0] {
        (parts[1] - parts[2]) / range
      } else if high == parts[1] {
        2 + (parts[2] - parts[0]) / range
      } else {
        4 + (parts[0] - parts[1]) / range
      }
    return sixths < 0 ? (sixths + 6) * 60 : sixths * 60
  }

  /// Returns the nearest neighbour of the same hue that can be read on all of some backgrounds,
  /// lighter on dark ones and darker on light ones; nil when there is none.
  func readable(on grounds: [RGB], contrast: Double) -> RGB? {
    guard let first = grounds.first else { return self }
    let end: Double = first.isLight ? 0 : 255
    for percent in 0...100 {
      let share = Double(percent) / 100
      let parts = [red, green, blue].map { part in
        UInt8((Double(part) + (end - Double(part)) * share).rounded())
      }
      let mixed = RGB(parts[0], parts[1], parts[2])
      if grounds.allSatisfy({ mixed.light.contrast(with: $0.light) >= contrast }) { return mixed }
    }
    return nil
  }
}
