extension Theme {
  /// The theme that is there without any file; `themes/default.toml` says the same.
  ///
  /// It uses nothing but the terminal's own 16 colours, so it follows the user's scheme. Less
  /// important text is dim and not "bright black", which is the background in some schemes.
  package static let builtIn = Theme(
    name: "default",
    appears: .any,
    roles: builtInRoles,
    glyphs: Glyphs(),
    mono: builtInMono
  )

  private static let red = PaletteColor.ansi(1)
  private static let green = PaletteColor.ansi(2)
  private static let yellow = PaletteColor.ansi(3)
  private static let blue = PaletteColor.ansi(4)
  private static let magenta = PaletteColor.ansi(5)
  private static let cyan = PaletteColor.ansi(6)

  private static let builtInRoles: [Role: RoleStyle] = [
    .base: RoleStyle(foreground: .terminalDefault, background: .terminalDefault),
    .muted: RoleStyle(modifiers: .dim),
    .title: RoleStyle(modifiers: .bold),
    .key: RoleStyle(foreground: cyan, modifiers: .bold),
    .border: RoleStyle(modifiers: .dim),
    .borderFocus: RoleStyle(foreground: cyan, modifiers: []),
    .cursor: RoleStyle(foreground: .ansi(0), background: cyan),
    .header: RoleStyle(modifiers: .dim),
    .stateOK: RoleStyle(foreground: green),
    .stateBusy: RoleStyle(foreground: cyan),
    .stateDraining: RoleStyle(foreground: cyan, modifiers: .italic),
    .statePaused: RoleStyle(foreground: magenta, modifiers: .bold),
    .stateSlow: RoleStyle(foreground: yellow),
    .stateStuck: RoleStyle(foreground: red, modifiers: .bold),
    .stateGone: RoleStyle(foreground: red),
    .stateNone: RoleStyle(foreground: yellow, modifiers: .bold),
    .alertInformation: RoleStyle(foreground: cyan),
    .alertWarning: RoleStyle(foreground: yellow, modifiers: .bold),
    .alertCritical: RoleStyle(foreground: red, modifiers: .bold),
    .metricReady: RoleStyle(foreground: yellow),
    .metricUnacked: RoleStyle(foreground: magenta),
    .metricPublish: RoleStyle(foreground: green),
    .metricDeliver: RoleStyle(foreground: blue),
    .metricAck: RoleStyle(foreground: cyan),
    .metricRedeliver: RoleStyle(foreground: magenta),
    .metricDrop: RoleStyle(foreground: red),
    .graphLow: RoleStyle(foreground: green),
    .graphMiddle: RoleStyle(foreground: yellow),
    .graphHigh: RoleStyle(foreground: red),
    .graphAxis: RoleStyle(modifiers: .dim),
    .graphGap: RoleStyle(modifiers: .dim),
    .kindExchange: RoleStyle(foreground: magenta),
    .labSynchronous: RoleStyle(foreground: yellow),
    .labAsynchronous: RoleStyle(foreground: cyan),
    .labFault: RoleStyle(foreground: red, modifiers: .bold),
    .targetEmbedded: RoleStyle(foreground: green, modifiers: .bold),
    .toast: RoleStyle(modifiers: .bold),
    .logTime: RoleStyle(modifiers: .dim),
  ]

  private static let builtInMono: [Role: Modifiers] = [
    .key: .bold,
    .borderFocus: .bold,
    .cursor: .reverse,
    .statePaused: .reverse,
    .stateSlow: .bold,
    .stateStuck: [.bold, .reverse],
    .stateGone: [.bold, .underline],
    .stateNone: [.bold, .underline],
    .alertWarning: .bold,
    .alertCritical: [.bold, .reverse],
  ]
}
