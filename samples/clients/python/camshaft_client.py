"""A client of Camshaft's binary protocol, version 1, written from docs/protocol.md. Python 3 alone; little-endian machines.

    with contextlib.closing(Client("localhost")) as client:
        digits = client.open("simple_identity")
        print(client.infer(digits, {"INPUT0": ("BYTES", [1, 2], [b"one", b"two"])}))

For one thread. For several requests in flight, submit each and collect them in any order.
"""

import array
import collections
import contextlib
import itertools
import math
import socket
import struct

HELLO, OPEN, OPENED, CLOSE, INFER, RESULT, PART, ERROR, CANCEL, DONE, PING, PONG, CREDIT, GO_AWAY = range(1, 15)
NOT_BEGUN, OPEN_AGAIN = 1, 2
API_KEY, AGENT = 4 | 0x8000, 5
UNBOUNDED = (1 << 63) - 1
CODES = ["Ok", "InvalidArgument", "NotFound", "AlreadyExists", "Unauthenticated", "PermissionDenied", "ResourceExhausted",
         "Unavailable", "DeadlineExceeded", "Unsupported", "Cancelled", "Internal"]

# The datatypes by number: name, and how Python's array module calls their elements; None = bytes as they are.
DATATYPES = {1: ("BOOL", "B"), 2: ("UINT8", "B"), 3: ("UINT16", "H"), 4: ("UINT32", "I"), 5: ("UINT64", "Q"), 6: ("INT8", "b"),
             7: ("INT16", "h"), 8: ("INT32", "i"), 9: ("INT64", "q"), 10: ("FP16", None), 11: ("FP32", "f"), 12: ("FP64", "d"),
             13: ("BYTES", None), 14: ("BF16", None)}
NUMBERS = {name: number for number, (name, _) in DATATYPES.items()}


class CamshaftError(Exception):
    """A request or the connection ended without success."""

    def __init__(self, code, message, retry_after=None, not_begun=False, open_again=False):
        super().__init__(f"{CODES[code] if code < len(CODES) else 'Internal'}: {message}")
        self.code, self.retry_after, self.not_begun, self.open_again = code, retry_after, not_begun, open_again


# An opened model; its tensors are (name, datatype, shape, optional).
Model = collections.namedtuple("Model", "name handle version inputs outputs")


