import Telemetry

/// The words of a report in one language.
struct ReportWords {
  var lead: (_ scenario: String) -> String
  var howItWasRun: String
  var duration: (_ seconds: String) -> String
  var seed: (_ seed: UInt64) -> String
  var timeScale: (_ scale: String) -> String
  var customers: (_ perSecond: String) -> String
  var recording: (_ file: String, _ arrivals: String) -> String
  var broker: (_ broker: String) -> String
  var whatCustomersSaw: String
  var customerColumns: [String]
  var wholeRun: String
  var window: (_ seconds: String) -> String
  var whatBecameOfMessages: String
  var delays: String
  var queueColumns: [String]
  var allQueues: String
  var balanced: (_ counts: [String]) -> String
  var unbalanced: (_ count: String) -> String
  var lesson: String
  var task: String
  var question: String
  var measured: (_ phase: String) -> String
  var notMeasured: (_ phase: String) -> String
  var caveat: String
  var verdict: String
  var problems: String
  /// What a way is called when the scenario says nothing.
  var way: (CallWay) -> String

  static func words(of language: Language) -> ReportWords {
    switch language {
    case .english: english
    case .chinese: chinese
    }
  }

  private static var english: ReportWords {
    ReportWords(
      lead: {
        "A run of the scenario \($0): real processes, a real broker, measured numbers."
      },
      howItWasRun: "How it was run",
      duration: { "Duration: \($0) s" },
      seed: { "Seed: \($0)" },
      timeScale: { "Time scale: \($0)" },
      customers: { "Customers: \($0) a second for each way, at first" },
      recording: { "Customers: a replay of the \($1) arrivals in \($0), for each way" },
      broker: { "Broker: \($0)" },
      whatCustomersSaw: "What the customers saw",
      customerColumns: [
        "phase", "way", "offered", "done", "declined", "failed", "refused", "success %", "p50 ms",
        "p95 ms", "p99 ms",
      ],
      wholeRun: "whole run",
      window: { "Percentiles are those of the last \($0) s of each row." },
      whatBecameOfMessages: "What became of the messages",
      delays: "A delay lasts from the customer's arrival until the work on the message is done.",
      queueColumns: [
        "queue", "published", "acked", "waiting", "dead", "lost", "repeated", "doubled",
        "delay p50 ms", "delay p95 ms",
      ],
      allQueues: "all",
      balanced: { counts in
        "The ledger sums to zero: published \(counts[0]) = acked \(counts[1]) + waiting "
          + "\(counts[2]) + dead \(counts[3]) + lost \(counts[4])."
      },
      unbalanced: {
        "**The ledger does not sum to zero: \($0) messages are not accounted for.**"
      },
      lesson: "The lesson",
      task: "**Do:** ",
      question: "**Predict:** ",
      measured: { "**Measured** in phase \($0): " },
      notMeasured: { "Phase \($0) was not part of this run, so there is nothing to tell." },
      caveat: "**But:** ",
      verdict: "The verdict",
      problems: "What could not be found out",
      way: { way in
        switch way {
        case .synchronous: "synchronous"
        case .asynchronous: "asynchronous"
        case .alternative: "alternative"
        }
      }
    )
  }

  private static var chinese: ReportWords {
    ReportWords(
      lead: { "场景 \($0) 的一次运行：真实的进程，真实的消息代理，实测的数字。" },
      howItWasRun: "如何运行",
      duration: { "时长：\($0) 秒" },
      seed: { "随机种子：\($0)" },
      timeScale: { "时间倍率：\($0)" },
      customers: { "顾客：开始时每种方式每秒 \($0) 位" },
      recording: { "顾客：重放 \($0) 中记录的 \($1) 次到达，每种方式各一遍" },
      broker: { "消息代理：\($0)" },
      whatCustomersSaw: "顾客看到的",
      customerColumns: [
        "阶段", "方式", "到达", "成功", "业务拒绝", "失败", "其中被挡回", "成功率 %", "p50 毫秒",
        "p95 毫秒", "p99 毫秒",
      ],
      wholeRun: "全程",
      window: { "百分位数取自每一行最后的 \($0) 秒。" },
      whatBecameOfMessages: "消息的去向",
      delays: "延迟从顾客到达算起，到这条消息处理完为止。",
      queueColumns: [
        "队列", "已发布", "已处理", "等待", "死信", "丢失", "重复处理", "重复生效", "延迟 p50 毫秒",
        "延迟 p95 毫秒",
      ],
      allQueues: "合计",
      balanced: { counts in
        "账目平衡：已发布 \(counts[0]) = 已处理 \(counts[1]) + 等待 \(counts[2]) + 死信 \(counts[3]) "
          + "+ 丢失 \(counts[4])。"
      },
      unbalanced: { "**账目不平：有 \($0) 条消息下落不明。**" },
      lesson: "课程",
      task: "**动手**：",
      question: "**先猜**：",
      measured: { "**实测**（阶段 \($0)）：" },
      notMeasured: { "这次运行没有阶段 \($0)，因此无可奉告。" },
      caveat: "**但是**：",
      verdict: "结论",
      problems: "未能查明的",
      way: { way in
        switch way {
        case .synchronous: "同步"
        case .asynchronous: "异步"
        case .alternative: "第三种"
        }
      }
    )
  }
}
