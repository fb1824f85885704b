#!/usr/bin/env python3
"""The smallest program of several processes: each brings a number, and all learn the sum.

It meets the others as PyTorch's init_method="env://" does, by RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT. Rank 0 listens, adds up and answers.
A process that loses another one ends with an exit code other than 0, and the job starts all of them anew.
"""

import os
import socket
import struct
import sys
import time

NAMES = ["RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "MASTER_ADDR", "MASTER_PORT"]
PATIENCE = 60


def receive(connection):
    """Eight bytes as a number; an error where the other end is gone."""
    data = b""
    while len(data) < 8:
        part = connection.recv(8 - len(data))
        if not part:
            raise ConnectionError("another process has ended")
        data += part
    return struct.unpack("<d", data)[0]


def meet(rank, world, address):
    """Rank 0 waits for all others; they try until it listens."""
    if rank == 0:
        listener = socket.create_server(address, backlog=world)
        listener.settimeout(PATIENCE)
        return [listener.accept()[0] for _ in range(world - 1)]
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return [socket.create_connection(address, timeout=PATIENCE)]
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def all_reduce(value, rank, connections):
    """The sum of every rank's value, on every rank."""
    if rank == 0:
        value += sum(receive(connection) for connection in connections)
    for connection in connections:
        connection.sendall(struct.pack("<d", value))
    return value if rank == 0 else receive(connections[0])


def main():
    for name in NAMES:
        print(f"{name}={os.environ[name]}", flush=True)
    rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    connections = meet(rank, world, (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])))
    for step in range(int(os.environ.get("ROUNDS", "1"))):
        total = all_reduce(float(rank + step), rank, connections)
        expected = sum(range(world)) + world * step
        print(f"step {step}: {total:g}", flush=True)
        if total != expected:
            sys.exit(f"the sum is {total:g}, expected {expected}")


main()