class Client:
    """One connection. The address is a host, or the path of a Unix socket when it begins with '/'."""

    def __init__(self, address, port=8003, key=None, tls=None, timeout=30, features=0):
        if address.startswith("/"):
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(address)
        else:
            self._socket = socket.create_connection((address, port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:  # an ssl.SSLContext
            self._socket = tls.wrap_socket(self._socket, server_hostname=address)
        self._ids, self._credit, self._answers, self._models = itertools.count(1), 0, {}, {}
        self._socket.settimeout(timeout)
        self._file = self._socket.makefile("rb")
        fields = (_field(API_KEY, key.encode()) if key else b"") + _field(AGENT, b"camshaft-python/1")
        self._send(HELLO, 0, struct.pack("<HHIQQII", 1, 1, 0, features, UNBOUNDED, 0, 0), fields, credit=UNBOUNDED)
        *_, self.features, self.longest_infer, self.request_limit, self.handle_limit = struct.unpack("<HHIQQII", self._receive()[0][7])

    def close(self):
        """Says goodbye and closes."""
        with contextlib.suppress(OSError):
            self._send(GO_AWAY)
        self._socket.close()

    def open(self, name, version=-1):
        """Opens a model, by default the highest version that is ready."""
        text = name.encode()
        head, body = self._answer(self._send(OPEN, next(self._ids), struct.pack("<q20xI", version, len(text)), b"", _pad(text)))
        handle, input_count, output_count, version = struct.unpack_from("<IHHq", head[7])
        tensors, at = [], head[3]
        for _ in range(input_count + output_count):
            datatype, rank, flags, _, length = struct.unpack_from("<BBBBH", body, at)
            shape = list(struct.unpack_from(f"<{rank}q", body, at + 8))
            at += 8 + 8 * rank
            tensors.append((body[at:at + length].decode(), DATATYPES[datatype][0], shape, bool(flags & 1)))
            at += length + -length % 8
        return Model(name, handle, version, tensors[:input_count], tensors[input_count:])

    def close_model(self, model):
        """Gives the handle back."""
        self._answer(self._send(CLOSE, next(self._ids), struct.pack("<I", model.handle)))

    def infer(self, model, inputs, outputs=(), timeout=0, priority=0):
        """Runs a model. Inputs are name: (datatype, shape, values); the answer is name: (datatype, shape, values)."""
        return self.collect(self.submit(model, inputs, outputs, timeout, priority))

    def submit(self, model, inputs, outputs=(), timeout=0, priority=0):
        """Sends a request and returns its id, by which its answer is collected and it is cancelled. The timeout is in seconds."""
        inputs_by_name, outputs_by_name = ({tensor[0]: i for i, tensor in enumerate(side)} for side in (model.inputs, model.outputs))
        table, data = b"", b""
        for name, (datatype, shape, values) in inputs.items():
            content = _encode(datatype, values)
            table += struct.pack(f"<HBBxxxxQ{len(shape)}q", inputs_by_name[name], NUMBERS[datatype], len(shape), len(content), *shape)
            if content:  # Each begins at a multiple of 64 of the frame; so does the first, once the table is padded.
                data += bytes(-len(data) % 64) + content
        for name in outputs:
            table += struct.pack("<H14x", outputs_by_name[name])
        padding = bytes(-(64 + len(table)) % 64) if data else b""
        own = struct.pack("<IHHIIQ", model.handle, len(inputs), len(outputs), len(table), priority, round(timeout * 1e6))
        while self._credit <= 0:
            self._receive()
        request = self._send(INFER, next(self._ids), own, b"", table + padding + _pad(data))
        self._models[request] = model
        return request

    def collect(self, request):
        """Waits for the answer to a request."""
        model, (head, body) = self._models.pop(request), self._answer(request)
        _, count, _, table = struct.unpack_from("<IHHI", head[7])
        at, end, tensors = head[3], 64 + head[3] + table, {}
        for _ in range(count):
            index, datatype, rank, _, size = struct.unpack_from("<HBBB3xQ", body, at)
            shape = list(struct.unpack_from(f"<{rank}q", body, at + 16))
            at += 16 + 8 * rank
            begin = end + -end % 64 if size else end
            end = begin + size
            name, kind = model.outputs[index][0], DATATYPES[datatype][0]
            tensors[name] = (kind, shape, _decode(kind, shape, body[begin - 64:end - 64]))
        return tensors

    def cancel(self, request):
        """Takes the interest in a request back; its answer is still to be collected."""
        self._send(CANCEL, request)

    def ping(self):
        """Asks whether the server is there."""
        self._answer(self._send(PING, next(self._ids)))

    def _send(self, kind, request=0, own=b"", fields=b"", rest=b"", credit=0):
        head = struct.pack("<4sBBHQQQ32s", b"CAMS", kind, 0, len(fields), len(fields) + len(rest), request, credit, own)
        self._socket.sendall(head + fields + rest)
        self._credit -= len(head) + len(fields) + len(rest) if kind == INFER else 0
        return request

    def _receive(self):
        """Receives a frame: (magic, kind, flags, fields, body, id, credit, own half of the head), and what follows the head."""
        head = struct.unpack("<4sBBHQQQ32s", self._read(64))
        magic, kind, _, _, length, request, credit, _ = head
        if magic != b"CAMS":
            raise CamshaftError(11, "the server does not speak this protocol")
        body = self._read(length)
        if kind == GO_AWAY and head[7][0]:  # With Ok, what is in flight is still answered.
            raise _error(head, body)
        if kind == PING:
            self._send(PONG, request)
        self._credit += credit
        self._answers[request] = head, body
        return head, body

    def _answer(self, request):
        while request not in self._answers:
            self._receive()
        head, body = self._answers.pop(request)
        if head[1] == ERROR:
            raise _error(head, body)
        return head, body

    def _read(self, length):
        data = self._file.read(length)
        if len(data) < length:
            raise CamshaftError(7, "the connection ended")
        return data


def _pad(data):
    return data + bytes(-len(data) % 8)


def _field(number, value):
    return _pad(struct.pack("<HH", number, len(value)) + value)


def _error(head, body):
    code, retry_after, size = struct.unpack("<B7xQ12xI", head[7])
    message = body[head[3]:head[3] + size].decode()
    return CamshaftError(code, message, retry_after / 1e6 or None, bool(head[2] & NOT_BEGUN), bool(head[2] & OPEN_AGAIN))


def _encode(datatype, values):
    if datatype == "BYTES":
        return b"".join(struct.pack("<I", len(value)) + value for value in values)
    kind = DATATYPES[NUMBERS[datatype]][1]
    return bytes(values) if kind is None or isinstance(values, (bytes, bytearray)) else array.array(kind, values).tobytes()


def _decode(datatype, shape, data):
    if datatype == "BYTES":
        values, at = [], 0
        for _ in range(math.prod(shape)):
            (length,) = struct.unpack_from("<I", data, at)
            values.append(data[at + 4:at + 4 + length])
            at += 4 + length
        return values
    kind = DATATYPES[NUMBERS[datatype]][1]
    return data if kind is None else array.array(kind, data).tolist()
