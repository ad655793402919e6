import Canvas
import Telemetry

/// Keys while something stands over the screen, or a filter is typed.
extension Model {
  mutating func dialogKey(_ key: Key) -> [Effect] {
    touch()
    if key == .control("l") { return [.repaint] }
    if isQuitKey(key, whileTyping: dialog?.isTyping ?? false) { return [.quit] }
    if case .mouse(let event) = key, let clicked = clickedInDialog(event) {
      return dialogKey(clicked)
    }
    guard var open = dialog else { return [] }
    if case .lesson(let view) = open, let action = labAction(for: key, in: view) {
      return actThroughLesson(action, key)
    }
    let page = DialogLayout.page(of: open, in: size)
    if case .why(let view) = open { return whyKey(key, view, page: page) }
    let answer: DialogAnswer
    switch open {
    case .confirmation(var confirmation):
      answer = confirmation.take(key)
      open = .confirmation(confirmation)
    case .menu(var menu):
      answer = menu.take(key, page: page)
      open = .menu(menu)
    case .form(var form):
      answer = form.take(key)
      open = .form(form)
    case .columns(var editor):
      answer = editor.take(key)
      open = .columns(editor)
    case .message(var view):
      let last = max(0, DialogLayout.lines(of: view, in: self).count - page)
      answer = view.take(key, page: page, last: last)
      open = .message(view)
    case .lesson(var view):
      let last = max(0, DialogLayout.lines(of: view, in: self).count - page)
      answer = view.take(
        key,
        page: page,
        last: last,
        options: optionCount(of: view),
        words: lessonWords
      )
      open = .lesson(view)
    case .why: return []
    }
    dialog = open
    return answered(answer)
  }

  /// Whether a key leaves the dashboard from everywhere; where text is typed a letter is a letter.
  private func isQuitKey(_ key: Key, whileTyping isTyping: Bool) -> Bool {
    if isTyping, case .character = key { return false }
    return keymap.binding(for: key, at: screen.place)?.action == .quitNow
  }

  /// What a key does in the lab, where it means nothing to the page of the lesson that is open:
  /// the page says what to press and look at.
  private func labAction(for key: Key, in view: LessonView) -> Action? {
    if LessonView.isOwn(key, options: optionCount(of: view)) { return nil }
    let action = keymap.binding(for: key, at: .lab)?.action
    return action.flatMap { $0.actsOnLab ? $0 : nil }
  }

  /// Leaves the page of the lesson for the screen, where what the key does is to be seen.
  private mutating func actThroughLesson(_ action: Action, _ key: Key) -> [Effect] {
    let name = keymap.binding(of: action).map { Self.name(of: key, in: $0) } ?? action.rawValue
    if case .act = decision(of: action) { dialog = nil }
    return act(action, key, named: name)
  }

  private mutating func answered(_ answer: DialogAnswer) -> [Effect] {
    switch answer {
    case .stay: return []
    case .close:
      dialog = nil
      return []
    case .refuse(let reason):
      tell(reason, isRefusal: true)
      return []
    case .preview(let choice): return chose(choice)
    case .choose(let choice):
      dialog = nil
      return chose(choice)
    }
  }

  private mutating func chose(_ choice: Choice) -> [Effect] {
    switch choice {
    case .effects(let effects, let undoable, let text):
      marks = []
      return carryOut(effects, undoable.map { [$0] } ?? [], text)
    case .action(let action):
      return act(action, named: keymap.binding(of: action)?.shortLabel ?? action.rawValue)
    case .sortBy(let panel, let name): return sort(panel, by: name)
    case .columns(let panel, let names):
      tables[panel, default: TableSettings()].columns = names
      settle()
      return [.remember(settings)]
    case .previewTheme(let name): return [.useTheme(name: name)]
    case .theme(let name):
      themeName = name
      options.settings.theme = name
      tell("theme \(name)")
      return [.useTheme(name: name), .remember(settings)]
    case .form(let form): return submit(form)
    case .message(let identity, let messageAct):
      switch chosen(messageAct, for: identity) {
      case .act(let effects, let undoable, let text): return carryOut(effects, undoable, text)
      case .open(let next): dialog = next
      case .refuse(let reason): tell(reason, isRefusal: true)
      }
      return []
    case .faultForm(let request):
      dialog = .form(faultForm(request))
      return []
    case .shapeForm(let shape):
      dialog = .form(shapeForm(shape))
      return []
    case .sizeForm(let bytes):
      dialog = .form(sizeForm(bytes))
      return []
    case .lesson(let lessonAct):
      walk(lessonAct)
      return []
    case .allowChanges:
      isReadOnly = false
      tell("changes are allowed now")
      return []
    }
  }

  private mutating func sort(_ panel: Panel, by name: String) -> [Effect] {
    let before = settings
    var settings = tables[panel] ?? TableSettings()
    if settings.sortedBy ?? "" == name {
      settings.isReversed.toggle()
    } else {
      settings.sortedBy = name.isEmpty ? nil : name
      settings.isReversed = false
    }
    tables[panel] = settings
    settle()
    return self.settings == before ? [] : [.remember(self.settings)]
  }

  /// Sends a form, or says in it what is wrong.
  private mutating func submit(_ form: Form) -> [Effect] {
    sentForm = form
    do {
      if form.purpose == .publish, !form.text(of: "body from file").isEmpty {
        draft = try form.draft()
        return [.readBody(path: form.text(of: "body from file"))]
      }
      return chose(try form.effects(in: self))
    } catch {
      sentForm = nil
      var again = form
      again.mistake = error
      again.focus = form.fields.firstIndex { $0.name == error.field } ?? form.focus
      dialog = .form(again)
      return []
    }
  }

  // MARK: - The filter

  mutating func beginFilter() {
    if screen == .help {
      filterField = TextField(help.search)
    } else if focus.tableFields != nil {
      filterField = TextField(tables[focus]?.filter ?? "")
    } else {
      tell("there is no table to filter here", isRefusal: true)
    }
  }

  mutating func filterKey(_ key: Key) -> [Effect] {
    guard var field = filterField else { return [] }
    touch()
    if isQuitKey(key, whileTyping: true) { return [.quit] }
    switch key {
    case .enter:
      filterField = nil
      settle()
      return []
    case .escape, .control("g"):
      filterField = nil
      setFilter("")
      return []
    case .up, .down, .pageUp, .pageDown:
      // Moving among what was found, without leaving the field.
      return keymap.binding(for: key, at: screen.place).map { apply($0.action, key) } ?? []
    case .mouse(let event):
      filterField = nil
      return mouse(event)
    case .character, .control, .left, .right, .home, .end, .tab, .backTab, .backspace, .delete,
      .insert, .function, .pasted, .unknown:
      if field.take(key) {
        filterField = field
        setFilter(field.text)
      }
      return []
    }
  }

  private mutating func setFilter(_ text: String) {
    if screen == .help {
      help.search = text
      help.top = 0
      return
    }
    tables[focus, default: TableSettings()].filter = text
    settle()
  }
}
