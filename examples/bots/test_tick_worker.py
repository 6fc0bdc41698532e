from unittest.mock import patch

import tick_worker
from codex32_bot import service
from codex32_bot.testing import workbench


def test_it_goes_on_where_the_last_process_stopped() -> None:
    with workbench(state={tick_worker.KEY: 41}):
        assert tick_worker.step() == 42


def test_it_says_that_it_is_well_until_it_is_told_to_stop() -> None:
    with workbench() as bench, patch.object(service, "wait", side_effect=[False, False, True]):
        tick_worker.main()
        assert bench.state[tick_worker.KEY] == 3
        assert bench.beats == 3
        assert "stopped" in bench.log_texts()
