# Looking closer: one request's way, why it waits, why it failed.

waterfall = One request
finding = Finding that request …
no-trace = That request is not kept. Try one of the slowest.
still-open = { $operation }: on its way for { $time }
trace-summary = { $operation }: { $outcome } after { $time }
trace-why = Most of that: { $parts }.
not-sent = Not sent yet.
show-slowest = Show the slowest
follow-it = Follow it from its start
follow-again = Follow it again
key-follow = Follow the next request, Escape ends it
follow-next = Follow the next request
operation-read = Read
operation-write = Write
operation-fill = Fill
operation-delete = Delete
lookup-hit = hit
lookup-miss = miss
outcome-ok = answered
outcome-error = failed
outcome-refused = refused
outcome-timed-out = timed out
outcome-cancelled = given up
outcome-open = on its way

# What a bar is, for the legend.
doing-work = at work here
doing-wait = waiting here
doing-below = waiting for those further down
doing-travel = on its way


# A row in words.
part-pool = waited { $time } for one of { $count } connections to { $node }
part-queue = waited { $time } to be let in
part-core = waited { $time } for a core
part-work = worked { $time }
part-inside = took { $time } inside
part-below = waited { $time } for { $node }
part-travel = { $time } on its way
part-late = { $time } more for nobody

# Shares of the whole, with who it was.
most-pool = { $time } waiting for one of { $count } connections to { $node }
most-queue = { $time } waiting to be let in at { $node }
most-core = { $time } waiting for a core of { $node }
most-work = { $time } at work in { $node }
most-travel = { $time } on its way

# Where it is now.
so-far-there = { $time } so far.
now-pool = Now: { $caller } waits for one of { $count } connections to { $node }. All are taken.
now-queue = Now: waits to be let in at { $node }. All { $count } places are taken.
now-core = Now: in { $node }, waits for a core. All are busy.
now-work = Now: { $node } is at work on it.
now-travel = Now: on its way to { $node }.
now-back = Now: on its way back from { $node }.

# Why it failed, from the client down.
why-failed = Why it failed
client = The client
cause-timed-out = { $caller } stopped waiting for { $node } after { $time }.
cause-cancelled = { $caller } had asked { $node } and was still waiting, after { $time }.
cause-ok = { $caller } had asked { $node } and was still waiting, after { $time }.
cause-error = { $node } failed, after { $time }.
cause-refused = { $node } turned it away.
stuck-pool = It had waited { $time } for one of { $count } connections; all were taken.
stuck-queue = It had waited { $time } to be let in; all { $count } places were taken.
stuck-core = It had waited { $time } for a core; all were busy.
stuck-work = { $node } had been at work on it for { $time }.
stuck-travel = The message was on its way for { $time }.
