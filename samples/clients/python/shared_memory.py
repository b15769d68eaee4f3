"""Runs a model on memory that is shared with the server: python3 shared_memory.py /path/of/the/unix/socket [wait]

Sealed memory where the server takes descriptors, else named memory; Linux. With "wait" it goes on until it is ended.
"""

import contextlib
import fcntl
import mmap
import os
import socket
import struct
import sys
import time

from camshaft_client import INFER, NUMBERS, Client

REGISTER, UNREGISTER = 15, 16
SEALED, NAMED = 1, 2
SIZE, ROOM = 600_000, 1 << 20


class SharedClient(Client):
    """A client whose tensors may lie in regions."""

    def __init__(self, path):
        super().__init__(path, features=1 << SEALED | 1 << NAMED)
        self.is_sealed = bool(self.features & 1 << SEALED)

    def register(self, region, descriptor, name, size):
        """Makes memory known under a number: by its descriptor, which goes with the frame's first byte, or by its name."""
        text = b"" if self.is_sealed else name.encode()
        own = struct.pack("<IB3xQQ4xI", region, SEALED if self.is_sealed else NAMED, 0, size, len(text))
        body, request = text + bytes(-len(text) % 8), next(self._ids)
        frame = struct.pack("<4sBBHQQQ32s", b"CAMS", REGISTER, 0, 0, len(body), request, 0, own) + body
        socket.send_fds(self._socket, [frame], [descriptor] if self.is_sealed else [])
        self._answer(request)

    def unregister(self, region):
        """Takes a region back; when it returns, the server does not touch it any more."""
        self._answer(self._send(UNREGISTER, next(self._ids), struct.pack("<I", region)))

    def infer_shared(self, model, region, shape, begin, size, result, room):
        """Runs a model whose input and output lie in a region; returns how many bytes the output has there."""
        table = struct.pack(f"<HBBB3xQI4xQ{len(shape)}q", 0, NUMBERS[model.inputs[0][1]], len(shape), 1, size, region, begin, *shape)
        table += struct.pack("<HBBB3xQI4xQ", 0, 0, 0, 1, room, region, result)
        own = struct.pack("<IHHI20x", model.handle, 1, 1, len(table))
        _, body = self._answer(self._send(INFER, next(self._ids), own, b"", table))
        return struct.unpack_from("<Q", body, 8)[0]


with contextlib.closing(SharedClient(sys.argv[1])) as client:
    name = f"/camshaft-example-{os.getpid()}"
    if client.is_sealed:
        descriptor = os.memfd_create("camshaft-example", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:
        descriptor = os.open("/dev/shm" + name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.ftruncate(descriptor, 2 * ROOM)
    if client.is_sealed:
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    memory = mmap.mmap(descriptor, 2 * ROOM)
    try:
        client.register(1, descriptor, name, 2 * ROOM)
    finally:
        os.close(descriptor)
        if not client.is_sealed:  # The server has it open, and so has the mapping.
            os.unlink("/dev/shm" + name)

    identity = client.open("sample_identity")
    memory[:SIZE] = os.urandom(SIZE)
    size = client.infer_shared(identity, 1, [SIZE], 0, SIZE, ROOM, ROOM)
    print("sealed" if client.is_sealed else "named", size, "bytes, the same:", memory[ROOM:ROOM + size] == memory[:SIZE], flush=True)
    while "wait" in sys.argv:
        time.sleep(1)
    client.unregister(1)
