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
  GpoHostTrack *host_of[1024];            /* by symbol, for the few that are hosts; larger ones are searched for */
};

/* How many events of one session are looked at backwards: bounds the cost of a jump. */
#define GPO_PICTURE_LOOK_BACK 4096

G_END_DECLS
