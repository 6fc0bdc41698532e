"""The formats of models' APIs, read, checked, counted and turned into each other. Pure: no I/O, no clock, no
log.

Begin at `translation`: `translate_request` on the way to a provider and `translate_answer` on the way back,
or `streaming.open_stream` for streams. Besides: `reading` (what the gateway must know of a request),
`estimate` (tokens before the call), `counting` (tokens after it), `sse` (events in bytes), `failing` (our
errors as each API says them), `refusals` (a provider's error as one of ours), `embeddings`.

Between two formats everything passes `neutral`; the folders `chat`, `responses`, `messages` and `generate`
each say their own side of it. Between equal formats nothing is taken apart.
"""
