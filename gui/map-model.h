/* SPDX-License-Identifier: MIT */
/* map-model.h: the world as a map at event n: places, connections between them, letters on their way.
 *
 *     reader ──── host (daemon, queue, mailboxes) ──── host ──── reader
 *
 * Places and ways come from what the trace says of the scenario; what is at them comes from the picture at
 * n. What stays true: everything here is a function of the trace and n. Pure: no widget, no drawing. */
#pragma once
#include "replay/picture.h"
#include "event-words.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_PLACE_HOST,
  GPO_PLACE_PERSON, /* a reader, at the host where the mailboxes are */
  GPO_PLACE_OUTSIDE /* everybody else */
} GpoPlaceKind;

#define GPO_MAP_SHOWN 4 /* letters shown of a queue or a mailbox: the newest */

/* Letters that lie somewhere: how many, and the numbers of the newest, oldest first. */
typedef struct
{
  guint count, n_shown;
  guint32 shown[GPO_MAP_SHOWN];
  gboolean pale[GPO_MAP_SHOWN]; /* handed over already; this copy stays until the answer is heard */
  gboolean late[GPO_MAP_SHOWN]; /* deferred: waits for the next try */
} GpoMapPile;

typedef struct
{
  char *owner; /* "bob" */
  GpoMapPile letters;
} GpoMapBox;

typedef struct
{
  GpoPlaceKind kind;
  GpoSymbol host;
  guint home;         /* of a person: the host's place */
  char *name, *title; /* "athens", "athens.example"; "bob", "Bob" */
  char *roles;        /* "smtp submission imap", or NULL */
  gboolean declared;  /* the trace says what it is; otherwise it only appears */
  gboolean gateway;
  /* at n */
  gboolean down;
  guint sessions; /* open ones that it serves */
  GpoMapPile queue;
  GArray *boxes;    /* of GpoMapBox */
  GPtrArray *rules; /* names of the fault rules set for it */
} GpoMapPlace;

/* An open session. Several between the same two places lie beside each other. */
typedef struct
{
  guint from, to; /* places: client, server */
  guint32 session;
  GpoProtocol protocol;
  const char *state, *person;
  gboolean tls, held;
  GpoTone tone;     /* of the server's last answer */
  guint32 letter;   /* on it now; 0: none */
  double at;        /* how far the letter is, 0 at the client, 1 at the server */
  guint beside, of; /* the how manieth of the pair's connections that are shown */
  guint more;       /* further ones that are not; only on the last */
} GpoMapLink;

/* A way that letters take between two hosts, as the zone and the routes say; or to whom a reader belongs. */
typedef struct
{
  guint from, to;
} GpoMapWay;

typedef struct GpoMapModel GpoMapModel;

/* Of a picture that outlives it. */
GpoMapModel *gpo_map_model_new (GpoPicture *picture);
void gpo_map_model_free (GpoMapModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoMapModel, gpo_map_model_free)

/* Shows the world as of n. */
void gpo_map_model_set_n (GpoMapModel *model, guint64 n);
guint64 gpo_map_model_get_n (GpoMapModel *model);

/* All valid until the next gpo_map_model_set_n(). */
guint gpo_map_model_n_places (GpoMapModel *model);
const GpoMapPlace *gpo_map_model_place (GpoMapModel *model, guint i);
guint gpo_map_model_n_links (GpoMapModel *model);
const GpoMapLink *gpo_map_model_link (GpoMapModel *model, guint i);
guint gpo_map_model_n_ways (GpoMapModel *model);
const GpoMapWay *gpo_map_model_way (GpoMapModel *model, guint i);
/* The place of a host, or G_MAXUINT. */
guint gpo_map_model_host (GpoMapModel *model, GpoSymbol host);

/* A place or a connection in words, for those who do not see the drawing. The caller frees. */
char *gpo_map_place_words (GpoMapModel *model, const GpoMapPlace *place);
char *gpo_map_link_words (GpoMapModel *model, const GpoMapLink *link);

G_END_DECLS
