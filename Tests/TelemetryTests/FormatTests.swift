import Telemetry
import Testing

@Suite struct FormatTests {
  @Test(
    arguments: [
      (0, "0"), (999, "999"), (1_000, "1 000"), (4_230, "4 230"), (1_002_003, "1 002 003"),
      (9_999_999, "9 999 999"), (12_345_678, "12.3M"), (2_147_000_000, "2.1G"), (-1_500, "-1 500"),
      (Int.max, "9 223 372 036.8G"),
    ]
  )
  func countsAreGroupedThinly(value: Int, text: String) {
    #expect(Format.count(value) == text)
  }

  @Test(
    arguments: [
      (nil, "-"), (Double.nan, "-"), (.infinity, "-"), (0, "0.0"), (0.04, "0.0"), (0.05, "0.1"),
      (50, "50.0"), (999.94, "999.9"), (999.95, "1 000"), (1_234.5, "1 235"), (-3, "0.0"),
    ] as [(Double?, String)]
  )
  func ratesHaveOneDecimalBelowAThousand(value: Double?, text: String) {
    #expect(Format.rate(value) == text)
  }

  @Test(
    arguments: [
      (nil, "-"), (0, "0"), (0.04, "0.0"), (7.5, "7.5"), (9.96, "10"), (4_581.2, "4581"),
      (9_999.6, "10k"), (811_911, "812k"), (999_600, "1.0M"), (1_234_567, "1.2M"), (5e9, "5.0G"),
      (1e300, "999T"),
    ] as [(Double?, String)]
  )
  func shortNumbersHaveFourCharacters(value: Double?, text: String) {
    #expect(Format.short(value) == text)
    #expect(text.utf8.count <= 4)
  }

  @Test(
    arguments: [
      (nil, "-"), (0.24, "0.2"), (9.94, "9.9"), (9.96, "10"), (102.4, "102"), (2_250, "2 250"),
    ] as [(Double?, String)]
  )
  func millisecondsLoseTheirDecimalFromTenOn(value: Double?, text: String) {
    #expect(Format.milliseconds(value) == text)
  }

  @Test(
    arguments: [
      (nil, "-"), (-5, "0s"), (0.9, "0s"), (84, "84s"), (100, "1m"), (720, "12m"),
      (7_200, "2h"), (172_800, "2d"), (1e300, "1157407d"),
    ] as [(Double?, String)]
  )
  func agesHaveOneUnit(seconds: Double?, text: String) {
    #expect(Format.age(seconds) == text)
  }

  @Test(
    arguments: [
      (85, "85s"), (192, "3m12s"), (7_500, "2h05m"), (442_800, "5d03h"), (-1, "0s"),
    ] as [(Double, String)]
  )
  func spansHaveTwoUnits(seconds: Double, text: String) {
    #expect(Format.span(seconds) == text)
  }

  @Test(
    arguments: [
      (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KB"), (608_256, "594 KB"),
      (10_485_760, "10 MB"), (5_368_709_120, "5.0 GB"), (Int.max, "8 388 607 TB"),
    ]
  )
  func sizesHaveTheirUnit(bytes: Int, text: String) {
    #expect(Format.bytes(bytes) == text)
  }

  @Test func timesAreOfTheDayInTheGivenZone() {
    let time = WallTime(milliseconds: 1_700_000_000_000)
    #expect(Format.time(time, offsetSeconds: 0) == "22:13:20")
    #expect(Format.time(time, offsetSeconds: 3_600 * 8) == "06:13:20")
    #expect(Format.time(WallTime(milliseconds: -1_000), offsetSeconds: 0) == "23:59:59")
    #expect(Format.upTime(862) == "00:14:22")
    #expect(Format.upTime(273_600) == "3d 04:00:00")
  }

  @Test(
    arguments: [
      ("4 230", 6, "4 230"), ("9 527 263", 6, "9.5M"), ("1 000/1 000", 9, "1000/1000"),
      ("1 000/1 000", 6, "1000"), ("3/10", 6, "3/10"), ("11.0M", 4, "11.0M"),
      ("no number", 3, "no number"),
    ]
  )
  func aNumberThatDoesNotFitIsShortenedAndNotCut(text: String, columns: Int, fitted: String) {
    #expect(Format.fitted(text, columns: columns) == fitted)
  }

  @Test(
    arguments: [
      (0, 0, "1970-01-01"), (-1, 0, "1969-12-31"), (951_782_400, 0, "2000-02-29"),
      (951_868_800, 0, "2000-03-01"), (1_795_500_000, 0, "2026-11-24"),
      (1_798_761_599, 0, "2026-12-31"), (1_798_761_599, 1, "2027-01-01"),
      (4_107_542_400, 0, "2100-03-01"), (4_107_542_399, 0, "2100-02-28"),
    ] as [(Int64, Int, String)]
  )
  func daysAreThoseOfTheCalendar(seconds: Int64, offset: Int, text: String) {
    #expect(Format.date(WallTime(milliseconds: seconds * 1_000), offsetSeconds: offset) == text)
  }
}
