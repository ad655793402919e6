import Canvas
import Telemetry

/// The columns of the ledger.
enum AccountField: Hashable, Sendable {
  case name
  case published
  case acknowledged
  case waiting
  case dead
  case lost
  case repeated
  case doubled
  case p50
  case p95
  case drain

  /// From this width on the heads are the terms of the sum.
  private static let wideColumns = 84

  /// Returns the columns for a width: what was worked on twice is worth more than a long name.
  static func columns(in width: Int) -> [TableColumn<AccountField>] {
    let isWide = width >= wideColumns
    func number(
      _ field: AccountField,
      _ title: String,
      _ minimum: Int,
      _ preferred: Int,
      priority: Int
    ) -> TableColumn<AccountField> {
      let width = StackItem(minimum: minimum, preferred: preferred, priority: priority)
      return TableColumn(field, title, width: width)
    }
    return [
      TableColumn(
        .name,
        "queue",
        .left,
        width: StackItem(minimum: isWide ? 14 : 11, preferred: 20, weight: 2, priority: 0)
      ),
      number(.published, "publ.", 6, 7, priority: 2),
      number(.acknowledged, isWide ? "=acked" : "acked", 6, 7, priority: 3),
      number(.waiting, isWide ? "+wait" : "wait", 5, 6, priority: 1),
      number(.dead, isWide ? "+dead" : "dead", isWide ? 5 : 4, 5, priority: 5),
      number(.lost, isWide ? "+lost" : "lost", isWide ? 5 : 4, 5, priority: 4),
      number(.repeated, "again", 5, 5, priority: 9),
      number(.doubled, "twice", 5, 5, priority: 8),
      number(.p50, "p50ms", 5, 6, priority: 10),
      number(.p95, "p95ms", 5, 6, priority: 7),
      number(.drain, isWide ? "gone in" : "gone", isWide ? 7 : 5, isWide ? 7 : 5, priority: 6),
    ]
  }
}

/// The ledger: where every message of the scenario is.
extension Painter {
  mutating func drawAccounts(in area: Rectangle) {
    let accounts = picture.lab?.queues ?? []
    let inside = frame(
      .ledger,
      in: area,
      title: ledgerTitle(accounts, columns: area.columns),
      footerCorner: position(of: .ledger, capacity: layout.rowCapacity(of: .ledger))
    )
    guard inside.rows > 0 else { return }
    if accounts.isEmpty {
      drawNothing("nothing was published yet", in: table(in: inside).line(0))
      return
    }
    let isTooLow = !layout.isBoxed && inside.rows <= accounts.count
    if isTooLow, model.focus != .ledger, !model.isEnlarged {
      drawAccountsInLines(accounts, in: table(in: inside))
      return
    }
    drawTable(.ledger, AccountField.columns(in: table(in: inside).columns), in: inside) {
      painter,
      index,
      field in
      painter.text(of: field, accounts[index])
    }
  }

  /// The queues one behind the other, those first of which something is to be said.
  private mutating func drawAccountsInLines(_ accounts: [LabQueueSnapshot], in area: Rectangle) {
    let parts = accounts.map { (isCalm: isCalm($0), spans: shortly($0)) }
    let ordered = parts.filter { !$0.isCalm } + parts.filter(\.isCalm)
    var row = 0
    var line: [Span] = []
    for part in ordered {
      let separator = line.isEmpty ? [] : [Span(" \(glyphs.separator) ", .muted)]
      if line.columns + separator.columns + part.spans.columns > area.columns, !line.isEmpty {
        grid.put(line, at: area.line(row).origin, limit: area.columns)
        row += 1
        line = []
        if row >= area.rows { return }
      }
      line += (line.isEmpty ? [] : separator) + part.spans
    }
    grid.put(line, at: area.line(row).origin, limit: area.columns, ellipsis: glyphs.ellipsis)
  }

  private func isCalm(_ account: LabQueueSnapshot) -> Bool {
    account.waiting < Limits.backlogMessages && account.dead == 0 && account.lost == 0
      && account.repeated == 0
  }

