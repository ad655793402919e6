/// Something in a theme that some people could not read or tell apart.
package struct ThemeFinding: Hashable, Sendable, CustomStringConvertible {
  /// What is asked of a theme.
  package enum Rule: Hashable, Sendable {
    /// Text is too faint on its background; the figure is WCAG 2's contrast.
    case contrast
    /// A line cannot be seen at all; the figure is a contrast too.
    case line
    /// Two roles look alike to some eyes; the figure is a distance in CIELAB.
    case distance(Role, Eye)
    /// Two roles look alike without colour; the figure is how many modifiers differ.
    case modifiers(Role)
    /// Two signs are the same; the figure is how many differ.
    case glyph(Unicode.Scalar)
  }

  package var role: Role
  package var depth: ColorDepth
  package var rule: Rule
  /// What was found, in the unit of the rule.
  package var measured: Double
  /// The least that passes, in the same unit.
  package var bar: Double
  /// The colours that the terminal was taken to have of its own; nil when that makes no difference.
  package var scheme: String?

  package init(
    role: Role,
    depth: ColorDepth,
    rule: Rule,
    measured: Double,
    bar: Double,
    scheme: String? = nil
  ) {
    self.role = role
    self.depth = depth
    self.rule = rule
    self.measured = measured
    self.bar = bar
    self.scheme = scheme
  }

  /// The other role, when the finding is about two.
  package var other: Role? {
    switch rule {
    case .distance(let other, _), .modifiers(let other): other
    case .contrast, .line, .glyph: nil
    }
  }

  /// One line without the place: what, where, how much, and what would do.
  package var description: String {
    let depth = scheme.map { "\(self.depth.words) (\($0))" } ?? self.depth.words
    switch rule {
    case .contrast:
      return "\(role.name) has contrast \(figure(measured)) with \(depth); "
        + "text needs \(figure(bar))"
    case .line:
      return "\(role.name) has contrast \(figure(measured)) with \(depth); "
        + "a line needs \(figure(bar))"
    case .distance(let other, let eye):
      return "\(role.name) and \(other.name) are \(figure(measured)) apart with \(depth), "
        + "\(eye.words); \(figure(bar)) can be told apart, or another modifier"
    case .modifiers(let other):
      return "\(role.name) and \(other.name) have the same modifiers with \(depth); "
        + "let them differ by bold, underline or reverse in [mono]"
    case .glyph(let glyph):
      return "\(role.name) has the sign \(glyph), which says something else too; "
        + "choose another in [glyphs]"
    }
  }

  /// Two digits behind the point, rounded down so that what fails never looks like the bar.
  private func figure(_ value: Double) -> String {
    let hundredths = Int(value * 100)
    let rest = hundredths % 100
    if rest == 0, Double(hundredths) / 100 == value { return "\(hundredths / 100)" }
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension ColorDepth {
  /// As a person calls it.
  package var words: String {
    switch self {
    case .monochrome: "no colour"
    case .ansi16: "16 colours"
    case .ansi256: "256 colours"
    case .trueColor: "true colour"
    }
  }
}

extension Eye {
  fileprivate var words: String { self == .normal ? "to every eye" : "with \(rawValue)" }
}
