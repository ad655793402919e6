/// A colour as amounts of light, which is what eyes add up and what simulations of them work on.
package struct LinearColor: Hashable, Sendable {
  /// 0 to 1 each; a simulation may leave that range by a little.
  package var red: Double
  package var green: Double
  package var blue: Double

  package init(red: Double, green: Double, blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Takes the parts of an sRGB colour, 0 to 255.
  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.init(red: Self.linear(red), green: Self.linear(green), blue: Self.linear(blue))
  }

  /// WCAG 2's relative luminance, 0 for black and 1 for white.
  package var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

  /// Returns WCAG 2's contrast with another colour, 1 to 21.
  package func contrast(with other: LinearColor) -> Double {
    let lighter = max(luminance, other.luminance)
    let darker = min(luminance, other.luminance)
    return (lighter + 0.05) / (darker + 0.05)
  }

  /// Returns the distance to another colour in CIELAB (1976): 100 lies between black and white.
  package func distance(to other: LinearColor) -> Double {
    Lab(self).squaredDistance(to: Lab(other)).squareRoot()
  }

  /// Returns the colour as it looks to an eye of a kind.
  package func seen(by eye: Eye) -> LinearColor {
    guard let rows = eye.matrix else { return self }
    func part(_ row: [Double]) -> Double {
      min(1, max(0, row[0] * red + row[1] * green + row[2] * blue))
    }
    return LinearColor(red: part(rows[0]), green: part(rows[1]), blue: part(rows[2]))
  }

  private static func linear(_ component: UInt8) -> Double {
    let value = Double(component) / 255
    if value <= 0.04045 { return value / 12.92 }
    let base = (value + 0.055) / 1.055
    // base^2.4 = base² · (base²)^(1/5); this module has no math library.
    let square = base * base
    return square * Roots.root(of: square, degree: 5)
  }
}

/// A kind of colour vision.
package enum Eye: String, Hashable, Sendable, CaseIterable {
  case normal
  /// Without the cones for green; the most frequent, with its weaker form some 6 % of men.
  case deuteranopia
  /// Without the cones for red, which also makes red dark.
  case protanopia
  /// Without the cones for blue; rare, but also what old age and evening filters tend to.
  case tritanopia

  /// Machado, Oliveira and Fernandes 2009, severity 1.0, for linear light; nil changes nothing.
  fileprivate var matrix: [[Double]]? {
    switch self {
    case .normal: nil
    case .protanopia:
      [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deuteranopia:
      [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .tritanopia:
      [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }
}

/// Roots by Newton's method, because this module has no math library.
enum Roots {
  /// For values in 0...1.1, to more digits than a colour needs.
  static func root(of value: Double, degree: Int) -> Double {
    if value <= 0 { return 0 }
    // From above, so that the guesses fall until they stand.
    var guess = 1.1
    for _ in 0..<40 {
      var power = 1.0
      for _ in 1..<degree { power *= guess }
      let next = guess - (power * guess - value) / (Double(degree) * power)
      if (guess - next).magnitude < 1e-12 { return next }
      guess = next
    }
    return guess
  }
}
