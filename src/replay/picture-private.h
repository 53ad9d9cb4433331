/* SPDX-License-Identifier: MIT */
/* picture-private.h: what the files of the picture share: picture.c notes, the others look up. */
#pragma once
#include "replay/picture.h"

G_BEGIN_DECLS

struct GpoPicture
{
  GpoLog *log;
  guint64 length; /* events read */
  guint generation;
  GPtrArray *sessions, *letters, *hosts, *mailboxes;
  GpoWorldFacts world;
  GpoTrack session_births, letter_births; /* their first events, in the order of the arrays */
  GHashTable *session_of;                 /* number → GpoSessionTrack */
  GHashTable *letter_of;                  /* number → GpoLetterTrack */
  GHashTable *mailbox_of;                 /* "host bob/INBOX" → GpoMailboxTrack */
  GpoHostTrack *host_of[1024]; /* by symbol, for the few that are hosts; larger ones are searched for */
};

/* How many events of one session are looked at backwards: bounds the cost of a jump. */
#define GPO_PICTURE_LOOK_BACK 4096

/* --- sums with checkpoints: picture-places.c, picture-mailboxes.c --- */

/* A checkpoint is kept after so many events of a track, or as many as the sum has parts if that is more:
 * all checkpoints together stay smaller than the track, and a look-up costs no more than two of these. */
#define GPO_PICTURE_CHECKPOINT 1024

/* The sum of the first `until` events of a track. */
typedef struct
{
  guint until;
  guint n;
  gpointer parts;
} GpoCheckpoint;
/* The last checkpoint that holds no more than `until` events, or NULL. `points` is of GpoCheckpoint. */
const GpoCheckpoint *gpo_checkpoint_before (const GArray *points, guint until);
/* A new array of them that frees their parts. */
GArray *gpo_checkpoints_new (void);

typedef struct GpoQueueFold GpoQueueFold;
typedef struct GpoMailboxFold GpoMailboxFold;
/* Adds the event that was put on the track as its newest. */
void gpo_queue_fold_add (GpoHostTrack *host, const GpoEvent *event, guint64 n);
void gpo_queue_fold_free (GpoQueueFold *fold);
void gpo_mailbox_fold_add (GpoMailboxTrack *mailbox, const GpoEvent *event, guint64 n);
void gpo_mailbox_fold_free (GpoMailboxFold *fold);

G_END_DECLS
