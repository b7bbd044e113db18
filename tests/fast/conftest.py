"""Where the compiled part was not built there is nothing to compare."""

from shadowai import fast

collect_ignore = ["test_hostile.py", "test_packets.py", "test_requests.py"] if fast.is_missing() else []