  /// `points 610 wait, 4 dead`; only a mark where nothing is to be said.
  private func shortly(_ account: LabQueueSnapshot) -> [Span] {
    let name = TextCut.end(SafeText.clean(account.name), columns: 20, ellipsis: glyphs.ellipsis)
    if isCalm(account) { return [Span(name, .kindQueue), Span(" \(glyphs.mark)", .stateOK)] }
    let figures = picture.figures(of: account)
    let terms: [(Int, String, Role)] = [
      (account.waiting, "wait", figures.isBackingUp ? .alertWarning : .metricReady),
      (account.dead, "dead", .metricDead), (account.lost, "lost", .alertCritical),
      (account.repeated, "again", .metricRedeliver), (account.doubled, "twice", .alertWarning),
    ]
    return [Span(name, .kindQueue)]
      + terms.filter { $0.0 > 0 }.map { Span(" \(Format.count($0.0)) \($0.1)", $0.2) }
  }

  /// `ledger  3 610 published = 3 000 acked + 610 waiting + 0 dead + 0 lost ✓`: as many words as
  /// fit, and behind it what was worked on more than once.
  private func ledgerTitle(_ accounts: [LabQueueSnapshot], columns: Int) -> [Span] {
    let title = [Span("ledger", .title)]
    if accounts.isEmpty { return title }
    func sum(_ count: KeyPath<LabQueueSnapshot, Int>) -> Int {
      accounts.reduce(0) { $0 + $1[keyPath: count] }
    }
    let parts = [\LabQueueSnapshot.acknowledged, \.waiting, \.dead, \.lost].map(sum)
    let rest = sum(\.published) - parts.reduce(0, +)
    func equation(_ first: String, _ words: [String]) -> [Span] {
      let terms = zip(parts, words).map { Format.count($0) + $1 }.joined(separator: " + ")
      let text = Span("  \(Format.count(sum(\.published)))\(first) = \(terms)", .muted)
      return rest == 0
        ? [text, Span(" \(glyphs.mark)", .stateOK)]
        : [text, Span("  \(glyphs.alert) differs by \(Format.count(rest))", .alertCritical)]
    }
    let (repeated, doubled) = (sum(\.repeated), sum(\.doubled))
    let again =
      repeated == 0
      ? []
      : [
        Span("  \(Format.count(repeated)) again", .metricRedeliver),
        Span(", \(Format.count(doubled)) twice", doubled > 0 ? .alertWarning : .muted),
      ]
    let long = equation(" published", [" acked", " waiting", " dead", " lost"])
    let middle = equation("", [" acked", " wait", " dead", " lost"])
    let short = equation("", ["", "", "", ""])
    let choices = [long + again, middle + again, short + again, middle, short]
    let room = columns - 8
    let fitting = choices.first { (title + $0).columns <= room }
    return title + (fitting ?? Array(short.suffix(1)))
  }

  private func text(of field: AccountField, _ account: LabQueueSnapshot) -> (String, Role) {
    func count(_ value: Int, _ role: Role) -> (String, Role) {
      (Format.count(value), value > 0 ? role : .muted)
    }
    switch field {
    case .name: return (SafeText.clean(account.name), .kindQueue)
    case .published: return count(account.published, .metricPublish)
    case .acknowledged: return count(account.acknowledged, .metricAck)
    case .waiting:
      return count(
        account.waiting,
        picture.figures(of: account).isBackingUp ? .alertWarning : .metricReady
      )
    case .dead: return count(account.dead, .metricDead)
    case .lost: return count(account.lost, .alertCritical)
    case .repeated: return count(account.repeated, .metricRedeliver)
    case .doubled: return count(account.doubled, .alertWarning)
    case .p50: return (Format.milliseconds(account.delay?.p50), .base)
    case .p95: return (Format.milliseconds(account.delay?.p95), .base)
    case .drain:
      if let seconds = account.drainSeconds { return (Format.span(seconds), .stateDraining) }
      let figures = picture.figures(of: account)
      if !figures.isBackingUp { return (Format.none, .muted) }
      return (figures.isGrowing ? "grows" : "stays", .alertWarning)
    }
  }
}
