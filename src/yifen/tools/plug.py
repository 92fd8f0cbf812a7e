"""What the tools bring: the commands that are of no trade."""

from yifen.core.facts.plug import Command, Plug

PLUG = Plug(
    name="yifen.tools",
    commands=(
        Command("demo", "yifen.tools.demo",
                "Try everything: a sample network, payments through the gateway, a closed day.",
                "试用：样例网络、经网关缴费、日切对账。"),
        Command("serve", "yifen.tools.cli.serve", "Run the gateway.", "运行网关。"),
        Command("web", "yifen.tools.cli.web", "Run the pages: console, teller desk, payers.",
                "运行页面：管理台、柜面、缴费页。"),
        Command("worker", "yifen.tools.cli.worker",
                "Run the jobs: undecided payments at billers, payers' orders, nights, exports, checks.",
                "运行后台作业：未决缴费的查询与重发、缴费订单、日终、导出、验证。"),
        Command("migrate", "yifen.tools.cli.migrate",
                "Bring the database up to this version.", "升级数据库到本版本。"),
        Command("reseal", "yifen.tools.cli.reseal",
                "After a new key in front of the key ring: seal everything anew by it.",
                "密钥环加入新密钥后，用新密钥重新封存全部密文。"),
        Command("init", "yifen.tools.cli.init",
                "First institution, book and two administrators of a new database.",
                "新库初始化：首个机构、账簿和两名管理员。"),
        Command("verify", "yifen.tools.cli.verify",
                "Replay the chains, and compare all that tells of money with them; name what was altered.",
                "重放各哈希链，并核对所有涉及资金的记录，指出被改动之处。"),
        Command("anchor", "yifen.tools.cli.anchor",
                "Keep where the chains stand in a file or at an address of yours; `verify --anchor`"
                " holds them to it.",
                "把各链的当前位置存入您的文件或地址，供 verify --anchor 核对。"),
        Command("bench", "yifen.tools.bench.command", "Measure, beside PostgreSQL's own pgbench.",
                "性能测量，与 pgbench 对比。"),
        Command("sim", "yifen.tools.cli.sim",
                "Run a simulator: a biller's own system, a bank, an authenticator.",
                "运行模拟器：收费单位自有系统、银行、身份验证器。"),
        Command("certify", "yifen.tools.cli.certify",
                "Conformance of a biller's own system, or of a channel.",
                "一致性测试：收费单位自有系统或渠道。"),
        Command("docs", "yifen.tools.cli.docs", "Write the generated reference pages.",
                "生成参考文档。"),
    ),
)  # fmt: skip
