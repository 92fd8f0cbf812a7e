"""Example programs for docs/reference/examples, out of the same table as the hand-over sheet's."""

from yifen.trades.onboarding.handover.programs import (
    KEYS,
    LANGUAGES,
    Filled,
    ProgramLanguage,
    program,
)

HUB, PARTNER, HUB_KEY = "https://gateway.example.cn", "CODE-T", "PUBLIC_KEY_OF_THE_GATEWAY"
MESSAGES = {"xml": "<Biller>TRIAL</Biller><AccountNo>1001</AccountNo>",
            "json": '{"biller":"TRIAL","account_no":"1001"}'}  # fmt: skip


def programs_page(language: ProgramLanguage, note: str) -> str:
    """All of one language."""
    found = [
        f"# Examples in {language.title} 示例程序\n\n{note}"
        "Sign, send, verify the answer; on a partner's hand-over sheet (合作方 › 交接单) address, code and key id are "
        "filled in. The key comes from the environment: a shared secret, or the path of the private key's file. Of "
        "`GET /keys` an example has what stands between the lines of the `pem`.\n\n"
        "签名、发送、验签应答；在合作方的交接单上，地址、代码和密钥编号已填好。密钥由环境变量给出：共享密钥，或私钥文件的路径。"
        "`GET /keys` 取 `pem` 首尾两行之间的内容。\n"
    ]
    for algorithm in KEYS:
        dialect = "xml" if algorithm == "sha1" else "json"
        found.append(f"\n## {dialect.upper()} · {algorithm}\n")
        if algorithm in language.lacks:
            found.append("No library of this language is kept well enough. 没有维护良好的库。\n")
        else:
            filled = Filled(HUB, PARTNER, 1, dialect, algorithm, "query", MESSAGES[dialect], "UTF-8", HUB_KEY)
            found.append(f"```{language.name}\n{program(language, filled)}\n```\n")
    return "".join(found)


def programs_pages(note: str) -> dict[str, str]:
    """Path below docs/reference → text."""
    return {f"examples/{language.name}.md": programs_page(language, note) for language in LANGUAGES}
