"""A function that no file makes."""

from yifen.core.facts.plug import Plug

PLUG = Plug(name="tests.trade.faulty.function", functions={"odd_step_v1": ()})
