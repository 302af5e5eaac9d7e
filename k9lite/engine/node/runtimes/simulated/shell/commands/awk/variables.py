"""What a running awk program remembers: variables, arrays, and the record with its fields."""

from k9lite.engine.node.runtimes.simulated.memory import Memory
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.records import MOST_FIELDS, fields
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import AwkError
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import UNSET, Input, Value, number, text

Array = dict[str, Value]
Frame = dict[str, "Value | Array"]  # the parameters of a function that runs
ENTRY = 100  # bytes that a value takes beside its text


class Variables:
    def __init__(self, memory: Memory) -> None:
        self._memory, self._size = memory, 0
        self._globals: Frame = {
            "FS": " ",
            "OFS": " ",
            "RS": "\n",
            "ORS": "\n",
            "SUBSEP": "\x1c",
            "CONVFMT": "%.6g",
            "OFMT": "%.6g",
            "NR": 0.0,
            "FNR": 0.0,
            "RSTART": 0.0,
            "RLENGTH": -1.0,
            "FILENAME": "",
            "NF": 0.0,
        }
        self.frames: list[Frame] = []
        self._record, self._fields, self._is_divided = "", list[str](), True

    def text(self, name: str) -> str:
        return text(self.get(name))

    def get(self, name: str) -> Value:
        if name == "NF":
            return float(len(self._divided()))
        value = self._frame(name).get(name, UNSET)
        if isinstance(value, dict):
            raise AwkError(f"can't use array {name} in scalar context")
        return value

    async def set(self, name: str, value: Value) -> None:
        if name == "NF":
            self._resize(int(number(value)))
            return
        frame = self._frame(name)
        await self._grow(_size(value) - _size(frame.get(name, UNSET)))
        frame[name] = value

    def array(self, name: str) -> Array:
        """The array called so; it is made where there is none."""
        frame = self._frame(name)
        value = frame.get(name, UNSET)
        if value is UNSET:
            value = frame[name] = Array()
        if not isinstance(value, dict):
            raise AwkError(f"can't use scalar {name} as array")
        return value

    async def put(self, array: Array, key: str, value: Value) -> None:
        before = array.get(key)
        await self._grow(_size(value) - _size(before) if before is not None else _size(value) + len(key) + ENTRY)
        array[key] = value

    async def clear(self, array: Array) -> None:
        await self._grow(-sum(_size(value) + len(key) + ENTRY for key, value in array.items()))
        array.clear()

    async def drop(self, array: Array, key: str) -> None:
        if key in array:
            await self._grow(-_size(array[key]) - len(key) - ENTRY)
            del array[key]

    def _frame(self, name: str) -> Frame:
        return self.frames[-1] if self.frames and name in self.frames[-1] else self._globals

    async def _grow(self, size: int) -> None:
        self._size += size
        await self._memory.hold(self, max(0, self._size))

    # -- the record ---------------------------------------------------------------------------------------------------

    def set_record(self, record: str) -> None:
        self._record, self._is_divided = record, False

    def field(self, index: int) -> Value:
        if index == 0:
            return Input(self._record)
        divided = self._divided()
        return Input(divided[index - 1]) if index <= len(divided) else UNSET

    async def set_field(self, index: int, value: str) -> None:
        if index == 0:
            self.set_record(value)
            return
        divided = self._divided()
        if index > len(divided):
            self._resize(index)
        divided[index - 1] = value
        self._join()
        await self._memory.hold(self, self._size + 2 * len(self._record))

    def _divided(self) -> list[str]:
        if not self._is_divided:
            self._fields, self._is_divided = fields(self._record, self.text("FS")), True
        return self._fields

    def _resize(self, count: int) -> None:
        if not 0 <= count <= MOST_FIELDS:
            raise AwkError(f"access to field {count}")
        divided = self._divided()
        divided[count:] = [""] * (count - len(divided))
        self._join()

    def _join(self) -> None:
        self._record = self.text("OFS").join(self._fields)


def _size(value: "Value | Array | None") -> int:
    return len(value) if isinstance(value, str) else 0
