package import Diagnosis
package import Telemetry

/// Something that the dashboard wants done; ``update(_:_:)`` only says so.
package enum Effect: Sendable, Hashable {
  /// Publish test messages to an exchange of virtual host `/`.
  case publish(virtualHost: String, exchange: String, routingKey: String, count: Int)
  case pauseQueue(virtualHost: String, name: String, isPaused: Bool)
  case pauseConsumer(identifier: UInt64, isPaused: Bool)
  /// Kill the process of a service of the lab.
  case killService(name: String)
  /// Cut the connection of a consumer that is not the lab's.
  case killConsumer(identifier: UInt64)
  /// Start a killed service again; nil is the one that was killed last.
  case bringBack(service: String?)
  /// Let the broker die and start again from its data directory.
  case crashBroker
  case setMode(CallMode)
  /// Customers a second, for each way in use.
  case setLoad(perSecond: Double)
  /// Break something on purpose.
  case putFault(FaultRequest)
  /// Take a fault away, by ``ActiveFault/identifier``.
  case healFault(identifier: Int)
  /// Take all faults away.
  case healAll
  case setShape(LoadShape)
  /// What a message carries besides what it needs.
  case setMessageBytes(Int)
  /// Start one more process of a service.
  case addInstance(service: String)
  /// End one of the processes of a service.
  case removeInstance(service: String)
  /// Let a service of ``LabSnapshot/joinable`` take part.
  case join(service: String)
  /// Turn ``LabSnapshot/knob`` to one of its values.
  case turnKnob(value: Int)
  /// Let customers come at once.
  case burst(customers: Int)
  /// Write a line on the timeline.
  case record(text: String, severity: BrokerEvent.Severity)
  /// Change something in the broker.
  case act(BrokerAct)
  /// Ask the broker for a closer look at something.
  case look(Look)
  /// Tell more about this from now on, with the messages that pass it.
  case watch(Watch, isTapping: Bool)
  /// Copy a text to the person's clipboard.
  case copy(String)
  /// Write something into a file; ``Model/exportJob(_:at:)`` makes its content.
  case export(ExportRequest)
  /// Tell a command of something that is newly wrong.
  case alert(FindingRecord)
  /// Ring the terminal's bell.
  case bell
  /// Read a message's body from a file.
  case readBody(path: String)
  /// Draw with another theme; it is kept only when it was chosen.
  case useTheme(name: String)
  /// Write what the person chose to the config file.
  case remember(Settings)
  /// How often the broker tells and the screen is drawn.
  case setRefresh(seconds: Double)
  /// Record all that the dashboard is told from now on, or no longer.
  case setRecording(isOn: Bool)
  /// Let a recording go on, from an instant by its own clock.
  case play(from: Instant?)
  /// Let a recording stand still.
  case holdPlaying
  /// Show another of the targets.
  case switchTarget(Int)
  /// These queues are on the screen, and the others are not.
  case see([QueueIdentity])
  /// Give the terminal back to the shell until it is continued.
  case suspend
  /// Draw everything again, whatever the terminal shows.
  case repaint
  case quit
}

/// What a person changes in a broker.
package enum BrokerAct: Sendable, Hashable {
  case publish(MessageDraft)
  case purge(QueueIdentity)
  case deleteQueue(QueueIdentity)
  case deleteExchange(ExchangeIdentity)
  case declareQueue(QueueDraft)
  case declareExchange(ExchangeDraft)
  case bind(BindingIdentity)
  case unbind(BindingIdentity)
  /// All ready messages, the oldest first, to a queue of the same virtual host.
  case moveMessages(QueueIdentity, to: String)
  case deleteMessage(QueueIdentity, identifier: UInt64)
  case parkMessage(QueueIdentity, identifier: UInt64, to: String)
  case cancelConsumer(identifier: UInt64)
  case setPrefetch(consumer: UInt64, count: UInt16)
  case closeConnection(identifier: UInt64, reason: String)
  case closeChannel(connection: UInt64, number: UInt16, reason: String)
  /// Send dead letters back to where they came from.
  case redrive(QueueIdentity)
}

/// A question to the broker, whose answer comes as a ``Message``.
package enum Look: Sendable, Hashable {
  /// The messages at the head of a queue.
  case peek(QueueIdentity)
  /// Where a queue's dead letters would go.
  case redrive(QueueIdentity)
}

/// A message that a person wrote.
package struct MessageDraft: Sendable, Hashable {
  package var virtualHost: String
  package var exchange: String
  package var routingKey: String
  /// Names as the protocol's, for example `content_type`.
  package var properties: [WatchedDetails.Fact]
  package var headers: [WatchedDetails.Fact]
  package var body: [UInt8]
  package var count: Int

  package init(
    virtualHost: String,
    exchange: String,
    routingKey: String,
    properties: [WatchedDetails.Fact] = [],
    headers: [WatchedDetails.Fact] = [],
    body: [UInt8],
    count: Int = 1
  ) {
    self.virtualHost = virtualHost
    self.exchange = exchange
    self.routingKey = routingKey
    self.properties = properties
    self.headers = headers
    self.body = body
    self.count = count
  }
}

/// A queue that a person wants.
package struct QueueDraft: Sendable, Hashable {
  package var identity: QueueIdentity
  package var isDurable: Bool
  package var isAutoDelete: Bool
  package var arguments: [WatchedDetails.Fact]
}

/// An exchange that a person wants.
package struct ExchangeDraft: Sendable, Hashable {
  package var identity: ExchangeIdentity
  package var type: String
  package var isDurable: Bool
  package var isAutoDelete: Bool
  package var arguments: [WatchedDetails.Fact]
}

extension Effect {
  /// Whether it is about the lab alone, whose processes are ours whichever broker they use.
  var isOnLab: Bool {
    switch self {
    case .killService, .bringBack, .setMode, .setLoad, .burst, .putFault, .healFault, .healAll,
      .setShape, .setMessageBytes, .addInstance, .removeInstance, .join, .turnKnob, .record:
      true
    case .publish, .pauseQueue, .pauseConsumer, .killConsumer, .crashBroker, .act, .look, .watch,
      .copy, .export, .alert, .bell, .readBody, .useTheme, .remember, .setRefresh, .setRecording,
      .play, .holdPlaying, .switchTarget, .see, .suspend, .repaint, .quit:
      false
    }
  }

  /// Whether it changes something outside of the dashboard, which a read-only one must not.
  var changesSomething: Bool {
    switch self {
    case .publish, .pauseQueue, .pauseConsumer, .killService, .killConsumer, .bringBack,
      .crashBroker, .setMode, .setLoad, .burst, .act, .putFault, .healFault, .healAll, .setShape,
      .setMessageBytes, .addInstance, .removeInstance, .join, .turnKnob:
      true
    case .record, .look, .watch, .copy, .export, .alert, .bell, .readBody, .useTheme, .remember,
      .setRefresh, .setRecording, .play, .holdPlaying, .switchTarget, .see, .suspend, .repaint,
      .quit:
      false
    }
  }
}
