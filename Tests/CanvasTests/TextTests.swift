import Canvas
import Testing

@Suite struct SafeTextTests {
  @Test func printableTextStaysAsItIs() {
    for text in ["order.points", "naïve", "漢字", "a b", "e\u{301}", "●▲│"] {
      #expect(SafeText.clean(text) == text)
    }
  }

  @Test func controlCharactersBecomeTheirPictures() {
    #expect(SafeText.clean("\u{1B}[31m") == "␛[31m")
    #expect(SafeText.clean("a\r\n\u{07}\u{00}\u{7F}") == "a␍␊␇␀␡")
    #expect(SafeText.clean("\u{9B}31m") == "\u{FFFD}31m")
  }

  @Test func hiddenAndReorderingCharactersBecomeVisible() {
    for scalar in ["\u{202E}", "\u{200B}", "\u{2066}", "\u{FEFF}", "\u{AD}", "\u{E000}"] {
      #expect(SafeText.clean("a\(scalar)b") == "a\u{FFFD}b")
    }
  }

  @Test(arguments: difficultTexts)
  func whatIsCleanIsSafeAndStaysClean(text: String) {
    let clean = SafeText.clean(text)
    #expect(SafeText.clean(clean) == clean)
    for scalar in clean.unicodeScalars {
      #expect(CharacterWidth.classify(scalar) != .unsafe || scalar == SafeText.replacement)
    }
  }

  @Test(arguments: difficultTexts)
  func aTextIsNeverWiderThanSaid(text: String) {
    var grid = Grid(size: Size(columns: 500, rows: 1))
    let clean = SafeText.clean(text)
    let used = grid.put(text, at: Point(column: 0, row: 0))
    #expect(used == CharacterWidth.columns(of: clean))
    #expect(grid.put(clean, at: Point(column: 0, row: 0)) == used)
  }
}

@Suite struct CharacterWidthTests {
  @Test(
    arguments: [
      ("a", .narrow), ("é", .narrow), ("─", .narrow), ("⣿", .narrow), ("▇", .narrow),
      ("漢", .wide), ("한", .wide), ("🚀", .wide), ("ｗ", .wide), ("　", .wide),
      ("\u{301}", .mark), ("\u{20E3}", .mark), ("\u{1161}", .mark),
      ("\u{1B}", .unsafe), ("\u{200D}", .unsafe), ("\u{202E}", .unsafe), ("\u{2029}", .unsafe),
      ("\u{F8FF}", .unsafe), ("\u{378}", .unsafe), ("\u{FFFD}", .narrow),
    ] as [(Unicode.Scalar, CharacterWidth.Class)]
  )
  func aCharacterHasTheClassOfTheStandard(
    scalar: Unicode.Scalar,
    expected: CharacterWidth.Class
  ) {
    #expect(CharacterWidth.classify(scalar) == expected)
  }

  @Test func everyScalarHasAClassAndUnsafeOnesAreThoseOfTheStandardLibrary() {
    var differing: [UInt32] = []
    for value in UInt32(0)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isUnsafe = CharacterWidth.classify(scalar) == .unsafe
      switch scalar.properties.generalCategory {
      case .control, .format, .privateUse, .lineSeparator, .paragraphSeparator:
        if !isUnsafe { differing.append(value) }
      case .unassigned:
        break
      default:
        // The standard library may know a newer Unicode than our table: only the other way counts.
        if isUnsafe, scalar.properties.age.map({ $0.major <= 14 }) ?? false {
          differing.append(value)
        }
      }
    }
    #expect(differing.isEmpty)
  }
}

@Suite struct TextCutTests {
  @Test func aShortTextStaysWhole() {
    #expect(TextCut.end("order", columns: 5, ellipsis: "…") == "order")
    #expect(TextCut.middle("order", columns: 5, ellipsis: "…") == "order")
  }

  @Test func theEndGoesFirst() {
    #expect(TextCut.end("order.points", columns: 8, ellipsis: "…") == "order.p…")
    #expect(TextCut.end("order.points", columns: 8, ellipsis: nil) == "order.po")
    #expect(TextCut.end("漢字漢字", columns: 6, ellipsis: "…") == "漢字…")
    #expect(TextCut.end("abc", columns: 0, ellipsis: "…").isEmpty)
  }

  @Test func theMiddleGoesWhereTwoNamesWouldReadTheSame() {
    let names = ["queue-of-region-east", "queue-of-region-west", "other"]
    let short = TextCut.names(names, columns: 10, ellipsis: "…")
    #expect(short == ["queue…east", "queue…west", "other"])
  }

  @Test func namesThatDifferInTheMiddleShowIt() {
    let names = ["orders.region-16.invoices", "orders.region-17.invoices"]
    let short = TextCut.names(names, columns: 11, ellipsis: "…")
    #expect(short == ["or…6.invoi…", "or…7.invoi…"])
  }

  @Test func namesThatDifferEarlyKeepTheirBeginning() {
    let short = TextCut.names(["alpha-very-long", "beta-very-long"], columns: 7, ellipsis: "…")
    #expect(short == ["alpha-…", "beta-v…"])
  }

  @Test(arguments: difficultTexts)
  func aCutTextFits(text: String) {
    let clean = SafeText.clean(text)
    for columns in 0...12 {
      #expect(
        CharacterWidth.columns(of: TextCut.end(clean, columns: columns, ellipsis: "…")) <= columns
      )
      let middle = TextCut.middle(clean, columns: columns, ellipsis: "…")
      #expect(CharacterWidth.columns(of: middle) <= columns)
    }
  }
}
