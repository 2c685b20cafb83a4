#!/bin/sh
# What was done in the simulation up to 1.000 s
# Start it with: sudo systemctl start quorum-infra1 quorum-infra2 quorum-infra3
# Clients run in the background, since others act while they wait.

# 0.000 s: Nothing that is sent from infra1 to infra2 arrives any more
# There is no command that does this to a real cluster.

# 0.000 s: Nothing that is sent to or from infra2 arrives any more, for 1.5 s
# There is no command that does this to a real cluster.

# 0.000 s: 0.25 % of the messages from infra1 are doubled
# There is no command that does this to a real cluster.

# 0.000 s: A message from infra1 to infra2 needs 5 µs
# There is no command that does this to a real cluster.

# 0.000 s: Every link is as it was at the start
# There is no command that does this to a real cluster.

# 0.000 s: The election timer of infra1 is run out by hand
# There is no command that does this to a real cluster.

# 0.000 s: Planned for 2.000 s: infra1 is crashed
(
sleep 2
sudo systemctl kill --signal=KILL quorum-infra1
) &

# 1.000 s
sleep 1
sudo systemctl kill --signal=KILL quorum-infra3

# 1.000 s: infra3 gets an empty disk: it will not know what it has promised
sudo rm -rf /var/lib/quorum-infra3/member

wait
