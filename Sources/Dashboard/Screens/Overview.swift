package import Canvas
import Telemetry

/// Returns what the screen shows.
///
/// - Complexity: O(cells), well below a millisecond for 120x36 in a release build.
package func render(_ model: Model) -> Grid {
  var painter = Painter(model)
  painter.drawScreen()
  if model.glyphs.isASCII { painter.grid.reduceToASCII() }
  return painter.grid
}

/// Returns one frame as plain text, for when standard output is not a terminal.
package func textFrame(_ model: Model) -> String {
  render(model).text
}

extension Painter {
  /// Draws all there is, with what stands over it.
  mutating func drawScreen() {
    if model.screen == .help {
      drawHelp()
    } else if layout.isOneLine {
      if let header = layout.header { drawSummary(in: header) }
    } else {
      drawBody()
    }
    if !layout.isOneLine || model.dialog != nil { drawDialog() }
  }

  private mutating func drawBody() {
    drawHeader()
    drawTabs()
    drawSubject()
    drawVerdict()
    drawWhy()
    drawAllCharts()
    if let line = layout.sparkline { drawSparklines(in: line) }
    if let line = layout.labLine { drawLabLine(in: line) }
    if let line = layout.nodeLine { drawNodeLine(in: line) }
    drawFacts()
    for (panel, area) in layout.panels { draw(panel, in: area) }
    fade()
    drawFooter()
  }

  private mutating func drawAllCharts() {
    if model.screen == .overview {
      drawCharts()
    } else if model.screen == .lab {
      drawLabCharts()
    } else {
      drawSubjectCharts()
    }
  }

  private mutating func draw(_ panel: Panel, in area: Rectangle) {
    switch panel {
    case .queues: draw(QueueRow.self, panel, in: area, named: "queues", nothing: "no queues yet")
    case .consumers:
      draw(ConsumerTableRow.self, panel, in: area, named: "consumers", nothing: "no consumers yet")
    case .lab: drawLab(in: area)
    case .services: drawServices(in: area)
    case .ways: drawWays(in: area)
    case .ledger: drawAccounts(in: area)
    case .lesson: drawLesson(in: area)
    case .faults: drawFaults(in: area)
    case .events: drawEvents(in: area)
    case .exchanges:
      draw(ExchangeRow.self, panel, in: area, named: "exchanges", nothing: "no exchanges yet")
    case .connections:
      draw(
        ConnectionRow.self,
        panel,
        in: area,
        named: "connections",
        nothing: "nobody is connected yet"
      )
    case .bindings:
      draw(BindingRow.self, panel, in: area, named: "bindings", nothing: "nothing is bound to it")
    case .messages:
      draw(
        MessageRow.self,
        panel,
        in: area,
        named: picture.isTapping ? "messages as they pass" : "messages",
        nothing: messagesNothing
      )
    case .held:
      draw(
        HeldRow.self,
        panel,
        in: area,
        named: "held messages",
        nothing: model.isAttached
          ? "a broker's management does not list what a consumer holds" : "it holds no message"
      )
    case .channels:
      draw(ChannelRow.self, panel, in: area, named: "channels", nothing: "it has no channel")
    case .publishers:
      draw(
        PublisherRow.self,
        panel,
        in: area,
        named: "publishers",
        nothing: "nobody published to it"
      )
    case .topology: drawTopology(in: area)
    case .nodes: drawNodes(in: area)
    // It is no table, and drawn before them.
    case .verdict: break
    }
  }

  private var messagesNothing: String {
    if picture.isTapping { return "waiting for a message to pass" }
    if model.screen.place == .exchange {
      return model.isAttached
        ? "a broker's management shows no messages as they pass" : "T shows messages as they pass"
    }
    if model.isAttached { return "none; m takes a look at those that wait, and puts them back" }
    return "none; m looks at those that wait, and consumes nothing"
  }
}
