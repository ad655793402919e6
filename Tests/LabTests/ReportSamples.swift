import Telemetry

@testable import Lab

/// A run that never was, and the pages about it.
enum ReportSamples {
  static var payment: LabReportInput {
    LabReportInput(
      scenario: "payment",
      title: "Payment: calls or a queue?",
      about: "One payment, done in two ways.",
      language: .english,
      seed: 7,
      seconds: 60,
      broker: "embedded, with a data directory",
      perSecond: 12.5,
      phases: [
        PhaseMeasurement(
          name: "calm",
          values: [
            "sync.offered": 250, "sync.done": 240, "sync.declined": 10, "sync.failed": 0,
            "sync.refused": 0, "sync.success": 100, "sync.p50": 302.4, "sync.p95": 310,
            "sync.p99": 321, "async.offered": 250, "async.done": 240, "async.declined": 10,
            "async.failed": 0, "async.refused": 0, "async.success": 100, "async.p50": 102,
            "async.p95": 108.4, "async.p99": 121,
          ]
        ),
        PhaseMeasurement(
          name: "slow",
          values: [
            "sync.offered": 250, "sync.done": 90, "sync.declined": 10, "sync.failed": 130,
            "sync.refused": 12, "sync.success": 43.4782, "sync.p95": 5_000, "async.offered": 250,
            "async.p95": 109, "points.delay": 2_050,
          ]
        ),
      ],
      final: final,
      lesson: lesson
    )
  }

  private static var final: LabSnapshot {
    LabSnapshot(
      at: Instant(nanoseconds: 60_000_000_000),
      scenario: "payment",
      mode: .both,
      offeredPerSecond: 12.5,
      state: .stopped,
      ways: [
        CallWaySnapshot(
          way: .synchronous,
          offered: 750,
          succeeded: 500,
          declined: 30,
          failed: 220,
          refused: 12,
          latency: LatencySnapshot(
            p50: 303,
            p95: 312,
            p99: 330,
            sampleCount: 90,
            windowSeconds: 10
          )
        ),
        CallWaySnapshot(
          way: .asynchronous,
          title: "publish to a queue",
          offered: 750,
          succeeded: 720,
          declined: 30
        ),
      ],
      queues: [
        LabQueueSnapshot(
          name: "points",
          service: "points",
          published: 100,
          acknowledged: 60,
          waiting: 30,
          dead: 6,
          lost: 4,
          repeated: 7,
          doubled: 2,
          delay: LatencySnapshot(
            p50: 2_050,
            p95: 2_900,
            p99: 3_000,
            sampleCount: 60,
            windowSeconds: 10
          )
        ),
        LabQueueSnapshot(name: "sms", service: "sms", published: 720, acknowledged: 720),
      ],
      notes: ["payment-sync was restarted to call coupon."]
    )
  }

  private static var lesson: Lesson {
    Lesson(
      steps: [
        LessonStep(
          phase: "slow",
          title: "One slow service",
          task: "Press f, then 1, on points.",
          question: "What happens to the p95 of B?",
          options: ["it doubles", "nothing", "errors"],
          answer: 1,
          reveal: "A: p95 {sync.p95} ms, it was {calm.sync.p95}. B: {async.p95} ms.",
          caveat: "The points arrive {slow.points.delay} ms late."
        )
      ],
      verdict: [
        VerdictLine(
          condition: "slow.sync.success < 50",
          text: "Points must not be called: only {slow.sync.success} % got through."
        ),
        VerdictLine(condition: "points.lost == 0", text: "Nothing was lost."),
      ]
    )
  }

