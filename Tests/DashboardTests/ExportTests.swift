import Canvas
import JSONText
import Recording
import Telemetry
import Testing

@testable import Dashboard

/// What a person writes into files, and what a recording tells without a screen.
@Suite struct ExportTests {
  private let size = Size(columns: 120, rows: 36)

  private func model(_ world: SampleWorld, keys: String = "2") -> Model {
    var model = Model(size: size)
    watch(&model, world, from: 0, to: 10)
    press(keys, in: &model)
    return model
  }

  private func content(_ request: ExportRequest, _ model: Model) -> String {
    model.exportJob(request, at: SampleWorld.wall(10)).content()
  }

  private func named(_ names: [String]) -> SampleWorld {
    var world = SampleWorld.payment
    world.queues = names.map { SampleWorld.SampleQueue(name: $0, perSecond: 1, ready: 3) }
    return world
  }

  /// A recording in memory.
  private func recording(_ world: SampleWorld, seconds: Double) -> SnapshotRing {
    var ring = SnapshotRing()
    for step in 0...Int(seconds * 2) {
      ring.add(world.broker(at: Double(step) / 2))
      ring.add(world.lab(at: Double(step) / 2))
    }
    return ring
  }

  // MARK: The menu

  @Test(arguments: [
    ("1", ExportRequest.incident(minutes: 1)), ("5", .incident(minutes: 5)),
    ("0", .incident(minutes: 10)), ("c", .tableAsCSV), ("j", .tableAsJSON), ("t", .screen),
  ])
  func theMenuWritesWhatItsKeySays(key: String, request: ExportRequest) {
    var model = model(.payment)
    press("E", in: &model)
    #expect(press(key, in: &model).contains(.export(request)))
    #expect(model.dialog == nil)
  }

  @Test func nothingIsWrittenBeforeThereIsData() {
    var model = Model(size: size)
    press("E", in: &model)
    #expect(textFrame(model).contains("E: there is nothing to write yet"))
  }

  @Test func aFileIsCalledByWhatItHoldsAndWhen() {
    let model = model(.payment)
    let job = model.exportJob(.tableAsCSV, at: WallTime(milliseconds: 1_795_500_000_000))
    #expect(job.stem == "sluice-queues-2026-11-24-060000")
    #expect(job.suffix == "csv")
    #expect(model.exportJob(.incident(minutes: 1), at: SampleWorld.wall(0)).suffix == "md")
  }

  @Test func theScreenIsWrittenWithoutTheMenu() {
    var model = model(.payment)
    let before = textFrame(model)
    press("E", in: &model)
    #expect(textFrame(model).contains("┤export├"))
    #expect(content(.screen, model) == before)
  }

