/// The sizes and spans that bound what the dashboard keeps and decide what it says.
package enum Limits {
  /// The span of the charts, unless the person chose another, and of the sparklines.
  package static let historySeconds = 60
  /// The longest span of the charts.
  package static let longHistorySeconds = 600
  /// One sample of the long history of a queue or an exchange.
  package static let longSampleSeconds = 5
  /// One sample of the totals' history.
  package static let sampleNanoseconds: Int64 = 250_000_000
  /// Samples without news after which a history has a gap: less is jitter.
  package static let gapSamples = 4
  /// Refreshes without news after which a history has a gap, where that is longer.
  package static let gapRefreshes = 3.0
  /// The same for a queue's depth.
  package static let gapDepthSamples = 2
  /// One sample of a queue's depth, which keeps the largest value of its span.
  package static let depthSampleNanoseconds: Int64 = 1_000_000_000

  /// How far back pictures are kept to go through the past from.
  package static let pastSeconds = 600.0
  /// How many of them, where there is room.
  package static let pictures = 20
  package static let fewestPictures = 2
  /// What they may take, and about what a queue takes in each.
  package static let pictureBytes = 32 * 1_024 * 1_024
  package static let pictureBytesOfQueue = 6_144
  /// Snapshots that are gone through at most to make a picture of the past again.
  package static let replayedFrames = 5_000
  /// How many snapshots `{` and `}` go.
  package static let farSteps = 10

  /// Rates in tables are averages over this span.
  package static let rateSeconds = 2.0
  /// Rates in charts are averages over this span.
  package static let chartRateSeconds = 1.0
  /// Rates of the lab are averages over this span: it has few customers a second.
  package static let labRateSeconds = 5.0
  /// Snapshots that come closer than this replace each other: they were asked for by a key.
  package static let closestSnapshotSeconds = 0.1
  /// A rate over less than this is noise and not shown.
  package static let shortestRateSeconds = 0.2
  /// Snapshots kept to compute rates from; enough for the longest span at the closest distance.
  package static let windowSnapshots = 64

  /// Queues whose depth is remembered; those behind them in the order of names have no sparkline.
  package static let trackedQueues = 4_096
  /// Exchanges whose rates are remembered.
  package static let trackedExchanges = 256
  /// Services whose change of state is remembered.
  package static let trackedServices = 64
  /// Events kept for scrolling back.
  package static let events = 512
  /// Verdicts that begin with one snapshot and are said one by one.
  package static let verdictEvents = 20
  /// When it is known better by less than this when something began, its event stays.
  package static let onsetMoveSeconds = 0.25
  /// Onsets that are marked on a chart, those of the worst.
  package static let onsetMarks = 3
  /// Problems that are listed; more are only counted.
  package static let problems = 64
  /// Kills and pauses that `u` can take back, newest first.
  package static let undoable = 32

  /// Without a snapshot for this long, the screen says so.
  package static let staleSeconds = 2.0
  /// The same in refreshes, where that is longer.
  package static let staleRefreshes = 3.0
  /// A consumer that holds messages and acknowledged none for this long is named.
  package static let silentConsumerSeconds = 10.0
  /// How long the answer to a key stays.
  package static let toastSeconds = 5.0
  /// How long a load or mode that was asked for is shown before the lab confirms it.
  package static let pendingSeconds = 2.0

  /// Rows of a table change places at most this often.
  package static let reorderSeconds = 2.0
  /// Screens that `q` can go back through.
  package static let screensDeep = 16
  /// The longest text that a field of a dialog takes, in characters.
  package static let fieldCharacters = 4_096
  /// The longest body that can be typed, pasted or read from a file, in bytes.
  package static let bodyBytes = 1_048_576
  /// Routing keys that an exchange's screen shows; the rest is in their shares.
  package static let shownRoutingKeys = 8
  /// Lines of the topology; more are left out.
  package static let topologyLines = 5_000
  /// Rows that can be marked.
  package static let marks = 10_000
  /// An action on more messages than this asks for the queue's name to be typed.
  package static let messagesWithoutName = 100
  /// Ways back that the question before a redrive names.
  package static let redriveGroups = 8
  /// Messages that `m` looks at.
  package static let peekedMessages = 50
  /// How often the screen can be told to refresh, in seconds.
  package static let refreshSteps = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10]
  /// The same where each costs another program something.
  package static let shortestAttachedRefresh = 1.0
  /// Lines that the line mode says at once; more are only counted.
  package static let plainLines = 10
  /// A problem is over in the line mode when it was not there for this long: one that comes and
  /// goes with each message would be all that is heard.
  package static let plainCalmSeconds = 5.0

  /// The most that messages can be made larger by, in bytes: what the lab takes.
  package static let messageBytes = 65_536
  /// Times that a fault can be told to strike.
  package static let faultTimes = 1_000_000
  /// Steps of one request that the lab's screen draws; more are summed up.
  package static let waterfallSteps = 64
  /// Notes and texts of a lesson are cut beyond so many lines.
  package static let lessonLines = 400
  /// From this share of failed requests on, a way of calling is said to fail.
  package static let failingShare = 0.01
  /// A way whose p95 is so many times its lowest is said to be slow.
  package static let slowedTimes = 2.0
  /// Below this p95, in milliseconds, nothing is said to be slow.
  package static let slowedLeast = 20.0

  /// A request in hand for longer than this is overdue.
  package static let overdueSeconds = 2.0
  /// Fewer overdue requests than this are nothing to speak of.
  package static let overdueRequests = 3
  /// Overdue requests make a way slow from this share of the customers of
  /// ``labRateSeconds`` on.
  package static let overdueShare = 0.1

  /// A queue that changed by no more messages than this, or than one of ``steadyParts`` parts,
  /// within ``labRateSeconds`` neither grows nor falls.
  package static let steadyMessages = 2
  package static let steadyParts = 50

  /// Fewer messages than this are no backlog.
  package static let backlogMessages = 5

  /// A critical finding is told again only when it was not there for this long.
  package static let alertCalmSeconds = 60.0

  /// The spans of incident reports, in minutes.
  package static let reportMinutes = [1, 5, 10]
  /// Columns of a report's charts.
  package static let reportColumns = 60
  /// Queues that a report follows, in the order of names.
  package static let reportQueues = 4_096
  /// Queues that it lists, those with the most ready messages first.
  package static let reportTopQueues = 20
  /// Of those, how many have a chart of their own.
  package static let reportChartedQueues = 8
  /// Findings that it lists; more are only counted.
  package static let reportFindings = 200
  /// Events that it lists, the newest.
  package static let reportEvents = 200
  /// How often a recording is told as lines with its rates.
  package static let watchSeconds = 10.0

  /// Messages or customers of one `b`.
  package static let burstCount = 100
  /// The loads that `+` and `-` step through, in customers a second.
  package static let loads: [Double] = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]
}
