"""What the tools bring: the commands that are of no trade."""

from yifen.core.facts.plug import Command, CommandExample, Plug

PLUG = Plug(
    name="yifen.tools",
    commands=(
        Command("demo", "yifen.tools.demo",
                "Try everything: a sample network, payments through the gateway, a closed day.",
                "试用：样例网络、经网关缴费、日切对账。",
                (CommandExample("demo", "试用，一直运行到 Ctrl-C", "Try everything; it stays up until Ctrl-C"),
                 CommandExample(
                     "demo --once --json",
                     "自检后退出，末行输出 JSON",
                     "End after the checks; the last line is JSON"),
                 CommandExample(
                     "demo --payments 500 --days 3",
                     "少缴一些、少几天历史，启动更快",
                     "Fewer payments and days: it is up sooner"))),
        Command("serve", "yifen.tools.cli.serve", "Run the gateway.", "运行网关。",
                (CommandExample(
                     "serve --host 127.0.0.1 --workers 4",
                     "四个进程，前面由代理承担 TLS",
                     "Four processes behind a proxy that does TLS"),
                 CommandExample(
                     "serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
                     "自行提供 HTTPS",
                     "Serve HTTPS itself"))),
        Command("pos", "yifen.tools.cli.pos", "Run the door of POS terminals.", "运行 POS 前置。",
                (CommandExample(
                     "pos --host 127.0.0.1 --port 8464",
                     "专线或 VPN 之内，网关之旁",
                     "Beside the gateway, within a leased line or VPN"),)),
        Command("tcp", "yifen.tools.cli.tcp", "Run the door of the TCP dialect.", "运行 TCP 报文前置。",
                (CommandExample(
                     "tcp --host 127.0.0.1 --port 8465",
                     "专线或 VPN 之内，网关之旁",
                     "Beside the gateway, within a leased line or VPN"),)),
        Command("web", "yifen.tools.cli.web", "Run the pages: console, teller desk, payers.",
                "运行页面：管理台、柜面、缴费页。",
                (CommandExample("web --workers 2", "两个进程", "Two processes"),
                 CommandExample(
                     "web --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
                     "自行提供 HTTPS",
                     "Serve HTTPS itself"))),
        Command("worker", "yifen.tools.cli.worker",
                "Run the jobs: undecided payments at billers, payers' orders, nights, exports, checks.",
                "运行后台作业：未决缴费的查询与重发、缴费订单、日终、导出、验证。",
                (CommandExample("worker", "后台作业，可同时运行多个", "The jobs; several may run at once"),
                 CommandExample(
                     "worker --night",
                     "只作日终，使用日终进程自己的数据库角色",
                     "The end of day alone, with the night's own role"))),
        Command("migrate", "yifen.tools.cli.migrate",
                "Bring the database up to this version.", "升级数据库到本版本。",
                (CommandExample("migrate", "升级到本版本，可重复执行", "To this version; may be repeated"),
                 CommandExample(
                     "migrate --as-it-stands",
                     "把您自行安装的对象写入审计轨迹，verify 不再指出",
                     "Tell the trail what you installed yourself; read first what `verify` names"))),
        Command("reseal", "yifen.tools.cli.reseal",
                "After a new key in front of the key ring: seal everything anew by it.",
                "密钥环加入新密钥后，用新密钥重新封存全部密文。",
                (CommandExample(
                     "reseal",
                     "用最新密钥重新封存全部密文，可中断、可重复",
                     "Seal everything by the newest key; may be stopped and repeated"),)),
        Command("init", "yifen.tools.cli.init",
                "First institution, book and two administrators of a new database.",
                "新库初始化：首个机构、账簿和两名管理员。",
                (CommandExample(
                     "init --code 96 --name 云川省农村信用社联合社 --cut-off 23:00",
                     "建立首个机构、账簿和两名管理员",
                     "Institution, book and two administrators; it prints their passwords"),
                 CommandExample(
                     "init --code 96 --name 云川省农村信用社联合社 --admin zhang --second li --night 01:30",
                     "指定两名管理员的账号和日终开始时刻",
                     "Logins of the two, and when the night begins"))),
        Command("verify", "yifen.tools.cli.verify",
                "Replay the chains, and compare all that tells of money with them; name what was altered.",
                "重放各哈希链，并核对所有涉及资金的记录，指出被改动之处。",
                (CommandExample(
                     "verify",
                     "每天一次：验证全部账目、单据和审计轨迹",
                     "Once a day: books, documents, the audit trail"),
                 CommandExample(
                     "verify --anchor /backup/yifen-anchors.jsonl --json",
                     "并与保存在外的锚核对，末行输出 JSON",
                     "Held against anchors kept outside; the last line is JSON"),
                 CommandExample(
                     "verify --archive /archive/month-0 /archive/month-1",
                     "连同已归档的月份，从头重放各链",
                     "From the beginning, across the months that were archived"))),
        Command("doctor", "yifen.tools.doctor.command",
                "What is wrong with this installation, each with what to do.",
                "检查本次安装：设置、权限、密钥环、证书、数据库、时钟、后台进程，逐项给出处理办法。",
                (CommandExample("doctor", "以属主身份检查，能看到的最多", "As the owner, who sees most"),
                 CommandExample(
                     "doctor --as worker --json",
                     "用后台作业单元自己的环境检查；有故障时退出码为 1",
                     "With the unit's own environment; exit code 1: a fault"))),
        Command("anchor", "yifen.tools.cli.anchor",
                "Keep where the chains stand in a file or at an address of yours; `verify --anchor`"
                " holds them to it.",
                "把各链的当前位置存入您的文件或地址，供 verify --anchor 核对。",
                (CommandExample("anchor --to /backup/yifen-anchors.jsonl", "追加到文件", "Append to a file"),
                 CommandExample(
                     "anchor --to https://anchors.example.cn/yifen",
                     "以 JSON 发送到您的地址",
                     "Post it as JSON to an address of yours"))),
        Command("backup", "yifen.tools.backup.command",
                "A base backup, proved whole; `--follow` keeps the WAL beside it.",
                "基础备份并验证完整；--follow 持续归档 WAL。",
                (CommandExample(
                     "backup --to /backup/yifen --keep 7",
                     "做一份并保留最近 7 份",
                     "Take one, keep the newest seven"),
                 CommandExample(
                     "backup --to /backup/yifen --follow",
                     "持续归档 WAL，直至 SIGTERM",
                     "Keep the WAL as it is written, until SIGTERM"))),
        Command("restore", "yifen.tools.backup.restore_command",
                "A backup to another place, to its end or to a moment; then `verify` there.",
                "把备份恢复到另一位置（可指定时刻），并在其上验证。",
                (CommandExample(
                     "restore /backup/yifen/20261129T020000Z",
                     "只说明可恢复到哪些时刻",
                     "Only say to which moments it can go"),
                 CommandExample(
                     "restore /backup/yifen/20261129T020000Z --to /srv/yifen-2",
                     "恢复到归档的最后",
                     "To the end of what was kept"),
                 CommandExample(
                     "restore /backup/yifen/20261129T020000Z --to /srv/yifen-2 --until 2026-11-29T13:30:00",
                     "恢复到某一时刻",
                     "To a moment"))),
        Command("archive", "yifen.tools.cli.archive",
                "Months that are long over: out of the database into files that prove themselves, and back.",
                "归档早已结束的月份：移出数据库，存成可自证的文件，也可恢复。",
                (CommandExample(
                     "archive",
                     "列出各月份，以及尚不能归档的原因",
                     "The months, and why one cannot go yet"),
                 CommandExample(
                     "archive 0 --to /archive",
                     "归档第 0 个月份，表先留在一旁",
                     "Month 0 goes; its tables stand aside still"),
                 CommandExample(
                     "archive 0 --to /archive --drop",
                     "再次核对文件后删除其表",
                     "Drop its tables, once its files are proved again"),
                 CommandExample(
                     "archive --prove /archive/month-0 /archive/month-1",
                     "只凭密钥环核对归档文件",
                     "Are these as they were written? Needs the key ring alone"))),
        Command("bench", "yifen.tools.bench.command", "Measure, beside PostgreSQL's own pgbench.",
                "性能测量，与 pgbench 对比。",
                (CommandExample(
                     "bench charge",
                     "每秒能销账多少笔，与 pgbench 对比",
                     "Charges a second, beside pgbench"),
                 CommandExample("bench reconcile", "百万行文件的对账时间", "A file of a million rows"))),
        Command("sim", "yifen.tools.cli.sim",
                "Simulate a biller's own system, a bank, its core, a phone bank, a POS terminal, an acquirer …",
                "运行模拟器：收费单位自有系统、银行、核心系统、电话银行、POS 终端、收单机构等。",
                (CommandExample(
                     "sim authenticator admin",
                     "试用中某账号的动态码",
                     "The six digits of a login of the running demo"),
                 CommandExample(
                     "sim biller --code GAS01 --key @gas.key --faults late=0.02,drop=0.02",
                     "收费单位自有系统，偶尔迟答、断线",
                     "A biller's own system that is late or drops the line now and then"),
                 CommandExample(
                     "sim acquirer --key @acquirer.key --script ok,lost",
                     "收单机构，第二笔消费不答复",
                     "An acquirer that does not answer the second sale"),
                 CommandExample(
                     "sim pos --terminal 10000001 --merchant 898450180620001 --key @pos.key --account 20180304000001"
                     " --script sign-on,query,sale:100,settle",
                     "POS 终端：签到、查询、消费 100 元、结算",
                     "A terminal: sign on, ask, sell for 100 yuan, settle"),
                 CommandExample(
                     "sim bank --code ABC --key @bank.key",
                     "银行端口：付款、查询、对账单",
                     "A bank's port: payments, questions, statements"),
                 CommandExample(
                     "sim core --code CORE01 --key @core.key --account 6222021234567890:张三:personal:50000:123456",
                     "核心系统：一个有 500 元的个人账户",
                     "A bank's core with a personal account of 500 yuan"),
                 CommandExample(
                     "sim phone --url http://127.0.0.1:8080 --code PHONE --key @phone.key",
                     "电话银行：在本终端按键缴费",
                     "A phone bank: pay by the keys of this terminal"),
                 CommandExample(
                     "sim tax --code TAX01 --key @tax.key",
                     "数电票平台：开票、红字确认单",
                     "A tax platform: electronic invoices, red sheets"),
                 CommandExample(
                     "sim vending --code POWER01 --key @vending.key",
                     "售电系统：预付费表的卡密",
                     "A vending system: tokens of prepaid meters"))),
        Command("certify", "yifen.tools.cli.certify",
                "Conformance of a biller's own system or database, or of a channel.",
                "一致性测试：收费单位自有系统、数据库或渠道。",
                (CommandExample(
                     "certify biller --url http://10.8.0.7:8470 --partner GAS01 --dialect json --key @k --account A1",
                     "像本系统那样调用收费单位的系统",
                     "Call a biller's own system as the hub would"),
                 CommandExample(
                     "certify channel --partner WXPAY --exchanges exchanges.json --html report.html",
                     "由录下的往来判定渠道",
                     "Judge a channel by recorded exchanges"),
                 CommandExample(
                     "certify db water.toml --url mysql://reader:secret@10.1.2.3/water --account 3301000018",
                     "按映射文件试收费单位的测试数据库",
                     "Try a mapping on a utility's test database"))),
        Command("docs", "yifen.tools.cli.docs", "Write the generated reference pages; or build the site of all pages.",
                "生成参考文档，或整个文档网站。",
                (CommandExample(
                     "docs",
                     "按代码中的表重写 docs/reference",
                     "Write docs/reference anew out of the code's tables"),
                 CommandExample(
                     "docs --site",
                     "生成双语文档网站，由页面在 /docs/ 提供",
                     "Build the site in both languages; the pages serve it under /docs/"))),
    ),
)  # fmt: skip