  // MARK: Tables

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
    ("=A1,B1", "\"'=A1,B1\""), ("two\r\nlines", "two␍␊lines"), ("\u{1B}[2J", "␛[2J"),
    ("\t=1", "␉=1"), ("注文", "注文"),
  ])
  func aCellIsQuotedAndNoFormula(text: String, cell: String) {
    #expect(CSVText.cell(.text(text)) == cell)
  }

  @Test func numbersAreWholeOrHaveThreeDecimals() {
    #expect(CSVText.row([.number(12), .number(0.12345), .none, .number(.nan)]) == "12,0.123,,\r\n")
    #expect(CSVText.cell(.number(-2)) == "'-2")
    #expect(FieldValue.number(9e30).json == .integer(9_000_000_000_000_000))
    #expect(FieldValue.number(.infinity).json == .null)
  }

  @Test func aTableIsWrittenAsItIsFilteredAndSorted() throws {
    var model = model(.many)
    press("/ r e g i o n - 0 Enter", in: &model)
    let lines = content(.tableAsCSV, model).split(separator: "\r\n")
    #expect(lines.first?.hasPrefix("name,ready,unacked,in,deliver,ack") == true)
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("orders.region-0") })
    #expect(lines.count == 10)
    let json = try JSON(parsing: Array(content(.tableAsJSON, model).utf8))
    guard case .array(let rows) = json else {
      Issue.record("it is no array")
      return
    }
    #expect(rows.count == 9)
    #expect(rows.first?["ready"]?.integer != nil)
  }

  @Test func namesFromTheNetworkAreCleanInCSVAndWholeInJSON() throws {
    let name = "evil\u{1B}[2J\"\n,"
    let model = model(named([name]))
    let csv = content(.tableAsCSV, model)
    #expect(!csv.unicodeScalars.contains("\u{1B}"))
    #expect(csv.split(separator: "\r\n").count == 2)
    let json = try JSON(parsing: Array(content(.tableAsJSON, model).utf8))
    guard case .array(let rows) = json else {
      Issue.record("it is no array")
      return
    }
    #expect(rows.first?["name"]?.text == name)
  }

  // MARK: Snapshots

  @Test func aSnapshotSaysWhatADashboardWouldShowThen() throws {
    let state = try #require(
      StateExport(of: recording(.trouble, seconds: 20), at: nil, options: ViewOptions())
    )
    let text = state.text.joined(separator: "\n")
    #expect(state.text.first == "2026-11-24 06:00:20 UTC")
    #expect(text.contains("embedded broker amqp://127.0.0.1:5672, up "))
    #expect(text.contains("NO CONSUMER audit: 18 wait and nobody consumes"))
    #expect(text.contains("remainder 0"))
    let rows = state.csv.split(separator: "\r\n")
    #expect(rows.count == 6)
    let json = try JSON(parsing: state.json.bytes)
    #expect(json["format"]?.text == "sluice-snapshot")
    #expect(json["totals"]?["ready"]?.count == 18 + 7 + 80 + 1)
    #expect(json["ledger"]?["remainder"]?.integer == 0)
    guard case .array(let findings)? = json["findings"] else {
      Issue.record("there are no findings")
      return
    }
    #expect(findings.contains { $0["subject"]?["queue"]?.text == "audit" })
  }

  @Test func aSnapshotOfBeforeTheTroubleKnowsNothingOfIt() throws {
    var ring = recording(.payment, seconds: 10)
    for step in 21...60 { ring.add(SampleWorld.trouble.broker(at: Double(step) / 2)) }
    let place = try #require(RecordingPlace("8s"))
    let instant = try #require(place.instant(in: ring, offsetSeconds: 0))
    let before = try #require(StateExport(of: ring, at: instant, options: ViewOptions()))
    #expect(!before.text.joined().contains("NO CONSUMER"))
    let end = try #require(StateExport(of: ring, at: nil, options: ViewOptions()))
    #expect(end.text.joined().contains("NO CONSUMER"))
  }

  @Test func aSnapshotHasNothingATerminalCouldObey() throws {
    let state = try #require(
      StateExport(of: recording(.hostile, seconds: 5), at: nil, options: ViewOptions())
    )
    for line in state.text + [state.csv.filter { $0 != "\r\n" }] {
      #expect(line == SafeText.clean(line))
    }
  }

  @Test(arguments: [
    ("05:31:47", RecordingPlace.timeOfDay(seconds: 19_907)), ("05:31", .timeOfDay(seconds: 19_860)),
    ("90s", .sinceBeginning(seconds: 90)), ("1.5m", .sinceBeginning(seconds: 90)),
    ("2h", .sinceBeginning(seconds: 7_200)),
  ])
  func aPlaceIsATimeOfDayOrASpan(text: String, place: RecordingPlace) {
    #expect(RecordingPlace(text) == place)
  }

  @Test(arguments: ["", "5", "s", "-5s", "24:00:00", "5:31", "05:60", "05:31:47:00", "nans", "1d"])
  func whatIsNoPlaceIsRefused(text: String) {
    #expect(RecordingPlace(text) == nil)
  }

  @Test func aTimeOfDayIsFoundWhereThePersonIs() throws {
    let ring = recording(.payment, seconds: 20)
    // The samples begin at 06:00:00 UTC.
    let place = RecordingPlace.timeOfDay(seconds: 7 * 3_600 + 5)
    let found = try #require(place.instant(in: ring, offsetSeconds: 3_600))
    #expect(found.seconds(since: SampleWorld.origin) == 5.5)
    #expect(place.instant(in: ring, offsetSeconds: 0) == nil)
    #expect(RecordingPlace.sinceBeginning(seconds: 21).instant(in: ring, offsetSeconds: 0) == nil)
  }

  // MARK: Lines

  @Test func aRecordingIsToldAsLines() {
    var ring = recording(.payment, seconds: 15)
    for step in 31...80 { ring.add(SampleWorld.trouble.broker(at: Double(step) / 2)) }
    var stream = RecordedStream(ring, options: ViewOptions())
    var lines: [String] = []
    while let told = stream.next() { lines += told }
    #expect(lines.first?.hasPrefix("06:00:00 embedded broker") == true)
    #expect(lines.contains { $0.contains("queue audit: no consumer, 18 wait") })
    let paces = lines.filter { $0.contains(" each second ") && $0.contains(" ready, ") }
    #expect(paces.count == 4)
    #expect(stream.failure == nil)
  }
}
