#!/bin/sh
# What was done in the simulation up to 1.000 s
# Start it with: docker compose up --detach
# Clients run in the background, since others act while they wait.
in_network_of() {
  pid=$(docker inspect --format '{{.State.Pid}}' "quorum-$1-1") && shift && sudo nsenter --net --target "$pid" "$@"
}
block() { in_network_of "$2" iptables --append INPUT --source "$1" --jump DROP; }
unblock() { in_network_of "$2" iptables --delete INPUT --source "$1" --jump DROP; }

# 0.000 s: Nothing that is sent from infra1 to infra2 arrives any more
block 172.30.0.11 infra2

# 0.000 s: Nothing that is sent to or from infra2 arrives any more, for 1.5 s
block 172.30.0.11 infra2
block 172.30.0.12 infra1
block 172.30.0.12 infra3
block 172.30.0.13 infra2
(
sleep 1.5
unblock 172.30.0.11 infra2
unblock 172.30.0.12 infra1
unblock 172.30.0.12 infra3
unblock 172.30.0.13 infra2
) &

# 0.000 s: 0.25 % of the messages from infra1 are doubled
in_network_of infra1 tc qdisc replace dev eth0 root netem delay 0us 0us duplicate 0.25%

# 0.000 s: A message from infra1 to infra2 needs 5 µs
# There is no command that does this to a real cluster.

# 0.000 s: Every link is as it was at the start
in_network_of infra1 iptables --flush INPUT
in_network_of infra2 iptables --flush INPUT
in_network_of infra3 iptables --flush INPUT
in_network_of infra1 tc qdisc replace dev eth0 root netem delay 0us 0us
in_network_of infra2 tc qdisc replace dev eth0 root netem delay 0us 0us
in_network_of infra3 tc qdisc replace dev eth0 root netem delay 0us 0us

# 0.000 s: The election timer of infra1 is run out by hand
# There is no command that does this to a real cluster.

# 0.000 s: Planned for 2.000 s: infra1 is crashed
(
sleep 2
docker compose kill infra1
) &

# 1.000 s
sleep 1
docker compose kill infra3

# 1.000 s: infra3 gets an empty disk: it will not know what it has promised
docker compose rm --force infra3 && docker compose create infra3

wait
