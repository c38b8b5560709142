# The words of the page. Lessons bring their own.

brand = Headroom
brand-home = Headroom, all labs
skip = Skip to the content
theme = Theme
language = Language
lessons-language = Lessons are in English.
share = Share
save = Save
save-scene-png = Scene as PNG
save-scene-svg = Scene as SVG
save-charts-png = Charts as PNG
save-charts-svg = Charts as SVG
save-table = Series as CSV
save-run = Run as JSON
settings = Settings
help = Help
all-charts = All charts
all-settings = All settings
workbench = Cache workbench
workbench-comes = The workbench is being fetched.
workbench-not-fetched = The workbench could not be fetched
workbench-not-fetched-why = Its program did not arrive. The connection may be down.
yes = yes
no = no
progress = Progress
close = Close
put-away = Dismiss

# Home
hero-title = Feel how systems scale, one request at a time
hero-promise = A real server, a real queue, a real cache, simulated request by request. Turn a knob, watch who waits.
hero-start = Start: { $minutes } minutes
hero-note = Runs in your browser. No account, nothing is sent anywhere.
mean-time = mean time in the system
labs-title = The labs
labs-note = in this order, { $minutes } minutes in all
minutes = { $minutes } min
done = Done

# Lesson
lesson = Lesson
steps = Steps
step-of = Step { $step } of { $steps }
step-of-short = step { $step } of { $steps }
finished = Finished
all-labs = All labs
back = ‹ Back
back-plain = Back
next = Next
skip-step = Skip
reset-step = Reset step
no-such-lab = There is no lab of that name here.
lab-not-fetched = This lab could not be fetched
try-again = Try again
lab-not-fetched-why = Its file did not arrive. The connection may be down; what you did so far is kept.
taught-in = Taught in
this-lab = this lab

# Prediction
lock-in = Lock it in and run
show-me = Show me without guessing
your-guess = Your guess
you-said = You said
it-was = It was
measured-over = Measured from { $from } to { $to }. Charts tell the last second.
brief-servers = { $replicas } × { $cores } cores
brief-server = { $cores } cores
brief-reads = { $percent } % reads
brief-ttl = TTL { $time }
brief-connections = { $count } connections
brief-pool = { $size } + { $overflow } each
sections = Sections
course = Course
glossary = Glossary
commonly-said = Commonly said
commonly-said-note = Each claim was tested by runs of the lab below it.
verdict-wrong = Wrong.
verdict-half-true = Half true.
tested-in = Tested in
symptoms = Symptoms
symptoms-note = What you see in your system, and the lab that shows why.
seen-in = Seen in
search = Search
search-field = Search labs, terms and symptoms
search-note = Type a word: a lab, a term, or what you see in your system.
nothing-found = Nothing found. Try another word.
found = { $count } found
found-lab = Lab
found-step = Step
found-term = Term
found-symptom = Symptom
found-claim = Commonly said
progress-so-far = { $done } of { $labs } labs done. Kept in this browser only.
progress-for-now = { $done } of { $labs } labs done. This browser keeps nothing: save it to a file before you leave.
progress-save = Save to a file
progress-read = Add from a file
progress-clear = Clear
progress-cleared = What you had done is cleared.
progress-unreadable = This file holds no progress; choose one that was saved here.
chart-dots = A hundred requests
no-requests-yet = No request has ended yet.
dots-sentence = Of 100 requests, 50 took less than { $half }, 95 less than { $most }, 99 less than { $nearly }. The slowest of the hundred took { $slowest }. The mean is { $mean }.
or-click-node = Choose here, or click it in the picture.
draw-or-slide = Draw with the pointer, or set each point below.
sketch-point = at { $at }
ranked = { $place }.
you-ranked = you said { $place }
move-up = Move { $name } up
move-down = Move { $name } down
running-to = Running to { $time } …
replay-slowly = Replay the 2 seconds around { $time } slowly
not-enough = not enough requests to say

