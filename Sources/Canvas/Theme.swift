/// How the roles of a screen look: what a theme file says.
package struct Theme: Hashable, Sendable {
  /// For which background a theme is made.
  package enum Appears: String, Hashable, Sendable, CaseIterable {
    case dark
    case light
    case any
  }

  package var name: String
  /// Who made it; empty when the file does not say.
  package var author: String
  package var appears: Appears
  /// Roles that the theme defines; others ask their ``Role/parent``.
  package var roles: [Role: RoleStyle]
  package var glyphs: Glyphs
  /// Modifiers that replace a role's own when there is no colour.
  package var mono: [Role: Modifiers]

  package init(
    name: String,
    author: String = "",
    appears: Appears = .any,
    roles: [Role: RoleStyle],
    glyphs: Glyphs = Glyphs(),
    mono: [Role: Modifiers] = [:]
  ) {
    self.name = name
    self.author = author
    self.appears = appears
    self.roles = roles
    self.glyphs = glyphs
    self.mono = mono
  }

  /// Returns how a style looks on a terminal of this depth.
  ///
  /// Each of foreground, background and modifiers comes from the nearest of the role, its group and
  /// ``Role/base`` that says something about it.
  ///
  /// - Complexity: may search for a nearest colour; a painter keeps the answer for each style.
  package func appearance(of style: Style, at depth: ColorDepth) -> Appearance {
    var foreground: PaletteColor?
    var background: PaletteColor?
    var modifiers: Modifiers?
    var plainModifiers: Modifiers?
    var next: Role? = style.role
    while let role = next {
      if let defined = roles[role] {
        foreground = foreground ?? defined.foreground
        background = background ?? defined.background
        modifiers = modifiers ?? defined.modifiers
      }
      plainModifiers = plainModifiers ?? mono[role]
      next = role.parent
    }
    var all = modifiers ?? []
    if depth == .monochrome, let plainModifiers { all = plainModifiers }
    return Appearance(
      foreground: (foreground ?? .terminalDefault).color(at: depth),
      background: (background ?? .terminalDefault).color(at: depth),
      modifiers: all.union(style.modifiers)
    )
  }
}

/// What a theme says about one role; nil means that the role's group decides.
package struct RoleStyle: Hashable, Sendable {
  package var foreground: PaletteColor?
  package var background: PaletteColor?
  package var modifiers: Modifiers?

  package init(
    foreground: PaletteColor? = nil,
    background: PaletteColor? = nil,
    modifiers: Modifiers? = nil
  ) {
    self.foreground = foreground
    self.background = background
    self.modifiers = modifiers
  }
}

/// What a painter tells the terminal.
package struct Appearance: Hashable, Sendable {
  package var foreground: Color
  package var background: Color
  package var modifiers: Modifiers

  package init(foreground: Color, background: Color, modifiers: Modifiers) {
    self.foreground = foreground
    self.background = background
    self.modifiers = modifiers
  }
}
