"""name=value, and arrays."""

import re
from collections.abc import Sequence

from k9lite.engine.node.runtimes.simulated.shell import arrays, syntax
from k9lite.engine.node.runtimes.simulated.shell.expansion import Expander
from k9lite.engine.node.runtimes.simulated.shell.parser import assignment
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState

_ELEMENT = re.compile(r"\[([^]]+)\]=")


class Assigning:
    """What the assignments of one command do."""

    def __init__(self, state: ShellState, expander: Expander) -> None:
        self._state, self._expander = state, expander

    async def assign(self, given: syntax.Assignment, assigned: dict[str, str]) -> None:
        """Values of plain names are put into `assigned`; arrays change at once."""
        state, name = self._state, given.name
        value = given.value
        if value and isinstance(value[0], syntax.Array):
            if not given.append:
                arrays.clear(state.variables, name)
            await self._fill(name, value[0])
            return
        if given.index is not None:
            name = arrays.key(state, name, await self._expander.text(given.index))
        before = (assigned.get(name) or state.variables.get(name, "")) if given.append else ""
        assigned[name] = before + await self._expander.text(value)

    async def _fill(self, name: str, array: syntax.Array) -> None:
        """Elements behind those that are there, or where [index]= says."""
        state, at = self._state, arrays.following(self._state.variables, name)
        for word in array.words:
            first = word[0] if word else None
            indexed = _ELEMENT.match(first.text) if isinstance(first, syntax.Text) and not first.quoted else None
            if indexed and isinstance(first, syntax.Text):
                rest: syntax.Word = (syntax.Text(first.text[indexed.end() :]), *word[1:])
                state.variables[arrays.key(state, name, indexed[1])] = await self._expander.text(rest)
                continue
            for value in await self._expander.fields([word]):
                state.variables[f"{name}[{at}]"] = value
                at += 1

    async def declared(self, word: syntax.Word, words: Sequence[syntax.Word]) -> syntax.Word:
        """name=(...) behind `declare` and its like is assigned, and stands for the name then."""
        found = assignment(word) if any(isinstance(part, syntax.Array) for part in word) else None
        if found is None:
            return word
        if any(isinstance(part, syntax.Text) and part.text == "-A" for one in words for part in one):
            self._state.maps.add(found.name)
        await self.assign(found, {})
        return (syntax.Text(found.name),)