# Task
goals = Goals
so-far = so far
as-set = as set now
so-far-since = so far, from { $time }
five-runs = 5 runs
five-runs-over = 5 runs, { $from } to { $to }
judged-shown = Picture and charts now show these settings from the start.
passed = Passed
not-passed = Not yet
met = Met
missed = Missed
check = Check with 5 runs
checking = Checking 5 runs
stop = Stop
why-it-passes = Why it passes.
star-earned = Star earned
star-open = Star open
star-par = { $label }: at par ({ $value }).
no-star-par = { $label }: { $own }. Par is { $value }, and any of the settings may bring it.
star-fault = It also survived what you had not seen.
no-star-fault = It did not survive what you had not seen.
stars = { $count } of { $all } stars
show-way = Show the way to par
checking-unseen = Passed. 5 more runs, with a fault you have not seen
start-clock = Start the clock
broken-for = Broken for { $time }
not-recovered = not yet
want-hint = Want a hint?
another-hint = Another hint
open-slowest = Open a slow one ({ $opened } of { $open })

# Closing card
in-your-system = In your system
transfer-look = Look
transfer-set = Set
transfer-mind = What this model leaves out
exit-questions = Can you say?
next-lab = Next lab: { $lab }
share-run = Share this run

# Comparing
compare = Compare
compare-title = Compare two settings
compare-first = Compare
compare-second = with
compare-opening = Step's start
compare-now = Now
compare-note = Both run from their beginning with { $seeds } seeds, and each request has the same luck in both. What was broken breaks at its time.
compare-running = Running both with { $seeds } seeds
compare-nothing = Nothing differs between the two. Change a setting first.
compare-figure = Figure
compare-difference = Difference, 95 % sure
compare-agree = Seeds that agree
compare-seeds = { $agree } of { $seeds } seeds
compare-chance = { $agree } of { $seeds } seeds: could be chance
compare-same = the same in all
compare-mean = Mean time
compare-succeeded = Succeeded
compare-throughput = Served a second
compare-cost = Cost an hour
compare-overloaded = A run was overloaded: { $limit }.

# Knobs and settings
this-step = This step
this-step-locked = This step · locked until you predict
becomes = { $from } → { $to }
was = was { $value }
put-back = Put back
effect-next = Counts from the next one on.
effect-drain = What is in use now is finished first.
effect-rebuild = What is there is put in the new order at once.
effect-restart = Needs a restart.
undo = Undo
redo = Redo
cost = Cost
an-hour = { $money } an hour
in-all = In all
break-something = Break something
flush = Flush { $node }
purge = Purge tag { $tag } of { $node }
purge-soft = Mark tag { $tag } of { $node } stale
purge-tag = Tag of { $node }, 0 to { $last }
kill = Kill { $node }
slow = Slow { $node }
spike = Spike ×5
set-to = { $name } → { $value }

# For a room
present = Present
leave = Leave
cover = Cover
uncover = Uncover
covered = Covered
hands = How many hands?
show-it = Show it
room-said = The room said
hands-of = ({ $hands } of { $all })

# Transport
transport = Playing the run
play = Play
pause = Pause
restart = Back to the start
step-event = One event
step-request = One request
time = Time
more-time = More ways through time
loop = Repeat the last 2 s slowly
loop-end = End it (Escape)
looping = Again and again, slowly: { $from } to { $to }.
to-next = To the next { $what }
next-queue = queue of ten
next-failure = request that fails
next-pool-timeout = time-out at a pool
next-eviction = eviction
next-expiry = entry too old
next-down = instance that goes down
next-up = instance that becomes ready
next-action = change or disturbance
next-found = Here: { $what }, at { $time }.
next-found-at = Here: { $what }, at { $place }, { $time }.
next-none = No { $what } until the end of the run.
searching = Looking ahead, { $percent } %
branches = Branches
branch-root = as it opened
seed = Seed
speed = Speed
speed-one-request = One request: 1 s here = 1 ms there
speed-slowest = Look: 1 s here = 5 ms there
speed-watch = Watch: 1 s here = 20 ms there
speed-slow = Slow: 1 s here = 0.1 s there
speed-live = Live: 1 s here = 1 s there
speed-quick = Quick: 1 s here = 5 s there
speed-fast = Fast: 1 s here = 20 s there
speed-faster = Faster: 1 s here = 100 s there
speed-fastest = Fastest: as fast as it goes
starting = Starting the simulation …
not-loaded = Nothing is loaded.
press-play = Press play or Space
seeking = Going there, { $percent } %
simulating = Simulating, { $percent } %
simulating-slowly = Simulating, { $percent } % of the speed asked for.
no-requests-finished = No requests finished in this second.
all-fail = Every request has failed since { $time }.
all-fail-down = { $node } is down.
all-fail-waiting = Most wait at { $node }.

