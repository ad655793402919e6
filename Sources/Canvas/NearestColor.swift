/// Finds the indexed colour that looks most like a given one, by distance in CIELAB.
package enum NearestColor {
  /// The 16 colours as xterm draws them; other terminals differ, so a theme can name its own.
  package static let ansi16Palette: [(UInt8, UInt8, UInt8)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0),
    (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0),
    (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
  ]

  /// Returns the number of the nearest of the 16 colours.
  package static func ansi16(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
    nearest(to: Lab(red, green, blue), in: labOf16, from: 0)
  }

  /// Finds the nearest colour of the cube and the greys that stands out from a background.
  ///
  /// - Parameters:
  ///   - red: 0 to 255, as the other two.
  ///   - green: Of the colour to be near to.
  ///   - blue: Of the same.
  ///   - background: What the text stands on, with 256 colours.
  ///   - contrast: The least contrast, 1 to 21.
  /// - Returns: Its number, 16 to 255; nil when none stands out so much.
  package static func ansi256(
    red: UInt8,
    green: UInt8,
    blue: UInt8,
    on background: LinearColor,
    contrast: Double
  ) -> UInt8? {
    let wanted = Lab(red, green, blue)
    var best: (index: UInt8, distance: Double)?
    for index in UInt8(16)...255 {
      guard let parts = components(ofIndexed: index) else { continue }
      let color = LinearColor(parts.0, parts.1, parts.2)
      guard color.contrast(with: background) >= contrast else { continue }
      let distance = Lab(color).squaredDistance(to: wanted)
      if distance < best?.distance ?? .infinity { best = (index, distance) }
    }
    return best?.index
  }

  /// Returns the number, 16 to 255, of the nearest colour of the cube and the greys.
  ///
  /// The first 16 are never chosen: every user's scheme changes them.
  package static func ansi256(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
    nearest(to: Lab(red, green, blue), in: labOfCubeAndGreys, from: 16)
  }

  /// Returns the red, green and blue of one of the colours 16 to 255; nil below 16.
  package static func components(ofIndexed index: UInt8) -> (UInt8, UInt8, UInt8)? {
    if index < 16 { return nil }
    if index >= 232 {
      let grey = 8 + 10 * (index - 232)
      return (grey, grey, grey)
    }
    let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
    let cube = Int(index) - 16
    return (levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
  }

  private static let labOf16 = ansi16Palette.map { Lab($0.0, $0.1, $0.2) }

  private static let labOfCubeAndGreys = (UInt8(16)...255).compactMap { index in
    components(ofIndexed: index).map { Lab($0.0, $0.1, $0.2) }
  }

  private static func nearest(to wanted: Lab, in palette: [Lab], from first: Int) -> UInt8 {
    var best = 0
    var bestDistance = Double.infinity
    for (index, candidate) in palette.enumerated() {
      let distance = candidate.squaredDistance(to: wanted)
      if distance < bestDistance {
        bestDistance = distance
        best = index
      }
    }
    return UInt8(clamping: first + best)
  }
}

/// A colour in CIELAB under D65, where distance is close to what an eye sees.
struct Lab {
  let lightness: Double
  let greenRed: Double
  let blueYellow: Double

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.init(LinearColor(red, green, blue))
  }

  init(_ color: LinearColor) {
    let x = (0.4124 * color.red + 0.3576 * color.green + 0.1805 * color.blue) / 0.9505
    let y = color.luminance
    let z = (0.0193 * color.red + 0.1192 * color.green + 0.9505 * color.blue) / 1.089
    let curvedX = Self.curve(x)
    let curvedY = Self.curve(y)
    let curvedZ = Self.curve(z)
    lightness = 116 * curvedY - 16
    greenRed = 500 * (curvedX - curvedY)
    blueYellow = 200 * (curvedY - curvedZ)
  }

  func squaredDistance(to other: Lab) -> Double {
    let first = lightness - other.lightness
    let second = greenRed - other.greenRed
    let third = blueYellow - other.blueYellow
    return first * first + second * second + third * third
  }

  private static func curve(_ value: Double) -> Double {
    let isCurved = value > 216.0 / 24389
    return isCurved ? Roots.root(of: value, degree: 3) : (24389.0 / 27 * value + 16) / 116
  }
}
