# The words on the canvas. Figures come written out.

scene-rate = { $rate } /s
scene-busy = { $percent } % busy
scene-keys = { $keys } of { $capacity } keys
scene-connections = { $open } of { $most } connections
scene-calls = { $open } calls
scene-pool = pool { $used } of { $most }
scene-pool-full = pool { $used } of { $most } · full
scene-waiting = { $count } are waiting
scene-waiting-one = 1 is waiting
scene-waiting-short = { $count } wait
scene-to-go = { $time } to go
scene-idle = idle
scene-starting = starting
scene-ready = ready
scene-draining = draining
scene-gone = gone
scene-dead = down
scene-folded = { $name } { $first } to { $last }
scene-scale = 1 mark = { $count } requests
scene-scale-one = 1 mark = 1 request
scene-stretched = travel drawn slower than real
scene-legend-read = Read
scene-legend-write = Write
scene-legend-hit = Hit
scene-legend-miss = Miss
scene-legend-error = Error
