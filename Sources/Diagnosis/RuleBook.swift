extension Rule {
  /// Asks the rule.
  ///
  /// - Parameter window: What it sees.
  /// - Returns: What it found, in the order of the window's queues, consumers or exchanges.
  func findings(in window: Window) -> [Finding] {
    switch self {
    case .ledger: LedgerRule.findings(in: window)
    case .alarm: AlarmRule.findings(in: window)
    case .stuck: StuckRule.findings(in: window)
    case .poison: PoisonRule.findings(in: window)
    case .noConsumer: NoConsumerRule.findings(in: window)
    case .unroutable: UnroutableRule.findings(in: window)
    case .blocked: BlockedRule.findings(in: window)
    case .full: FullRule.findings(in: window)
    case .slow: SlowRule.findings(in: window)
    case .backlog: BacklogRule.findings(in: window)
    case .age: AgeRule.findings(in: window)
    case .deadLetters: DeadLettersRule.findings(in: window)
    case .hoarding: HoardingRule.findings(in: window)
    case .ghost: GhostRule.findings(in: window)
    case .churn: ChurnRule.findings(in: window)
    case .channelLeak: ChannelLeakRule.findings(in: window)
    case .leak: LeakRule.findings(in: window)
    case .generations: GenerationsRule.findings(in: window)
    case .bindings: BindingsRule.findings(in: window)
    case .surge: SurgeRule.findings(in: window)
    case .draining: DrainingRule.findings(in: window)
    }
  }
}
