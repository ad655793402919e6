import Telemetry
import Testing

@testable import Lab

struct LabReportTests {
  @Test func aReportTellsTheWholeRun() {
    #expect(LabReport.page(ReportSamples.payment) == ReportSamples.english)
  }

  @Test func aReportInChineseSaysTheSame() {
    var input = ReportSamples.payment
    input.language = .chinese
    input.title = "支付：同步调用还是队列？"
    input.about = "一次支付，两种做法。"
    input.broker = "内嵌"
    input.timeScale = 2.5
    input.final.ways[1].title = "发布到队列"
    input.final.notes = []
    input.lesson = Lesson(
      steps: [
        LessonStep(
          phase: "slow",
          title: "积分变慢",
          task: "按 f 再按 1。",
          question: "B 的 p95 会怎样？",
          options: ["翻倍", "不变"],
          answer: 1,
          reveal: "A 的 p95 是 {sync.p95} 毫秒，B 仍是 {async.p95} 毫秒。",
          caveat: "积分要晚 {points.delay} 毫秒才到。"
        )
      ],
      verdict: [VerdictLine(condition: nil, text: "积分可以异步：{points.lost} 条丢失。")]
    )
    #expect(LabReport.page(input) == ReportSamples.chinese)
  }

  @Test func aReplayIsSaidToBeOneAndCanBeRunAgain() {
    var input = ReportSamples.payment
    input.seconds = 3_600
    input.recording = .init(file: "my day.txt", arrivals: 12_000)
    let page = LabReport.page(input)
    #expect(
      page.contains("- Customers: a replay of the 12 000 arrivals in my day.txt, for each way")
    )
    #expect(page.contains("--duration 3600s"))
    #expect(page.contains(" --replay-arrivals 'my day.txt' --report report.md\n"))
    #expect(!page.contains("a second for each way"))
    input.language = .chinese
    #expect(LabReport.page(input).contains("重放 my day.txt 中记录的 12 000 次到达"))
  }

  @Test func aStepWhosePhaseWasNotRunTellsNoNumbers() {
    var input = ReportSamples.payment
    input.phases = []
    let page = LabReport.page(input)
    #expect(page.contains("Phase slow was not part of this run, so there is nothing to tell."))
    #expect(!page.contains("**Measured**"))
  }

  @Test func anAccountThatDoesNotAddUpIsSaidInBold() {
    var input = ReportSamples.payment
    input.final.queues[0].acknowledged -= 3
    input.problems = ["The queue sms could not be read."]
    let page = LabReport.page(input)
    #expect(
      page.contains("**The ledger does not sum to zero: 3 messages are not accounted for.**")
    )
    #expect(page.contains("- The queue sms could not be read.\n"))
    #expect(!page.contains("sums to zero"))
  }

  @Test func aRunWithoutQueuesAndLessonHasNoEmptySections() {
    var input = ReportSamples.payment
    input.final.queues = []
    input.lesson = Lesson()
    let headings = LabReport.page(input).split(separator: "\n").filter { $0.hasPrefix("#") }
    #expect(
      headings == [
        "# Payment: calls or a queue?", "## How it was run", "## What the customers saw",
      ]
    )
  }

  @Test func namesCannotWriteMarkdown() {
    var input = ReportSamples.payment
    input.title = "<b>x</b>\n# y"
    input.final.queues[0].name = "a|b`*_[c](d)\u{1B}[2J"
    let page = LabReport.page(input)
    #expect(page.hasPrefix("# \\<b\\>x\\</b\\> \\# y\n"))
    #expect(page.contains("| a\\|b\\`\\*\\_\\[c\\](d) \\[2J | 100 | 60 |"))
  }

  @Test(arguments: [
    ("plain text, 3 ms", "plain text, 3 ms"), ("1. first", "1\\. first"), ("2) b", "2\\) b"),
    ("- item", "\\- item"), ("+ item", "\\+ item"), ("3.5 ms", "3\\.5 ms"),
    ("a\u{202E}b\u{2028}c\u{0}d", "ab c d"), ("  a \n\n b ", "a b"),
    ("&lt; $x$ ~y~", "\\&lt; \\$x\\$ \\~y\\~"),
    ("同步 {x}", "同步 {x}"), ("", ""),
  ])
  func textsComeOutAsTheyWereWritten(text: String, escaped: String) {
    #expect(MarkdownText.escaped(text) == escaped)
  }

  @Test(arguments: [
    ("payment", "payment"), ("./my-lab/a.toml", "./my-lab/a.toml"), ("a b", "'a b'"),
    ("it's", "'it'\\''s'"), ("", "''"), ("a\n;rm", "'a ;rm'"),
  ])
  func theCommandLineIsQuoted(text: String, word: String) {
    #expect(MarkdownText.shellWord(text) == word)
  }

  @Test func theVerdictSaysWhatHolds() {
    let lesson = Lesson(
      verdict: [
        VerdictLine(condition: nil, text: "Always."),
        VerdictLine(condition: "sync.p50 > async.p50 * 2", text: "{sync.p50} against {async.p50}."),
        VerdictLine(condition: "sync.p50 < async.p50", text: "Never."),
        VerdictLine(condition: "calm.lost == 0", text: "Nothing lost."),
        VerdictLine(condition: "nobody > 1", text: "Not measured."),
      ]
    )
    let values = ["sync.p50": 302.0, "async.p50": 102, "calm.lost": 0]
    #expect(
      LabVerdict.lines(lesson: lesson, values: values) == [
        "Always.", "302 against 102.", "Nothing lost.",
      ]
    )
  }
}