# Panels
figures = Figures
gone = It is gone.
of = { $used } of { $most }
per-second = { $rate } /s
figure-rate = Requests
figure-life = State
figure-cores = Cores in use
figure-busy = Busy
figure-workers = Workers in use
figure-queue = Waiting to be let in
figure-pool = Connections in use
figure-pool-waiting = Waiting for a connection
figure-connections = Connections open
figure-connections-busy = Of these, busy
figure-keys = Keys stored
life-starting = starting
life-draining = draining
life-gone = gone
life-dead = down
inside-running = Being served ({ $total }), by time here
inside-waiting = Waiting ({ $total }), by time here
inside-entries = { $total } keys, next to leave last: { $keys } …
share-note = Whoever opens this link sees exactly this run: same requests, same luck, same figures.
link = Link
packing = Making the link …
copy-link = Copy link
copy = Copy
copied = Copied
keys-and-signs = Keys and signs
sign-mark = Large mark, small mark
sign-mark-means = A request on its way; its answer coming back.
sign-flag = Flag on the time axis, dotted line in a chart
sign-flag-means = Something was changed then.
sign-hatch = Hatched
sign-hatch-means = Full; on the time axis, what the lab does by itself.
sign-warm-up = Blue ground in a chart
sign-warm-up-means = Filling up: not counted.
sign-band = Yellow ground in a chart
sign-band-means = The lab's own disturbance lasts so long.
sign-factor = ×5, ÷1000
sign-factor-means = So many times the traffic; so many times slower.
sign-seed = Seed
sign-seed-means = The number all luck comes from. The same seed gives the same run, to the last digit.
key-play = Play or pause
key-step = One event
key-request = One request
key-scrub = A second back or forth
key-start = Back to the start
key-speed = Slower, faster
key-undo = Undo
key-redo = Redo
key-next = To the next of what was last looked for
key-loop = Repeat the last 2 s slowly; Escape ends it
key-branch = The next branch
key-compare = Compare two settings
key-state = Say what the picture shows
key-search = Search
key-present = Show it to a room
key-list = This list

# Notices
damaged-link = This link is damaged: a part is missing or was changed. Here is the lab as it ships.
refused-link = The lab does not take this link's run ({ $problems }). Here is the lab as it ships.
foreign-link = This link leads to a lab that is not here. Here is the first one.
other-engine = Made with engine { $then }, now { $now }: figures may differ.
overloaded = Overloaded: more requests wait than can be simulated. Give a queue a limit, or send less.
crash-title = The simulation stopped
crash-note = What you did is kept. Start it again, or copy the report for whoever looks after this page.
reload-lab = Reload lab
copy-report = Copy report

# The picture in words
twin-time = At { $time }
twin-clients = { $node } send { $rate } a second
twin-service = { $node } { $percent } % busy, { $waiting } waiting
twin-cache = { $node } holds { $keys } keys
twin-database = { $node } has { $open } of { $most } connections open, { $busy } of them busy
twin-mean = mean time { $time }
twin-queue = A queue has formed at { $node }
twin-dead = { $node } is down
twin-starting = { $node } is starting
twin-failed = Requests have begun to fail
twin-revealed = The prediction is answered
