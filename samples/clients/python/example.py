"""Runs the sample models over the binary protocol: python3 example.py [HOST [PORT]], or the path of a Unix socket."""

import contextlib
import sys

from camshaft_client import CamshaftError, Client

address = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 8003
with contextlib.closing(Client(address, port)) as client:
    simple = client.open("simple")
    print("simple:", simple.inputs, "->", simple.outputs)

    # Many requests in flight on one connection; the answers are collected in the order that suits the program.
    requests = [client.submit(simple, {"INPUT0": ("INT32", [1, 16], [i] * 16), "INPUT1": ("INT32", [1, 16], range(16))}) for i in range(20)]
    for request in reversed(requests):
        answer = client.collect(request)
    print("sum:", answer["OUTPUT0"][2], "difference:", answer["OUTPUT1"][2])

    texts = client.open("simple_identity")
    print("texts:", client.infer(texts, {"INPUT0": ("BYTES", [1, 2], [b"one", "zwölf".encode()])}, timeout=10)["OUTPUT0"])
    floats = client.open("identity_fp32")
    print("floats:", client.infer(floats, {"INPUT0": ("FP32", [2, 2], [1, 2.5, -3, 0])}, ["OUTPUT0"])["OUTPUT0"])
    try:
        client.infer(floats, {"INPUT0": ("FP32", [2], [1, 2])})
    except CamshaftError as error:
        print(error)

    client.close_model(texts)
    client.ping()
    print("bytes that an infer may have:", client.longest_infer)
