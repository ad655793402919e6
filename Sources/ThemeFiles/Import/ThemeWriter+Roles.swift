import Canvas

/// Which role has which colour and modifiers in a theme that is written here.
extension ThemeWriter {
  struct Look {
    var role: Role
    var foreground: ImportedColors.Slot?
    var background: ImportedColors.Slot?
    var modifiers: Modifiers

    init(
      _ role: Role,
      _ foreground: ImportedColors.Slot?,
      _ modifiers: Modifiers = [],
      on background: ImportedColors.Slot? = nil
    ) {
      self.role = role
      self.foreground = foreground
      self.background = background
      self.modifiers = modifiers
    }
  }

  static let roles: [Look] = [
    Look(.base, .text, on: .background), Look(.muted, .muted), Look(.title, .bright, .bold),
    Look(.key, .accent, .bold), Look(.border, .line), Look(.borderFocus, .accent),
    // Reversed and not with two colours, because the background may be the terminal's own.
    Look(.cursor, .accent, .reverse), Look(.mark, .amber, .bold),
    Look(.match, nil, [.bold, .underline]), Look(.header, .muted),
    Look(.headerSorted, .accent, .bold),

    Look(.stateOK, .green), Look(.stateBusy, .blue, .bold),
    Look(.stateDraining, .blue, [.italic, .underline]), Look(.statePaused, .muted, .reverse),
    Look(.stateSlow, .amber, .bold), Look(.stateStuck, .red, [.bold, .reverse]),
    Look(.statePoison, .red, [.bold, .underline, .reverse]), Look(.stateGone, .red, .underline),
    Look(.stateNone, .amber, [.bold, .underline]),

    Look(.alertInformation, .blue), Look(.alertWarning, .amber, .bold),
    Look(.alertCritical, .red, [.bold, .underline]),

    Look(.metricReady, .amber), Look(.metricUnacked, .purple), Look(.metricPublish, .green),
    Look(.metricDeliver, .blue), Look(.metricAck, .teal), Look(.metricRedeliver, .orange),
    Look(.metricDrop, .red), Look(.metricDead, .red, .bold),

    Look(.graphLow, .green), Look(.graphMiddle, .amber), Look(.graphHigh, .red),
    Look(.graphAxis, .line), Look(.graphOnset, .purple, .bold), Look(.graphGap, .line),

    Look(.kindProducer, .teal), Look(.kindExchange, .purple), Look(.kindQueue, .text),
    Look(.kindConsumer, .blue), Look(.kindBinding, .muted),

    Look(.labSynchronous, .orange), Look(.labAsynchronous, .teal), Look(.labFault, .red, .bold),
    Look(.labAnswer, .green),

    Look(.targetEmbedded, .green, .bold), Look(.targetAttached, .blue, [.bold, .underline]),
    Look(.targetProduction, .red, [.bold, .reverse]),

    Look(.toast, .bright, .bold, on: .raised), Look(.logTime, .muted),
    Look(.input, .bright, .underline, on: .raised),
    Look(.inputError, .red, .bold, on: .background), Look(.button, .accent, .bold),
    Look(.buttonFocus, .accent, [.bold, .reverse]), Look(.dialog, .text, on: .background),
    Look(.scrollbar, .accent),

    Look(.jsonKey, .accent), Look(.jsonString, .green), Look(.jsonNumber, .purple),
  ]

  /// What colours alone would tell.
  static let mono: [(Role, Modifiers)] = [
    (.borderFocus, .bold), (.header, .bold), (.headerSorted, [.bold, .underline]),
    (.stateBusy, []), (.stateDraining, []), (.alertCritical, [.bold, .reverse]),
    (.inputError, [.bold, .underline]), (.buttonFocus, .reverse),
  ]
}
