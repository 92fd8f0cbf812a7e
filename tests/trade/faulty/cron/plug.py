"""A task that runs at no time."""

from yifen.core.facts.plug import Plug, Task

PLUG = Plug(name="tests.trade.faulty.cron", tasks=(Task("odd", "x:run", cron="61 * * * *"),))
