extension Theme {
  /// The theme that is there without any file; `themes/default.toml` says the same.
  ///
  /// It uses nothing but the terminal's own 16 colours, so it follows the user's scheme. Less
  /// important text is neither dim, which the Linux console shows as a grey that is hard to read,
  /// nor "bright black", which is the background in some schemes. Blue is too dark for text on
  /// black, and so are plain red and magenta; of the bright ones only their twins are used, because
  /// some schemes have greys for the others.
  package static let builtIn = Theme(
    name: "default",
    author: "Sluice",
    appears: .dark,
    roles: builtInRoles,
    glyphs: Glyphs(),
    mono: builtInMono
  )

  /// Yellow is bold wherever it is text: plain yellow is brown on the Linux console.
  private static let yellow = PaletteColor.ansi(3)
  private static let green = PaletteColor.ansi(2)
  private static let cyan = PaletteColor.ansi(6)
  private static let red = PaletteColor.ansi(9)
  private static let magenta = PaletteColor.ansi(13)

  private static let builtInRoles: [Role: RoleStyle] = [
    .base: RoleStyle(foreground: .terminalDefault, background: .terminalDefault, modifiers: []),
    .muted: RoleStyle(modifiers: []),
    .title: RoleStyle(modifiers: .bold),
    .key: RoleStyle(foreground: cyan, modifiers: .bold),
    .border: RoleStyle(modifiers: .dim),
    .borderFocus: RoleStyle(foreground: cyan, modifiers: []),
    .cursor: RoleStyle(foreground: .ansi(0), background: cyan, modifiers: []),
    .mark: RoleStyle(foreground: yellow, modifiers: .bold),
    .match: RoleStyle(modifiers: [.bold, .underline]),
    .header: RoleStyle(foreground: cyan, modifiers: []),
    .headerSorted: RoleStyle(foreground: cyan, modifiers: [.bold, .underline]),
    .stateOK: RoleStyle(foreground: green, modifiers: []),
    .stateBusy: RoleStyle(foreground: cyan, modifiers: .bold),
    .stateDraining: RoleStyle(foreground: cyan, modifiers: [.italic, .underline]),
    .statePaused: RoleStyle(foreground: magenta, modifiers: .reverse),
    .stateSlow: RoleStyle(foreground: yellow, modifiers: .bold),
    .stateStuck: RoleStyle(foreground: red, modifiers: [.bold, .reverse]),
    .statePoison: RoleStyle(foreground: red, modifiers: [.bold, .underline, .reverse]),
    .stateGone: RoleStyle(foreground: red, modifiers: .underline),
    .stateNone: RoleStyle(foreground: yellow, modifiers: [.bold, .underline]),
    .alertInformation: RoleStyle(foreground: cyan, modifiers: []),
    .alertWarning: RoleStyle(foreground: yellow, modifiers: .bold),
    .alertCritical: RoleStyle(foreground: red, modifiers: [.bold, .underline]),
    .metricReady: RoleStyle(foreground: yellow, modifiers: .bold),
    .metricUnacked: RoleStyle(foreground: magenta, modifiers: []),
    .metricPublish: RoleStyle(foreground: green, modifiers: []),
    .metricDeliver: RoleStyle(foreground: cyan, modifiers: .bold),
    .metricAck: RoleStyle(foreground: cyan, modifiers: []),
    .metricRedeliver: RoleStyle(foreground: magenta, modifiers: .bold),
    .metricDrop: RoleStyle(foreground: red, modifiers: []),
    .metricDead: RoleStyle(foreground: red, modifiers: .bold),
    .graphLow: RoleStyle(foreground: green, modifiers: []),
    .graphMiddle: RoleStyle(foreground: yellow, modifiers: .bold),
    .graphHigh: RoleStyle(foreground: red, modifiers: []),
    .graphAxis: RoleStyle(modifiers: .dim),
    .graphOnset: RoleStyle(foreground: magenta, modifiers: .bold),
    .graphGap: RoleStyle(modifiers: .dim),
    .kindProducer: RoleStyle(foreground: green, modifiers: []),
    .kindExchange: RoleStyle(foreground: magenta, modifiers: []),
    .kindQueue: RoleStyle(foreground: .terminalDefault, modifiers: []),
    .kindConsumer: RoleStyle(foreground: cyan, modifiers: []),
    .kindBinding: RoleStyle(modifiers: []),
    .labSynchronous: RoleStyle(foreground: yellow, modifiers: .bold),
    .labAsynchronous: RoleStyle(foreground: cyan, modifiers: []),
    .labFault: RoleStyle(foreground: red, modifiers: .bold),
    .labAnswer: RoleStyle(foreground: green, modifiers: []),
    .targetEmbedded: RoleStyle(foreground: green, modifiers: .bold),
    .targetAttached: RoleStyle(foreground: cyan, modifiers: [.bold, .underline]),
    .targetProduction: RoleStyle(foreground: red, modifiers: [.bold, .reverse]),
    .toast: RoleStyle(modifiers: .bold),
    .logTime: RoleStyle(foreground: cyan, modifiers: []),
    .input: RoleStyle(foreground: .terminalDefault, modifiers: .underline),
    .inputError: RoleStyle(foreground: red, modifiers: .bold),
    .button: RoleStyle(foreground: cyan, modifiers: .bold),
    .buttonFocus: RoleStyle(foreground: .ansi(0), background: cyan, modifiers: []),
    .dialog: RoleStyle(foreground: .terminalDefault, background: .terminalDefault, modifiers: []),
    .scrollbar: RoleStyle(foreground: cyan, modifiers: []),
    .jsonKey: RoleStyle(foreground: cyan, modifiers: .bold),
    .jsonString: RoleStyle(foreground: green, modifiers: []),
    .jsonNumber: RoleStyle(foreground: magenta, modifiers: []),
  ]

  private static let builtInMono: [Role: Modifiers] = [
    .muted: [],
    .key: .bold,
    .borderFocus: .bold,
    .cursor: .reverse,
    .mark: .bold,
    .header: .bold,
    .headerSorted: [.bold, .underline],
    .stateBusy: [],
    .stateDraining: [],
    .statePaused: .reverse,
    .stateSlow: .bold,
    .stateStuck: [.bold, .reverse],
    .statePoison: [.bold, .underline, .reverse],
    .stateGone: .underline,
    .stateNone: [.bold, .underline],
    .alertInformation: [],
    .alertWarning: .bold,
    .alertCritical: [.bold, .reverse],
    .targetProduction: [.bold, .reverse],
    .toast: .bold,
    .input: .underline,
    .inputError: [.bold, .underline],
    .button: .bold,
    .buttonFocus: .reverse,
  ]
}
