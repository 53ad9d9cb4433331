/* SPDX-License-Identifier: MIT */
/* route.h: where a letter goes next: RFC 5321 §5.1.
 *
 * For a host and a domain, in this order:
 *   1. gpo_host_route(): a route of the host's own or of the scenario, or the host's smarthost;
 *   2. the zone's MX records, best preference first. If this host is among them, it, its equals and all
 *      that are worse are left out, so that mail cannot go round;
 *   3. without MX records the host of that domain itself (the implicit MX);
 *   4. the real DNS, where the host's `real_dns` allows it.
 * Nothing outside loopback is ever the answer unless the world allows it (GpoWorld.outside).
 *
 * Each question to the zone is a `lookup` event with its answer. On the office's thread. */
#pragma once
#include "roles/post.h"

G_BEGIN_DECLS

/* One host to try. */
typedef struct
{
  char *name;    /* "sparta.example", or the address */
  char *address; /* "127.0.0.1" or a name for the system to look up */
  guint16 port;  /* 0: the host does not listen */
  guint preference;
} GpoExchange;

typedef enum
{
  GPO_ROUTE_FOUND,
  GPO_ROUTE_NONE,
  GPO_ROUTE_LATER
} GpoRouteResult;

typedef struct
{
  GpoRouteResult result;
  char *key;            /* the same for routes with the same exchanges; also a name for people */
  GPtrArray *exchanges; /* of GpoExchange, best first; empty unless FOUND */
  const char *status;   /* NONE, LATER: "5.1.2"; static */
  char *reason;         /* NONE, LATER: a sentence */
} GpoRoute;

/* Looks up the next hop for `domain` (NULL: the path has none) on behalf of `letter`. `done` is called
 * exactly once, before this returns unless the real DNS is asked; it takes over the route. `cancellable`
 * may be NULL; once cancelled, `done` is not called. */
typedef void (*GpoRouteFunc) (GpoRoute *route, gpointer data);
void gpo_route_find (GpoPost *post, const char *domain, guint32 letter, GCancellable *cancellable,
                     GpoRouteFunc done, gpointer data);
void gpo_route_free (GpoRoute *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoRoute, gpo_route_free)

/* The exchanges in the order to try them: by preference, equals in an order drawn from `random`
 * (RFC 5321 §5.1). The array borrows them from the route. The caller frees it. */
GPtrArray *gpo_route_order (const GpoRoute *route, GRand *random);

G_END_DECLS
