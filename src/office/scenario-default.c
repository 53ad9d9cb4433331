/* SPDX-License-Identifier: MIT */
/* scenario-default.c: the default world, written as the scenario that it is.
 *
 * About its MX records. RFC 5321 §5.1 lets a sender try the hosts of a domain from the lowest preference
 * number upwards, and forbids a host that finds itself among them to use records as bad as its own or
 * worse: else letters would run in circles. The gateway is the best host of both towns, so the zone
 * leaves it nothing, and it must know the way to the towns by routes of its own, as real gateways do. */
#include "office/scenario.h"

static const char text[]
    = "# The Glass Post Office: two towns and a gateway between them.\n"
      "# Every group and key is described in docs/scenario.md.\n"
      "\n"
      "[office]\n"
      "title = Two towns and a gateway\n"
      "\n"
      "# Where Alice lives. Ports are the host's thousand and the well-known port: 11025 is SMTP.\n"
      "[host athens]\n"
      "domain = athens.example\n"
      "roles = smtp; submission; imap; imaps; pop3\n"
      "port-base = 11000\n"
      "\n"
      "# Passes letters on between the towns, and has no mailboxes.\n"
      "[host gateway]\n"
      "domain = gateway.example\n"
      "roles = smtp\n"
      "port-base = 12000\n"
      "relay = yes\n"
      "\n"
      "# Where Bob and Carol live.\n"
      "[host sparta]\n"
      "domain = sparta.example\n"
      "roles = smtp; submission; imap; imaps; pop3\n"
      "port-base = 13000\n"
      "\n"
      "[person alice]\n"
      "at = athens\n"
      "name = Alice\n"
      "password = glass\n"
      "\n"
      "[person bob]\n"
      "at = sparta\n"
      "name = Bob\n"
      "password = glass\n"
      "\n"
      "[person carol]\n"
      "at = sparta\n"
      "name = Carol\n"
      "password = glass\n"
      "\n"
      "# The zone: who takes letters for a domain. The lowest number is tried first, so letters between\n"
      "# the towns pass the gateway; when it is down they go straight to the town.\n"
      "[mx sparta.example]\n"
      "gateway = 10\n"
      "sparta = 20\n"
      "\n"
      "[mx athens.example]\n"
      "gateway = 10\n"
      "athens = 20\n"
      "\n"
      "# The gateway finds itself in these records and so must not use them (RFC 5321 §5.1): it has\n"
      "# routes of its own. Take one away to see a loop being cut off.\n"
      "[route sparta.example]\n"
      "at = gateway\n"
      "next-hop = sparta\n"
      "\n"
      "[route athens.example]\n"
      "at = gateway\n"
      "next-hop = athens\n"
      "\n"
      "# When a letter could not be passed on: how long to wait before each next try (the last repeats),\n"
      "# when to tell the sender of the delay, and when to give up (RFC 5321 §4.5.4.1).\n"
      "[retry]\n"
      "intervals = 5m, 15m, 30m, 1h, 2h, 4h\n"
      "warn-after = 4h\n"
      "give-up = 4d\n";

const char *
gpo_scenario_default (void)
{
  return text;
}
