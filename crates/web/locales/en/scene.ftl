# Words on the canvas and of the charts. Figures come written out.

scene-rate = { $rate } /s
scene-busy = { $percent } % busy
scene-busy-waiting = { $percent } % · { $count } wait
scene-keys = { $keys } of { $capacity } keys
scene-keys-full = { $capacity } keys
scene-connected = { $busy } busy, { $open }/{ $most } open
scene-connections = { $busy } of { $most } busy
scene-calls = { $open } calls
scene-pool = pool { $used } of { $most }
scene-pool-full = pool { $used } of { $most } · full
scene-pool-waiting = pool full · { $count } wait
scene-bands-all = width = requests a second
scene-bands = width = requests a second, counted on 1 of { $count }
scene-look = What is seen of the picture
scene-closer = Zoom in
scene-further = Zoom out
scene-whole = All of it
scene-parts = All nodes and links
scene-waiting-one = 1 is waiting
scene-waiting = { $count } are waiting
scene-waiting-short = { $count } wait
scene-to-go = { $time } to go
scene-idle = idle
scene-starting = starting
scene-ready = ready
scene-draining = draining
scene-gone = gone
scene-dead = down
scene-starting-slowly = slow start
scene-unhealthy = unhealthy
scene-ejected = ejected
scene-panics = in panic
scene-breaker-open = open
scene-breaker-half-open = half-open
scene-legend-again = Tried again
scene-legend-shares = Shares of calls
scene-some-dead = { $count } down
scene-folded = { $name } { $first } to { $last }
scene-scale-one = 1 mark = 1 request
scene-scale = 1 mark = { $count } requests
scene-stretched = travel drawn slower than real
scene-legend-read = Read
scene-legend-write = Write
scene-legend-hit = Hit
scene-legend-miss = Miss
scene-legend-error = Error

chart-latency = Latency
chart-mean-time = Time in the system
chart-hit-ratio = Hit ratio
chart-requests = Requests
chart-utilisation = Busy cores
chart-inside = In the system
chart-stale-age = Oldest answer
chart-queries = Queries of the database
chart-p50 = p50
chart-p95 = p95
chart-p99 = p99
chart-mean = mean
chart-hit-ratio-line = hits
chart-offered = offered
chart-served = served
chart-failed = failed
chart-inside-line = inside
chart-of-which-served = of which served
chart-level-served = served { $time }
chart-now-note = Every point and every figure here is of one second: the one that ends there.
chart-veiled = after your prediction
chart-as-table = Table
chart-time = Time
chart-sentence = { $title }, { $from } to { $to }.
chart-sentence-line = { $name }: in this second { $now }, at most { $most } { $unit }.

unit-ms = ms
unit-s = s
unit-percent = %
unit-per-second = /s
unit-requests = requests
unit-writes = writes

chart-queue = Waiting
chart-rate = Calls
chart-took = Time of a call
chart-took-all = all of it
chart-took-waiting = waiting for a connection
chart-levels = Hit ratio of the levels
chart-levels-own = this one's
chart-levels-all = together with those before
chart-stale = Stale answers
chart-stale-old = older than the truth
chart-stale-on-error = loading failed
chart-coalesced = Waited for another's load
chart-buffered = Writes not yet written
