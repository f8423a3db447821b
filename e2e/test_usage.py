"""What an invocation used of the machine, where a person can see it."""

import re

from mayfly import eventually

BURN = "import time\ndef handler(event, context):\n    began = time.process_time()\n    while time.process_time() < began + event: pass\n"


def test_the_server_s_log_tells_the_processor_time_of_each_invocation(own_server):
    own_server.environment = {"MAYFLY_LOG": "mayfly::usage=debug", "NO_COLOR": "1"}
    own_server.start()
    function = own_server.create_function(own_server.client("lambda"), "burn", BURN, MemorySize=1769)
    idle, busy = (function.invoke(seconds).request_id for seconds in (0, 0.3))

    def used(request):
        return re.search(rf"request_id={request} duration=(\d+) cpu=(\d+) memory_peak_mib=(\d+)", own_server.log())

    _, idle_cpu, _ = map(int, eventually(lambda: used(idle)).groups())
    duration, busy_cpu, memory = map(int, eventually(lambda: used(busy)).groups())
    assert idle_cpu < 150_000 and 290_000 <= busy_cpu < 2 * duration and 0 < memory < 1769
