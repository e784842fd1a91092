"""One libtorrent DHT node with every limit lifted: libtorrent_node.py IP PORT ROUTER_IP ROUTER_PORT.

Looks up random targets until its routing table stops growing, prints the number of nodes in it, and prints it again
for each line on standard input. Ends with its input. It is what `serve-compare` measures this library against."""
import os
import sys
import time

import libtorrent

ip, port, router_ip, router_port = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
session = libtorrent.session({
    "listen_interfaces": f"{ip}:{port}",
    "dht_bootstrap_nodes": f"{router_ip}:{router_port}",
    "enable_dht": True, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "enable_outgoing_tcp": False, "enable_outgoing_utp": False, "enable_incoming_utp": False,
    "dht_upload_rate_limit": 100_000_000, "dht_block_ratelimit": 1_000_000, "dht_block_timeout": 0,
    "dht_ignore_dark_internet": False, "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False,
    "dht_enforce_node_id": False, "dht_prefer_verified_node_ids": False,
    "dht_aggressive_lookups": True, "dht_extended_routing_table": True,
    "alert_mask": 0,
})
session.add_dht_node((router_ip, router_port))


def size():
    return session.status().dht_nodes


time.sleep(1)
largest, grew = 0, time.monotonic()
while time.monotonic() - grew < 3:
    for _ in range(8):
        session.dht_get_immutable_item(libtorrent.sha1_hash(os.urandom(20)))
    time.sleep(0.3)
    if size() > largest:
        largest, grew = size(), time.monotonic()
print(size(), flush=True)
for _ in sys.stdin:
    print(size(), flush=True)
os._exit(0)