  static let english = """
    # Payment: calls or a queue?

    One payment, done in two ways.

    A run of the scenario payment: real processes, a real broker, measured numbers.

    ## How it was run

    ```sh
    sluice lab --headless --scenario payment --duration 60s --seed 7 --report report.md
    ```

    - Duration: 60 s
    - Seed: 7
    - Time scale: 1
    - Customers: 12.5 a second for each way, at first
    - Broker: embedded, with a data directory

    ## What the customers saw

    | phase | way | offered | done | declined | failed | refused | success % | p50 ms | p95 ms | p99 ms |
    | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
    | calm | A synchronous | 250 | 240 | 10 | 0 | 0 | 100 | 302 | 310 | 321 |
    | calm | B publish to a queue | 250 | 240 | 10 | 0 | 0 | 100 | 102 | 108 | 121 |
    | slow | A synchronous | 250 | 90 | 10 | 130 | 12 | 43.5 | - | 5 000 | - |
    | slow | B publish to a queue | 250 | - | - | - | - | - | - | 109 | - |
    | whole run | A synchronous | 750 | 500 | 30 | 220 | 12 | 70.7 | 303 | 312 | 330 |
    | whole run | B publish to a queue | 750 | 720 | 30 | 0 | 0 | 100 | - | - | - |

    Percentiles are those of the last 10 s of each row.

    - payment-sync was restarted to call coupon.

    ## What became of the messages

    | queue | published | acked | waiting | dead | lost | repeated | doubled | delay p50 ms | delay p95 ms |
    | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
    | points | 100 | 60 | 30 | 6 | 4 | 7 | 2 | 2 050 | 2 900 |
    | sms | 720 | 720 | 0 | 0 | 0 | 0 | 0 | - | - |
    | all | 820 | 780 | 30 | 6 | 4 | 7 | 2 | - | - |

    The ledger sums to zero: published 820 = acked 780 + waiting 30 + dead 6 + lost 4.

    A delay lasts from the customer's arrival until the work on the message is done.

    ## The lesson

    ### 1. One slow service

    **Do:** Press f, then 1, on points.

    **Predict:** What happens to the p95 of B?

    - it doubles
    - **nothing** ✓
    - errors

    **Measured** in phase slow: A: p95 5 000 ms, it was 310. B: 109 ms.

    **But:** The points arrive 2 050 ms late.

    ## The verdict

    - Points must not be called: only 43.5 % got through.

    """

  static let chinese = """
    # 支付：同步调用还是队列？

    一次支付，两种做法。

    场景 payment 的一次运行：真实的进程，真实的消息代理，实测的数字。

    ## 如何运行

    ```sh
    sluice lab --headless --scenario payment --duration 60s --seed 7 --time-scale 2.5 --lang zh --report report.md
    ```

    - 时长：60 秒
    - 随机种子：7
    - 时间倍率：2.5
    - 顾客：开始时每种方式每秒 12.5 位
    - 消息代理：内嵌

    ## 顾客看到的

    | 阶段 | 方式 | 到达 | 成功 | 业务拒绝 | 失败 | 其中被挡回 | 成功率 % | p50 毫秒 | p95 毫秒 | p99 毫秒 |
    | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
    | calm | A 同步 | 250 | 240 | 10 | 0 | 0 | 100 | 302 | 310 | 321 |
    | calm | B 发布到队列 | 250 | 240 | 10 | 0 | 0 | 100 | 102 | 108 | 121 |
    | slow | A 同步 | 250 | 90 | 10 | 130 | 12 | 43.5 | - | 5 000 | - |
    | slow | B 发布到队列 | 250 | - | - | - | - | - | - | 109 | - |
    | 全程 | A 同步 | 750 | 500 | 30 | 220 | 12 | 70.7 | 303 | 312 | 330 |
    | 全程 | B 发布到队列 | 750 | 720 | 30 | 0 | 0 | 100 | - | - | - |

    百分位数取自每一行最后的 10 秒。

    ## 消息的去向

    | 队列 | 已发布 | 已处理 | 等待 | 死信 | 丢失 | 重复处理 | 重复生效 | 延迟 p50 毫秒 | 延迟 p95 毫秒 |
    | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |
    | points | 100 | 60 | 30 | 6 | 4 | 7 | 2 | 2 050 | 2 900 |
    | sms | 720 | 720 | 0 | 0 | 0 | 0 | 0 | - | - |
    | 合计 | 820 | 780 | 30 | 6 | 4 | 7 | 2 | - | - |

    账目平衡：已发布 820 = 已处理 780 + 等待 30 + 死信 6 + 丢失 4。

    延迟从顾客到达算起，到这条消息处理完为止。

    ## 课程

    ### 1. 积分变慢

    **动手**：按 f 再按 1。

    **先猜**：B 的 p95 会怎样？

    - 翻倍
    - **不变** ✓

    **实测**（阶段 slow）：A 的 p95 是 5 000 毫秒，B 仍是 109 毫秒。

    **但是**：积分要晚 2 050 毫秒才到。

    ## 结论

    - 积分可以异步：4 条丢失。

    """
}
