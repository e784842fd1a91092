# python-zeroconf, for as long as standard input stays open.
#
#   zeroconf_peer.py publish NAME PORT K=V | browse TYPE
#
# "publish" takes another K=V from each line of its input; "browse" writes "+", "~" or "-", the name and the pairs for what it sees.
import socket
import subprocess
import sys

from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

TYPE = "_discovery._udp.local."


def addresses():
    words = subprocess.run(["ip", "-4", "-br", "addr", "show", "eth0"], capture_output=True, text=True).stdout.split()[2:]
    return [socket.inet_aton(word.split("/")[0]) for word in words]


def info(name, port, pair):
    key, value = pair.split("=", 1)
    return ServiceInfo(TYPE, f"{name}.{TYPE}", port=int(port), addresses=addresses(), properties={key: value}, server="zeroconf-host.local.")


class Teller(ServiceListener):
    def tell(self, sign, zeroconf, name):
        found = zeroconf.get_service_info(TYPE, name, 3000)
        print(sign, name, found and found.port, found and found.properties, flush=True)

    def add_service(self, zeroconf, type_, name):
        self.tell("+", zeroconf, name)

    def update_service(self, zeroconf, type_, name):
        self.tell("~", zeroconf, name)

    def remove_service(self, zeroconf, type_, name):
        print("-", name, flush=True)


zeroconf = Zeroconf(ip_version=IPVersion.All)
verb, *arguments = sys.argv[1:]
if verb == "publish":
    name, port, pair = arguments
    zeroconf.register_service(info(name, port, pair))
else:
    ServiceBrowser(zeroconf, arguments[0], Teller())
for line in sys.stdin:
    zeroconf.update_service(info(name, port, line.strip()))
zeroconf.close()
