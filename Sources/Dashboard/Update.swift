import Canvas
import Telemetry

/// Takes what happened into the model.
///
/// It is the only thing that changes a model, and it does nothing else: what is to be done outside
/// comes back as effects, in the order in which they are to be done.
package func update(_ model: inout Model, _ message: Message) -> [Effect] {
  var effects: [Effect] = []
  switch message {
  case .key(let key):
    effects = model.keyPressed(key)
  case .snapshot(let snapshot):
    // The clock of a recording is not ours.
    if !model.isReplay { model.now = max(model.now, snapshot.at) }
    model.wallNow = model.wallNow ?? snapshot.wallTime
    guard model.live.add(snapshot) else { break }
    model.timeline.record(snapshot, model.live)
    effects = model.alertEffects()
    if model.frozen == nil {
      model.settle()
      model.touch()
    }
  case .lab(let snapshot):
    model.labReported(snapshot)
  case .tick(let now, let wallTime):
    model.timePassed(now, wallTime)
  case .resized(let size):
    guard size != model.size else { return [] }
    model.size = size
    model.settle()
    model.helpMoved(by: 0)
    model.touch()
  case .outcome(.succeeded(let text)):
    model.sentForm = nil
    if !text.isEmpty { model.tell(text) }
  case .outcome(.refused(let text)):
    model.refused(text)
  case .peeked(let queue, let messages):
    model.live.add(messages, of: queue)
    if model.frozen == nil { model.settle() }
    // Opening a queue looks too, unasked.
    if model.focus == .messages {
      let mark = model.isAttached ? "they went back, marked as redelivered" : "nothing was consumed"
      model.tell("\(messages.count) messages looked at; \(mark)")
    }
    model.touch()
  case .redrive(let queue, let redrive):
    model.redriveAnswered(redrive, of: queue)
  case .bodyRead(let path, let body):
    effects = model.bodyWasRead(path, body)
  case .recording(let news):
    model.take(news)
  case .replayEnded(let text):
    model.replayEnded(text)
  case .attached(let state):
    model.take(state)
  case .switched(let target):
    model.switched(to: target)
  case .themes(let themes, let current):
    model.themes = themes
    model.themeName = current
  }
  return effects + model.watchEffects() + model.playEffects() + model.seeingEffects()
}

extension Model {
  mutating func labReported(_ snapshot: LabSnapshot) {
    if !isReplay { now = max(now, snapshot.at) }
    let known = live.lab?.notes ?? []
    guard live.add(snapshot) else { return }
    timeline.record(snapshot)
    if let note = snapshot.notes.last(where: { !known.contains($0) }) { tell(SafeText.clean(note)) }
    if pendingLoad?.value == snapshot.offeredPerSecond { pendingLoad = nil }
    if pendingMode?.value == snapshot.mode { pendingMode = nil }
    if pendingKnob?.value == snapshot.knob?.value { pendingKnob = nil }
    undoable.removeAll { entry in
      guard case .killedService(let name, let killed) = entry,
        let processIdentifier = live.service(named: name)?.state.processIdentifier
      else { return false }
      return processIdentifier != killed
    }
    if frozen == nil {
      settle()
      touch()
    }
  }

  /// Draws again only when a text that depends on the time reads differently.
  mutating func timePassed(_ instant: Instant, _ wallTime: WallTime) {
    let before = (wallNow?.milliseconds ?? 0) / 1_000
    let wasStale = isStale
    now = max(now, instant)
    wallNow = wallTime
    let isSecondOver = wallTime.milliseconds / 1_000 != before
    if frozen == nil, isSecondOver || isStale != wasStale { touch() }
    if let toast, toast.until <= now {
      self.toast = nil
      touch()
    }
    if let pendingLoad, pendingLoad.until <= now { self.pendingLoad = nil }
    if let pendingMode, pendingMode.until <= now { self.pendingMode = nil }
    if let pendingKnob, pendingKnob.until <= now { self.pendingKnob = nil }
  }

  mutating func redriveAnswered(_ redrive: Redrive, of queue: QueueIdentity) {
    if redrive.isDryRun {
      dialog = redriveQuestion(redrive, of: queue)
      touch()
      return
    }
    let moved = redrive.groups.filter { $0.obstacle == nil }.reduce(0) { $0 + $1.count }
    tell("\(Format.count(moved)) \(moved == 1 ? "message" : "messages") of \(queue.name) went back")
  }

  /// Something could not be done: if a form asked for it, it comes back with what is wrong.
  mutating func refused(_ text: String) {
    tell(text, isRefusal: true)
    draft = nil
    guard var form = sentForm else { return }
    sentForm = nil
    let field = form.isButtonFocused ? form.fields.last : form.fields[form.focus]
    form.mistake = Form.Mistake(field: field?.name ?? form.title, text: text)
    if dialog == nil { dialog = .form(form) }
  }

  /// The body of a message that the person wrote has come from its file.
  mutating func bodyWasRead(_ path: String, _ body: [UInt8]) -> [Effect] {
    guard var draft else { return [] }
    self.draft = nil
    draft.body = body
    tell("\(Format.bytes(body.count)) of \(SafeText.clean(path)) are the body")
    return [.act(.publish(draft))]
  }

  /// Tells the broker what to tell more about, when that has changed.
  mutating func watchEffects() -> [Effect] {
    let wanted = (watch: screenUnderHelp.watch, isTapping: live.isTapping)
    if wanted == watched { return [] }
    watched = wanted
    return [.watch(wanted.watch, isTapping: wanted.isTapping)]
  }

