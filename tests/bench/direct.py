"""llama-cpp-python by itself, as a program would use it: ``python -m tests.bench.direct FILE``.

The baseline of ``chat``: reads ``{content, n_tokens}`` line by line and answers each with its times.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from tests.bench.chat import CONTEXT


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.nice(5)  # as our process does: beside other work that would count
    import llama_cpp

    from starlight.models.machine import n_cores

    cores = n_cores()
    model = llama_cpp.Llama(
        str(Path(sys.argv[1])), n_ctx=CONTEXT, n_threads=cores, n_threads_batch=cores, flash_attn=True, verbose=False
    )
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        stream = model.create_chat_completion(
            [{"role": "user", "content": request["content"]}],
            max_tokens=request["n_tokens"],
            temperature=0,
            stream=True,
        )
        times = [time.perf_counter() for part in stream if part["choices"][0]["delta"].get("content")]
        answers.write(json.dumps([times[0] - started, times[-1] - times[0], len(times)]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
