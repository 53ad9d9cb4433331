/* SPDX-License-Identifier: MIT */
/* world-facts.h: what the trace says of the world before anything happens in it: who lives where, which
 * way letters go, from the `office` events (src/office/office.h lists them).
 *
 * The words are copied, so that the world is still known when the log has dropped the beginning. A fact
 * has the number of its event: it is true from there on. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 n;
  GpoSymbol host;
  char *login, *name;
} GpoPersonFact;

/* Letters for `domain` go to `exchange`: a domain, a host's name or an address. */
typedef struct
{
  guint64 n;
  GpoSymbol host; /* only this host goes so; 0: all */
  char *domain;
  char *exchange; /* the best of several */
  gboolean route; /* said by the scenario, not by the zone */
} GpoWayFact;

typedef struct
{
  GPtrArray *persons; /* of GpoPersonFact */
  GPtrArray *ways;    /* of GpoWayFact */
  char *title;        /* of the scenario, or NULL */
} GpoWorldFacts;

void gpo_world_facts_init (GpoWorldFacts *facts);
void gpo_world_facts_clear (GpoWorldFacts *facts);
/* Takes an `office` event in. TRUE if it told something new. */
gboolean gpo_world_facts_take (GpoWorldFacts *facts, guint64 n, const GpoEvent *event);

G_END_DECLS
