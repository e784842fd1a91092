#!/usr/bin/python3
"""One libtorrent session that does as it is told.

libtorrent_peer.py "IP:PORT[,[IP6]:PORT]" "ROUTER[,ROUTER]"

Reads one JSON object a line from standard input and answers each with one; ends with its input. It contacts nobody but its routers and whom they know.
"""
import hashlib
import json
import os
import sys
import tempfile
import time

import libtorrent as lt

WAIT = 30.0  # What is there comes at once, unless the machine is busy.


def session(listen, routers):
    settings = {
        "listen_interfaces": listen, "dht_bootstrap_nodes": routers, "enable_dht": True,
        "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "dht_upload_rate_limit": 100_000_000, "dht_block_ratelimit": 1_000_000, "dht_ignore_dark_internet": False,
        "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False, "dht_enforce_node_id": False,
        "dht_prefer_verified_node_ids": False,
        "alert_mask": lt.alert.category_t.dht_notification | lt.alert.category_t.dht_operation_notification,
    }
    return lt.session(settings)


def alerts(s, kind, wanted=lambda alert: True, seconds=WAIT):
    """The alerts of a kind, as they come, until the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        s.wait_for_alert(50)
        for alert in s.pop_alerts():
            if isinstance(alert, kind) and wanted(alert):
                yield alert


def first(s, kind, wanted=lambda alert: True, seconds=WAIT):
    return next(alerts(s, kind, wanted, seconds), None)


def text(alert):
    value = alert.item["value"] if alert else None
    return value.decode("latin1") if value else None  # A search in vain ends with an empty value.


def expand(seed):
    """libtorrent takes the 64 bytes that SHA-512 makes of a seed, not the seed."""
    secret = bytearray(hashlib.sha512(seed).digest())
    secret[0] &= 248
    secret[31] = secret[31] & 63 | 64
    return bytes(secret)


def nodes(s, _):
    return {"nodes": s.status().dht_nodes}


def announce(s, a):
    torrent = lt.parse_magnet_uri("magnet:?xt=urn:btih:" + a["infoHash"])
    torrent.save_path = tempfile.gettempdir()
    s.add_torrent(torrent)
    return {}


def peers(s, a):
    info_hash = lt.sha1_hash(bytes.fromhex(a["infoHash"]))
    s.dht_get_peers(info_hash)
    found = set()
    for reply in alerts(s, lt.dht_get_peers_reply_alert, lambda alert: alert.info_hash == info_hash and alert.num_peers() > 0):
        found.update("%s:%d" % (("[%s]" if ":" in ip else "%s") % ip, port) for ip, port in reply.peers())
        if a["wanted"] in found:
            break
    return {"peers": sorted(found)}


def put(s, a):
    target = s.dht_put_immutable_item(a["value"])
    done = first(s, lt.dht_put_alert)
    return {"target": str(target), "stored": done.num_success if done else 0}


def get(s, a):
    target = lt.sha1_hash(bytes.fromhex(a["target"]))
    s.dht_get_immutable_item(target)
    item = first(s, lt.dht_immutable_item_alert, lambda alert: alert.target == target)
    return {"value": text(item)}


def put_mutable(s, a):
    s.dht_put_mutable_item(expand(bytes.fromhex(a["seed"])), bytes.fromhex(a["key"]), a["value"].encode("latin1"), a["salt"].encode("latin1"))
    done = first(s, lt.dht_put_alert)
    return {"stored": done.num_success if done else 0, "seq": done.seq if done else None}


def get_mutable(s, a):
    s.dht_get_mutable_item(bytes.fromhex(a["key"]), a["salt"].encode("latin1"))
    item = first(s, lt.dht_mutable_item_alert, lambda alert: alert.authoritative and alert.key == bytes.fromhex(a["key"]))
    return {"value": text(item), "seq": item.seq if item else None}


def sample(s, a):
    s.dht_sample_infohashes((a["host"], a["port"]), lt.sha1_hash(bytes.fromhex(a["target"])))
    answer = first(s, lt.dht_sample_infohashes_alert)
    return {"samples": [str(sample) for sample in answer.samples] if answer else [], "held": answer.num_infohashes if answer else -1}


def main():
    s = session(*sys.argv[1:3])
    for router in sys.argv[2].split(","):
        host, port = router.rsplit(":", 1)
        s.add_dht_node((host.strip("[]"), int(port)))
    print(json.dumps({"ready": True}), flush=True)
    verbs = {verb.__name__: verb for verb in (nodes, announce, peers, put, get, put_mutable, get_mutable, sample)}
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(verbs[command["do"]](s, command)), flush=True)
    os._exit(0)  # Closing a session in good order takes seconds.


main()
