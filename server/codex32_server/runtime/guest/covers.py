"""What a zygote does not see any more once it has imported everything: covered by the keeper of its sandbox.

Code of a package stays in the zygote. With a /proc it could read the memory of the runs that are forked from
it, and in a folder that can be written a run could leave something for the next. What is covered in the mount
namespace of the zygote stays so in those of its children, which are less privileged (mount_namespaces(7)).
"""

from __future__ import annotations

PLACES = ("/proc", "/tmp", "/output", "/dev/shm")  # noqa: S108 - the sandbox's own

BENEATH = "/run/beneath"
"""Covered from the beginning. A /proc is mounted below it, because the kernel gives a child its own only
where a whole one is in the mount namespace; whether a path leads to it does not matter."""
