import Canvas
import Dashboard
import Telemetry
import Testing

@Suite struct KeymapTests {
  @Test func everyActionHasOneRowWithKeysAndHelp() {
    for action in Action.allCases {
      let rows = Keymap.standard.bindings.filter { $0.action == action }
      #expect(rows.count == 1, "\(action)")
      for row in rows {
        #expect(!row.keys.isEmpty)
        #expect(!row.hint.isEmpty)
        #expect(!row.label.isEmpty)
        #expect(!row.shortLabel.isEmpty)
        #expect(!row.places.isEmpty)
        #expect(row.help.hasSuffix("."), "a sentence: \(row.help)")
      }
    }
  }

  @Test(arguments: KeyBinding.Place.allCases)
  func noTwoRowsShareAKey(place: KeyBinding.Place) {
    var owners: [Key: Action] = [:]
    for binding in Keymap.standard.bindings where binding.places.contains(place) {
      for key in binding.keys {
        #expect(owners[key] == nil, "\(key) belongs to \(binding.action) and another")
        owners[key] = binding.action
        #expect(Keymap.standard.binding(for: key, at: place)?.action == binding.action)
      }
    }
  }

  @Test func whatActsForGoodIsACapitalOrAFunctionKey() {
    for binding in Keymap.standard.bindings where binding.isForGood {
      for key in binding.keys {
        switch key {
        case .character(let scalar): #expect(scalar.properties.isUppercase)
        case .function: break
        case .control, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backTab,
          .enter, .escape, .backspace, .delete, .insert, .pasted, .mouse, .unknown:
          Issue.record("\(binding.action) is on \(key)")
        }
      }
    }
  }

  @Test func keysThatTerminalsCannotTellApartAreNotBound() {
    // ^I is Tab, ^M Enter, ^[ Escape, ^H Backspace; ^S and ^Q stop terminals.
    for scalar: Unicode.Scalar in ["i", "m", "[", "h", "s", "q", "j"] {
      for place in KeyBinding.Place.allCases {
        #expect(Keymap.standard.binding(for: .control(scalar), at: place) == nil)
      }
    }
  }

  @Test func theIssuesKeysAreThere() {
    let expected: [(Key, Action)] = [
      (.character("i"), .publishOne), (.character("b"), .burst), (.character("+"), .loadUp),
      (.character("-"), .loadDown), (.character("p"), .pause), (.character("K"), .kill),
      (.function(9), .kill), (.character("u"), .undo), (.character("j"), .moveDown),
      (.character("k"), .moveUp), (.character("g"), .moveFirst), (.character("G"), .moveLast),
      (.tab, .nextPanel), (.backTab, .previousPanel), (.character("z"), .freeze),
      (.character("x"), .mode), (.character("?"), .help), (.function(1), .help),
      (.character("q"), .quit), (.character("Q"), .quitNow), (.control("c"), .quitNow),
      (.function(10), .quitNow), (.control("l"), .repaint), (.control("z"), .suspend),
    ]
    for (key, action) in expected {
      #expect(Keymap.standard.binding(for: key, at: .overview)?.action == action)
    }
  }

  @Test func theHelpNamesEveryKey() {
    var model = watched(.payment, size: Size(columns: 90, rows: 200), seconds: 1)
    _ = update(&model, .key(.character("?")))
    _ = update(&model, .key(.character("?")))
    let text = textFrame(model)
    for binding in Keymap.standard.bindings {
      #expect(text.contains(binding.label), "\(binding.label)")
      #expect(text.contains(binding.help.split(separator: " ").prefix(3).joined(separator: " ")))
    }
  }

  @Test func everyRefusalSaysWhyInOneLine() {
    var models = [
      Model(size: Size(columns: 80, rows: 24)),
      Model(size: Size(columns: 80, rows: 24), options: ViewOptions(hasLab: false)),
      watched(.payment, size: Size(columns: 80, rows: 24), seconds: 1),
      watched(SampleWorld(), size: Size(columns: 80, rows: 24), seconds: 1),
    ]
    for index in models.indices {
      for _ in Panel.allCases {
        _ = update(&models[index], .key(.tab))
        for action in Action.allCases {
          guard let refusal = models[index].refusal(of: action) else { continue }
          #expect(refusal.contains(": "))
          #expect(!refusal.contains("\n"))
          #expect(refusal.utf8.count <= 78, "\(refusal)")
        }
      }
    }
  }

  @Test func aRefusedKeyDoesNothingAndSaysSo() {
    var model = watched(.payment, size: Size(columns: 120, rows: 36), seconds: 1)
    for _ in 0..<4 { _ = update(&model, .key(.tab)) }
    #expect(update(&model, .key(.character("p"))).isEmpty)
    #expect(textFrame(model).contains("p: an exchange cannot be paused"))
  }
}
