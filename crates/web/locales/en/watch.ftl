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
operation-probe = Health check
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
part-held = held up for { $time }, as { $node } was slowed down or stood still
part-work = worked { $time }
part-inside = took { $time } inside
part-below = waited { $time } for { $node }
part-travel = { $time } on its way
part-late = { $time } more for nobody

# Shares of the whole, with who it was.
most-pool = { $time } waiting for one of { $count } connections to { $node }
most-queue = { $time } waiting to be let in at { $node }
most-core = { $time } waiting for a core of { $node }
most-held = { $time } held up in { $node }, which was slowed down or stood still
most-work = { $time } at work in { $node }
most-travel = { $time } on its way

# Where it is now.
so-far-there = { $time } so far.
now-pool = Now: { $caller } waits for one of { $count } connections to { $node }. All are taken.
now-queue = Now: waits to be let in at { $node }. { $count } of { $count } places are taken.
now-core = Now: in { $node }, waits for a core. All are busy.
now-held = Now: held up in { $node }, which is slowed down or stands still.
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
stuck-queue = It had waited { $time } to be let in; { $count } of { $count } places were taken.
stuck-core = It had waited { $time } for a core; all were busy.
stuck-held = It had been held up for { $time } in { $node }, which was slowed down or stood still.
stuck-work = { $node } had been at work on it for { $time }.
stuck-travel = The message was on its way for { $time }.

# A node or a link looked into.
parts = Nodes and links
parts-nodes = Nodes
parts-links = Links
key-parts = All nodes and links, to look into
all-instances = All { $count } together:
log = What happened
log-flushed = emptied: { $number } keys
log-purged = a tag purged: { $number } keys
log-marked-stale = a tag marked stale: { $number } keys
log-writes-lost = lost: { $number } writes that were answered
log-starting = starting, ready in { $number }
log-ready = ready
log-draining = takes no new calls, { $number } inside
log-gone = gone
log-died = died, with { $number } requests inside
log-slowed = slowed to { $number } % of its speed
log-recovered = at full speed again
log-pool-timed-out = { $count } waits for a connection ended without one, the first after { $number }
log-breaker-opened = its circuit breaker opened: calls are refused
log-breaker-half-opened = its circuit breaker lets a few calls through
log-breaker-closed = its circuit breaker closed: all calls are made
log-unhealthy = failed its health checks: a balancer sends it nothing
log-healthy = passed its health checks: it gets calls
log-ejected = ejected: a balancer saw too many of its answers fail
log-returned = back after its ejection: it gets calls
log-panic-began = panics: too few servers are well ({ $number }), so it calls all
log-panic-ended = panics no more: enough servers are well ({ $number })
log-keys-moved = { $number } % of the keys belong to another server than before
log-overloaded = the run stopped: { $number } calls were alive
log-changed = settings changed
link-rate = Calls
link-took = Mean time of a call
link-inside = Under way, on average
link-latency = One way
link-waited = Mean wait for a connection
link-all-callers = Calls and their times are those of all its callers together.
ask-p99 = 1 of 100 requests took longer than { $time }. In this second: about { $count } of them. Click: show me one.
ask-failed = In this second { $count } of { $all } requests failed. Click: show me one, and why.
unfold-replicas = Draw each of the { $count }
fold-replicas = Draw all { $count } as one
key-look = Closer, further, all of the picture
