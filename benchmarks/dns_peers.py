#!/usr/bin/python3
"""How long python-zeroconf takes to read and to write a message.

dns_peers.py HEX

Prints the microseconds of the best of several rounds: "parse build".
"""
import sys
import time

from zeroconf import DNSIncoming, DNSOutgoing

ROUNDS, CALLS = 20, 200


def best(work):
    results = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(CALLS):
            work()
        results.append((time.perf_counter() - start) / CALLS)
    return min(results) * 1e6


data = bytes.fromhex(sys.argv[1])
records = DNSIncoming(data).answers
if len(records) < 9:  # The tenth, an NSEC record, older releases pass over.
    sys.exit(f"it reads {len(records)} records")


def build():
    message = DNSOutgoing(0x8400)
    for record in records:
        message.add_answer_at_time(record, 0)
    return message.packets()


print(f"{best(lambda: DNSIncoming(data).answers):.2f} {best(build):.2f}")