  mutating func keyPressed(_ key: Key) -> [Effect] {
    if !hasPressedKey {
      hasPressedKey = true
      settleCursors()
    }
    if dialog != nil { return dialogKey(key) }
    if filterField != nil { return filterKey(key) }
    // Whoever went on with something else no longer waits for the form.
    sentForm = nil
    if case .pasted(let text) = key {
      tell(
        "pasted text is not a command: \(Format.count(text.unicodeScalars.count)) characters left out",
        isRefusal: true
      )
      return []
    }
    if case .mouse(let event) = key { return mouse(event) }
    guard let binding = keymap.binding(for: key, at: screen.place) else {
      if case .unknown = key { return [] }
      if screen != .help { tell("that key does nothing; ? lists those that do") }
      return []
    }
    return act(actionNow(binding.action), key, named: Self.name(of: key, in: binding))
  }

  /// What a key does: in a frozen lab, and in a recording, there is no knob to turn, and its keys go
  /// through the past.
  private func actionNow(_ action: Action) -> Action {
    if frozen == nil, !isReplay { return action }
    switch action {
    case .knobDown: return .scrubFarBack
    case .knobUp: return .scrubFarForward
    default: return action
    }
  }

  /// Does an action, or says why not.
  mutating func act(_ action: Action, _ key: Key? = nil, named name: String) -> [Effect] {
    switch decision(of: action) {
    case .refuse(let reason):
      tell("\(name): \(reason)", isRefusal: true)
      return []
    case .open(let dialog):
      self.dialog = dialog
      touch()
      return []
    case .act(let effects, let undoable, let text):
      return carryOut(effects, undoable, text) + apply(action, key)
    }
  }

  /// Remembers what effects are about, before they are done.
  mutating func carryOut(
    _ effects: [Effect],
    _ undoable: [Undoable],
    _ text: String?
  ) -> [Effect] {
    for entry in undoable { remember(entry) }
    if let text { tell(text) }
    note(effects)
    return effects
  }

  /// Keeps what the effects ask for until it shows up in a snapshot.
  private mutating func note(_ effects: [Effect]) {
    let until = now.advanced(bySeconds: Limits.pendingSeconds)
    for effect in effects {
      switch effect {
      case .setLoad(let perSecond):
        pendingLoad = Pending(value: perSecond, until: until)
        forgetNewest { if case .changedLoad(old: perSecond) = $0 { true } else { false } }
      case .setMode(let mode):
        pendingMode = Pending(value: mode, until: until)
      case .pauseQueue(let virtualHost, let name, isPaused: false):
        let identity = QueueIdentity(virtualHost: virtualHost, name: name)
        undoable.removeAll { $0 == .pausedQueue(identity) }
      case .pauseConsumer(let identifier, isPaused: false):
        undoable.removeAll { entry in
          if case .pausedConsumer(identifier, _) = entry { return true }
          return false
        }
      case .bringBack(let service?):
        undoable.removeAll { entry in
          if case .killedService(service, _) = entry { return true }
          return false
        }
      case .act(let act): note(act)
      case .setShape(let shape):
        forgetNewest { if case .changedShape(old: shape) = $0 { true } else { false } }
      case .setMessageBytes(let count):
        forgetNewest { if case .changedMessageBytes(old: count) = $0 { true } else { false } }
      case .turnKnob(let value):
        pendingKnob = Pending(value: value, until: until)
        forgetNewest { if case .turnedKnob(old: value) = $0 { true } else { false } }
      case .removeInstance(let service):
        forgetNewest { if case .addedInstance(service) = $0 { true } else { false } }
      case .healFault(let identifier):
        guard let request = live.fault(identifier)?.request else { break }
        undoable.removeAll { $0 == .putFault(service: request.service, kind: request.kind) }
      case .healAll:
        undoable.removeAll { if case .putFault = $0 { true } else { false } }
      case .crashBroker:
        // A new life of the broker knows no pauses, and its consumers have other numbers.
        undoable.removeAll { $0.endsWithTheBroker }
      case .setRefresh(let seconds):
        refreshSeconds = seconds
        live.expect(refreshSeconds: seconds)
      case .publish, .pauseQueue, .pauseConsumer, .killService, .killConsumer, .bringBack, .burst,
        .putFault, .addInstance, .join, .record, .look, .watch, .copy, .export, .alert, .bell,
        .readBody, .useTheme, .remember, .setRecording, .play, .holdPlaying, .switchTarget, .see,
        .suspend, .repaint, .quit:
        break
      }
    }
  }

  /// Forgets the newest thing that can be taken back, if it is the one that now is.
  private mutating func forgetNewest(_ isMeant: (Undoable) -> Bool) {
    if let last = undoable.last, isMeant(last) { undoable.removeLast() }
  }

  private mutating func note(_ act: BrokerAct) {
    switch act {
    case .bind(let binding):
      undoable.removeAll { $0 == .unbound(binding) }
      remember(.bound(binding))
    case .unbind(let binding): undoable.removeAll { $0 == .bound(binding) }
    case .setPrefetch(let consumer, let count):
      undoable.removeAll { entry in
        if case .setPrefetch(consumer, _, count) = entry { return true }
        return false
      }
    case .publish, .purge, .deleteQueue, .deleteExchange, .declareQueue, .declareExchange,
      .moveMessages, .deleteMessage, .parkMessage, .cancelConsumer, .closeConnection,
      .closeChannel, .redrive:
      break
    }
  }
}

extension Model.Undoable {
  /// Whether it means nothing to a broker that was started again.
  var endsWithTheBroker: Bool {
    switch self {
    case .pausedQueue, .pausedConsumer, .setPrefetch: true
    case .killedService, .bound, .unbound, .putFault, .changedLoad, .changedShape,
      .changedMessageBytes, .turnedKnob, .addedInstance:
      false
    }
  }
}
